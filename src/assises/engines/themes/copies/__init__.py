"""Texts that say the same: copies, and pairs that a person may find to be.

Promises: nothing is dropped, only counted; what differs in a number, a name or a negation is no
copy.
"""
