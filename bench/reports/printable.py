"""Makes text that a model or a file wrote safe to print: no control characters, no tricks with direction, one line."""

import unicodedata

_UNSEEN = {"Cc", "Cf", "Cs", "Co", "Cn"}  # controls, formats such as bidirectional overrides, surrogates, private use, unassigned
_JOINERS = {"\u200c", "\u200d"}  # scripts and emoji need them


def printable(text: str) -> str:
    """`text` on one line, with runs of white space collapsed and characters that are not seen removed."""
    if text.isprintable():  # then nothing is to be removed: the common case, and many times faster
        return " ".join(text.split())
    return " ".join("".join(_shown(character) for character in text).split())


def _shown(character: str) -> str:
    if character.isspace():
        return " "
    return "" if unicodedata.category(character) in _UNSEEN and character not in _JOINERS else character
