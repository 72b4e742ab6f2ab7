"""What a captioner reads of a prompt: which of a closed list of words are in it. Order, other words and how often are ignored."""

import re
from collections.abc import Iterable, Sequence

import numpy as np
from jaxtyping import Float32
from numpy import ndarray

_WORD = re.compile(r"[a-z]+")


def cues(text: str, known: Sequence[str]) -> Float32[ndarray, " cues"]:
    """1 for each known word that the text holds, else 0."""
    found = words([text])
    return np.array([word in found for word in known], np.float32)


def words(texts: Iterable[str]) -> frozenset[str]:
    """All words of the texts in lower case."""
    return frozenset(word for text in texts for word in _WORD.findall(text.lower()))
