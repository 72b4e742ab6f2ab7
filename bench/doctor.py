"""Whether this machine has what a run needs: packages, the offline text encoder, a writable store, threads."""

import os
import shutil
from dataclasses import dataclass
from pathlib import Path

from bench.errors import BenchError
from bench.provenance import versions

NEEDED_BYTES = 2 * 2**30


@dataclass(frozen=True)
class Finding:
    """One thing looked at."""

    subject: str
    fine: bool
    found: str


def examine() -> list[Finding]:
    """Look at everything; nothing is downloaded or changed."""
    return [_packages(), _encoder(), _folder("store", "LATENTBENCH_STORE"), _folder("answers", "LATENTBENCH_ANSWERS"), _device()]


def _packages() -> Finding:
    absent = [name for name, version in versions().items() if version == "absent"]
    found = ", ".join(f"{name} {version}" for name, version in versions().items())
    return Finding("packages", not absent, f"missing: {', '.join(absent)}; install latentbench again" if absent else found)


def _encoder() -> Finding:
    from bench.encoders.minilm import packaged_minilm

    try:
        return Finding("text encoder", True, f"all-MiniLM-L6-v2, hash as expected, at {packaged_minilm()}")
    except BenchError as error:
        return Finding("text encoder", False, str(error))


def _folder(name: str, variable: str) -> Finding:
    path = Path(os.environ.get(variable, name)).absolute()
    existing = next(parent for parent in (path, *path.parents) if parent.exists())
    free = shutil.disk_usage(existing).free
    fine = os.access(existing, os.W_OK) and free > NEEDED_BYTES
    return Finding(name, fine, f"{path}, {free / 2**30:.0f} GiB free{'' if fine else f'; choose another with {variable}'}")


def _device() -> Finding:
    import torch

    return Finding("device", True, f"cuda available: {torch.cuda.is_available()}, {os.cpu_count()} cores")
