"""MNIST (LeCun et al., 1998) from its four official files: one digit is normal, others are not."""

from collections.abc import Mapping
from functools import cached_property
from pathlib import Path
from typing import Annotated, ClassVar, NamedTuple

import numpy as np
from jaxtyping import Bool, Int, UInt8
from numpy import ndarray
from pydantic import Field

from bench.component import component
from bench.datasets.download import download
from bench.datasets.idx import read_idx
from bench.datasets.strokes import added_strokes
from bench.errors import ConfigError, DataError

Digit = Annotated[int, Field(ge=0, le=9)]
LIMIT = 1 << 25  # bytes; the largest official file has 10 million
NAMES = {"train": "train", "test": "t10k"}


class Digits(NamedTuple):
    """Pictures and what they show."""

    images: UInt8[ndarray, "n channels height width"]
    labels: Int[ndarray, " n"]


@component
class MNIST:
    """Digit `normal` of the training files to learn from; of the test files `normal` and `others` to test on.

    The files `train-images-idx3-ubyte`, ..., plain or with `.gz`, lie in `path`; with `fetch` those that are missing come from
    `url`, checked by `checksums`. Masks are a stand-in: strokes that the nearest normal picture lacks, see `added_strokes`.
    """

    version: ClassVar[int] = 1
    path: str
    url: str
    checksums: Mapping[str, str]
    fetch: bool
    timeout: float
    of: Digit
    others: tuple[Digit, ...]
    reach: Annotated[int, Field(ge=0)]

    def __post_init__(self) -> None:
        if not self.others or self.of in self.others:
            raise ConfigError(f"others: expected digits other than the normal one, {self.of}; got {list(self.others)}")

    @property
    def subject(self) -> str:
        """What the pictures show."""
        return "the digit"

    @cached_property
    def normal(self) -> UInt8[ndarray, "n channels height width"]:
        """The digit to learn from."""
        images, labels = self._train
        return np.asarray(images[labels == self.of])

    @property
    def tested(self) -> UInt8[ndarray, "n channels height width"]:
        """The normal digit and the others, in the order of the file."""
        tested: ndarray = self._tested.images
        return tested

    @cached_property
    def masks(self) -> Bool[ndarray, "n height width"]:
        """Added strokes of the others; nothing of the normal digit."""
        found = added_strokes(self.tested, self.normal, self.reach)
        return found & (self._tested.labels != self.of)[:, None, None]

    @cached_property
    def _train(self) -> Digits:
        return self._read("train")

    @cached_property
    def _tested(self) -> Digits:
        images, labels = self._read("test")
        kept = np.isin(labels, (self.of, *self.others))
        return Digits(images[kept], labels[kept])

    def _read(self, split: str) -> Digits:
        images = read_idx(self._file(f"{NAMES[split]}-images-idx3-ubyte"), 3)[:, None]
        labels = read_idx(self._file(f"{NAMES[split]}-labels-idx1-ubyte"), 1)
        if len(images) != len(labels):
            raise DataError(
                f"{self.path}: expected a label for each of {len(images)} pictures of the {split} files, got {len(labels)}; fetch "
                "both files again"
            )
        if not (labels == self.of).any():
            raise DataError(f"{self.path}: expected pictures of a {self.of} in the {split} files, found none; choose another digit")
        return Digits(images, labels.astype(np.int64))

    def _file(self, name: str) -> Path:
        folder = Path(self.path)
        found = [path for path in (folder / name, folder / f"{name}.gz") if path.exists()]
        if not found and not self.fetch:
            raise DataError(f"expected {name} or {name}.gz in {folder}, found neither; put it there, or set runtime.fetch=true")
        if not found:
            found = [folder / f"{name}.gz"]
            download(f"{self.url}/{name}.gz", found[0], self.checksums[f"{name}.gz"], self.timeout, LIMIT)
        return found[0]
