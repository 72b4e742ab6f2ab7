"""The verb `published`: the rows of runs beside published numbers."""

import json
from collections.abc import Sequence
from pathlib import Path

from bench.command_line import parser_of, say


def published(arguments: Sequence[str]) -> int:
    """Print a table for each dataset and metric of which somebody has published numbers."""
    parser = parser_of("published", "Score rows beside published numbers of the same dataset, a line a category.")
    parser.add_argument("rows", nargs="+", type=Path, help="rows.jsonl files, or folders of runs")
    given = parser.parse_args(arguments)
    from bench.reports.formats import gather
    from bench.reports.published import beside
    from bench.reports.published import published as known

    rows = gather(given.rows, [])
    tables = []
    for dataset in dict.fromkeys(str(row.cell["dataset"]) for row in rows):
        own = [row for row in rows if row.cell["dataset"] == dataset]
        tables += [beside(own, entry) for entry in known(dataset)]
    facts = [[dict(zip(table.heads, line, strict=True)) for line in table.lines] for table in tables]
    say(json.dumps(facts, indent=2) if given.json else "\n".join(table.markdown() for table in tables))
    return 0
