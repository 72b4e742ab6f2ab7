"""Captions of pictures in varied wordings: what is said, in which order, with which words and in which frame is drawn."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from numpy.random import Generator

TRAINED = (
    "{}",
    "a picture of {}",
    "an image of {}",
    "there is {}",
    "the scene shows {}",
    "{} can be seen",
    "this is {}",
)
HELD_OUT = ("the picture shows {}", "an image where {} can be seen", "here there is {}", "a scene with {}")
_ARTICLE = re.compile(r"\ba (?=[aeiou])")


@dataclass(frozen=True)
class Grammar:
    """Which properties become adjectives and the noun, and by which patterns the others follow.

    `pair` are two properties that may share one pattern ("at the top left"). `nouns` stand in for a noun that is not said.
    """

    adjectives: tuple[str, ...]
    noun: str
    nouns: tuple[str, ...]
    clauses: Mapping[str, tuple[str, ...]]
    pair: tuple[str, str] | None = None
    together: tuple[str, ...] = ()


GRAMMARS = {
    "dsprites": Grammar(
        ("size",),
        "shape",
        ("shape", "object", "figure"),
        {
            "across": ("on the {}", "at the {}", "in the {}", "on the {} side"),
            "down": ("at the {}", "in the {}", "near the {}", "in the {} part"),
            "pose": ("{}", "that is {}"),
        },
        ("down", "across"),
        ("at the {} {}", "in the {} {}", "at the {} and on the {}"),
    ),
    "shapes3d": Grammar(
        ("size", "hue"),
        "shape",
        ("shape", "object", "thing"),
        {
            "floor": ("a {} floor", "on a {} floor", "with a {} floor", "standing on a {} floor", "on {} ground"),
            "wall": ("a {} wall", "in front of a {} wall", "with a {} wall", "before a {} wall", "against a {} background"),
            "view": ("seen from the {}", "viewed from the {}"),
        },
    ),
}


def caption(said: Mapping[str, str], grammar: Grammar, rng: Generator, held_out: bool = False) -> str:
    """One caption that says exactly the words of `said`, by property.

    Held-out wordings have frames that are never trained, and say the clauses before the thing that they are about.
    """
    thing, clauses = _thing(said, grammar, rng), _clauses(said, grammar, rng)
    parts = [*clauses, thing] if held_out else [thing, *clauses]
    if clauses and not said.keys() & {grammar.noun, *grammar.adjectives} and rng.random() < 0.3:
        parts = clauses
    if not held_out and rng.random() < 0.15:
        listed = [*said.values()] if grammar.pair else parts
        return ", ".join(listed[k] for k in rng.permutation(len(listed)))
    text = _drawn(HELD_OUT if held_out else TRAINED, rng).format((", " if rng.random() < 0.5 else " ").join(parts))
    return _ARTICLE.sub("an ", text)


def _thing(said: Mapping[str, str], grammar: Grammar, rng: Generator) -> str:
    noun = said.get(grammar.noun) or _drawn(grammar.nouns, rng)
    adjectives = [said[name] for name in grammar.adjectives if name in said]
    if adjectives and rng.random() < 0.25:
        return f"a {noun} that is {' and '.join(adjectives)}"
    return " ".join(["a", *adjectives, noun])


def _clauses(said: Mapping[str, str], grammar: Grammar, rng: Generator) -> list[str]:
    left = [name for name in grammar.clauses if name in said]
    made = []
    if grammar.pair and set(grammar.pair) <= set(left) and rng.random() < 0.6:
        made.append(_drawn(grammar.together, rng).format(*(said[name] for name in grammar.pair)))
        left = [name for name in left if name not in grammar.pair]
    made += [_drawn(grammar.clauses[name], rng).format(said[name]) for name in left]
    return [made[k] for k in rng.permutation(len(made))]


def _drawn(options: Sequence[str], rng: Generator) -> str:
    return options[int(rng.integers(len(options)))]
