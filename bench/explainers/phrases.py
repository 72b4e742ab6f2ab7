"""Plain English for the changes of a unit."""

from collections.abc import Sequence
from dataclasses import dataclass

from bench.explainers.changes import Changes

VERBS = {
    ("position_x", 1): "moves to the right",
    ("position_x", -1): "moves to the left",
    ("position_y", 1): "moves down",
    ("position_y", -1): "moves up",
    ("size", 1): "grows",
    ("size", -1): "shrinks",
    ("turn", 1): "rotates counter-clockwise",
    ("turn", -1): "rotates clockwise",
    ("turn", 0): "rotates",
    ("brightness", 1): "gets brighter",
    ("brightness", -1): "gets darker",
}
NOUNS = {
    "position_x": "horizontal position",
    "position_y": "vertical position",
    "size": "size",
    "outline": "shape",
    "brightness": "brightness",
    "colour": "colour",
}


@dataclass(frozen=True)
class Names:
    """What the parts of a picture are called, each with its article."""

    subject: str
    upper: str
    lower: str


def sentence(changes: Changes, names: Names) -> str:
    """One sentence for all changes, in their order."""
    return _upper_first(listed(_claims(changes, names, names.subject))) + "."


def sentence_under(condition: str, changes: Changes, names: Names) -> str:
    """One sentence for changes that happen under a condition only ("the shape is a heart")."""
    return f"When {condition}, {listed(_claims(changes, names, 'it'))}."


def listed(parts: Sequence[str]) -> str:
    """The parts in a row, as in "a, b and c"."""
    return " and ".join(filter(None, (", ".join(parts[:-1]), parts[-1])))


def _claims(changes: Changes, names: Names, subject: str) -> list[str]:
    """Clauses with their subjects: what the object does, then what the backgrounds do."""
    signed = [VERBS[name, change.sign] for name, change in changes.items() if (name, change.sign) in VERBS]
    unsigned = [NOUNS[name] for name, change in changes.items() if name in NOUNS and (name, change.sign) not in VERBS]
    verbs = signed + ([f"changes its {listed(unsigned)}"] if unsigned else [])
    parts = {"upper_colour": names.upper, "lower_colour": names.lower}
    return ([f"{subject} {listed(verbs)}"] if verbs else []) + [f"{parts[n]} changes colour" for n in changes if n in parts]


def _upper_first(text: str) -> str:
    return text[:1].upper() + text[1:]
