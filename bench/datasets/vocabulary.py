"""The words of a dataset: how people name its factors, and what they say when a factor rises, falls or just changes."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Literal, get_args

import yaml

from bench.errors import DataError
from bench.shipped import shipped

Change = Literal["increase", "decrease", "change"]

_CHANGES: tuple[Change, ...] = get_args(Change)
_REQUIRED = ("factor", "says", "nouns")
_KEYS = (*_REQUIRED, *_CHANGES, "values")


@dataclass(frozen=True)
class FactorWords:
    """The wording of one factor.

    `says` holds clauses to write with: one or more for a rise, a fall and a change without direction ("moves to the right").
    `nouns` name the factor ("horizontal position"); `increase`, `decrease` and `change` are phrases that tell what it does.
    `values` gives, for each class that has a name, the words for it ("heart"), from the lowest class to the highest.

    Phrases hold for every form of their words ("grow" for "growing"). A phrase "move ..." gives a direction and holds after any
    verb of motion; "move" alone says that motion without a direction is about this factor. A noun or phrase that several factors
    list names them all. A factor without `increase` clauses has no direction (a categorical one).
    """

    factor: str
    says: Mapping[Change, tuple[str, ...]]
    nouns: tuple[str, ...]
    increase: tuple[str, ...]
    decrease: tuple[str, ...]
    change: tuple[str, ...]
    values: Mapping[str, tuple[str, ...]]


@dataclass(frozen=True)
class Vocabulary:
    """All factor words of a dataset, and what its pictures show ("the shape")."""

    subject: str
    factors: tuple[FactorWords, ...]

    @property
    def directed(self) -> frozenset[str]:
        """The factors that people tell to rise or fall; a shape or a colour merely becomes another one."""
        return frozenset(words.factor for words in self.factors if words.says.get("increase"))

    def __hash__(self) -> int:
        # Mappings have no hash; equal vocabularies agree in these, so a vocabulary can be the key of a cache.
        return hash((self.subject, *(words.factor for words in self.factors)))


@cache
def load_vocabulary(name: str) -> Vocabulary:
    """The vocabulary of `datasets/<name>/vocabulary.yaml`. Raises one `DataError` that lists every fault of the file."""
    return read_vocabulary(shipped("datasets", name, "vocabulary.yaml"))


def read_vocabulary(path: Path) -> Vocabulary:
    """Read a vocabulary file. Raises one `DataError` that lists every fault of the file."""
    try:
        tree = yaml.safe_load(path.read_text(encoding="utf-8"))
    except yaml.YAMLError as error:
        raise DataError(f"{path}: expected YAML, got: {error}; mend the file") from error
    faults = list(_faults(tree))
    if faults:
        raise DataError(f"{path}: expected a vocabulary, found {len(faults)} fault(s); mend the file:\n" + "\n".join(faults))
    return Vocabulary(tree["subject"], tuple(_words(node) for node in tree["factors"]))


def _words(node: Mapping[str, Any]) -> FactorWords:
    return FactorWords(
        factor=node["factor"],
        says={change: tuple(node["says"][change]) for change in _CHANGES if change in node["says"]},
        nouns=tuple(node["nouns"]),
        increase=tuple(node.get("increase", ())),
        decrease=tuple(node.get("decrease", ())),
        change=tuple(node.get("change", ())),
        values={value: tuple(words) for value, words in node.get("values", {}).items()},
    )


def _faults(tree: Any) -> Iterator[str]:
    if not isinstance(tree, dict) or set(tree) != {"subject", "factors"}:
        yield "expected the keys subject and factors, got " + (", ".join(map(str, tree)) if isinstance(tree, dict) else repr(tree))
        return
    if not isinstance(tree["subject"], str) or not tree["subject"].strip():
        yield f"subject: expected words such as 'the object', got {tree['subject']!r}"
    nodes = tree["factors"] if isinstance(tree["factors"], list) else []
    if not nodes:
        yield f"factors: expected a list of at least one factor, got {tree['factors']!r}"
    for i, node in enumerate(nodes):
        yield from _node_faults(f"factors[{i}]", node)
    names = [node.get("factor") for node in nodes if isinstance(node, dict)]
    yield from (f"factors: {name!r} is listed twice" for i, name in enumerate(names) if name in names[:i])


def _node_faults(at: str, node: Any) -> Iterator[str]:
    if not isinstance(node, dict):
        yield f"{at}: expected keys {', '.join(_KEYS)}, got {node!r}"
        return
    yield from (f"{at}.{key}: unknown key; valid keys: {', '.join(_KEYS)}" for key in node if key not in _KEYS)
    yield from (f"{at}.{key}: expected a value, got none" for key in _REQUIRED if key not in node)
    if "factor" in node and not isinstance(node["factor"], str):
        yield f"{at}.factor: expected a name, got {node['factor']!r}"
    for key in ("nouns", *_CHANGES):
        yield from _list_faults(f"{at}.{key}", node.get(key, []))
    for key in ("says", "values"):
        yield from _mapping_faults(f"{at}.{key}", node.get(key, {}))
    says = node.get("says")
    if isinstance(says, dict):
        yield from (f"{at}.says.{key}: expected one of {', '.join(_CHANGES)}" for key in says if key not in _CHANGES)
        if not says.get("change"):
            yield f"{at}.says.change: expected at least one clause, got {says.get('change')!r}"


def _mapping_faults(at: str, node: Any) -> Iterator[str]:
    if not isinstance(node, dict):
        yield f"{at}: expected keys with lists of words, got {node!r}"
        return
    for key, words in node.items():
        if not isinstance(key, str):
            yield f"{at}: expected names as keys, got {key!r} ({type(key).__name__}); quote it"
        yield from _list_faults(f"{at}.{key}", words)


def _list_faults(at: str, words: Any) -> Iterator[str]:
    if not isinstance(words, list):
        yield f"{at}: expected a list of words, got {words!r}"
        return
    wrong = [word for word in words if not isinstance(word, str) or not word.strip()]
    yield from (f"{at}: expected words, got {word!r} ({type(word).__name__}); quote it" for word in wrong)
