import itertools
import json
import random
from dataclasses import replace
from pathlib import Path

import bert_score
import pytest
import torch
from omegaconf import OmegaConf

import bench.metrics.bert_score as module
import bench.metrics.told as told
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
    defaults = {"model": "packaged", "revision": None, "layers": 6, "rescale": False, "over": "best"}
    defaults |= {"threads": 1, "device": "cpu"}
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

    monkeypatch.setattr(told, "sentences", sentences)


@pytest.fixture(scope="module")
def minilm():
    return metric()


@pytest.fixture
def sent(monkeypatch):
    """The texts that go through the network."""
    encode, texts = BertScore._encode, []
    monkeypatch.setattr(BertScore, "_encode", lambda self, together: texts.extend(together) or encode(self, together))
    return texts


@pytest.fixture(scope="module")
def pairs():
    """300 pairs of sentences of unequal length."""
    texts = [" ".join(json.loads(line)["text"].split()) for line in SENTENCES.read_text().splitlines()]
    random.Random(0).shuffle(texts)
    shuffled = [(a, b) for shift in (1, 2) for a, b in zip(texts, texts[shift:], strict=False)]
    chosen = [(a, b) for a, b in shuffled if len(a.split()) != len(b.split())][:300]
    assert len(set(chosen)) == 300
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


@pytest.fixture(scope="module")
def package():
    return bert_score.BERTScorer(model_type=str(packaged_minilm()), num_layers=6, device="cpu")


def test_values_are_those_of_the_package_on_300_pairs_of_unequal_length(minilm, package, pairs):
    """The package pads the texts of a batch, and then takes 0 for a word piece whose cosines are all negative: a batch of one."""
    theirs = package.score(*map(list, zip(*pairs, strict=True)), batch_size=1)[2].tolist()
    assert minilm([case(*pair) for pair in pairs]) == pytest.approx(theirs, abs=1e-6)


@pytest.mark.parametrize("text", ["a [SEP] b", "\x00\x1f", "größer 🙂 拡大", "grow " * 700, "the [CLS]"])
def test_odd_texts_have_the_values_of_the_package(minilm, package, text, capfd):
    expected = float(package.score([text], ["The shape grows."])[2])
    assert minilm([case(text, "The shape grows.")]) == [pytest.approx(expected, abs=1e-6)]


def test_values_are_those_of_an_independent_computation(minilm, pairs):
    assert minilm([case(*pair) for pair in pairs[:60]]) == pytest.approx(list(by_hand(pairs[:60])), abs=1e-6)


def test_the_mean_over_references_or_the_best_counts(minilm):
    references = ("The size changes.", "It goes to the right.", "The shape is rotated.")
    alone = [minilm([case("It slides to the right.", reference)])[0] for reference in references]
    assert metric(over="mean")([case("It slides to the right.", *references)]) == [pytest.approx(sum(alone) / 3)]


def test_what_people_wrote_counts_beside_what_is_generated(minilm):
    human = replace(case("It slides to the right.", "The size changes."), references=("It slides to the right.",))
    assert minilm([human])[0] == pytest.approx(1, abs=1e-6)


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


def test_each_distinct_text_goes_through_the_network_once(sent):
    cases, fresh = [case("It grows.", "It moves.", "It turns."), case("It turns.", "It moves.")] * 20, metric()
    values = fresh(cases)
    assert fresh(cases) == values == values[:2] * 20
    assert sorted(sent) == ["It grows.", "It moves.", "It turns."]


def test_the_values_of_a_text_do_not_depend_on_the_texts_beside_it(minilm, pairs):
    cases = [case(*pair) for pair in pairs[:50]]
    assert [metric()([one])[0] for one in cases[::10]] == minilm(cases)[::10]


def test_the_order_of_the_cases_does_not_matter(minilm, pairs):
    cases = [case(*pair) for pair in pairs]
    assert minilm(cases[::-1]) == minilm(cases)[::-1]


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
