"""What is linked to what: typed, dated links that are walked both ways.

A link is never erased: it ends. Each room registers how its objects describe themselves, so that
the thread of any object can be drawn without this room knowing any other.
"""
