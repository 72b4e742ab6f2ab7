"""A dataset small enough to draw by hand, a VAE on it, and cases with maps."""

from dataclasses import dataclass, field

import numpy as np

from bench.artifacts import Case, Effect, Explanation, Factor, Row, Traversal, Truth, Unit, UnitTraversals
from bench.attention.record import Attention
from bench.datasets.vocabulary import Vocabulary
from bench.models.networks import ConvNetwork
from bench.models.vae import VAE

SIDE = 16
FACTORS = (
    Factor("left", "ordered", (0.0, 3.0, 6.0, 9.0)),
    Factor("top", "ordered", (0.0, 3.0, 6.0, 9.0)),
    Factor("size", "ordered", (2.0, 4.0)),
    Factor("tone", "categorical", ("white",)),
)
SIZES = tuple(len(factor.values) for factor in FACTORS)
WORDS = Vocabulary("a block", ())


@dataclass(frozen=True)
class Blocks:
    """A white square on black: 32 pictures of four places across, four down and two sizes."""

    factors: tuple[Factor, ...] = FACTORS
    vocabulary: Vocabulary = field(default_factory=lambda: WORDS)
    fingerprint: str = "blocks"

    # For metrics of defects: in some pictures the block itself is the defect.
    trial = np.array([2, 9])
    tested = np.array([20, 27])

    def masks(self, index):
        return (self.images(index)[:, 0] > 0) & np.isin(index, (9, 27))[:, None, None]

    def __len__(self):
        return int(np.prod(SIZES))

    def images(self, index):
        images = np.zeros((len(index), 1, SIDE, SIDE), np.uint8)
        for image, (left, top, size, _) in zip(images, self.classes(index), strict=True):
            side = (2, 4)[size]
            image[:, 3 * top : 3 * top + side, 3 * left : 3 * left + side] = 255
        return images

    def classes(self, index):
        return np.stack(np.unravel_index(index, SIZES), axis=1)

    def index(self, classes):
        return np.ravel_multi_index(tuple(classes.T), SIZES)


BLOCKS = Blocks()


def vae(batch_size=64, latents=3, loud=100.0):
    """An untrained VAE whose means are not tiny."""
    import torch

    network = ConvNetwork(latents=latents, channels=(4, 6), encoder_hidden=(8,), decoder_hidden=(8,))(BLOCKS, 0)
    with torch.no_grad():
        network["encoder"][-1].weight.mul_(loud)
    return VAE(network.requires_grad_(False), BLOCKS, latents, "cpu", 1, batch_size)


def case(unit, factors, maps=None, index=None, status="clean", redrawn=None, text=None, failure=None):
    """A unit that changes `factors` in equal parts, with these maps; unit z1 is latent 1."""
    effects = tuple(Effect(factor, 1 / len(factors), 1) for factor in factors)
    place = np.arange(len(maps)) if index is None and maps is not None else index
    shown = None if maps is None else Attention(np.asarray(place), np.asarray(maps, np.float32), redrawn)
    about, codes = Unit(unit, (int(unit[1:]),)), np.zeros((1, 1, 3), np.float32)
    strip = Traversal(about, 0, codes[0, 0], codes, np.zeros((1, 1, 1, SIDE, SIDE), np.uint8), (Row((0,)),))
    said = Explanation(unit, text, attention=shown, failure=failure)
    return Case(UnitTraversals(about, (strip,), ()), Truth(unit, status, effects, "exact"), said, WORDS)
