"""What is seen through an encoder, against values worked out by hand."""

import math

import numpy as np
import pytest
import torch

from bench.attention.opened import Opened
from bench.disentanglement.through import through
from tests.attention.blocks import BLOCKS, SIDE

EVERY = np.arange(32)


def opened(weight, log_variance=0.0, decode=None, shift=1.0):
    """Two channels, the upper and the lower half of the picture; the latents are `weight` times the sums of both."""

    def below(pixels):
        upper = torch.zeros_like(pixels)
        upper[..., : SIDE // 2, :] = 1
        return torch.cat([pixels + upper, pixels + 1 - upper], 1)

    def above(activations):
        mean = activations.sum((2, 3)) @ torch.tensor(weight).T + shift
        return mean, torch.full_like(mean, log_variance)

    return Opened(below, above, decode, "cpu", 1, 7)


def test_latents_that_read_the_same_look_at_the_same():
    assert through(opened([[1.0, 0.0], [1.0, 0.0]]), BLOCKS, EVERY, 0).attention_overlap == pytest.approx(1, abs=1e-6)


def test_latents_that_read_two_halves_share_the_block_alone():
    ink = (BLOCKS.images(EVERY) > 0).sum((1, 2, 3))
    expected = (ink / (SIDE * SIDE / 2 + ink)).mean()
    assert through(opened([[1.0, 0.0], [0.0, 1.0]]), BLOCKS, EVERY, 0).attention_overlap == pytest.approx(expected, rel=1e-5)


def test_a_latent_that_says_nothing_is_in_no_pair():
    blind = opened([[1.0, 0.0], [0.0, 0.0], [1.0, 0.0]], shift=0.0)
    assert through(blind, BLOCKS, EVERY, 0).attention_overlap == pytest.approx(1, abs=1e-6)


def test_one_active_latent_has_nothing_to_overlap_with():
    assert through(opened([[1.0, 0.0], [0.0, 0.0]], shift=0.0), BLOCKS, EVERY, 0).attention_overlap is None


def test_a_decoder_that_knows_nothing_costs_log_two_a_pixel():
    even = opened([[1.0, 0.0], [0.0, 1.0]], decode=lambda codes: torch.zeros(len(codes), 1, SIDE, SIDE))
    assert through(even, BLOCKS, EVERY, 0).reconstruction == pytest.approx(SIDE * SIDE * math.log(2))


def test_codes_are_drawn_from_their_posterior():
    seen = []

    def decode(codes):
        seen.append(codes)
        return torch.zeros(len(codes), 1, SIDE, SIDE)

    through(opened([[0.0, 0.0], [0.0, 0.0]], math.log(4), decode, shift=5.0), BLOCKS, np.tile(EVERY, 50), 0)
    codes = torch.cat(seen)
    assert codes.mean().item() == pytest.approx(5, abs=0.15)
    assert codes.std().item() == pytest.approx(2, abs=0.1)


def test_without_a_decoder_nothing_is_rebuilt():
    assert through(opened([[1.0, 0.0], [0.0, 1.0]]), BLOCKS, EVERY, 0).reconstruction is None


def test_the_size_of_the_batches_does_not_matter():
    one = opened([[1.0, 0.5], [0.2, 1.0]], decode=lambda codes: codes[:, :1, None, None].expand(-1, 1, SIDE, SIDE) / 100)
    other = Opened(one.below, one.above, one.decode, "cpu", 1, 32)
    assert through(one, BLOCKS, EVERY, 0) == pytest.approx(through(other, BLOCKS, EVERY, 0), rel=1e-6)
