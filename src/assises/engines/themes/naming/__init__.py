"""Names of themes in the words that people used.

Promises: every word shown was written so by someone; none is a stem, a number or of one person
alone.
"""
