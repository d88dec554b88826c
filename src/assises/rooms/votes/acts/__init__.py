"""Every write of this room, one file an act."""
