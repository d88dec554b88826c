"""What is thought of the statements: casts that are only ever added to, and the last of each.

Agree is +1, disagree -1, pass 0, unseen is absent; a withdrawn vote is a cast of nothing.
"""
