"""What is measured in each frame of a strip."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from jaxtyping import Complex128, Float32, Float64, UInt8
from numpy import ndarray

from bench.explainers.moments import ORDERS, Moments, moments
from bench.explainers.segmentation import Segmentation, chroma, coloured, peak

PerFrame = Float64[ndarray, " n"]
Series = Float64[ndarray, "strips steps"]


@dataclass(frozen=True)
class Measurements:
    """Measured series of a batch of strips. NaN where there is no object.

    `scalars`: position_x and position_y (right and down) in sides of the picture, size as the logarithm of the area and, of grey
    pictures, brightness in [0, 1]. `hues`, of coloured pictures only, are angles in radians. `harmonics` have the rotational orders
    1 to 4. `errors` are the standard errors that whole pixels leave in the worst frame of a strip, in degrees for `turn`; `radius`
    is that of a disc as large as the largest object, in sides.
    """

    scalars: Mapping[str, Series]
    hues: Mapping[str, Series]
    harmonics: Complex128[ndarray, "strips steps orders"]
    harmonic_errors: Float64[ndarray, "strips steps orders"]
    errors: Mapping[str, Float64[ndarray, " strips"]]
    radius: Float64[ndarray, " strips"]


def measure(strips: UInt8[ndarray, "strips steps channels height width"], segmentation: Segmentation) -> Measurements:
    """Measure every frame of every strip, all frames at once."""
    shape, sides = strips.shape[:2], (strips.shape[4], strips.shape[3])
    frames = strips.reshape(-1, *strips.shape[2:])
    weights = segmentation(frames)
    found = moments(weights)
    return Measurements(
        scalars={name: values.reshape(shape) for name, values in _scalars(found, frames, weights).items()},
        hues={name: values.reshape(shape) for name, values in _hues(frames, weights).items()},
        harmonics=found.harmonics.reshape(*shape, -1),
        harmonic_errors=found.harmonic_errors.reshape(*shape, -1),
        errors={name: _largest(values.reshape(shape)) for name, values in _errors(found, sides).items()},
        radius=_largest(np.sqrt(found.area.reshape(shape) / np.pi)) / sides[0],
    )


def _scalars(
    found: Moments, frames: UInt8[ndarray, "n channels height width"], weights: Float32[ndarray, "n height width"]
) -> dict[str, PerFrame]:
    size = np.log(np.where(found.area > 0, found.area, np.nan))
    places = {"position_x": found.x / frames.shape[3], "position_y": -found.y / frames.shape[2], "size": size}
    # In a scene the lightness of an object goes with its hue.
    return places if coloured(frames).any() else places | {"brightness": _brightness(frames, weights)}


def _errors(found: Moments, sides: tuple[int, int]) -> dict[str, PerFrame]:
    """Standard errors of one frame; that of the outline is the error of its least certain harmonic."""
    return {
        "position_x": found.shift_error / sides[0],
        "position_y": found.shift_error / sides[1],
        "size": found.error,
        "outline": found.harmonic_errors.max(1),
        "turn": np.degrees(_turn_error(found)),
    }


def _turn_error(found: Moments) -> PerFrame:
    """Standard error of the orientation in radians: order k gives an error of 1/k of its phase. Without end where all is round."""
    signal = np.maximum(np.abs(found.harmonics) ** 2 / found.harmonic_errors**2 - 2, 0)
    information = signal @ ORDERS**2
    return np.where(information > 0, 1, np.inf) / np.sqrt(np.where(information > 0, information, 1))


def _largest(values: Series) -> Float64[ndarray, " strips"]:
    return np.asarray(np.where(np.isnan(values), 0, values).max(1))


def _brightness(frames: UInt8[ndarray, "n channels height width"], weights: Float32[ndarray, "n height width"]) -> PerFrame:
    # The peak and not the mean: the mean of a blurred object rises with its size.
    inside = np.where(weights >= 1, frames.max(1), 0).astype(np.uint8)
    return peak(inside).astype(np.float64) / 255


def _hues(frames: UInt8[ndarray, "n channels height width"], weights: Float32[ndarray, "n height width"]) -> dict[str, PerFrame]:
    if not coloured(frames).any():
        return {}
    height, side = frames.shape[2], max(1, frames.shape[3] // 20)
    upper, lower = np.zeros_like(weights), np.zeros_like(weights)
    upper[:, height // 3 : height // 2, [*range(side), *range(-side, 0)]] = 1  # below a sky, if there is one
    lower[:, -max(1, height // 10) :] = 1
    plane = _colour_plane(frames)
    return {"colour": _hue(plane, weights), "upper_colour": _hue(plane, upper), "lower_colour": _hue(plane, lower)}


def _colour_plane(frames: UInt8[ndarray, "n channels height width"]) -> Complex128[ndarray, "n height width"]:
    red, green, blue = chroma(frames).astype(np.float64).transpose(1, 0, 2, 3)
    return np.asarray((2 * red - green - blue) / 2 + 1j * np.sqrt(3) / 2 * (green - blue))


def _hue(plane: Complex128[ndarray, "n height width"], weights: Float32[ndarray, "n height width"]) -> PerFrame:
    """Circular mean of the hue, each pixel by its saturation; NaN where the region is grey or empty."""
    mean = (plane * weights).sum((1, 2)) / np.maximum(weights.sum((1, 2)), 1e-9)
    return np.where(np.abs(mean) > 0.03, np.angle(mean), np.nan)
