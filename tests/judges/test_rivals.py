import numpy as np
import pytest

from bench.judges.rivals import active, alike
from tests.judges.cells import case, honest, rivals


def names(pairs, cases):
    return [{cases[k].unit.name for k in np.flatnonzero(row)} for row in pairs]


def test_every_other_active_unit_is_a_rival_and_no_inactive_one():
    cases = [*honest(), case("z9", "It grows.")]
    everyone = {"z0", "z1", "z2", "z3", "z4"}
    assert names(rivals()(cases, 5), cases) == [everyone - {f"z{k}"} for k in range(5)] + [everyone]


def test_units_of_the_same_effects_are_no_rivals():
    cases = [*honest(), case("z5", "It moves.", position_x=1), case("z6", "It moves.", position_x=-1)]
    assert names(rivals()(cases, 5), cases)[0] == {"z1", "z2", "z3", "z4", "z6"}


def test_inactive_units_are_like_no_other():
    assert not alike([case("z0", None), case("z1", None)])[0, 1]


def test_a_unit_of_unknown_truth_is_active_if_its_strips_change():
    assert active(case("z0", "It grows.", known=False, scale=1))
    assert not active(case("z0", "It grows.", known=False))


def test_the_family_is_the_other_axis_and_not_the_own_factor():
    cases = [*honest(), case("z5", "It moves.", position_x=-1)]
    found = names(rivals("family")(cases, 5), cases)
    assert found[0] == {"z1"}
    assert found[1] == {"z0", "z5"}
    assert found[2] == set()


def test_partners_share_a_factor():
    cases = [*honest(), case("z5", "It moves.", position_x=1, scale=-1)]
    assert names(rivals("partner")(cases, 5), cases) == [{"z5"}, set(), {"z5"}, set(), set(), {"z0", "z2"}]


def test_the_reversed_strip_is_the_own_one():
    assert rivals("reversed")(honest(), 2).tolist() == np.eye(5, dtype=bool).tolist()


@pytest.mark.parametrize("count", [1, 2])
def test_matched_rivals_are_those_whose_pictures_change_most_nearly_as_much(count):
    from bench.judges.rivals import change

    cases = honest()
    changes = [change(one) for one in cases]
    for k, found in enumerate(rivals("matched")(cases, count + 1)):
        apart = [abs(changes[k] - other) for other in changes]
        farthest = max(apart[j] for j in np.flatnonzero(found))
        assert sum(a <= farthest + 1e-12 for j, a in enumerate(apart) if j != k) == found.sum() >= count


def test_no_units_have_no_rivals():
    for stratum in ("active", "matched", "family", "partner", "reversed"):
        assert rivals(stratum)([], 5).shape == (0, 0)
