"""Files from the network: streamed to a draft, checked, and published by one rename, so that a file that exists is whole."""

import hashlib
import http.client
import os
import sys
import tempfile
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from bench.errors import ConfigError, DataError

BLOCK = 1 << 20


def download(url: str, path: Path, checksum: str | None, timeout: float, limit: int) -> None:
    """Fetch `url` into `path`. `timeout` is in seconds without a byte, `limit` in bytes, `checksum` as for `verify`.

    Raises `ConfigError` for a URL that is neither http nor https, and `DataError` when the server cannot be reached, sends an
    error, fewer bytes than it announced or more than `limit`, or bytes with another checksum. Then nothing is left at `path`.
    """
    if not url.startswith(("https://", "http://")):
        raise ConfigError(f"expected a URL that starts with https:// or http://, got {url!r}; correct it in the YAML")
    try:
        with draft(path) as (file, written):
            _stream(url, file, timeout, limit)
            verify(written, checksum)
    except (OSError, http.client.HTTPException) as error:
        raise DataError(
            f"expected to fetch {url}, got {type(error).__name__}: {error}; "
            f"without a network, fetch it elsewhere and put it at {path}"
        ) from error


def verify(path: Path, checksum: str | None) -> None:
    """Compare a file with `sha256:<hex>` or `git-blob:<hex>`, the id that git gives to its bytes; `None` accepts any file.

    Raises `DataError` when it differs and `ConfigError` for another kind of checksum.
    """
    if checksum is None:
        return
    kind, _, expected = checksum.partition(":")
    starts = {"sha256": hashlib.sha256(), "git-blob": hashlib.sha1(b"blob %d\0" % path.stat().st_size, usedforsecurity=False)}
    if kind not in starts:
        raise ConfigError(f"expected a checksum sha256:<hex> or git-blob:<hex>, got {checksum!r}; correct it in the YAML")
    with path.open("rb") as file:
        found = hashlib.file_digest(file, lambda: starts[kind]).hexdigest()
    if found != expected.lower():
        raise DataError(
            f"{path}: expected {checksum}, got {kind}:{found}; fetch the file again, or set the checksum to null to use these bytes"
        )


@contextmanager
def draft(path: Path) -> Iterator[tuple[IO[bytes], Path]]:
    """A file beside `path`, open for writing, that becomes `path` when the block ends well and vanishes when it does not."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    written = Path(name)
    try:
        with os.fdopen(handle, "wb") as file:
            yield file, written
            file.flush()
            os.fsync(file.fileno())
        written.replace(path)
    finally:
        written.unlink(missing_ok=True)


def _stream(url: str, file: IO[bytes], timeout: float, limit: int) -> None:
    from rich.console import Console
    from rich.progress import wrap_file

    with urllib.request.urlopen(url, timeout=timeout) as response:
        announced, received = response.headers["Content-Length"], 0
        console, quiet = Console(stderr=True), not sys.stderr.isatty()
        label = url.rpartition("/")[2]
        with wrap_file(response, total=int(announced or 0), description=label, console=console, disable=quiet) as shown:
            while block := shown.read(BLOCK):
                received += len(block)
                if received > limit:
                    raise OSError(f"more than the {limit} bytes that such a file may have")
                file.write(block)
    file.flush()
    if announced is not None and received != int(announced):
        raise OSError(f"{received} of {announced} bytes")
