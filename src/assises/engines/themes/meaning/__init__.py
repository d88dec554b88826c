"""What texts mean, as vectors: a multilingual encoder, taught Darija; words alone elsewhere.

Promises: a vector depends on its text and language alone, never on its company, the number of
threads or the order; nothing is downloaded.
"""
