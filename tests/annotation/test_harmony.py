import numpy as np
import pytest
from annotation.raters import given, rating

from bench.annotation.correlation import auroc, kendall, spearman
from bench.annotation.harmony import harmonies
from bench.annotation.runs import Run, RunCell
from bench.artifacts import ScoreRow
from bench.reports.rows import write_rows

CELL = {"dataset": "dsprites", "model": "m", "bias": "none", "seed": 0}
UNITS = range(8)


@pytest.fixture
def campaign(tmp_path):
    """A run in which explainers say texts of known rating; `values` gives the value of a metric from the rating."""

    def campaign(values, higher=True, explainers=("good", "bad")):
        cells, rows = [], []
        for i, name in enumerate(explainers):
            cell = CELL | {"explainer": name}
            cells.append(RunCell(cell, {"fit": "k"}, {f"z{u}": f"{name} of {u}" for u in UNITS}))
            for u in UNITS:
                value = values(stars(i, u))
                rows.append(ScoreRow(cell, f"z{u}", "clean", "answered", "metric", value, higher, (-9.0, 9.0), {}, {}))
            rows.append(ScoreRow(cell, None, None, None, "metric_of_cells", 0.5, True, (0.0, 1.0), {}, {}))
        write_rows(tmp_path / "rows.jsonl", rows)
        return Run(tmp_path, tmp_path, tuple(cells))

    return campaign


def stars(explainer, unit):
    return (5 if unit % 2 else 4) if explainer == 0 else (2 if unit % 2 else 1)


def rated(*raters, explainers=("good", "bad")):
    return given(
        *(rating(who, f"z{u}", f"{name} of {u}", stars(i, u)) for who in raters for i, name in enumerate(explainers) for u in UNITS)
    )


def by_name(found):
    return {(one.metric, one.statistic.split(",")[0].split()[0]): one for one in found}


def test_a_metric_that_rises_with_the_ratings_agrees_fully(campaign):
    found = by_name(harmonies(rated("a"), [campaign(lambda rating: rating / 5)], draws=50, seed=0))
    assert [found["metric", name].value for name in ("Spearman", "AUROC", "Kendall")] == pytest.approx([1, 1, 1])
    assert [found["metric", name].pairs for name in ("Spearman", "AUROC", "Kendall")] == [16, 16, 2]
    assert found["metric", "Spearman"].units == 8


@pytest.mark.parametrize(("higher", "value"), [(False, 1), (None, 1), (True, -1)])
def test_a_metric_that_is_best_low_is_turned_round(campaign, higher, value):
    found = by_name(harmonies(rated("a"), [campaign(lambda rating: 5.0 - rating, higher)], draws=50, seed=0))
    assert [found["metric", name].value for name in ("Spearman", "Kendall")] == pytest.approx([value, value])


def test_values_of_whole_cells_have_no_text_to_be_held_against(campaign):
    assert {one.metric for one in harmonies(rated("a"), [campaign(float)], draws=10, seed=0)} == {"metric"}


def test_texts_that_nobody_rated_do_not_count(campaign):
    found = by_name(harmonies(rated("a", explainers=("good",)), [campaign(float)], draws=10, seed=0))
    assert found["metric", "Spearman"].pairs == 8
    assert found["metric", "Kendall"].value is None


def test_undefined_values_do_not_count(campaign):
    found = by_name(harmonies(rated("a"), [campaign(lambda rating: None if rating < 3 else float(rating))], draws=10, seed=0))
    assert (found["metric", "Spearman"].pairs, found["metric", "AUROC"].value) == (8, None)


def test_a_rater_beside_the_others_is_the_ceiling(campaign):
    lines = rated("a", "b", "c")
    found = by_name(harmonies(lines, [campaign(float)], draws=50, seed=0))
    assert found["(a rater)", "Spearman"].value == pytest.approx(1.0)
    noisy = given(*lines.ratings[:32], *(rating("c", f"z{u}", f"{n} of {u}", 1 + u % 5) for n in ("good", "bad") for u in UNITS))
    assert by_name(harmonies(noisy, [], draws=50, seed=0))["(a rater)", "Spearman"].value < 0.9


def test_one_rater_alone_is_no_ceiling(campaign):
    assert not [one for one in harmonies(rated("a"), [campaign(float)], draws=10, seed=0) if one.metric == "(a rater)"]


def test_rank_correlations_agree_with_scipy():
    from scipy.stats import kendalltau, spearmanr

    rng = np.random.default_rng(0)
    first, second = rng.integers(1, 6, 40).astype(float), rng.normal(size=40).round(1)
    pairs = list(zip(first.tolist(), second.tolist(), strict=True))
    assert spearman(pairs) == pytest.approx(spearmanr(first, second).statistic)
    assert kendall(pairs) == pytest.approx(kendalltau(first, second).statistic)


def test_auroc_agrees_with_scikit_learn():
    from sklearn.metrics import roc_auc_score

    rng = np.random.default_rng(0)
    stars, values = rng.integers(1, 6, 40), rng.normal(size=40).round(1)
    expected = roc_auc_score(stars > 3, values)
    assert auroc(list(zip(stars.astype(float).tolist(), values.tolist(), strict=True))) == pytest.approx(expected)


@pytest.mark.parametrize("statistic", [spearman, auroc, kendall])
@pytest.mark.parametrize("pairs", [[], [(4.0, 1.0)], [(4.0, 1.0), (4.0, 2.0), (4.0, 3.0)]])
def test_a_statistic_is_undefined_where_there_is_nothing_to_order(statistic, pairs):
    assert statistic(pairs) is None
