"""Every write of this room that people see, one file an act."""
