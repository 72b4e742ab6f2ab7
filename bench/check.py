"""Finds every fault of a configuration before anything runs, and reports them in one message."""

from collections.abc import Mapping, Sequence
from typing import Any

from bench.build import build
from bench.cells import Cell
from bench.errors import ConfigError
from bench.plan import KINDS


def check(cells: Sequence[Cell], shared: dict[str, Any]) -> None:
    """Build every component of every cell once. Raises one `ConfigError` with all faults, each fault once."""
    faults: dict[str, None] = {}
    for cell in cells:
        faults.update(dict.fromkeys(_settings(cell.config)))
        for path, node in _nodes(cell.config).items():
            try:
                build(node, path, shared)
            except ConfigError as error:
                faults.update(dict.fromkeys(str(error).splitlines()))
    if faults:
        raise ConfigError("\n".join(faults))


def _nodes(config: Mapping[str, Any]) -> Mapping[str, Any]:
    nodes = {
        "dataset": config["dataset"],
        "model.generator": config["model"]["generator"],
        "model.truth": config["model"]["truth"],
        "bias.moves": config["bias"]["moves"],
        "bias.words": config["bias"]["words"],
        "explainer": config["explainer"],
        "tracker": config["tracker"],
    }
    nodes |= {f"metric.{name}": node for name, node in config["metric"].items()}
    return {path: node for path, node in nodes.items() if node is not None}


def _settings(config: Mapping[str, Any]) -> list[str]:
    faults = []
    if config["until"] not in KINDS:
        faults.append(f"until: expected one of {', '.join(KINDS)}, got {config['until']!r}")
    if not isinstance(config["seed"], int) or isinstance(config["seed"], bool) or config["seed"] < 0:
        faults.append(f"seed: expected an integer of at least 0, got {config['seed']!r}")
    return faults
