"""The frozen records that flow between stages.

Images are `uint8`, channels first, 0 to 255, until a network needs floats. Codes are `float32`, one row a code, in units of the
prior's standard deviation. Arrays between stages are numpy: torch lives inside models, encoders and clients.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from jaxtyping import Float32, UInt8
from numpy import ndarray

from bench.attention.record import Attention
from bench.datasets.vocabulary import Vocabulary

Status = Literal["clean", "two_factor", "entangled", "mixed", "conditional", "group", "inactive", "ambiguous"]


@dataclass(frozen=True)
class Factor:
    """One known cause of variation of a dataset. `values` has one entry a class, in order; `periodic` ones wrap around."""

    name: str
    kind: Literal["categorical", "ordered", "periodic"]
    values: tuple[str | float, ...]


@dataclass(frozen=True)
class Condition:
    """Latents held at `values`, and the words for what that means in the picture ("the shape is a heart")."""

    words: str
    latents: tuple[int, ...]
    values: tuple[float, ...]


@dataclass(frozen=True)
class Unit:
    """What gets explained: one latent, a group of latents, or latents under a condition.

    `contrasts` are other conditions under which the same latents can be moved, for comparison.
    """

    name: str
    latents: tuple[int, ...]
    condition: Condition | None = None
    contrasts: tuple[Condition, ...] = ()


@dataclass(frozen=True)
class Row:
    """One row of a traversal: the latents that move along it, and what is held fixed beside the reference code, if anything."""

    moved: tuple[int, ...]
    held: Condition | None = None


@dataclass(frozen=True)
class Traversal:
    """One unit moved, all else held, starting from one reference code. Steps go from low to high values of the unit.

    `anchor` names the reference: a noise seed, or the index of a real image. `rows` says what each row of `images` does.
    `attention` is where the unit looks in each image, for explainers that are shown it; it is never stored.
    """

    unit: Unit
    anchor: int
    reference: Float32[ndarray, " latents"]
    codes: Float32[ndarray, "rows steps latents"]
    images: UInt8[ndarray, "rows steps channels height width"]
    rows: tuple[Row, ...]
    attention: Float32[ndarray, "rows steps height width"] | None = None


@dataclass(frozen=True)
class UnitTraversals:
    """The traversals of one unit. Those an explainer sees and those used for scoring start from different anchors."""

    unit: Unit
    shown: tuple[Traversal, ...]
    held_out: tuple[Traversal, ...]

    def __post_init__(self) -> None:
        shared = {t.anchor for t in self.shown} & {t.anchor for t in self.held_out}
        if shared:
            raise ValueError(f"anchors {sorted(shared)} of unit {self.unit.name} are both shown and held out")


@dataclass(frozen=True)
class Effect:
    """A factor that a unit changes: its share of the unit's whole effect in [0, 1], and the sign of the change.

    `sign` is +1 when the factor's value rises as the unit rises, -1 when it falls, `None` when there is no single direction.
    """

    factor: str
    share: float
    sign: Literal[-1, 1] | None


@dataclass(frozen=True)
class Truth:
    """What a unit really means. `effects` holds the factors that a full answer names, largest share first.

    `evidence` holds the numbers that decided, among them the share of every factor (`share/<factor>`). `condition` is what a unit
    under a condition holds fixed, in words.
    """

    unit: str
    status: Status
    effects: tuple[Effect, ...]
    source: Literal["exact", "recovered"]
    evidence: Mapping[str, float] = field(default_factory=dict)
    condition: str | None = None

    @property
    def factors(self) -> frozenset[str]:
        """The set of factors that a full answer names."""
        return frozenset(effect.factor for effect in self.effects)


@dataclass(frozen=True)
class Explanation:
    """An explainer's answer for one unit.

    `text` is `None` when the explainer abstains or failed; `failure` is the kind of failure (see `ClientError`), and then there are
    no answers and no certainty. `answers` are all drawn answers in order; `certainty` lies in [0, 1]; `prompt` is the wording sent,
    also when it led to a failure, and `images` the pictures, each by the SHA-256 of its pixels, as answers are remembered by.
    A visual explainer gives `attention`, where the unit looks, with or without a text: that, too, is an answer.
    """

    unit: str
    text: str | None
    answers: tuple[str, ...] = ()
    certainty: float | None = None
    prompt: str | None = None
    failure: str | None = None
    usage: Mapping[str, float] = field(default_factory=dict)
    images: tuple[str, ...] = ()
    attention: Attention | None = None

    @property
    def outcome(self) -> Literal["answered", "abstained", "failed"]:
        """Exactly one of three: every unit ends as one of them, and the counts add up."""
        if self.failure is not None:
            return "failed"
        return "abstained" if self.text is None and self.attention is None else "answered"


@dataclass(frozen=True)
class Case:
    """Everything a metric may look at for one unit. `truth` is `None` where nobody knows what the unit means.

    `references` is what people wrote about the unit, beside what can be generated from its truth.
    """

    traversals: UnitTraversals
    truth: Truth | None
    explanation: Explanation
    vocabulary: Vocabulary
    references: tuple[str, ...] = ()

    @property
    def unit(self) -> Unit:
        """The unit that was explained."""
        return self.traversals.unit


@dataclass(frozen=True)
class ScoreRow:
    """One line of `rows.jsonl`: one cell × unit × metric, full precision.

    `cell` names the cell by its axes: dataset, model, bias, explainer, seed, and whatever else a sweep varies. `unit`, `status`
    and `outcome` are `None` for a value of the whole cell. `higher_is_better` is `None` where 0 is best, from either side. `keys`
    are those of every stage behind the value; `provenance` holds versions, commit and the fingerprint of the dataset.
    """

    cell: Mapping[str, str | int | float]
    unit: str | None
    status: str | None
    outcome: str | None
    metric: str
    value: float | None
    higher_is_better: bool | None
    bounds: tuple[float, float]
    keys: Mapping[str, str]
    provenance: Mapping[str, str]


@dataclass(frozen=True)
class UnitRecord:
    """What a page shows of one unit in one cell; `looked` are the pictures behind its first maps, where they are at hand."""

    cell: Mapping[str, str | int | float]
    unit: Unit
    truth: Truth | None
    explanation: Explanation
    strip: UInt8[ndarray, "rows steps channels height width"]
    looked: UInt8[ndarray, "n channels _height _width"] | None = None
