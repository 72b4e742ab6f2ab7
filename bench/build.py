"""The one door from a YAML node to an object.

A node with `_target_` names a class and holds its fields. Only classes below `bench.` and below the packages that the user names in
the environment variable `LATENTBENCH_ALLOW` (comma separated) are built, since a YAML from a stranger is code otherwise.
"""

import importlib
import os
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from typing import Any

from pydantic import ValidationError

from bench.canonical import canonical
from bench.errors import BenchError, ConfigError, suggestion

TARGET = "_target_"


def build(node: Mapping[str, Any], path: str = "", shared: dict[str, Any] | None = None) -> Any:
    """The object that a resolved node describes; equal nodes give the same object when `shared` is given.

    Raises one `ConfigError` that lists every fault below the node: key, what was expected, what came, the valid options.
    """
    faults: list[str] = []
    built = _value(node, path, shared if shared is not None else {}, faults)
    if faults:
        raise ConfigError("\n".join(faults))
    return built


def target(name: Any, path: str) -> type[Any]:
    """The class that `_target_` names. Raises `ConfigError` when it is forbidden, missing, or not a component."""
    allowed = ("bench", *filter(None, os.environ.get("LATENTBENCH_ALLOW", "").split(",")))
    if not isinstance(name, str) or name.split(".")[0] not in {package.strip() for package in allowed}:
        raise ConfigError(
            f"{path}.{TARGET}: expected a class below {', '.join(allowed)}, got {name!r}; to allow a package of your own, "
            "name it in the environment variable LATENTBENCH_ALLOW"
        )
    module, _, attribute = name.rpartition(".")
    try:
        found = getattr(importlib.import_module(module), attribute)
    except (ImportError, AttributeError) as error:
        raise ConfigError(f"{path}.{TARGET}: expected an importable class, got {name!r} ({error})") from error
    if not (isinstance(found, type) and is_dataclass(found)):
        raise ConfigError(f"{path}.{TARGET}: expected a component (a class declared with @component), got {name!r}")
    return found


def _value(value: Any, path: str, shared: dict[str, Any], faults: list[str]) -> Any:
    if isinstance(value, Mapping):
        if TARGET in value:
            return _component(value, path, shared, faults)
        return {key: _value(item, _join(path, key), shared, faults) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return tuple(_value(item, f"{path}[{i}]", shared, faults) for i, item in enumerate(value))
    return value


def _component(node: Mapping[str, Any], path: str, shared: dict[str, Any], faults: list[str]) -> Any:
    arguments: dict[str, Any] = {}
    broken: set[str] = set()
    for key, item in node.items():
        if key != TARGET:
            before = len(faults)
            arguments[key] = _value(item, _join(path, key), shared, faults)
            broken |= {key} if len(faults) > before else set()
    try:
        cls = target(node[TARGET], path)
        name = canonical(node)
        if name not in shared:
            made = cls(**arguments)
            if broken:  # a child is missing, so this object must not be shared; the child's fault is already listed
                return None
            shared[name] = made
        return shared[name]
    except ValidationError as error:
        faults.extend(_explain(fault, path, cls) for fault in error.errors() if not broken & {*fault["loc"][:1]})
    except BenchError as error:
        faults.append(str(error) if str(error).startswith(path) else f"{path}: {error}")
    return None


def _explain(fault: Any, path: str, cls: type[Any]) -> str:
    key = _join(path, ".".join(str(part) for part in fault["loc"]))
    names = [field.name for field in fields(cls) if field.init]
    if fault["type"] in ("unexpected_keyword_argument", "dataclass_unexpected_argument"):
        hint = suggestion(str(fault["loc"][-1]), names)
        return f"{key}: unknown key of {cls.__name__}{hint} Valid keys: {', '.join(names)}"
    if fault["type"] in ("missing", "missing_argument", "missing_keyword_only_argument"):
        return f"{key}: expected a value, got none. Keys of {cls.__name__}: {', '.join(names)}"
    return f"{key}: {fault['msg']}, got {fault['input']!r} ({type(fault['input']).__name__})"


def _join(path: str, key: Any) -> str:
    return f"{path}.{key}" if path else str(key)
