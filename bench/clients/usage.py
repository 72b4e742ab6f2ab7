"""What a client did during a run, for the run's report."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Usage:
    """`hits` were remembered, `merged` waited for an equal request under way, `misses` were sent: together all that was asked.

    What a spending limit held back is in none of them. `failures` counts the failures of sent requests by kind. Tokens and `cost`
    (dollars, `None` when unknown) are those of the sent requests, unusable answers included; what a failed transport may have cost
    nobody tells.
    """

    hits: int
    merged: int
    misses: int
    failures: Mapping[str, int]
    prompt_tokens: int
    completion_tokens: int
    cost: float | None
