"""What each kind of component offers. Protocols only; implementations are final and share no code by inheritance."""

from collections.abc import Awaitable, Mapping, Sequence
from pathlib import Path
from typing import ClassVar, Literal, Protocol, runtime_checkable

from jaxtyping import Float32, Float64, Int, UInt8
from numpy import ndarray

from bench.artifacts import Case, Explanation, Factor, Traversal, Truth, Unit
from bench.clients.messages import Client, Message
from bench.datasets.vocabulary import Vocabulary
from bench.explainers.prompt_bias import PromptBias

Picture = UInt8[ndarray, "channels _height _width"]

Weights = Mapping[str, ndarray]
Aspect = Literal["omissions", "additions", "directions", "texts", "pictures", "maps", "places", "defects", "edges"]
"""What a metric may say that it sees, in its class variable `sees`:

`omissions`: a true factor that is not named; `additions`: a false one that is; `directions`: whether a change goes the right way;
`texts`: what the answer of a unit says at all; `pictures`: the strips, whatever the truth; `maps`: where the unit looks, and then
it is asked about answers with a map and about no others; `places`: whether that is where its factor acts; `defects`: whether that
is where pictures are defective; `edges`: whether the map ends where the defect does.
"""


@runtime_checkable
class Dataset(Protocol):
    """Images indexed by the classes of their factors. `factors` is empty when nobody knows them."""

    @property
    def factors(self) -> tuple[Factor, ...]: ...
    @property
    def vocabulary(self) -> Vocabulary: ...
    @property
    def fingerprint(self) -> str: ...
    def __len__(self) -> int: ...
    def images(self, index: Int[ndarray, " n"]) -> UInt8[ndarray, "n channels height width"]: ...
    def classes(self, index: Int[ndarray, " n"]) -> Int[ndarray, "n factors"]: ...
    def index(self, classes: Int[ndarray, "n factors"]) -> Int[ndarray, " n"]: ...


@runtime_checkable
class GenerativeModel(Protocol):
    """A model ready to use. Anchors are integers: a noise seed, or the index of a real image."""

    @property
    def latents(self) -> int: ...
    @property
    def units(self) -> tuple[Unit, ...]: ...
    def codes(self, anchors: Int[ndarray, " n"]) -> Float32[ndarray, "n latents"]: ...
    def render(
        self, anchors: Int[ndarray, " n"], codes: Float32[ndarray, "n latents"]
    ) -> UInt8[ndarray, "n channels height width"]: ...


@runtime_checkable
class Generator(Protocol):
    """What a YAML of the group `model` names: how to make a generative model, by training or without.

    `trained` is false when `fit` does not depend on the seed: exact decoders and frozen weights.
    """

    trained: ClassVar[bool]

    def fit(self, dataset: Dataset, seed: int, scratch: Path) -> Weights:
        """Train and return the weights; `scratch` survives a kill, and training resumes from what lies there."""
        ...

    def load(self, dataset: Dataset, weights: Weights) -> GenerativeModel:
        """The model with these weights, on this dataset."""
        ...


@runtime_checkable
class Moves(Protocol):
    """How the latents of a unit are moved: one traversal for each anchor."""

    @property
    def references(self) -> int: ...
    @property
    def held_out(self) -> int: ...
    def __call__(self, model: GenerativeModel, unit: Unit, anchors: Int[ndarray, " n"]) -> Sequence[Traversal]: ...


@runtime_checkable
class TruthSource(Protocol):
    """Where the meaning of a unit is known from."""

    def __call__(self, model: GenerativeModel, dataset: Dataset) -> Sequence[Truth]: ...


@runtime_checkable
class Explainer(Protocol):
    """Says what changes along traversals of one unit. An explainer that waits for remote answers is `async def`."""

    def __call__(self, traversals: Sequence[Traversal], bias: PromptBias, seed: int) -> Explanation | Awaitable[Explanation]: ...


@runtime_checkable
class Asking(Protocol):
    """An explainer that asks a remote model; what it would send for one unit and through which client lets a plan price it."""

    @property
    def client(self) -> Client: ...
    def requests(self, traversals: Sequence[Traversal], bias: PromptBias, seed: int) -> Sequence[tuple[Message, int]]: ...


@runtime_checkable
class Control(Protocol):
    """An explainer that reads the truth of all units instead of looking: the floor and the ceiling of every table."""

    def from_truth(self, truths: Sequence[Truth], vocabulary: Vocabulary, seed: int) -> Sequence[Explanation]: ...


@runtime_checkable
class Visual(Protocol):
    """An explainer that shows where each unit of a model looks in pictures of its dataset; only controls read the truths."""

    def look(self, model: GenerativeModel, dataset: Dataset, truths: Sequence[Truth], seed: int) -> Sequence[Explanation]: ...


@runtime_checkable
class TextEncoder(Protocol):
    """Turns texts into vectors of length one."""

    def __call__(self, texts: Sequence[str]) -> Float32[ndarray, "texts dims"]: ...


@runtime_checkable
class JointEncoder(Protocol):
    """Turns pictures and texts into vectors of one space, of length one."""

    def images(self, pictures: UInt8[ndarray, "n channels height width"]) -> Float32[ndarray, "n dims"]: ...
    def texts(self, texts: Sequence[str]) -> Float32[ndarray, "n dims"]: ...


@runtime_checkable
class ScoringJudge(Protocol):
    """Stands in for a reader: scores every text against every strip, so that any choice among them can be read off.

    Of two scores the higher one fits better, and equal ones cannot be told apart; only the order counts.
    """

    def fits(
        self, texts: Sequence[str], strips: Sequence[Traversal], vocabulary: Vocabulary
    ) -> Float64[ndarray, "texts strips"]: ...
    def rises(self, texts: Sequence[str], strips: Sequence[Traversal], vocabulary: Vocabulary) -> Float64[ndarray, " pairs"]:
        """For each text and its strip, its two end frames alone: the probability that the last one has the larger value."""
        ...


@runtime_checkable
class ChoosingJudge(Protocol):
    """Stands in for a reader: is shown some options at once and takes one, by its place, or `None` of them.

    Raises `ClientError`. Places may sway it, so whoever asks turns the options round.
    """

    async def choose_strip(self, text: str, strips: Sequence[Traversal]) -> int | None: ...
    async def choose_text(self, strip: Traversal, texts: Sequence[str]) -> int | None: ...
    async def choose_end(self, text: str, ends: tuple[Picture, Picture]) -> int | None:
        """Which of two pictures has the larger value of what the text says changes."""
        ...


Judge = ScoringJudge | ChoosingJudge


@runtime_checkable
class Metric(Protocol):
    """A pure function of the cases of one cell. A metric that waits for remote answers is `async def`.

    `scope` "unit" gives one value per case, in order; "cell" gives a single value for all of them. `None` where undefined.
    `higher_is_better` is `None` where 0 is best, from either side. A metric may say what it sees (`sees`, a set of `Aspect`): the
    gauntlet holds it to that, and to everything without it.
    """

    version: ClassVar[int]
    scope: ClassVar[Literal["unit", "cell"]]
    higher_is_better: ClassVar[bool | None]
    bounds: ClassVar[tuple[float, float]]

    def __call__(self, cases: Sequence[Case]) -> Sequence[float | None] | Awaitable[Sequence[float | None]]: ...


@runtime_checkable
class Comparative(Protocol):
    """A metric that holds each unit against the others of its cell, so that a unit's value depends on them."""

    compares_units: ClassVar[bool]


@runtime_checkable
class Interventional(Protocol):
    """A metric that also needs the model and the dataset: it changes pictures and looks what the model makes of them."""

    def intervene(self, cases: Sequence[Case], model: GenerativeModel, dataset: Dataset) -> Sequence[float | None]: ...
