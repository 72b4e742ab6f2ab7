"""SDKs that not everybody needs: they come with an extra of the package and are imported when a client first asks."""

import importlib
from typing import Any

from bench.errors import ConfigError


def sdk(module: str, extra: str) -> Any:
    """The module of an SDK. Raises `ConfigError`, which says how to install it, when it is absent."""
    try:
        return importlib.import_module(module)
    except ModuleNotFoundError as error:
        raise ConfigError(f"expected the package of {module}, found none; pip install 'latentbench[{extra}]'") from error
