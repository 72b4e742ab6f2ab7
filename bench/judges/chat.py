"""A judge that is any chat model: shown pictures and texts, it answers with a number or "none"."""

import re
from collections.abc import Sequence
from typing import Annotated, ClassVar

from pydantic import Field

from bench.artifacts import Traversal
from bench.clients.messages import Client, Message
from bench.component import component
from bench.errors import ClientError
from bench.explainers.sheet import sheet
from bench.interfaces import Picture

NUMBER = re.compile(r"[\s\"'*(]*(?:(\d{1,4})|(none))[\s\"'*).]*", re.IGNORECASE)


@component
class ChatJudge:
    """Asks `client` with the words of a YAML, in which {text}, {texts} and {options} (their number) are filled in.

    A strip is one picture: its rows below each other, frames enlarged to `frame` pixels, `gap` apart. The answer must be the number
    of an option, or "none"; anything else is a `ClientError` "unparsable". A text longer than `longest` characters is cut there.
    The client's settings are part of the key of every score; the same question is asked once (see `Remembered`).
    """

    version: ClassVar[int] = 1
    client: Client
    which_strip: str
    which_text: str
    which_end: str
    frame: Annotated[int, Field(ge=1)]
    gap: Annotated[int, Field(ge=0)]
    longest: Annotated[int, Field(ge=1)]

    async def choose_strip(self, text: str, strips: Sequence[Traversal]) -> int | None:
        """The strip that the text is about."""
        pictures = tuple(sheet(strip.images, self.frame, self.gap) for strip in strips)
        return await self._ask(_filled(self.which_strip, text=self._cut(text), options=str(len(strips))), pictures, len(strips))

    async def choose_text(self, strip: Traversal, texts: Sequence[str]) -> int | None:
        """The text that is about the strip."""
        listed = "\n".join(f"{k}. {self._cut(text)}" for k, text in enumerate(texts, start=1))
        picture = sheet(strip.images, self.frame, self.gap)
        return await self._ask(_filled(self.which_text, texts=listed, options=str(len(texts))), (picture,), len(texts))

    async def choose_end(self, text: str, ends: tuple[Picture, Picture]) -> int | None:
        """The picture that comes later in the change that the text tells."""
        pictures = tuple(sheet(end[None, None], self.frame, self.gap) for end in ends)
        return await self._ask(_filled(self.which_end, text=self._cut(text), options="2"), pictures, 2)

    async def _ask(self, text: str, pictures: tuple[Picture, ...], options: int) -> int | None:
        return place((await self.client(Message(text, pictures), 0)).text, options)

    def _cut(self, text: str) -> str:
        """The text on one line, so that it cannot pass for more of the question."""
        return " ".join(text[: self.longest].encode("utf-8", "replace").decode().split())


def place(answer: str, options: int) -> int | None:
    """The place, from 0, that an answer names; `None` for "none". Raises `ClientError` for all else."""
    found = NUMBER.fullmatch(answer)
    if found is None or (found[1] and not 1 <= int(found[1]) <= options):
        raise ClientError("unparsable", f'expected a number from 1 to {options} or "none", got {answer!r:.80}; ask another model')
    return int(found[1]) - 1 if found[1] else None


def _filled(question: str, **parts: str) -> str:
    """All places filled in one pass, so that a text with braces is never taken for a place."""
    return re.sub(r"\{(\w+)\}", lambda found: parts.get(found[1], found[0]), question)
