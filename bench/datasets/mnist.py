"""MNIST (LeCun et al., 1998) from its four official files: one digit is normal, others are not."""

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, ClassVar, NamedTuple

import numpy as np
from jaxtyping import Int, UInt8
from numpy import ndarray
from pydantic import Field

from bench.component import component
from bench.datasets.download import download
from bench.datasets.idx import read_idx
from bench.datasets.inspected import Stock
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

    def read(self) -> Stock:
        """The digit of the training files; it and the others of the test files, in their order, of which it has no defects."""
        images, labels = self._read("train")
        normal = images[labels == self.of]
        images, labels = self._read("test")
        kept = np.isin(labels, (self.of, *self.others))
        strokes = added_strokes(images[kept], normal, self.reach)
        return Stock(normal, images[kept], strokes & (labels[kept] != self.of)[:, None, None])

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
