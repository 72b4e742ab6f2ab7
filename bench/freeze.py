"""Freezes a trained model into a baseline: weights, the config that made them, a card, and the option that loads it."""

import hashlib
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from bench import codecs
from bench.baseline_card import Frozen, card, default_name
from bench.compose import composer
from bench.errors import ConfigError
from bench.models.denoiser import Denoiser
from bench.plan import CellPlan
from bench.runner import complete
from bench.session import prepare
from bench.stages import Stages


def freeze(overrides: Sequence[str], root: Path, name: str | None = None) -> list[Path]:
    """Train (or take from the store) and label the one model of these overrides, and write its baseline below `root`.

    Writes `baselines/<name>/{model.safetensors, config.yaml, card.md}` and `conf/model/<name>.yaml`, for a diffusion model
    `conf/denoiser/<name>.yaml` too, and returns their paths. The name is `<dataset>_<model>_s<seed>` unless given. Raises
    `ConfigError` for more than one cell, or for a model without training.
    """
    with composer([*overrides, "until=label"]) as (fixed, axes):
        stages, planned, described = prepare(fixed, axes)
        if len(planned.cells) != 1:
            raise ConfigError(f"expected the overrides of one model, got {len(planned.cells)} cells; freeze one seed at a time")
        one = planned.cells[0]
        if not stages.part(one.fit, "generator").trained:
            raise ConfigError(f"model={described[0].labels['model']} is not trained, so there is nothing to freeze")
        complete(planned, stages, "label")
    return write(_frozen(one, stages, overrides, name), root)


def _frozen(one: CellPlan, stages: Stages, overrides: Sequence[str], name: str | None) -> Frozen:
    truths, weights = stages.read(one.label) if one.label else (), stages.read(one.fit)
    model = stages.part(one.fit, "generator").load(stages.dataset(one.fit), weights)
    return Frozen(name or default_name(one.cell), overrides, one.cell, weights, truths, isinstance(model, Denoiser))


def write(frozen: Frozen, root: Path) -> list[Path]:
    """Write the files of a baseline below `root`."""
    folder = root / "baselines" / frozen.name
    folder.mkdir(parents=True, exist_ok=True)
    codecs.save_weights(folder, frozen.weights)
    weights = (folder / "weights.safetensors").rename(folder / "model.safetensors")
    texts = {
        folder / "config.yaml": "# The generator that made model.safetensors, as the option `model` composes it.\n"
        + _yaml(frozen.cell.raw["model"]["generator"]),
        folder / "card.md": card(frozen, weights.stat().st_size),
    }
    texts |= {root / "conf" / path: text for path, text in _options(frozen, _sha256(weights)).items()}
    for path, text in texts.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return [weights, *texts]


def _options(frozen: Frozen, sha256: str) -> dict[str, str]:
    """The YAML of `model=<name>`, and of a denoiser of that name, by path below conf/."""
    node = {
        "_target_": "bench.models.baseline.Baseline",
        "name": frozen.name,
        "sha256": sha256,
        "generator": frozen.cell.raw["model"]["generator"],
    }
    first = f"# Frozen weights, no training. What made them and what they learnt: baselines/{frozen.name}/card.md\n"
    if not frozen.denoises:
        return {
            f"model/{frozen.name}.yaml": first + _yaml({"defaults": [{"/truth@truth": "recovered"}, "_self_"], "generator": node})
        }
    second = "# It has no units of its own: model=ddpm_directions finds directions in it.\n"
    named = {"defaults": [{"/denoiser@generator": frozen.name}, "_self_"], "truth": None}
    return {f"model/{frozen.name}.yaml": first + second + _yaml(named), f"denoiser/{frozen.name}.yaml": first + _yaml(node)}


def _yaml(node: Any) -> str:
    import yaml

    return yaml.safe_dump(node, sort_keys=False, allow_unicode=True, width=132)


def _sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()
