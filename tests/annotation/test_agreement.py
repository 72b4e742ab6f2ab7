import pytest
from annotation.raters import given, label, rating

from bench.annotation.agreement import agreements
from bench.reports.raters import krippendorff

ALL = "a, b, c"


def found(people, question, statistic, raters=None, draws=50):
    [one] = [
        one
        for one in agreements(people, draws, seed=0)
        if one.question == question and one.statistic.startswith(statistic) and raters in (None, one.raters)
    ]
    return one


def three(*units):
    """Three raters; a unit is what each of them ticked."""
    return given(*(label(who, f"z{i}", ticks) for i, unit in enumerate(units) for who, ticks in zip("abc", unit, strict=True)))


SAME = three(("scale+",) * 3, ("shape~",) * 3, ("",) * 3, ("scale- position_x+",) * 3)


@pytest.mark.parametrize("statistic", ["observed", "Krippendorff", "Fleiss"])
@pytest.mark.parametrize("question", ["factors, as a set", "no clear pattern", "factor scale"])
def test_raters_who_say_the_same_agree_fully(question, statistic):
    one = found(SAME, question, statistic, ALL)
    assert (one.value, one.low, one.high, one.units, one.things) == (1.0, 1.0, 1.0, 4, 4)


def test_sets_do_not_depend_on_the_order_of_ticks():
    people = given(label("a", "z0", "scale+ shape~"), label("b", "z0", "shape~ scale+"), label("a", "z1"), label("b", "z1"))
    assert found(people, "factors, as a set", "Krippendorff").value == 1.0


def test_kappa_of_a_factor_by_hand():
    # a says scale in units 0 and 1, b in 0 and 2: they agree on 0 and 3, half; chance agrees on half too.
    people = given(
        *(label("a", f"z{i}", "scale+" if i < 2 else "") for i in range(4)),
        *(label("b", f"z{i}", "scale+" if i % 2 == 0 else "") for i in range(4)),
    )
    assert found(people, "factor scale", "observed").value == 0.5
    assert found(people, "factor scale", "Cohen", "a, b").value == pytest.approx(0.0)


def test_direction_is_asked_only_where_both_name_the_factor_and_it_has_one():
    people = given(
        *(
            label("a", unit, ticks)
            for unit, ticks in (("z0", "scale+ shape~"), ("z1", "scale+"), ("z2", "position_x-"), ("z3", "scale-"))
        ),
        *(
            label("b", unit, ticks)
            for unit, ticks in (("z0", "scale+ shape~"), ("z1", "scale-"), ("z2", "position_y-"), ("z3", "scale-"))
        ),
    )
    one = found(people, "direction of a factor that both name", "observed")
    assert (one.value, one.units, one.things) == (pytest.approx(2 / 3), 3, 3)


def test_a_rater_who_only_wrote_says_nothing_of_factors_but_sees_a_pattern():
    people = given(
        label("a", "z0", "scale+"), label("b", "z0", text="It grows."), label("a", "z1", "scale+"), label("b", "z1", "scale+")
    )
    assert found(people, "factors, as a set", "observed").units == 1
    assert found(people, "no clear pattern", "observed").units == 2


def test_fleiss_counts_only_what_all_rated():
    people = given(*SAME.labels, label("a", "z9", "scale+"), label("b", "z9", "shape~"))
    assert found(people, "factors, as a set", "Fleiss").units == 4
    assert found(people, "factors, as a set", "Krippendorff").units == 5


def test_ratings_are_ordinal_and_near_misses_cost_little():
    near = given(*(rating(who, f"z{i}", "t", 1 + i + (who == "b" and i < 4)) for who in "ab" for i in range(5)))
    far = given(*(rating(who, f"z{i}", "t", 1 + i if who == "a" else 5 - i) for who in "ab" for i in range(5)))
    question = "rating of a text, 1 to 5"
    expected = krippendorff([[1 + i, 1 + i + (i < 4)] for i in range(5)], "ordinal", [1, 2, 3, 4, 5])
    assert found(near, question, "Krippendorff").value == expected
    assert found(near, question, "Krippendorff").value > 0.7 > 0 > found(far, question, "Krippendorff").value
    assert found(near, question, "Cohen kappa, quadratic").value > 0.7


def test_texts_of_one_unit_stand_or_fall_together():
    # One unit alone, whatever the number of its texts, says nothing of the spread between units.
    people = given(*(rating(who, "z0", text, 1 + i) for who in "ab" for i, text in enumerate("uvw")))
    one = found(people, "rating of a text, 1 to 5", "Krippendorff")
    assert (one.value, one.low, one.high, one.units, one.things) == (1.0, None, None, 1, 3)


def test_intervals_hold_the_value_and_narrow_with_more_units():
    few = three(*[("scale+", "scale+", ""), ("", "", ""), ("scale+", "scale+", "scale+"), ("shape~", "", "")] * 2)
    many = three(*[("scale+", "scale+", ""), ("", "", ""), ("scale+", "scale+", "scale+"), ("shape~", "", "")] * 10)
    wide, narrow = (found(people, "factors, as a set", "Krippendorff", draws=200) for people in (few, many))
    assert wide.low < wide.value < wide.high
    assert narrow.high - narrow.low < 0.6 * (wide.high - wide.low)


def test_one_rater_alone_has_nobody_to_agree_with():
    assert agreements(given(label("a", "z0", "scale+"), rating("a", "z0", "t", 3)), draws=10, seed=0) == []


def test_where_chance_alone_would_agree_there_is_no_value():
    people = given(*(label(who, f"z{i}", "scale+") for who in "ab" for i in range(3)))
    one = found(people, "factors, as a set", "Krippendorff")
    assert (one.value, one.low, one.units) == (None, None, 3)


def test_the_mean_of_pairs_is_over_what_each_pair_rated():
    people = given(*SAME.labels, label("a", "z9", "scale+"), label("b", "z9", "shape~"))
    pairs = [found(people, "factor scale", "Cohen kappa", raters).value for raters in ("a, b", "a, c", "b, c")]
    assert pairs[0] < pairs[1] == pairs[2] == 1.0
    assert found(people, "factor scale", "Cohen kappa, mean of pairs").value == pytest.approx(sum(pairs) / 3)


def test_many_raters_are_told_by_the_mean_of_their_pairs_alone():
    people = given(*(label(who, f"z{i}", "scale+" if i else "") for who in "abcde" for i in range(3)))
    told = [one.raters for one in agreements(people, draws=5, seed=0) if one.statistic.startswith("Cohen")]
    assert set(told) == {"a, b, c, d, e"}
