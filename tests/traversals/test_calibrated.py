import numpy as np
import pytest

from bench.artifacts import Unit
from bench.interfaces import Moves
from bench.traversals.axis import Axis
from bench.traversals.calibrated import Calibrated

VALUES = (-3.0, -1.5, 0.0, 1.5, 3.0)


class Lamps:
    """Three lamps: the first is bright, the second dim, the third is broken."""

    latents = 3
    units = (Unit("bright", (0,)), Unit("dim", (1,)), Unit("broken", (2,)))
    powers = np.array([20.0, 4.0, 0.0])

    def codes(self, anchors: np.ndarray) -> np.ndarray:
        return np.stack([np.random.default_rng(anchor).normal(0, 0.1, 3) for anchor in anchors.tolist()]).astype(np.float32)

    def render(self, anchors: np.ndarray, codes: np.ndarray) -> np.ndarray:
        grey = np.round(128 + codes.astype(np.float64) @ self.powers).astype(np.uint8)
        return np.broadcast_to(grey[:, None, None, None], (len(codes), 1, 4, 4)).copy()


def calibrated(**changed: object) -> Calibrated:
    moves = Axis(values=VALUES, references=2, held_out=2)
    return Calibrated(**{"moves": moves, "target": 0.05, "most": 1.0, "probes": 4, **changed})


def test_keeps_the_protocol() -> None:
    assert isinstance(calibrated(), Moves)
    assert (calibrated().references, calibrated().held_out) == (2, 2)


@pytest.mark.parametrize(("unit", "power"), [(0, 20.0), (1, 4.0)])
def test_the_ends_differ_by_the_target(unit: int, power: float) -> None:
    moves = calibrated(most=2.0)
    factor = moves.factor(Lamps(), Lamps.units[unit])
    # 6 · factor · power = 0.05 · 255, up to one step of grey
    assert 6 * factor * power == pytest.approx(0.05 * 255, abs=1.0)
    made = moves(Lamps(), Lamps.units[unit], np.array([5, 6]))
    for traversal in made:
        ends = traversal.images[0, [0, -1]].astype(int)
        assert np.abs(ends[1] - ends[0]).mean() / 255 == pytest.approx(0.05, abs=1 / 255)
        np.testing.assert_allclose(traversal.codes[0, :, unit], factor * np.array(VALUES), rtol=1e-6)


@pytest.mark.parametrize(("unit", "target"), [(2, 0.05), (1, 0.5)], ids=["dead", "too faint"])
def test_a_unit_that_falls_short_is_moved_as_far_as_allowed(unit: int, target: float) -> None:
    assert calibrated(target=target, most=1.5).factor(Lamps(), Lamps.units[unit]) == 1.5


def test_the_factor_does_not_depend_on_what_is_shown() -> None:
    first, second = (calibrated()(Lamps(), Lamps.units[0], np.array([anchor]))[0] for anchor in (1, 99))
    np.testing.assert_array_equal(first.codes[..., 0], second.codes[..., 0])
