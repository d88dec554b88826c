"""Work that joins formats, engines and look without a database: files in, a bundle out.

Promises: published results are computed from the published tables, so that whoever holds the
tables can compute them again. May not import rooms or fronts, nor Django.
"""
