import itertools
import json
import os
import random
import subprocess
import sys
from pathlib import Path

import bert_score
import pytest
import torch
from omegaconf import OmegaConf

import bench.metrics.bert_score as module
from bench.artifacts import Case, Explanation, Truth, Unit, UnitTraversals
from bench.build import build
from bench.datasets.vocabulary import Vocabulary
from bench.encoders.minilm import packaged_minilm
from bench.errors import ConfigError, DataError
from bench.interfaces import Metric
from bench.metrics.bert_score import BertScore
from bench.shipped import shipped

SENTENCES = Path(__file__).parent.parent / "data" / "labelled_sentences.jsonl"


def metric(**fields):
    defaults = {"model": "packaged", "revision": None, "layers": 6, "rescale": False}
    defaults |= {"threads": 1, "device": "cpu", "batch_size": 64}
    return BertScore(**defaults | fields)


def case(text, *references, known=True, failure=None):
    """A case whose truth is worded by `references`; see the fixture `worded`."""
    unit = Unit("z0", (0,))
    truth = Truth("\n".join(references), "clean", (), "exact") if known else None
    answer = Explanation("z0", text, failure=failure)
    return Case(UnitTraversals(unit, (), ()), truth, answer, Vocabulary("the shape", ()))


@pytest.fixture(autouse=True)
def worded(monkeypatch):
    """References come from the case, so that these tests do not hang on the wording of a truth."""

    def sentences(truth, vocabulary):
        return tuple(truth.unit.split("\n")) if truth.unit else ()

    monkeypatch.setattr(module, "sentences", sentences)


@pytest.fixture(scope="module")
def minilm():
    return metric()


@pytest.fixture
def sent(minilm, monkeypatch):
    """The pairs that reach the package."""
    score, pairs = minilm._scorer.score, []

    def recorded(texts, references, **settings):
        pairs.extend(zip(texts, references, strict=True))
        return score(texts, references, **settings)

    monkeypatch.setattr(minilm._scorer, "score", recorded)
    return pairs


@pytest.fixture(scope="module")
def pairs():
    """60 pairs of sentences of unequal length."""
    texts = [json.loads(line)["text"] for line in SENTENCES.read_text().splitlines()]
    random.Random(0).shuffle(texts)
    chosen = list(zip(texts[:60], texts[60:120], strict=True))
    assert sum(len(a.split()) != len(b.split()) for a, b in chosen) > 50
    return chosen


def by_hand(pairs):
    """BERTScore F1 without the package: cosines of all word pieces, best matches averaged over all but [CLS] and [SEP]."""
    from transformers import AutoModel, AutoTokenizer

    network = AutoModel.from_pretrained(packaged_minilm()).eval()
    tokens = AutoTokenizer.from_pretrained(packaged_minilm())

    def states(text):
        with torch.no_grad():
            return torch.nn.functional.normalize(network(**tokens(text, return_tensors="pt")).last_hidden_state[0], dim=1)

    for text, reference in pairs:
        cosines = states(text) @ states(reference).T
        precision, recall = cosines.max(1).values[1:-1].mean(), cosines.max(0).values[1:-1].mean()
        yield float(2 * precision * recall / (precision + recall))


def test_it_is_a_metric(minilm):
    assert isinstance(minilm, Metric)


def test_a_reference_repeated_word_by_word_scores_one(minilm):
    assert minilm([case("The shape moves up.", "It rises.", "The shape moves up.")]) == [pytest.approx(1, abs=1e-6)]


def test_a_text_of_another_topic_scores_near_the_bottom(minilm):
    assert minilm([case("Boil the pasta for ten minutes.", "The shape moves up.")])[0] < 0.25


def test_values_are_those_of_the_package(minilm, pairs):
    scorer = bert_score.BERTScorer(model_type=str(packaged_minilm()), num_layers=6, device="cpu")
    expected = [float(scorer.score([text], [reference])[2]) for text, reference in pairs]
    assert minilm([case(*pair) for pair in pairs]) == pytest.approx(expected, abs=1e-6)


def test_values_are_those_of_an_independent_computation(minilm, pairs):
    assert minilm([case(*pair) for pair in pairs]) == pytest.approx(list(by_hand(pairs)), abs=1e-6)


def test_the_best_reference_counts(minilm):
    references = ("The size changes.", "It goes to the right.", "The shape is rotated.")
    alone = [minilm([case("It slides to the right.", reference)])[0] for reference in references]
    assert minilm([case("It slides to the right.", *references)])[0] == pytest.approx(max(alone), abs=1e-6)
    assert len({round(value, 3) for value in alone}) == 3


@pytest.mark.parametrize("text", ["", "   ", "\n\t"])
def test_a_blank_text_scores_zero_without_the_package(minilm, sent, text):
    assert minilm([case(text, "The shape moves up.")]) == [0.0]
    assert sent == []


@pytest.mark.parametrize(
    "undefined",
    [
        case("It moves.", known=False),
        case("It moves."),
        case(None, "It moves."),
        case(None, "It moves.", failure="refused"),
        case("It moves.", "It moves.", failure="truncated"),
        case("", known=False),
        case(""),
    ],
    ids=["no truth", "no references", "abstained", "failed", "failed with text", "blank, no truth", "blank, no references"],
)
def test_it_is_undefined_where_there_is_nothing_to_compare(minilm, sent, undefined):
    assert minilm([undefined]) == [None]
    assert sent == []


def test_no_cases_give_no_values(minilm):
    assert minilm([]) == []


def test_undefined_blank_and_scored_cases_keep_their_places(minilm):
    values = minilm(
        [case("", "It moves."), case("It moves.", "It moves."), case(None, "It moves."), case("It grows.", "It moves.")]
    )
    assert values[0] == 0.0
    assert values[1] == pytest.approx(1, abs=1e-6)
    assert values[2] is None
    assert 0.3 < values[3] < 0.95


def test_each_distinct_pair_is_scored_once_in_sorted_order(minilm, sent):
    cases = [case("It grows.", "It moves.", "It turns."), case("It turns.", "It moves.")] * 20
    values = minilm(cases)
    assert sent == [("It grows.", "It moves."), ("It grows.", "It turns."), ("It turns.", "It moves.")]
    assert values == values[:2] * 20


def test_the_order_of_the_cases_does_not_matter(minilm, pairs):
    cases = [case(*pair) for pair in pairs]
    assert minilm(cases[::-1]) == minilm(cases)[::-1]


def test_the_batch_size_moves_nothing_but_the_last_digits(minilm, pairs):
    cases = [case(*pair) for pair in pairs]
    assert metric(batch_size=7)(cases) == pytest.approx(minilm(cases), abs=1e-6)


def test_texts_are_batched_in_one_order_in_every_process():
    code = "from bench.metrics.bert_score import _Text; print(list(set(map(_Text, 'to be or not the very question'.split()))))"
    orders = set()
    for seed in ("1", "2", "3"):
        command, environment = [sys.executable, "-c", code], os.environ | {"PYTHONHASHSEED": seed}
        orders.add(subprocess.run(command, env=environment, capture_output=True, check=True).stdout)
    assert len(orders) == 1


def test_it_hardly_sees_a_flipped_direction(minilm):
    sentences = [("right.", "left."), ("up.", "down.")]
    flipped = [case(f"The shape moves {a}", f"The shape moves {b}") for a, b in sentences]
    assert all(0.9 < value < 1 for value in minilm(flipped))


def test_the_network_is_loaded_once_and_silently(monkeypatch, capfd):
    scorer, built = bert_score.BERTScorer, itertools.count()
    monkeypatch.setattr(bert_score, "BERTScorer", lambda **settings: next(built) or scorer(**settings))
    fresh = metric()
    for _ in range(3):
        fresh([case("It grows.", "It moves.")])
    assert next(built) == 3 - 2
    assert capfd.readouterr() == ("", "")


def test_a_loaded_metric_equals_an_unused_one(minilm):
    minilm([case("It grows.", "It moves.")])
    assert minilm == metric()
    assert hash(minilm) == hash(metric())


@pytest.fixture
def published(monkeypatch, tmp_path):
    """A baseline of `F1 = value` at every layer, as bert-score ships them."""

    def baseline(value):
        path = tmp_path / "baseline.tsv"
        path.write_text("LAYER,P,R,F\n" + "".join(f"{layer},0.1,0.1,{value}\n" for layer in range(7)))
        monkeypatch.setattr(module, "_baseline", lambda model: str(path))

    return baseline


def test_rescaling_puts_the_baseline_at_zero_and_leaves_one(minilm, published):
    published(0.4)
    cases = [case("It grows.", "It moves."), case("It grows.", "It grows.")]
    raw = minilm(cases)[0]
    assert metric(rescale=True)(cases) == pytest.approx([(raw - 0.4) / 0.6, 1], abs=1e-5)


def test_values_below_the_bounds_are_put_on_the_bound(published):
    published(0.95)
    assert metric(rescale=True)([case("Boil the pasta.", "It moves.")]) == [-1.0]


def test_rescaling_needs_a_published_baseline():
    with pytest.raises(ConfigError, match="baseline"):
        metric(rescale=True)([case("It grows.", "It moves.")])


def test_a_layer_that_the_model_lacks_is_a_config_error():
    with pytest.raises(ConfigError, match="layers"):
        metric(layers=7)([case("It grows.", "It moves.")])


def test_a_folder_that_holds_no_model_is_a_data_error(tmp_path):
    folder = tmp_path / "mine"
    folder.mkdir()
    (folder / "model.safetensors").write_bytes(b"")
    with pytest.raises(DataError, match="transformers model"):
        metric(model=str(folder))([case("It grows.", "It moves.")])


def test_a_folder_that_the_package_would_take_for_t5_is_refused(monkeypatch, tmp_path):
    monkeypatch.setattr(module, "model_folder", lambda model, revision: tmp_path / "t5" / "minilm")
    with pytest.raises(DataError, match="T5"):
        metric()([case("It grows.", "It moves.")])


def test_the_published_setting_of_roberta_is_the_one_of_the_package():
    from bert_score.utils import model2layers

    conf = OmegaConf.load(shipped("conf", "metric", "bert_score_roberta.yaml"))
    assert conf.layers == model2layers[conf.model]
    assert Path(module._baseline(conf.model)).is_file()


@pytest.mark.parametrize("name", ["bert_score_minilm", "bert_score_roberta"])
def test_the_configuration_builds_it(name):
    conf = OmegaConf.create({"metric": OmegaConf.load(shipped("conf", "metric", f"{name}.yaml"))})
    conf.runtime = OmegaConf.load(shipped("conf", "runtime", "default.yaml"))
    assert isinstance(build(OmegaConf.to_container(conf, resolve=True)["metric"], "metric"), BertScore)
