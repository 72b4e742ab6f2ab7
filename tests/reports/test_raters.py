import warnings

import numpy as np
import pytest

from bench.reports.raters import cohen, fleiss, krippendorff, left_out, pairs, spread


def rated(units, raters, levels, seed, missing=0.0):
    """Ratings around a true one, some of them missing."""
    rng = np.random.default_rng(seed)
    true = rng.integers(0, levels, (units, 1))
    told = np.where(rng.random((units, raters)) < 0.6, true, rng.integers(0, levels, (units, raters)))
    return [[None if rng.random() < missing else int(rating) for rating in row] for row in told]


def test_perfect_agreement_is_one_by_every_statistic():
    same = [["a", "a"], ["b", "b"], ["a", "a"]]
    assert cohen(["a", "b"], ["a", "b"]) == fleiss(same) == krippendorff(same) == 1.0


def test_cohen_by_hand():
    # Of 50 each says yes 25 and 30 times; they agree on 35: chance 0.5.
    first = ["yes"] * 20 + ["yes"] * 5 + ["no"] * 10 + ["no"] * 15
    second = ["yes"] * 20 + ["no"] * 5 + ["yes"] * 10 + ["no"] * 15
    assert cohen(first, second) == pytest.approx((0.7 - 0.5) / 0.5)


@pytest.mark.parametrize("weights", ["none", "linear", "quadratic"])
def test_cohen_agrees_with_scikit_learn(weights):
    from sklearn.metrics import cohen_kappa_score

    for seed in range(5):
        first, second = zip(*rated(40, 2, 5, seed), strict=True)
        theirs = cohen_kappa_score(first, second, weights=None if weights == "none" else weights)
        assert cohen(first, second, weights=weights) == pytest.approx(theirs, abs=1e-9)


def test_the_order_of_a_scale_of_words_is_told():
    first, second = ["low", "high", "middle", "low"], ["middle", "high", "high", "low"]
    scale = ["low", "middle", "high"]
    number = {word: i for i, word in enumerate(scale)}
    by_number = cohen([number[word] for word in first], [number[word] for word in second], weights="quadratic")
    assert cohen(first, second, order=scale, weights="quadratic") == pytest.approx(by_number)
    assert cohen(first, second, weights="quadratic") != pytest.approx(by_number)


def test_fleiss_agrees_with_statsmodels():
    from statsmodels.stats.inter_rater import aggregate_raters, fleiss_kappa

    for seed in range(5):
        ratings = rated(30, 4, 3, seed)
        assert fleiss(ratings) == pytest.approx(fleiss_kappa(aggregate_raters(np.array(ratings))[0]), abs=1e-9)


def test_fleiss_refuses_missing_ratings():
    with pytest.raises(ValueError, match="krippendorff"):
        fleiss([["a", None], ["a", "b"]])
    with pytest.raises(ValueError, match="krippendorff"):
        fleiss([["a"], ["a", "b"]])


@pytest.mark.parametrize("level", ["nominal", "ordinal"])
@pytest.mark.parametrize("missing", [0.0, 0.3])
def test_krippendorff_agrees_with_its_package(level, missing):
    import krippendorff as theirs

    for seed in range(5):
        ratings = rated(30, 4, 4, seed, missing)
        matrix = np.array([[np.nan if rating is None else rating for rating in row] for row in ratings]).T
        assert krippendorff(ratings, level) == pytest.approx(theirs.alpha(matrix, level_of_measurement=level), abs=1e-9)


def test_krippendorff_by_hand():
    # Pairs: aa, ab, bb of 6 ratings, 3 a and 3 b: D_o = 2/6, D_e = 18/30.
    assert krippendorff([["a", "a"], ["a", "b"], ["b", "b"]]) == pytest.approx(1 - (2 / 6) / (18 / 30))


def test_a_unit_rated_once_tells_nothing():
    ratings = [["a", "a"], ["b", "b"], ["a", "b"]]
    assert krippendorff([*ratings, ["b", None], [None, None]]) == krippendorff(ratings)


def test_one_rating_throughout_is_undefined():
    same = [["a", "a"], ["a", "a"]]
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert cohen(["a"], ["a"]) is None
        assert fleiss(same) is krippendorff(same) is None
        assert fleiss([]) is krippendorff([]) is None


def test_chance_is_near_zero():
    rng = np.random.default_rng(0)
    ratings = rng.integers(0, 3, (3000, 2)).tolist()
    assert abs(krippendorff(ratings)) < 0.04
    assert abs(fleiss(ratings)) < 0.04
    assert abs(cohen(*zip(*ratings, strict=True))) < 0.04


def test_every_two_raters_are_compared_where_both_rated():
    ratings = [["a", "a", None], ["b", "b", "a"], ["a", "b", "a"], ["b", "b", "b"]]
    found = pairs(ratings)
    assert [(a, b) for a, b, _ in found] == [(0, 1), (0, 2), (1, 2)]
    assert found[0][2] == pytest.approx(cohen(["a", "b", "a", "b"], ["a", "b", "b", "b"]))
    assert found[1][2] == pytest.approx(cohen(["b", "a", "b"], ["a", "a", "b"]))


def test_the_human_ceiling_leaves_one_annotator_out():
    def shared(one, other):
        return len({*one} & {*other}) / len({*one} | {*other})

    assert left_out([["ab", "ab", "cd"], ["a"], []], shared) == [pytest.approx(2 / 3), None, None]


def test_the_interval_of_agreement_narrows_with_more_units():
    few, many = (spread(krippendorff, rated(units, 3, 3, 0), draws=200) for units in (15, 150))
    assert few[1] - few[0] > 2 * (many[1] - many[0])
    assert many[0] < krippendorff(rated(150, 3, 3, 0)) < many[1]
    assert spread(krippendorff, [["a", "b"]]) is None
