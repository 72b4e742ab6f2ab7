"""A small captioner of traversals on this machine, trained by this project on rendered strips: an offline stand-in for an MLLM."""

from collections.abc import Mapping
from functools import cached_property, lru_cache
from hashlib import sha256
from pathlib import Path
from typing import Annotated, Any, ClassVar, NamedTuple

import numpy as np
from pydantic import Field

from bench.clients.captioning.cues import cues
from bench.clients.captioning.cutting import sheets
from bench.clients.captioning.network import END, START, WEIGHTS, Shape, given, load
from bench.clients.captioning.tensors import prefix, tensors
from bench.clients.captioning.wording import joined
from bench.clients.messages import Answer, Message, Unusable
from bench.clients.sampling import seeds, spread
from bench.component import component
from bench.errors import DataError
from bench.shipped import shipped

BUNDLED = "traversal_captioner"


class _Network(NamedTuple):
    model: Any
    shape: Shape


@component
class Captioner:
    """Says in one sentence what changes along sheets of frames of dSprites or Shapes3D, or that nothing clear does.

    It reads the pictures (see `captioning/cutting.py` for which ones) and which of its cue words are in the text. Greedy when
    `temperature` is `None` or 0, sampled otherwise; chance depends on the message and its replicate alone. `model` is
    "traversal_captioner" (shipped) or the path of a folder, `sha256` that of its weights. It costs nothing; prompt tokens are words
    of the text and pairs of frames, completion tokens the words of the answer.
    """

    version: ClassVar[int] = 1

    model: str
    sha256: Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
    temperature: Annotated[float, Field(ge=0)] | None

    @property
    def identity(self) -> Mapping[str, object]:
        """What changes the answer beside the message."""
        return {"protocol": "captioner", "model": self.model, "sha256": self.sha256, "temperature": self.temperature}

    def cost(self, prompt_tokens: int, completion_tokens: int) -> float | None:
        """Nothing."""
        del prompt_tokens, completion_tokens
        return 0.0

    async def __call__(self, message: Message, replicate: int) -> Answer:
        words, pairs = self._written(message, replicate)
        asked = len(message.text.split()) + pairs
        if len(words) >= self._network.shape.longest:
            raise Unusable("truncated", f"the answer has no end after {len(words)} words", asked, len(words))
        if not words:
            raise Unusable("empty", "the answer holds no word", asked, 0)
        return Answer(joined(words), "stop", asked, len(words))

    def _written(self, message: Message, replicate: int) -> tuple[list[str], int]:
        """The words of an answer, and how many pairs of frames were looked at."""
        import torch

        vocabulary = self._network.shape.vocabulary
        before, absent = self._looked(message)
        noisy = spread(seeds([(message, replicate)]), self.temperature) if self.temperature else None
        told = [vocabulary.index(START)]
        with torch.inference_mode():
            while len(told) <= self._network.shape.longest:
                scores = self._network.model(before, absent, torch.tensor([told]))[:, -1]
                scores[:, told[0]] = -torch.inf  # an answer has one start
                told.append(int((noisy(None, scores) if noisy else scores).argmax()))
                if vocabulary[told[-1]] == END:
                    return [vocabulary[k] for k in told[1:-1]], before.shape[1] - 1
        return [vocabulary[k] for k in told[1:]], before.shape[1] - 1

    @cached_property
    def _looked(self) -> Any:
        """What stands before the words of an answer to a message; the last few are kept, since replicates share it."""
        import torch

        @lru_cache(maxsize=64)
        def look(message: Message) -> tuple[Any, Any]:
            seen = given(sheets(message), cues(message.text, self._network.shape.cues))
            with torch.inference_mode():
                return prefix(self._network.model, tensors([seen], np.zeros((1, 1), np.int64)))

        return look

    @cached_property
    def _network(self) -> _Network:
        """The network, loaded at first use and kept. Raises `DataError` for other weights than those of `sha256`."""
        folder = shipped("baselines", BUNDLED) if self.model == BUNDLED else Path(self.model).expanduser()
        model, shape = load(folder)
        found = sha256((folder / WEIGHTS).read_bytes()).hexdigest()
        if found != self.sha256:
            raise DataError(f"expected SHA-256 {self.sha256} of {folder / WEIGHTS}, got {found}; reinstall, or correct `sha256`")
        return _Network(model, shape)
