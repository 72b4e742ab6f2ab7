"""How far the object turns over the steps of a strip, and which way, whatever the symmetry of its outline."""

import numpy as np
from jaxtyping import Bool, Complex128, Float64
from numpy import ndarray

from bench.explainers.moments import ORDERS, traits
from bench.explainers.trends import Trend, one_way

Harmonics = Complex128[ndarray, "strips steps orders"]
Errors = Float64[ndarray, "strips steps orders"]
Gaps = Float64[ndarray, "strips gaps"]

# Turns that are tried between two frames, in degrees: fine enough for order 4, whose peaks are 90 apart; refined by a parabola.
STEP = 3
ANGLES = np.arange(-180, 180, STEP)

# A match this close to the best one is as good: on a heart, a third of a turn costs 0.3; on a square, rows of pixels cost 0.15.
AS_GOOD = 0.85

# Nor is a match told apart by this little: the match is a log likelihood, as if pixels erred one by one, which they do not quite.
AS_LIKELY = 8.0

# A step has a side when the turn the other way is at least this many times as far.
FARTHER = 1.5


def turn(harmonics: Harmonics, errors: Errors, morph: float, morphs: Bool[ndarray, " strips"], straight: float) -> Trend:
    """The trend of the orientation in degrees, counter-clockwise, by turning each frame onto the next.

    The symmetry of the outline needs no name: an outline that looks the same after a quarter turn matches four times, and the
    smallest turn counts. Frames whose outlines are further apart than `morph` are not compared. Strips whose outline changes
    (`morphs`) are held to half of that, and to turns that have a side: a box that gets taller than wide has not turned by 90°.
    `trust` is the angle after which the outline repeats, in turns.
    """
    smallest, other_way = _turns(_match(harmonics, errors))
    sided = other_way >= FARTHER * np.abs(smallest)
    apart = np.linalg.norm(np.diff(traits(harmonics), axis=1), axis=-1)
    seen = np.isfinite(smallest) & np.where(morphs[:, None], sided & (apart < morph / 2), apart < morph)
    angle = np.where(seen, smallest, 0.0)
    path = np.cumsum(np.pad(angle, ((0, 0), (1, 0))), axis=1)
    moving = np.abs(angle) > 0.1 * np.abs(angle).max(1, keepdims=True)
    sign = np.where((sided | ~moving).all(1), one_way(angle, straight), 0)
    period = np.where(seen, np.abs(angle) + other_way, 0.0).max(1, initial=0.0)
    return Trend(np.ptp(path, axis=1), sign, np.round(period / 90) / 4)


def _match(harmonics: Harmonics, errors: Errors) -> Float64[ndarray, "strips gaps angles"]:
    """How well each frame, turned by each of the angles, matches the next: a log likelihood, up to what no angle changes."""
    weight = 1 / (errors[:, 1:] ** 2 + errors[:, :-1] ** 2)
    product = np.nan_to_num(weight * harmonics[:, 1:] * harmonics[:, :-1].conj())
    return np.asarray((product @ np.exp(-1j * np.outer(ORDERS, np.radians(ANGLES)))).real)


def _turns(match: Float64[ndarray, "strips gaps angles"]) -> tuple[Gaps, Gaps]:
    """The smallest turn that matches, NaN where none does, and how far one the other way goes, a full turn at most."""
    peaks, angles = _peaks(match)
    far = np.where(peaks, np.abs(angles), np.inf)
    smallest = np.take_along_axis(angles, far.argmin(-1)[..., None], -1)
    opposite = np.where(angles * np.where(smallest < 0, -1, 1) < 0, far, np.inf).min(-1)
    smallest = np.where(peaks.any(-1), smallest[..., 0], np.nan)
    return smallest, np.minimum(opposite, 360 - np.abs(smallest))


def _peaks(
    match: Float64[ndarray, "strips gaps angles"],
) -> tuple[Bool[ndarray, "strips gaps angles"], Float64[ndarray, "strips gaps angles"]]:
    """Which angles are peaks as good as the best one, and the angles, moved there to the top of a parabola."""
    before, after = np.roll(match, 1, -1), np.roll(match, -1, -1)
    best = match.max(-1, keepdims=True)
    good = (match >= np.minimum(AS_GOOD * best, best - AS_LIKELY)) & (best > 0)
    peaks = good & (match > before) & (match >= after)
    bend = np.where(peaks, before - 2 * match + after, -1.0)
    return peaks, ANGLES + np.where(peaks, STEP * 0.5 * (before - after) / bend, 0.0)
