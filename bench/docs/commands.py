"""The verb `docs`: the page of metrics, and the site."""

import json
import shutil
from collections.abc import Sequence
from pathlib import Path

from bench.command_line import parser_of, say
from bench.errors import DataError
from bench.reports.publish import publish

CARDS = "metrics.md"


def docs(arguments: Sequence[str]) -> int:
    """Write `docs/metrics.md` again, or check it; with `--html` build the site from all pages."""
    parser = parser_of("docs", "Make the page of metrics from the code, and the documentation as a static site. No network.")
    parser.add_argument("--root", type=Path, default=Path(), help="the folder that has README.md and docs/, such as a clone")
    parser.add_argument("--html", type=Path, metavar="DIR", help="also build the site here")
    parser.add_argument("--check", action="store_true", help="write nothing; exit 1 when the page of metrics is stale")
    given = parser.parse_args(arguments)
    if not (given.root / "docs").is_dir():
        raise DataError(
            f"expected the pages of the documentation in {given.root / 'docs'}, found no such folder; run it in a clone"
        )
    from bench.docs.cards import page

    path, text = given.root / "docs" / CARDS, page()
    stale = not path.exists() or path.read_text(encoding="utf-8") != text
    if stale and not given.check:
        publish(path, text)
    written = [str(path)] if stale or not given.check else []
    if given.html and not given.check:
        written += _site(given.root, given.html)
    say(json.dumps(written, indent=2) if given.json else "\n".join(written))
    return int(given.check and stale)


def _site(root: Path, to: Path) -> list[str]:
    from bench.docs.site import built, pictures

    for place, text in built(root).items():
        publish(to / place, text)
    for picture in pictures(root):
        (to / picture).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(root / picture, to / picture)
    return [str(to / "index.html")]
