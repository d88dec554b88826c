"""What the engines share: loops in machine code, four columns in one register, eigenvectors.

Promises: sums in a fixed order, in one thread, so that no library's choices show in a result.
"""
