"""LatentExplainer (arXiv 2406.14862): show a traversal to a multimodal model, draw several answers, keep the one they agree on."""

import asyncio
import re
from collections.abc import Mapping, Sequence
from typing import Annotated, ClassVar

from pydantic import Field

from bench.artifacts import Explanation, Traversal, Unit
from bench.clients.messages import Answer, Client, Message
from bench.component import component
from bench.errors import ClientError, ConfigError
from bench.explainers.judgement import Certainty
from bench.explainers.layouts import Layout
from bench.explainers.overlay import Overlaid
from bench.explainers.prompt_bias import PromptBias
from bench.explainers.prompts import CONDITION, Prompt
from bench.explainers.visible_change import visible_change
from bench.interfaces import Dataset, GenerativeModel

CLAUSE = re.compile(r"[.!?:;,\n]|\s[-\u2013\u2014]\s")  # what ends the first clause of an answer
QUOTES = " \t\"'*`\u201c\u201d\u2018\u2019"


@component
class LatentExplainer:
    """Draws `answers` answers to one prompt about the first `sent` traversals, as pictures of a `layout`.

    The prompt is the bias's layout, the words of the layout, the sentence that `prompt` makes of the bias (only when `tells_bias`),
    `question`, `length_rule` and `abstain_rule`; empty parts are left out. `{condition}` stands for the words of the unit's
    condition; a line that holds it is left out for a unit without one. `certainty` judges the answers. Abstains when it is below
    `threshold` (`None`: never), when most answers abstain or when the one to keep does; an answer abstains when its first clause
    is one of `abstain_phrases`. Abstains without asking when no traversal sent changes by `skip_below` (see `visible_change`;
    `None`: always asks). The first `ClientError` is the failure of the unit when fewer than `min_answers` answers are usable.
    """

    version: ClassVar[int] = 4

    client: Client
    prompt: Prompt
    layout: Layout
    certainty: Certainty
    tells_bias: bool
    sent: Annotated[int, Field(ge=1)]
    answers: Annotated[int, Field(ge=1)]
    min_answers: Annotated[int, Field(ge=1)]
    question: str
    length_rule: str
    abstain_rule: str
    abstain_phrases: tuple[str, ...]
    threshold: Annotated[float, Field(ge=0, le=1)] | None
    skip_below: Annotated[float, Field(ge=0, le=1)] | None

    def __post_init__(self) -> None:
        if self.min_answers > self.answers:
            raise ConfigError(f"min_answers: expected at most answers={self.answers}, got {self.min_answers}")

    async def __call__(self, traversals: Sequence[Traversal], bias: PromptBias, seed: int) -> Explanation:
        shown = self._shown(traversals)
        unit = shown[0].unit.name
        if self._dead(shown):
            return Explanation(unit, None, usage={"skipped": 1.0})
        message = self._message(shown, bias, await self.prompt.sentence(bias) if self.tells_bias else "")
        try:
            drawn = await self._draw([(message, replicate) for replicate in self._replicates(seed)])
            return await self._explained(unit, message, drawn)
        except ClientError as error:
            return Explanation(unit, None, prompt=message.text, failure=error.kind, images=message.hashes)

    def requests(self, traversals: Sequence[Traversal], bias: PromptBias, seed: int) -> list[tuple[Message, int]]:
        """Every question about the pictures that explaining a unit asks, with its replicate index: each seed draws its own.

        What `prompt` and `certainty` may ask a text model is not among them; a prompt that is not written yet is foreseen.
        """
        if self._dead(self._shown(traversals)):
            return []
        message = self.message(traversals, bias)
        return [(message, replicate) for replicate in self._replicates(seed)]

    def message(self, traversals: Sequence[Traversal], bias: PromptBias) -> Message:
        """What is sent for a unit, the same for every answer drawn, as far as it is known without asking for a prompt."""
        return self._message(self._shown(traversals), bias, self.prompt.foreseen(bias) if self.tells_bias else "")

    @property
    def attends(self) -> bool:
        """Whether its layout shows where the unit looks."""
        return isinstance(self.layout, Overlaid)

    def attended(self, traversals: Sequence[Traversal], model: GenerativeModel, dataset: Dataset, seed: int) -> Sequence[Traversal]:
        """The traversals that are sent, with where the unit looks in their frames."""
        shown = self._shown(traversals)
        return self.layout.attended(shown, model, dataset, seed) if isinstance(self.layout, Overlaid) else shown

    def abstains(self, answer: str) -> bool:
        """Whether an answer says that there is nothing clear to say."""
        first = CLAUSE.split(answer.strip(QUOTES), maxsplit=1)[0]
        return " ".join(first.strip(QUOTES).casefold().split()) in {phrase.casefold() for phrase in self.abstain_phrases}

    def _shown(self, traversals: Sequence[Traversal]) -> Sequence[Traversal]:
        if len(traversals) < self.sent:
            raise ConfigError(
                f"sent: expected at most the {len(traversals)} traversals shown (bias.moves.references), got {self.sent}"
            )
        return traversals[: self.sent]

    def _replicates(self, seed: int) -> range:
        return range(seed * self.answers, (seed + 1) * self.answers)

    def _dead(self, shown: Sequence[Traversal]) -> bool:
        return self.skip_below is not None and all(visible_change(moved.images) < self.skip_below for moved in shown)

    def _message(self, shown: Sequence[Traversal], bias: PromptBias, sentence: str) -> Message:
        pictures = (picture for moved in shown for picture in self.layout.pictures(moved.images, moved.attention))
        return Message(self._text(shown[0], bias, sentence), tuple(pictures))

    def _text(self, first: Traversal, bias: PromptBias, sentence: str) -> str:
        rows, steps = first.images.shape[:2]
        told = "\n".join((self.layout.told, self.layout.several if self.sent > 1 else "")).strip()
        for place, number in (("{sheets}", self.sent), ("{rows}", rows), ("{steps}", steps)):
            told = told.replace(place, str(number))
        parts = (bias.layout, told, sentence, self.question, self.length_rule, self.abstain_rule)
        return _under(first.unit, "\n".join(part.strip() for part in parts if part.strip()))

    async def _explained(self, unit: str, message: Message, drawn: Sequence[Answer]) -> Explanation:
        texts = tuple(answer.text for answer in drawn)
        silent = [self.abstains(text) for text in texts]
        best, sure = await self.certainty(texts, silent)
        unsure = self.threshold is not None and sure is not None and sure < self.threshold
        mute = best is None or silent[best] or 2 * sum(silent) > len(silent)
        text = None if best is None or unsure or mute else texts[best]
        return Explanation(unit, text, texts, sure, message.text, None, self._usage(drawn, sum(silent)), message.hashes)

    async def _draw(self, requests: Sequence[tuple[Message, int]]) -> list[Answer]:
        outcomes = await asyncio.gather(*(self.client(message, i) for message, i in requests), return_exceptions=True)
        failures = [outcome for outcome in outcomes if isinstance(outcome, BaseException)]
        drawn = [outcome for outcome in outcomes if isinstance(outcome, Answer)]
        for failure in failures:
            if not isinstance(failure, ClientError) or len(drawn) < self.min_answers:
                raise failure
        return drawn

    def _usage(self, drawn: Sequence[Answer], silent: int) -> Mapping[str, float]:
        """Tokens of the usable answers, and how many answers failed or abstained. The same whether sent or remembered."""
        return {
            "prompt_tokens": float(sum(answer.prompt_tokens for answer in drawn)),
            "completion_tokens": float(sum(answer.completion_tokens for answer in drawn)),
            "failed_answers": float(self.answers - len(drawn)),
            "abstaining_answers": float(silent),
        }


def _under(unit: Unit, prompt: str) -> str:
    """The prompt with the words of the unit's condition; without one, the lines that speak of it are left out."""
    if unit.condition is not None:
        return prompt.replace(CONDITION, unit.condition.words)
    return "\n".join(line for line in prompt.split("\n") if CONDITION not in line)
