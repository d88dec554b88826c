"""Who looks at it. A front parses, calls a flow, an act or a query, and renders; it never writes
to a store itself, and fronts do not import each other.
"""
