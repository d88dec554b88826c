"""Telling people: in the house, by letter, and, in a demonstration, in a mailbox on this machine.

Who was written to, what and when never stands readable in a table that is read beside the voices.
"""
