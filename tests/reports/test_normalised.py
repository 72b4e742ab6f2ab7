import numpy as np
import pytest

from bench.errors import ConfigError
from bench.reports.normalised import normalised


@pytest.fixture
def rows_of(make_row):
    """Rows of one metric, one value per seed, by explainer."""

    def rows(higher=True, **levels):
        return [
            make_row({"dataset": "d", "model": "m", "bias": "none", "explainer": e, "seed": s}, "f", v, unit="u", higher=higher)
            for e, values in levels.items()
            for s, v in enumerate(values)
        ]

    return rows


def test_halfway_from_the_floor_to_the_ceiling_is_a_half(rows_of):
    [found] = normalised(rows_of(shuffled=[0.2, 0.2], oracle=[0.8, 0.8], e=[0.4, 0.6]))
    assert found.value == pytest.approx(0.5)
    assert (found.raw, found.floor, found.ceiling) == pytest.approx((0.5, 0.2, 0.8))
    assert found.group == {"model": "m", "bias": "none", "explainer": "e"}


def test_the_ends_of_the_scale_are_the_controls(rows_of):
    found = normalised(rows_of(shuffled=[0.2, 0.3], oracle=[0.8, 0.9], low=[0.2, 0.3], high=[0.8, 0.9], worse=[0.1, 0.2]))
    assert [one.value for one in found] == pytest.approx([0.0, 1.0, -1 / 6])


def test_an_error_normalises_too(rows_of):
    [found] = normalised(rows_of(higher=False, shuffled=[0.8, 0.8], oracle=[0.2, 0.2], e=[0.2, 0.2]))
    assert found.value == pytest.approx(1.0)


def test_a_ceiling_no_better_than_the_floor_gives_no_value(rows_of):
    for ceiling in ([0.2, 0.3], [0.1, 0.1]):
        [found] = normalised(rows_of(shuffled=[0.2, 0.3], oracle=ceiling, e=[0.5, 0.5]))
        assert (found.value, found.low) == (None, None)
        assert found.ceiling is not None


@pytest.mark.parametrize("lacking", ["shuffled", "oracle"])
def test_a_missing_control_gives_no_value(rows_of, lacking):
    levels = {"shuffled": [0.2], "oracle": [0.8], "e": [0.5]}
    del levels[lacking]
    assert normalised(rows_of(**levels))[0].value is None


def test_controls_of_other_cells_do_not_count(rows_of, make_row):
    other = make_row({"dataset": "d", "model": "other", "bias": "none", "explainer": "oracle", "seed": 0}, "f", 100.0, unit="u")
    found = normalised([*rows_of(shuffled=[0.0, 0.0], oracle=[1.0, 1.0], e=[0.5, 0.5]), other])
    assert [one.value for one in found] == [0.5]


def test_the_interval_holds_the_value_and_narrows_when_all_move_together(rows_of):
    rng = np.random.default_rng(0)
    shared = rng.normal(0, 0.2, 12)
    together = normalised(rows_of(shuffled=list(shared), oracle=list(shared + 1), e=list(shared + 0.5)))[0]
    apart = normalised(rows_of(shuffled=list(shared), oracle=list(shared[::-1] + 1), e=list(np.roll(shared, 3) + 0.5)))[0]
    assert together.high - together.low < 1e-9
    assert apart.low < apart.value < apart.high


def test_a_gap_that_is_not_sure_gives_no_interval(rows_of):
    [found] = normalised(rows_of(shuffled=[0.5, 0.1, 0.4], oracle=[0.1, 0.9, 0.4], e=[0.5, 0.5, 0.2]))
    assert found.value is not None
    assert found.low is None


def test_the_compared_axis_must_be_among_the_groups(rows_of):
    with pytest.raises(ConfigError, match="explainer"):
        normalised(rows_of(e=[0.5]), by=["model"])
    with pytest.raises(ConfigError, match="flavour"):
        normalised(rows_of(e=[0.5]), by=["explainer", "flavour"])
