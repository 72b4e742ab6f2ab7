"""From overrides to cells: Hydra composes each combination of a grid once. With `__main__` the only part that knows Hydra."""

import copy
import itertools
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from omegaconf import DictConfig, OmegaConf

from bench.errors import ConfigError
from bench.options import groups

ALWAYS = ("dataset", "model", "bias", "explainer")
SILENT = ("metric", "tracker", "runtime", "experiment", "name", "until", "grid", "statuses", "hydra")  # no part of a label


@dataclass(frozen=True)
class Cell:
    """One combination of options. `labels` names it in rows and tables; `config` is fully composed, interpolations in place."""

    labels: Mapping[str, str | int | float]
    config: DictConfig


def cells(overrides: Sequence[str]) -> list[Cell]:
    """Every cell that these overrides describe. Needs an initialised Hydra (see `composer`); raises `ConfigError`."""
    grid = OmegaConf.to_container(_compose(overrides).grid, resolve=True)
    composed: dict[tuple[str, ...], DictConfig] = {}
    return [_cell(overrides, combination, composed) for combination in _combinations(grid)]


def _cell(overrides: Sequence[str], moved: Mapping[str, Any], composed: dict[tuple[str, ...], DictConfig]) -> Cell:
    """Compose once for each choice of groups; plain values, such as seeds, are set on a copy, which is far cheaper."""
    chosen = [f"{key}={_text(value)}" for key, value in moved.items()]
    options = tuple(text for text, key in zip(chosen, moved, strict=True) if _names_group(key))
    if options not in composed:
        composed[options] = _compose([*overrides, *options])
    config = copy.deepcopy(composed[options])
    for key, value in moved.items():
        if not _names_group(key):
            OmegaConf.update(config, key, value)
    labels: dict[str, str | int | float] = {group: str(config.hydra.runtime.choices[group]) for group in ALWAYS}
    labels |= {key: value for text in (*overrides, *chosen) for key, value in _label(text)}
    return Cell(labels | {"seed": config.seed}, config)


def _combinations(grid: Any) -> Iterator[dict[str, Any]]:
    """The values that each combination sets. A list varies its own key; named rows vary several keys together."""
    axes: list[list[dict[str, Any]]] = []
    for axis, options in grid.items():
        if isinstance(options, dict) and options:
            axes.append(list(options.values()))
        elif isinstance(options, list) and options:
            axes.append([{axis: option} for option in options])
        else:
            raise ConfigError(f"grid.{axis}: expected a list of options or named rows of overrides, got {options!r}")
    for combination in itertools.product(*axes):
        yield {key: value for row in combination for key, value in row.items()}


def _names_group(key: str) -> bool:
    return key.split("@")[0] in groups()


def _label(override: str) -> Iterator[tuple[str, str | int | float]]:
    key, _, value = override.lstrip("+~").partition("=")
    group = key.split("@")[0].split(".")[0]
    if group not in SILENT and key not in (*ALWAYS, "seed"):
        yield key, value


def _text(value: Any) -> str:
    return "null" if value is None else str(value).lower() if isinstance(value, bool) else str(value)


def _compose(overrides: Sequence[str]) -> DictConfig:
    from hydra import compose
    from hydra.errors import HydraException

    try:
        return compose("config", overrides=list(overrides), return_hydra_config=True)
    except HydraException as error:
        raise ConfigError(str(error)) from error
