"""Answers mean the same when each follows from the other, as a text model judges (Kuhn et al. 2023, arXiv 2302.09664)."""

import asyncio
import itertools
import re
from collections.abc import Sequence
from typing import ClassVar

import numpy as np
from jaxtyping import Bool
from numpy import ndarray

from bench.clients.messages import Client, Message
from bench.component import component
from bench.errors import ClientError


@component
class EntailedMeaning:
    """Asks `question`, with `{premise}` and `{conclusion}` filled in, for each ordered pair of different texts.

    The first word of a reply decides: one of `entails` or one of `differs`, else the reply is `unparsable`.
    """

    version: ClassVar[int] = 1

    client: Client
    question: str
    entails: tuple[str, ...]
    differs: tuple[str, ...]

    async def same(self, answers: Sequence[str]) -> Bool[ndarray, "n n"]:
        texts = list(dict.fromkeys(answers))
        pairs = list(itertools.permutations(range(len(texts)), 2))
        follows = np.eye(len(texts), dtype=bool)
        asked = (self._entails(texts[premise], texts[conclusion]) for premise, conclusion in pairs)
        # All are waited for, so that what was paid for is kept when one fails.
        for pair, entailed in zip(pairs, await asyncio.gather(*asked, return_exceptions=True), strict=True):
            if isinstance(entailed, BaseException):
                raise entailed
            follows[pair] = entailed
        where = np.array([texts.index(answer) for answer in answers], dtype=np.intp)
        both: ndarray = (follows & follows.T)[np.ix_(where, where)]
        return both

    async def _entails(self, premise: str, conclusion: str) -> bool:
        parts = {"premise": premise, "conclusion": conclusion}
        # In one pass, so that what an answer says is never taken for a place to fill in.
        question = re.sub(r"\{(premise|conclusion)\}", lambda found: parts[found[1]], self.question)
        reply = (await self.client(Message(question), 0)).text
        word = re.search(r"\w+", reply.casefold())
        if word and word[0] in self.entails:
            return True
        if word and word[0] in self.differs:
            return False
        raise ClientError("unparsable", f"expected one of {', '.join((*self.entails, *self.differs))}, got {reply[:80]!r}")
