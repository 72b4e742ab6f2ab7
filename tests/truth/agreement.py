"""Exact decoders treated as if nobody had told what their units mean: do recovered labels say the same as exact ones?"""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from hydra import compose, initialize_config_dir
from omegaconf import OmegaConf

from bench.build import build
from bench.shipped import shipped

DSPRITES = ("identity", "permuted", "blend", "rotation", "conditional", "logic", "group", "panel")
DECODERS = tuple(("dsprites", f"exact_{name}") for name in DSPRITES) + tuple(
    ("shapes3d", f"exact_shapes3d_{name}") for name in ("identity", "panel")
)


def recovered(dataset: str, model: str, reader: Mapping[str, Any], settings: Mapping[str, Any]) -> dict[str, bool]:
    """For each unit of a decoder: whether both status and set of factors are recovered."""
    with initialize_config_dir(str(shipped("conf").resolve()), version_base="1.3"):
        config = compose(overrides=[f"+dataset={dataset}", f"+model={model}", "+truth=recovered"])
        node: Any = OmegaConf.to_container(config, resolve=True)
    source = build(node["truth"])
    source = replace(source, reader=replace(source.reader, **reader), **settings)
    world = build(node["dataset"])
    decoder = build(node["model"]["generator"]).load(world, {})
    told, found = build(node["model"]["truth"])(decoder, world), source(decoder, world)
    return {a.unit: (a.status, a.factors) == (b.status, b.factors) for a, b in zip(told, found, strict=True)}
