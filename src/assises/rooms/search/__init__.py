"""Finding what was said: words of each language, and spellings that nearly match."""
