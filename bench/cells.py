"""From overrides to the cells of a grid.

A grid is not composed cell by cell, which costs a tenth of a second each: the first options of all axes are composed together, and
then each other option of an axis by itself. What an option changes is whole top-level keys, and as long as two axes change
different keys their changes add up to what Hydra would compose. Axes that meet in one key are composed together.
"""

import itertools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from bench.canonical import canonical
from bench.compose import Composed, resolved
from bench.errors import ConfigError
from bench.options import SILENT

ALWAYS = ("dataset", "model", "bias", "explainer")
Setting = Mapping[str, Any]  # what one option of an axis sets: override key → value


@dataclass(frozen=True)
class Cell:
    """One combination of options. `labels` names it in rows and tables.

    `config` is the whole configuration as plain containers, resolved; `raw` is the same with interpolations as they are written.
    """

    labels: Mapping[str, str | int | float]
    config: Mapping[str, Any]
    raw: Mapping[str, Any]


def cells(overrides: Sequence[str], axes: Mapping[str, Any]) -> list[Cell]:
    """Every cell of the grid that these overrides and further axes describe. Needs an initialised Hydra; raises `ConfigError`."""
    base = Composed.of(overrides)
    grid = {**base.raw["grid"], **axes}
    seeds = grid.pop("seed") if _plain_seeds(grid, base.raw) else None
    options = _axes(grid)
    known: dict[tuple[str, ...], Composed] = {(): base}
    made = [_cell(overrides, combination, options, known) for combination in itertools.product(*options)]
    return made if seeds is None else [_seeded(cell, _seed(seed)) for cell in made for seed in seeds]


def _axes(grid: Mapping[str, Any]) -> list[list[Setting]]:
    """The options of each axis. A list varies its own key; named rows vary several keys together."""
    axes: list[list[Setting]] = []
    for axis, options in grid.items():
        if isinstance(options, dict) and options:
            axes.append(list(options.values()))
        elif isinstance(options, list) and options:
            axes.append([{axis: option} for option in options])
        else:
            raise ConfigError(f"grid.{axis}: expected a list of options or named rows of overrides, got {options!r}")
    return axes


def _cell(
    overrides: Sequence[str],
    combination: Sequence[Setting],
    axes: Sequence[Sequence[Setting]],
    known: dict[tuple[str, ...], Composed],
) -> Cell:
    first = [axis[0] for axis in axes]
    start = _composed(overrides, first, known)
    raw, choices, changed = dict(start.raw), dict(start.choices), set[str]()
    for i, setting in enumerate(combination):
        variant = _composed(overrides, [*first[:i], setting, *first[i + 1 :]], known)
        changes = start.changes(variant)
        if changed & set(changes):
            together = _composed(overrides, combination, known)
            raw, choices = dict(together.raw), dict(together.choices)
            break
        raw |= changes
        choices |= {key: value for key, value in variant.choices.items() if start.choices.get(key) != value}
        changed |= set(changes)
    config = resolved(raw)
    return Cell(_labels(overrides, combination, choices, config), config, raw)


def _plain_seeds(grid: Mapping[str, Any], raw: Mapping[str, Any]) -> bool:
    """True when seeds are a list of their own and nothing is made from the seed, so that cells of other seeds are copies."""
    return isinstance(grid.get("seed"), list) and bool(grid["seed"]) and "${seed}" not in canonical(raw)


def _seeded(cell: Cell, seed: int) -> Cell:
    return Cell({**cell.labels, "seed": seed}, {**cell.config, "seed": seed}, {**cell.raw, "seed": seed})


def _seed(value: Any) -> Any:
    return int(value) if isinstance(value, str) and value.isdecimal() else value


def _composed(overrides: Sequence[str], settings: Sequence[Setting], known: dict[tuple[str, ...], Composed]) -> Composed:
    chosen = tuple(f"{key}={_text(value)}" for setting in settings for key, value in setting.items())
    if chosen not in known:
        known[chosen] = Composed.of([*overrides, *chosen])
    return known[chosen]


def _labels(overrides: Sequence[str], combination: Sequence[Setting], choices: Mapping[str, str], config: Any) -> dict[str, Any]:
    labels: dict[str, Any] = {group: choices[group] for group in ALWAYS}
    written = dict(_written(override) for override in overrides)
    moved = {key: _text(value) for setting in combination for key, value in setting.items()}
    labels |= {key: value for key, value in {**written, **moved}.items() if _labelled(key)}
    return labels | {"seed": config["seed"]}


def _labelled(key: str) -> bool:
    return key not in (*ALWAYS, "seed") and key.split("@")[0].split(".")[0] not in SILENT


def _written(override: str) -> tuple[str, str]:
    key, _, value = override.lstrip("+~").partition("=")
    return key, value


def _text(value: Any) -> str:
    return "null" if value is None else str(value).lower() if isinstance(value, bool) else str(value)
