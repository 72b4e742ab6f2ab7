"""Where a result came from: versions, commit, host and time."""

import platform
import subprocess
import time
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from bench import __version__
from bench.canonical import canonical
from bench.plan import Stage

PACKAGES = ("numpy", "torch", "transformers", "sentence-transformers", "bert-score", "open_clip_torch", "diffusers", "openai")


@cache
def versions() -> Mapping[str, str]:
    """The version of this package and of those whose code can change a value."""
    found = {"latentbench": __version__, "python": platform.python_version()}
    for package in PACKAGES:
        try:
            found[package] = version(package)
        except PackageNotFoundError:
            found[package] = "absent"
    return found


@cache
def commit() -> str:
    """The commit of the source checkout that the package runs from, with `+` when it is changed; "none" outside one."""
    root = Path(__file__).resolve().parents[1]
    if not (root / ".git").exists():
        return "none"
    head = _git(root, "rev-parse", "HEAD")
    return head + "+" if head != "none" and _git(root, "status", "--porcelain", "--untracked-files=no") != "" else head


def recipe_record(stage: Stage) -> Callable[[Path], None]:
    """A writer of `recipe.json`: what the stage was made of, by what, when, where and in how many seconds from now."""
    started = time.perf_counter()

    def write(folder: Path) -> None:
        record = dict(stage.recipe) | {
            "key": stage.key,
            "versions": dict(versions()),
            "commit": commit(),
            "time": datetime.now(UTC).isoformat(timespec="seconds"),
            "host": platform.node(),
            "seconds": time.perf_counter() - started,
        }
        (folder / "recipe.json").write_text(canonical(record) + "\n", encoding="utf-8")

    return write


def _git(root: Path, *arguments: str) -> str:
    try:
        return subprocess.run(["git", "-C", str(root), *arguments], capture_output=True, text=True, check=True).stdout.strip()
    except (OSError, subprocess.CalledProcessError):
        return "none"
