"""The one training loop: Adam on a stream of images, exact repeats from a seed, and exact continuation after a kill."""

import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from math import isfinite
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, ClassVar, Literal, Protocol, runtime_checkable

import numpy as np
from pydantic import Field

from bench.component import component
from bench.errors import DataError
from bench.hardware import torch_threads, usable
from bench.interfaces import Dataset, Weights
from bench.models.batches import Batches, ahead
from bench.models.checkpoint import Checkpoint, weights
from bench.models.resident import images_for
from bench.models.rival import Rival, sides

if TYPE_CHECKING:
    import torch

NOISE = 2  # first number of every seed of a step's noise
LOOK = 50  # steps between looks at the losses, each of which waits for the device


@runtime_checkable
class Loss(Protocol):
    """What a step minimises: `loss`, a scalar, and its parts, for people. `images` lie in [0, 1]; `done` is the share of the steps
    that are over, from 0 to below 1.

    All chance comes from `generator`, which lives on the CPU, so that every device sees the same noise.
    """

    def __call__(
        self, network: "torch.nn.Module", images: "torch.Tensor", generator: "torch.Generator", done: float
    ) -> Mapping[str, "torch.Tensor"]: ...


@component
class Training:
    """How long and how fast to train. The learning rate falls to 0 on a straight line over the last share `cooldown` of the steps.

    Same settings, seed, device and threads give the same bits, whether or not the run was interrupted.
    """

    version: ClassVar[int] = 1
    steps: Annotated[int, Field(gt=0)]
    batch: Annotated[int, Field(gt=1)]
    learning_rate: Annotated[float, Field(gt=0)]
    cooldown: Annotated[float, Field(ge=0, le=1)]
    precision: Literal["float32", "bfloat16"]
    save_every: Annotated[int, Field(gt=0)]
    threads: Annotated[int, Field(gt=0)]
    device: str

    def __call__(
        self, network: "torch.nn.Module", loss: Loss, dataset: Dataset, seed: int, scratch: Path, rival: Rival | None = None
    ) -> Weights:
        """Train the network in place and return its weights; `scratch` keeps a checkpoint, and training goes on from there.

        The loss of a `rival` is part of the sum. Raises `DataError` when a loss is not finite, or when the checkpoint is damaged or
        belongs to other settings.
        """
        import torch

        with torch_threads(self.threads):
            network.to(usable(self.device), memory_format=torch.channels_last)  # type: ignore[call-overload]
            optimizer = torch.optim.Adam(sides(network, rival, self.learning_rate), lr=self.learning_rate, fused=True)
            checkpoint = Checkpoint(scratch / "checkpoint.safetensors", self._settings(seed))
            start = checkpoint.restore(network, optimizer)
            recent: list[Mapping[str, torch.Tensor]] = []
            batches, images_of = Batches(dataset, self.batch, seed), images_for(dataset, self.device)
            with _bar(start, self.steps) as show:
                for step, images in ahead(lambda step: images_of(batches.index(step)), start, self.steps):
                    recent.append(self._step(network, optimizer, loss, images, seed, step))
                    done = step + 1
                    save = done % self.save_every == 0 or done == self.steps
                    if save or len(recent) == LOOK:
                        losses = self._look(recent, done)
                        show(done, losses["loss"])
                    if save:
                        checkpoint.save(network, optimizer, done, losses)
        return weights(network)

    def _step(
        self,
        network: "torch.nn.Module",
        optimizer: "torch.optim.Optimizer",
        loss: Loss,
        images: "np.ndarray | torch.Tensor",
        seed: int,
        step: int,
    ) -> Mapping[str, "torch.Tensor"]:
        import torch

        pixels = torch.as_tensor(images, device=self.device).float().div_(255).to(memory_format=torch.channels_last)
        with torch.autocast(torch.device(self.device).type, torch.bfloat16, enabled=self.precision == "bfloat16"):
            losses = loss(network, pixels, _noise(seed, step), step / self.steps)
        for side in optimizer.param_groups:
            side["lr"] = side["first"] * self._rate(step)
        optimizer.zero_grad()
        losses["loss"].backward()  # type: ignore[no-untyped-call]
        optimizer.step()
        return {name: value.detach() for name, value in losses.items()}

    def _rate(self, step: int) -> float:
        left = (self.steps - step) / self.steps
        return 1.0 if left >= self.cooldown else left / self.cooldown

    def _look(self, recent: "list[Mapping[str, torch.Tensor]]", done: int) -> dict[str, float]:
        """Means over the steps since the last look, which are forgotten. Raises `DataError` at the first that is not finite."""
        import torch

        values = {name: torch.stack([losses[name] for losses in recent]).tolist() for name in recent[0]}
        first = done - len(recent)
        recent.clear()
        bad = next((i for i, value in enumerate(values["loss"]) if not isfinite(value)), None)
        if bad is not None:
            raise DataError(
                f"the loss of training step {first + bad} is {values['loss'][bad]}, expected a finite number; set a "
                f"learning_rate below {self.learning_rate:g}, or precision to float32, and run again"
            )
        return {name: float(np.mean(column)) for name, column in values.items()}

    def _settings(self, seed: int) -> dict[str, str | int | float]:
        named = ("steps", "batch", "learning_rate", "cooldown", "precision")
        return {"seed": seed} | {name: getattr(self, name) for name in named}


def _noise(seed: int, step: int) -> "torch.Generator":
    """The generator of one step, so that a continued run draws what an unbroken one would."""
    import torch

    return torch.Generator().manual_seed(int(np.random.SeedSequence([NOISE, seed, step]).generate_state(1, np.uint64)[0] >> 1))


@contextmanager
def _bar(start: int, steps: int) -> Iterator[Callable[[int, float], None]]:
    """Yields what to call with the steps done and the loss. The bar is on standard error, and only on a terminal."""
    if not sys.stderr.isatty():
        yield lambda _done, _loss: None
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (TextColumn("train"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn(), TextColumn("{task.description}"))
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("", total=steps, completed=start)
        yield lambda done, loss: bar.update(task, completed=done, description=f"loss {loss:.2f}")
