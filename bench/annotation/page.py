"""The page on which people annotate: one HTML file that opens from the disk, and the task read back from it.

The task lies in the page as JSON and reaches the screen as text alone; the policy of the page forbids every request, and every
script and style but its own.
"""

import json
import re
from dataclasses import asdict
from functools import cache
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter, ValidationError

from bench.annotation.task import LONGEST, STARS, Task
from bench.canonical import canonical
from bench.errors import DataError
from bench.reports.page import policy

_FOLDER = Path(__file__).parent
_SCRIPTS = ("answers.js", "page.js", "questions.js", "keyboard.js")
_TASK = re.compile(r'<script type="application/json" id="task">(.*?)</script>', re.DOTALL)
LARGEST = 512 * 2**20  # bytes of a page


def render(task: Task) -> str:
    """The page of a task. Equal tasks give equal bytes."""
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    setting = Environment(
        loader=FileSystemLoader(_FOLDER), autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    style, script = _source("page.css"), "".join(map(_source, _SCRIPTS))
    asked = {"fingerprint": task.fingerprint, "longest": LONGEST, "stars": STARS, "ids": [item.id for item in task.items]}
    return setting.get_template("page.html.j2").render(
        title=task.title,
        style=style,
        script=script,
        policy=policy(style, script),
        task=canonical(asked | {"task": asdict(task)}).replace("<", r"\u003c"),
    )


def read_task(path: Path) -> Task:
    """The task of a page. Raises `DataError` for a file that is no page, or whose fingerprint is not that of its task."""
    try:
        if path.stat().st_size > LARGEST:
            raise DataError(f"{path}: {path.stat().st_size:,} bytes; a page has at most {LARGEST:,}")
        found = _TASK.search(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        raise DataError(f"expected a page of `latentbench annotate` at {path}, cannot read it: {error}") from error
    if found is None:
        raise DataError(f"{path}: no task in it; give the page that `latentbench annotate` wrote")
    try:
        asked = json.loads(found[1])
        task: Task = _adapter().validate_json(json.dumps(asked["task"]))
    except (ValidationError, ValueError, KeyError, TypeError, RecursionError) as error:
        raise DataError(f"{path}: its task is damaged ({error!s:.300}); make the page anew") from error
    if asked.get("fingerprint") != task.fingerprint:
        raise DataError(f"{path}: its task was changed after it was made; use the page as `latentbench annotate` wrote it")
    return task


@cache
def _adapter() -> Any:
    return TypeAdapter(Task)


def _source(name: str) -> str:
    return (_FOLDER / name).read_text(encoding="utf-8")
