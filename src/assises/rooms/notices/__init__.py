"""Telling people: in the house, by e-mail, and, in a demonstration, in a mailbox on this machine."""
