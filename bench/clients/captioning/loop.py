"""Practice: strips without end, each step drawn from its own seed, so that a run that was cut off goes on with the same bits."""

import math
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from functools import lru_cache
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np
from numpy.random import default_rng

from bench.clients.captioning.batches import batch
from bench.clients.captioning.network import Shape, save
from bench.clients.captioning.scenes import Scenes
from bench.clients.captioning.strips import Strip, strips
from bench.clients.captioning.tensors import Batch, prefix
from bench.hardware import torch_threads
from bench.models.checkpoint import Checkpoint

STRIPS = 3  # first number of every seed of a step
LOOK, SAVE = 50, 250  # steps
BLOCK, ROUNDS = 32, 4  # steps that share strips, and how often each of these is looked at: drawing them takes longer than looking
BLURRED = 10  # every tenth batch has blurred pictures, as trained models draw them
UNHEARD = 0.1  # of the cue words are passed over


@dataclass(frozen=True)
class Schedule:
    """How long and how fast to train."""

    steps: int
    batch: int
    learning_rate: float


def train(
    scenes: Sequence[Scenes],
    folder: Path,
    model: Any,
    shape: Shape,
    schedule: Schedule,
    seed: int,
    report: Callable[[str], None],
) -> Path:
    """Train a network and write weights and configuration; the checkpoint in the folder is deleted at the end."""
    import torch

    folder.mkdir(parents=True, exist_ok=True)
    model.to(memory_format=torch.channels_last)
    optimizer = torch.optim.Adam(model.parameters(), schedule.learning_rate, betas=(0.9, 0.98))
    checkpoint = Checkpoint(folder / "checkpoint.safetensors", {**asdict(schedule), "seed": seed})
    with torch_threads(1):
        for step in range(checkpoint.restore(model, optimizer), schedule.steps):
            loss = _step(
                model,
                optimizer,
                batch(_drawn(scenes, schedule.batch, seed, step), shape, step % BLURRED == 0),
                schedule,
                seed,
                step,
            )
            if step % LOOK == 0:
                report(f"step {step}: loss {loss:.3f} nats a word, {time.process_time():.0f} s of processor time")
            if (step + 1) % SAVE == 0:
                checkpoint.save(model, optimizer, step + 1, {"loss": loss})
                save(model, shape, folder)
    weights = save(model.eval(), shape, folder)
    checkpoint.path.unlink(missing_ok=True)
    return weights


def loss(model: Any, given: Batch) -> Any:
    """Mean surprise of the words, in nats."""
    import torch

    before, absent = prefix(model, given)
    words, wanted = given.words[:, :-1].clamp(min=0), given.words[:, 1:]
    scores = model(before, absent, words)
    return torch.nn.functional.cross_entropy(scores.float().transpose(1, 2), wanted, ignore_index=-1)


def _step(model: Any, optimizer: Any, given: Batch, schedule: Schedule, seed: int, step: int) -> float:
    import torch
    from torch.nn.attention import SDPBackend, sdpa_kernel

    chance = default_rng([STRIPS, seed, step, 1])
    heard = given.cues * torch.from_numpy((chance.random(given.cues.shape) >= UNHEARD).astype(np.float32))
    optimizer.param_groups[0]["lr"] = schedule.learning_rate * _rate(step, schedule.steps)
    # The flash kernel takes four times as long as plain matrices for so few rows.
    with torch.autocast("cpu", torch.bfloat16), sdpa_kernel(SDPBackend.MATH):
        found = loss(model.train(), given._replace(cues=heard))
    optimizer.zero_grad()
    found.backward()
    torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
    optimizer.step()
    return float(found.detach())


@lru_cache(maxsize=1)
def _block(scenes: tuple[Scenes, ...], size: int, seed: int, block: int) -> list[Strip]:
    return list(islice(strips(scenes, False, default_rng([STRIPS, seed, block])), size * BLOCK // ROUNDS))


def _drawn(scenes: Sequence[Scenes], size: int, seed: int, step: int) -> list[Strip]:
    """The strips of one step: of a block that is looked at several times, those that have about as many frames."""
    block, place = divmod(step, BLOCK)
    shared = _block(tuple(scenes), size, seed, block)
    turn, part = divmod(place, BLOCK // ROUNDS)
    chance = default_rng([STRIPS, seed, block, turn])
    order = np.argsort([sum(sheet.shape[0] * sheet.shape[1] for sheet in one.sheets) + chance.uniform(0, 8) for one in shared])
    part = int(chance.permutation(BLOCK // ROUNDS)[part])
    return [shared[k] for k in order[part * size : (part + 1) * size]]


def _rate(step: int, steps: int) -> float:
    return min(1.0, (step + 1) / 100) * (0.02 + 0.98 * (0.5 + 0.5 * math.cos(math.pi * step / steps)))
