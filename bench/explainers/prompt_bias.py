"""The words of an inductive bias: what it claims of a latent, as a formula and as sentences for a prompt."""

from collections.abc import Mapping
from typing import ClassVar

from bench.component import component


@component
class PromptBias:
    """One inductive bias as an explainer hears of it. All fields are data, so that other wordings need no code.

    `formula` states the bias in symbols and `mapping` gives the phrase for each symbol; `layout` says how rows are arranged;
    `sentence` is what the bias adds to the prompt ("" for no bias). Source: LatentExplainer (arXiv 2406.14862), Figure 2.
    """

    version: ClassVar[int] = 1
    name: str
    formula: str | None
    mapping: Mapping[str, str]
    layout: str
    sentence: str
