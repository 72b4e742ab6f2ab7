"""Visual explainers on an untrained VAE: what they share, and each against a plain computation."""

from dataclasses import replace

import numpy as np
import pytest
import torch

from bench.artifacts import Effect, Truth, Unit
from bench.attention.looking import Looking
from bench.attention.normal import aggregate
from bench.attention.pictures import STATISTICS, Pictures, drawn
from bench.attention.smoothing import smoothed
from bench.attention.targets import Deviation, Mean
from bench.errors import ConfigError
from bench.explainers.elbo_gradient import ElboGradient
from bench.explainers.gradient_attention import GradientAttention
from bench.explainers.input_gradient import InputGradient
from bench.explainers.mask_oracle import MaskOracle
from bench.explainers.mean_activation import MeanActivation
from bench.explainers.occlusion import Occlusion
from bench.explainers.picture_maps import CentreBlob, Noise, ObjectMask, Outline
from bench.explainers.summed_attention import SummedAttention
from bench.interfaces import Explainer, Visual
from bench.models.vae import VAE
from bench.truth.masks import FactorMasks
from tests.attention.blocks import BLOCKS, vae

PICTURES = Pictures(shown=10, checked=3)


def looking(layer=2, redrawn=False, rectified=True):
    return Looking(pictures=PICTURES, layer=layer, rectified=rectified, redrawn=redrawn)


def gradient(target=None, redrawn=False):
    return GradientAttention(looking=looking(redrawn=redrawn), target=target or Mean(), pooled=True, positive="relu")


THROUGH_ENCODER = {
    "gradient": gradient(),
    "deviation": gradient(Deviation(measure="divergence", pictures=16)),
    "summed": SummedAttention(looking=looking(rectified=False)),
    "elbo": ElboGradient(looking=looking(0), width=1.0),
    "mean": MeanActivation(looking=looking()),
    "input": InputGradient(looking=looking(0)),
    "occlusion": Occlusion(looking=looking(0), patch=5, stride=3),
}
PLAIN = {
    "centre": CentreBlob(pictures=PICTURES, width=0.2),
    "object": ObjectMask(pictures=PICTURES),
    "outline": Outline(pictures=PICTURES),
    "noise": Noise(pictures=PICTURES),
}
FOR_ALL = ("summed", "elbo", "mean", *PLAIN)
EVERY = {**THROUGH_ENCODER, **PLAIN}


def look(name, seed=0, model=None):
    explainer = EVERY[name] if isinstance(name, str) else name
    return explainer.look(model or vae(), BLOCKS, (), seed)


@pytest.mark.parametrize("name", EVERY)
def test_every_unit_has_a_map_of_every_picture(name):
    said = look(name)
    assert [one.unit for one in said] == ["z0", "z1", "z2"]
    for one in said:
        assert (one.outcome, one.text) == ("answered", None)
        assert one.attention.maps.shape == (10, 16, 16)
        assert one.attention.redrawn.shape == (3, 16, 16)
        assert np.isfinite(one.attention.maps).all()
        assert one.attention.maps.max() > 0 or name == "gradient"


@pytest.mark.parametrize("name", EVERY)
def test_pictures_and_maps_are_drawn_by_the_seed(name):
    one, again, other = look(name), look(name), look(name, seed=1)
    assert (one[0].attention.index == look("noise")[0].attention.index).all()
    assert (one[0].attention.index != other[0].attention.index).any()
    np.testing.assert_array_equal(one[1].attention.maps, again[1].attention.maps)


@pytest.mark.parametrize("name", THROUGH_ENCODER)
def test_maps_do_not_depend_on_the_size_of_a_batch(name):
    for one, other in zip(look(name), look(name, model=vae(batch_size=3)), strict=True):
        scale = max(float(np.abs(one.attention.maps).max()), 1.0)
        np.testing.assert_allclose(other.attention.maps, one.attention.maps, atol=1e-6 * scale)
        np.testing.assert_allclose(other.attention.redrawn, one.attention.redrawn, atol=1e-6 * scale)


@pytest.mark.parametrize("name", EVERY)
def test_units_share_a_map_only_where_it_is_about_no_latent(name):
    first, second, _ = look(name)
    assert (first.attention is second.attention) == (name in FOR_ALL)


@pytest.mark.parametrize("name", EVERY)
def test_only_maps_through_the_encoder_change_when_its_weights_are_drawn_anew(name):
    shown = look(name)[2].attention
    assert np.array_equal(shown.maps[:3], shown.redrawn) == (name in PLAIN)


def test_a_redrawn_encoder_is_another_one_and_its_check_a_third():
    trained, drawn = look(gradient())[2].attention, look(gradient(redrawn=True))[2].attention
    assert not np.array_equal(trained.maps, drawn.maps)
    assert not np.array_equal(drawn.maps[:3], drawn.redrawn)


def test_what_is_normal_to_a_redrawn_encoder_is_its_own(monkeypatch):
    """Even if it stands where the first one stood in memory."""
    monkeypatch.setattr("bench.attention.normal.id", lambda _: 0, raising=False)
    explainer, model = THROUGH_ENCODER["deviation"], vae()
    redrawn = explainer.looking.opened(model, 0, again=True)
    index = PICTURES.index(BLOCKS, 0)[:3]
    normal = aggregate(redrawn, BLOCKS.images(drawn(BLOCKS, 16, [0, STATISTICS])))
    pixels = torch.from_numpy(BLOCKS.images(index)).float() / 255
    expected = explainer.maps(redrawn, pixels, index, normal, 0).detach().numpy()
    for said, unit in zip(look("deviation"), model.units, strict=True):
        assert np.allclose(said.attention.redrawn, expected[:, list(unit.latents)].mean(1), atol=1e-6)


@pytest.mark.parametrize("name", THROUGH_ENCODER)
def test_a_model_without_an_encoder_is_refused(name):
    class Blind:
        latents, units = 1, vae().units[:1]

        def codes(self, anchors):
            raise AssertionError

        def render(self, anchors, codes):
            raise AssertionError

    with pytest.raises(ConfigError, match="expected a model with an encoder that can be opened"):
        EVERY[name].look(Blind(), BLOCKS, (), 0)


def test_they_are_no_explainers_of_strips():
    assert all(isinstance(one, Visual) and not isinstance(one, Explainer) for one in EVERY.values())


def pixels():
    return torch.from_numpy(BLOCKS.images(look("noise")[0].attention.index)).float() / 255


def test_the_input_gradient_is_that_of_each_mean():
    whole = pixels().requires_grad_()
    for latent, said in enumerate(look("input")):
        [expected] = torch.autograd.grad(vae().network["encoder"](whole)[:, latent].sum(), whole)
        np.testing.assert_allclose(said.attention.maps, expected[:, 0].abs(), atol=1e-6)


def test_the_input_gradient_looks_at_nothing_but_pixels():
    with pytest.raises(ConfigError, match="expected 0"):
        InputGradient(looking=looking(1))


def test_occlusion_is_the_mean_over_the_patches_that_cover_a_pixel():
    encoder, whole = vae().network["encoder"], pixels()[:1]
    before, total, times = encoder(whole)[0, :3], np.zeros((3, 16, 16)), np.zeros((16, 16))
    starts = [0, 3, 6, 9, 11]
    for top in starts:
        for left in starts:
            covered = whole.clone()
            covered[..., top : top + 5, left : left + 5] = 0  # the median of mostly black pictures
            total[:, top : top + 5, left : left + 5] += (encoder(covered)[0, :3] - before).abs().numpy()[:, None, None]
            times[top : top + 5, left : left + 5] += 1
    found = np.stack([said.attention.maps[0] for said in look("occlusion")])
    np.testing.assert_allclose(found, total / times, atol=1e-5)


def test_the_summed_map_is_that_of_the_sum_with_a_gradient_of_size_one():
    encoder, whole = vae().opened(2, False, None), pixels()[:1]
    leaf = encoder.below(whole).clone().requires_grad_()
    encoder.above(leaf)[0].sum().backward()
    gradient = leaf.grad / (leaf.grad.square().mean().sqrt() + 1e-5)
    signed = (gradient.mean((2, 3), keepdim=True) * leaf.detach()).sum(1, keepdim=True)
    expected = torch.nn.functional.interpolate(signed, (16, 16), mode="bilinear").abs()[0, 0]
    np.testing.assert_allclose(look("summed")[0].attention.maps[0], expected, atol=1e-5)


def test_the_gradient_of_the_bound_is_large_where_a_pixel_is_unlike_what_is_expected():
    maps, whole = look(ElboGradient(looking=looking(0), width=0.0))[0].attention.maps, pixels()[:, 0].numpy()
    assert maps.shape == whole.shape
    assert (maps >= 0).all()


def test_smoothing_keeps_the_mass_of_a_point_and_spreads_it_as_a_gaussian():
    point = torch.zeros(1, 1, 21, 21)
    point[0, 0, 10, 10] = 1
    found = smoothed(point, 2.0)
    assert found.sum().item() == pytest.approx(1, abs=1e-5)
    assert (found[0, 0, 10, 12] / found[0, 0, 10, 10]).item() == pytest.approx(np.exp(-0.5), abs=1e-5)
    assert smoothed(point, 0.0) is point


def test_the_mean_activation_is_that_of_the_layer():
    expected = torch.nn.functional.interpolate(
        vae().opened(2, True, None).below(pixels()).mean(1, keepdim=True), (16, 16), mode="bilinear"
    )
    np.testing.assert_allclose(look("mean")[0].attention.maps, expected[:, 0], atol=1e-6)


def test_plain_maps_are_what_they_are_called():
    white = pixels()[:, 0].numpy() > 0.5
    shown = {name: look(name)[0].attention.maps for name in PLAIN}
    np.testing.assert_array_equal(shown["object"] > 0.5, white)
    assert not shown["outline"][:, 14:, 14:].any()  # no block reaches there
    assert (shown["outline"].max((1, 2)) >= 0.5).all()
    assert {tuple(map(int, np.unravel_index(one.argmax(), one.shape))) for one in shown["centre"]} <= {
        (7, 7),
        (7, 8),
        (8, 7),
        (8, 8),
    }
    assert 0.45 < shown["noise"].mean() < 0.55
    assert not np.array_equal(shown["noise"][0], shown["noise"][1])


def test_a_unit_of_two_latents_has_the_mean_of_their_maps():
    class Paired(VAE):
        units = (Unit("z0", (0,)), Unit("z1", (1,)), Unit("z0+z1", (0, 1)))

    model = vae()
    said = look("input", model=Paired(model.network, BLOCKS, 3, "cpu", 1, 64))
    np.testing.assert_allclose(said[2].attention.maps, (said[0].attention.maps + said[1].attention.maps) / 2, atol=1e-7)


def oracle(width=0.0):
    truths = [
        Truth("z0", "clean", (Effect("left", 1.0, 1),), "exact"),
        Truth("z1", "two_factor", (Effect("left", 0.25, 1), Effect("top", 0.75, 1)), "exact"),
        Truth("z2", "inactive", (), "exact"),
    ]
    return MaskOracle(pictures=PICTURES, masks=FactorMasks(), width=width).look(vae(), BLOCKS, truths, 0)


def test_the_oracle_shows_the_masks_by_share_and_abstains_on_what_does_nothing():
    one, two, none = oracle()
    left, top = (FactorMasks().of(name, BLOCKS, one.attention.index) for name in ("left", "top"))
    np.testing.assert_allclose(one.attention.maps, left)
    np.testing.assert_allclose(two.attention.maps, 0.25 * left + 0.75 * top, atol=1e-6)
    assert none.outcome == "abstained"
    assert oracle(2.0)[0].attention.maps.max() < one.attention.maps.max()


def test_the_oracle_needs_the_truth_of_every_unit():
    with pytest.raises(ConfigError, match="nobody knows it of z0, z1, z2"):
        MaskOracle(pictures=PICTURES, masks=FactorMasks(), width=0.0).look(vae(), BLOCKS, (), 0)


def test_a_decoder_that_is_no_network_has_no_evidence_bound():
    class Halved:
        latents, units = 3, vae().units

        def codes(self, anchors):
            raise AssertionError

        def render(self, anchors, codes):
            raise AssertionError

        def opened(self, layer, rectified, redrawn):
            return replace(vae().opened(layer, rectified, redrawn), decode=None)

    with pytest.raises(ConfigError, match="needs a decoder that is a network"):
        THROUGH_ENCODER["elbo"].look(Halved(), BLOCKS, (), 0)
