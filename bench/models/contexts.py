"""Where directions belong, and what the numbers of a code say: codes of a diffusion model are coordinates along its directions."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from jaxtyping import Float32, Float64, Int
from numpy import ndarray

from bench.artifacts import Condition, Unit


class Context(NamedTuple):
    """One picture under one prompt at one step: a name for its units, the words for picture and prompt, and the prompt.

    `drawn` is heard where no edit is made. `place` is the step of the path at which directions are found and edits made. `others`
    are contexts of the same picture and step under other prompts, with which its units are contrasted.
    """

    name: str
    words: str
    prompt: str
    drawn: str
    place: int
    others: tuple[int, ...]


class Coordinates(NamedTuple):
    """Codes read: how far along the directions, how far along them before that, whose directions, and in which context."""

    after: Float64[ndarray, "n rank"]
    before: Float64[ndarray, "n rank"]
    compasses: Int[ndarray, " n"]
    contexts: Int[ndarray, " n"]


def coordinates(codes: Float32[ndarray, "n latents"], contexts: int) -> Coordinates:
    """The inverse of writing them one after the other, compass and context last, which are rounded to one of `contexts`."""
    after, before = np.split(codes[:, :-2].astype(np.float64), 2, axis=1)
    compasses, places = np.clip(np.rint(codes[:, -2:]), 0, contexts - 1).astype(int).T
    return Coordinates(after, before, compasses, places)


def units(contexts: Sequence[Context], rank: int) -> tuple[Unit, ...]:
    """One a context and direction, most effective first. Under a contrast the same direction is moved in another context."""
    held = (2 * rank, 2 * rank + 1)
    return tuple(
        Unit(
            f"{context.name}/v{k}",
            (k,),
            Condition(context.words, held, (float(c), float(c))),
            tuple(Condition(contexts[other].words, held, (float(c), float(other))) for other in context.others),
        )
        for c, context in enumerate(contexts)
        for k in range(rank)
    )
