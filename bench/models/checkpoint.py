"""A training run on disk: weights, buffers, moments of Adam and the step, in one safetensors file that is replaced in one go."""

import json
import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy import ndarray

from bench.errors import DataError
from bench.interfaces import Weights

if TYPE_CHECKING:
    import torch

MOMENTS = ("step", "exp_avg", "exp_avg_sq")


@dataclass(frozen=True)
class Checkpoint:
    """Where a run is kept, and the settings that it belongs to. A kill while it is saved leaves the one before."""

    path: Path
    settings: Mapping[str, str | int | float]

    def save(self, network: "torch.nn.Module", optimizer: "torch.optim.Optimizer", step: int, losses: Mapping[str, float]) -> None:
        """Write what the next step starts from; `losses` is for people who look inside. Raises `DataError` on a full disk."""
        from safetensors import SafetensorError
        from safetensors.numpy import save_file

        draft = self.path.with_suffix(".draft")
        metadata = {"settings": dict(self.settings), "step": step, "losses": dict(losses)}
        arrays = {name: tensor.detach().cpu().contiguous().numpy() for name, tensor in _tensors(network, optimizer)}
        try:
            save_file(arrays, draft, {"run": json.dumps(metadata)})
            with draft.open("rb") as file:
                os.fsync(file.fileno())
            draft.replace(self.path)
        except (OSError, SafetensorError) as error:
            raise DataError(f"cannot write the checkpoint {self.path}: {error}; free space and run again") from error

    def restore(self, network: "torch.nn.Module", optimizer: "torch.optim.Optimizer") -> int:
        """Load the run into a fresh network and optimizer and return the step it stands at; 0 when nothing was saved.

        Raises `DataError` when the file is damaged or belongs to a run with other settings.
        """
        import torch

        if not self.path.exists():
            return 0
        run, arrays = self._read()
        if run["settings"] != dict(self.settings):
            raise DataError(f"{self.path} belongs to a run with {run['settings']}, this one has {dict(self.settings)}; delete it")
        for parameter in network.parameters():
            optimizer.state[parameter] = _empty_moments(parameter)
        with torch.no_grad():
            for name, tensor in _tensors(network, optimizer):
                if name not in arrays or arrays[name].shape != tuple(tensor.shape):
                    raise DataError(f"{self.path}: expected {name} of shape {tuple(tensor.shape)}; delete it and train anew")
                tensor.copy_(torch.from_numpy(arrays[name]))
        return int(run["step"])

    def _read(self) -> tuple[dict[str, Any], dict[str, ndarray]]:
        from safetensors import SafetensorError, safe_open

        try:
            with safe_open(self.path, framework="np") as file:
                run = json.loads(file.metadata()["run"])
                return run, {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118 (not a mapping)
        except (SafetensorError, OSError, ValueError, KeyError, TypeError) as error:
            raise DataError(f"cannot read the checkpoint {self.path}: {error}; delete it and train anew") from error


def weights(network: "torch.nn.Module") -> Weights:
    """The parameters of a network by name, on the CPU, in C order."""
    return {name: np.array(value.detach().cpu().contiguous().numpy()) for name, value in network.state_dict().items()}


def _tensors(network: "torch.nn.Module", optimizer: "torch.optim.Optimizer") -> "Iterator[tuple[str, torch.Tensor]]":
    for name, parameter in network.named_parameters():
        yield f"weights/{name}", parameter
        for moment in MOMENTS:
            yield f"{moment}/{name}", optimizer.state[parameter][moment]
    for name, buffer in network.named_buffers():
        yield f"buffers/{name}", buffer


def _empty_moments(parameter: "torch.nn.Parameter") -> "dict[str, torch.Tensor]":
    import torch

    step = torch.zeros((), dtype=torch.float32, device=parameter.device)
    return {"step": step, "exp_avg": torch.zeros_like(parameter), "exp_avg_sq": torch.zeros_like(parameter)}
