"""What a W&B run carries as files: the results of the run, and its submission where it has one."""

import json
from pathlib import Path
from typing import Any

from bench.canonical import canonical
from bench.reports.public import public

RESULTS = ("rows.jsonl", "explanations.jsonl", "table.md", "table.csv", "table.tex", "report.html")
SUBMISSION = "submission"  # the folder of a run that holds it, and the type of its artifact


def artifacts(folder: Path, run: str) -> list[Any]:
    """The artifacts of a finished run folder: `results-<run>`, and the submission under its own name. Files stay where they are."""
    import wandb

    results = wandb.Artifact(f"results-{run}", type="results")
    for name in RESULTS:
        if (folder / name).exists():
            results.add_file(str(folder / name), policy="immutable")
    if (folder / "run.json").exists():
        with results.new_file("run.json", mode="w", encoding="utf-8") as file:
            file.write(canonical(public(json.loads((folder / "run.json").read_text(encoding="utf-8")))) + "\n")
    return [results, *(_submission(path) for path in sorted((folder / SUBMISSION).glob("*.jsonl")))]


def _submission(path: Path) -> Any:
    import wandb

    made = wandb.Artifact(path.stem, type=SUBMISSION)
    made.add_file(str(path), policy="immutable")
    return made
