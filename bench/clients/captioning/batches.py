"""Strips of a step as tensors: what the network is given, and the words that it should write."""

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np

from bench.clients.captioning.cues import cues
from bench.clients.captioning.network import END, START, Seen, Shape, given, patches
from bench.clients.captioning.strips import Strip
from bench.clients.captioning.wording import spoken


class Batch(NamedTuple):
    """Tensors. `pairs` of all strips one after the other, `counts` of them a strip; `words` a row a strip, -1 after its end."""

    pairs: Any
    places: Any
    counts: list[int]
    cues: Any
    words: Any


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


def tensors(seen: Sequence[Seen], words: np.ndarray) -> Batch:
    """The same as tensors."""
    import torch

    pairs = torch.from_numpy(np.concatenate([patches(one.pairs) for one in seen]))
    places = torch.from_numpy(np.concatenate([one.places for one in seen]))
    heard = torch.from_numpy(np.stack([one.cues for one in seen]))
    return Batch(pairs, places, [len(one.pairs) for one in seen], heard, torch.from_numpy(words))


def prefix(model: Any, given: Batch) -> tuple[Any, Any]:
    """What stands before the words of each strip, padded, and which of it is absent."""
    import torch
    from torch.nn.utils.rnn import pad_sequence

    rows, heard = model.see(given.pairs, given.places, given.cues)
    parts = [torch.cat([cue[None], part]) for cue, part in zip(heard.to(rows.dtype), rows.split(given.counts), strict=True)]
    lengths = torch.tensor([len(part) for part in parts])
    before = pad_sequence(parts, batch_first=True)
    return before, torch.arange(before.shape[1])[None] >= lengths[:, None]
