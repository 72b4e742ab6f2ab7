"""The verbs of leaderboards: `submit`, `verify` and `leaderboard`."""

import json
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from tempfile import TemporaryDirectory

from bench.command_line import parser_of, say
from bench.errors import ConfigError, DataError

HOME, FETCHED = Path("leaderboards"), Path("outputs/leaderboards")
SHOWN = 50  # differences of one file


def submit(arguments: Sequence[str]) -> int:
    """Pack a run into one file, and its maps into another beside it."""
    parser = parser_of("submit", "Pack rows, explanations and provenance of a run into leaderboards/rows/NAME.jsonl.")
    parser.add_argument("run", type=Path, help="the folder of a run, outputs/<date>/<time>")
    parser.add_argument("name", nargs="?", help="of the submission: a-z, 0-9, _ and -; made from the rows unless given")
    parser.add_argument("--task", help="the task; the name of the run unless given")
    parser.add_argument("--to", type=Path, default=HOME, help="the folder of the leaderboards")
    parser.add_argument("--replace", action="store_true", help="write over a submission of this name")
    parser.add_argument(
        "--without-maps", action="store_true", help="of explainers that ship with the package: verify makes their maps again"
    )
    given = parser.parse_args(arguments)
    from bench.leaderboards.maps import beside, packed
    from bench.leaderboards.pack import pack
    from bench.leaderboards.shown import maps
    from bench.leaderboards.tasks import NAME
    from bench.reports.publish import publish, publish_bytes

    if given.name is not None and not NAME.fullmatch(given.name):
        raise ConfigError(f"expected a name of a-z, 0-9, _ and -, got {given.name!r:.80}")
    made = pack(given.run, given.name, given.task)
    path = given.to / "rows" / f"{made.header.submission}.jsonl"
    if path.exists() and not given.replace:
        raise ConfigError(f"there is a submission at {path}; choose another name, or give --replace")
    beside(path).unlink(missing_ok=True)
    if not given.without_maps and (shown := maps(given.run, made)):
        publish_bytes(beside(path), packed(shown))
    publish(path, made.text())
    say(json.dumps({"path": str(path), **asdict(made.header.counts)}) if given.json else str(path))
    return 0


def verify(arguments: Sequence[str]) -> int:
    """Recompute submissions; the exit code is 1 when one differs."""
    parser = parser_of("verify", "Recompute every metric of submissions from their explanations and name each difference.")
    parser.add_argument("files", nargs="+", type=Path, help="submissions, leaderboards/rows/NAME.jsonl")
    given = parser.parse_args(arguments)
    from bench.leaderboards.verify import verify as verdict

    verdicts = [verdict(path) for path in given.files]
    if given.json:
        say(json.dumps([asdict(one) for one in verdicts], indent=2))
    else:
        from bench.reports.printable import printable

        for one in verdicts:
            say(f"{'ok ' if not one.differences else 'BAD'}  {one.file}")
            for line in [*one.differences[:SHOWN], *(f"note: {note}" for note in one.notes)]:
                say("     " + printable(line))
            if (more := len(one.differences) - SHOWN) > 0:
                say(f"     and {more} more differences; --json has all")
    return 1 if any(one.differences for one in verdicts) else 0


def leaderboard(arguments: Sequence[str]) -> int:
    """Render the boards of all tasks that have submissions."""
    parser = parser_of("leaderboard", "Make the tables of every task from submissions.")
    parser.add_argument("tasks", nargs="*", help="only these tasks")
    parser.add_argument(
        "--from",
        dest="source",
        default=str(HOME),
        help="a folder of leaderboards, wandb:<entity>/<project> for the runs logged there, or wandb-offline:<folder>",
    )
    parser.add_argument("--to", type=Path, help="where tables/ goes, and from W&B rows/ too; the folder, or outputs/leaderboards")
    parser.add_argument("--check", action="store_true", help="write nothing; exit 1 when a table is not what its rows make")
    given = parser.parse_args(arguments)
    with _rows(given.source, given.check, given.to) as (rows, to):
        from bench.leaderboards.tables import made

        texts = {p: text for name, files in made(rows, to).items() if name in (given.tasks or [name]) for p, text in files.items()}
    if not texts:
        raise DataError(f"no submission of {', '.join(given.tasks) or 'any task'} in {given.source}")
    from bench.reports.publish import publish

    stale = [path for path, text in texts.items() if not path.exists() or path.read_text(encoding="utf-8") != text]
    for path in () if given.check else stale:
        publish(path, texts[path])
    listed = stale if given.check else list(texts)
    say(json.dumps([str(path) for path in listed], indent=2) if given.json else "\n".join(map(str, listed)))
    return 1 if given.check and stale else 0


@contextmanager
def _rows(source: str, check: bool, to: Path | None) -> Iterator[tuple[Path, Path]]:
    """The folder of submissions, and the one that tables go to. From W&B to a check, submissions are kept nowhere."""
    if not source.startswith("wandb"):
        yield Path(source) / "rows", to or Path(source)
        return
    from bench.leaderboards.sources import fetch

    with TemporaryDirectory() as spare:
        tables = to or (HOME if check else FETCHED)
        rows = Path(spare) if check else tables / "rows"
        for note in fetch(source, rows):
            sys.stderr.write(f"note: {note}\n")
        yield rows, tables
