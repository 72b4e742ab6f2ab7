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
from bench.explainers.agreement import certainty, most_agreed, similarity
from bench.explainers.prompt_bias import PromptBias
from bench.explainers.sheet import sheet

CLAUSE = re.compile(r"[.!?:;,\n]|\s[-\u2013\u2014]\s")  # what ends the first clause of an answer
QUOTES = " \t\"'*`\u201c\u201d\u2018\u2019"


@component
class LatentExplainer:
    """Draws `answers` answers to one prompt about the first `sent` traversals, each as one sheet.

    The prompt is the bias's layout and sentence, then `several` (when more than one sheet is sent; `{sheets}` is their number),
    `question`, `length_rule` and `abstain_rule`; empty parts are left out. `{condition}` stands for the words of the unit's
    condition; a line that holds it is left out for a unit without one. Abstains when the answers agree less than `threshold`
    (`None`: never), when most of them abstain or when the one they agree on does; an answer abstains when its first clause is one
    of `abstain_phrases`. Raises the first `ClientError` when fewer than `min_answers` answers are usable.
    """

    version: ClassVar[int] = 1

    client: Client
    sent: Annotated[int, Field(ge=1)]
    answers: Annotated[int, Field(ge=1)]
    min_answers: Annotated[int, Field(ge=1)]
    several: str
    question: str
    length_rule: str
    abstain_rule: str
    abstain_phrases: tuple[str, ...]
    threshold: Annotated[float, Field(ge=0, le=1)] | None
    frame: Annotated[int, Field(ge=1)]
    gap: Annotated[int, Field(ge=0)]

    def __post_init__(self) -> None:
        if self.min_answers > self.answers:
            raise ConfigError(f"min_answers: expected at most answers={self.answers}, got {self.min_answers}")

    async def __call__(self, traversals: Sequence[Traversal], bias: PromptBias, seed: int) -> Explanation:
        requests = self.requests(traversals, bias, seed)
        drawn = await self._draw(requests)
        texts = tuple(answer.text for answer in drawn)
        alike = similarity(texts)
        sure = certainty(alike)
        silent = [self.abstains(text) for text in texts]
        best = most_agreed(alike)
        unsure = self.threshold is not None and sure is not None and sure < self.threshold
        text = None if unsure or silent[best] or 2 * sum(silent) > len(silent) else texts[best]
        usage = self._usage(drawn, sum(silent))
        return Explanation(traversals[0].unit.name, text, texts, sure, requests[0][0].text, usage=usage)

    def requests(self, traversals: Sequence[Traversal], bias: PromptBias, seed: int) -> list[tuple[Message, int]]:
        """Every question that explaining a unit asks, with its replicate index: each seed draws its own."""
        message = self.message(traversals, bias)
        return [(message, replicate) for replicate in range(seed * self.answers, (seed + 1) * self.answers)]

    def message(self, traversals: Sequence[Traversal], bias: PromptBias) -> Message:
        """What is sent for a unit, the same for every answer drawn."""
        if len(traversals) < self.sent:
            raise ConfigError(
                f"sent: expected at most the {len(traversals)} traversals shown (bias.moves.references), got {self.sent}"
            )
        shown = traversals[: self.sent]
        return Message(self._prompt(shown[0].unit, bias), tuple(sheet(moved.images, self.frame, self.gap) for moved in shown))

    def abstains(self, answer: str) -> bool:
        """Whether an answer says that there is nothing clear to say."""
        first = CLAUSE.split(answer.strip(QUOTES), maxsplit=1)[0]
        return " ".join(first.strip(QUOTES).casefold().split()) in {phrase.casefold() for phrase in self.abstain_phrases}

    def _prompt(self, unit: Unit, bias: PromptBias) -> str:
        several = self.several if self.sent > 1 else ""
        parts = (bias.layout, several, bias.sentence, self.question, self.length_rule, self.abstain_rule)
        prompt = "\n".join(part.strip() for part in parts if part.strip()).replace("{sheets}", str(self.sent))
        if unit.condition is not None:
            return prompt.replace("{condition}", unit.condition.words)
        return "\n".join(line for line in prompt.split("\n") if "{condition}" not in line)

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
