import re
import xml.etree.ElementTree as ElementTree

import pytest

from bench.reports.figures.scale import Scale, decades, fitted, tick_label
from bench.reports.figures.square_plot import X_END, X_START, Y_END, Y_START, Curve, Scales, Spot, square_plot
from bench.reports.figures.strip_plot import END, START, Dot, strip_plot
from bench.reports.figures.svg import drawing, element, mark, words

HOSTILE = '"><script>alert(1)</script>&\x1b[2J\u202e'


def parsed(svg):
    return ElementTree.fromstring(svg)


def test_the_ends_of_a_scale_lie_at_its_places():
    scale = Scale(0.0, 2.0, 10.0, 110.0)
    assert (scale.at(0.0), scale.at(1.0), scale.at(2.0)) == (10.0, 60.0, 110.0)


def test_what_lies_beyond_a_scale_is_drawn_at_its_end():
    scale = Scale(0.0, 1.0, 0.0, 100.0)
    assert (scale.at(-5.0), scale.at(7.0)) == (0.0, 100.0)


@pytest.mark.parametrize("span", [(0.0, 1.0), (-1.0, 1.0), (0.42, 0.47), (-0.0005, 0.0015), (0.0, 10.0)])
def test_ticks_are_few_and_round_and_within_the_scale(span):
    ticks = Scale(*span, 0.0, 1.0).ticks()
    assert 3 <= len(ticks) <= 6
    assert all(span[0] - 1e-9 <= tick <= span[1] + 1e-9 for tick in ticks)
    assert all(len(tick_label(tick)) <= 7 for tick in ticks)


def test_a_fitted_scale_holds_all_values_and_stays_within_the_bounds():
    scale = fitted([0.93, 0.99, 1.0], (0.0, 1.0), 0.0, 1.0)
    assert 0.5 < scale.low <= 0.93
    assert scale.high == 1.0


def test_values_that_differ_by_rounding_have_a_scale():
    scale = fitted([0.0, 2e-16], (0.0, 1.0), 0.0, 1.0)
    assert scale.low < scale.high
    assert len(scale.ticks()) > 1


def test_values_that_take_up_much_of_the_bounds_are_shown_between_them():
    assert fitted([0.1, 0.7], (0.0, 1.0), 0.0, 1.0) == Scale(0.0, 1.0, 0.0, 1.0)


def test_a_scale_around_zero_holds_zero():
    scale = fitted([0.2, 0.3], (-1.0, 1.0), 0.0, 1.0, around=0.0)
    assert scale.low <= 0 < 0.3 <= scale.high


@pytest.mark.parametrize("values", [[], [0.5], [0.0, 0.0]])
def test_a_scale_of_few_or_equal_values_has_some_width(values):
    for around in (None, 0.0):
        scale = fitted(values, (0.0, 1.0), 0.0, 1.0, around=around)
        assert scale.low < scale.high


def test_a_logarithmic_scale_has_a_tick_at_each_power_of_ten():
    scale = decades([300.0, 12_000.0], 0.0, 300.0)
    assert scale.ticks() == [100.0, 1000.0, 10_000.0, 100_000.0]
    assert scale.at(1000.0) == pytest.approx(100.0)
    assert decades([100.0], 0.0, 1.0).ticks() == [100.0, 1000.0]


def test_texts_and_attributes_cannot_leave_their_place():
    svg = drawing(10.0, 10.0, HOSTILE, words(HOSTILE, 0.0, 0.0, "name"), element("g", data_x=HOSTILE))
    found = parsed(svg)
    assert [child.tag for child in found] == ["text", "g"]
    assert found[0].text == '"><script>alert(1)</script>&[2J'


def test_a_long_name_is_cut_and_shown_whole_on_hovering():
    text = parsed(words("an_explainer_with_a_long_name", 0.0, 0.0, "name", most=10))
    assert text[0].text == "an_explainer_with_a_long_name"
    assert text[0].tail == "an_explai…"


def test_forty_series_have_marks_of_their_own():
    assert len({(re.search("hue.", m)[0], m.split("class=")[0]) for m in (mark(i, 0.0, 0.0) for i in range(40))}) == 40


def test_marks_of_a_strip_plot_lie_at_their_means_and_spans_at_their_intervals():
    scale = Scale(0.0, 1.0, START, END)
    svg = parsed(strip_plot(["a", "b"], [False, True], [Dot(1, 0, 0.25, 0.1, 0.5, "told")], 1, scale, "about"))
    (group,) = svg.findall("g")
    assert group.find("title").text == "told"
    assert float(group.find("circle").get("cx")) == pytest.approx(scale.at(0.25), abs=0.01)
    assert [float(group.find("line").get(x)) for x in ("x1", "x2")] == pytest.approx([scale.at(0.1), scale.at(0.5)], abs=0.01)
    assert [text.get("class") for text in svg.findall("text") if "name" in text.get("class")] == ["name", "name faint"]


def test_two_series_of_a_line_do_not_hide_each_other():
    scale = Scale(0.0, 1.0, START, END)
    dots = [Dot(0, i, 0.5, None, None, "") for i in (0, 5)]
    first, second = (float(c.get("cy")) for c in parsed(strip_plot(["a"], [False], dots, 6, scale, "")).iter("circle"))
    assert second - first > 8


def test_a_square_plot_grows_upwards():
    scales = Scales(Scale(0.0, 1.0, X_START, X_END), Scale(0.0, 1.0, Y_START, Y_END), "x", "y")
    spots = [Spot(0, 0.5, y, None, None, "") for y in (0.1, 0.9)]
    low, high = (float(c.get("cy")) for c in parsed(square_plot(scales, "", spots=spots)).iter("circle"))
    assert high < low


def test_a_curve_ends_with_its_mark():
    scales = Scales(Scale(0.0, 1.0, X_START, X_END), Scale(0.0, 1.0, Y_START, Y_END), "x", "y")
    svg = parsed(square_plot(scales, "", [Curve(0, [(0.0, 0.0), (1.0, 0.5)], [(0.0, 0.1), (0.4, 0.6)], "told")]))
    assert float(svg.find(".//circle").get("cx")) == X_END
    assert svg.find("path").get("d").endswith("Z")
