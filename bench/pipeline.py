"""The whole benchmark on one screen: fit → traverse → label → explain → score.

Plain functions of plain arguments. What runs when, and where outputs are kept, is decided in `runner.py`.
"""

import asyncio
import inspect
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np

from bench.artifacts import Case, Explanation, Truth, UnitTraversals
from bench.datasets.vocabulary import Vocabulary
from bench.errors import ClientError, ConfigError, DataError
from bench.explainers.prompt_bias import PromptBias
from bench.interfaces import (
    Control,
    Dataset,
    Explainer,
    GenerativeModel,
    Generator,
    Interventional,
    Metric,
    Moves,
    TruthSource,
    Visual,
    Weights,
)

ANCHORS = 2**31  # anchors are drawn from below this
AT_ONCE = 256  # units of one cell whose pictures are in memory together


def fit(generator: Generator, dataset: Dataset, seed: int, scratch: Path) -> Weights:
    """Train the model, or take it as it is. Weights that are not finite raise `DataError`."""
    weights = generator.fit(dataset, seed, scratch)
    for name, value in weights.items():
        if not np.isfinite(value).all():
            raise DataError(
                f"weight {name!r} holds values that are not finite; train with a smaller learning rate, or replace the file"
            )
    return weights


def traverse(moves: Moves, model: GenerativeModel, seed: int) -> tuple[UnitTraversals, ...]:
    """Move every unit: for explainers from reference codes of its own, and held out for scoring from codes that all units share.

    No anchor is both shown and held out. What is held out differs between two units by what was moved, and by nothing else.
    """
    units = []
    held_out = np.random.default_rng([seed]).choice(ANCHORS, size=moves.held_out, replace=False)
    for i, unit in enumerate(model.units):
        drawn = np.random.default_rng([seed, i]).choice(ANCHORS, size=moves.references + moves.held_out, replace=False)
        shown = drawn[~np.isin(drawn, held_out)][: moves.references]
        made = moves(model, unit, np.concatenate([shown, held_out]))
        units.append(UnitTraversals(unit, tuple(made[: moves.references]), tuple(made[moves.references :])))
    return tuple(units)


def label(source: TruthSource, model: GenerativeModel, dataset: Dataset) -> tuple[Truth, ...]:
    """What each unit really means, in the order of the model's units."""
    return tuple(source(model, dataset))


async def explain(
    explainer: Explainer | Control,
    units: Sequence[UnitTraversals],
    truths: Sequence[Truth],
    bias: PromptBias,
    vocabulary: Vocabulary,
    seed: int,
) -> tuple[Explanation, ...]:
    """One explanation per unit, many units at once. A unit whose client failed becomes a failure and stops no other unit."""
    if isinstance(explainer, Control):
        if not truths:
            raise ConfigError(f"{type(explainer).__name__} answers from the truth, and nobody knows it for this model")
        said = {explanation.unit: explanation for explanation in explainer.from_truth(truths, vocabulary, seed)}
        return tuple(said[unit.unit.name] for unit in units)
    gate = asyncio.Semaphore(AT_ONCE)
    return tuple(await asyncio.gather(*(_explain(explainer, unit, bias, seed, gate) for unit in units)))


def look(
    explainer: Visual, model: GenerativeModel, dataset: Dataset, truths: Sequence[Truth], seed: int
) -> tuple[Explanation, ...]:
    """One explanation per unit of the model, in the order of the units. A map that is not finite raises `DataError`."""
    shown = tuple(explainer.look(model, dataset, truths, seed))
    for explanation in shown:
        if explanation.attention is not None and not np.isfinite(explanation.attention.maps).all():
            raise DataError(
                f"{type(explainer).__name__}: the map of {explanation.unit} holds values that are not finite; check the weights of "
                "the model"
            )
    return shown


async def _explain(explainer: Explainer, unit: UnitTraversals, bias: PromptBias, seed: int, gate: asyncio.Semaphore) -> Explanation:
    try:
        async with gate:
            answer = explainer(unit.shown, bias, seed)
            return await answer if inspect.isawaitable(answer) else answer
    except ClientError as error:
        return Explanation(unit.unit.name, None, failure=error.kind)


def cases(
    units: Sequence[UnitTraversals],
    truths: Sequence[Truth],
    explanations: Sequence[Explanation],
    vocabulary: Vocabulary,
    references: Mapping[str, Sequence[str]],
) -> tuple[Case, ...]:
    """Join what belongs to one unit, by name. Missing or doubled units raise: an item is never dropped in silence.

    `references` is what people wrote, by unit. Words for a unit that is not there raise `DataError`.
    """
    known = {truth.unit: truth for truth in truths}
    said = {explanation.unit: explanation for explanation in explanations}
    if len(said) != len(explanations) or set(said) != {unit.unit.name for unit in units}:
        raise ValueError(f"expected one explanation for each of {len(units)} units, got {[e.unit for e in explanations]}")
    if unknown := sorted(references.keys() - said.keys()):
        raise DataError(f"references name units {', '.join(unknown)}; the model has {', '.join(said)}; mend the file of references")
    return tuple(
        Case(unit, known.get(name := unit.unit.name), said[name], vocabulary, tuple(references.get(name, ()))) for unit in units
    )


async def score(metric: Metric, judged: Sequence[Case], world: tuple[GenerativeModel, Dataset] | None) -> tuple[float | None, ...]:
    """The values of one metric: one per unit, or one for the cell. `world` is what an `Interventional` metric looks into.

    A metric of maps is `None` for answers without a map, and any other for answers that are a map and no text: it never sees them.
    """
    asked = [i for i, case in enumerate(judged) if _concerns(metric, case.explanation)]
    own = [judged[i] for i in asked]
    if isinstance(metric, Interventional) and world is not None:
        values = tuple(metric.intervene(own, *world))
    else:
        found = metric(own)
        values = tuple(await found if inspect.isawaitable(found) else found)
    expected = len(own) if metric.scope == "unit" else 1
    if len(values) != expected:
        raise ValueError(f"{type(metric).__name__}: expected {expected} values, got {len(values)}")
    if metric.scope == "cell":
        return values
    placed = dict(zip(asked, values, strict=True))
    return tuple(placed.get(i) for i in range(len(judged)))


def _concerns(metric: Metric, said: Explanation) -> bool:
    if "maps" in getattr(type(metric), "sees", ()):
        return said.attention is not None
    return said.text is not None or said.attention is None
