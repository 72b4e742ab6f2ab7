"""What a dataset offers whose own pictures are all normal and that has further ones to be looked over for defects."""

from typing import NamedTuple, Protocol, runtime_checkable

from jaxtyping import Bool, Int, UInt8
from numpy import ndarray


@runtime_checkable
class Inspected(Protocol):
    """A dataset of one class. Models learn from its pictures, 0 to `len` - 1; those behind them are not to be learnt from.

    `trial` are normal pictures, some of them with a made-up defect, on which a threshold is chosen; `tested` are the test pictures.
    `images` takes all of these indices.
    """

    @property
    def trial(self) -> Int[ndarray, " n"]: ...
    @property
    def tested(self) -> Int[ndarray, " n"]: ...
    def masks(self, index: Int[ndarray, " n"]) -> Bool[ndarray, "n height width"]:
        """Which pixels are defective; none of a normal picture."""
        ...


class Stock(NamedTuple):
    """What a source has, all of one size.

    `normal` are pictures to learn from, in the order in which they were taken, since neighbours may be alike; `tested` are the test
    pictures, normal ones among them, and `masks` the defective pixels of each.
    """

    normal: UInt8[ndarray, "n channels height width"]
    tested: UInt8[ndarray, "m channels height width"]
    masks: Bool[ndarray, "m height width"]


@runtime_checkable
class Source(Protocol):
    """Where a dataset of one class has its pictures from; `subject` is what they show. Reading may raise `DataError`."""

    @property
    def subject(self) -> str: ...
    def read(self) -> Stock: ...
