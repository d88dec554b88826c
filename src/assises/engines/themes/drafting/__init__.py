"""What a language model says of a theme, believed only as far as code can check it.

Promises: a clause without sources, words or numbers that hold is dropped, and counted by reason.
"""
