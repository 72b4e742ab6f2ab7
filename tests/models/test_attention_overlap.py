"""The attention disentanglement loss on networks small enough to look through."""

import pytest
import torch

from bench.attention.gradients import latent_maps
from bench.attention.overlap import overlap
from bench.errors import ConfigError
from bench.models.attention_overlap import AttentionOverlap
from bench.models.beta_vae import divergence
from bench.models.opening import cut


def noise(seed=0):
    return torch.Generator().manual_seed(seed)


def attention(pairs="random", layer=1, active=0.0):
    return AttentionOverlap(weight=1.0, layer=layer, rectified=True, pairs=pairs, active=active)


@pytest.fixture
def images():
    return torch.rand(6, 1, 8, 8, generator=noise(9))


@pytest.fixture
def network(small_network, squares):
    made = small_network(squares, 0)
    with torch.no_grad():
        made["encoder"][-1].weight.mul_(100)  # the last layer is drawn small
    return made


def seen(network, images, layer=1):
    below, above = cut(network["encoder"], layer, True, None)
    activations = below(images)
    mean, log_variance = above(activations).chunk(2, 1)
    return mean, activations, divergence(mean, log_variance)


def kill(network, latent):
    """Cut a latent off: its posterior is the prior."""
    with torch.no_grad():
        for row in (latent, 3 + latent):
            network["encoder"][-1].weight[row] = 0
            network["encoder"][-1].bias[row] = 0


def pair_overlaps(network, images):
    mean, activations, _ = seen(network, images)
    maps = latent_maps(mean, activations)
    return {(i, j): overlap(maps[:, i], maps[:, j]).item() for i in range(3) for j in range(i)}


def linear(weight):
    """Activations of two channels, 4 × 4, and latents that are a linear map of all of them: what reaches a latent is known."""
    activations = torch.rand(5, 2, 4, 4, generator=noise(3), requires_grad=True)
    return torch.einsum("ichw,nchw->ni", weight, activations), activations


def test_channel_weights_of_a_linear_encoder_are_the_means_of_its_weights():
    weight = torch.randn(3, 2, 4, 4, generator=noise(1))
    mean, activations = linear(weight)
    expected = torch.einsum("ic,nchw->nihw", weight.mean((2, 3)), activations).relu()
    torch.testing.assert_close(latent_maps(mean, activations), expected)


def test_two_latents_that_read_one_channel_look_at_one_place():
    weight = torch.zeros(2, 2, 4, 4)
    weight[:, 0] = 1
    mean, activations = linear(weight)
    nats = torch.ones(5, 2)
    assert attention()(mean, activations, nats, noise()).item() == pytest.approx(1, abs=1e-6)


def test_latents_that_read_channels_bright_at_other_places_do_not_overlap():
    activations = torch.zeros(5, 2, 4, 4)
    activations[:, 0, :2], activations[:, 1, 2:] = 1, 1
    activations.requires_grad_()
    mean = activations.sum((2, 3))
    assert attention()(mean, activations, torch.ones(5, 2), noise()).item() == 0


@pytest.mark.parametrize("pairs", ["random", "top", "all"])
def test_the_encoder_learns_through_the_weights_of_the_channels(network, images, pairs):
    """With the activations held, a gradient can only come through the weights; the last layer does nothing else to the maps."""
    mean, activations, nats = seen(network, images)
    attention(pairs)(mean, activations, nats, noise()).backward()
    last = network["encoder"][-1].weight.grad
    assert last[:3].abs().sum() > 0
    assert last[3:].abs().sum() == 0
    assert network["encoder"][0].weight.grad.abs().sum() > 0


@pytest.mark.parametrize("pairs", ["random", "top", "all"])
def test_its_gradient_by_the_last_layer_is_that_of_differences(network, images, pairs):
    network.double()
    weight = network["encoder"][-1].weight

    def loss():
        return attention(pairs)(*seen(network, images.double()), noise())

    def moved(place, by):
        with torch.no_grad():
            weight[place] += by
        return loss().item()

    [found] = torch.autograd.grad(loss(), weight)
    place = divmod(int(found.abs().argmax()), found.shape[1])
    difference = moved(place, 1e-6) - moved(place, -2e-6)
    assert found[place].item() == pytest.approx(difference / 2e-6, rel=1e-3)


def test_all_pairs_are_each_pair_in_turn(network, images):
    expected = sum(pair_overlaps(network, images).values()) / 3
    assert attention("all")(*seen(network, images), noise()).item() == pytest.approx(expected, rel=1e-5)


def test_a_random_pair_has_two_different_latents_and_all_pairs_come_up(network, images):
    known = pair_overlaps(network, images)
    found = [attention()(*seen(network, images), noise(i)).item() for i in range(40)]
    nearest = [min(known, key=lambda pair: abs(known[pair] - value)) for value in found]
    assert {round(abs(known[pair] - value), 5) for pair, value in zip(nearest, found, strict=True)} == {0.0}
    assert set(nearest) == set(known)
    assert max(found) < 0.999


def test_the_top_pair_has_the_largest_maps(network, images):
    mean, activations, nats = seen(network, images)
    order = latent_maps(mean, activations).sum((0, 2, 3)).argsort(descending=True).tolist()
    expected = pair_overlaps(network, images)[max(order[:2]), min(order[:2])]
    assert attention("top")(mean, activations, nats, noise()).item() == pytest.approx(expected, rel=1e-5)


@pytest.mark.parametrize("pairs", ["random", "top", "all"])
@pytest.mark.parametrize("dead", [0, 1, 2])
def test_a_dead_latent_is_never_in_the_pair(network, images, pairs, dead):
    kill(network, dead)
    one, other = sorted({0, 1, 2} - {dead}, reverse=True)
    expected = pair_overlaps(network, images)[one, other]
    for seed in range(5):
        found = attention(pairs)(*seen(network, images), noise(seed)).item()
        assert found == pytest.approx(expected, rel=1e-5)


@pytest.mark.parametrize("pairs", ["random", "top", "all"])
@pytest.mark.parametrize("dead", [(0,), (0, 2), (0, 1, 2)])
def test_dead_latents_make_neither_the_loss_nor_its_gradient_nan(network, images, pairs, dead):
    for latent in dead:
        kill(network, latent)
    found = attention(pairs)(*seen(network, images), noise())
    network.zero_grad()
    found.backward()
    assert found.isfinite()
    assert all(p.grad.isfinite().all() for p in network["encoder"].parameters() if p.grad is not None)
    assert len(dead) == 1 or found.item() == 0


def test_a_picture_without_any_activation_has_a_finite_gradient(network):
    with torch.no_grad():
        network["encoder"][0].bias.fill_(-100)
    found = attention()(*seen(network, torch.zeros(2, 1, 8, 8)), noise())
    found.backward()
    assert found.item() == 0
    assert all(p.grad.isfinite().all() for p in network["encoder"].parameters() if p.grad is not None)


def test_how_active_a_latent_must_be_is_a_number_of_nats(network, images):
    mean, activations, nats = seen(network, images)
    second = nats.mean(0).sort(descending=True).values[1].item()
    assert attention(active=0.99 * second)(mean, activations, nats, noise()).item() > 0
    assert attention(active=1.01 * second)(mean, activations, nats, noise()).item() == 0


def test_another_layer_has_other_maps(network, images):
    first, second = (attention("all", layer)(*seen(network, images, layer), noise()).item() for layer in (1, 2))
    assert first != pytest.approx(second, rel=1e-3)


def test_a_step_down_its_gradient_lowers_the_overlap(network, images):
    optimizer = torch.optim.SGD(network["encoder"].parameters(), lr=0.02)
    before = attention("all")(*seen(network, images), noise())
    before.backward()
    optimizer.step()
    assert attention("all")(*seen(network, images), noise()) < before


def test_one_latent_makes_no_pair():
    mean, activations = linear(torch.ones(1, 2, 4, 4))
    with pytest.raises(ConfigError, match=r"network\.latents"):
        attention()(mean, activations, torch.ones(5, 1), noise())
