"""The handwritten digits that come with scikit-learn (Alpaydin & Kaynak, 1998): one of them is normal, others are not."""

from functools import cached_property
from typing import Annotated, ClassVar

import numpy as np
from jaxtyping import Bool, UInt8
from numpy import ndarray
from pydantic import Field

from bench.component import component
from bench.datasets.strokes import added_strokes
from bench.errors import ConfigError

Digit = Annotated[int, Field(ge=0, le=9)]
WHITE = 16  # the largest value in the file


@component
class Digits:
    """Digit `of` to learn from, but for the last `share` of its pictures; those, and as many of the `others` in turn, to test on.

    8 × 8 pixels, each repeated `enlarged` times both ways. Masks are a stand-in, as for MNIST: see `added_strokes`.
    """

    version: ClassVar[int] = 1
    of: Digit
    others: tuple[Digit, ...]
    share: Annotated[float, Field(gt=0, lt=1)]
    enlarged: Annotated[int, Field(gt=0)]
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
        return self._of(self.of)[: -self._kept]

    @cached_property
    def tested(self) -> UInt8[ndarray, "n channels height width"]:
        """The digit itself, then the others, those first that were written first."""
        return np.concatenate([self._of(self.of)[-self._kept :], *(self._of(other)[: self._each] for other in self.others)])

    @cached_property
    def masks(self) -> Bool[ndarray, "n height width"]:
        """Added strokes of the others; nothing of the digit itself."""
        return added_strokes(self.tested, self.normal, self.reach) & (np.arange(len(self.tested)) >= self._kept)[:, None, None]

    @property
    def _kept(self) -> int:
        return max(1, round(self.share * len(self._of(self.of))))

    @property
    def _each(self) -> int:
        return max(1, self._kept // len(self.others))

    def _of(self, digit: int) -> UInt8[ndarray, "n channels height width"]:
        images, labels = self._whole
        return np.asarray(images[labels == digit])

    @cached_property
    def _whole(self) -> tuple[ndarray, ndarray]:
        from sklearn.datasets import load_digits

        found = load_digits()
        grey = np.rint(found.images * (255 / WHITE)).astype(np.uint8)
        return grey.repeat(self.enlarged, axis=1).repeat(self.enlarged, axis=2)[:, None], found.target
