"""What a dataset offers whose own pictures are all normal and that has further ones to be looked over for defects."""

from typing import Protocol, runtime_checkable

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


@runtime_checkable
class Source(Protocol):
    """Where a dataset of one class has its pictures from. All arrays are of one size; reading may raise `DataError`."""

    @property
    def subject(self) -> str: ...
    @property
    def normal(self) -> UInt8[ndarray, "n channels height width"]:
        """Pictures to learn from, in the order in which they were taken: neighbours may be alike."""
        ...

    @property
    def tested(self) -> UInt8[ndarray, "n channels height width"]:
        """Test pictures, normal ones among them."""
        ...

    @property
    def masks(self) -> Bool[ndarray, "n height width"]:
        """The defective pixels of each test picture."""
        ...
