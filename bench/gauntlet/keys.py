"""What a verdict is about: a metric at one version with one configuration. Another one has not run the gauntlet.

Read from the files of `conf/`, without Hydra, so that a table can tell a stale verdict in a millisecond.
"""

import re
from collections.abc import Mapping
from typing import Any

import yaml

from bench.build import TARGET, target
from bench.canonical import digest
from bench.errors import DataError
from bench.shipped import shipped

ENTRY = re.compile(r"^/?(?P<group>[\w/]+)(@(?P<package>\w+))?$")
MENTION = re.compile(r"^\$\{(\w+)\}$")


def metric_key(name: str) -> str | None:
    """The digest of `conf/metric/<name>.yaml`, of what it mentions and of all versions; `None` for a metric that is not there."""
    tree = _file("metric", name)
    return None if tree is None else digest(_versioned(_whole(tree, _options(_root()))))


def _whole(node: Any, options: Mapping[str, tuple[str, str]]) -> Any:
    """The node with other files that it takes in or mentions put in place."""
    if isinstance(node, dict):
        taken = {name: _file(*where) for name, where in _options(node).items()}
        return {key: _whole(item, options) for key, item in {**taken, **node}.items() if key != "defaults"}
    if isinstance(node, list):
        return [_whole(item, options) for item in node]
    found = MENTION.match(node) if isinstance(node, str) else None
    return _whole(_file(*options[found[1]]), options) if found and found[1] in options else node


def _versioned(node: Any) -> Any:
    if isinstance(node, list):
        return [_versioned(item) for item in node]
    if not isinstance(node, dict):
        return node
    plain = {key: _versioned(item) for key, item in node.items()}
    if TARGET not in node:
        return plain
    made = target(node[TARGET], TARGET)
    sees = getattr(made, "sees", None)
    return plain | {"version": made.version} | ({} if sees is None else {"sees": sorted(sees)})


def _options(tree: Mapping[str, Any]) -> dict[str, tuple[str, str]]:
    """Package → the group and the option that a list of defaults puts there."""
    entries = [entry for entry in tree.get("defaults", ()) if isinstance(entry, dict)]
    named = [(ENTRY.match(key), option) for entry in entries for key, option in entry.items()]
    return {m["package"] or m["group"]: (m["group"], option) for m, option in named if m and isinstance(option, str)}


def _root() -> Mapping[str, Any]:
    tree: Mapping[str, Any] = yaml.safe_load(shipped("conf", "config.yaml").read_text(encoding="utf-8"))
    return tree


def _file(group: str, option: str) -> Any:
    try:
        path = shipped("conf", *group.split("/"), f"{option}.yaml")
    except DataError:
        return None
    return yaml.safe_load(path.read_text(encoding="utf-8"))
