"""Pictures in a folder, of which nobody knows the factors: for models of photographs."""

import hashlib
from functools import cached_property
from pathlib import Path
from typing import Annotated, ClassVar

import numpy as np
from jaxtyping import Int, UInt8
from numpy import ndarray
from pydantic import Field

from bench.artifacts import Factor
from bench.component import component
from bench.datasets.vocabulary import Vocabulary
from bench.errors import DataError

ENDINGS = (".png", ".jpg", ".jpeg", ".webp")


@component
class PictureFolder:
    """The pictures of `folder` in the order of their names, cut to a square in the middle and scaled to `side`; three colours.

    Without a folder there are no pictures: for models that start from noise.
    """

    version: ClassVar[int] = 1
    folder: str | None
    side: Annotated[int, Field(gt=0)]
    subject: str

    @property
    def factors(self) -> tuple[Factor, ...]:
        """Nobody knows them."""
        return ()

    @property
    def vocabulary(self) -> Vocabulary:
        """What the pictures show, and no words for factors."""
        return Vocabulary(self.subject, ())

    @cached_property
    def fingerprint(self) -> str:
        """SHA-256 over all pixels."""
        digest = hashlib.sha256()
        for i in range(len(self)):
            digest.update(self.images(np.array([i])).tobytes())
        return digest.hexdigest()

    def __len__(self) -> int:
        return len(self._paths)

    def images(self, index: Int[ndarray, " n"]) -> UInt8[ndarray, "n channels height width"]:
        """The pictures. Raises `DataError` for a file that is none."""
        found = [self._image(self._paths[i]) for i in index.tolist()]
        return np.stack(found) if found else np.empty((0, 3, self.side, self.side), np.uint8)

    def classes(self, index: Int[ndarray, " n"]) -> Int[ndarray, "n factors"]:
        """No factors."""
        return np.zeros((len(index), 0), np.int64)

    def index(self, classes: Int[ndarray, "n factors"]) -> Int[ndarray, " n"]:  # noqa: ARG002
        """Raises `DataError`: pictures cannot be looked up by factors."""
        raise DataError("expected a dataset whose factors are known, got a folder of pictures; set model.truth to null")

    @cached_property
    def _paths(self) -> tuple[Path, ...]:
        if self.folder is None:
            return ()
        folder = Path(self.folder).expanduser()
        found = sorted(path for path in folder.glob("*") if path.suffix.lower() in ENDINGS)
        if not found:
            raise DataError(f"expected pictures ({', '.join(ENDINGS)}) in {folder}, found none; check `folder`")
        return tuple(found)

    def _image(self, path: Path) -> UInt8[ndarray, "channels height width"]:
        from PIL import Image, ImageOps, UnidentifiedImageError

        try:
            with Image.open(path) as opened:
                square = ImageOps.fit(opened.convert("RGB"), (self.side, self.side), Image.Resampling.LANCZOS)
        except (UnidentifiedImageError, OSError) as error:
            raise DataError(f"{path}: expected a picture, got {type(error).__name__}: {error}; take the file away") from error
        return np.ascontiguousarray(np.asarray(square).transpose(2, 0, 1))
