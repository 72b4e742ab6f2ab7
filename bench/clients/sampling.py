"""Sampling in a batch in which each row has its own chance: the largest of log-probabilities plus Gumbel noise is a sample.

Source: Gumbel 1954; Maddison et al. 2014 (arXiv 1411.0030).
"""

import hashlib
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from numpy.random import Generator

from bench.clients.messages import Message


def seeds(asked: Sequence[tuple[Message, int]]) -> list[int]:
    """One seed a row, made of the message and the replicate index alone."""
    names = (f"{replicate} {message.text} {message.fingerprints}" for message, replicate in asked)
    return [int(hashlib.sha256(name.encode()).hexdigest()[:16], 16) for name in names]


def spread(row_seeds: Sequence[int], temperature: float) -> Callable[[Any, Any], Any]:
    """Adds noise to the scores of the next token, row by row, so that the greedy choice is a sample at this temperature.

    What it gives is a logits processor of transformers: from tokens so far and scores, both tensors, to scores.
    """
    chances: list[Generator] = [np.random.default_rng(seed) for seed in row_seeds]

    def noisy(tokens: Any, scores: Any) -> Any:
        del tokens
        import torch

        noise = np.stack([chance.gumbel(size=scores.shape[-1]) for chance in chances])
        return scores.double() / temperature + torch.from_numpy(noise).to(scores.device)

    return noisy
