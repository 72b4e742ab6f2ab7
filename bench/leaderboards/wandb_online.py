"""Submissions that runs of a W&B project carry, through W&B's public API."""

import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from bench.errors import ClientError, ConfigError
from bench.reports.wandb_artifacts import SUBMISSION

TIMEOUT = 20  # seconds for one answer of W&B


def carried(project: str, api: Any = None) -> Iterator[tuple[str, str, bytes]]:
    """Origin, file name and bytes of each submission of `<entity>/<project>`, in the order of its runs.

    `api` is a `wandb.Api`, one with the user's own key unless given. Raises `ClientError` without key, answer or such a project.
    """
    if project.count("/") != 1 or not all(project.split("/")):
        raise ConfigError(f"expected wandb:<entity>/<project>, got wandb:{project}")
    import wandb

    try:
        for run in (api or wandb.Api(timeout=TIMEOUT)).runs(project, order="+created_at"):
            for artifact in run.logged_artifacts():
                if artifact.type == SUBMISSION:
                    yield from _files(f"run {run.id}", artifact)
    except (wandb.errors.Error, ValueError, OSError) as error:
        said = str(error).partition("\n")[0].rstrip(".")
        raise ClientError(
            "unreachable",
            f"cannot read the runs of {project} from W&B: {said}. Set WANDB_API_KEY or run `wandb login`, check the name, or read "
            "offline runs with --from wandb-offline:<folder>",
        ) from error


def _files(origin: str, artifact: Any) -> Iterator[tuple[str, str, bytes]]:
    """Whatever the entries are called, they are written into a folder of their own under a name of ours."""
    for number, name in enumerate(sorted(artifact.manifest.entries)):
        with tempfile.TemporaryDirectory() as folder:
            place = Path(folder) / str(number)
            path = Path(artifact.get_entry(name).download(str(place), skip_cache=True))
            if not path.resolve().is_relative_to(place.resolve()):
                raise ValueError(f"{origin} holds a file that leaves its folder")
            yield origin, name, path.read_bytes()
