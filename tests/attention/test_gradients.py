"""Gradient attention against definitions written out one latent and one picture at a time."""

from dataclasses import replace

import pytest
import torch

from bench.attention.gradients import enlarged, latent_maps, signed_maps
from bench.attention.opened import Opened, Split
from bench.models.networks import ConvNetwork
from bench.models.opening import opened
from tests.attention.blocks import BLOCKS

NETWORK = ConvNetwork(latents=5, channels=(4, 6, 8), encoder_hidden=(16,), decoder_hidden=(16,))


@pytest.fixture(scope="module")
def network():
    made = NETWORK(BLOCKS, 0)
    with torch.no_grad():
        made["encoder"][-1].weight.mul_(100)  # the last layer is drawn small
    return made.requires_grad_(False)


@pytest.fixture(scope="module")
def pixels():
    return torch.rand(6, 1, 16, 16, generator=torch.Generator().manual_seed(1))


def at(network, layer=2, rectified=True):
    return opened(network, (layer, rectified, None), "cpu", 1, 64)


def maps(encoder, pixels, pooled=True):
    seen = encoder.see(pixels)
    return signed_maps(encoder, seen.mean, seen, pooled)


def naive(encoder, pixels, pooled):
    """Pictures and latents one by one, channels and positions in loops."""
    found = []
    for picture in pixels:
        with torch.no_grad():
            activations = encoder.below(picture[None])
        rows = []
        for latent in range(5):
            leaf = activations.clone().requires_grad_()
            encoder.above(leaf)[0][0, latent].backward()
            total = torch.zeros(leaf.shape[-2:])
            for channel in range(leaf.shape[1]):
                weight = leaf.grad[0, channel].mean() if pooled else leaf.grad[0, channel]
                total += weight * activations[0, channel]
            rows.append(total)
        found.append(torch.stack(rows))
    return torch.stack(found)


@pytest.mark.parametrize("pooled", [True, False])
@pytest.mark.parametrize(("layer", "rectified"), [(0, False), (1, True), (2, False), (3, True)])
def test_all_latents_at_once_are_each_latent_alone(network, pixels, layer, rectified, pooled):
    encoder = at(network, layer, rectified)
    expected = naive(encoder, pixels, pooled)
    assert expected.abs().max() > 1e-3
    torch.testing.assert_close(maps(encoder, pixels, pooled), expected, atol=1e-5, rtol=1e-5)


@pytest.mark.parametrize("size", [8, 9])  # at 9 the convolution leaves out the last row and column
@pytest.mark.parametrize("padding", [0, 1, 2])
def test_the_step_past_an_affine_layer_is_exact_at_every_border(size, padding):
    generator = torch.Generator().manual_seed(padding)
    layer = torch.nn.Conv2d(3, 5, 4, 2, padding)
    torch.nn.init.normal_(layer.weight, generator=generator)
    torch.nn.init.constant_(layer.bias, 9.0)
    split = Split(layer, lambda inside: (inside.square().flatten(1)[:, :7], inside.flatten(1)[:, :7]))
    short = Opened(lambda pixels: pixels, lambda pixels: split.rest(layer(pixels)), None, "cpu", 1, 8, split)
    pixels = torch.rand(4, 3, size, size, generator=generator)
    expected = maps(replace(short, split=None), pixels)
    torch.testing.assert_close(maps(short, pixels), expected, atol=1e-5, rtol=1e-5)
    assert expected.abs().mean() > 0.1


@pytest.mark.parametrize("layer", [1, 2, 3])
def test_a_split_changes_nothing_but_the_time(network, pixels, layer):
    short = at(network, layer)
    assert short.split is not None
    torch.testing.assert_close(maps(short, pixels), maps(replace(short, split=None), pixels), atol=1e-6, rtol=1e-5)


def linear(weight):
    """An encoder whose activations are the pixels and whose means are linear in them."""

    def above(activations):
        mean = torch.einsum("ichw,nchw->ni", weight, activations)
        return mean, torch.zeros_like(mean)

    return Opened(lambda pixels: pixels, above, None, "cpu", 1, 64)


def test_the_weight_of_a_channel_of_a_linear_encoder_is_the_mean_of_its_weights():
    weight = torch.tensor([[[[1.0, 3.0], [0.0, 0.0]], [[-4.0, 0.0], [0.0, 0.0]]]])  # means 1 and -1
    picture = torch.tensor([[[[2.0, 0.0], [1.0, 5.0]], [[1.0, 1.0], [0.0, 7.0]]]])
    assert maps(linear(weight), picture).tolist() == [[[[1.0, -1.0], [1.0, -2.0]]]]
    assert maps(linear(weight), picture, pooled=False).tolist() == [[[[2.0 - 4.0, 0.0], [0.0, 0.0]]]]
    seen = linear(weight).see(picture)
    assert latent_maps(seen.mean, seen.activations).tolist() == [[[[1.0, 0.0], [1.0, 0.0]]]]


def test_a_map_does_not_depend_on_the_pictures_beside_it(network, pixels):
    whole = maps(at(network), pixels)
    alone = torch.cat([maps(at(network), pixels[[i]]) for i in range(len(pixels))])
    turned = maps(at(network), pixels.flip(0)).flip(0)
    torch.testing.assert_close(alone, whole, atol=1e-6, rtol=0)
    torch.testing.assert_close(turned, whole, atol=1e-6, rtol=0)


def test_a_dead_latent_has_a_flat_map(pixels):
    dead = NETWORK(BLOCKS, 0)
    with torch.no_grad():
        dead["encoder"][-1].weight[2] = 0
    found = maps(at(dead.requires_grad_(False)), pixels)
    assert not found[:, 2].any()
    assert found[:, [0, 1, 3, 4]].abs().amax((0, 2, 3)).min() > 0


def test_means_that_depend_on_no_activation_have_flat_maps():
    encoder = Opened(lambda pixels: pixels, lambda a: (torch.ones(len(a), 3), torch.zeros(len(a), 3)), None, "cpu", 1, 64)
    assert not maps(encoder, torch.rand(2, 1, 4, 4)).any()


@pytest.mark.parametrize("rectified", [True, False])
def test_a_relu_in_place_does_not_overwrite_the_activations(pixels, rectified):
    plain, inplace = (NETWORK(BLOCKS, 3).requires_grad_(False) for _ in range(2))
    for module in inplace["encoder"]:
        if isinstance(module, torch.nn.ReLU):
            module.inplace = True
    assert (at(inplace, 2, rectified).see(pixels).activations.min() < 0) != rectified
    torch.testing.assert_close(maps(at(inplace, 2, rectified), pixels), maps(at(plain, 2, rectified), pixels))


def test_a_loss_on_the_maps_reaches_the_encoder_through_the_weights_of_the_channels():
    weight = torch.rand(2, 3, 4, 4).requires_grad_()  # the activations are given, so there is no other way
    activations = torch.rand(5, 3, 4, 4).requires_grad_()
    mean = torch.einsum("ichw,nchw->ni", weight, activations)
    latent_maps(mean, activations, create_graph=True).sum().backward()
    torch.testing.assert_close(weight.grad[0, 1], torch.full((4, 4), activations[:, 1].sum().item() / 16), atol=1e-4, rtol=1e-5)
    plain = latent_maps(torch.einsum("ichw,nchw->ni", weight.detach(), activations), activations)
    assert weight.grad is not None
    assert plain.requires_grad  # through the activations alone


def test_the_differentiable_form_is_the_positive_part_of_the_map(network, pixels):
    seen = at(network).see(pixels)
    torch.testing.assert_close(latent_maps(seen.mean, seen.activations, create_graph=True), maps(at(network), pixels).relu())


def test_maps_are_enlarged_linearly_between_the_middles_of_their_places():
    found = enlarged(torch.tensor([[[[0.0, 1.0], [0.0, 1.0]]]]), 4, 4)
    assert found[0, 0, 0].tolist() == [0.0, 0.25, 0.75, 1.0]


@pytest.mark.parametrize("size", [(4, 6), (32, 20)])
def test_maps_are_enlarged_as_torch_enlarges_pictures(size):
    given = torch.rand(2, 3, 8, 10, generator=torch.Generator().manual_seed(4))
    expected = torch.nn.functional.interpolate(given, size, mode="bilinear", align_corners=False)
    torch.testing.assert_close(enlarged(given, *size), expected, atol=1e-6, rtol=1e-6)
