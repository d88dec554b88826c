"""The domain. Each room is a Django app of one inner shape; a room imports only earlier rooms.

``models.py`` what is kept · ``acts/`` every write, one file an act · ``queries.py`` every read that
a front needs · ``rules.py`` who may · ``tasks.py`` what is done later. A later room learns of an
earlier one's acts by subscribing to the journal's events.
"""
