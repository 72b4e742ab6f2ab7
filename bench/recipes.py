"""From a composed configuration to what enters a key: the full config of a component, with versions, without the runtime."""

from typing import Any

from omegaconf import DictConfig, ListConfig, OmegaConf

from bench.build import TARGET, target

RUNTIME = "${runtime."


def recipe(node: Any) -> Any:
    """Plain JSON of a node, every default written out and the `version` of every component added.

    A value that is an interpolation into the `runtime` group is left out: where and how fast something runs is no part of what it
    is, so it must not change results.
    """
    if isinstance(node, DictConfig):
        plain = {str(key): recipe(node[key]) for key in node if not _runtime(node, key)}
        return plain | {"version": target(plain[TARGET], TARGET).version} if TARGET in plain else plain
    if isinstance(node, ListConfig):
        return [recipe(node[i]) for i in range(len(node))]
    return node


def resolved(node: Any) -> Any:
    """Plain containers of a node with every interpolation resolved: what `build` takes."""
    return OmegaConf.to_container(node, resolve=True) if OmegaConf.is_config(node) else node


def _runtime(node: DictConfig, key: Any) -> bool:
    raw = node._get_node(key)
    value = raw._value() if raw is not None and not isinstance(raw, list) else None
    return isinstance(value, str) and RUNTIME in value
