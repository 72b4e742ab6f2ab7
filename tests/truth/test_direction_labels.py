"""From a denoiser whose directions are known to labels of those directions."""

from dataclasses import replace

import numpy as np
import pytest

from bench.models.ddim import Grid
from bench.models.directions import DiffusionDirections
from bench.models.exact import ExactDecoder
from bench.models.exact_denoiser import ExactDenoiser
from bench.models.guidance import Guidance
from bench.models.pullback import Pullback
from bench.models.schedule import Schedule
from bench.models.tailing import Tailing
from bench.models.wires import Ramp
from bench.truth.intervals import share_intervals
from tests.truth.stamps import Stamps
from tests.truth.test_recovered import LABEL

WIRES = tuple(
    Ramp(latent=latent, factor=factor, low=-2.0, high=2.0, sign=sign, power=1.0)
    for latent, (factor, sign) in enumerate((("x", 1), ("glow", -1), ("y", 1)))
)


@pytest.fixture(scope="module")
def labelled(tmp_path_factory):
    decoder = ExactDecoder(latents=4, wires=WIRES, spans={}, groups=(), conditions={}, under={})
    generator = DiffusionDirections(
        denoiser=ExactDenoiser(decoder=decoder, schedule=Schedule(steps=100, first=1e-3, last=0.2), fall=0.6, seed=3),
        start="noise",
        homes=2,
        prompts=("",),
        drawn="prompt",
        contrasts=0,
        edits=(1.0,),
        grid=Grid(steps=20, last=0.0, refinements=0),
        basis=Pullback(rank=4, spare=0, least=3, most=200, tolerance=1e-7, chunk=8),
        moves=Guidance(updates=16, reach=3.0, probe=1.0),
        gain=3 / 16,
        spread=0.3,
        tail=Tailing(eta=0.0, below=0.0, shared=True),
        threads=1,
        batch_size=64,
    )
    model = generator.load(Stamps(), generator.fit(Stamps(), 0, tmp_path_factory.mktemp("scratch")))
    return model, replace(LABEL, references=12)(model, Stamps())


def signs(model, context):
    """The way each direction of a context goes along its latent."""
    return np.sign(np.diag(model.directions[context, :, :, 0, 0].numpy() @ model.denoiser.rotation)).astype(int)


@pytest.mark.parametrize("context", [0, 1])
def test_labels_of_directions_are_those_of_the_decoder(context, labelled):
    model, truths = labelled
    found = [(t.status, {e.factor: e.sign for e in t.effects}) for t in truths[4 * context : 4 * context + 4]]
    way = signs(model, context)
    assert found[:3] == [("clean", {"x": way[0]}), ("clean", {"glow": -way[1]}), ("clean", {"y": way[2]})]
    assert found[3] == ("inactive", {})


def test_shares_come_with_intervals(labelled):
    _, truths = labelled
    evidence = truths[0].evidence
    assert evidence["low/x"] <= evidence["share/x"] <= evidence["high/x"]
    assert evidence["low/x"] > 0.8


def test_an_interval_narrows_with_references():
    rng = np.random.default_rng(0)
    few, many = (share_intervals(rng.random((n, 2)), 0) for n in (10, 1000))
    assert np.ptp(many, axis=1).max() < np.ptp(few, axis=1).min() / 3


def test_an_effect_of_one_factor_alone_is_certain():
    np.testing.assert_array_equal(share_intervals(np.array([[1.0, 0.0], [2.0, 0.0]]), 0), [[1.0, 1.0], [0.0, 0.0]])


def test_no_effect_has_no_shares():
    np.testing.assert_array_equal(share_intervals(np.zeros((3, 2)), 0), np.zeros((2, 2)))
