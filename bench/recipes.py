"""From a composed configuration to what enters a key: the full config of a component, with versions, without the runtime."""

import re
from collections.abc import Mapping
from typing import Any

from bench.build import TARGET, target

RUNTIME = "${runtime."
REFERENCE = re.compile(r"^\$\{([\w.]+)\}$")  # a node that is another node of the configuration


def recipe(node: Any, raw: Any, whole: Mapping[str, Any]) -> Any:
    """Plain JSON of a resolved node, every default written out and the `version` of every component added.

    `raw` is the node with interpolations as written and `whole` the raw configuration. A value that is an interpolation into the
    `runtime` group is left out: where and how fast something runs is no part of what it is, so it must not change results.
    """
    raw = _followed(raw, whole) if isinstance(node, dict | list) else raw
    if isinstance(node, dict):
        plain = {key: recipe(item, raw[key], whole) for key, item in node.items() if not _runtime(raw[key])}
        return plain | {"version": target(node[TARGET], TARGET).version} if TARGET in node else plain
    if isinstance(node, list):
        return [recipe(item, raw[i], whole) for i, item in enumerate(node)]
    return node


def _followed(raw: Any, whole: Mapping[str, Any]) -> Any:
    """What a reference such as `${client}` refers to, itself raw."""
    while isinstance(raw, str) and (found := REFERENCE.match(raw)):
        raw = whole
        for key in found[1].split("."):
            raw = raw[key]
    return raw


def _runtime(raw: Any) -> bool:
    return isinstance(raw, str) and RUNTIME in raw
