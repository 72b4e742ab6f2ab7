"""The worlds of metrics of defects: damaged scenes whose every defective pixel is known, and maps of known worth.

One kind of damage a world, so that the thinnest and the largest defects count alike. No model looks at the pictures.
"""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np
from jaxtyping import Float32
from numpy import ndarray

from bench.artifacts import Explanation, UnitTraversals
from bench.attention.smoothing import smoothed
from bench.build import build
from bench.datasets.defects import PAINT
from bench.explainers.shuffled import derangement
from bench.gauntlet.building import SEED, TRAINING, composed, loaded, option
from bench.gauntlet.worlds import World
from bench.interfaces import Dataset, GenerativeModel

Maps = Float32[ndarray, "n height width"]

TIMES = 2  # worlds of each kind of damage, each with pictures of its own
PICTURES = {"learnt": 30, "inspected": 52}  # half of the latter are normal, of 100,000 pixels in all: `aupimo` needs them
SHOWN = ("oracle", "median", "centre", "noise")
BLUR = 3.0  # pixels
PLACES = 61  # second number of the seed of the places to which masks are moved


def defect_worlds() -> list[World]:
    """All of them: nothing is drawn anew from one call to the next. Needs an initialised Hydra."""
    shared: dict[str, Any] = {}
    training = [f"model.generator.of.training.{key}={value}" for key, value in TRAINING.items()]
    config = composed("dataset=defects", "model=one_class_small", *training)
    damaged = [_damaged(config["dataset"], kind, seed) for seed, kind in enumerate([*PAINT] * TIMES)]
    _, model = loaded({**config, "dataset": damaged[0]}, shared)
    return [_world(build(node, "dataset", shared), node["source"], model, shared) for node in damaged]


def _damaged(node: Mapping[str, Any], kind: str, seed: int) -> dict[str, Any]:
    return {**node, "source": {**node["source"], **PICTURES, "kinds": [kind], "seed": seed}}


def _world(images: Dataset, source: Mapping[str, Any], model: GenerativeModel, shared: dict[str, Any]) -> World:
    units = tuple(UnitTraversals(unit, (), ()) for unit in model.units)
    name = f"{source['kinds'][0]}_{source['seed']}"
    return World(name, model, images, units, (None,) * len(units), _said(images, model, source["seed"], shared), units)


def _said(images: Dataset, model: GenerativeModel, seed: int, shared: dict[str, Any]) -> Mapping[str, tuple[Explanation, ...]]:
    named = {name: build(option("explainer", f"anomaly_{name}"), "explainer", shared) for name in SHOWN}
    said = {name: tuple(explainer.look(model, images, (), SEED)) for name, explainer in named.items()}
    [shown] = {id(one.attention): one.attention for one in said["oracle"]}.values()
    assert shown is not None
    drawn = of_masks(shown.maps, np.random.default_rng([seed, PLACES]))
    return said | {
        name: tuple(replace(one, attention=replace(shown, maps=maps)) for one in said["oracle"]) for name, maps in drawn.items()
    }


def of_masks(masks: Maps, rng: np.random.Generator) -> dict[str, Maps]:
    """Maps made of the masks alone: blurred; of another picture and elsewhere; one of these for all pictures; and flat."""
    import torch

    blurred = smoothed(torch.from_numpy(masks)[:, None], BLUR)[:, 0].numpy()
    # Every place is equally likely, so the overlap of such a map is that of chance, wherever damage is wont to be.
    places = rng.integers(0, masks.shape[1:], (len(masks), 2)).tolist()
    others = masks[derangement(len(masks), int(rng.integers(2**31)))]
    dealt = np.stack([np.roll(mask, place, (0, 1)) for mask, place in zip(others, places, strict=True)])
    same = np.broadcast_to(next(mask for mask in dealt if mask.any()), masks.shape)
    return {"blurred": blurred, "dealt": dealt, "same": same, "flat": np.zeros_like(masks)}
