import json
import os
import pickle
import struct
import subprocess
import sys
import textwrap
import time
from pathlib import Path

import pytest

from bench.reports import wandb_tables
from bench.reports.statistics import summarise
from bench.reports.untracked import Untracked
from bench.reports.wandb_files import kept_in
from bench.reports.wandb_tables import lines_of

PROGRAM = textwrap.dedent(
    """
    import os, pickle, sys
    from pathlib import Path
    from bench.errors import ClientError
    from bench.reports.wandb_run import WandbRun

    before = dict(os.environ)
    rows, records, summaries = pickle.load(open(sys.argv[1], "rb"))
    config = {"client": {"api_key": "sk-secret", "model": "m"}, "steps": (1, 2)}
    tracker = WandbRun(mode=sys.argv[3], project="latentbench", entity=None, timeout=3.0)
    try:
        tracker(rows, records, summaries, config, Path(sys.argv[2]), "quickstart")
    except ClientError as error:
        print("CLIENT", error.kind, str(error).replace(chr(10), " "))
    os.environ.pop("WANDB_SERVICE", None)  # how W&B finds its own process again
    assert dict(os.environ) == before
    """
)


@pytest.fixture(scope="module")
def small(make_campaign):
    return make_campaign(models=("exact_panel",), explainers=("oracle", "latent_explainer"), seeds=range(2))


@pytest.fixture
def started(tmp_path, small):
    """Runs the tracker in a process of its own, with a home directory of its own; gives what it printed."""

    def started(mode, folder="out", **variables):
        home = tmp_path / "home"
        home.mkdir(exist_ok=True)
        # our own bytes in our own temporary folder
        (tmp_path / "campaign.pkl").write_bytes(pickle.dumps((small.rows, small.records, summarise(small.rows, draws=50))))
        (tmp_path / "program.py").write_text(PROGRAM)
        kept = {k: v for k, v in os.environ.items() if not k.startswith("WANDB") and k not in ("NETRC", "XDG_CACHE_HOME")}
        environment = kept | {"HOME": str(home), "PYTHONPATH": str(Path(__file__).parents[2])} | variables
        command = [sys.executable, str(tmp_path / "program.py"), str(tmp_path / "campaign.pkl"), str(tmp_path / folder), mode]
        done = subprocess.run(
            command,
            env=environment,
            cwd=tmp_path,
            capture_output=True,
            text=True,
            timeout=50,
            stdin=subprocess.DEVNULL,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    return started


def records_of(path):
    """The records of a `.wandb` file: LevelDB framing, a header of 7 bytes, blocks of 32 KiB, records in one or more parts."""
    from wandb.proto.wandb_internal_pb2 import Record

    content, at, parts = path.read_bytes(), 7, b""
    while at + 7 <= len(content):
        left = 32768 - at % 32768
        if left < 7:
            at += left
            continue
        _, length, kind = struct.unpack("<IHB", content[at : at + 7])
        parts += content[at + 7 : at + 7 + length]
        at += 7 + length
        if kind in (1, 4):
            record = Record()
            record.ParseFromString(parts)
            yield record
            parts = b""


def test_an_offline_run_holds_everything_and_writes_nowhere_else(started, tmp_path, small):
    started("offline")
    assert list((tmp_path / "home").rglob("*")) == []
    (file,) = (tmp_path / "out" / "wandb").glob("offline-run-*/*.wandb")
    records = list(records_of(file))
    entries = [e for r in records if r.HasField("artifact") for e in r.artifact.manifest.contents]
    requests = [r.request.log_artifact.artifact for r in records if r.request.HasField("log_artifact")]
    paths = [Path(e.local_path) for e in [*entries, *(e for a in requests for e in a.manifest.contents)]]
    assert sum(path.stat().st_size > 0 for path in paths) == len(paths) > len({r.unit.name for r in small.records})
    assert all(path.is_relative_to(tmp_path / "out") for path in paths)
    media = [item.path for r in records if r.HasField("files") for item in r.files.files]
    assert all((file.parent / "files" / path).exists() for path in media)

    run = next(r.run for r in records if r.HasField("run"))
    config = {item.key or item.nested_key[0]: json.loads(item.value_json) for item in run.config.update}
    assert config["client"] == {"api_key": "(hidden)", "model": "m"}
    assert config["steps"] == [1, 2]
    assert (run.project, run.run_group) == ("latentbench", "quickstart")
    assert b"sk-secret" not in file.read_bytes()

    noted = {item.key or "/".join(item.nested_key): item.value_json for r in records for item in r.summary.update}
    summary = summarise(small.rows, draws=50)[0]
    name = "/".join([*summary.group.values(), summary.metric])
    for key in ("mean", "low", "high"):
        assert json.loads(noted[f"{name}/{key}"]) == pytest.approx(getattr(summary, key))
    assert json.loads(noted[f"{name}/n"]) == summary.scored

    (table,) = (json.loads(p.read_text()) for p in (tmp_path / "out").rglob("*.table.json") if "media" in p.parts)
    assert len(table["data"]) == len(small.records)
    texts = [row[table["columns"].index("text")] for row in table["data"]]
    assert texts == [record.explanation.text for record in small.records]


def test_online_without_a_key_is_one_clear_error(started):
    said = started("online")
    assert said.startswith("CLIENT rejected")
    assert "wandb login" in said
    assert "tracker=offline" in said


def test_online_without_an_answer_is_one_clear_error_soon(started):
    start = time.monotonic()
    said = started("online", WANDB_API_KEY="0" * 40, WANDB_BASE_URL="http://127.0.0.1:9")
    assert said.startswith("CLIENT unreachable")
    assert time.monotonic() - start < 30


def test_a_table_is_split_where_wandb_would_cut_it(small, monkeypatch):
    pytest.importorskip("wandb")
    monkeypatch.setattr(wandb_tables, "MOST", 10)
    parts = wandb_tables.tables(small.rows, small.records)
    assert list(parts) == ["explanations", "explanations_2", "explanations_3", "explanations_4", "explanations_5"]
    assert [len(part.data) for part in parts.values()] == [10, 10, 10, 10, 8]


def test_the_split_is_not_above_the_limit_of_wandb():
    import wandb

    assert wandb_tables.MOST <= wandb.Table.MAX_ROWS


def test_a_line_holds_the_scores_of_its_own_cell_and_unit(small):
    axes, metrics = ["model", "bias", "explainer", "seed"], ["set_f1", "sign_accuracy"]
    values = {(str(dict(row.cell)), row.unit, row.metric): row.value for row in small.rows}
    for record, line in zip(small.records, lines_of(small.rows, small.records, axes, metrics), strict=True):
        assert line[:5] == [*(record.cell[axis] for axis in axes), record.unit.name]
        assert line[-2:] == [values[str(dict(record.cell)), record.unit.name, metric] for metric in metrics]


def test_equal_strips_share_one_picture(small):
    lines = lines_of(small.rows, small.records, [], [])
    assert len({id(line[3]) for line in lines}) < len(lines)


def test_the_environment_comes_back_even_after_an_error(tmp_path, monkeypatch):
    monkeypatch.setenv("WANDB_DIR", "mine")
    monkeypatch.delenv("WANDB_DATA_DIR", raising=False)
    before = dict(os.environ)

    def fail():
        with kept_in(tmp_path, online=False):
            assert Path(os.environ["WANDB_DATA_DIR"]).is_relative_to(tmp_path)
            raise KeyError

    with pytest.raises(KeyError):
        fail()
    assert dict(os.environ) == before


def test_online_the_settings_of_the_user_stay_in_use(tmp_path, monkeypatch):
    monkeypatch.setenv("WANDB_CONFIG_DIR", "mine")
    with kept_in(tmp_path, online=True):
        assert os.environ["WANDB_CONFIG_DIR"] == "mine"
    with kept_in(tmp_path, online=False):
        assert os.environ["WANDB_CONFIG_DIR"] != "mine"


def test_no_tracker_leaves_the_folder_empty(tmp_path, small):
    Untracked()(small.rows, small.records, [], {}, tmp_path, "g")
    assert list(tmp_path.iterdir()) == []
