"""Words and their translations: every sentence that the house keeps is a text with versions.

A version is never changed: a correction is a new one. Original words are kept; what is shown is
their masked edition where one was made. A quote pins a version.
"""
