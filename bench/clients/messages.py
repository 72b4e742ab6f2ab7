"""What is sent to a model that answers messages, and what comes back."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Protocol, runtime_checkable

import numpy as np
from jaxtyping import UInt8
from numpy import ndarray

from bench.errors import ClientError


@dataclass(frozen=True, eq=False)
class Message:
    """One question: a text, then images in order. The images may differ in size; they must not be changed afterwards."""

    text: str
    images: tuple[UInt8[ndarray, "_channels _height _width"], ...] = ()

    @cached_property
    def fingerprints(self) -> tuple[Mapping[str, object], ...]:
        """For each image the SHA-256 of its pixels, its shape and its type: equal pictures are equal however they are encoded."""
        return tuple(_fingerprint(image) for image in self.images)

    @property
    def hashes(self) -> tuple[str, ...]:
        """For each image the SHA-256 of its pixels."""
        return tuple(str(fingerprint["sha256"]) for fingerprint in self.fingerprints)


@dataclass(frozen=True)
class Answer:
    """A usable answer: its text is not blank. `finish` is the provider's word for why it ended."""

    text: str
    finish: str
    prompt_tokens: int
    completion_tokens: int


class Unusable(ClientError):
    """The model answered and there is nothing to score: refused, filtered, empty or truncated. What it cost is known."""

    def __init__(self, kind: str, message: str, prompt_tokens: int, completion_tokens: int) -> None:
        super().__init__(kind, message)
        self.prompt_tokens = prompt_tokens
        self.completion_tokens = completion_tokens


@runtime_checkable
class Client(Protocol):
    """Who answers messages. Raises `ClientError`; `replicate` numbers independent answers to the same message."""

    @property
    def identity(self) -> Mapping[str, object]:
        """Everything beside the message that changes the answer, as plain JSON: provider, model, settings of the sampling."""
        ...

    def cost(self, prompt_tokens: int, completion_tokens: int) -> float | None:
        """Price in dollars, `None` when unknown."""
        ...

    async def __call__(self, message: Message, replicate: int) -> Answer: ...


def _fingerprint(image: ndarray) -> Mapping[str, object]:
    pixels = np.ascontiguousarray(image)
    return {"sha256": hashlib.sha256(pixels.data).hexdigest(), "shape": list(image.shape), "dtype": str(image.dtype)}
