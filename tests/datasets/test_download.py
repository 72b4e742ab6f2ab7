"""Downloads against a real server on the loopback."""

import hashlib
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from bench.datasets.download import download, draft, verify
from bench.errors import ConfigError, DataError

BODY = bytes(range(256)) * 4_096 + b"the end"  # the last bytes fit a write buffer
SHA256 = f"sha256:{hashlib.sha256(BODY).hexdigest()}"


class Handler(BaseHTTPRequestHandler):
    def do_GET(self):
        if self.path == "/moved":
            self.send_response(302)
            self.send_header("Location", "/whole")
            self.end_headers()
        elif self.path in ("/whole", "/cut"):
            self.send_response(200)
            self.send_header("Content-Length", str(len(BODY)))
            self.end_headers()
            self.wfile.write(BODY if self.path == "/whole" else BODY[:70_000])
        elif self.path == "/unannounced":
            self.send_response(200)
            self.end_headers()
            self.wfile.write(BODY)
        elif self.path == "/silent":
            self.server.release.wait()
        else:
            self.send_error(404)

    def log_message(self, *args):
        pass


@pytest.fixture(scope="module")
def server():
    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as running:
        running.release = threading.Event()
        threading.Thread(target=running.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{running.server_port}"
        running.release.set()
        running.shutdown()


@pytest.fixture(autouse=True)
def _direct(monkeypatch):
    monkeypatch.setenv("no_proxy", "*")


@pytest.mark.parametrize("page", ["whole", "moved", "unannounced"])
def test_a_file_arrives_whole(server, tmp_path, page):
    download(f"{server}/{page}", tmp_path / "new" / "file", SHA256, 5.0, len(BODY))
    assert (tmp_path / "new" / "file").read_bytes() == BODY


@pytest.mark.parametrize(
    ("page", "checksum", "limit", "message"),
    [
        ("missing", None, 1 << 30, "404"),
        ("cut", None, 1 << 30, "70000 of 1048583 bytes"),
        ("whole", None, 1_000_000, "more than the 1000000 bytes"),
        ("whole", f"sha256:{'0' * 64}", 1 << 30, f"expected sha256:{'0' * 64}, got {SHA256}"),
    ],
)
def test_a_bad_answer_leaves_nothing_behind(server, tmp_path, page, checksum, limit, message):
    with pytest.raises(DataError, match=message):
        download(f"{server}/{page}", tmp_path / "file", checksum, 5.0, limit)
    assert list(tmp_path.iterdir()) == []


def test_a_silent_server_is_given_up(server, tmp_path):
    with pytest.raises(DataError, match="timed out"):
        download(f"{server}/silent", tmp_path / "file", None, 0.2, 1 << 30)


def test_without_a_network_the_error_says_what_to_fetch_and_where_to_put_it(tmp_path):
    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as closed:
        url = f"http://127.0.0.1:{closed.server_port}/whole"
    with pytest.raises(DataError, match="fetch it elsewhere and put it at") as caught:
        download(url, tmp_path / "file", None, 5.0, 1 << 30)
    assert url in str(caught.value)
    assert str(tmp_path / "file") in str(caught.value)


def test_only_web_addresses_are_fetched(tmp_path):
    with pytest.raises(ConfigError, match="https://"):
        download("file:///etc/hostname", tmp_path / "file", None, 5.0, 1 << 30)


def test_the_id_that_git_gives_is_a_checksum_too(tmp_path):
    (tmp_path / "file").write_bytes(b"hello\n")
    verify(tmp_path / "file", "git-blob:ce013625030ba8dba906f756967f9e9ca394464a")
    with pytest.raises(DataError, match="got git-blob:ce0136"):
        verify(tmp_path / "file", f"git-blob:{'0' * 40}")


def test_an_unknown_kind_of_checksum_is_a_fault_of_the_config(tmp_path):
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(ConfigError, match="sha256:<hex>"):
        verify(tmp_path / "file", "md5:0")


def test_a_draft_that_fails_leaves_the_published_file_as_it_was(tmp_path):
    (tmp_path / "file").write_bytes(b"old")

    def interrupted():
        with draft(tmp_path / "file") as (file, _):
            file.write(b"half of the ne")
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        interrupted()
    assert [path.read_bytes() for path in tmp_path.iterdir()] == [b"old"]
