import numpy as np
import pytest

from bench.artifacts import Condition, Traversal
from bench.explainers.changes import Change
from bench.explainers.pooling import in_all, in_any, pooled
from bench.explainers.readings import Reading, conditional, reading
from tests.explainers.drawn import traversal

HEART, SQUARE = Condition("the shape is a heart", (1,), (2.0,)), Condition("the shape is a square", (1,), (-2.0,))


def rows(*, moved: list[tuple[int, ...]], held: list[Condition | None] | None = None) -> Traversal:
    return traversal(*[np.zeros((2, 1, 8, 8), np.uint8)] * len(moved), moved=moved, held=held)


def changes(effect: float = 1.0, trust: float = 1.0, **signs: int) -> dict[str, Change]:
    return {name: Change(effect, sign, trust) for name, sign in signs.items()}


def signs(found) -> dict[str, int]:
    return {name: change.sign for name, change in found.items()}


def test_a_change_of_too_few_references_is_left_out():
    strips = [changes(size=1), {}, {}, {}]
    assert signs(pooled(strips, 0.25, 0.4)) == {"size": 1}
    assert signs(pooled(strips, 0.5, 0.4)) == {}


def test_a_small_change_is_left_out_as_a_by_product():
    strips = [changes(1.0, size=1) | changes(0.3, turn=1)]
    assert signs(pooled(strips, 0.25, 0.4)) == {"size": 1}
    assert signs(pooled(strips, 0.25, 0.2)) == {"size": 1, "turn": 1}


def test_the_largest_change_comes_first():
    assert list(pooled([changes(0.6, turn=1) | changes(0.9, size=1)], 0.25, 0.4)) == ["size", "turn"]


@pytest.mark.parametrize(("votes", "sign"), [((1, 1), 1), ((1, -1), 0), ((-1, 0), -1), ((1, 1, 1, -1), 0), ((0, 0), 0)])
def test_a_sign_needs_a_clear_majority_of_those_that_have_one(votes, sign):
    assert signs(pooled([changes(size=vote) for vote in votes], 0.25, 0.4)) == {"size": sign}


def test_the_outline_with_the_least_symmetry_decides_the_way_round():
    strips = [changes(trust=0.25, turn=-1), changes(trust=0.25, turn=-1), changes(trust=1.0, turn=1)]
    assert signs(pooled(strips, 0.25, 0.4)) == {"turn": 1}


def test_in_all_keeps_what_every_row_shows_at_its_smallest():
    found = in_all([changes(0.9, size=1, turn=1), changes(0.5, size=1)])
    assert found == changes(0.5, size=1)


def test_in_any_keeps_each_change_at_its_largest():
    assert in_any([changes(0.9, size=1), changes(0.5, size=-1, turn=1)]) == changes(0.9, size=1) | changes(0.5, turn=1)


def test_without_a_bias_rows_of_different_latents_add_up():
    found = reading(rows(moved=[(0,), (1,)]), [changes(size=1), changes(turn=1)], "none", 0.6)
    assert signs(found.here) == {"size": 1, "turn": 1}


def test_disentangled_rows_count_where_they_agree():
    found = reading(rows(moved=[(0,), (0,)]), [changes(size=1, turn=1), changes(size=1)], "disentanglement", 0.25)
    assert signs(found.here) == {"size": 1}


def test_disentangled_rows_of_different_latents_need_not_agree():
    moved = [(0,), (0,), (1,), (1,)]
    strips = [changes(size=1), changes(size=1), changes(turn=1), changes(turn=1)]
    assert signs(reading(rows(moved=moved), strips, "disentanglement", 0.25).here) == {"size": 1, "turn": 1}


def test_the_joint_row_of_a_combination_says_which_way():
    moved = [(0,), (1,), (0, 1)]
    strips = [changes(position_x=-1), changes(position_y=1), changes(0.5, position_x=1)]
    assert signs(reading(rows(moved=moved), strips, "combination", 0.25).here) == {"position_x": 1, "position_y": 1}


def test_a_condition_sets_apart_what_happens_under_it_only():
    held = [HEART, SQUARE]
    found = reading(rows(moved=[(0,), (0,)], held=held), [changes(size=1, turn=1), changes(turn=1)], "conditional", 0.25)
    assert [signs(part) for part in conditional(found)] == [{"size": 1}, {"turn": 1}]


def test_a_change_the_other_way_elsewhere_is_conditional():
    assert [signs(part) for part in conditional(Reading(changes(size=1), changes(size=-1)))] == [{"size": 1}, {}]
