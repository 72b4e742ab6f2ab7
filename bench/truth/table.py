"""Truths as rows, for people: one line a unit."""

from collections.abc import Sequence

from bench.artifacts import Effect, Truth

ARROWS = {1: "rises", -1: "falls", None: "changes"}
COLUMNS = ("acts", "picture", "interaction", "encoder_interaction", "mismatch")


def table(truths: Sequence[Truth]) -> list[dict[str, str | float | None]]:
    """One row a unit: its status, what it does in words, and the numbers that decided; `None` where a number does not apply.

    Columns are the same in every row: those of the shares (`share/<factor>`) and, for labels from an encoder, of the variance of
    the code that each factor explains (`explained/<factor>`) come last.
    """
    names = list(dict.fromkeys(key for truth in truths for key in truth.evidence if key.startswith(("share/", "explained/"))))
    return [_row(truth, names) for truth in truths]


def _row(truth: Truth, names: Sequence[str]) -> dict[str, str | float | None]:
    said: dict[str, str | float | None] = {
        "unit": truth.unit,
        "status": truth.status,
        "does": ", ".join(map(_words, truth.effects)) or "nothing",
        "source": truth.source,
    }
    return said | {name: truth.evidence.get(name) for name in (*COLUMNS, *names)}


def _words(effect: Effect) -> str:
    return f"{effect.factor} {ARROWS[effect.sign]} ({effect.share:.2f})"
