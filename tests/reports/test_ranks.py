import numpy as np
import pytest

from bench.reports.ranks import ranks


@pytest.fixture
def rows_of(make_row):
    """Rows of one metric: `rows_of(a=[...], b=[...])`, one value per seed; `None` is an abstention."""

    def rows(higher=True, **levels):
        return [
            make_row(
                {"dataset": "d", "model": "m", "explainer": explainer, "seed": seed},
                "set_f1",
                value,
                unit="u",
                outcome="abstained" if value is None else "answered",
                higher=higher,
            )
            for explainer, values in levels.items()
            for seed, value in enumerate(values)
        ]

    return rows


def test_the_best_comes_first_and_is_sure_of_its_place_when_it_always_wins(rows_of):
    noise = np.random.default_rng(0).random(10) / 10
    found = ranks(rows_of(low=list(noise), high=list(noise + 0.5), middle=list(noise + 0.2)))
    assert [rank.level for rank in found] == ["high", "middle", "low"]
    assert [(rank.place, rank.low, rank.high) for rank in found] == [(1, 1, 1), (2, 2, 2), (3, 3, 3)]


def test_lower_is_better_turns_the_order(rows_of):
    assert [rank.level for rank in ranks(rows_of(higher=False, a=[0.9, 0.8], b=[0.1, 0.2]))] == ["b", "a"]


def test_the_nearest_to_zero_comes_first_where_zero_is_best(rows_of):
    found = ranks(rows_of(higher=None, a=[-0.5, -0.4], b=[0.3, -0.3], c=[0.1, -0.2]))
    assert [rank.level for rank in found] == ["c", "b", "a"]


def test_equal_ones_share_the_middle_of_their_places(rows_of):
    found = ranks(rows_of(a=[0.5, 0.1], b=[0.1, 0.5], c=[0.0, 0.0]))
    assert {rank.level: rank.place for rank in found} == {"a": 1.5, "b": 1.5, "c": 3.0}


def test_rounding_parts_no_equal_ones(rows_of):
    assert 0.1 + 0.2 != 0.3 + 0.0
    assert [rank.place for rank in ranks(rows_of(a=[0.1, 0.2], b=[0.3, 0.0]))] == [1.5, 1.5]


def test_chance_allows_both_places_to_two_that_are_alike(rows_of):
    rng = np.random.default_rng(1)
    found = ranks(rows_of(a=list(rng.random(12)), b=list(rng.random(12)), worst=[-1.0] * 12))
    assert [(rank.low, rank.high) for rank in found] == [(1, 2), (1, 2), (3, 3)]


def test_places_rest_on_units_that_all_have_a_value_of(rows_of):
    found = ranks(rows_of(a=[0.9, 0.2, 0.3], b=[None, 0.4, 0.5]))
    assert [(rank.level, rank.pairs) for rank in found] == [("b", 2), ("a", 2)]
    assert found[1].mean == pytest.approx(0.25)


def test_one_that_never_scored_comes_last_and_holds_up_nobody(rows_of):
    found = ranks(rows_of(silent=[None, None], a=[0.1, 0.2], b=[0.3, 0.4]))
    assert [(rank.level, rank.place, rank.pairs) for rank in found] == [("b", 1, 2), ("a", 2, 2), ("silent", None, 0)]


def test_nothing_in_common_gives_no_place(rows_of):
    assert {rank.place for rank in ranks(rows_of(a=[None, 0.1], b=[0.3, None]))} == {None}


def test_one_unit_gives_places_without_an_interval(rows_of):
    assert [(rank.place, rank.low) for rank in ranks(rows_of(a=[0.5], b=[0.1]))] == [(1, None), (2, None)]
