"""Frozen weights that come with the code, so that a result can be rebuilt, and a run started, without training."""

import hashlib
from pathlib import Path
from typing import Annotated, ClassVar

from pydantic import Field

from bench.component import component
from bench.errors import DataError
from bench.interfaces import Dataset, GenerativeModel, Generator, Weights
from bench.shipped import shipped


@component
class Baseline:
    """The weights in `baselines/<name>/model.safetensors`, known by their SHA-256, and the generator that made them."""

    version: ClassVar[int] = 1
    trained: ClassVar[bool] = False
    name: Annotated[str, Field(pattern=r"^[a-z0-9_]+$")]
    sha256: Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
    generator: Generator

    def fit(self, dataset: Dataset, seed: int, scratch: Path) -> Weights:  # noqa: ARG002
        """The weights as shipped. Raises `DataError` when the file is missing or another one."""
        return self._weights()

    def load(self, dataset: Dataset, weights: Weights) -> GenerativeModel:
        """The model with these weights, or with the shipped ones when none are given. Raises `DataError` when they do not fit."""
        return self.generator.load(dataset, weights or self._weights())

    def _weights(self) -> Weights:
        from safetensors.numpy import load as parse

        path = shipped("baselines", self.name, "model.safetensors")
        content = path.read_bytes()
        found = hashlib.sha256(content).hexdigest()
        if found != self.sha256:
            raise DataError(
                f"expected {path} to have SHA-256 {self.sha256}, got {found}; reinstall latentbench, or correct `sha256`"
            )
        weights: Weights = parse(content)
        return weights
