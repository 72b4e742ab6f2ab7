"""What one step of practice is made of: strips, and the words that the network should write."""

from collections.abc import Sequence

import numpy as np

from bench.clients.captioning.cues import cues
from bench.clients.captioning.network import END, START, Shape, given
from bench.clients.captioning.strips import Strip
from bench.clients.captioning.tensors import Batch, tensors
from bench.clients.captioning.wording import spoken


def batch(strips: Sequence[Strip], shape: Shape, blurred: bool) -> Batch:
    """What one step is made of."""
    seen = [given([_blurred(sheet) if blurred else sheet for sheet in one.sheets], cues(one.prompt, shape.cues)) for one in strips]
    number = {word: place for place, word in enumerate(shape.vocabulary)}
    words = np.full((len(strips), shape.longest + 2), -1, np.int64)
    for row, one in zip(words, strips, strict=True):
        told = [number[word] for word in (START, *spoken(one.answer)[: shape.longest], END)]
        row[: len(told)] = told
    return tensors(seen, words[:, (words >= 0).any(0)])


def _blurred(sheet: np.ndarray) -> np.ndarray:
    """Each pixel the mean of itself and its neighbours, as trained models draw."""
    padded = np.pad(sheet, [(0, 0)] * 3 + [(1, 1)] * 2, "edge").astype(np.uint16)
    height, width = sheet.shape[-2:]
    total = sum(padded[..., y : y + height, x : x + width] for y in range(3) for x in range(3))
    return np.asarray(total // 9, np.uint8)
