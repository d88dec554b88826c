"""Texts to language, near-duplicates, themes and names.

Of a text in normalization form C every offset is in code points, so that what is found can be
quoted as it was written.
"""

from assises.engines.themes.language import Language, identify, identify_all
from assises.engines.themes.sentences import ideas, sentences

__all__ = ["Language", "ideas", "identify", "identify_all", "sentences"]
