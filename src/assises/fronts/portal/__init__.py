"""The public site: read, say, vote, see oneself, check. Works without JavaScript and on a phone."""
