import asyncio
from hashlib import sha256
from itertools import islice
from pathlib import Path

import numpy as np
import pytest
import yaml
from numpy.random import default_rng

from bench.clients.captioner import Captioner
from bench.clients.captioning.measure import as_sent, measured
from bench.clients.captioning.network import load, save
from bench.clients.captioning.scenes import built_in
from bench.clients.captioning.strips import Strip, strips
from bench.clients.messages import Client, Message, Unusable
from bench.errors import DataError
from bench.metrics.statements import parse
from bench.shipped import shipped

SHIPPED = shipped("baselines", "traversal_captioner")
SHA = yaml.safe_load(shipped("conf", "client", "captioner.yaml").read_text())["client"]["sha256"]
SCENES = built_in()


def captioner(**changed: object) -> Captioner:
    return Captioner(**{"model": "traversal_captioner", "sha256": SHA, "temperature": 1.0, **changed})


@pytest.fixture(scope="module")
def shipped_one() -> Captioner:
    return captioner()


@pytest.fixture(scope="module")
def greedy() -> Captioner:
    return captioner(temperature=0.0)


@pytest.fixture(scope="module")
def held() -> list[Strip]:
    return list(islice(strips([SCENES["dsprites"]], True, default_rng(3)), 12))


def said(client: Client, message: Message, *replicates: int) -> list[str]:
    async def every() -> list[str]:
        return [(await client(message, replicate)).text for replicate in replicates]

    return asyncio.run(every())


def test_keeps_the_protocol_and_costs_nothing(shipped_one):
    assert isinstance(shipped_one, Client)
    assert shipped_one.cost(10**6, 10**6) == 0.0


def test_the_same_replicate_of_a_message_is_the_same_answer_whoever_is_asked(shipped_one, held):
    message = as_sent(held[0])
    assert said(shipped_one, message, 0, 1, 2) == said(captioner(), message, 0, 1, 2)
    assert said(captioner(), message, 2, 0)[::-1] == said(shipped_one, message, 0, 2)


def test_replicates_are_drawn_apart(shipped_one, held):
    lively = next(strip for strip in held if strip.claims)
    assert len(set(said(shipped_one, as_sent(lively), *range(20)))) > 3


def test_without_temperature_every_replicate_is_the_same(greedy, held):
    for strip in held[:3]:
        assert len(set(said(greedy, as_sent(strip), 0, 1, 2))) == 1
        assert said(greedy, as_sent(strip), 0) == said(captioner(temperature=None), as_sent(strip), 0)


def test_answers_hold_words_that_are_counted(shipped_one, held):
    message = as_sent(held[0])
    answer = asyncio.run(shipped_one(message, 0))
    assert answer.completion_tokens == len(answer.text.replace(",", " ,").replace(".", " .").split())
    frames = sum(len(sheet) * sheet.shape[1] for sheet in held[0].sheets)
    assert answer.prompt_tokens == len(message.text.split()) + frames


@pytest.mark.parametrize(("name", "least"), [("dsprites", 0.8), ("shapes3d", 0.9)])
def test_the_shipped_weights_name_what_changes_on_held_out_combinations(name, least):
    found = measured(SHIPPED, SCENES[name], 50)
    assert found.f1 >= least
    assert found.signs >= 0.9
    assert found.silent >= 0.9


@pytest.mark.parametrize("told", [False, True])
def test_told_of_a_condition_it_describes_the_first_row_alone(greedy, told):
    """Nothing happens in the first row, under the condition; in the second, the sprite moves to the right."""
    sprites = SCENES["dsprites"].dataset
    classes = np.repeat([[0, 0, 3, 2, 12, 16]], 10, 0)
    classes[5:, 1] = 2
    classes[5:, 4] = np.linspace(2, 29, 5)
    sheet = sprites.images(sprites.index(classes)).reshape(2, 5, 1, 64, 64)
    bias = yaml.safe_load(shipped("conf", "bias", "conditional.yaml").read_text())["words"]
    sentence = bias["sentence"].replace("{condition}", "the shape is a square") if told else ""
    text = "\n".join([bias["layout"], sentence, "What is the pattern of change from left to right?"])
    (answer,) = said(greedy, as_sent(Strip((sheet,), text, (), "", "dsprites", "conditional")), 0)
    claims = dict(parse(answer, sprites.vocabulary))
    assert claims == ({} if told else {"position_x": 1})


def test_a_picture_that_is_no_sheet_is_refused(shipped_one):
    photograph = Message("What changes?", (default_rng(0).integers(0, 256, (3, 300, 400), np.uint8),))
    with pytest.raises(Unusable, match="frames of 64 by 64") as refused:
        said(shipped_one, photograph, 0)
    assert refused.value.kind == "refused"


def test_an_answer_without_an_end_is_truncated_and_one_without_words_is_empty(tmp_path, held):
    import torch

    model, shape = load(SHIPPED)
    for word, kind in ((shape.vocabulary.index("grows"), "truncated"), (shape.vocabulary.index("<end>"), "empty")):
        with torch.no_grad():
            model.words.weight[word] = 100 * model.layers.norm.bias + 1000  # whatever is read, this word scores highest
            model.layers.norm.weight.zero_()
            model.layers.norm.bias.fill_(1.0)
        weights = save(model, shape, tmp_path / kind)
        one = Captioner(model=str(tmp_path / kind), sha256=sha256(weights.read_bytes()).hexdigest(), temperature=None)
        with pytest.raises(Unusable) as unusable:
            said(one, as_sent(held[0]), 0)
        assert unusable.value.kind == kind
        model, shape = load(SHIPPED)


def test_other_weights_than_expected_are_refused(held):
    with pytest.raises(DataError, match="expected SHA-256 000000"):
        said(captioner(sha256="0" * 64), as_sent(held[0]), 0)


def test_a_folder_without_a_captioner_is_refused(tmp_path: Path, held):
    with pytest.raises(DataError, match="expected a traversal captioner at"):
        said(captioner(model=str(tmp_path)), as_sent(held[0]), 0)


def test_the_weights_are_small():
    assert sum(path.stat().st_size for path in SHIPPED.iterdir()) < 6e6
