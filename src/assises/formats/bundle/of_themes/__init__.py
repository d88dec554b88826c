"""What travels with a bundle of themes: its recount and the schema of its results."""
