"""Strips to practise on: random decoders moved in the ways of the four biases, each with a prompt and with what can be seen."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np
from jaxtyping import UInt8
from numpy import ndarray
from numpy.random import Generator

from bench.artifacts import Row, Traversal, Unit
from bench.clients.captioning.decoders import drawn
from bench.clients.captioning.prompts import BIASES, prompt
from bench.clients.captioning.reading import seen
from bench.clients.captioning.scenes import Scenes
from bench.clients.captioning.wording import Claims, sentence
from bench.interfaces import Moves
from bench.models.exact import ExactModel
from bench.traversals.axis import Axis
from bench.traversals.conditional import Conditional
from bench.traversals.group import Group
from bench.traversals.paired import Paired

EACH = 4  # strips of one decoder and one bias, of as many units
LIVELY = 0.8  # of the units have a latent with a wire
TOLD = 0.6  # of the prompts say the sentence of the bias
CONDITION_TOLD = 0.5  # of the answers under a condition say it first
TWICE = 0.05  # of the strips are sent with a second one of the same unit
MIXED = 0.35  # of the strips whose rows may differ by a condition or a clamp have a row of another unit in place of the last one
STEPS = (3, 4, 5, 5, 5, 5, 5, 5, 6, 7)


@dataclass(frozen=True)
class Strip:
    """Sheets of one unit with a prompt, what they show as far as the prompt asks for it, and one sentence that says it."""

    sheets: tuple[UInt8[ndarray, "rows steps channels height width"], ...]
    prompt: str
    claims: Claims
    answer: str
    dataset: str
    bias: str


def strips(scenes: Sequence[Scenes], held_out: bool, rng: Generator) -> Iterator[Strip]:
    """Without end: for training strips without any held-out combination, otherwise such as begin with one, in held-out words."""
    while True:
        yield from _of_one_decoder(scenes[int(rng.integers(len(scenes)))], held_out, rng)


def _of_one_decoder(scenes: Scenes, held_out: bool, rng: Generator) -> Iterator[Strip]:
    model = drawn(scenes.dataset.factors, scenes.mixtures, rng).load(scenes.dataset, {})
    bias = str(rng.choice(BIASES))
    moves = _moves(bias, rng)
    for _ in range(EACH):
        unit = _unit(model, bias, rng)
        shown = list(moves(model, unit, rng.integers(2**31, size=2 if rng.random() < TWICE else 1)))
        if bias in ("conditional", "disentanglement") and len(unit.latents) == 1 and rng.random() < MIXED:
            shown = [_mixed(one, moves(model, _unit(model, bias, rng), np.array([one.anchor]))[0]) for one in shown]
        if _fits(scenes, model, shown, held_out):
            yield _strip(scenes, model, shown, bias, held_out, rng)


def _mixed(one: Traversal, other: Traversal) -> Traversal:
    """As if under the condition of its last row, or with its clamp, the unit did what the other one does first."""
    kept = max(1, len(one.rows) - 1)
    codes = np.concatenate([one.codes[:kept], other.codes[:1]])
    images = np.concatenate([one.images[:kept], other.images[:1]])
    return replace(one, codes=codes, images=images, rows=(*one.rows[:kept], Row(one.rows[0].moved)))


def _strip(scenes: Scenes, model: ExactModel, shown: Sequence[Traversal], bias: str, held_out: bool, rng: Generator) -> Strip:
    tells = bool(rng.random() < TOLD)
    condition = shown[0].unit.condition.words if shown[0].unit.condition else None
    claims = seen(model, shown, bias if tells else "none")
    said = condition if tells and bias == "conditional" and rng.random() < CONDITION_TOLD else None
    return Strip(
        tuple(one.images for one in shown),
        prompt(bias, tells, condition, rng, held_out),
        claims,
        sentence(claims, scenes.name, said, rng),
        scenes.name,
        bias,
    )


def _moves(bias: str, rng: Generator) -> Moves:
    steps, reach = int(rng.choice(STEPS)), float(rng.uniform(2.7, 3.3))
    values = tuple(np.linspace(-reach, reach, steps).tolist())
    match bias:
        case "disentanglement":
            return Paired(values=values, references=1, held_out=0, clamps=1 + int(rng.random() < 0.1), gap=1.5)
        case "combination":
            return Group(values=values, references=1, held_out=0)
        case "conditional":
            return Conditional(values=values, references=1, held_out=0)
    return Axis(values=values, references=1, held_out=0)


def _unit(model: ExactModel, bias: str, rng: Generator) -> Unit:
    wired = {i for wire in model.wires for i in wire.latents}
    lively = [unit for unit in model.units if bool(wired & set(unit.latents)) == bool(rng.random() < LIVELY)] or model.units
    groups = [unit for unit in lively if len(unit.latents) > 1]
    given = [unit for unit in lively if unit.condition is not None]
    singles = [unit for unit in lively if unit not in groups and unit not in given]
    wanted = {"combination": groups, "conditional": given}.get(bias, groups if rng.random() < 0.15 else given)
    chosen = wanted if wanted and rng.random() < (0.65 if bias in ("combination", "conditional") else 0.3) else singles
    pool = chosen or lively
    return pool[int(rng.integers(len(pool)))]


def _fits(scenes: Scenes, model: ExactModel, shown: Sequence[Traversal], held_out: bool) -> bool:
    first, last = np.array(model.ranges).T
    for one in shown:
        codes = one.codes.reshape(-1, one.codes.shape[-1])
        positions = model.positions(np.full(len(codes), one.anchor), codes)
        kept = scenes.held_out(first + np.rint(positions * (last - first)).astype(np.int64))
        if bool(kept[0] if held_out else kept.any()) != held_out:
            return False
    return True
