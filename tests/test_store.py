import multiprocessing
import os
from pathlib import Path

import pytest

from bench.errors import DataError
from bench.store import Store


def write(folder: Path) -> None:
    (folder / "value.txt").write_text("42")


def test_a_published_stage_is_there(tmp_path):
    store = Store(tmp_path)
    store.publish("fit", "k", write)
    assert store.has("fit", "k")
    assert (store.folder("fit", "k") / "value.txt").read_text() == "42"


def test_a_stage_that_fails_leaves_nothing_behind(tmp_path):
    def fail(folder: Path) -> None:
        (folder / "half.txt").write_text("...")
        raise ValueError("broken")

    store = Store(tmp_path)
    with pytest.raises(ValueError, match="broken"):
        store.publish("fit", "k", fail)
    assert not store.has("fit", "k")
    assert not list((tmp_path / "drafts").iterdir())


def test_publishing_removes_the_scratch_folder(tmp_path):
    store = Store(tmp_path)
    scratch = store.scratch("fit", "k")
    (scratch / "checkpoint").write_text("1")
    store.publish("fit", "k", write)
    assert not scratch.exists()


def test_the_scratch_folder_of_an_unfinished_stage_stays(tmp_path):
    (Store(tmp_path).scratch("fit", "k") / "checkpoint").write_text("1")
    assert (Store(tmp_path).scratch("fit", "k") / "checkpoint").exists()


def die_with_lock(root: str, locked: "multiprocessing.synchronize.Event") -> None:
    Store(Path(root)).lock("fit", "k").acquire()
    locked.set()
    os.kill(os.getpid(), 9)


def test_a_lock_dies_with_its_holder(tmp_path):
    context = multiprocessing.get_context("spawn")
    locked = context.Event()
    process = context.Process(target=die_with_lock, args=(str(tmp_path), locked))
    process.start()
    process.join(60)
    assert locked.is_set()
    with Store(tmp_path).lock("fit", "k").acquire(timeout=1):
        pass


def test_a_folder_that_cannot_be_made_says_what_to_do(tmp_path):
    blocked = tmp_path / "file"
    blocked.write_text("")
    with pytest.raises(DataError, match=r"runtime\.folders\.store"):
        Store(blocked / "store").publish("fit", "k", write)


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs /dev/full, a file of a disk without room")
def test_a_full_disk_says_what_to_do_and_leaves_nothing(tmp_path):
    def fill(folder: Path) -> None:
        with Path("/dev/full").open("w") as file:
            file.write("x")

    store = Store(tmp_path)
    with pytest.raises(DataError, match="No space left"):
        store.publish("fit", "k", fill)
    assert not store.has("fit", "k")
    assert not list((tmp_path / "drafts").iterdir())
