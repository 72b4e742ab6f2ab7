"""An archive from the network, fetched only when its user says so, checked, and unpacked once."""

import tarfile
import tempfile
from pathlib import Path
from typing import Annotated, ClassVar

from pydantic import Field

from bench.component import component
from bench.datasets.download import download
from bench.errors import DataError


@component
class Archive:
    """A tar file at `url` with `checksum` (see `verify`), unpacked into the folder `into` where that is missing and `fetch` is set.

    The archive itself is not kept. `limit` is the most bytes that it may have.
    """

    version: ClassVar[int] = 1
    url: str
    checksum: str | None
    into: str
    fetch: bool
    timeout: float
    limit: Annotated[int, Field(gt=0)]

    def provide(self, folder: Path, layout: str) -> Path:
        """The folder, which is `into` or lies in it. Raises `DataError` when it is missing and may not or cannot be fetched."""
        from filelock import FileLock

        if folder.is_dir():
            return folder
        if not self.fetch:
            raise DataError(
                f"expected a folder at {folder}, found none; expected layout: {layout}. Put your copy there, or set "
                f"runtime.fetch=true to take it from {self.url} under its own licence"
            )
        into = Path(self.into)
        into.parent.mkdir(parents=True, exist_ok=True)
        with FileLock(into.parent / f"{into.name}.lock"):
            if not into.exists():
                self._unpacked(into)
        if not folder.is_dir():
            raise DataError(f"expected {folder} in the archive {self.url}, found none; expected layout: {layout}")
        return folder

    def _unpacked(self, into: Path) -> None:
        with tempfile.TemporaryDirectory(dir=into.parent, prefix=f".{into.name}.") as folder:
            whole, draft = Path(folder) / "archive", Path(folder) / "unpacked"
            download(self.url, whole, self.checksum, self.timeout, self.limit)
            try:
                with tarfile.open(whole) as archive:
                    archive.extractall(draft, filter="data")  # no link, device or path that leads out of it
            except (tarfile.TarError, EOFError, OSError) as error:
                raise DataError(
                    f"{self.url}: expected a whole tar file, got {type(error).__name__}: {error}; correct `url`, or unpack "
                    f"the data into {into} yourself"
                ) from error
            draft.replace(into)
