"""BERTScore beside its package, and every metric of `conf/metric` on a thousand units."""

import json
import random
from dataclasses import replace
from pathlib import Path

import pytest
from test_laws import NAMES, TRUTHS, built, case, score

from bench.encoders.minilm import packaged_minilm
from bench.errors import DataError
from bench.metrics.bert_score import BertScore
from bench.metrics.statements import _parsed, claimed
from bench.metrics.told import told

pytestmark = pytest.mark.speed
UNITS = 1000
SENTENCES = Path(__file__).parents[1] / "data" / "labelled_sentences.jsonl"


def texts():
    return [json.loads(line)["text"] for line in SENTENCES.read_text(encoding="utf-8").splitlines()]


def units(different):
    """A thousand units in random order, with this many different answers; the others repeat them."""
    pool, rng = texts(), random.Random(0)
    answers = [f"{pool[i % len(pool)]} {'Then it stops. ' * (i // len(pool))}".strip() for i in range(different)]
    made = [case(f"z{i}", answers[i % different], *TRUTHS[i % len(TRUTHS)]) for i in range(UNITS)]
    rng.shuffle(made)
    return made


def fresh():
    """BERTScore that has seen no text yet, its network loaded."""
    metric = BertScore(model="packaged", revision=None, layers=6, rescale=False, over="best", threads=1, device="cpu")
    assert metric._scorer is not None
    return metric


def test_bert_score_of_repeated_answers_against_the_package(ratio, figure):
    """Four of five answers repeat an earlier one, as with explainers that say the same of many units; the best reference counts."""
    import torch
    from bert_score import BERTScorer

    torch.set_num_threads(1)
    package = BERTScorer(model_type=str(packaged_minilm()), num_layers=6, device="cpu")
    judged = [c for c in units(UNITS // 5) if told(c)][:250]
    pairs = [told(c) for c in judged]

    def one_call_each():
        return [float(package.score([text], [list(found)])[2]) for text, found in pairs]

    ours, theirs = fresh()(judged), one_call_each()
    assert ours == pytest.approx(theirs, abs=2e-3)  # padding in the package moves a few; see `BertScore`
    assert sum(abs(a - b) > 1e-6 for a, b in zip(ours, theirs, strict=True)) < 0.1 * len(ours)
    loaded = iter([fresh() for _ in range(3)])
    value = ratio(one_call_each, lambda: next(loaded)(judged), 2)
    figure(f"BERTScore at 80 % repeats, a call of the package for each answer / ours: {value:.1f} (aim: at least 5)")


def test_bert_score_of_repeated_answers_against_one_call_of_the_package(ratio, figure):
    import torch
    from bert_score import BERTScorer

    torch.set_num_threads(1)
    package = BERTScorer(model_type=str(packaged_minilm()), num_layers=6, device="cpu")
    judged = [c for c in units(UNITS // 5) if told(c)]
    answers, found = zip(*(told(c) for c in judged), strict=True)
    loaded = iter([fresh() for _ in range(3)])
    value = ratio(lambda: package.score(list(answers), [*map(list, found)]), lambda: next(loaded)(judged), 2)
    figure(f"BERTScore at 80 % repeats, one call of the package for all / ours: {value:.1f} (it embeds equal texts once, too)")


def test_what_a_thousand_answers_claim(benchmark, figure):
    """Types are checked at run time under pytest, which makes this several times slower than it is outside."""
    judged = units(UNITS)
    _parsed.cache_clear()
    benchmark.pedantic(lambda: [claimed(c) for c in judged], rounds=1)
    figure(f"claims of 1,000 different answers read: {benchmark.stats.stats.median:.2f} s, once for all metrics")


@pytest.mark.parametrize("name", NAMES)
def test_a_metric_on_a_thousand_units(name, benchmark, figure):
    """All answers differ; their claims are read before, since all metrics share them, and the network is loaded."""
    metric, judged = built(name), units(UNITS)
    try:
        score(metric, [replace(c, explanation=replace(c.explanation, text="Warm.")) for c in judged[:4]])
    except DataError as error:
        pytest.skip(f"its weights are not on this machine: {str(error)[:100]}")
    assert all(claimed(c) is not None for c in judged)
    values = benchmark.pedantic(lambda: score(metric, judged), rounds=1)
    assert len(values) == (UNITS if metric.scope == "unit" else 1)
    figure(f"{name}, 1,000 units: {benchmark.stats.stats.median:.2f} s")
