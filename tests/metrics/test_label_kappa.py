import random

import pytest

from bench.metrics.label_kappa import LabelKappa

TEXTS = {
    "It grows.": "scale",
    "It moves right and grows.": "position_x+scale",
    "It rotates.": "orientation",
    "Hmm.": "unread",
    None: "none",
}
TRUTHS = {
    "scale": {"scale": 1},
    "position_x+scale": {"position_x": 1, "scale": 1},
    "orientation": {"orientation": None},
    "none": {},
}


@pytest.fixture
def kappa(judge):
    def value(*pairs):
        (value,) = LabelKappa()([judge(text, **TRUTHS[label]) for text, label in pairs])
        return value

    return value


def test_full_agreement_scores_one(kappa):
    assert kappa(("It grows.", "scale"), ("It rotates.", "orientation"), (None, "none")) == 1.0


def test_one_answer_for_all_scores_zero(kappa):
    assert kappa(("It grows.", "scale"), ("It grows.", "orientation"), ("It grows.", "none")) == 0.0


def test_swapped_answers_score_below_zero(kappa):
    assert kappa(("It grows.", "orientation"), ("It rotates.", "scale")) == -1.0


def test_a_hand_derived_table(kappa):
    # Agreed 2 of 4; by chance 2/4 · 1/4 (scale) + 1/4 · 2/4 (orientation) + 1/4 · 1/4 (none) = 5/16.
    pairs = ("It grows.", "scale"), ("It rotates.", "scale"), ("It rotates.", "orientation"), (None, "none")
    assert kappa(*pairs) == pytest.approx((3 / 4 - 5 / 16) / (1 - 5 / 16))


def test_one_of_two_factors_is_a_miss(kappa):
    assert kappa(("It grows.", "position_x+scale"), ("It rotates.", "orientation")) == pytest.approx((1 / 2 - 1 / 4) / (1 - 1 / 4))


def test_an_unreadable_answer_agrees_with_nothing(kappa):
    assert kappa(("Hmm.", "none"), ("It grows.", "scale")) < 1.0


def test_fewer_than_two_units_are_undefined(kappa):
    assert kappa() is None
    assert kappa(("It grows.", "scale")) is None
    assert kappa(("It grows.", "orientation")) is None


def test_one_label_throughout_is_undefined(kappa):
    assert kappa(("It grows.", "scale"), ("It grows.", "scale")) is None


def test_failures_and_unknown_truths_are_left_out(judge):
    cases = [judge("It grows.", scale=1), judge("It rotates.", orientation=None)]
    out = [
        judge("It grows.", failure="refused", orientation=None),
        judge("It grows.", known=False),
        judge("It grows.", status="ambiguous", orientation=None),
    ]
    assert LabelKappa()(cases + out) == LabelKappa()(cases) == [1.0]


def test_it_agrees_with_scikit_learn(kappa):
    from sklearn.metrics import cohen_kappa_score

    drawn = random.Random(0)
    for n in (2, 5, 30, 200):
        pairs = [(drawn.choice(list(TEXTS)), drawn.choice(list(TRUTHS))) for _ in range(n)]
        expected = cohen_kappa_score([label for _, label in pairs], [TEXTS[text] for text, _ in pairs])
        assert kappa(*pairs) == pytest.approx(expected)
