"""Where the object of each picture lies: a weight in [0, 1] for every pixel."""

from typing import ClassVar

import numpy as np
from jaxtyping import Bool, Float32, UInt8
from numpy import ndarray

from bench.component import component

# Of the pixels, the brightest share that gives the peak: 20 of 4096, fewer than the smallest object covers, more than stray specks.
PEAK_SHARE = 0.005

# Distance of chroma at which a pixel surely has another colour, so that an object of another hue is no smaller for it.
CLEAR = 0.3

# Heights at which both sides of a scene are looked at for the colours of its backgrounds.
PALETTE = 16


@component
class Segmentation:
    """Weighs pixels by how far they stand out from the border of their picture, with a soft edge that keeps parts of a pixel.

    Pictures with colour are read as a scene: backgrounds that reach the left or the right side, and an object of another colour.
    """

    version: ClassVar[int] = 1
    faint: float
    edge: tuple[float, float]
    noise: float

    def __call__(self, images: UInt8[ndarray, "n channels height width"]) -> Float32[ndarray, "n height width"]:
        """Weights of the object; all 0 in a picture where nothing stands out by `faint` of the full range."""
        contrast = _from_scene(images) if coloured(images).any() else _from_border(images)
        top = peak(contrast)
        # Half the peak at most: an object that lies on the border is no noise.
        low = np.maximum(self.edge[0] * top, np.minimum(self.noise * _noise(contrast), 0.5 * top))
        high = np.maximum(self.edge[1] * top, low + 1)[:, None, None]
        low = low[:, None, None]
        weights: ndarray = np.clip((contrast - low) / (high - low), 0, 1)
        weights[top < 255 * self.faint] = 0
        return weights


def coloured(images: UInt8[ndarray, "n channels height width"]) -> Bool[ndarray, " n"]:
    """Which pictures have colour: their channels differ by more than the rounding of a grey one."""
    if images.shape[1] == 1:
        return np.zeros(len(images), bool)
    spread: ndarray = images.max(1) - images.min(1)
    return np.asarray((spread > 16).mean((1, 2)) > PEAK_SHARE)


def peak(levels: UInt8[ndarray, "n height width"]) -> Float32[ndarray, " n"]:
    """The level that only `PEAK_SHARE` of the pixels exceed."""
    flat = levels.reshape(len(levels), -1)
    places = flat + 256 * np.arange(len(flat))[:, None]
    counts = np.bincount(places.ravel(), minlength=256 * len(flat)).reshape(-1, 256)
    at_most = np.cumsum(counts, axis=1) >= (1 - PEAK_SHARE) * flat.shape[1]
    return np.asarray(at_most.argmax(1), np.float32)


def chroma(images: UInt8[ndarray, "n channels height width"]) -> Float32[ndarray, "n channels height width"]:
    """Colour without its lightness: shading moves a pixel along its colour, so the shares of the channels stay."""
    light = images.astype(np.float32) + 1  # almost black pixels have no colour
    return np.asarray(light / light.sum(1, keepdims=True), np.float32)


def _from_border(images: UInt8[ndarray, "n channels height width"]) -> UInt8[ndarray, "n height width"]:
    grey = images[:, images.shape[1] // 2]
    border = np.concatenate([grey[:, 0], grey[:, -1], grey[:, :, 0], grey[:, :, -1]], axis=1)
    back = np.median(border, axis=1).astype(np.uint8)[:, None, None]
    return np.asarray(np.maximum(grey, back) - np.minimum(grey, back))


def _noise(contrast: UInt8[ndarray, "n height width"]) -> Float32[ndarray, " n"]:
    """Standard deviation of the background: what 84 % of the border stay below, black borders being cut at 0."""
    border = np.concatenate([contrast[:, 0], contrast[:, -1], contrast[:, :, 0], contrast[:, :, -1]], axis=1)
    rank = int(0.84 * border.shape[1])
    return np.asarray(np.sort(border, axis=1)[:, rank], np.float32)


def _from_scene(images: UInt8[ndarray, "n channels height width"]) -> UInt8[ndarray, "n height width"]:
    tint = chroma(images)
    count, channels, height, width = tint.shape
    rows, side = np.arange(height // (2 * PALETTE), height, max(1, height // PALETTE)), max(1, width // 20)
    edges = (tint[:, :, rows, :side].mean(-1), tint[:, :, rows, -side:].mean(-1))
    backgrounds = np.concatenate(edges, axis=2).transpose(0, 2, 1)
    pixels = tint.reshape(count, channels, -1)
    # |p - b|² = |p|² + (|b|² - 2 b p), and only the bracket depends on the background b.
    nearest = ((backgrounds**2).sum(2)[..., None] - 2 * backgrounds @ pixels).min(1) + (pixels**2).sum(1)
    apart = np.sqrt(np.maximum(nearest, 0)).reshape(count, height, width)
    return _opened(np.asarray(255 * np.minimum(apart / CLEAR, 1)).astype(np.uint8))


def _opened(levels: UInt8[ndarray, "n height width"]) -> UInt8[ndarray, "n height width"]:
    """Without what is thinner than three pixels: the seams between backgrounds, whose colours mix there."""
    return _extreme(_extreme(levels, np.minimum), np.maximum)


def _extreme(levels: UInt8[ndarray, "n height width"], choose: np.ufunc) -> UInt8[ndarray, "n height width"]:
    padded = np.pad(levels, ((0, 0), (1, 1), (1, 1)), mode="edge")
    rows = choose(choose(padded[:, :-2], padded[:, 1:-1]), padded[:, 2:])
    return np.asarray(choose(choose(rows[:, :, :-2], rows[:, :, 1:-1]), rows[:, :, 2:]))
