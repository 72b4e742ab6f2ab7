"""Groups of contestants that chance cannot tell apart, as letters (insert and absorb, Piepho 2004)."""

from collections.abc import Collection, Sequence


def letters(names: Sequence[str], different: Collection[frozenset[str]]) -> dict[str, str]:
    """Two names share a letter exactly when their pair is not in `different`. The order of names gives that of letters."""
    columns: list[frozenset[str]] = [frozenset(names)]
    for pair in sorted(different, key=sorted):
        split = []
        for column in columns:
            split += [column - {name} for name in sorted(pair)] if pair <= column else [column]
        unique = list(dict.fromkeys(split))
        columns = [one for one in unique if not any(one < other for other in unique)]
    ordered = sorted(columns, key=lambda column: sorted(names.index(name) for name in column))
    return {name: "".join(_letter(i) for i, column in enumerate(ordered) if name in column) for name in names}


def _letter(number: int) -> str:
    return chr(ord("a") + number % 26) * (number // 26 + 1)
