"""MVTec-AD (Bergmann et al., CVPR 2019) from a folder in its official layout: one category of objects or textures."""

from pathlib import Path
from typing import Annotated, ClassVar

from pydantic import Field

from bench.component import component
from bench.datasets import stacks
from bench.datasets.archive import Archive
from bench.datasets.inspected import Stock
from bench.errors import DataError

LAYOUT = "<path>/<category>/train/good, test/good and test/<defect>, ground_truth/<defect>/<name of the picture>_mask.png"
SUFFIXES = (".png",)
GOOD = "good"


@component
class MVTecAD:
    """Pictures of one category, scaled to `side`; `subject` is what they show. All test pictures count, the good ones too.

    Reading raises `DataError` where folders, pictures or masks are missing, damaged or of different sizes.
    """

    version: ClassVar[int] = 1
    path: str
    archive: Archive
    category: Annotated[str, Field(pattern=r"^\w+$")]
    side: Annotated[int, Field(gt=0)]

    @property
    def subject(self) -> str:
        """What the pictures show."""
        return f"the {self.category.replace('_', ' ')}"

    def read(self) -> Stock:
        """All of `train/good`, and all of `test` by kind of defect and name; nothing of a good picture is defective."""
        normal, _ = stacks.pictures(stacks.files(self._folder / "train" / GOOD, SUFFIXES, LAYOUT), self.side, colour=True)
        kinds = sorted(path for path in (self._folder / "test").glob("*") if path.is_dir())
        if not kinds:
            raise DataError(f"expected folders of test pictures in {self._folder / 'test'}, found none; expected layout: {LAYOUT}")
        paths = [path for kind in kinds for path in stacks.files(kind, SUFFIXES, LAYOUT)]
        tested, sizes = stacks.pictures(paths, self.side, colour=True)
        return Stock(normal, tested, stacks.masks([self._mask(path) for path in paths], sizes, self.side))

    def _mask(self, picture: Path) -> Path | None:
        kind = picture.parent.name
        return None if kind == GOOD else self._folder / "ground_truth" / kind / f"{picture.stem}_mask.png"

    @property
    def _folder(self) -> Path:
        folder = self.archive.provide(Path(self.path), LAYOUT) / self.category
        if not folder.is_dir():
            known = ", ".join(sorted(path.name for path in folder.parent.iterdir() if path.is_dir())) or "none"
            raise DataError(f"expected the category {self.category} in {folder.parent}, found {known}; expected layout: {LAYOUT}")
        return folder
