"""Contrastive training (Radford et al. 2021) where every caption that is true of a picture counts as right, not its own alone.

Beside it, pictures choose among prompts for the values of one property at a time: without that, the few properties that tell most
pictures apart (colours) would be learnt and the others hardly.
"""

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from jaxtyping import Bool, UInt8
from numpy import ndarray
from numpy.random import Generator, default_rng

from bench.encoders.training.batches import GROUP, Batch, batches
from bench.encoders.training.network import MEAN, STD, create, prepare_folder, save
from bench.encoders.training.scenes import Scenes
from bench.hardware import torch_threads

WORDY = 4000  # captions a dataset from which the tokenizer takes its words


@dataclass(frozen=True)
class Schedule:
    """How long and how fast to train."""

    steps: int
    batch: int
    learning_rate: float
    minutes: float


def train(scenes: Sequence[Scenes], folder: Path, schedule: Schedule, seed: int, report: Callable[[str], None]) -> Path:
    """Train on all datasets at once and write weights, configuration, tokenizer; ends early after `minutes` of processor time."""
    import torch

    prepare_folder(folder, _texts(scenes, default_rng(0)))
    torch.manual_seed(seed)
    with torch_threads(1):
        model, tokens = create(folder)
        model.to(memory_format=torch.channels_last)  # less than two thirds of the time on a CPU
        for layer in model.visual.modules():
            if isinstance(layer, torch.nn.BatchNorm2d):
                torch.nn.init.ones_(layer.weight)  # open_clip begins with residual blocks that do nothing; short training cannot
        _steps(model.train(), tokens, batches(scenes, schedule.batch, default_rng(seed)), schedule, report)
    return save(model.eval(), folder)


def _steps(model: Any, tokens: Any, drawn: Iterator[Batch], schedule: Schedule, report: Callable[[str], None]) -> None:
    import torch

    start = time.process_time()
    optimiser = torch.optim.AdamW(model.parameters(), schedule.learning_rate, weight_decay=0.01)
    for step in range(schedule.steps):
        used = max(step / schedule.steps, (time.process_time() - start) / (60 * schedule.minutes))
        if used >= 1:
            break
        for group in optimiser.param_groups:
            group["lr"] = schedule.learning_rate * min(1, (step + 1) / 20) * (0.5 + 0.5 * np.cos(np.pi * used))
        matching, choosing = losses(model, tokens, next(drawn))
        optimiser.zero_grad()
        (matching + choosing).backward()
        optimiser.step()
        with torch.no_grad():
            model.logit_scale.clamp_(0, np.log(100))
        if step % 50 == 0:
            report(f"step {step}: matching {matching:.3f}, choosing {choosing:.3f}, {time.process_time() - start:.0f} s")


def losses(model: Any, tokens: Any, batch: Batch) -> tuple[Any, Any]:
    """How far pictures and captions are from matching, and prompts from being chosen; both 0 at best."""
    import torch
    from torch.nn.functional import cross_entropy

    with torch.autocast("cpu", torch.bfloat16):
        images = model.encode_image(pixels(batch.pictures), normalize=True)
        texts = model.encode_text(tokens([*batch.captions, *batch.prompts]), normalize=True)
    logits = model.logit_scale.exp() * texts.float() @ images.float().T
    captions, prompts = logits[: len(batch.captions)], logits[len(batch.captions) :].T
    chosen = [cross_entropy(prompts[one.pictures, one.prompts], torch.from_numpy(one.right)) for one in batch.choices]
    return _matching(captions, batch.true), torch.stack(chosen).mean()


def _matching(logits: Any, true: Bool[ndarray, "n n"]) -> Any:
    """The mean divergence of both directions from the truth, in which true pairs share the probability evenly."""
    import torch
    from torch.nn.functional import log_softmax

    right = torch.from_numpy(true).float()
    parts = [right.sum(axis).log() - (right * log_softmax(logits, axis)).sum(axis) / right.sum(axis) for axis in (0, 1)]
    return (parts[0].mean() + parts[1].mean()) / 2


def pixels(pictures: UInt8[ndarray, "n 3 height width"]) -> Any:
    """What the network is given, normalised as its configuration says."""
    import torch

    mean, std = (torch.tensor(numbers)[:, None, None] for numbers in (MEAN, STD))
    return ((torch.from_numpy(pictures) / 255.0 - mean) / std).contiguous(memory_format=torch.channels_last)


def _texts(scenes: Sequence[Scenes], rng: Generator) -> Iterator[str]:
    """Captions that together hold every word of the trained wordings."""
    for one in scenes:
        chosen = one.drawn(WORDY // GROUP, GROUP, rng)
        yield from (one.say(row, rng) for row in one.values[chosen])
