"""One answer from many strips: what they have in common over rows and over reference codes."""

from collections.abc import Sequence

from bench.explainers.changes import Change, Changes


def pooled(strips: Sequence[Changes], agreement: float, share: float) -> Changes:
    """The changes that at least the share `agreement` of the strips shows, largest first.

    A change whose effect is less than `share` of the largest one is left out as its by-product.
    """
    found: dict[str, Change] = {}
    for name in dict.fromkeys(name for strip in strips for name in strip):
        shown = [strip[name] for strip in strips if name in strip]
        if len(shown) >= agreement * len(strips):
            found[name] = _mean(shown)
    largest = max((change.effect for change in found.values()), default=0.0)
    kept = [item for item in found.items() if item[1].effect >= share * largest]
    return dict(sorted(kept, key=lambda item: -item[1].effect))


def in_all(rows: Sequence[Changes]) -> Changes:
    """The changes that every row shows, each with its smallest effect; without a sign where rows go different ways."""
    shared = [name for name in rows[0] if all(name in row for row in rows)]
    return {name: _least([row[name] for row in rows]) for name in shared}


def in_any(rows: Sequence[Changes]) -> Changes:
    """The changes that any row shows, each as the row has it where its effect is largest."""
    found = sorted((item for row in rows for item in row.items()), key=lambda item: item[1].effect)
    return dict(found)


def _mean(changes: Sequence[Change]) -> Change:
    effect = sum(change.effect for change in changes) / len(changes)
    return Change(effect, _vote(changes), max(change.trust for change in changes))


def _least(changes: Sequence[Change]) -> Change:
    return Change(min(change.effect for change in changes), _vote(changes), max(change.trust for change in changes))


def _vote(changes: Sequence[Change]) -> int:
    """The sign of most changes that have one. Only the highest trust votes: a square turned by 80° looks like one at -10°."""
    signed = [change for change in changes if change.sign]
    highest = max((change.trust for change in signed), default=0.0)
    votes = [change.sign for change in signed if change.trust == highest]
    return 0 if abs(sum(votes)) <= len(votes) / 2 else (1 if sum(votes) > 0 else -1)
