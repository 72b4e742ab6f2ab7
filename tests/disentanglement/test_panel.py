from dataclasses import replace

import numpy as np
import pytest

from bench.disentanglement.panel import panel, silent
from bench.truth.encoded import Encoded
from tests.disentanglement.planes import CLASSES, IDENTITY, ONE_FACTOR, SIZES

ENCODED = Encoded(IDENTITY.astype(np.float32), np.zeros((64, 3), np.float32), CLASSES, SIZES)
PERFECT = dict.fromkeys(("mig", "dci_disentanglement", "dci_completeness", "factor_vae", "beta_vae", "modularity"), 1.0)


@pytest.fixture(scope="module")
def scores():
    return panel(ENCODED, "adjusted_variance", 0)


def test_perfect_codes_have_perfect_scores(scores) -> None:
    found = {score.name: score.value for score in scores}
    assert {name: found[name] for name in PERFECT} == {name: pytest.approx(1.0, abs=0.01) for name in PERFECT}


def test_a_value_that_is_not_there_has_a_reason_and_no_other_has(scores) -> None:
    for each in (*scores, *panel(replace(ENCODED, classes=ONE_FACTOR), "adjusted_variance", 0)):
        assert (each.value is None) == (each.reason is not None)


def test_the_back_end_is_the_setting_of_dci(scores) -> None:
    assert {score.setting for score in scores if score.name.startswith("dci")} == {"adjusted_variance"}


def test_without_codes_the_same_scores_are_undefined(scores) -> None:
    found = silent("adjusted_variance", "the model has no encoder")
    assert {score.name for score in found} == {score.name for score in scores}
    assert {(score.value, score.reason) for score in found} == {(None, "the model has no encoder")}


def test_a_grid_is_shuffled_before_it_is_split() -> None:
    # In the order of a grid the last third has the last classes of the first factor alone, of which training saw nothing.
    many = np.repeat(np.arange(64), 8)
    encoded = Encoded(ENCODED.means[many], ENCODED.log_variances[many], CLASSES[many], SIZES)
    found = {score.name: score.value for score in panel(encoded, "forest_regressor", 0)}
    assert found["dci_informativeness"] > 0.95
