"""Texts as lists of words, for metrics that count them."""

import re

_WORD = re.compile(r"[^\W_]+(?:'[^\W_]+)?")


def words(text: str) -> list[str]:
    """Lower-case words in order; punctuation is left out, and an apostrophe stays within its word."""
    return _WORD.findall(text.lower())
