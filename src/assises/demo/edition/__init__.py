"""The simulated edition: texts written for it, people shaped like the census, votes of a model.

Promises: the same seed and instant give the same titles, people and votes; every body is
fictional; everything is of the kind ``simulated``, which labels it wherever it is shown.
"""
