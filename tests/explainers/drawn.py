"""Strips for the tests of `pixel_change`: shapes with known measures, dSprites units, and the explainer as it is shipped."""

from collections.abc import Mapping, Sequence
from functools import cache

import numpy as np
import yaml

from bench.artifacts import Condition, Row, Traversal, Unit
from bench.build import build
from bench.datasets.dsprites import DSprites
from bench.explainers.pixel_change import PixelChange
from bench.explainers.prompt_bias import PromptBias
from bench.shipped import shipped

SIZES = (1, 3, 6, 40, 32, 32)
SHAPE, SCALE, ORIENTATION, POSITION_X, POSITION_Y = range(1, 6)


@cache
def shipped_explainer() -> PixelChange:
    built = build(yaml.safe_load(shipped("conf", "explainer", "pixel_change.yaml").read_text()))
    assert isinstance(built, PixelChange)
    return built


def bias(name: str = "none") -> PromptBias:
    return PromptBias(name=name, formula=None, mapping={}, layout="", sentence="")


def picture(kind: str, side: float = 16, degrees: float = 0, x: float = 32, y: float = 32, light: int = 255) -> np.ndarray:
    """A square of this side, an ellipse of this half axis and half the other, a wedge without symmetry, or a disc of this diameter.

    `degrees` turn it counter-clockwise. [channels height width]
    """
    across, down = np.meshgrid(np.arange(64) + 0.5 - x, np.arange(64) + 0.5 - y)
    cos, sin = np.cos(np.radians(degrees)), np.sin(np.radians(degrees))
    u, v = across * cos - down * sin, -across * sin - down * cos
    inside = {
        "square": np.maximum(abs(u), abs(v)) < side / 2,
        "ellipse": (u / side) ** 2 + (2 * v / side) ** 2 < 1,
        "wedge": (u > -side / 2) & (abs(v) < (side / 2 - u) / 3),
        "disc": u**2 + v**2 < side**2 / 4,
    }[kind]
    return np.uint8(light) * inside[None].astype(np.uint8)


def strip(*frames: np.ndarray) -> np.ndarray:
    return np.stack(frames)


def traversal(
    *rows: np.ndarray, moved: Sequence[tuple[int, ...]] | None = None, held: Sequence[Condition | None] | None = None
) -> Traversal:
    moved, held = moved or [(0,)] * len(rows), held or [None] * len(rows)
    steps = rows[0].shape[0]
    return Traversal(
        unit=Unit("z0", (0,)),
        anchor=0,
        reference=np.zeros(2, np.float32),
        codes=np.zeros((len(rows), steps, 2), np.float32),
        images=np.stack(rows),
        rows=tuple(Row(m, h) for m, h in zip(moved, held, strict=True)),
    )


def ramp(factor: int, low: float = 0, high: float = 1, steps: int = 5) -> np.ndarray:
    return np.rint(np.linspace(low, high, steps) * (SIZES[factor] - 1)).astype(int)


def sprites(rng: np.random.Generator, moves: Mapping[int, np.ndarray], steps: int = 5, **fixed: int) -> np.ndarray:
    """A strip of dSprites from a random reference, in which the given factors take the given classes."""
    names = {"shape": SHAPE, "scale": SCALE, "orientation": ORIENTATION}
    classes = np.repeat([[rng.integers(size) for size in SIZES]], steps, axis=0)
    for name, value in fixed.items():
        classes[:, names[name]] = value
    for factor, values in moves.items():
        classes[:, factor] = values
    dataset = DSprites()
    return dataset.images(dataset.index(classes))


def blurred(images: np.ndarray, sigma: float, noise: float, rng: np.random.Generator) -> np.ndarray:
    from scipy.ndimage import gaussian_filter

    soft = gaussian_filter(images.astype(float), (0, 0, sigma, sigma)) + rng.normal(0, 255 * noise, images.shape)
    return np.clip(np.rint(soft), 0, 255).astype(np.uint8)
