"""Scores of one map on one soft mask, against scikit-learn with every pixel counted twice: as changed and as not."""

import numpy as np
import pytest
from sklearn.metrics import average_precision_score, jaccard_score, roc_auc_score

from bench.metrics.localisation import mass_lift, matched_iou, soft_auprc, soft_auroc

HARD = np.array([[1.0, 1.0], [0.0, 0.0]])


def cases():
    rng = np.random.default_rng(0)
    for draw in range(30):
        mask = rng.random((6, 7)) ** 3 if draw % 2 else (rng.random((6, 7)) > 0.7).astype(float)
        shown = np.round(rng.normal(size=(6, 7)) + mask, draw % 3)  # with ties
        yield shown.astype(np.float32), mask.astype(np.float32)


def doubled(score, shown, mask):
    flat, part = shown.ravel(), mask.ravel()
    labels = np.repeat([1, 0], len(flat))
    return score(labels, np.tile(flat, 2), sample_weight=np.concatenate([part, 1 - part]))


@pytest.mark.parametrize(("ours", "theirs"), [(soft_auroc, roc_auc_score), (soft_auprc, average_precision_score)])
def test_ranks_agree_with_scikit_learn(ours, theirs):
    for shown, mask in cases():
        assert ours(shown, mask) == pytest.approx(doubled(theirs, shown, mask), abs=1e-6)


def test_overlap_agrees_with_scikit_learn_where_nothing_is_tied_and_the_mask_is_hard():
    rng = np.random.default_rng(1)
    for _ in range(10):
        mask, shown = (rng.random((8, 8)) > 0.6).astype(np.float32), rng.random((8, 8)).astype(np.float32)
        top = shown >= np.sort(shown.ravel())[-int(mask.sum())]
        assert matched_iou(shown, mask) == pytest.approx(jaccard_score(mask.ravel() > 0, top.ravel()), abs=1e-9)


@pytest.mark.parametrize(("score", "best"), [(soft_auroc, 1.0), (soft_auprc, 1.0), (matched_iou, 1.0), (mass_lift, 2.0)])
def test_the_mask_itself_is_best(score, best):
    assert score(HARD, HARD) == pytest.approx(best)


@pytest.mark.parametrize(("score", "worst"), [(soft_auroc, 0.0), (soft_auprc, 0.5), (matched_iou, 0.0), (mass_lift, 0.0)])
def test_the_rest_of_the_picture_is_worst(score, worst):
    shown = np.array([[0.0, 0.0], [2.0, 3.0]])
    assert score(shown, HARD) == pytest.approx(worst)  # the right pixels come last and tied: a precision of 2 of 4


@pytest.mark.parametrize(("score", "chance"), [(soft_auroc, 0.5), (soft_auprc, 0.5), (matched_iou, 1 / 3), (mass_lift, 1.0)])
@pytest.mark.parametrize("level", [0.0, 3.0])
def test_a_flat_map_scores_as_chance(score, chance, level):
    assert score(np.full((2, 2), level), HARD) == pytest.approx(chance)


def test_values_by_hand():
    shown, mask = np.array([[3.0, 2.0], [1.0, 0.0]]), np.array([[1.0, 0.0], [0.5, 0.5]])
    # Right weights 1, 0, .5, .5 and wrong 0, 1, .5, .5 from the top; in all 2 and 2.
    assert soft_auroc(shown, mask) == pytest.approx((1 * 2 + 0.5 * (0.5 + 0.25) + 0.5 * 0.25) / 4)
    assert soft_auprc(shown, mask) == pytest.approx(0.5 * 1 + 0.25 * 1.5 / 3 + 0.25 * 2 / 4)
    assert mass_lift(-shown, mask) == pytest.approx((3 + 0.5) / 6 / 0.5)
    # Two pixels: 3 and 2 of the map; of the mask the first, and half of each of the two that are tied.
    assert matched_iou(shown, mask) == pytest.approx(1 / (1 + 1 + 0.5 + 0.5))


def test_less_than_one_pixel_of_change_is_matched_by_a_part_of_one():
    mask = np.array([[0.5, 0.0], [0.0, 0.0]])
    assert matched_iou(mask, mask) == pytest.approx(1.0)
    assert matched_iou(1 - mask, mask) == pytest.approx(0.0)
