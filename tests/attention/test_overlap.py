"""The overlap of two maps against cases worked out by hand, and its gradient."""

import pytest
import torch

from bench.attention.overlap import overlap


def maps(*rows):
    return torch.tensor([[row] for row in rows])


def random(seed=0, shape=(5, 4, 6)):
    return torch.rand(shape, generator=torch.Generator().manual_seed(seed))


def test_a_map_overlaps_with_itself_wholly():
    assert overlap(random(), random()).item() == pytest.approx(1, abs=1e-6)


def test_maps_without_a_common_place_do_not_overlap():
    assert overlap(maps([3.0, 0.0]), maps([0.0, 2.0])).item() == 0


def test_it_is_twice_the_smaller_parts_over_both_sums():
    assert overlap(maps([3.0, 1.0, 0.0]), maps([1.0, 2.0, 1.0])).item() == pytest.approx(2 * 2 / 8)


def test_it_is_the_mean_of_ratios_and_not_the_ratio_of_sums():
    bright, dim = ([100.0, 0.0], [100.0, 0.0]), ([1.0, 0.0], [0.0, 1.0])
    one, other = (maps(bright[i], dim[i]) for i in range(2))
    assert overlap(one, other).item() == pytest.approx(0.5)


def test_the_order_of_the_two_does_not_matter():
    assert overlap(random(1), random(2)) == overlap(random(2), random(1))


def test_the_brightness_of_both_does_not_matter():
    assert overlap(7 * random(1), 7 * random(2)).item() == pytest.approx(overlap(random(1), random(2)).item(), rel=1e-5)


def test_a_brighter_copy_overlaps_in_part_alone():
    assert overlap(random(), 3 * random()).item() == pytest.approx(2 / 4, rel=1e-5)


def test_several_pairs_are_measured_side_by_side():
    one, other = random(1, (5, 3, 4, 6)), random(2, (5, 3, 4, 6))
    torch.testing.assert_close(overlap(one, other), torch.stack([overlap(one[:, i], other[:, i]) for i in range(3)]))


@pytest.mark.parametrize("full", [True, False])
def test_an_empty_map_overlaps_with_nothing_and_has_a_finite_gradient(full):
    empty, other = torch.zeros(3, 4, 6, requires_grad=True), random(1, (3, 4, 6)) * full
    found = overlap(empty, other)
    found.backward()
    assert found.item() == 0
    assert empty.grad.isfinite().all()


def test_its_gradient_is_that_of_differences():
    one, other = random(1).double().requires_grad_(), random(2).double().requires_grad_()
    assert torch.autograd.gradcheck(overlap, (one, other))
