"""How far drawn answers agree: bag-of-words similarity, the answer that agrees most, and certainty.

Source: LatentExplainer (arXiv 2406.14862), uncertainty-aware explanation; similarity as in its published evaluation code.
"""

import re
from collections import Counter
from collections.abc import Sequence

import numpy as np
from jaxtyping import Float
from numpy import ndarray

WORD = re.compile(r"\b\w\w+\b")
TIE = 12  # decimals at which two mean similarities are equal, so that the order of a sum decides nothing


def similarity(texts: Sequence[str]) -> Float[ndarray, "n n"]:
    """Cosine of word counts: lower case, words of two or more characters. A text without words is like no text, itself included."""
    counts = [Counter(WORD.findall(text.lower())) for text in texts]
    vocabulary = sorted(set().union(*counts))
    vectors = np.array([[count[word] for word in vocabulary] for count in counts], dtype=np.float64).reshape(len(texts), -1)
    products = vectors @ vectors.T
    squares = np.diag(products)
    # One root of whole numbers keeps round values round, such as 1 for equal texts.
    lengths = np.sqrt(np.outer(squares, squares))
    cosines: ndarray = np.divide(products, lengths, out=np.zeros_like(products), where=lengths > 0)
    return cosines


def most_agreed(similarities: Float[ndarray, "n n"]) -> int:
    """The row with the highest mean similarity; the first of equals."""
    return int(np.argmax(np.round(similarities.mean(axis=1), TIE)))


def certainty(similarities: Float[ndarray, "n n"]) -> float | None:
    """Mean similarity of two different answers, in [0, 1]; `None` for fewer than two answers."""
    n = len(similarities)
    if n < 2:
        return None
    return float(np.clip((similarities.sum() - np.trace(similarities)) / (n * (n - 1)), 0.0, 1.0))
