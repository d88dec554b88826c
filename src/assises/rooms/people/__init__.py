"""Who logs in, who speaks, and for which body. Account and Voice are strangers.

A voice is found by an HMAC of a secret that only its holder has (a browser's token, a code on
paper) or that only the server can derive from an account, with a key kept outside the database.
No column joins them, and no database role reads both.
"""
