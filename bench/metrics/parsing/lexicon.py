"""From words to marks: finds the phrases of a vocabulary, and those of English grammar, in a text."""

from collections import defaultdict
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Literal

from bench.datasets.vocabulary import FactorWords, Vocabulary
from bench.metrics.parsing.english import is_filler, stem, tokens
from bench.metrics.parsing.roles import ROLES

Sign = Literal[-1, 1] | None

_PUNCTUATION = {",": "comma", "(": "comma", ")": "comma", ":": "colon", ".": "stop", ";": "stop", "!": "stop", "?": "stop"}
_QUALITIES = frozenset({"hue", "color", "colour", "shade", "tint"})
_REACH = 4  # filler words that may stand between two words of a phrase


@dataclass(slots=True)
class Mark:
    """A phrase found in a text: its grammatical roles, and what it says of factors.

    `claims` are changes it states by itself ("grows"), `turns` directions that need a verb of motion ("right"), `nouns` factors it
    names (by a `quality`: "the hue of the wall"), `values` classes it names by their rank among the named ones. `gap` counts
    unknown words since the mark before.
    """

    roles: set[str] = field(default_factory=set)
    nouns: set[str] = field(default_factory=set)
    claims: dict[str, Sign] = field(default_factory=dict)
    turns: dict[str, Sign] = field(default_factory=dict)
    values: dict[str, int] = field(default_factory=dict)
    quality: bool = False
    word: str = ""
    gap: int = 0


@dataclass(frozen=True)
class Lexicon:
    """All phrases, as a tree of stems. `places` are the factors of motion without a direction; `directed` those that have signs."""

    tree: dict
    places: frozenset[str]
    directed: frozenset[str]
    last: dict[str, int]

    def read(self, text: str) -> list[Mark]:
        """The marks of a text in order, longest phrases first; words that no phrase holds leave no mark."""
        words = tokens(text)
        stems = [stem(word) for word in words]
        marks, at, gap = [], 0, 0
        while at < len(words):
            found, end = self._longest(self.tree, stems, at)
            if found is None:
                gap += not is_filler(stems[at])
                at += 1
                continue
            told = (found.roles, found.nouns, found.claims, found.turns, found.values, found.quality)
            marks.append(Mark(*told, words[at], gap))
            at, gap = end, 0
        return marks

    def _longest(self, node: dict, stems: list[str], at: int) -> tuple[Mark | None, int]:
        best, end = None, at
        reach = at
        while reach < len(stems):
            child = node.get(stems[reach])
            if child is not None:
                deeper, stop = self._longest(child, stems, reach + 1)
                if deeper is None and "" in child:
                    deeper, stop = child[""], reach + 1
                if deeper is not None:
                    return deeper, stop
            if node is self.tree or reach - at >= _REACH or not is_filler(stems[reach]):
                break
            reach += 1
        return best, end


@lru_cache(maxsize=32)
def lexicon(vocabulary: Vocabulary) -> Lexicon:
    """The phrases of a vocabulary and of English, compiled once."""
    phrases: dict[tuple[str, ...], Mark] = defaultdict(Mark)
    for mark, name in ((mark, name) for mark, name in _PUNCTUATION.items()):
        phrases[(mark,)].roles.add(name)
    for role, listed in ROLES.items():
        for phrase in listed.split("; "):
            phrases[_stems(phrase)].roles.add(role)
    for words in vocabulary.factors:
        _add(phrases, words)
    places = frozenset(words.factor for words in vocabulary.factors if "move" in words.change)
    directed = frozenset(words.factor for words in vocabulary.factors if words.says.get("increase"))
    return Lexicon(_tree(phrases), places, directed, {words.factor: len(words.values) - 1 for words in vocabulary.factors})


def _add(phrases: dict[tuple[str, ...], Mark], words: FactorWords) -> None:
    for noun in words.nouns:
        named = phrases[_stems(noun)]
        named.nouns.add(words.factor)
        named.quality = not _QUALITIES.isdisjoint(noun.split())
    for rank, names in enumerate(words.values.values()):
        for name in names:
            phrases[_stems(name)].values[words.factor] = rank
    signed: tuple[tuple[tuple[str, ...], Sign], ...] = ((words.increase, 1), (words.decrease, -1), (words.change, None))
    for entries, sign in signed:
        for entry in entries:
            first, *rest = _stems(entry)
            if first == stem("move") and rest:
                phrases[tuple(rest)].turns[words.factor] = sign
            elif first != stem("move"):
                phrases[(first, *rest)].claims[words.factor] = sign


def _stems(phrase: str) -> tuple[str, ...]:
    return tuple(stem(word) for word in tokens(phrase))


def _tree(phrases: dict[tuple[str, ...], Mark]) -> dict:
    root: dict = {}
    for phrase, mark in phrases.items():
        node = root
        for word in phrase:
            node = node.setdefault(word, {})
        node[""] = mark
    return root
