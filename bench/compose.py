"""What Hydra composes, as plain containers. With `__main__` the only part that knows Hydra."""

import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from omegaconf import DictConfig, OmegaConf

from bench.canonical import canonical
from bench.errors import ConfigError
from bench.options import check

MENTIONED = re.compile(r"\$\{(\w+)")


@contextmanager
def composer(overrides: Sequence[str]) -> Iterator[tuple[list[str], dict[str, Any]]]:
    """Initialise Hydra on the shipped `conf/` and yield plain overrides, and the axes that sweeps such as `seed=0,1` stand for."""
    from hydra import initialize_config_module
    from hydra.core.override_parser.overrides_parser import OverridesParser
    from hydra.errors import HydraException

    check(overrides)
    try:
        parsed = OverridesParser.create().parse_overrides(list(overrides))
    except HydraException as error:
        raise ConfigError(str(error)) from error
    fixed = [str(override.input_line) for override in parsed if not override.is_sweep_override()]
    swept = [override for override in parsed if override.is_sweep_override()]
    axes = {override.get_key_element(): list(override.sweep_string_iterator()) for override in swept}
    with initialize_config_module("bench.conf", version_base="1.3"):
        yield fixed, axes


@dataclass(frozen=True)
class Composed:
    """A configuration as plain containers, interpolations as written, and the options that were chosen."""

    raw: dict[str, Any]
    choices: dict[str, str]

    @staticmethod
    def of(overrides: Sequence[str]) -> "Composed":
        """What Hydra makes of these overrides. Raises `ConfigError` with Hydra's own words."""
        from hydra import compose
        from hydra.errors import HydraException

        try:
            config = compose("config", overrides=list(overrides), return_hydra_config=True)
        except HydraException as error:
            raise ConfigError(str(error)) from error
        choices = {str(key): str(value) for key, value in config.hydra.runtime.choices.items()}
        return Composed({str(key): _raw(config, str(key)) for key in config if key != "hydra"}, choices)

    def changes(self, other: "Composed") -> dict[str, Any]:
        """The top-level keys in which the other differs."""
        return {key: value for key, value in other.raw.items() if key not in self.raw or self.raw[key] != value}


def resolved(raw: Mapping[str, Any]) -> dict[str, Any]:
    """The configuration with interpolations resolved. Only keys that hold one, and those they mention, take the slow way."""
    written = {key: canonical(value) for key, value in raw.items()}
    involved = {key for key, text in written.items() if "${" in text}
    involved |= {name for key in involved for name in MENTIONED.findall(written[key]) if name in raw}
    resolved: Any = OmegaConf.to_container(OmegaConf.create({key: raw[key] for key in involved}), resolve=True)
    return {**raw, **resolved}


def _raw(config: DictConfig, key: str) -> Any:
    node: Any = config._get_node(key)
    return OmegaConf.to_container(node, resolve=False) if OmegaConf.is_config(node) else node._value()
