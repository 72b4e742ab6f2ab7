"""The verbs of leaderboards: `submit`, `verify` and `leaderboard`."""

import json
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

from bench.command_line import parser_of, say
from bench.errors import ConfigError, DataError

SHOWN = 50  # differences of one file


def submit(arguments: Sequence[str]) -> int:
    """Pack a run into one file."""
    parser = parser_of("submit", "Pack rows, explanations and provenance of a run into leaderboards/rows/NAME.jsonl.")
    parser.add_argument("run", type=Path, help="the folder of a run, outputs/<date>/<time>")
    parser.add_argument("name", help="of the submission: a-z, 0-9, _ and -")
    parser.add_argument("--task", help="the task; the name of the run unless given")
    parser.add_argument("--to", type=Path, default=Path("leaderboards"), help="the folder of the leaderboards")
    parser.add_argument("--replace", action="store_true", help="write over a submission of this name")
    given = parser.parse_args(arguments)
    from bench.leaderboards.pack import pack
    from bench.leaderboards.tasks import NAME
    from bench.reports.publish import publish

    if not NAME.fullmatch(given.name):
        raise ConfigError(f"expected a name of a-z, 0-9, _ and -, got {given.name!r:.80}")
    path = given.to / "rows" / f"{given.name}.jsonl"
    if path.exists() and not given.replace:
        raise ConfigError(f"there is a submission at {path}; choose another name, or give --replace")
    made = pack(given.run, given.name, given.task)
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
    parser = parser_of("leaderboard", "Make the tables of every task from the submissions below a folder.")
    parser.add_argument("tasks", nargs="*", help="only these tasks")
    parser.add_argument("--from", dest="folder", type=Path, default=Path("leaderboards"), help="the folder of the leaderboards")
    parser.add_argument("--check", action="store_true", help="write nothing; exit 1 when a table is not what its rows make")
    given = parser.parse_args(arguments)
    from bench.leaderboards.tables import made
    from bench.reports.publish import publish

    texts = {
        path: text for name, files in made(given.folder).items() if name in (given.tasks or [name]) for path, text in files.items()
    }
    if not texts:
        raise DataError(f"no submission of {', '.join(given.tasks) or 'any task'} below {given.folder / 'rows'}")
    stale = [path for path, text in texts.items() if not path.exists() or path.read_text(encoding="utf-8") != text]
    for path in () if given.check else stale:
        publish(path, texts[path])
    listed = stale if given.check else list(texts)
    say(json.dumps([str(path) for path in listed], indent=2) if given.json else "\n".join(map(str, listed)))
    return 1 if given.check and stale else 0
