import asyncio
import itertools
import math
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
import pytest
from jaxtyping import Float32
from numpy import ndarray
from omegaconf import OmegaConf

from bench.build import build
from bench.cells import cells
from bench.clients.chat_api import ChatApi
from bench.compose import composer
from bench.errors import ClientError
from bench.explainers.bag_of_words import BagOfWords
from bench.explainers.entailed_meaning import EntailedMeaning
from bench.explainers.judgement import Certainty, Judgement
from bench.explainers.semantic_entropy import NearMeaning, SemanticEntropy, clusters, one_meaning
from bench.explainers.sentence_agreement import SentenceAgreement
from bench.shipped import shipped
from tests.clients.conftest import SETTINGS
from tests.loopback import Loopback

OPPOSITE = ["The object grows larger from left to right.", "The object grows smaller from left to right."]
WORDS = ["shape", "size", "grows", "shrinks", "moves", "right", "left", "the", "a", "it", "colour", "fades"]


def shipped_certainty(option: str) -> Any:
    with composer(["explainer=latent_explainer", f"certainty@explainer.certainty={option}"]) as (fixed, axes):
        [cell] = cells(fixed, axes)
    return build(cell.config["explainer"]["certainty"])


@pytest.fixture(scope="module")
def sentences() -> SentenceAgreement:
    return shipped_certainty("sentences")


@pytest.fixture(scope="module")
def entropy() -> SemanticEntropy:
    return shipped_certainty("semantic_entropy")


@pytest.fixture
def server() -> Iterator[Loopback]:
    with Loopback() as running:
        yield running


class Axes:
    """A text encoder that gives each text the unit vector of its first word's place."""

    def __call__(self, texts: Sequence[str]) -> Float32[ndarray, "texts dims"]:
        return np.eye(len(WORDS), dtype=np.float32)[[WORDS.index(text.split()[0]) for text in texts]]


def judge(certainty: Certainty, answers: Sequence[str], silent: Sequence[bool] | None = None) -> Judgement:
    return asyncio.run(certainty(answers, silent or [False] * len(answers)))


def naive(answers: Sequence[str]) -> Judgement:
    """Certainty and selection of LatentExplainer from the definition, in plain Python."""
    counts = [Counter(re.findall(r"\b\w\w+\b", answer.lower())) for answer in answers]

    def cosine(one: Counter[str], other: Counter[str]) -> float:
        product = sum(one[word] * other[word] for word in one)
        return product / math.sqrt(sum(n * n for n in one.values()) * sum(n * n for n in other.values()))

    alike = [[cosine(one, other) for other in counts] for one in counts]
    means = [round(sum(row) / len(row), 12) for row in alike]
    apart = [alike[i][j] for i, j in itertools.permutations(range(len(answers)), 2)]
    return Judgement(means.index(max(means)), sum(apart) / len(apart))


def test_the_published_certainty_and_selection_equal_a_naive_computation() -> None:
    rng = np.random.default_rng(0)
    for _ in range(200):
        drawn = [" ".join([*rng.choice(WORDS, rng.integers(2, 9)).tolist(), "it"]) for _ in range(rng.integers(2, 8))]
        expected, found = naive(drawn), judge(BagOfWords(), drawn)
        assert found.best == expected.best
        assert found.certainty == pytest.approx(expected.certainty, abs=1e-12)


def test_opposite_statements_are_certain_to_a_bag_of_words_and_not_by_meaning(
    sentences: SentenceAgreement, entropy: SemanticEntropy
) -> None:
    # Seven words of eight in common; the embeddings alone find the two nearly equal, too.
    assert judge(BagOfWords(), OPPOSITE).certainty == pytest.approx(7 / 8)
    assert judge(sentences, OPPOSITE).certainty == 0.0
    assert judge(entropy, OPPOSITE).certainty == 0.0
    blind = SentenceAgreement(encoder=sentences.encoder, polarity=None)
    assert judge(blind, OPPOSITE).certainty > 0.8


def test_the_same_meaning_in_other_words_is_certain_by_meaning_and_not_to_a_bag_of_words(sentences: SentenceAgreement) -> None:
    alike = ["The object gets bigger", "Size of that thing increases"]
    assert judge(BagOfWords(), alike).certainty == 0.0
    assert judge(sentences, alike).certainty > 0.3


@pytest.mark.parametrize("option", ["sentences", "semantic_entropy"])
def test_unanimous_silence_is_no_certainty_by_meaning(option: str, request: pytest.FixtureRequest) -> None:
    certainty = request.getfixturevalue({"sentences": "sentences", "semantic_entropy": "entropy"}[option])
    silence = ["No clear explanation."] * 5
    assert judge(BagOfWords(), silence, [True] * 5).certainty == 1.0
    assert judge(certainty, silence, [True] * 5) == Judgement(None, None)


def test_abstentions_neither_agree_nor_disagree_with_what_is_said(sentences: SentenceAgreement) -> None:
    said = judge(sentences, ["It grows.", "It gets larger."])
    among = judge(sentences, ["None.", "It grows.", "None.", "It gets larger."], [True, False, True, False])
    assert among.certainty == pytest.approx(said.certainty)
    assert among.best in (1, 3)


def test_answers_join_the_first_cluster_that_means_the_same_both_ways() -> None:
    same = np.array([[1, 0, 1, 1], [0, 1, 0, 1], [1, 0, 1, 0], [0, 1, 0, 1]], dtype=bool)
    assert clusters(same) == [0, 1, 0, 1]


@pytest.mark.parametrize(
    ("leaders", "certainty"),
    [
        ([0, 0, 0], 1.0),
        ([0, 1, 2], 0.0),
        ([0, 0, 2, 2], 0.5),
        ([0, 0, 0, 3], 1 - (0.75 * math.log(4 / 3) + 0.25 * math.log(4)) / math.log(4)),
        ([0], None),
        ([], None),
    ],
)
def test_certainty_of_clusters_by_hand(leaders: list[int], certainty: float | None) -> None:
    assert one_meaning(leaders) == pytest.approx(certainty)


def test_keeps_the_first_answer_of_the_largest_cluster() -> None:
    certainty = SemanticEntropy(meaning=NearMeaning(encoder=Axes(), threshold=0.5), polarity=None)
    found = judge(certainty, ["colour a", "size a", "shape a", "size b"])
    assert found.best == 1
    assert found.certainty == pytest.approx(1 - (2 * 0.25 * math.log(4) + 0.5 * math.log(2)) / math.log(4))


def entailment(server: Loopback) -> EntailedMeaning:
    node = OmegaConf.load(shipped("conf", "certainty", "entailment.yaml")).meaning
    fields = {key: node[key] for key in ("question",)} | {"entails": ("yes",), "differs": ("no",)}
    return EntailedMeaning(client=ChatApi(**SETTINGS, base_url=server.base_url), **fields)


def heard(body: dict) -> tuple[str, str]:
    text = body["messages"][0]["content"][0]["text"]
    return re.search("First: (.*)", text)[1], re.search("Second: (.*)", text)[1]


def test_entailment_must_hold_both_ways(server: Loopback) -> None:
    """ "It changes" follows from "It grows", not the other way round."""
    follows = {("It grows", "It gets larger"), ("It gets larger", "It grows"), ("It grows", "It changes")}
    server.answer = lambda body: "Yes." if heard(body) in follows else "no, it need not"
    same = asyncio.run(entailment(server).same(["It grows", "It changes", "It gets larger", "It grows"]))
    assert same.astype(int).tolist() == [[1, 0, 1, 1], [0, 1, 0, 0], [1, 0, 1, 1], [1, 0, 1, 1]]
    assert len(server.received) == 6  # ordered pairs of three different texts


def test_an_answer_is_never_taken_for_a_place_to_fill_in(server: Loopback) -> None:
    server.answer = lambda body: "no"
    asyncio.run(entailment(server).same(["{conclusion} grows", "It fades"]))
    assert ("{conclusion} grows", "It fades") in [heard(received.body) for received in server.received]


def test_a_reply_that_is_neither_yes_nor_no_is_unparsable(server: Loopback) -> None:
    server.answer = lambda body: "perhaps"
    with pytest.raises(ClientError, match="expected one of yes, no") as caught:
        asyncio.run(entailment(server).same(["a", "b"]))
    assert caught.value.kind == "unparsable"
