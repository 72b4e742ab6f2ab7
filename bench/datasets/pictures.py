"""Pictures from files: listed in a fixed order, decoded when asked for, and brought to one shape."""

import hashlib
import io
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np
from jaxtyping import Int, UInt8
from numpy import ndarray

from bench.datasets.picture_steps import Step
from bench.errors import ConfigError, DataError

SUFFIXES = frozenset({".jpg", ".jpeg", ".png", ".webp"})
SAMPLED = 97  # pictures of a fingerprint


@dataclass(frozen=True)
class Pictures:
    """`read` gives the bytes of a file by its place among `names`; `steps` are done to every picture. RGB, channels first."""

    names: Sequence[str]
    read: Callable[[int], bytes]
    steps: tuple[Step, ...]

    @cached_property
    def fingerprint(self) -> str:
        """SHA-256 over the number of pictures and a sample of them spread evenly."""
        places = np.unique(np.linspace(0, len(self.names) - 1, SAMPLED).astype(np.int64))
        digest = hashlib.sha256(str(len(self.names)).encode())
        for place in places:
            digest.update(self(np.array([place])).tobytes())
        return digest.hexdigest()

    def __call__(self, index: Int[ndarray, " n"]) -> UInt8[ndarray, "n channels height width"]:
        """The pictures at an index. Raises `DataError` for a damaged one, or one of another shape than the first."""
        images = np.empty((len(index), *self._shape), np.uint8)
        for image, place in zip(images, checked(index, len(self.names)).tolist(), strict=True):
            found = self._decoded(place)
            if found.shape != image.shape:
                raise DataError(
                    f"{self.names[place]}: expected {_size(image)} as in {self.names[0]}, got {_size(found)} after the steps; "
                    "end `steps` with a resize and a central crop"
                )
            image[:] = found
        return images

    @cached_property
    def _shape(self) -> tuple[int, ...]:
        return self._decoded(0).shape

    def _decoded(self, place: int) -> UInt8[ndarray, "channels height width"]:
        from PIL import Image

        with faults(self.names[place]):
            picture: Image.Image = Image.open(io.BytesIO(self.read(place))).convert("RGB")
        for step in self.steps:
            picture = step(picture)
        return np.ascontiguousarray(np.asarray(picture).transpose(2, 0, 1))


def listed(folder: Path, layout: str) -> tuple[Path, ...]:
    """All pictures below a folder, by name. Raises `DataError`, which tells the expected `layout`, when there are none."""
    if not folder.is_dir():
        raise DataError(f"expected a folder of pictures at {folder}, found none; expected layout: {layout}")
    found = sorted(path for path in folder.rglob("*") if path.suffix.lower() in SUFFIXES and not path.name.startswith("."))
    if not found:
        raise DataError(f"expected pictures ({', '.join(sorted(SUFFIXES))}) below {folder}, found none; expected layout: {layout}")
    return tuple(found)


def of_files(paths: Sequence[Path], steps: tuple[Step, ...]) -> Pictures:
    """The pictures of these files."""
    return Pictures([str(path) for path in paths], lambda place: paths[place].read_bytes(), steps)


def checked(index: Int[ndarray, " n"], count: int) -> Int[ndarray, " n"]:
    """The index itself. Raises `ValueError` for one outside the dataset: numpy would count negative ones from the end."""
    outside = index[(index < 0) | (index >= count)]
    if outside.size:
        raise ValueError(f"expected an index from 0 to {count - 1}, got {outside[0]}")
    return index


def no_lookup(name: str) -> ConfigError:
    """What to raise when somebody asks for the picture that has given classes."""
    return ConfigError(
        f"{name} holds photographs: there is no picture for each combination of factors, as labels recovered from a model and "
        "edited pictures need; set model.truth to null and leave out metrics of edits, or use a rendered dataset"
    )


@contextmanager
def faults(name: str) -> Iterator[None]:
    """Turn what Pillow raises on bad bytes, and the file system on lost files, into one `DataError`."""
    from PIL import Image

    try:
        yield
    except (OSError, SyntaxError, ValueError, Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise DataError(f"{name}: expected a whole picture, got {type(error).__name__}: {error}; replace the file") from error


def _size(image: ndarray) -> str:
    return f"{image.shape[2]} by {image.shape[1]} pixels"
