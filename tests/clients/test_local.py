import asyncio
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import pytest

from bench.clients.local import Local
from bench.clients.messages import Answer, Client, Message, Unusable
from bench.clients.sampling import spread
from bench.errors import DataError
from tests.clients.conftest import picture
from tests.clients.tiny_model import save_tiny_model

Make = Callable[..., Local]
End = tuple[str, str]


@pytest.fixture(scope="module")
def local(tmp_path_factory: pytest.TempPathFactory) -> Make:
    folder = tmp_path_factory.mktemp("tiny")
    save_tiny_model(folder)
    fields = {"model": str(folder), "revision": None, "max_tokens": 12, "temperature": None, "device": "cpu", "batch_size": 4}
    return lambda **changed: Local(**{**fields, **changed})


def ends(client: Client, asked: Sequence[tuple[Message, int]]) -> list[End]:
    """What each question led to: the text of an answer, or the kind of failure."""

    async def every() -> list[Answer | BaseException]:
        return await asyncio.gather(*(client(message, replicate) for message, replicate in asked), return_exceptions=True)

    outcomes = asyncio.run(every())
    assert all(isinstance(outcome, Answer | Unusable) for outcome in outcomes), outcomes
    return [("said", end.text) if isinstance(end, Answer) else (end.kind, str(end)) for end in outcomes]


QUESTIONS = [(Message(f"What changes{'?' * (i + 1)}", picture(i).images), 0) for i in range(6)]


def lengthened(make: Make, **changed: object) -> Local:
    """A client whose answers end at their limit, so that every one has words: no token ends one."""
    client = make(**changed)
    client._network.model.generation_config.eos_token_id = -1
    return client


def words(client: Local, asked: Sequence[tuple[Message, int]]) -> list[list[int]]:
    """The tokens of each answer up to its end; the rest only fills its batch."""
    seen: list[list[int]] = []
    read = Local._read

    def noted(self: Local, tokens: Sequence[int], n: int) -> Answer | Exception:
        end = client._network.model.generation_config.eos_token_id
        seen.append(list(tokens[: tokens.index(end)] if end in tokens else tokens))
        return read(self, tokens, n)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Local, "_read", noted)
        ends(client, asked)
    return seen


def test_keeps_the_protocol_and_costs_nothing(local: Make) -> None:
    client = local()
    assert isinstance(client, Client)
    assert client.cost(10**6, 10**6) == 0.0


def test_without_temperature_the_answer_is_the_same_every_time(local: Make) -> None:
    assert words(local(), QUESTIONS) == words(local(temperature=0.0), QUESTIONS)


@pytest.mark.parametrize("temperature", [None, 1.0])
def test_an_answer_is_the_same_in_whatever_batch_it_is_drawn(local: Make, temperature: float | None) -> None:
    alone = words(local(temperature=temperature, batch_size=1), QUESTIONS)
    assert words(local(temperature=temperature, batch_size=4), QUESTIONS) == alone
    assert words(local(temperature=temperature, batch_size=6), QUESTIONS[::-1])[::-1] == alone


def test_replicates_differ_and_repeat_themselves(local: Make) -> None:
    replicates = [(QUESTIONS[0][0], i) for i in range(4)]
    drawn = words(local(temperature=1.0), replicates)
    assert len({tuple(tokens) for tokens in drawn}) == 4
    assert words(local(temperature=1.0), replicates) == drawn


def test_the_picture_is_looked_at(local: Make) -> None:
    """The same question about two pictures, with the same chance: the probabilities differ, and so does what is drawn."""
    import torch

    model, processor = local()._network
    scores = []
    for seed in (0, 1):
        inputs = processor(text=["<user><image>What?<answer>"], images=[[_pil(seed)]], return_tensors="pt")
        with torch.inference_mode():
            scores.append(model(**inputs).logits[0, -1])
    assert not torch.allclose(scores[0], scores[1])


def _pil(seed: int):
    from bench.clients.png import pil

    return pil(picture(seed).images[0])


def test_several_pictures_and_none_are_taken(local: Make) -> None:
    two = Message("What changes?", picture(0).images + picture(1, channels=3).images)
    assert len(ends(local(batch_size=1), [(two, 0), (Message("Hello"), 0)])) == 2


def test_an_answer_without_an_end_is_truncated(local: Make) -> None:
    [(kind, _)] = ends(lengthened(local, max_tokens=3), QUESTIONS[:1])
    assert kind == "truncated"


def test_an_answer_ends_at_the_first_end(local: Make) -> None:
    client = local()
    [tokens] = words(client, QUESTIONS[:1])
    client._network.model.generation_config.eos_token_id = tokens[2]
    [(kind, text)] = ends(client, QUESTIONS[:1])
    before = tokens[: tokens.index(tokens[2])]
    expected = client._network.processor.decode(before, skip_special_tokens=True).strip()
    assert (kind, text) == (("said", expected) if expected else ("empty", "the answer holds no text"))


def test_a_folder_without_a_model_is_named(tmp_path: Path, local: Make) -> None:
    (tmp_path / "model.safetensors").write_bytes(b"no weights")
    with pytest.raises(DataError, match=r"expected a vision-language model of transformers at"):
        asyncio.run(local(model=str(tmp_path))(Message("Hello"), 0))


def test_noise_makes_the_greedy_choice_a_sample() -> None:
    import torch

    shares = torch.tensor([0.5, 0.3, 0.2])
    n = 4000
    noisy = spread(range(n), 1.0)(torch.zeros(n, 1), shares.log().repeat(n, 1))
    found = np.bincount(noisy.argmax(1).numpy(), minlength=3) / n
    np.testing.assert_allclose(found, shares.numpy(), atol=4 * np.sqrt(0.25 / n))
    cold = spread(range(n), 0.25)(torch.zeros(n, 1), shares.log().repeat(n, 1))
    powers = shares.numpy() ** 4
    np.testing.assert_allclose(np.bincount(cold.argmax(1).numpy(), minlength=3) / n, powers / powers.sum(), atol=0.032)
