"""How a component is declared: a frozen dataclass whose fields are its YAML and whose types are checked when it is built."""

from typing import TypeVar, cast, dataclass_transform

from pydantic import ConfigDict
from pydantic.dataclasses import dataclass

T = TypeVar("T")

_CONFIG = ConfigDict(extra="forbid", strict=True, arbitrary_types_allowed=True)


@dataclass_transform(frozen_default=True, kw_only_default=True)
def component(cls: type[T]) -> type[T]:
    """Decorate a class whose fields come from one YAML node: frozen, keyword only, unknown and mistyped fields refused."""
    return cast(type[T], dataclass(frozen=True, kw_only=True, config=_CONFIG)(cls))
