"""A vision-language model on this machine, through transformers: no server, no key, and the same answer every time."""

import asyncio
from asyncio import AbstractEventLoop, Future
from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import Annotated, Any, ClassVar, NamedTuple
from weakref import WeakKeyDictionary

from pydantic import Field

from bench.clients.messages import Answer, Message, Unusable
from bench.clients.png import pil
from bench.clients.sampling import seeds, spread
from bench.component import component
from bench.encoders.pretrained import model_folder, quiet
from bench.errors import DataError
from bench.hardware import usable


class _Asked(NamedTuple):
    message: Message
    replicate: int
    answer: "Future[Answer]"


class _Network(NamedTuple):
    model: Any
    processor: Any


@component
class Local:
    """Answers in batches of what is asked at the same time. Greedy when `temperature` is `None` or 0, sampled otherwise.

    `model` and `revision` are those of `model_folder`. Chance depends on the message and its replicate alone, so an answer is the
    same in whatever batch it is drawn; the size of a batch moves probabilities by float noise only. An answer that reaches
    `max_tokens` without an end is truncated. It costs nothing.
    """

    version: ClassVar[int] = 1

    model: str
    revision: str | None
    max_tokens: Annotated[int, Field(gt=0)]
    temperature: Annotated[float, Field(ge=0)] | None
    device: str
    batch_size: Annotated[int, Field(ge=1)]

    @property
    def identity(self) -> Mapping[str, object]:
        """What changes the answer beside the message."""
        names = ("model", "revision", "max_tokens", "temperature")
        return {"protocol": "transformers", **{name: getattr(self, name) for name in names}}

    def cost(self, prompt_tokens: int, completion_tokens: int) -> float | None:
        """Nothing."""
        del prompt_tokens, completion_tokens
        return 0.0

    async def __call__(self, message: Message, replicate: int) -> Answer:
        loop = asyncio.get_running_loop()
        queue = self._queues.setdefault(loop, [])
        asked = _Asked(message, replicate, loop.create_future())
        queue.append(asked)
        if len(queue) == 1:
            loop.call_soon(self._work, queue)
        return await asked.answer

    def _work(self, queue: list[_Asked]) -> None:
        """Answer one batch of what waits, then let the event loop go on before the next."""
        batch = [queue.pop(0) for _ in range(min(self.batch_size, len(queue)))]
        try:
            outcomes: Sequence[Answer | Exception] = self._answers(batch)
        except Exception as error:  # whoever asked hears of it, whatever it is
            outcomes = [error] * len(batch)
        for asked, outcome in zip(batch, outcomes, strict=True):
            if asked.answer.done():
                continue
            if isinstance(outcome, Exception):
                asked.answer.set_exception(outcome)
            else:
                asked.answer.set_result(outcome)
        if queue:
            asyncio.get_running_loop().call_soon(self._work, queue)

    def _answers(self, batch: Sequence[_Asked]) -> list[Answer | Exception]:
        import torch

        model, processor = self._network
        texts = [processor.apply_chat_template(_turn(asked.message), add_generation_prompt=True) for asked in batch]
        pictures = [[pil(image) for image in asked.message.images] for asked in batch]
        given = {"images": pictures} if any(pictures) else {}
        inputs = processor(text=texts, padding=True, return_tensors="pt", **given).to(self.device)
        sampled = (
            {"logits_processor": [spread(seeds([asked[:2] for asked in batch]), self.temperature)]} if self.temperature else {}
        )
        with torch.inference_mode():
            told = model.generate(**inputs, max_new_tokens=self.max_tokens, do_sample=False, **sampled)
        asked_tokens = inputs["attention_mask"].sum(1).tolist()
        return [self._read(row, n) for row, n in zip(told[:, inputs["input_ids"].shape[1] :].tolist(), asked_tokens, strict=True)]

    def _read(self, tokens: Sequence[int], asked: int) -> Answer | Exception:
        ends = self._network.model.generation_config.eos_token_id
        stops = set(ends if isinstance(ends, list) else [ends])
        length = next((place for place, token in enumerate(tokens) if token in stops), None)
        if length is None:
            return Unusable("truncated", f"the answer was cut after {len(tokens)} tokens; raise max_tokens", asked, len(tokens))
        text = self._network.processor.decode(tokens[:length], skip_special_tokens=True).strip()
        return Answer(text, "stop", asked, length) if text else Unusable("empty", "the answer holds no text", asked, length)

    @cached_property
    def _network(self) -> _Network:
        """The network, loaded at first use and kept."""
        folder = str(model_folder(self.model, self.revision))
        from transformers import AutoModelForImageTextToText, AutoProcessor

        try:
            with quiet():
                processor = AutoProcessor.from_pretrained(folder, padding_side="left")
                model = AutoModelForImageTextToText.from_pretrained(folder).to(usable(self.device)).eval()
        except (OSError, ValueError, KeyError) as error:
            raise DataError(f"expected a vision-language model of transformers at {folder}, got: {error}") from error
        # What a model's own file says of sampling holds for sampling by transformers, which is not used.
        for name in ("temperature", "top_p", "top_k"):
            setattr(model.generation_config, name, None)
        return _Network(model, processor)

    @cached_property
    def _queues(self) -> "WeakKeyDictionary[AbstractEventLoop, list[_Asked]]":
        return WeakKeyDictionary()


def _turn(message: Message) -> list[dict[str, object]]:
    content = [*({"type": "image"} for _ in message.images), {"type": "text", "text": message.text}]
    return [{"role": "user", "content": content}]
