import asyncio
from collections.abc import Iterator
from pathlib import Path

import pytest
from omegaconf import OmegaConf

from bench.build import build
from bench.clients.chat_api import ChatApi
from bench.clients.remembered import Remembered
from bench.explainers.prompt_bias import PromptBias
from bench.explainers.prompts import GivenSentence, Glossary, Prompt, WrittenSentence
from bench.shipped import shipped
from tests.clients.conftest import SETTINGS
from tests.loopback import Loopback

NONE = PromptBias(name="none", formula=None, mapping={}, layout="", sentence="")
SENTENCE = "Two rows show the same pattern of change despite other variations."


def words(name: str) -> PromptBias:
    return build(OmegaConf.to_container(OmegaConf.load(shipped("conf", "bias", f"{name}.yaml")).words))


def node(option: str) -> dict:
    return OmegaConf.to_container(OmegaConf.load(shipped("conf", "prompt", f"{option}.yaml")), resolve=False)


@pytest.fixture
def server() -> Iterator[Loopback]:
    with Loopback(answer=lambda body: SENTENCE) as running:
        yield running


@pytest.fixture
def written(server: Loopback, tmp_path: Path) -> WrittenSentence:
    client = Remembered(client=ChatApi(**SETTINGS, base_url=server.base_url), folder=str(tmp_path), dollars=None)
    fields = {key: value for key, value in node("written").items() if key not in ("_target_", "client")}
    return WrittenSentence(client=client, **fields)


def sentence(prompt: Prompt, bias: PromptBias) -> str:
    return asyncio.run(prompt.sentence(bias))


@pytest.mark.parametrize("name", ["disentanglement", "combination", "conditional"])
def test_the_shipped_sentences_use_every_phrase_of_their_mapping(name: str) -> None:
    bias = words(name)
    assert not [phrase for phrase in bias.mapping.values() if phrase not in bias.sentence]
    assert sentence(GivenSentence(), bias) == bias.sentence


def test_the_glossary_holds_the_formula_and_each_symbol_with_its_phrase() -> None:
    bias = words("disentanglement")
    said = sentence(Glossary(text=node("glossary")["text"]), bias)
    assert bias.formula in said
    assert all(f'{symbol} -> "{phrase}"' in said for symbol, phrase in bias.mapping.items())


def test_the_model_is_sent_example_formula_and_mapping(server: Loopback, written: WrittenSentence) -> None:
    bias = words("combination")
    assert sentence(written, bias) == SENTENCE
    [received] = server.received
    [part] = received.body["messages"][0]["content"]
    asked = part["text"]
    order = [written.example_formula, written.example_sentence, bias.formula, *(f'-> "{p}"' for p in bias.mapping.values())]
    places = [asked.index(piece, asked.index(written.example_sentence) if i > 2 else 0) for i, piece in enumerate(order)]
    assert places[:3] == sorted(places[:3])
    assert "{" not in asked


def test_a_bias_is_written_once(server: Loopback, written: WrittenSentence) -> None:
    async def several() -> list[str]:
        return await asyncio.gather(*(written.sentence(words("disentanglement")) for _ in range(9)))

    assert asyncio.run(several()) == [SENTENCE] * 9
    assert len(server.received) == 1


def test_a_plan_foresees_the_given_sentence_and_later_the_written_one(server: Loopback, written: WrittenSentence) -> None:
    bias = words("disentanglement")
    assert written.foreseen(bias) == bias.sentence
    assert not server.received
    sentence(written, bias)
    assert written.foreseen(bias) == SENTENCE


def test_no_bias_is_not_written(server: Loopback, written: WrittenSentence) -> None:
    glossary = Glossary(text=node("glossary")["text"])
    assert [sentence(prompt, NONE) for prompt in (GivenSentence(), glossary, written)] == ["", "", ""]
    assert not server.received


def test_the_words_of_the_condition_stay_whoever_writes(written: WrittenSentence) -> None:
    said = sentence(written, words("conditional"))
    assert said.split("\n") == [SENTENCE, "The condition of the first row: {condition}."]


def test_a_formula_with_braces_is_no_place_to_fill_in() -> None:
    bias = PromptBias(name="b", formula="p(z_{mapping})", mapping={"z": "change"}, layout="", sentence="")
    assert sentence(Glossary(text="{formula}: {mapping}"), bias) == 'p(z_{mapping}): z -> "change"'
