"""The handwritten digits that come with scikit-learn (Alpaydin & Kaynak, 1998): one of them is normal, others are not."""

from typing import Annotated, ClassVar

import numpy as np
from pydantic import Field

from bench.component import component
from bench.datasets.inspected import Stock
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

    def read(self) -> Stock:
        """The digit to learn from; then the digit and the others to test on, those first that were written first."""
        from sklearn.datasets import load_digits

        found = load_digits()
        grey = np.rint(found.images * (255 / WHITE)).astype(np.uint8)[:, None]
        images = grey.repeat(self.enlarged, axis=-2).repeat(self.enlarged, axis=-1)
        own = images[found.target == self.of]
        kept = max(1, round(self.share * len(own)))
        each = max(1, kept // len(self.others))
        foreign = np.concatenate([images[found.target == other][:each] for other in self.others])
        normal, tested = own[:-kept], np.concatenate([own[-kept:], foreign])
        return Stock(normal, tested, added_strokes(tested, normal, self.reach) & (np.arange(len(tested)) >= kept)[:, None, None])
