import numpy as np
import pytest

from bench.artifacts import Unit
from bench.errors import ConfigError
from bench.traversals.paired import Paired

VALUES = (-3.0, -1.5, 0.0, 1.5, 3.0)


def paired(clamps: int = 1, gap: float = 1.5) -> Paired:
    return Paired(values=VALUES, references=1, held_out=1, clamps=clamps, gap=gap)


def test_the_first_row_is_the_plain_one(model, anchors) -> None:
    for traversal in paired()(model, model.units[0], anchors):
        assert traversal.rows[0].held is None
        assert traversal.rows[1].held is not None


def test_the_clamped_latent_lies_far_from_where_it_was(model) -> None:
    anchors = np.arange(100)
    for traversal in paired(gap=2.5)(model, model.units[0], anchors):
        held = traversal.rows[1].held
        assert abs(held.values[0] - traversal.reference[held.latents[0]]) >= 2.5


def test_the_clamped_latent_lies_outside_the_unit_and_its_condition(model) -> None:
    for unit, allowed in zip(model.units, ({0, 1, 3, 4, 5}, {0, 2, 3, 5}, {1, 2, 4, 5}), strict=True):
        found = paired()(model, unit, np.arange(100))
        assert {row.held.latents[0] for traversal in found for row in traversal.rows[1::2]} == allowed


def test_rows_of_a_group_come_in_pairs(model, anchors) -> None:
    rows = paired()(model, model.units[1], anchors)[0].rows
    assert [row.moved for row in rows] == [(1,), (1,), (4,), (4,)]
    assert [row.held is None for row in rows] == [True, False, True, False]


def test_several_clamps_hold_different_latents(model, anchors) -> None:
    for traversal in paired(clamps=4)(model, model.units[0], anchors):
        assert len({row.held.latents for row in traversal.rows[1:]}) == 4


def test_the_words_of_a_clamp_say_nothing_of_what_it_means(model) -> None:
    found = paired()(model, model.units[2], np.arange(50))
    assert {traversal.rows[1].held.words for traversal in found} == {"another latent is held elsewhere"}


def test_a_model_with_too_few_other_latents_is_refused(model, anchors) -> None:
    with pytest.raises(ConfigError, match="lower `clamps`"):
        paired()(model, Unit("all", tuple(range(6))), anchors)


def test_a_gap_that_no_value_can_keep_is_refused() -> None:
    with pytest.raises(ConfigError, match="half the range"):
        paired(gap=3.1)
