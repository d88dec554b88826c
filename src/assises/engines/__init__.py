"""Pure computation: arrays in, results out.

Promises: the same input gives the same bytes, whatever the number of cores and the order of rows.
May not know files, databases, Django or how anything is shown.
"""
