"""What the votes amount to: bundles, projected into tables that pages read.

The engine computes from a matrix, the bundle is immutable, and these tables are a copy of the
newest one. This room listens to the votes; the votes know nothing of it.
"""
