"""What the words of grammar do to the clause around them. The roles and their words stand in `roles.py`."""

from collections.abc import Callable

from bench.metrics.parsing import boundaries, ways
from bench.metrics.parsing.contents import content
from bench.metrics.parsing.lexicon import Mark
from bench.metrics.parsing.reading import Reading


def read(reading: Reading) -> None:
    """Read a sentence to its end; its claims are then in `reading.claims`."""
    while reading.at < len(reading.marks):
        mark = reading.marks[reading.at]
        if not (reading.skipping and reading.skips(mark)):
            _mark(reading, mark)
        reading.at += 1
    reading.boundary()


def _mark(reading: Reading, mark: Mark) -> None:
    for role in GRAMMAR if mark.roles else ():
        if role in mark.roles:
            GRAMMAR[role](reading, mark)
            if role not in _WITH_CONTENT:
                return
    if not mark.roles & {"of", "possessive"}:
        content(reading, mark)


# In the order in which a word with several roles plays them.
GRAMMAR: dict[str, Callable[[Reading, Mark], None]] = {
    "comma": boundaries.comma,
    "colon": boundaries.conjunction,
    "clause": boundaries.cut,
    "which": boundaries.which,
    "rows": boundaries.rows,
    "early": ways.early,
    "late": ways.late,
    "and": boundaries.conjunction,
    "as": boundaries.as_clause,
    "when": boundaries.when,
    "for": boundaries.for_case,
    "not": boundaries.denial,
    "whatever": boundaries.whatever,
    "choice": ways.choice,
    "except": boundaries.exception,
    "halt": boundaries.halt,
    "undo": ways.undo,
    "reader": boundaries.reader,
    "latent": boundaries.latent,
    "it": boundaries.pronoun,
    "from": ways.start,
    "to": ways.end,
    "become": ways.become,
    "move": ways.motion,
    "drift": ways.motion,
}
_WITH_CONTENT = frozenset({"undo", "it", "reader", "latent"})
