"""Cases with a certainty whose answers are right or wrong as told: dSprites units that grow, answered well or badly."""

from dataclasses import replace

import numpy as np

from bench.artifacts import Case, Effect, Explanation, Traversal, Truth, Unit, UnitTraversals
from bench.datasets.vocabulary import load_vocabulary

RIGHT, WRONG = "It grows.", "It moves to the right."
WORDS = load_vocabulary("dsprites")


def answer(certainty, right, anchor=0, active=True):
    """One unit; a wrong answer names another factor, and on an inactive unit every answer is wrong."""
    unit = Unit(f"z{anchor}", (0,))
    codes, images = np.zeros((1, 2, 1), np.float32), np.zeros((1, 2, 1, 4, 4), np.uint8)
    moved = tuple(Traversal(unit, anchor * 10 + i, codes[0, 0], codes, images, ()) for i in range(2))
    truth = Truth(unit.name, "clean", (Effect("scale", 1.0, 1),), "exact") if active else Truth(unit.name, "inactive", (), "exact")
    said = Explanation(unit.name, RIGHT if right else WRONG, certainty=certainty)
    return Case(UnitTraversals(unit, moved[:1], moved[1:]), truth, said, WORDS)


def answers(certainties, right):
    return [answer(float(c), bool(r), i) for i, (c, r) in enumerate(zip(certainties, right, strict=True))]


def drawn(n, seed, levels=None):
    """Certainties and outcomes that go together somewhat; `levels` leaves only so many different certainties."""
    rng = np.random.default_rng(seed)
    certainties = rng.random(n)
    if levels:
        certainties = np.round(certainties * levels) / levels
    return certainties, rng.random(n) < 0.2 + 0.6 * certainties


def silenced(cases):
    """The same units, without anything that could count: abstentions, failures, no certainty, unknown and ambiguous truths."""
    changes = (
        lambda c: replace(c, explanation=replace(c.explanation, text=None)),
        lambda c: replace(c, explanation=replace(c.explanation, failure="refused")),
        lambda c: replace(c, explanation=replace(c.explanation, certainty=None)),
        lambda c: replace(c, truth=None),
        lambda c: replace(c, truth=replace(c.truth, status="ambiguous")),
    )
    return [change(case) for change in changes for case in cases]
