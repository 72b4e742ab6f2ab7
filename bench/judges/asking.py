"""How choices are put to a judge that is shown them: every option in every place, failures counted apart and never scored."""

import asyncio
import hashlib
from collections.abc import Awaitable, Callable, Sequence

import numpy as np
from jaxtyping import Int
from numpy import ndarray

from bench.artifacts import Traversal
from bench.errors import ClientError
from bench.judges.standings import Standing, choice

Ask = Callable[[Sequence[int]], Awaitable[int | None]]

AT_ONCE = 64  # questions under way together: each holds its pictures


async def all_rotations(ask: Ask, own: int, drawn: Sequence[int], gate: asyncio.Semaphore) -> list[Standing] | None:
    """The standing that each rotation of the options gives; `None` when an answer is of no use.

    `ask` is given the options in the order in which they are to be shown, and answers with a place. Raises `ClientError` when the
    transport fails, since asking again may succeed.
    """
    order = [own, *drawn]
    turned = [order[-turn:] + order[:-turn] for turn in range(len(order))]
    places = await gathered([_one(ask, shown, gate) for shown in turned])
    if any(isinstance(place, ClientError) for place in places):
        return None
    return [
        choice(p, shown.index(own), len(order)) for p, shown in zip(places, turned, strict=True) if not isinstance(p, ClientError)
    ]


async def gathered(questions: Sequence[Awaitable[int | None]]) -> list[int | ClientError | None]:
    """Every answer, or the failure of the model that came instead. A failure of the transport is raised, after all ended."""
    outcomes = await asyncio.gather(*questions, return_exceptions=True)
    answers: list[int | ClientError | None] = []
    for outcome in outcomes:
        if isinstance(outcome, BaseException) and (not isinstance(outcome, ClientError) or outcome.transient):
            raise outcome
        answers.append(outcome)
    return answers


async def _one(ask: Ask, shown: Sequence[int], gate: asyncio.Semaphore) -> int | None:
    async with gate:
        return await ask(shown)


def drawn(own: str, names: Sequence[str], rivals: Int[ndarray, " rivals"], count: int) -> list[int]:
    """`count` of the rivals, or all if there are fewer, by what they are and not by where they stand.

    `own` and `names` tell options by their content: the same unit meets the same rivals whatever the order of the units.
    """
    content = sorted(rivals.tolist(), key=lambda k: names[k])
    seed = int.from_bytes(hashlib.sha256("\n".join([own, *(names[k] for k in content)]).encode()).digest()[:8])
    rng = np.random.default_rng(seed)
    return [content[k] for k in rng.permutation(len(content))[:count]]


def strip_name(strip: Traversal) -> str:
    """A strip by its pictures."""
    return hashlib.sha256(f"{strip.images.shape}".encode() + strip.images.tobytes()).hexdigest()


def text_name(text: str) -> str:
    """A text by its characters, whatever they are."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
