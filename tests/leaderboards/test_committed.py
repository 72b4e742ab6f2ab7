"""The submissions and tables of this repository."""

from pathlib import Path

import pytest

from bench.leaderboards.intake import read
from bench.leaderboards.tables import made

FOLDER = Path(__file__).resolve().parents[2] / "leaderboards"
SUBMISSIONS = sorted((FOLDER / "rows").glob("*.jsonl"))


@pytest.fixture(scope="module")
def tables() -> dict[Path, str]:
    return {path: text for files in made(FOLDER / "rows", FOLDER).values() for path, text in files.items()}


def test_there_are_submissions():
    assert SUBMISSIONS


@pytest.mark.parametrize("path", SUBMISSIONS, ids=[path.stem for path in SUBMISSIONS])
def test_a_committed_submission_is_well_formed(path):
    assert read(path).header.counts.failed == 0


def test_every_committed_table_is_what_its_rows_make(tables):
    assert {path.name for path, text in tables.items() if path.read_text(encoding="utf-8") != text} == set()


def test_no_committed_table_lacks_its_rows(tables):
    assert {path for path in (FOLDER / "tables").iterdir() if path.is_file()} == set(tables)


def test_the_oracle_is_the_ceiling_of_what_units_are_scored_by():
    """It says all that there is to say, so nothing that a unit is held to may be beyond its words."""
    cells = [cell for path in SUBMISSIONS for cell in read(path).cells if cell.contestant == "oracle"]
    scored = [cell.scores[name].values for cell in cells for name in ("set_f1", "exact_set", "sign_accuracy")]
    assert {value for values in scored for value in values} == {1.0, None}
