"""Help for those who moderate: personal data found, abuse held for a person.

Promises: it proposes; nothing is refused or deleted by it. Knows no country: shapes are passed in.
"""
