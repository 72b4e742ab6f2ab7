"""Where the data that travels with the code lies: beside the package in a source checkout, inside it in a wheel."""

from pathlib import Path
from typing import Literal

from bench.errors import DataError

_PACKAGE = Path(__file__).resolve().parent
_IN_WHEEL = {"conf": "conf", "datasets": "cards", "baselines": "weights"}


def shipped(folder: Literal["conf", "datasets", "baselines"], *parts: str) -> Path:
    """The path of a shipped file or folder, such as `shipped("datasets", "dsprites", "vocabulary.yaml")`."""
    root = _PACKAGE / _IN_WHEEL[folder]
    if not root.is_dir():
        root = _PACKAGE.parent / folder
    path = root.joinpath(*parts)
    if not path.exists():
        raise DataError(f"expected shipped data at {path}, found nothing there; reinstall latentbench or check the name")
    return path
