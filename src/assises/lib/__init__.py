"""Pure helpers that every floor may use.

Promises: no domain, no network, no global state. May not import any other floor.
"""
