"""Laws that hold for every metric of maps, on a small dataset; those of texts are never asked about a map."""

import asyncio
from dataclasses import replace

import numpy as np
import pytest
from test_laws import NAMES, built

from bench.artifacts import Explanation
from bench.attention.record import Attention
from bench.errors import DataError
from bench.pipeline import score
from bench.truth.masks import FactorMasks
from tests.attention.blocks import BLOCKS, case, vae

OF_MAPS = [name for name in NAMES if "maps" in getattr(type(built(name)), "sees", ())]
INDEX = np.array([2, 9, 20, 27])
FACTORS = ("left", "top", "size")
FINE = {"aupimo", "aupimo_small"}  # need more normal pixels than there are here, see test_aupimo
EVERY = pytest.mark.parametrize("name", OF_MAPS)


def run(name, cases):
    return list(asyncio.run(score(built(name), cases, (vae(), BLOCKS))))


def panel():
    rng, cases = np.random.default_rng(0), []
    for i, factor in enumerate(FACTORS):
        masks = FactorMasks().of(factor, BLOCKS, INDEX)
        shown = (masks, rng.normal(size=masks.shape), np.zeros_like(masks), -masks, 1e30 * masks)
        again = rng.random((2, 16, 16)).astype(np.float32)
        cases += [case(f"z{i}", [factor], maps, INDEX, redrawn=again) for maps in shown]
    return cases


def test_there_are_metrics_of_maps():
    assert len(OF_MAPS) >= 9


@EVERY
def test_values_lie_within_the_bounds_and_some_are_defined(name):
    low, high = built(name).bounds
    values = [value for value in run(name, panel()) if value is not None]
    assert values or name in FINE
    assert all(low <= value <= high for value in values)


@EVERY
def test_the_order_of_the_units_does_not_matter(name):
    values, turned = run(name, panel()), run(name, panel()[::-1])[::-1]
    assert [value is None for value in values] == [value is None for value in turned]
    known = [pair for pair in zip(values, turned, strict=True) if pair[0] is not None]
    assert all(one == pytest.approx(other, rel=1e-6, abs=1e-9) for one, other in known)


@EVERY
def test_failures_and_texts_have_no_value(name):
    failed = [replace(c, explanation=replace(c.explanation, failure="refused")) for c in panel()]
    spoken = [replace(c, explanation=Explanation(c.unit.name, "It moves left.")) for c in panel()]
    silent = [replace(c, explanation=Explanation(c.unit.name, None)) for c in panel()]
    assert set(run(name, failed)) == set(run(name, spoken)) == set(run(name, silent)) == {None}


@EVERY
def test_an_unknown_truth_one_unit_and_no_unit_are_handled(name):
    low, high = built(name).bounds
    unknown = [replace(c, truth=None) for c in panel()]
    some = [*run(name, unknown), *(value for c in panel()[:3] for value in run(name, [c]))]
    assert all(value is None or low <= value <= high for value in some)
    assert run(name, []) == []


@EVERY
def test_a_model_and_a_dataset_of_which_nothing_is_known_are_handled(name):
    class Nameless(type(BLOCKS)):
        factors = ()

    values = list(asyncio.run(score(built(name), panel(), (vae(), Nameless(factors=())))))
    assert len(values) == len(panel())


@pytest.mark.parametrize("name", [name for name in NAMES if name not in OF_MAPS])
def test_metrics_of_texts_have_no_value_for_a_map(name):
    metric = built(name)
    try:
        values = asyncio.run(score(metric, panel()[:2], None))
        empty = asyncio.run(score(metric, [], None))
    except DataError as error:
        pytest.skip(f"its weights are not on this machine: {str(error)[:100]}")
    assert list(values) == ([None] * 2 if metric.scope == "unit" else list(empty))


def test_a_map_is_an_answer():
    shown = Attention(np.arange(1), np.zeros((1, 2, 2), np.float32))
    assert Explanation("z0", None, attention=shown).outcome == "answered"
    assert Explanation("z0", None).outcome == "abstained"
    assert Explanation("z0", None, attention=shown, failure="refused").outcome == "failed"
