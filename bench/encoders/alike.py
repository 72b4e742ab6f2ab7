"""Texts in batches without padding: no value depends on the texts beside it, and a batch costs less than its texts alone."""

from collections import defaultdict
from collections.abc import Iterator, Sequence


def of_equal_length(lengths: Sequence[int], most: int) -> Iterator[list[int]]:
    """The positions of texts with as many word pieces, at most `most` at a time; every position once."""
    places: dict[int, list[int]] = defaultdict(list)
    for place, length in enumerate(lengths):
        places[length].append(place)
    for same in places.values():
        yield from (same[start : start + most] for start in range(0, len(same), most))
