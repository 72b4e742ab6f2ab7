"""Builds the worlds and the metrics of the gauntlet from `conf/`. Needs no store: decoders are exact and runs short."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import yaml

from bench.artifacts import Explanation, Truth, UnitTraversals
from bench.build import TARGET, build
from bench.errors import ConfigError
from bench.explainers.shuffled import derangement
from bench.gauntlet.worlds import World, active, dealt
from bench.interfaces import Control, Dataset, GenerativeModel
from bench.reports.controls import SPEAKING
from bench.shipped import shipped

DECODERS = (
    ("dsprites", "exact_panel"),
    ("dsprites", "exact_blend"),
    ("dsprites", "exact_rotation"),
    ("shapes3d", "exact_shapes3d_panel"),
)
MAPPED = "exact_moments"
MAPS = {name: f"attention_{option}" for name, option in (("oracle", "oracle"), ("blurred", "oracle_blurred"))}
MAPS |= {name: f"attention_{name}" for name in ("object", "outline", "centre", "noise")}
# The network of a small model after one step at a rate of nothing: as it was drawn.
TRAINING = {"steps": "1", "learning_rate": "1.0e-12", "batch": "2"}
UNTRAINED = ("model=beta_vae_small", *(f"model.generator.training.{key}={value}" for key, value in TRAINING.items()))
FEW = {"references": 2, "held_out": 2}  # strips of a unit
SEED = 0


def worlds() -> list[World]:
    """All worlds: nothing in them is drawn anew from one call to the next. Needs an initialised Hydra."""
    shared: dict[str, Any] = {}
    foreign = {dataset: _untrained(dataset, shared) for dataset in dict.fromkeys(dataset for dataset, _ in DECODERS)}
    return [_world(dataset, model, foreign[dataset], shared) for dataset, model in DECODERS]


def map_worlds() -> list[World]:
    """The world of metrics of maps: a decoder whose encoder is known, too. Needs an initialised Hydra."""
    shared: dict[str, Any] = {}
    config = composed(f"model={MAPPED}")
    images, decoder = loaded(config, shared)
    truths = build(config["model"]["truth"], "truth", shared)(decoder, images)
    strips = _strips(config["bias"]["moves"], decoder, shared)
    units, known, _ = active(strips, truths, strips)
    names = [truth.unit for truth in known]
    shown = {name: _shown(taken, decoder, images, truths, names, shared) for name, taken in MAPS.items()}
    oracle = shown["oracle"]
    dealt_on = tuple(replace(oracle[other], unit=name) for name, other in zip(names, derangement(len(names), SEED), strict=True))
    return [World(MAPPED, decoder, images, units, known, shown | {"dealt": dealt_on}, units)]


def metric_names() -> list[str]:
    """Every metric of `conf/metric`."""
    return sorted(path.stem for path in shipped("conf", "metric").glob("*.yaml"))


def metric_nodes(names: Sequence[str]) -> Mapping[str, Any]:
    """The default configuration of each metric, resolved. Needs an initialised Hydra."""
    if unknown := sorted(set(names) - set(metric_names())):
        raise ConfigError(f"expected metrics of conf/metric, got {', '.join(unknown)}; there are {', '.join(metric_names())}")
    nodes: Mapping[str, Any] = composed(f"metric=[{','.join(names)}]")["metric"]
    return nodes


def asks(node: Any) -> bool:
    """True when a component below the node is a client of remote models."""
    if isinstance(node, dict):
        return str(node.get(TARGET, "")).startswith("bench.clients.") or any(map(asks, node.values()))
    return isinstance(node, list) and any(map(asks, node))


def _world(dataset: str, model: str, foreign: Sequence[Explanation], shared: dict[str, Any]) -> World:
    config = composed(f"dataset={dataset}", f"model={model}")
    images, decoder = loaded(config, shared)
    truths = build(config["model"]["truth"], "truth", shared)(decoder, images)
    strips = [_strips(node, decoder, shared) for node in (config["bias"]["moves"], option("traversal", "random_direction"))]
    units, known, astray = active(strips[0], truths, strips[1])
    said = {name: _said(name, config["bias"]["words"], units, known, images, shared) for name in SPEAKING}
    return World(model, decoder, images, units, known, said | {"untrained": dealt(foreign, known)}, astray)


def _untrained(dataset: str, shared: dict[str, Any]) -> list[Explanation]:
    """What a real explainer says of a network that has learnt nothing."""
    config = composed(f"dataset={dataset}", *UNTRAINED, "explainer=clip_retrieval")
    _, network = loaded(config, shared)
    explainer, words = build(config["explainer"], "explainer", shared), build(config["bias"]["words"], "words", shared)
    return [explainer(unit.shown, words, SEED) for unit in _strips(config["bias"]["moves"], network, shared)]


def _said(
    name: str, words: Any, units: Sequence[UnitTraversals], truths: Sequence[Truth], images: Dataset, shared: dict[str, Any]
) -> tuple[Explanation, ...]:
    control = build(option("explainer", name), "explainer", shared)
    if isinstance(control, Control):
        return tuple(control.from_truth(truths, images.vocabulary, SEED))
    return tuple(control(unit.shown, build(words, "words", shared), SEED) for unit in units)


def _shown(
    name: str, model: GenerativeModel, images: Dataset, truths: Sequence[Truth], units: Sequence[str], shared: dict[str, Any]
) -> tuple[Explanation, ...]:
    """The maps of some units."""
    said = build(option("explainer", name), "explainer", shared).look(model, images, truths, SEED)
    return tuple(explanation for explanation in said if explanation.unit in units)


def loaded(config: Mapping[str, Any], shared: dict[str, Any]) -> tuple[Dataset, GenerativeModel]:
    """Dataset and model of a cell, made without a store."""
    images, generator = build(config["dataset"], "dataset", shared), build(config["model"]["generator"], "generator", shared)
    with TemporaryDirectory() as scratch:
        return images, generator.load(images, generator.fit(images, SEED, Path(scratch)))


def _strips(node: Mapping[str, Any], model: GenerativeModel, shared: dict[str, Any]) -> tuple[UnitTraversals, ...]:
    from bench.pipeline import traverse

    return traverse(build({**node, **FEW}, "moves", shared), model, SEED)


def composed(*overrides: str) -> Mapping[str, Any]:
    """The whole configuration of one cell. Needs an initialised Hydra."""
    from bench.cells import cells

    return cells(list(overrides), {})[0].config


def option(group: str, name: str) -> Any:
    """The YAML of one option as it stands."""
    return yaml.safe_load(shipped("conf", group, f"{name}.yaml").read_text(encoding="utf-8"))
