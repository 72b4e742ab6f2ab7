"""Pipelines of diffusers as files: where they lie, whether they can be used here, and their noise schedule."""

import json
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from jaxtyping import Float64
from numpy import ndarray

from bench.errors import ConfigError, DataError
from bench.models.from_diffusers import from_diffusers

SCHEDULERS = (  # all of them say the same of their betas
    "DDPMScheduler",
    "DDIMScheduler",
    "PNDMScheduler",
    "LMSDiscreteScheduler",
    "EulerDiscreteScheduler",
    "EulerAncestralDiscreteScheduler",
    "DPMSolverMultistepScheduler",
)
BETAS = ("num_train_timesteps", "beta_start", "beta_end", "beta_schedule", "trained_betas", "rescale_betas_zero_snr")


COMMIT = re.compile(r"[0-9a-f]{40}")


def pinned(model: str, revision: str | None) -> None:
    """Raises `ConfigError` unless a hub id comes with the commit that it is pinned to, and a path comes without one."""
    if _local(model):
        if revision is not None:
            raise ConfigError(f"revision: expected null for the path {model!r}, got {revision!r}")
    elif revision is None or not COMMIT.fullmatch(revision):
        raise ConfigError(
            f"revision: expected a commit of the hub model {model!r} (40 hexadecimal digits), so that results can be rebuilt, got "
            f"{revision!r}; take one from the commits that its page on the hub lists, or give the path of a folder as `model`"
        )


def pipeline_folder(model: str, revision: str | None, parts: Sequence[str]) -> Path:
    """The folder of a pipeline: a path (absolute, or starting with "." or "~"), or a hub id, which alone takes a `revision`.

    Only `parts` and the files beside them are fetched. Raises `DataError`.
    """
    folder = Path(model).expanduser() if _local(model) else _from_hub(model, revision, parts)
    if not folder.is_dir():
        raise DataError(f"expected a folder that `save_pretrained` wrote at {folder}, found none; check the path")
    return folder


def _local(model: str) -> bool:
    return model.startswith((".", "~")) or Path(model).is_absolute()


def _from_hub(model: str, revision: str | None, parts: Sequence[str]) -> Path:
    from huggingface_hub import snapshot_download

    names = ("*.json", "*.txt", "diffusion_pytorch_model.safetensors", "model.safetensors")
    wanted = [f"{folder}{name}" for folder in ("", *(f"{part}/" for part in parts)) for name in names]
    try:
        return Path(snapshot_download(model, revision=revision, allow_patterns=wanted))
    except (OSError, ValueError) as error:
        raise DataError(
            f"expected the pipeline {model!r} at revision {revision} from the Hugging Face hub or its local cache, got: {error} "
            "Go online once, check the id and the revision, or give the path of a folder"
        ) from error


def part(folder: Path, name: str) -> Path:
    """The folder of one part, or the pipeline's own where a part lies there. Raises `DataError` unless it has safetensors."""
    inside = folder / name if (folder / name).is_dir() else folder
    if not any(inside.glob("*.safetensors")):
        raise DataError(
            f"expected safetensors weights in {inside}, found {', '.join(sorted(p.name for p in inside.iterdir())) or 'nothing'}; "
            "load the pipeline with diffusers, call save_pretrained(folder, safe_serialization=True) and give that folder"
        )
    return inside


def kept(folder: Path) -> Float64[ndarray, " times"]:
    """ᾱ_t of a pipeline.

    Raises `ConfigError` for a scheduler that is not known, that does not predict noise, or at whose end nothing of a picture is
    left, where noise says nothing of it.
    """
    found = [path for path in (folder / "scheduler" / "scheduler_config.json", folder / "scheduler_config.json") if path.exists()]
    if not found:
        raise DataError(f"expected scheduler/scheduler_config.json in {folder}, found none; save the whole pipeline")
    config = json.loads(found[0].read_text(encoding="utf-8"))
    if config.get("_class_name") not in SCHEDULERS:
        raise ConfigError(f"expected one of the schedulers {', '.join(SCHEDULERS)}, got {config.get('_class_name')}; use another")
    if (predicts := config.get("prediction_type", "epsilon")) != "epsilon":
        raise ConfigError(f"expected a model that predicts noise (epsilon), got {predicts!r}; choose another model")
    scheduler = from_diffusers("DDPMScheduler")(**{key: config[key] for key in BETAS if key in config})
    part = np.asarray(scheduler.alphas_cumprod.double().numpy())
    if part.min() <= 0:
        raise ConfigError(
            f"expected a schedule that leaves a part of the picture at every time, got {part.min():g}; choose another model"
        )
    return part


def ready(network: Any, sliced: bool) -> Any:
    """A U-Net for use: frozen, and attending one head of one picture at a time if `sliced`.

    Raises `ConfigError` when it has no middle block.
    """
    if getattr(network, "mid_block", None) is None:
        raise ConfigError(f"expected a U-Net with a middle block, got a {type(network).__name__} without; choose another model")
    if sliced:
        _slice(network)
    return network.eval().requires_grad_(False)


def _slice(network: Any) -> None:
    from diffusers.models.attention_processor import Attention

    for module in network.modules():
        if isinstance(module, Attention):
            module.set_attention_slice(1)
