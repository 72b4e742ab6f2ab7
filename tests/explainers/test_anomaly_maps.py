"""Explainers that say where a picture is unlike its class, on an untrained VAE: each against a plain computation."""

import numpy as np
import pytest
import torch

from bench.attention.looking import Looking
from bench.attention.opened import Opened
from bench.attention.pictures import Pictures, ToInspect
from bench.attention.targets import Aggregate, Deviation, Difference, Mean
from bench.datasets.dsprites import DSprites
from bench.errors import ConfigError
from bench.explainers.anomaly_attention import AnomalyAttention
from bench.explainers.defect_oracle import DefectOracle
from bench.explainers.mean_activation import MeanActivation
from bench.explainers.picture_maps import CentreBlob
from bench.explainers.reconstruction_error import ReconstructionError
from bench.interfaces import Visual
from bench.models.one_class import Whole
from tests.attention.blocks import vae
from tests.metrics.inspected import Things

RNG = np.random.default_rng(0)
NORMAL = Aggregate(*(RNG.random((3, 3)) + 0.1))


class Seen(Things):
    """Things with pictures of random pixels."""

    def images(self, index):
        return np.stack([np.random.default_rng(i).integers(0, 256, (1, 16, 16), np.uint8) for i in index.tolist()])


MASKS = RNG.random((3, 16, 16)) > 0.9
THINGS = Seen(MASKS[:2], MASKS)


def looking(layer=2, rectified=True, redrawn=False):
    return Looking(pictures=ToInspect(), layer=layer, rectified=rectified, redrawn=redrawn)


def attention(target, positive="relu", pooled=True):
    return AnomalyAttention(looking=looking(), target=target, pooled=pooled, positive=positive)


EVERY = {
    "difference": attention(Difference(draws=3, pictures=8)),
    "deviation": attention(Deviation(measure="mahalanobis", pictures=8)),
    "divergence": attention(Deviation(measure="divergence", pictures=8), pooled=False),
    "reconstruction": ReconstructionError(looking=looking(0), width=0.0),
    "oracle": DefectOracle(pictures=ToInspect()),
}


@pytest.mark.parametrize("name", EVERY)
def test_the_one_unit_has_a_map_of_every_picture_to_inspect(name):
    [said] = EVERY[name].look(Whole(vae()), THINGS, (), 0)
    assert isinstance(EVERY[name], Visual)
    assert (said.unit, said.outcome) == ("one_class", "answered")
    assert said.attention.index.tolist() == [10, 11, 12, 13, 14]
    assert said.attention.maps.shape == (5, 16, 16)
    assert np.isfinite(said.attention.maps).all()
    assert said.attention.redrawn is None


@pytest.mark.parametrize("name", EVERY)
def test_a_dataset_with_nothing_to_inspect_is_refused(name):
    with pytest.raises(ConfigError, match="expected a dataset of one class"):
        EVERY[name].look(Whole(vae()), DSprites(), (), 0)


@pytest.mark.parametrize("name", EVERY)
def test_maps_do_not_depend_on_the_size_of_a_batch(name):
    [one], [other] = (EVERY[name].look(Whole(vae(batch_size=size)), THINGS, (), 0) for size in (64, 2))
    scale = float(np.abs(one.attention.maps).max())
    np.testing.assert_allclose(other.attention.maps, one.attention.maps, atol=1e-5 * scale)


@pytest.mark.parametrize("positive", ["relu", "size"])
@pytest.mark.parametrize("pooled", [True, False])
def test_attention_is_that_of_one_number_for_the_whole_code(positive, pooled):
    opened, whole = vae().opened(2, True, None), torch.rand(1, 1, 16, 16)
    explainer = attention(Deviation(measure="divergence", pictures=8), positive, pooled)
    found = explainer.maps(opened, whole, np.array([4]), NORMAL, 0)
    leaf = opened.below(whole).clone().requires_grad_()
    mean, log_variance = opened.above(leaf)
    m, v = (torch.from_numpy(part).float() for part in (NORMAL.mean, NORMAL.spread + NORMAL.variance))
    (((mean - m) ** 2 + log_variance.exp()) / v - log_variance).sum().div(2).backward()
    weights = leaf.grad.mean((2, 3), keepdim=True) if pooled else leaf.grad
    signed = (weights * leaf.detach()).sum(1, keepdim=True)
    expected = torch.nn.functional.interpolate(signed.relu() if positive == "relu" else signed.abs(), (16, 16), mode="bilinear")
    torch.testing.assert_close(found, expected, rtol=1e-4, atol=1e-5 * float(expected.max() + 1))


def test_the_sum_over_latents_comes_before_what_makes_it_positive():
    opened, whole = vae().opened(2, True, None), torch.rand(2, 1, 16, 16)
    found = attention(Mean(), "size").maps(opened, whole, np.array([4, 5]), NORMAL, 0)
    seen = opened.see(whole)
    [gradient] = torch.autograd.grad(seen.mean.sum(), seen.activations)
    signed = (gradient.mean((2, 3), keepdim=True) * seen.activations.detach()).sum(1, keepdim=True)
    expected = torch.nn.functional.interpolate(signed.abs(), (16, 16), mode="bilinear")
    torch.testing.assert_close(found, expected, rtol=1e-4, atol=1e-5 * float(expected.max()))


def test_draws_of_the_difference_are_averaged_after_what_makes_them_positive():
    opened, whole = vae().opened(2, True, None), torch.rand(1, 1, 16, 16)
    loud = Aggregate(NORMAL.mean, NORMAL.spread, np.zeros(3))
    many = attention(Difference(draws=4, pictures=8), "size").maps(opened, whole, np.array([4]), loud, 0)
    mean, noise = Difference(draws=4, pictures=8).weights(*(np.zeros((1, 3)) for _ in range(2)), loud, np.array([4]), 0)
    assert mean.shape == noise.shape == (4, 1, 3)
    seen = opened.see(whole)
    posterior = [part.detach().double().numpy() for part in seen[1:3]]
    mixes = Difference(draws=4, pictures=8).weights(*posterior, loud, np.array([4]), 0)
    each = []
    for draw in range(4):
        seen = opened.see(whole)
        total = sum((torch.from_numpy(mix[draw]).float() * part).sum() for mix, part in zip(mixes, seen[1:3], strict=True))
        [gradient] = torch.autograd.grad(total, seen.activations)
        each.append((gradient.mean((2, 3), keepdim=True) * seen.activations.detach()).sum(1, keepdim=True).abs())
    expected = torch.nn.functional.interpolate(torch.stack(each).mean(0), (16, 16), mode="bilinear")
    torch.testing.assert_close(many, expected, rtol=1e-4, atol=1e-5 * float(expected.max()))


def test_the_error_of_a_reconstruction_is_its_distance_to_the_picture():
    pixels = torch.from_numpy(THINGS.images(THINGS.tested)).float() / 255
    network = vae().network
    expected = (pixels - network["decoder"](network["encoder"](pixels)[:, :3]).sigmoid()).abs()[:, 0]
    [said] = EVERY["reconstruction"].look(Whole(vae()), THINGS, (), 0)
    np.testing.assert_allclose(said.attention.maps[2:], expected, atol=1e-5)
    [smooth] = ReconstructionError(looking=looking(0), width=2.0).look(Whole(vae()), THINGS, (), 0)
    assert smooth.attention.maps.std() < said.attention.maps.std()


def test_a_decoder_that_is_no_network_has_no_reconstruction():
    blind = Opened(lambda pixels: pixels, lambda pixels: (pixels[:, 0, 0], pixels[:, 0, 0]), None, "cpu", 1, 4)
    with pytest.raises(ConfigError, match="needs a decoder that is a network"):
        EVERY["reconstruction"].maps(blind, torch.zeros(1, 1, 4, 4), np.array([0]))


def test_the_oracle_shows_the_masks():
    [said] = EVERY["oracle"].look(Whole(vae()), THINGS, (), 0)
    np.testing.assert_array_equal(said.attention.maps[2:] > 0.5, MASKS)


def test_other_explainers_look_at_the_same_pictures():
    some = [MeanActivation(looking=looking()), CentreBlob(pictures=ToInspect(), width=0.2)]
    for explainer in some:
        [said] = explainer.look(Whole(vae()), THINGS, (), 0)
        assert said.attention.index.tolist() == [10, 11, 12, 13, 14]
    [drawn] = CentreBlob(pictures=Pictures(shown=4, checked=0), width=0.2).look(Whole(vae()), THINGS, (), 0)
    assert max(drawn.attention.index) < 10
