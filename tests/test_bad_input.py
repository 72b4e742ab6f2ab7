"""Whatever comes in, every metric of `conf/metric` gives a value within its bounds or `None`, for each unit, in its place."""

import math
from dataclasses import replace

import numpy as np
import pytest
from test_laws import NAMES, TRUTHS, built, case, cases, panel, score

from bench.artifacts import Case, Effect, Explanation, Truth
from bench.errors import DataError
from bench.interfaces import Comparative

TEXTS = {
    "empty": "",
    "blank": " \n\t\u2003 ",
    "not ASCII": "Ünïcødé ↗ 拡大する 🙂 размер растёт",
    "right to left": "\u202e\u0627\u0644\u062d\u062c\u0645",
    "half of a surrogate": "size \udcff grows",
    "control characters": "\x00 the size\x1b[31m grows \x7f",
    "10,000 words": "the shape grows and moves right, " * 1667,
    "10,000 different words": " ".join(f"word{i}" for i in range(10_000)),
    "one word of 10,000 letters": "a" * 10_000,
    "repeated": "The object grows. " * 50,
    "a colour, of which there is one": "The colour of the object changes from white to white.",
}
COLOUR = Truth("", "clean", (Effect("color", 1.0, None),), "exact")  # a factor with one value


@pytest.fixture(scope="module", params=NAMES)
def metric(request):
    made = built(request.param)
    try:
        score(made, cases([("It grows.", TRUTHS[0])]))
    except DataError as error:
        pytest.skip(f"its weights are not on this machine: {str(error)[:100]}")
    return made


def sound(metric, judged):
    """The values, each within the bounds or `None`, one for each unit or one for the cell; a failure has none."""
    values = score(metric, judged)
    assert all(value is None or metric.bounds[0] <= value <= metric.bounds[1] for value in values)
    if metric.scope == "unit":
        assert all(value is None for value, c in zip(values, judged, strict=True) if c.explanation.outcome == "failed")
    return values


def coloured(c: Case) -> Case:
    """The unit, said to change a factor that has one value."""
    return replace(c, truth=replace(COLOUR, unit=c.unit.name))


def test_odd_explanations_have_a_defined_result_beside_others_and_leave_those_alone(metric):
    others, truths = panel()[:12], (TRUTHS[0], TRUTHS[4])
    odd = [case(f"odd{90 + i}", text, *truths[i % 2]) for i, text in enumerate([*TEXTS.values()] * 2)]
    odd += [coloured(c) for c in odd[::3]]
    values = sound(metric, [*odd, *others])
    if metric.scope == "unit" and not isinstance(metric, Comparative):
        alone = sound(metric, others)
        assert [value is None for value in values[len(odd) :]] == [value is None for value in alone]
        assert [value or 0.0 for value in values[len(odd) :]] == pytest.approx([value or 0.0 for value in alone], abs=1e-5)


def test_one_unit_alone_has_a_defined_result(metric):
    for text in ("", "The object grows larger.", "große 🙂"):
        for truth in dict.fromkeys(TRUTHS):
            sound(metric, cases([(text, truth)]))
            sound(metric, [coloured(c) for c in cases([(text, truth)])])


@pytest.mark.parametrize("text", ["", "große 🙂", "\udcff", "grow " * 10_000], ids=["empty", "not ASCII", "surrogate", "long"])
def test_one_odd_explanation_for_every_unit_has_a_defined_result(metric, text):
    sound(metric, cases([(text, truth) for truth in TRUTHS[:2]]))


def test_the_same_explanation_for_every_unit_has_a_defined_result(metric):
    sound(metric, cases([("The object grows larger.", truth) for truth in TRUTHS * 5]))


def test_silence_failures_and_ignorance_have_a_defined_result_alone_and_together(metric):
    whole = panel()
    silent = [replace(c, explanation=Explanation(c.unit.name, None)) for c in whole]
    failed = [replace(c, explanation=Explanation(c.unit.name, None, failure="timed_out")) for c in whole]
    unknown = [replace(c, truth=None) for c in whole]
    for judged in (silent, failed, unknown, [a for three in zip(silent, failed, unknown, strict=True) for a in three]):
        sound(metric, judged)
    assert set(score(metric, failed)) == {None}


def still(c: Case, pictures: bool, codes: bool) -> Case:
    """The unit with traversals along which nothing moves."""

    def stopped(traversal):
        images = np.repeat(traversal.images[:, :1], traversal.images.shape[1], axis=1) if pictures else traversal.images
        return replace(traversal, images=images, codes=traversal.codes * 0 if codes else traversal.codes)

    seen = c.traversals
    return replace(c, traversals=replace(seen, shown=tuple(map(stopped, seen.shown)), held_out=tuple(map(stopped, seen.held_out))))


@pytest.mark.parametrize(("pictures", "codes"), [(True, False), (False, True), (True, True)])
def test_constant_strips_and_latents_have_a_defined_result(metric, pictures, codes):
    sound(metric, [still(c, pictures, codes) for c in panel()])


def test_black_strips_have_a_defined_result(metric):
    def black(c):
        dark = tuple(replace(t, images=t.images * 0) for t in c.traversals.held_out)
        return replace(c, traversals=replace(c.traversals, held_out=dark))

    sound(metric, [black(c) for c in panel()])


@pytest.mark.parametrize("certainty", [None, 0.0, 1.0])
def test_a_certainty_that_is_the_same_for_all_has_a_defined_result(metric, certainty):
    sound(metric, [replace(c, explanation=replace(c.explanation, certainty=certainty)) for c in panel()])


def test_a_truth_without_direction_share_or_evidence_has_a_defined_result(metric):
    bare = Truth("z0", "ambiguous", (Effect("scale", 0.0, None),), "recovered")
    sound(metric, [replace(c, truth=replace(bare, unit=c.unit.name)) for c in panel()])


def test_words_of_people_without_a_truth_have_a_defined_result(metric):
    written = ("It grows.", "größer 🙂", "larger " * 10_000)
    values = sound(metric, [replace(c, truth=None, references=written) for c in panel()[:6]])
    assert all(value is None or math.isfinite(value) for value in values)
