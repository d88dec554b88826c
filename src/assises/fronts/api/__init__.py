"""The HTTP API: what is public for programs, and a voice's own words and votes.

Promises: public reads answer the same to everyone; nothing is written but through acts; every
refusal is problem+json with a stable code; no secret is ever taken from an address. Knows no other
front.
"""
