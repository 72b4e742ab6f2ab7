import json
import math
from dataclasses import replace
from pathlib import Path

import pytest

from bench.metrics.cider import Cider, Corpus, grams
from bench.metrics.told import references, told
from bench.metrics.words import words

TRUTHS = ({"scale": 1}, {"scale": -1}, {"shape": None}, {"position_x": 1, "orientation": -1}, {"position_y": -1})
LABELLED = Path(__file__).parents[1] / "data" / "labelled_sentences.jsonl"


@pytest.fixture
def cell(judge):
    """A cell of units with these texts, each under its own name."""

    def made(*texts):
        cases = [judge(text, **truth) for text, truth in zip(texts, TRUTHS, strict=False)]
        return [named(case, f"u{i}") for i, case in enumerate(cases)]

    return made


def named(case, name):
    unit = replace(case.unit, name=name)
    return replace(case, traversals=replace(case.traversals, unit=unit), explanation=replace(case.explanation, unit=name))


def score(cases, over="mean"):
    return Cider(over=over)(cases)[0]


def test_references_score_ten_with_the_best_of_them(cell):
    said = [references(case)[0] for case in cell(*"abcde")]
    assert score(cell(*said), "best") == pytest.approx(10.0)
    assert 1 < score(cell(*said)) < 10


def test_words_of_no_reference_score_zero(cell):
    assert score(cell("Prices fell", "Bread rises")) == 0.0


def test_words_that_fit_every_unit_score_zero(cell):
    assert score(cell("The object", "the object", "The object.", "the", "object")) == 0.0


def test_by_hand():
    # Two units, "a b" and "a c": "a" tells nothing; b, c and the pairs tell ln 2 each.
    corpus = Corpus([(grams("a b"),), (grams("a c"),)])
    assert corpus.similarity("a b", "a b") == pytest.approx(2 / 4)
    assert corpus.similarity("a c", "a b") == 0.0
    # "b" alone: the same single words, no pair; shorter by one pair.
    assert corpus.similarity("b", "a b") == pytest.approx(1 / 4 * math.exp(-1 / 72))
    # "b" twice is clipped to what the reference has: (ln 2)^2 / (2 ln 2 · ln 2) for single words; "a b" of the pairs "a b", "b b".
    single, double = 1 / 2, 1 / math.sqrt(1 + 1)
    assert corpus.similarity("a b b", "a b") == pytest.approx((single + double) / 4 * math.exp(-1 / 72))


def test_it_agrees_with_the_reference_implementation(judge):
    scorer_of = pytest.importorskip("pycocoevalcap.cider.cider_scorer").CiderScorer
    lines = [json.loads(line) for line in LABELLED.read_text(encoding="utf-8").splitlines()][:120:4]
    cases = [named(judge(line["text"], **TRUTHS[i % 5]), f"u{i}") for i, line in enumerate(lines)]
    theirs = scorer_of(n=4, sigma=6.0)
    for case in cases:
        text, found = told(case)
        theirs += (" ".join(words(text)), [" ".join(words(one)) for one in found])
    mean, each = theirs.compute_score()
    assert mean > 0.1
    assert score(cases) == pytest.approx(mean, abs=1e-6)
    corpus = Corpus([tuple(map(grams, references(case))) for case in cases])
    for case, value in zip(cases, each, strict=True):
        text, found = told(case)
        mine = [corpus.similarity(text, one) for one in found]
        assert 10 * sum(mine) / len(mine) == pytest.approx(value, abs=1e-6)


def test_units_without_an_answer_count_in_the_weights_only(cell):
    said = [references(case)[0] for case in cell(*"abcde")]
    whole, partly = score(cell(*said)), score(cell(said[0], *[None] * 4))
    alone = score(cell(said[0], *"bcde"))
    assert partly == pytest.approx(5 * alone)
    assert partly != pytest.approx(whole)


def test_a_cell_of_one_unit_is_undefined(cell):
    assert score(cell("It grows.")) is None
    assert score([]) is None


def test_a_cell_without_answers_is_undefined(cell):
    assert score(cell(None, None, None)) is None


def test_a_blank_answer_scores_zero(cell):
    assert score(cell(" ", "")) == 0.0
