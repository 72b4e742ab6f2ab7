"""Whether pictures change as an answer says: directional alignment in a joint encoder (Gal et al. 2022, arXiv 2108.00946)."""

from collections.abc import Sequence
from typing import ClassVar, Literal

import numpy as np

from bench.artifacts import Case
from bench.component import component
from bench.interfaces import Aspect, JointEncoder
from bench.metrics.before_after import BeforeAfter
from bench.metrics.clip_directions import agreement, seen_directions
from bench.metrics.statements import claimed


@component
class ClipDirectional:
    """cos(E(last) - E(first), E(after) - E(before)), mean over held-out strips: higher is better, -1 to 1.

    The captions before and after are made of what the answer claims (see `agreement`): a claim without a direction fits either way,
    and an answer that claims nothing scores 0. `None` without an answer and where no strip changes; truth is not needed. Ceiling:
    below 1, what captions can tell of pictures. Floor: 0, other factors; below, the wrong direction. Claims without a direction
    choose among more captions, which lifts wrong ones above 0. Only the two ends are seen: what comes back to its start is not,
    and a turn of a symmetric shape is hardly told from its reverse.
    """

    version: ClassVar[int] = 1
    scope: ClassVar[Literal["unit", "cell"]] = "unit"
    higher_is_better: ClassVar[bool] = True
    bounds: ClassVar[tuple[float, float]] = (-1.0, 1.0)
    sees: ClassVar[frozenset[Aspect]] = frozenset({"directions", "texts", "pictures"})
    encoder: JointEncoder
    captions: BeforeAfter

    def __call__(self, cases: Sequence[Case]) -> list[float | None]:
        """One value per case."""
        seen, owners = seen_directions(cases, self.encoder)
        values: list[float | None] = []
        for number, case in enumerate(cases):
            claims, own = claimed(case), seen[owners == number]
            if claims is None or not len(own):
                values.append(None)
            else:
                values.append(float(np.mean(agreement(own, claims, case.vocabulary, self.captions, self.encoder))))
        return values
