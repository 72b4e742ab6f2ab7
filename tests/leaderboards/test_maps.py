"""Maps go with a submission, and whatever a forger may do to them is named."""

import io
import json
import pickle
import zipfile
from dataclasses import asdict
from functools import cache
from types import SimpleNamespace

import numpy as np
import pytest

from bench.attention.record import Attention
from bench.canonical import canonical
from bench.compose import composer
from bench.errors import DataError
from bench.leaderboards import reference
from bench.leaderboards.commands import leaderboard, submit
from bench.leaderboards.maps import beside, digest_of, packed, read_maps
from bench.leaderboards.pack import pack
from bench.leaderboards.rows import score_rows
from bench.leaderboards.shown import maps
from bench.leaderboards.verify import verify
from bench.reports.rows import read_rows
from bench.session import run

TASK = ["+experiment=dsprites_visual", "tracker=none"]
NARROW = ["grid.model=[exact_moments]"]
OWN = ["explainer=attention_centre", "grid.explainer=[attention_centre]", "explainer.width=0.3"]  # that nobody can hear again
OURS = ["grid.explainer=[attention_oracle]"]
OVERRIDES, REFERENCE = reference.overrides, cache(reference.reference)


@pytest.fixture(scope="module")
def runs(tmp_path_factory):
    """The folder of two runs of a part of the task: `own`, of an explainer with other settings, and `ours`, of a shipped one."""
    folder = tmp_path_factory.mktemp("maps")
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        patch.setenv("LATENTBENCH_STORE", str(folder / "store"))
        for name, explainer in (("own", OWN), ("ours", OURS)):
            with composer([*TASK, *NARROW, *explainer]) as (fixed, _):
                assert run(fixed, folder / name) == 0
        yield folder


@pytest.fixture
def here(runs, monkeypatch):
    monkeypatch.chdir(runs)
    monkeypatch.setenv("LATENTBENCH_STORE", str(runs / "store"))
    monkeypatch.setattr(reference, "overrides", lambda task, explainers: [*OVERRIDES(task, explainers), *NARROW])
    monkeypatch.setattr("bench.leaderboards.verify.reference", REFERENCE)
    return runs


@pytest.fixture
def given(here):
    """A submission of `own` to be tampered with: its lines, and its maps by digest."""
    made = pack(here / "own", "own")
    lines = [json.loads(line) for line in made.text().split("\n") if line]
    return SimpleNamespace(lines=lines, shown=maps(here / "own", made))


def verdict(folder, given, archive=None):
    path = folder / "own.jsonl"
    path.write_text("".join(canonical(line) + "\n" for line in given.lines))
    beside(path).write_bytes(packed(given.shown) if archive is None else archive)
    return verify(path)


def only(given):
    [digest] = given.shown
    return digest, given.shown[digest]


def renamed(given, attention):
    """The same submission, honest about other maps."""
    digest = digest_of(attention)
    for said in given.lines[1]["explanations"]:
        said["maps"] = digest
    given.shown = {digest: attention}


def test_submit_brings_the_maps_and_verify_accepts_them(here, tmp_path):
    assert submit([str(here / "own"), "own", "--to", str(tmp_path)]) == 0
    found = verify(tmp_path / "rows" / "own.jsonl")
    assert found.differences == ()
    assert [note for note in found.notes if "maps" in note] == []


def test_a_board_stands_on_rows_alone(here, tmp_path):
    submit([str(here / "own"), "own", "--to", str(tmp_path)])
    submit([str(here / "ours"), "ours", "--to", str(tmp_path), "--without-maps"])
    assert leaderboard(["--from", str(tmp_path)]) == 0
    table = (tmp_path / "tables" / "dsprites_visual.md").read_text()
    assert "attention_centre (explainer.width=0.3)" in table
    assert "7/0/0" in table


def test_the_rows_come_back_to_the_last_bit(here):
    back, real = score_rows(pack(here / "own", "own")), read_rows(here / "own" / "rows.jsonl")
    assert sorted(canonical(asdict(row)) for row in back) == sorted(canonical(asdict(row)) for row in real)


def test_maps_come_back_to_the_last_bit(here, tmp_path):
    shown = maps(here / "ours", pack(here / "ours", "ours"))
    (tmp_path / "a.maps.npz").write_bytes(packed(shown))
    back = read_maps(tmp_path / "a.maps.npz")
    assert {digest: digest_of(one) for digest, one in back.items()} == {digest: digest for digest in shown}
    assert packed(back) == packed(shown)


def test_maps_that_units_share_are_packed_once(given):
    assert len({said["maps"] for said in given.lines[1]["explanations"]}) == len(given.shown) == 1


def test_maps_of_shipped_explainers_may_stay_out_and_are_made_again(here, tmp_path):
    submit([str(here / "ours"), "ours", "--to", str(tmp_path), "--without-maps"])
    path = tmp_path / "rows" / "ours.jsonl"
    found = verify(path)
    assert not beside(path).exists()
    assert found.differences == ()
    assert "5 units come without their maps; those shown here were scored, 0 of them" in "\n".join(found.notes)


def test_a_better_score_of_maps_made_again_is_named(here, tmp_path):
    submit([str(here / "ours"), "ours", "--to", str(tmp_path), "--without-maps"])
    path = tmp_path / "rows" / "ours.jsonl"
    head, cell = (json.loads(line) for line in path.read_text().split("\n")[:2])
    cell["scores"]["map_auroc"]["values"][0] = 1.0
    path.write_text(canonical(head) + "\n" + canonical(cell) + "\n")
    assert any("map_auroc: recorded 1.0, recomputed 0.9" in fault for fault in verify(path).differences)


def test_missing_maps_are_named(tmp_path, given):
    path = tmp_path / "own.jsonl"
    path.write_text("".join(canonical(line) + "\n" for line in given.lines))
    assert "its maps are missing" in "\n".join(verify(path).differences)


def test_a_changed_map_under_the_old_name_is_named(tmp_path, given):
    digest, attention = only(given)
    given.shown = {digest: Attention(attention.index, attention.maps * 2, attention.redrawn)}
    assert "the maps were changed" in "\n".join(verdict(tmp_path, given).differences)


def test_a_changed_map_under_its_own_name_changes_the_scores(tmp_path, given):
    _, attention = only(given)
    renamed(given, Attention(attention.index, attention.maps[:, ::-1] ** 3 + np.eye(64, dtype=np.float32), attention.redrawn))
    assert "map_auroc: recorded" in "\n".join(verdict(tmp_path, given).differences)


def test_other_pictures_than_those_of_the_task_are_named(tmp_path, given):
    _, attention = only(given)
    renamed(given, Attention(attention.index[::-1].copy(), attention.maps, attention.redrawn))
    assert "that are not the 32 of the task" in "\n".join(verdict(tmp_path, given).differences)


def test_fewer_pictures_are_named(tmp_path, given):
    _, attention = only(given)
    renamed(given, Attention(attention.index[:4], attention.maps[:4], attention.redrawn[:4]))
    assert "maps of 4 pictures" in "\n".join(verdict(tmp_path, given).differences)


def test_maps_of_another_size_are_named(tmp_path, given):
    _, attention = only(given)
    renamed(given, Attention(attention.index, attention.maps[:, ::2, ::2].copy(), None))
    assert "maps of shape (32, 32, 32), expected (32, 64, 64)" in "\n".join(verdict(tmp_path, given).differences)


def test_a_map_that_is_not_finite_is_named(tmp_path, given):
    _, attention = only(given)
    renamed(given, Attention(attention.index, np.full_like(attention.maps, np.nan), attention.redrawn))
    assert "not finite" in "\n".join(verdict(tmp_path, given).differences)


def test_maps_of_nobody_are_named(tmp_path, given):
    _, attention = only(given)
    more = Attention(attention.index, attention.maps + 1, None)
    given.shown[digest_of(more)] = more
    assert "belong to no explanation" in "\n".join(verdict(tmp_path, given).differences)


def test_maps_that_are_not_what_a_shipped_explainer_shows_are_named(here, tmp_path):
    made = pack(here / "ours", "own")
    given = SimpleNamespace(lines=[json.loads(line) for line in made.text().split("\n") if line], shown=maps(here / "ours", made))
    attention = next(iter(given.shown.values()))
    other = Attention(attention.index, attention.maps + np.float32(0.01), attention.redrawn)
    old, new = digest_of(attention), digest_of(other)
    given.shown = {digest: one for digest, one in given.shown.items() if digest != old} | {new: other}
    for said in given.lines[1]["explanations"]:
        said |= {"maps": new} if said.get("maps") == old else {}
    assert "not those that the explainer shows here" in "\n".join(verdict(tmp_path, given).differences)


def test_a_map_for_a_unit_on_which_a_shipped_explainer_abstains_is_named(here, tmp_path):
    made = pack(here / "ours", "own")
    given = SimpleNamespace(lines=[json.loads(line) for line in made.text().split("\n") if line], shown=maps(here / "ours", made))
    said = given.lines[1]["explanations"]
    next(one for one in said if "maps" not in one)["maps"] = next(iter(given.shown))
    given.lines[0]["counts"] |= {"answered": 6, "abstained": 1}
    assert "recorded, the explainer shows none" in "\n".join(verdict(tmp_path, given).differences)


def test_a_failure_with_maps_is_named(tmp_path, given):
    given.lines[1]["explanations"][0]["failure"] = "refused"
    given.lines[0]["counts"] |= {"answered": 6, "failed": 1}
    assert "has no text, answers, certainty or maps" in "\n".join(verdict(tmp_path, given).differences)


def test_maps_in_a_task_of_texts_are_named(tmp_path, monkeypatch, given):
    """An answer without a text would be left out of what texts are scored by."""
    monkeypatch.setattr(reference.Reference, "pictures", lambda *_: None)
    assert "has maps, and its task asks for none" in "\n".join(verdict(tmp_path, given).differences)


def archive(*members):
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as made:
        for name, inside in members:
            made.writestr(name, inside)
    return content.getvalue()


def array(value, **options):
    content = io.BytesIO()
    np.lib.format.write_array(content, value, **options)
    return content.getvalue()


def encrypted():
    content = bytearray(archive((f"{'0' * 64}/index.npy", array(np.arange(3)))))
    for signature, flags in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        content[content.index(signature) + flags] |= 1
    return bytes(content)


def damaged():
    content = bytearray(archive((f"{'0' * 64}/index.npy", array(np.arange(300)))))
    content[90:120] = bytes(30)
    return bytes(content)


NAME = f"{'0' * 64}/maps.npy"
ZEROS = np.zeros((2, 3, 3), np.float32)


def whole(**other):
    parts = {"index": np.arange(2), "maps": ZEROS, "redrawn": ZEROS[:1]} | other
    return archive(*((f"{'0' * 64}/{name}.npy", array(value)) for name, value in parts.items()))


FILES = {
    "a pickled array": (archive((NAME, array(np.array([{}], object), version=(1, 0)))), "pickled array"),
    "a pickle": (archive((NAME, pickle.dumps(ZEROS))), "not the maps of a submission"),
    "a pickle by its name": (archive(("maps.pkl", pickle.dumps(ZEROS))), "expected <digest>/"),
    "path traversal": (archive(("../../maps.npy", array(ZEROS))), "expected <digest>/"),
    "another type": (archive((NAME, array(ZEROS.astype(np.float64)))), "expected 3 axes of <f4, got 3 of <f8"),
    "another order": (archive((NAME, array(np.asfortranarray(np.ones((2, 3, 4), np.float32))))), "expected 3 axes"),
    "too few axes": (archive((NAME, array(ZEROS[0]))), "got 2 of <f4"),
    "fewer bytes than the shape": (archive((NAME, array(ZEROS)[:-4])), "are not those of shape"),
    "redrawn maps of another size": (whole(redrawn=ZEROS[:1, 1:]), "do not go together"),
    "more redrawn maps than maps": (whole(redrawn=np.zeros((3, 3, 3), np.float32)), "do not go together"),
    "fewer maps than pictures": (whole(index=np.arange(3)), "do not go together"),
    "a digest that is none": (whole(), "the maps were changed"),
    "no index": (archive((NAME, array(ZEROS))), "expected index and maps"),
    "another version of arrays": (archive((NAME, array(ZEROS, version=(2, 0)))), "version 1.0"),
    "no archive": (b"\x93NUMPY nothing", "not the maps of a submission"),
    "encrypted": (encrypted(), "not the maps of a submission"),
    "damaged": (damaged(), "not the maps of a submission"),
    "empty": (b"", "not the maps of a submission"),
}


@pytest.mark.parametrize(("content", "named"), FILES.values(), ids=list(FILES))
def test_a_file_that_holds_no_maps_is_named(tmp_path, content, named):
    (tmp_path / "a.maps.npz").write_bytes(content)
    with pytest.raises(DataError, match=named):
        read_maps(tmp_path / "a.maps.npz")


def test_a_zip_bomb_is_not_unpacked(tmp_path, monkeypatch):
    monkeypatch.setattr("bench.leaderboards.maps.UNPACKED", 2**20)
    monkeypatch.setattr(zipfile.ZipFile, "read", lambda *_: pytest.fail("was unpacked"))
    (tmp_path / "a.maps.npz").write_bytes(archive((NAME, bytes(2**21))))
    with pytest.raises(DataError, match="zip bomb"):
        read_maps(tmp_path / "a.maps.npz")


def test_a_bomb_that_lies_about_its_size_unpacks_to_no_more(tmp_path, monkeypatch):
    """The size in the list of members is the most that is read of one."""
    monkeypatch.setattr("bench.leaderboards.maps.UNPACKED", 2**20)
    content = archive((NAME, bytes(2**22))).replace((2**22).to_bytes(4, "little"), (2**10).to_bytes(4, "little"))
    (tmp_path / "a.maps.npz").write_bytes(content)
    with pytest.raises(DataError, match="not the maps of a submission"):
        read_maps(tmp_path / "a.maps.npz")


def test_a_member_that_came_twice_is_named(tmp_path):
    with pytest.warns(UserWarning, match="Duplicate"):
        content = archive((NAME, array(ZEROS)), (NAME, array(ZEROS)))
    (tmp_path / "a.maps.npz").write_bytes(content)
    with pytest.raises(DataError, match="came twice"):
        read_maps(tmp_path / "a.maps.npz")


def test_a_file_that_is_too_large_is_not_opened(tmp_path, monkeypatch):
    monkeypatch.setattr("bench.leaderboards.maps.LARGEST", 10)
    (tmp_path / "a.maps.npz").write_bytes(bytes(11))
    with pytest.raises(DataError, match="at most 10"):
        read_maps(tmp_path / "a.maps.npz")


def test_a_link_to_maps_is_not_followed(tmp_path):
    (tmp_path / "a.maps.npz").symlink_to("/etc/hostname")
    with pytest.raises(DataError, match="symbolic link"):
        read_maps(tmp_path / "a.maps.npz")


def test_maps_that_are_too_large_cannot_be_packed(given, monkeypatch):
    monkeypatch.setattr("bench.leaderboards.maps.LARGEST", 10)
    with pytest.raises(DataError, match="look at fewer pictures"):
        packed(given.shown)


def test_maps_of_pictures_that_are_not_ours_are_not_published(here, given, monkeypatch):
    monkeypatch.setattr("bench.leaderboards.shown.OPEN", ())
    with pytest.raises(DataError, match="as sharp as its pictures"):
        maps(here / "own", pack(here / "own", "own"))


def test_a_digest_is_of_the_shape_too_and_of_no_type_of_a_machine():
    index = np.arange(2)
    flat = Attention(index, np.zeros((2, 3, 4), np.float32))
    assert digest_of(flat) != digest_of(Attention(index, np.zeros((2, 4, 3), np.float32)))
    assert digest_of(flat) == digest_of(Attention(index.astype(np.int32), np.zeros((2, 3, 4), np.float32)))
