"""From an inductive bias in symbols to a sentence of the prompt: as written down, as a glossary, or by a text model."""

import re
from collections.abc import Mapping
from typing import ClassVar, Protocol, runtime_checkable

from bench.clients.messages import Client, Message
from bench.clients.remembered import Remembered
from bench.component import component
from bench.explainers.prompt_bias import PromptBias

CONDITION = "{condition}"


@runtime_checkable
class Prompt(Protocol):
    """What a bias adds to the prompt, "" for no bias. `foreseen` is the same as far as it is known without asking anybody."""

    async def sentence(self, bias: PromptBias) -> str: ...
    def foreseen(self, bias: PromptBias) -> str: ...


@component
class GivenSentence:
    """The sentence that the bias's YAML holds: the conversion of its formula by hand, which needs no model."""

    version: ClassVar[int] = 1

    async def sentence(self, bias: PromptBias) -> str:
        return self.foreseen(bias)

    def foreseen(self, bias: PromptBias) -> str:
        return bias.sentence


@component
class Glossary:
    """The formula as it is, and what its symbols mean: `text` with `{formula}` and `{mapping}` filled in."""

    version: ClassVar[int] = 1

    text: str

    async def sentence(self, bias: PromptBias) -> str:
        return self.foreseen(bias)

    def foreseen(self, bias: PromptBias) -> str:
        if bias.formula is None:
            return ""
        return _with_condition(_filled(self.text, formula=bias.formula, mapping=listed(bias.mapping)), bias)


@component
class WrittenSentence:
    """A text model writes the sentence from the formula, the mapping and one worked example, as in LatentExplainer (Figure 2).

    `instruction` is what it is sent, with `{example_formula}`, `{example_mapping}`, `{example_sentence}`, `{formula}` and
    `{mapping}` filled in; an `Answer` is a sentence. The words of a unit's condition are added where the bias's own have them.
    """

    version: ClassVar[int] = 1

    client: Client
    instruction: str
    example_formula: str
    example_mapping: Mapping[str, str]
    example_sentence: str

    async def sentence(self, bias: PromptBias) -> str:
        if bias.formula is None:
            return ""
        return _with_condition((await self.client(self.message(bias), 0)).text, bias)

    def foreseen(self, bias: PromptBias) -> str:
        if bias.formula is None:
            return ""
        kept = self.client.recalled(self.message(bias), 0) if isinstance(self.client, Remembered) else None
        return bias.sentence if kept is None else _with_condition(kept.text, bias)

    def message(self, bias: PromptBias) -> Message:
        """What the text model is sent for a bias with a formula."""
        example = {
            "example_formula": self.example_formula,
            "example_mapping": listed(self.example_mapping),
            "example_sentence": self.example_sentence,
        }
        return Message(_filled(self.instruction, **example, formula=bias.formula or "", mapping=listed(bias.mapping)).strip())


def listed(mapping: Mapping[str, str]) -> str:
    """One symbol and its phrase a line."""
    return "\n".join(f'{symbol} -> "{phrase}"' for symbol, phrase in mapping.items())


def _filled(text: str, **parts: str) -> str:
    """All places filled in one pass, so that a formula with braces is never taken for a place."""
    return re.sub(r"\{(\w+)\}", lambda found: parts.get(found[1], found[0]), text)


def _with_condition(sentence: str, bias: PromptBias) -> str:
    """The lines of the bias's own sentence that hold the words of a unit's condition are said whatever is said of the bias."""
    lines = [line for line in bias.sentence.split("\n") if CONDITION in line]
    return "\n".join([sentence.strip(), *(line for line in lines if CONDITION not in sentence)])
