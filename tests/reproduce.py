"""Runs a leaderboard twice, in two fresh clones with a store each, and compares what comes out, byte for byte.

`make reproduce TASK=dsprites_exact`, or `python tests/reproduce.py dsprites_exact [override ...]` for a part of it. The exit code
is 1 when anything differs. Only what is committed takes part.
"""
# ruff: noqa: T201

import hashlib
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
FOLDERS = ("STORE", "DATA", "ANSWERS")  # that must be the clone's own


def made(folder: Path, task: str, overrides: Sequence[str]) -> dict[str, bytes]:
    """Clone, run, submit and render; every file of the submission and its tables by its path."""
    subprocess.run(["git", "clone", "--quiet", str(ROOT), str(folder)], check=True)
    latentbench(folder, f"+experiment={task}", "tracker=none", "hydra.run.dir=run", *overrides)
    latentbench(folder, "submit", "run", "again", "--to", "again")
    latentbench(folder, "leaderboard", "--from", "again")
    return {str(path.relative_to(folder)): path.read_bytes() for path in sorted((folder / "again").rglob("*.*")) if path.is_file()}


def latentbench(folder: Path, *arguments: str) -> None:
    """The command, from the code of the clone, in the clone."""
    kept = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    own = {f"LATENTBENCH_{name}": str(folder / name.lower()) for name in FOLDERS}
    done = subprocess.run(
        [sys.executable, "-m", "bench", *arguments],
        cwd=folder,
        env=kept | own,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    if done.returncode:
        sys.exit(f"latentbench {' '.join(arguments)} failed:\n{done.stdout}")


def main(task: str, *overrides: str) -> int:
    """Both clones; then one line a file."""
    with tempfile.TemporaryDirectory() as folder:
        both = []
        for name in ("first", "second"):
            started = time.monotonic()
            both.append(made(Path(folder) / name, task, overrides))
            print(f"{name} clone: {len(both[-1])} files in {time.monotonic() - started:.0f} s", flush=True)
    names = sorted(both[0].keys() | both[1].keys())
    for name in names:
        one, other = (files.get(name, b"") for files in both)
        print(f"{'same  ' if one == other else 'DIFFER'}  {hashlib.sha256(one).hexdigest()[:16]}  {len(one):>9,} bytes  {name}")
    return int(both[0] != both[1] or not names)


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
