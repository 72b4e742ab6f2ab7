"""From runs to the task of a page. The rater learns neither the truth nor who said what; the order is drawn from a seed."""

import base64
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import TypeVar

import numpy as np

from bench.annotation.runs import Run, RunCell
from bench.annotation.task import VERSION, Choice, Item, Order, Said, Strip, Task, item_id, said_id
from bench.artifacts import Traversal, UnitTraversals
from bench.datasets.references import data_folder
from bench.datasets.vocabulary import FactorWords, load_vocabulary
from bench.errors import ConfigError, DataError
from bench.reports.printable import printable
from bench.reports.strips import png, tiled

T = TypeVar("T")


@dataclass(frozen=True)
class Amount:
    """How much is asked: raters, units (`None`: all), strips of a unit, and texts to rate of a unit (0: none)."""

    raters: int
    units: int | None
    strips: int
    texts: int


@dataclass
class _Found:
    """A unit of some runs: where its pictures are, and every text that was said of it."""

    run: Run
    cell: RunCell
    unit: UnitTraversals
    said: dict[str, Said] = field(default_factory=dict)


def ask(runs: Sequence[Run], amount: Amount, seed: int, title: str) -> Task:
    """The task of these runs. Raises `ConfigError` for an impossible amount, `DataError` for runs without units."""
    least = {"raters": 1, "units": 1, "strips": 1, "texts": 0}
    for name, fewest in least.items():
        number = getattr(amount, name)
        if number is not None and number < fewest:
            raise ConfigError(f"--{name}: expected at least {fewest}, got {number}")
    rng = np.random.default_rng([seed])
    units = _drawn(_units(runs), amount.units, rng)
    if not units:
        raise DataError("the runs have no units; give folders of runs that got as far as explanations")
    items = tuple(_item(unit, amount.strips, _drawn(tuple(unit.said.values()), amount.texts, rng)) for unit in units)
    factors = {dataset: _choices(dataset) for dataset in dict.fromkeys(item.dataset for item in items)}
    orders = tuple(_order(items, seed, rater) for rater in range(amount.raters))
    return Task(VERSION, title, seed, factors, items, orders)


def _units(runs: Sequence[Run]) -> list[_Found]:
    """Each unit once, with every text that was said of it, and with the pictures of the fewest rows: the plainest."""
    found: dict[str, _Found] = {}
    for run, cells in _sharing(runs):
        for unit in run.units(cells[0]):
            name = item_id(str(cells[0].labels["dataset"]), cells[0].keys["fit"], unit.unit.name)
            known = found.setdefault(name, _Found(run, cells[0], unit))
            if len(unit.shown[0].rows) < len(known.unit.shown[0].rows):
                known.run, known.cell, known.unit = run, cells[0], unit
            texts = (cell.said.get(unit.unit.name) for cell in cells)
            known.said |= {said_id(text): Said(said_id(text), printable(text)) for text in texts if text and text.strip()}
    return list(found.values())


def _sharing(runs: Sequence[Run]) -> Iterator[tuple[Run, list[RunCell]]]:
    """The cells that show the same pictures, together."""
    for run in runs:
        groups: dict[str, list[RunCell]] = {}
        for cell in run.cells:
            groups.setdefault(cell.keys["traverse"], []).append(cell)
        yield from ((run, cells) for cells in groups.values())


def _item(found: _Found, strips: int, said: tuple[Said, ...]) -> Item:
    unit, labels = found.unit.unit, found.cell.labels
    return Item(
        dataset=str(labels["dataset"]),
        model=str(labels["model"]),
        key=found.cell.keys["fit"],
        unit=unit.name,
        frozen=found.run.frozen(found.cell),
        condition=printable(unit.condition.words) if unit.condition else None,
        strips=tuple(_strip(traversal) for traversal in found.unit.shown[:strips]),
        said=said,
    )


def _strip(traversal: Traversal) -> Strip:
    code = base64.b64encode(png(tiled(traversal.images))).decode()
    held = tuple(printable(row.held.words) if row.held else "" for row in traversal.rows)
    return Strip(f"data:image/png;base64,{code}", traversal.images.shape[1], held)


def _choices(dataset: str) -> tuple[Choice, ...]:
    folder = data_folder(dataset)
    return tuple(map(_choice, load_vocabulary(folder).factors)) if folder else ()


def _choice(words: FactorWords) -> Choice:
    rises, falls = (words.says.get(change, ()) for change in ("increase", "decrease"))
    ends = (rises[0], falls[0]) if rises and falls else (None, None)
    return Choice(words.factor, words.factor.replace("_", " "), words.says["change"][0], *ends)


def _order(items: Sequence[Item], seed: int, rater: int) -> Order:
    rng = np.random.default_rng([seed, rater])
    order = tuple(rng.permutation(len(items)).tolist())
    return Order(order, tuple(tuple(rng.permutation(len(item.said)).tolist()) for item in items))


def _drawn(things: Sequence[T], number: int | None, rng: np.random.Generator) -> tuple[T, ...]:
    """At most `number` of them, in their order."""
    if number is None or len(things) <= number:
        return tuple(things)
    return tuple(things[i] for i in sorted(rng.choice(len(things), number, replace=False)))
