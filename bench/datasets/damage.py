"""Ways to damage a picture. Each takes an image (channels, height, width) of 0 to 255 and returns a damaged copy."""

import numpy as np
from jaxtyping import Bool, Float64, UInt8
from numpy import ndarray

Image = UInt8[ndarray, "channels height width"]
Generator = np.random.Generator


def scratch(image: Image, rng: Generator) -> Image:
    """A straight line, one or two pixels wide, much darker or lighter than what it crosses."""
    down, across, _ = _grid(image, rng)
    angle = rng.uniform(0, np.pi)
    along, beside = np.cos(angle) * across + np.sin(angle) * down, np.cos(angle) * down - np.sin(angle) * across
    height = image.shape[1]
    where = (np.abs(along) < rng.uniform(0.12, 0.3) * height) & (np.abs(beside) < rng.uniform(0.6, 1.2))
    return _filled(image, where, _opposite(image, where, rng))


def blot(image: Image, rng: Generator) -> Image:
    """An ellipse of one colour, drawn at random, that half covers what it lies on."""
    down, across, unit = _grid(image, rng)
    tall, wide = (rng.uniform(0.05, 0.15) * unit for _ in range(2))
    where = (down / tall) ** 2 + (across / wide) ** 2 < 1
    colour = rng.uniform(0, 255, (len(image), 1))
    return _filled(image, where, 0.3 * image[:, where] + 0.7 * colour)


def gap(image: Image, rng: Generator) -> Image:
    """A rectangle in which the picture is what it is elsewhere, upside down."""
    down, across, unit = _grid(image, rng)
    tall, wide = (rng.uniform(0.06, 0.16) * unit for _ in range(2))
    where = (np.abs(down) < tall) & (np.abs(across) < wide)
    return _filled(image, where, image[:, ::-1, ::-1][:, where])


def grain(image: Image, rng: Generator) -> Image:
    """A disc in which strong noise is added."""
    down, across, unit = _grid(image, rng)
    where = np.hypot(down, across) < rng.uniform(0.07, 0.16) * unit
    return _filled(image, where, image[:, where] + rng.normal(0, 60, (len(image), int(where.sum()))))


def _grid(image: Image, rng: Generator) -> tuple[Float64[ndarray, "height width"], Float64[ndarray, "height width"], float]:
    """How far down and across each pixel is from a place in the inner part of the picture, in pixels; and the height."""
    height, width = image.shape[1:]
    top, left = rng.uniform(0.2, 0.8) * height, rng.uniform(0.2, 0.8) * width
    down, across = np.mgrid[:height, :width].astype(np.float64)
    return down - top, across - left, float(height)


def _opposite(image: Image, where: Bool[ndarray, "height width"], rng: Generator) -> Float64[ndarray, "channels n"]:
    """Dark where it is light and light where it is dark."""
    level = image[:, where].mean() if where.any() else 0.0
    return np.full((len(image), int(where.sum())), (rng.uniform(0, 60) if level > 127 else rng.uniform(195, 255)))


def _filled(image: Image, where: Bool[ndarray, "height width"], values: ndarray) -> Image:
    damaged = image.copy()
    damaged[:, where] = np.clip(np.rint(values), 0, 255).astype(np.uint8)
    return damaged
