"""Maps of all latents from one forward pass, against a loop with a forward and a whole backward pass for each latent."""

import numpy as np
import pytest
import torch

from bench.attention.gradients import enlarged, signed_maps
from bench.datasets.dsprites import DSprites
from bench.models.networks import ConvNetwork
from bench.models.opening import opened

LATENTS, PICTURES = 10, 64


@pytest.mark.speed
@pytest.mark.parametrize("layer", [2, 4])
def test_all_latents_at_once_against_a_loop(ratio, figure, layer):
    sprites = DSprites()
    network = ConvNetwork(latents=LATENTS, channels=(32, 32, 64, 64), encoder_hidden=(256,), decoder_hidden=(256,))(sprites, 0)
    encoder = opened(network.requires_grad_(False), (layer, True, None), "cpu", 1, PICTURES)
    index = np.random.default_rng(0).integers(0, len(sprites), PICTURES)
    pixels = torch.from_numpy(sprites.images(index)).float() / 255

    def at_once():
        seen = encoder.see(pixels)
        return enlarged(signed_maps(encoder, seen.mean, seen, pooled=True).relu(), 64, 64)

    def loop():
        maps = []
        for latent in range(LATENTS):
            seen = encoder.see(pixels)
            [gradient] = torch.autograd.grad(seen.mean[:, latent].sum(), seen.activations)
            signed = (gradient.mean((2, 3), keepdim=True) * seen.activations.detach()).sum(1, keepdim=True)
            maps.append(enlarged(signed.relu(), 64, 64))
        return torch.cat(maps, 1)

    before = torch.get_num_threads()
    torch.set_num_threads(1)
    torch.testing.assert_close(at_once(), loop(), atol=1e-5, rtol=1e-4)
    value = ratio(loop, at_once, 5)
    torch.set_num_threads(before)
    figure(
        f"attention of {LATENTS} latents in {PICTURES} pictures, convolution {layer}, loop / at once: {value:.1f} (aim: at least 5)"
    )
