"""UCSD Pedestrian 1 (Mahadevan et al., CVPR 2010) from a folder in its official layout: frames of a path across a campus."""

from pathlib import Path
from typing import Annotated, ClassVar

from pydantic import Field

from bench.component import component
from bench.datasets import stacks
from bench.datasets.archive import Archive
from bench.datasets.inspected import Stock
from bench.errors import DataError

LAYOUT = "<path>/Train/Train001/001.tif, Test/Test001/001.tif and, for clips with masks, Test/Test001_gt/001.bmp"
SUFFIXES = (".tif", ".tiff", ".bmp", ".png")
MASKED = "_gt"


@component
class UCSDPed1:
    """Grey frames, scaled to `side` squares, by clip and number; every `stride`-th frame of a clip, from the first.

    Test clips without a folder of masks are left out: nobody knows which of their pixels are normal. Reading raises `DataError`
    where folders, frames or masks are missing, damaged or of different sizes.
    """

    version: ClassVar[int] = 1
    path: str
    archive: Archive
    side: Annotated[int, Field(gt=0)]
    stride: Annotated[int, Field(gt=0)]

    @property
    def subject(self) -> str:
        """What the frames show."""
        return "the path"

    def read(self) -> Stock:
        """All frames of the training clips, and of the test clips that have masks; in most of those nothing is defective."""
        normal, _ = stacks.pictures([path for clip in self._clips("Train") for path in self._frames(clip)], self.side, colour=False)
        clips = [clip for clip in self._clips("Test") if _masks(clip).is_dir()]
        if not clips:
            raise DataError(
                f"expected clips with a folder of masks, such as Test001{MASKED}, in {self._folder / 'Test'}, found none; expected "
                f"layout: {LAYOUT}"
            )
        paths = [path for clip in clips for path in self._frames(clip)]
        tested, sizes = stacks.pictures(paths, self.side, colour=False)
        return Stock(normal, tested, stacks.masks([_mask(path) for path in paths], sizes, self.side))

    def _clips(self, split: str) -> list[Path]:
        folder = self._folder / split
        found = [path for path in folder.glob(f"{split}*") if path.is_dir() and not path.name.endswith(MASKED)]
        if not found:
            raise DataError(f"expected clips in {folder}, found none; expected layout: {LAYOUT}")
        return sorted(found)

    def _frames(self, clip: Path) -> tuple[Path, ...]:
        return stacks.files(clip, SUFFIXES, LAYOUT)[:: self.stride]

    @property
    def _folder(self) -> Path:
        return self.archive.provide(Path(self.path), LAYOUT)


def _masks(clip: Path) -> Path:
    return clip.with_name(clip.name + MASKED)


def _mask(frame: Path) -> Path:
    """The mask of a frame; where there is none, the path at which it was expected."""
    folder = _masks(frame.parent)
    found = [path for suffix in SUFFIXES if (path := folder / f"{frame.stem}{suffix}").exists()]
    return found[0] if found else folder / f"{frame.stem}.bmp"
