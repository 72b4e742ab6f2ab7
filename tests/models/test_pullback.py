"""Directions against the dense Jacobian, on a U-Net small enough to have one."""

import numpy as np
import pytest
import torch

from bench.models.pullback import Pullback


@pytest.fixture(scope="module")
def state():
    return torch.randn(1, 8, 8, generator=torch.Generator().manual_seed(5))


@pytest.fixture(scope="module")
def bottleneck(small_denoiser):
    return lambda x: small_denoiser.bottleneck(x, 600, [""] * len(x))


@pytest.fixture(scope="module")
def found(bottleneck, state):
    return pullback().of(bottleneck, state, 0)


@pytest.fixture(scope="module")
def dense(bottleneck, state):
    with torch.nn.attention.sdpa_kernel(torch.nn.attention.SDPBackend.MATH):
        jacobian = torch.autograd.functional.jacobian(lambda x: bottleneck(x[None])[0], state)
    return torch.linalg.svd(jacobian.reshape(-1, state.numel()), full_matrices=False)


def pullback(**changed):
    settings = {"rank": 4, "spare": 4, "least": 3, "most": 200, "tolerance": 1e-5, "chunk": 16}
    return Pullback(**{**settings, **changed})


def cosines(one, other):
    return (one.flatten(1) * other.flatten(1)).sum(1).abs()


def test_directions_are_those_of_the_dense_jacobian(found, dense):
    assert cosines(found.directions, dense.Vh[:4]).min() >= 0.999


def test_values_are_those_of_the_dense_jacobian(found, dense):
    np.testing.assert_allclose(found.values, dense.S[:4], rtol=1e-3)


def test_responses_are_the_left_singular_vectors(found, dense):
    assert cosines(found.responses, dense.U.T[:4]).min() >= 0.999


def test_it_stops_by_itself(found):
    assert found.settled
    assert found.turns < 200


def test_it_says_when_it_did_not_settle(bottleneck, state):
    assert not pullback(most=2).of(bottleneck, state, 0).settled


def test_the_largest_entry_is_positive(found):
    flat = found.directions.flatten(1)
    assert (flat.gather(1, flat.abs().argmax(1, keepdim=True)) > 0).all()


def test_the_same_seed_gives_the_same_bits(bottleneck, state, found):
    assert torch.equal(pullback().of(bottleneck, state, 0).directions, found.directions)


def test_another_seed_gives_the_same_directions(bottleneck, state, found):
    other = pullback().of(bottleneck, state, 1)
    torch.testing.assert_close(other.directions, found.directions, atol=0.02, rtol=0)


@pytest.mark.parametrize("chunk", [1, 3])
def test_the_chunk_changes_nothing(chunk, bottleneck, state, found):
    other = pullback(chunk=chunk).of(bottleneck, state, 0)
    torch.testing.assert_close(other.directions, found.directions, atol=2e-3, rtol=0)


def test_no_more_states_than_a_chunk_are_in_memory(bottleneck, state):
    sizes = []

    def watched(x):
        sizes.append(len(x))
        return bottleneck(x)

    pullback(chunk=3, most=2).of(watched, state, 0)
    assert max(sizes) == 3


def test_a_state_of_few_numbers_has_as_many_directions_at_most():
    matrix = torch.tensor([[3.0, 0.0], [0.0, 1.0]])
    found = pullback().of(lambda x: x @ matrix, torch.zeros(2), 0)
    torch.testing.assert_close(found.values, torch.tensor([3.0, 1.0]))
