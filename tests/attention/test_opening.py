import pytest
import torch

from bench.attention.opened import Openable
from bench.errors import ConfigError
from bench.models.networks import ConvNetwork
from bench.models.opening import opened
from tests.attention.blocks import BLOCKS

NETWORK = ConvNetwork(latents=3, channels=(4, 6), encoder_hidden=(8,), decoder_hidden=(8,))(BLOCKS, 0)
PIXELS = torch.rand(2, 1, 16, 16, generator=torch.Generator().manual_seed(0))


def at(layer, rectified=True, redrawn=None):
    return opened(NETWORK, (layer, rectified, redrawn), "cpu", 1, 8)


@pytest.mark.parametrize("layer", [0, 1, 2])
@pytest.mark.parametrize("rectified", [True, False])
def test_the_two_parts_are_the_whole_encoder(layer, rectified):
    parts = at(layer, rectified)
    activations = parts.below(PIXELS)
    torch.testing.assert_close(torch.cat(parts.above(activations), dim=1), NETWORK["encoder"](PIXELS))
    assert activations.shape[1:] == [(1, 16, 16), (4, 8, 8), (6, 4, 4)][layer]
    assert (activations.min() < 0) == (layer > 0 and not rectified)


@pytest.mark.parametrize(
    ("layer", "rectified", "layers"), [(0, False, 1), (1, True, 1), (2, True, 2), (1, False, 0), (2, False, 0)]
)
def test_the_affine_layers_right_above_are_a_step_of_their_own(layer, rectified, layers):
    parts = at(layer, rectified)
    assert (parts.split is not None) == bool(layers)
    if parts.split:
        assert len(parts.split.affine) == layers
        activations = parts.below(PIXELS)
        torch.testing.assert_close(parts.split.rest(parts.split.affine(activations)), parts.above(activations))


def test_the_decoder_comes_along():
    assert at(0).decode(torch.zeros(2, 3)).shape == PIXELS.shape


def test_weights_drawn_anew_are_others_and_the_same_for_a_seed():
    one, again, other = (at(2, redrawn=seed).see(PIXELS).mean for seed in (1, 1, 2))
    torch.testing.assert_close(one, again)
    assert (one - other).abs().max() > 1e-3
    torch.testing.assert_close(at(2).see(PIXELS).mean, NETWORK["encoder"](PIXELS)[:, :3])


@pytest.mark.parametrize("layer", [-1, 3])
def test_a_layer_that_is_not_there_is_named(layer):
    with pytest.raises(ConfigError, match=rf"expected 0 \(the pixels\) to 2, .* got {layer}"):
        at(layer)


def test_a_trained_model_can_be_opened():
    from bench.models.vae import VAE

    assert isinstance(VAE(NETWORK, BLOCKS, 3, "cpu", 1, 8), Openable)
