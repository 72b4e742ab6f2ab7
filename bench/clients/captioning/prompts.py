"""Prompts to practise on: those of the package's own biases, and the same said otherwise. Some wordings are kept back."""

from dataclasses import dataclass
from functools import cache
from typing import Any

import yaml
from numpy.random import Generator

from bench.explainers.prompts import CONDITION
from bench.shipped import shipped

BIASES = ("none", "disentanglement", "combination", "conditional")
OTHERWISE = {
    "none": ("",),
    "disentanglement": (
        "Both rows of a pair have the same pattern of change, whatever the other variations are.",
        "The same change is seen in both rows despite other differences between them.",
        "The pattern of change is the same in each row of a pair and independent of other variations.",
    ),
    "combination": (
        "Several factors make a combination and change together: what one does depends on the others.",
        "The pattern is the one of a group of factors that depend on each other and change together.",
        "What changes is a combination of factors; each of them depends on the rest of the combination.",
    ),
    "conditional": (
        "Say what changes given the condition of the first row: {condition}. Other rows are under other conditions.",
        "Only the pattern of change given the first condition is asked for. That condition: {condition}.",
        "The pattern asked for need hold only in the first row, given its condition. Its condition: {condition}.",
    ),
}
LAYOUTS = (
    "Each row of images shows one thing turned up from left to right.",
    "You see rows of images; something is turned up step by step along each row.",
)
QUESTIONS = (
    "What changes from left to right?",
    "Describe the pattern of change.",
    "Say in one sentence what changes along the rows.",
)
HELD_OUT = 1  # of the wordings of each bias: the last ones


@dataclass(frozen=True)
class Shown:
    """How a bias is worded in the package."""

    layout: str
    sentence: str


def prompt(bias: str, tells: bool, condition: str | None, rng: Generator, held_out: bool = False) -> str:
    """A prompt about rows that a bias arranged, with or without the sentence of the bias, in drawn words."""
    own = _own(bias)
    layout = str(rng.choice([own.layout, own.layout, *LAYOUTS]))
    parts = (layout, _sentence(bias, held_out, rng) if tells else "", str(rng.choice([_asked(), *QUESTIONS])))
    lines = "\n".join(part for part in parts if part).split("\n")
    return "\n".join(line.replace(CONDITION, condition or "") for line in lines if condition or CONDITION not in line)


def wordings(bias: str, held_out: bool = False) -> tuple[str, ...]:
    """The sentences of a bias: those that are practised on, or those held out."""
    others = OTHERWISE[bias]
    if len(others) == 1:
        return others
    return others[-HELD_OUT:] if held_out else (_own(bias).sentence, *others[:-HELD_OUT])


def _sentence(bias: str, held_out: bool, rng: Generator) -> str:
    return str(rng.choice(wordings(bias, held_out)))


@cache
def _own(bias: str) -> Shown:
    words = _yaml("bias", f"{bias}.yaml")["words"]
    return Shown(words["layout"].strip(), words["sentence"].strip())


@cache
def _asked() -> str:
    asked = _yaml("explainer", "latent_explainer.yaml")
    return "\n".join(asked[name] for name in ("question", "length_rule", "abstain_rule"))


def _yaml(*parts: str) -> Any:
    return yaml.safe_load(shipped("conf", *parts).read_text(encoding="utf-8"))
