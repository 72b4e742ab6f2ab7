"""Cells for the tests of judges: sprites that change as their truth says, and readers whose every answer is known."""

from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

import numpy as np
import yaml

from bench.artifacts import Case, Effect, Explanation, Row, Traversal, Truth, Unit, UnitTraversals
from bench.build import build
from bench.clients.messages import Answer
from bench.datasets.dsprites import DSprites
from bench.datasets.vocabulary import load_vocabulary
from bench.judges.measured import MeasuredJudge
from bench.judges.rivals import Rivals
from bench.shipped import shipped

SPRITES = DSprites()
WORDS = load_vocabulary("dsprites")
NAMES = [factor.name for factor in SPRITES.factors]
FAMILIES = (("position_x", "position_y"),)
REACH = {"shape": (0, 1, 1, 2, 2), "scale": (0, 1, 2, 4, 5), "orientation": (0, 1, 2, 3, 4)}


@cache
def measured() -> MeasuredJudge:
    """The judge as it is shipped."""
    built = build(yaml.safe_load(shipped("conf", "judge", "measured.yaml").read_text()))
    assert isinstance(built, MeasuredJudge)
    return built


def strip(unit: str = "z0", start: int = 0, **signs: int | None) -> Traversal:
    """A sprite whose factors go over their range in these directions; `start` is another place to begin from."""
    classes = np.tile([[0, 1 + start % 2, 2, 4 + start % 3, 14 + start, 16 - start]], (5, 1))
    for factor, sign in signs.items():
        classes[:, NAMES.index(factor)] = np.array(REACH.get(factor, (2, 9, 16, 23, 30)))[:: sign or 1]
    images, codes = SPRITES.images(SPRITES.index(classes))[None], np.linspace(-2, 2, 5, dtype=np.float32).reshape(1, 5, 1)
    return Traversal(Unit(unit, (0,)), start, codes[0, 0], codes, images, (Row((0,)),))


def case(
    unit: str, text: str | None, failure: str | None = None, known: bool = True, held_out: int = 2, **signs: int | None
) -> Case:
    """A unit with these effects, and what was said of it; without effects it is inactive."""
    effects = tuple(Effect(factor, 1 / len(signs), sign) for factor, sign in signs.items())
    truth = Truth(unit, "clean" if effects else "inactive", effects, "exact") if known else None
    moved = UnitTraversals(Unit(unit, (0,)), (), tuple(strip(unit, start, **signs) for start in range(held_out)))
    return Case(moved, truth, Explanation(unit, text, failure=failure), WORDS)


def honest() -> list[Case]:
    """Five units of five meanings, each told as it is."""
    return [
        case("z0", "The object moves to the right.", position_x=1),
        case("z1", "The object moves down.", position_y=1),
        case("z2", "The object grows larger.", scale=1),
        case("z3", "The object changes its shape.", shape=None),
        case("z4", "The object rotates counter-clockwise.", orientation=1),
    ]


def rivals(stratum: str = "active") -> Rivals:
    return Rivals(stratum=stratum, families=FAMILIES)


@dataclass
class Table:
    """A judge that scores by a table: rows are texts, columns the units of the strips."""

    scores: dict[str, dict[str, float]]
    asked: list[int] = field(default_factory=list)

    def fits(self, texts, strips, vocabulary):
        self.asked.append(len(texts) * len(strips))
        return np.array([[self.scores.get(text, {}).get(strip.unit.name, 0.0) for strip in strips] for text in texts])

    def rises(self, texts, strips, vocabulary):
        return np.array([self.scores[text][strip.unit.name] for text, strip in zip(texts, strips, strict=True)])


@dataclass
class Reader:
    """A judge that chooses as a function of the options says; it notes what it was shown."""

    choose: object
    shown: list[tuple] = field(default_factory=list)

    async def choose_strip(self, text, strips):
        self.shown.append(tuple(strip.unit.name for strip in strips))
        return self.choose(text, [strip.unit.name for strip in strips])

    async def choose_text(self, strip, texts):
        self.shown.append(tuple(texts))
        return self.choose(strip.unit.name, list(texts))

    async def choose_end(self, text, ends):
        self.shown.append(tuple(int(end.sum()) for end in ends))
        return self.choose(text, ends)


@dataclass
class Says:
    """A chat client that gives one answer to everything; it keeps the questions."""

    answer: str
    questions: list = field(default_factory=list)
    identity: dict = field(default_factory=lambda: {"model": "says"})

    def cost(self, prompt_tokens, completion_tokens):
        return 0.0

    async def __call__(self, message, replicate):
        self.questions.append(message)
        return Answer(self.answer, "stop", 1, 1)


CONF = Path(shipped("conf"))
