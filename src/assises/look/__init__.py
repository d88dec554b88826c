"""How things are shown: words, charts, pages.

Promises: what is shown is a pure function of results and a language; every chart has a title that
is its finding and a table with the same numbers; nothing is loaded from anywhere. May not compute
results, nor know engines, formats or Django.
"""
