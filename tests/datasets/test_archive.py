"""Archives from a real server on the loopback."""

import hashlib
import io
import tarfile
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from bench.datasets.archive import Archive
from bench.errors import DataError


def packed(names, kind="gz"):
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode=f"w:{kind}") as archive:
        for name in names:
            member = tarfile.TarInfo(name)
            member.size = 5
            archive.addfile(member, io.BytesIO(b"hello"))
    return buffer.getvalue()


FILES = {"/good.tar.gz": packed(["set/one/a.txt"]), "/good.tar.xz": packed(["set/one/a.txt"], "xz")}
FILES |= {"/astray.tar.gz": packed(["../a.txt"]), "/cut.tar.gz": FILES["/good.tar.gz"][:60], "/none.tar.gz": b"no archive" * 50}


class Handler(BaseHTTPRequestHandler):
    def do_GET(self):
        body = FILES.get(self.path)
        if body is None:
            self.send_error(404)
            return
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)
        self.server.asked.append(self.path)

    def log_message(self, *args):
        pass


@pytest.fixture
def server(monkeypatch):
    for variable in ("http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"):
        monkeypatch.delenv(variable, raising=False)
    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as running:
        running.asked = []
        threading.Thread(target=running.serve_forever, daemon=True).start()
        yield running
        running.shutdown()


def archive(server, name, into, fetch=True, checksum=None):
    return Archive(
        url=f"http://127.0.0.1:{server.server_port}/{name}",
        checksum=checksum,
        into=str(into),
        fetch=fetch,
        timeout=5.0,
        limit=10_000,
    )


@pytest.mark.parametrize("name", ["good.tar.gz", "good.tar.xz"])
def test_it_is_fetched_checked_and_unpacked_once(server, tmp_path, name):
    into = tmp_path / "data"
    right = f"sha256:{hashlib.sha256(FILES[f'/{name}']).hexdigest()}"
    for _ in range(2):
        folder = archive(server, name, into, checksum=right).provide(into / "set", "set/one")
    assert (folder / "one" / "a.txt").read_text() == "hello"
    assert server.asked == [f"/{name}"]
    assert {path.name for path in tmp_path.iterdir()} == {"data", "data.lock"}


def test_nothing_is_fetched_unless_its_user_says_so(server, tmp_path):
    with pytest.raises(DataError, match=r"expected layout: set/one.*runtime\.fetch=true"):
        archive(server, "good.tar.gz", tmp_path / "data", fetch=False).provide(tmp_path / "data/set", "set/one")
    assert not server.asked


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("astray.tar.gz", "expected a whole tar file, got OutsideDestinationError"),
        ("cut.tar.gz", "expected a whole tar file"),
        ("none.tar.gz", "expected a whole tar file, got ReadError"),
        ("lost.tar.gz", "expected to fetch"),
    ],
)
def test_a_bad_archive_is_one_clear_error_and_leaves_nothing(server, tmp_path, name, message):
    into = tmp_path / "deep" / "data"
    with pytest.raises(DataError, match=message):
        archive(server, name, into).provide(into / "set", "set/one")
    assert {path.name for path in into.parent.iterdir()} == {"data.lock"}
    assert not (tmp_path / "a.txt").exists()


def test_another_checksum_is_refused(server, tmp_path):
    with pytest.raises(DataError, match="expected sha256:00"):
        archive(server, "good.tar.gz", tmp_path / "data", checksum="sha256:00").provide(tmp_path / "data/set", "set/one")
    assert not (tmp_path / "data").exists()


def test_an_archive_of_something_else_is_refused(server, tmp_path):
    with pytest.raises(DataError, match=r"expected .*other in the archive"):
        archive(server, "good.tar.gz", tmp_path / "data").provide(tmp_path / "data/other", "other")
