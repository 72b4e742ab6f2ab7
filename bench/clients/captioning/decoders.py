"""Random exact decoders to practise on. Some kinds of wires are kept back, so that decoders made of them are new to who practised.

Kept back: `Polar`, `Periodic` and `Within`, ramps that are bent or saturate early, and on Shapes3D every mixture of latents.
"""

from collections.abc import Sequence
from typing import Literal

from numpy.random import Generator

from bench.artifacts import Factor
from bench.models.exact import ExactDecoder, Pinned, Span
from bench.models.gates import Gated, Switch
from bench.models.mixtures import Blend, Rotation
from bench.models.wires import Ramp, Wire

LATENTS = 9
WIRED = 0.8  # chance of a factor to have a wire at all
TURN = (
    0.12,
    0.25,
)  # part of a full turn that orientation of a sprite covers: what looks alike after a quarter is not turned that far
GROUPS = 3


def drawn(factors: Sequence[Factor], mixtures: bool, rng: Generator) -> ExactDecoder:
    """A decoder for a dataset with these factors; latents are shuffled, and those without a wire are dead."""
    latents = rng.permutation(LATENTS).tolist()
    moving = [factors[k] for k in rng.permutation(len(factors)) if len(factors[k].values) > 1 and rng.random() < WIRED]
    shape = next((f for f in moving if f.name == "shape"), None)
    wires, pinned = _shape(shape, latents, rng)
    moving = [f for f in moving if f.name != "shape" or not wires]
    while moving:
        wires.append(_wire(moving, latents, mixtures, pinned, rng))
    under = {name: tuple(rng.choice(LATENTS, 3, replace=False).tolist()) for name in pinned}
    taken = {i for one in pinned.values() for i in one.latents}
    groups = tuple(tuple(rng.choice(LATENTS, 2, replace=False).tolist()) for _ in range(GROUPS))
    return ExactDecoder(
        latents=LATENTS,
        wires=tuple(wires),
        spans=_spans(factors, rng),
        groups=groups,
        conditions=pinned,
        under={name: tuple(i for i in listed if i not in taken) for name, listed in under.items()},
    )


def _shape(shape: Factor | None, latents: list[int], rng: Generator) -> tuple[list[Wire], dict[str, Pinned]]:
    """A wire for the shape by which conditions can be set, and the conditions; none for an unwired shape."""
    if shape is None:
        return [], {}
    last = len(shape.values) - 1
    if rng.random() < 0.3:
        pair = (latents.pop(), latents.pop())
        rule: Literal["and", "or"] = "and" if rng.random() < 0.5 else "or"
        ends = rng.choice(last + 1, 2, replace=False).tolist()
        switch = Switch(latents=pair, factor="shape", rule=rule, threshold=0.0, resting=ends[0] / last, acting=ends[1] / last)
        return [switch], {str(shape.values[end]): _given(shape, end, pair, at) for end, at in zip(ends, (-3.0, 3.0), strict=True)}
    reach = float(rng.uniform(1.0, 1.8))
    ramp = Ramp(latent=latents.pop(), factor="shape", low=-reach, high=reach, sign=_sign(rng), power=1.0)
    at = [reach * ramp.sign * (2 * k / last - 1) for k in range(last + 1)]
    return [ramp], {str(shape.values[k]): _given(shape, k, (ramp.latent,), at[k]) for k in range(last + 1)}


def _given(shape: Factor, value: int, latents: tuple[int, ...], at: float) -> Pinned:
    name = str(shape.values[value])
    article = "an" if name[0] in "aeiou" else "a"
    return Pinned(words=f"the shape is {article} {name}", latents=latents, values=(at,) * len(latents))


def _wire(moving: list[Factor], latents: list[int], mixtures: bool, pinned: dict[str, Pinned], rng: Generator) -> Wire:
    """A wire for the first of the factors, which it takes off the list, or for the first two."""
    chance = rng.random()
    if mixtures and chance < 0.3 and len(moving) > 1 and len(latents) > 1:
        pair, names = (latents.pop(), latents.pop()), (moving.pop().name, moving.pop().name)
        return Rotation(latents=pair, factors=names, degrees=float(rng.uniform(0, 360)), reach=4.5)
    factor = moving.pop()
    if mixtures and chance < 0.55:
        chosen = tuple(rng.choice(LATENTS, int(rng.integers(2, 4)), replace=False).tolist())
        weights = tuple((rng.uniform(0.3, 1.0, len(chosen)) * rng.choice([-1, 1], len(chosen))).tolist())
        return Blend(latents=chosen, factor=factor.name, weights=weights, reach=4.5)
    reach = float(rng.uniform(2.6, 3.4))
    latent = latents.pop() if latents else int(rng.integers(LATENTS))
    ramp = Ramp(latent=latent, factor=factor.name, low=-reach, high=reach, sign=_sign(rng), power=1.0)
    if not pinned or factor.name == "shape" or rng.random() < 0.6:
        return ramp
    low = float(rng.choice([0.0, 0.3, 0.6]))
    return Gated(gate="shape", low=low, high=min(1.0, low + float(rng.choice([0.4, 0.7]))), wire=ramp)


def _spans(factors: Sequence[Factor], rng: Generator) -> dict[str, Span]:
    turning = [f.name for f in factors if f.name == "orientation" and f.kind == "periodic"]
    width, low = float(rng.uniform(*TURN)), float(rng.uniform(0, 0.75))
    return dict.fromkeys(turning, (low, low + width))


def _sign(rng: Generator) -> Literal[-1, 1]:
    return 1 if rng.random() >= 0.5 else -1
