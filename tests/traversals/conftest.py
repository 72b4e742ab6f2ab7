from dataclasses import dataclass, field

import numpy as np
import pytest

from bench.artifacts import Condition, Unit

HEART = Condition("the shape is a heart", (0,), (3.0,))
SQUARE = Condition("the shape is a square", (0,), (-3.0,))
ELLIPSE = Condition("the shape is an ellipse", (0,), (0.0,))


@dataclass
class Echo:
    """A model whose picture is its code, so that tests can read off what was decoded; it counts what it is asked."""

    latents: int = 6
    units: tuple[Unit, ...] = (
        Unit("z2", (2,)),
        Unit("z1+z4", (1, 4)),
        Unit("z3 | the shape is a heart", (3,), HEART, (SQUARE, ELLIPSE)),
    )
    calls: list[int] = field(default_factory=list)

    def codes(self, anchors):
        return np.stack([np.random.default_rng([1, anchor]).standard_normal(self.latents, np.float32) for anchor in anchors])

    def render(self, anchors, codes):
        self.calls.append(len(codes))
        levels = np.clip(np.rint(codes * 20 + 120), 0, 255).astype(np.uint8)
        return np.concatenate([levels, (anchors % 256).astype(np.uint8)[:, None]], axis=1)[:, None, None]


@pytest.fixture
def model() -> Echo:
    return Echo()


@pytest.fixture
def anchors():
    return np.array([5, 2_000_000_001, 8])
