from collections.abc import Sequence

import numpy as np
import pytest

from bench.artifacts import Condition, Explanation
from bench.interfaces import Explainer
from tests.explainers.drawn import (
    ORIENTATION,
    POSITION_X,
    POSITION_Y,
    SCALE,
    SHAPE,
    bias,
    blurred,
    picture,
    ramp,
    shipped_explainer,
    sprites,
    strip,
    traversal,
)

UNITS = 60
HEART, SQUARE = Condition("the shape is a heart", (1,), (2.0,)), Condition("the shape is a square", (1,), (-2.0,))
CLEAN = [
    (SHAPE, 1.0, {"The object changes its shape."}),
    (SCALE, 1.0, {"The object grows."}),
    (ORIENTATION, 0.2, {"The object rotates counter-clockwise."}),
    (ORIENTATION, 1.0, {"The object rotates counter-clockwise.", "The object rotates.", "The object rotates clockwise."}),
    (POSITION_X, 1.0, {"The object moves to the right."}),
    (POSITION_Y, 1.0, {"The object moves down."}),
]


def explain(*strips: np.ndarray) -> Explanation:
    return shipped_explainer()([traversal(one) for one in strips], bias(), 0)


def explain_as(name: str, rows: Sequence[np.ndarray], **structure) -> Explanation:
    return shipped_explainer()([traversal(*rows, **structure)], bias(name), 0)


def answers(moves: dict[int, np.ndarray], sigma: float = 0.0, noise: float = 0.0) -> list[str | None]:
    """What is said of `UNITS` units, each shown from four random references."""
    rng = np.random.default_rng(7)
    said = []
    for _ in range(UNITS):
        strips = [sprites(rng, moves) for _ in range(4)]
        said.append(explain(*(blurred(one, sigma, noise, rng) if sigma else one for one in strips)).text)
    return said


def share(said: list[str | None], expected: set[str] | set[None]) -> float:
    return sum(text in expected for text in said) / len(said)


def test_it_is_an_explainer_and_builds_from_its_yaml():
    assert isinstance(shipped_explainer(), Explainer)


@pytest.mark.parametrize(("factor", "span", "expected"), CLEAN)
def test_a_factor_moved_alone_is_said(factor, span, expected):
    said = answers({factor: ramp(factor, 0, span)})
    assert share(said, expected) >= 0.95
    assert said.count(None) <= 0.05 * UNITS


@pytest.mark.parametrize(("factor", "span", "expected"), CLEAN)
def test_a_factor_moved_alone_is_said_of_soft_and_noisy_pictures(factor, span, expected):
    said = answers({factor: ramp(factor, 0, span)}, sigma=1.5, noise=0.03)
    assert share(said, expected) >= 0.9
    assert said.count(None) <= 0.05 * UNITS


@pytest.mark.parametrize(("sigma", "noise"), [(0.0, 0.0), (1.0, 0.02), (1.8, 0.04)])
def test_it_abstains_when_nothing_moves(sigma, noise):
    assert share(answers({}, sigma, noise), {None}) >= 0.95


@pytest.mark.parametrize(
    ("factor", "expected"),
    [
        (SCALE, "The object shrinks."),
        (ORIENTATION, "The object rotates clockwise."),
        (POSITION_X, "The object moves to the left."),
        (POSITION_Y, "The object moves up."),
    ],
)
def test_a_falling_factor_is_said_the_other_way(factor, expected):
    assert share(answers({factor: ramp(factor, 0.2, 0)}), {expected}) >= 0.95


@pytest.mark.parametrize(
    ("moves", "expected"),
    [
        ({POSITION_X: (0, 0.9), POSITION_Y: (0.5, 0)}, "The object moves to the right and moves up."),
        ({SCALE: (0, 1), POSITION_X: (0.6, 0)}, "The object grows and moves to the left."),
        ({ORIENTATION: (0, 0.2), POSITION_Y: (0, 0.5)}, "The object rotates counter-clockwise and moves down."),
        ({SHAPE: (0, 1), SCALE: (0, 1)}, "The object grows and changes its shape."),
    ],
)
def test_two_factors_are_both_said(moves, expected):
    said = answers({factor: ramp(factor, *ends) for factor, ends in moves.items()})
    words = [set(text.strip(".").replace("The object ", "").split(" and ")) for text in said if text]
    assert sum(one == set(expected.strip(".").replace("The object ", "").split(" and ")) for one in words) >= 0.9 * UNITS


def test_a_circle_is_said_without_a_direction():
    angle = np.linspace(0, 2 * np.pi, 5)
    moves = {POSITION_X: np.rint(15.5 + 15 * np.cos(angle)).astype(int), POSITION_Y: np.rint(15.5 + 15 * np.sin(angle)).astype(int)}
    both = {"The object changes its horizontal position and vertical position.",
            "The object changes its vertical position and horizontal position."}  # fmt: skip
    assert share(answers(moves), both) >= 0.95


def test_a_by_product_is_left_out():
    moves = {POSITION_X: ramp(POSITION_X), SCALE: np.array([3, 3, 4, 4, 4])}
    assert share(answers(moves), {"The object moves to the right."}) >= 0.95


def test_a_unit_that_acts_on_one_reference_in_four_is_said_with_low_certainty():
    rng = np.random.default_rng(0)
    found = explain(sprites(rng, {SCALE: ramp(SCALE)}), *(sprites(rng, {}) for _ in range(3)))
    assert (found.text, found.certainty) == ("The object grows.", 0.25)
    assert found.answers == ("The object grows.", *["Nothing changes."] * 3)


def test_certainty_is_the_share_of_references_that_say_the_same():
    rng = np.random.default_rng(0)
    grows, shrinks = ({SCALE: ramp(SCALE)}, {SCALE: ramp(SCALE)[::-1]})
    found = explain(*(sprites(rng, moves) for moves in (grows, grows, shrinks, shrinks)))
    assert (found.text, found.certainty) == ("The object changes its size.", 0)
    assert explain(*(sprites(rng, grows) for _ in range(4))).certainty == 1


def test_references_that_all_show_nothing_make_a_certain_abstention():
    found = explain(*(sprites(np.random.default_rng(0), {}) for _ in range(4)))
    assert (found.text, found.certainty, found.outcome) == (None, 1, "abstained")


@pytest.mark.parametrize("level", [0, 255])
def test_pictures_without_an_object_are_no_error(level):
    assert explain(np.full((5, 1, 64, 64), level, np.uint8)).text is None


def test_brightness_is_said():
    assert (
        explain(strip(*(picture("ellipse", light=light) for light in (80, 120, 160, 200, 240)))).text == "The object gets brighter."
    )


def test_a_disc_that_grows_does_not_rotate():
    assert explain(strip(*(picture("disc", side=side) for side in (10, 13, 16, 19, 22)))).text == "The object grows."


def test_disentangled_rows_must_agree():
    rng = np.random.default_rng(0)
    x, both = {POSITION_X: ramp(POSITION_X)}, {POSITION_X: ramp(POSITION_X), SCALE: ramp(SCALE)}
    rows = [sprites(rng, x), sprites(rng, both)]
    assert explain_as("disentanglement", rows).text == "The object moves to the right."
    assert "grows" in (explain_as("none", rows).text or "")


def test_a_combination_is_what_its_rows_show_together():
    rng = np.random.default_rng(0)
    x, y = {POSITION_X: ramp(POSITION_X)}, {POSITION_Y: ramp(POSITION_Y)}
    rows = [sprites(rng, x), sprites(rng, y), sprites(rng, x | y)]
    text = explain_as("combination", rows, moved=[(0,), (1,), (0, 1)]).text
    assert text == "The object moves to the right and moves down."


def test_what_happens_under_the_condition_only_is_said_with_it():
    rng = np.random.default_rng(0)
    x = {POSITION_X: ramp(POSITION_X)}
    rows = [sprites(rng, x | {SCALE: ramp(SCALE)}, shape=2), sprites(rng, x, shape=0)]
    text = explain_as("conditional", rows, held=[HEART, SQUARE]).text
    assert text == "When the shape is a heart, it grows. The object moves to the right."


def test_a_unit_that_rests_under_its_condition_is_not_explained_by_the_others():
    rng = np.random.default_rng(0)
    rows = [sprites(rng, {}, shape=0), sprites(rng, {SCALE: ramp(SCALE)}, shape=2)]
    assert explain_as("conditional", rows, held=[SQUARE, HEART]).text is None


def test_the_seed_changes_nothing():
    shown = [traversal(sprites(np.random.default_rng(0), {SCALE: ramp(SCALE)}))]
    assert shipped_explainer()(shown, bias(), 0) == shipped_explainer()(shown, bias(), 1)
