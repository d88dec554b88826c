"""The office: where the secretariat of an edition makes it, opens it and keeps it.

Promises: every screen in four languages, without scripts and on a phone; a form sent twice is done
once; two people who write the same text are told, never silently overwritten; each role sees what
it may do and nothing else. Reads through queries, writes through acts; knows no other front.
"""
