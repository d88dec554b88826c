"""Contributions to themes, joined with files: what is kept, what is read, which models help."""
