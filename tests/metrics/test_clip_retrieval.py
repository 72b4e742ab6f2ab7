from dataclasses import replace

import numpy as np
import pytest

from bench.artifacts import Explanation
from bench.interfaces import Comparative
from bench.metrics.clip_directional import ClipDirectional
from bench.metrics.clip_retrieval import ClipRetrieval
from tests.metrics.clip_world import CAPTIONS, ByHand, case

UNITS = (
    ("The object grows.", ("small", "large")),
    ("The object moves to the left.", ("right", "left")),
    ("The shape of the object changes.", ("square", "heart")),
)


def score(*cases):
    return ClipRetrieval(encoder=ByHand(), captions=CAPTIONS)(cases)


def dealt(*texts):
    return score(*(case(f"z{k}", text, strip) for k, (text, (_, strip)) in enumerate(zip(texts, UNITS, strict=True))))


def test_it_says_that_it_compares_units():
    assert isinstance(ClipRetrieval(encoder=ByHand(), captions=CAPTIONS), Comparative)


def test_own_texts_that_alone_fit_score_one():
    assert dealt(*(text for text, _ in UNITS)) == [1, 1, 1]


def test_texts_of_the_next_unit_lose():
    assert dealt("The object moves to the left.", "The shape of the object changes.", "The object grows.") == pytest.approx(
        [0.25] * 3
    )


def test_one_text_for_all_is_at_chance():
    assert dealt(*["The object grows."] * 3) == [0.5, 0.5, 0.5]


def test_words_with_the_same_claims_tie():
    assert dealt("The object grows.", "It gets bigger.", "The size increases.") == [0.5, 0.5, 0.5]


def test_the_wrong_direction_loses_against_no_claim():
    assert dealt("The object shrinks.", "Nothing changes.", "Nothing changes.")[0] == 0


def test_texts_of_abstentions_and_failures_are_no_rivals():
    strip = ("small", "large")
    values = score(
        case("z0", "It shrinks.", strip),
        case("z1", None, strip),
        case("z2", "It grows.", strip, failure="refused"),
        case("z3", "", strip),
    )
    assert values == [0, None, None, 1]


def test_a_unit_that_does_not_change_has_no_value_but_its_text_is_a_rival():
    still = case("z1", "The object grows.", ("large", "large"))
    assert score(case("z0", "The size changes.", ("small", "large")), still) == [0.5, None]


def test_without_rivals_there_is_no_value():
    strip = ("small", "large")
    assert score() == []
    assert score(case("z0", "It grows.", strip)) == [None]
    assert score(case("z0", "It grows.", strip), case("z1", None, strip)) == [None, None]


def test_it_agrees_with_scikit_learn():
    from sklearn.metrics import roc_auc_score

    rng = np.random.default_rng(0)
    texts = ["It grows.", "It shrinks and moves left.", "It moves right.", "The shape changes.", "Nothing.", "It grows."]
    words = ["small", "large", "left", "right", "square", "heart"]
    strips = [[" ".join(rng.choice(words, 2, replace=False)) for _ in range(2)] for _ in range(12)]
    units = [case(f"z{k}", text, *strips[2 * k : 2 * k + 2]) for k, text in enumerate(texts)]
    directional = ClipDirectional(encoder=ByHand(), captions=CAPTIONS)
    for k, value in enumerate(score(*units)):
        on_mine = [directional([replace(units[k], explanation=Explanation("z", text))])[0] for text in texts]
        assert value == pytest.approx(roc_auc_score([j == k for j in range(len(texts))], np.round(on_mine, 9)), abs=1e-6)
