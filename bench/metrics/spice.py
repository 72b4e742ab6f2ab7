"""SPICE: F1 of scene-graph tuples (Anderson et al. 2016, arXiv 1607.08822), by its authors' Java program."""

import json
import math
import shutil
import subprocess
from collections.abc import Mapping, Sequence
from importlib.util import find_spec
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, ClassVar, Literal

from bench.artifacts import Case
from bench.component import component
from bench.errors import DataError
from bench.interfaces import Aspect
from bench.metrics.told import told

JAR = "spice-1.0.jar"
PARSERS = ("lib/stanford-corenlp-3.6.0.jar", "lib/stanford-corenlp-3.6.0-models.jar")


@component
class Spice:
    """F1 of the objects, attributes and relations that the answer and all of its references name: higher is better, 0 to 1.

    `folder` holds the program and its parser; `null` takes that of the package pycocoevalcap. A machine that lacks anything gets
    one `DataError` with what to install. `None` without truth, without references (an inactive unit) and without an answer; a blank
    answer scores 0. Ceiling: below 1, since one sentence names less than all references together. Floor: 0. Made for nouns and
    adjectives of photographs: changes and directions are verbs and adverbs, of which scene graphs keep little.
    """

    version: ClassVar[int] = 1
    scope: ClassVar[Literal["unit", "cell"]] = "unit"
    higher_is_better: ClassVar[bool] = True
    bounds: ClassVar[tuple[float, float]] = (0.0, 1.0)
    sees: ClassVar[frozenset[Aspect]] = frozenset({"omissions", "additions", "directions", "texts"})
    folder: str | None
    memory: str

    def __call__(self, cases: Sequence[Case]) -> list[float | None]:
        """One value per case; one start of the program for all."""
        pairs = [told(case) for case in cases]
        asked = list(dict.fromkeys(pair for pair in pairs if pair is not None and pair[0].strip()))
        scores = self._run(installed(self.folder), asked) if asked else {}
        return [None if pair is None else scores.get(pair, 0.0) for pair in pairs]

    def _run(self, folder: Path, asked: Sequence[tuple[str, tuple[str, ...]]]) -> Mapping[tuple[str, tuple[str, ...]], float]:
        with TemporaryDirectory() as name:
            scratch = Path(name)
            (scratch / "in.json").write_text(request(asked), encoding="utf-8")
            line = command(scratch, self.memory)
            done = subprocess.run(line, cwd=folder, capture_output=True, text=True, encoding="utf-8", check=False)
            if done.returncode or not (scratch / "out.json").is_file():
                said = done.stderr.strip()[-500:]
                raise DataError(
                    f"SPICE failed with exit code {done.returncode}: {said}; it was written for Java 8, try that version"
                )
            return dict(zip(asked, scores((scratch / "out.json").read_text(encoding="utf-8")), strict=True))


def installed(folder: str | None) -> Path:
    """The folder of the program. Raises one `DataError` that lists everything that is missing and how to get it."""
    found = Path(folder).expanduser() if folder else _packaged()
    lacking = [] if shutil.which("java") else ["Java (a runtime with the command `java`; SPICE was written for version 8)"]
    if found is None or not (found / JAR).is_file():
        lacking.append("the program: pip install pycocoevalcap, or set folder to one that holds " + JAR)
    absent = [name for name in PARSERS if found is None or not (found / name).is_file()]
    if absent:
        lacking.append(
            f"its parser, Stanford CoreNLP 3.6.0, from Stanford's site: put {' and '.join(absent)} in {found or 'folder'}"
        )
    if lacking or found is None:
        raise DataError("SPICE needs a few things that are not here; install:\n" + "\n".join(f"* {thing}" for thing in lacking))
    return found


def command(scratch: Path, memory: str) -> list[str]:
    """The command line; the program reads `in.json` in the scratch folder and writes `out.json` there."""
    files = ["-cache", str(scratch / "cache"), "-out", str(scratch / "out.json")]
    (scratch / "cache").mkdir(exist_ok=True)
    return ["java", f"-Xmx{memory}", "-jar", JAR, str(scratch / "in.json"), *files, "-silent"]


def request(asked: Sequence[tuple[str, tuple[str, ...]]]) -> str:
    """What the program reads: one item per answer, numbered in order."""
    return json.dumps([{"image_id": i, "test": text, "refs": list(found)} for i, (text, found) in enumerate(asked)])


def scores(answer: str) -> list[float]:
    """The F1 of each item of what the program writes, in the order of their numbers. Raises `DataError` for anything else."""
    try:
        items: list[Any] = sorted(json.loads(answer), key=lambda item: int(item["image_id"]))
        found = [float(item["scores"]["All"]["f"]) for item in items]
        return [0.0 if math.isnan(value) else value for value in found]  # NaN: no tuple on either side
    except (ValueError, KeyError, TypeError) as error:
        raise DataError(f"expected scores from SPICE, got {answer[:200]!r} ({type(error).__name__}: {error})") from error


def _packaged() -> Path | None:
    found = find_spec("pycocoevalcap")
    return Path(found.submodule_search_locations[0]) / "spice" if found and found.submodule_search_locations else None
