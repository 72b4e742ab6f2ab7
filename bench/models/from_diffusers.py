"""Classes of diffusers, imported without the warnings that its import gives about torch."""

import warnings
from typing import Any


def from_diffusers(name: str) -> Any:
    """The class of that name. diffusers loads what is behind a name when it is asked for."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", FutureWarning)
        import diffusers

        return getattr(diffusers, name)
