"""Strips as tensors: what the network is given, and what stands before the words of each."""

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np

from bench.clients.captioning.network import Seen, patches


class Batch(NamedTuple):
    """Tensors. `pairs` of all strips one after the other, `counts` of them a strip; `words` a row a strip, -1 after its end."""

    pairs: Any
    places: Any
    counts: list[int]
    cues: Any
    words: Any


def tensors(seen: Sequence[Seen], words: np.ndarray) -> Batch:
    """What the network is given for some strips, beside the words that follow."""
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
