"""The steps of the gauntlet: what a metric that can be trusted does with answers whose worth is known.

Source: the controls that a score of explanations must tell apart; the share of 0.9 is that of the missing-label and extra-label
tests of Oikarinen et al. 2025 (arXiv 2506.05774).
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Literal, get_args

from bench.interfaces import Aspect

OF_MAPS: frozenset[Aspect] = frozenset({"maps", "places", "defects", "edges"})
ASPECTS: frozenset[Aspect] = frozenset(get_args(Aspect)) - OF_MAPS  # of texts, which a metric that says nothing is held to

Trial = Literal["texts", "maps", "defects"]
Kind = Literal["pairs", "means", "floor"]
PAIRS_WON = 0.9  # a better answer must win on more than this share of the units
MARGIN = 1e-6  # by more than rounding


@dataclass(frozen=True)
class Step:
    """One comparison. `pairs`: `better` beats `worse` unit by unit; `means`: its mean is better.

    `floor`: `better` is at the floor by chance, and the mean of `worse` lies in the 95 % interval of its mean.
    """

    name: str
    aspect: Aspect
    kind: Kind
    better: str
    worse: str


STEPS = (
    Step("removed", "omissions", "pairs", "oracle", "oracle_minus"),
    Step("added", "additions", "pairs", "oracle", "oracle_plus"),
    Step("flipped", "directions", "pairs", "oracle", "flipped"),
    Step("oracle over generic", "texts", "means", "oracle", "generic"),
    Step("generic over shuffled", "texts", "means", "generic", "shuffled"),
    Step("constant at the floor", "texts", "floor", "shuffled", "constant"),
    Step("random direction at the floor", "pictures", "floor", "shuffled", "random_direction"),
    Step("untrained at the floor", "texts", "floor", "shuffled", "untrained"),
)
MAP_STEPS = (
    Step("oracle over blurred", "places", "pairs", "oracle", "blurred"),
    Step("oracle over dealt", "places", "pairs", "oracle", "dealt"),
    Step("blurred over object", "places", "means", "blurred", "object"),
    Step("blurred over outline", "places", "means", "blurred", "outline"),
    Step("blurred over centre", "places", "means", "blurred", "centre"),
    Step("blurred over noise", "places", "means", "blurred", "noise"),
)
DEFECT_STEPS = (
    Step("oracle over blurred", "edges", "pairs", "oracle", "blurred"),
    Step("oracle over dealt", "defects", "pairs", "oracle", "dealt"),
    Step("blurred over median", "defects", "means", "blurred", "median"),
    Step("blurred over centre", "defects", "means", "blurred", "centre"),
    Step("noise at the floor", "defects", "floor", "dealt", "noise"),
    Step("flat at the floor", "defects", "floor", "dealt", "flat"),
    Step("same at the floor", "defects", "floor", "dealt", "same"),
)
TRIALS: Mapping[Trial, tuple[Step, ...]] = {"texts": STEPS, "maps": MAP_STEPS, "defects": DEFECT_STEPS}


def trial_of(sees: Collection[str]) -> Trial:
    """Which worlds and steps a metric that sees these aspects is held to."""
    return "defects" if "defects" in sees else "maps" if "maps" in sees else "texts"
