"""Pictures and masks from files as whole arrays of one size, for sets that fit into memory."""

from collections.abc import Collection, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from jaxtyping import Bool, UInt8
from numpy import ndarray

from bench.datasets.pictures import faults
from bench.errors import DataError

if TYPE_CHECKING:
    from PIL.Image import Image

Size = tuple[int, int]  # width and height


def files(folder: Path, suffixes: Collection[str], layout: str) -> tuple[Path, ...]:
    """The files of a folder by name, hidden ones left out. Raises `DataError`, which tells the expected `layout`, without any."""
    if not folder.is_dir():
        raise DataError(f"expected a folder at {folder}, found none; expected layout: {layout}")
    found = sorted(path for path in folder.iterdir() if path.suffix.lower() in suffixes and not path.name.startswith("."))
    if not found:
        raise DataError(f"expected files {', '.join(sorted(suffixes))} in {folder}, found none; expected layout: {layout}")
    return tuple(found)


def pictures(paths: Sequence[Path], side: int, colour: bool) -> tuple[UInt8[ndarray, "n channels side side"], list[Size]]:
    """The pictures scaled to a square by an antialiased bilinear filter, whatever their proportions, and the sizes they had.

    Raises `DataError` for a file that is no whole picture.
    """
    from PIL.Image import Resampling

    images, sizes = np.empty((len(paths), 3 if colour else 1, side, side), np.uint8), []
    for image, path in zip(images, paths, strict=True):
        picture = _opened(path, "RGB" if colour else "L")
        sizes.append(picture.size)
        array = np.asarray(picture.resize((side, side), Resampling.BILINEAR))
        image[:] = array.transpose(2, 0, 1) if colour else array
    return images, sizes


def masks(paths: Sequence[Path | None], sizes: Sequence[Size], side: int) -> Bool[ndarray, "n side side"]:
    """Where each mask is not black, scaled by taking the nearest pixel; `None` is a picture without defects.

    Raises `DataError` for a file that is missing, no whole picture, or not of the size of its own picture.
    """
    from PIL.Image import Resampling

    found = np.zeros((len(paths), side, side), bool)
    for mask, path, size in zip(found, paths, sizes, strict=True):
        if path is None:
            continue
        if not path.exists():
            raise DataError(f"expected a mask at {path}, found none; put it there, or take its picture away")
        picture = _opened(path, "L")
        if picture.size != size:
            raise DataError(f"{path}: expected a mask of {_by(size)} pixels, as its picture, got {_by(picture.size)}; replace it")
        mask[:] = np.asarray(picture.point(_white).resize((side, side), Resampling.NEAREST)) > 0
    return found


def _opened(path: Path, mode: str) -> "Image":
    from PIL import Image

    with faults(str(path)), Image.open(path) as opened:
        return opened.convert(mode)


def _white(grey: int) -> int:
    return 255 if grey else 0


def _by(size: Size) -> str:
    return f"{size[0]} by {size[1]}"
