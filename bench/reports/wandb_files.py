"""Keeps every file of W&B inside the folder of a run.

By default W&B puts the pictures of tables, caches and settings below the home directory, where whoever copies a run forgets them.
"""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def kept_in(folder: Path, online: bool) -> Iterator[None]:
    """Point W&B at `folder` while the block runs, then restore the environment. Online, the user's own W&B settings stay in use."""
    home = folder.resolve() / "wandb"
    home.mkdir(parents=True, exist_ok=True)
    places = {"WANDB_DIR": folder.resolve(), "WANDB_DATA_DIR": home / "data", "WANDB_CACHE_DIR": home / "cache"}
    places |= {"WANDB_ARTIFACT_DIR": home / "artifacts"} | ({} if online else {"WANDB_CONFIG_DIR": home / "config"})
    values = {name: str(place) for name, place in places.items()}
    values |= {"WANDB_ERROR_REPORTING": "false", "WANDB_DISABLE_GIT": "true", "WANDB_DISABLE_CODE": "true"}
    values |= {"WANDB_CONSOLE": "off", "WANDB_SILENT": "true"}
    before = {name: os.environ.get(name) for name in values}
    os.environ.update(values)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value
