"""What was done: every act leaves one event, in the transaction of its rows.

An event is never changed; only its place in the sealed log is filled in, once, by the sealer. What
leaves this room for the log is a salted commitment: erasing a row leaves the log whole.
"""
