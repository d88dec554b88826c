"""What the fronts share of HTTP: who is asking, what a route demands, how a page is made.

Fronts do not import each other; this floor stands between the rooms and them.
"""
