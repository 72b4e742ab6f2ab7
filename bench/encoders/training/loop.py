"""Contrastive training (Radford et al. 2021) where every caption that is true of a picture counts as right, not its own alone."""

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from jaxtyping import Bool, UInt8
from numpy import ndarray
from numpy.random import Generator, default_rng

from bench.encoders.training.network import MEAN, STD, create, prepare_folder, save
from bench.encoders.training.scenes import Scenes
from bench.encoders.training.words import UNSAID
from bench.hardware import torch_threads

GROUP = 16  # pictures of a batch that agree in about half of the factors
FULL = 0.75  # of the captions say all that can be said; the others say each property with a chance of one half
STRANGE = 0.3  # of the captions get a word that the tokenizer does not know, so that the encoder learns to pass over such words
WORDY = 4000  # captions a dataset from which the tokenizer takes its words


class Batch(NamedTuple):
    """Pictures, a caption of each, and which caption (row) is true of which picture (column)."""

    pictures: UInt8[ndarray, "n channels height width"]
    captions: list[str]
    true: Bool[ndarray, "n n"]


@dataclass(frozen=True)
class Schedule:
    """How long and how fast to train."""

    steps: int
    batch: int
    learning_rate: float
    minutes: float


def train(scenes: Sequence[Scenes], folder: Path, schedule: Schedule, seed: int, report: Callable[[str], None]) -> Path:
    """Train on all datasets at once and write weights, configuration and tokenizer; stops early after `minutes` of wall time."""
    import torch

    rng = default_rng(seed)
    prepare_folder(folder, _texts(scenes, default_rng(0)))
    torch.manual_seed(seed)
    with torch_threads(1):
        model, tokens = create(folder)
        model.to(memory_format=torch.channels_last)  # half the time on a CPU
        _steps(model.train(), tokens, _batches(scenes, schedule.batch, rng), schedule, report)
    return save(model.eval(), folder)


def _steps(model: Any, tokens: Any, batches: Iterator[Batch], schedule: Schedule, report: Callable[[str], None]) -> None:
    import torch

    start = time.monotonic()
    optimiser = torch.optim.AdamW(model.parameters(), schedule.learning_rate, weight_decay=0.01)
    for step in range(schedule.steps):
        used = max(step / schedule.steps, (time.monotonic() - start) / (60 * schedule.minutes))
        if used >= 1:
            break
        for group in optimiser.param_groups:
            group["lr"] = schedule.learning_rate * min(1, (step + 1) / 20) * (0.5 + 0.5 * np.cos(np.pi * used))
        loss = _loss(model, tokens, next(batches))
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
        with torch.no_grad():
            model.logit_scale.clamp_(0, np.log(100))
        if step % 25 == 0:
            report(f"step {step}: loss {loss.item():.3f}, {time.monotonic() - start:.0f} s")


def _loss(model: Any, tokens: Any, batch: Batch) -> Any:
    """The mean divergence of both directions, 0 at best; true pairs share the probability evenly."""
    import torch
    from torch.nn.functional import log_softmax

    with torch.autocast("cpu", torch.bfloat16):
        images, texts, scale = model(pixels(batch.pictures), tokens(batch.captions))[:3]
    logits = scale.float() * texts.float() @ images.float().T
    true = torch.from_numpy(batch.true).float()
    by_text = (true / true.sum(1, keepdim=True) * log_softmax(logits, 1)).sum(1) + true.sum(1).log()
    by_image = (true / true.sum(0, keepdim=True) * log_softmax(logits, 0)).sum(0) + true.sum(0).log()
    return -(by_text.mean() + by_image.mean()) / 2


def pixels(pictures: UInt8[ndarray, "n channels height width"]) -> Any:
    """What the network is given: RGB, normalised as its configuration says."""
    import torch

    frames = np.broadcast_to(pictures, (len(pictures), 3, *pictures.shape[2:]))
    mean, std = (torch.tensor(numbers)[:, None, None] for numbers in (MEAN, STD))
    return ((torch.from_numpy(np.array(frames)) / 255.0 - mean) / std).contiguous(memory_format=torch.channels_last)


def _batches(scenes: Sequence[Scenes], size: int, rng: Generator) -> Iterator[Batch]:
    while True:
        parts = [_batch(one, size // len(scenes), rng) for one in scenes]
        true = np.zeros((size, size), bool)
        for k, part in enumerate(parts):
            where = slice(k * len(part.captions), (k + 1) * len(part.captions))
            true[where, where] = part.true
        pictures = [np.broadcast_to(part.pictures, (len(part.pictures), 3, *part.pictures.shape[2:])) for part in parts]
        yield Batch(np.concatenate(pictures), [text for part in parts for text in part.captions], true)


def _batch(scenes: Scenes, size: int, rng: Generator) -> Batch:
    index = scenes.drawn(size // GROUP, GROUP, rng)
    values = scenes.values[index]
    keep = (rng.random(values.shape) < 0.5) | (rng.random((size, 1)) < FULL)
    said = np.where(keep, values, UNSAID)
    true = ((said[:, None] == UNSAID) | (said[:, None] == values)).all(2)
    return Batch(scenes.dataset.images(index), [_strange(scenes.say(row, rng), rng) for row in said], true)


def _strange(text: str, rng: Generator) -> str:
    if rng.random() >= STRANGE:
        return text
    spoken = text.split()
    spoken.insert(int(rng.integers(len(spoken) + 1)), "unknownword")
    return " ".join(spoken)


def _texts(scenes: Sequence[Scenes], rng: Generator) -> Iterator[str]:
    """Captions that together hold every word of the trained wordings."""
    for one in scenes:
        chosen = one.drawn(WORDY // GROUP, GROUP, rng)
        yield from (one.say(row, rng) for row in one.values[chosen])
