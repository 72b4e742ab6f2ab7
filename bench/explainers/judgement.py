"""What is made of drawn answers: which one to keep, and how sure to be of it."""

from collections.abc import Sequence
from typing import NamedTuple, Protocol, runtime_checkable


class Judgement(NamedTuple):
    """`best` is the place of the answer to keep, `None` when none says anything; `certainty` lies in [0, 1] or is undefined."""

    best: int | None
    certainty: float | None


@runtime_checkable
class Certainty(Protocol):
    """A way to judge drawn answers. `silent` says of each answer whether it abstains."""

    async def __call__(self, answers: Sequence[str], silent: Sequence[bool]) -> Judgement: ...


def speaking(silent: Sequence[bool]) -> list[int]:
    """The places of the answers that say something."""
    return [place for place, abstains in enumerate(silent) if not abstains]
