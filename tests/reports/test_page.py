import base64
import hashlib
import io
import re
from dataclasses import replace
from html.parser import HTMLParser

import numpy as np
import pytest

from bench.artifacts import Effect, Explanation, Truth
from bench.reports.gallery import cards, picture
from bench.reports.page import render
from bench.reports.statistics import summarise
from bench.reports.strips import GAP, GREY, png, tiled

CONTROLS = ("oracle", "constant", "shuffled")
HOSTILE = "</script><img src=x onerror=alert(1)>\"'><script>alert(2)</script>{{ 7*7 }}\x1b[2J\u202e"
VOID = {"meta", "input", "br", "img", "link", "line"}


class Page(HTMLParser):
    """What a browser would see: elements with attributes, texts, and whether every element is closed."""

    def __init__(self, html):
        super().__init__()
        self.elements, self.texts, self.open, self.raw = [], [], [], {"style": [], "script": []}
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        self.elements.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        self.elements.append((tag, dict(attrs)))

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        if self.open and self.open[-1] in self.raw:
            self.raw[self.open[-1]].append(data)
        else:
            self.texts.append(data)

    def of(self, tag, name=None):
        return [
            attrs for found, attrs in self.elements if found == tag and (name is None or name in attrs.get("class", "").split())
        ]


@pytest.fixture(scope="module")
def html(runs):
    return render(summarise(runs.rows, draws=200), runs.rows, runs.records, {"title": "A run", "command": "latentbench"}, CONTROLS)


@pytest.fixture(scope="module")
def page(html):
    return Page(html)


def test_every_element_is_closed(page):
    assert page.open == []


def test_the_overview_shows_every_mean_with_interval_and_count(runs, page):
    summaries = summarise(runs.rows, draws=200)
    shown = " ".join(" ".join(page.texts).split())
    for s in summaries:
        if s.mean is not None:
            assert f"{s.mean:.3f} [{s.low:.3f}, {s.high:.3f}]" in shown
    assert len([row for row in page.of("tr") if "data-words" in row]) == len({tuple(s.group.values()) for s in summaries})


def test_a_cell_holds_its_mean_in_full_precision_for_sorting(runs, page):
    values = {float(cell["data-value"]) for cell in page.of("td", "metric") if cell["data-value"]}
    assert values == {s.mean for s in summarise(runs.rows, draws=200) if s.mean is not None}


def test_every_unit_has_a_card_and_every_explanation_an_answer(runs, page):
    assert len(page.of("article", "card")) == 2 * 5 * 6
    assert len(page.of("li", "answer")) == len(runs.records)
    shown = " ".join(page.texts)
    for record in runs.records:
        assert record.explanation.text is None or record.explanation.text in shown


def test_outcomes_are_named(runs, page):
    for outcome in ("answered", "abstained", "failed"):
        assert len(page.of("li", outcome)) == sum(r.explanation.outcome == outcome for r in runs.records)
    assert "failed: refused" in page.texts


def test_each_distinct_strip_is_stored_once(runs, page, html):
    names = {picture(record) for record in runs.records}
    assert len(names) < len(runs.records)
    assert html.count("data:image/png;base64,") == len(names)
    assert {name for strip in page.of("div", "strip") for name in strip["class"].split()} == names | {"strip"}


def test_the_policy_names_the_very_style_and_script_and_nothing_else(page):
    (policy,) = [m["content"] for m in page.of("meta") if m.get("http-equiv") == "Content-Security-Policy"]
    for kind in ("style", "script"):
        digest = base64.b64encode(hashlib.sha256("".join(page.raw[kind]).encode()).digest()).decode()
        assert f"{kind}-src 'sha256-{digest}';" in policy
    assert policy.startswith("default-src 'none';")
    assert "unsafe" not in policy


def test_nothing_outside_the_file_is_asked_for(page, html):
    assert not re.search(r"https?://|@import|src=", html)
    assert all(url.startswith("data:image/png;base64,") for url in re.findall(r"url\(([^)]*)\)", html))
    for _, attrs in page.elements:
        assert not {"src", "style", "srcset", "action"} & set(attrs)
        assert not [name for name in attrs if name.startswith("on")]
        assert attrs.get("href", "#").startswith("#")


def test_hostile_text_of_every_source_stays_text(runs, make_row):
    truth = Truth("u", "clean", (Effect(HOSTILE, 1.0, 1),), "exact")
    cell = {"dataset": HOSTILE, "model": HOSTILE, "bias": HOSTILE, "explainer": HOSTILE, "seed": 0}
    said = Explanation(HOSTILE, HOSTILE, (HOSTILE, "b"), 0.5, HOSTILE)
    unit = replace(runs.records[0].unit, name=HOSTILE)
    record = replace(runs.records[0], cell=cell, unit=unit, truth=truth, explanation=said)
    failed = replace(record, cell={**cell, "seed": 1}, explanation=Explanation(HOSTILE, None, failure=HOSTILE))
    row = make_row(cell, HOSTILE, 0.5, unit=HOSTILE, status="clean", outcome="answered")
    rows = [replace(row, provenance={HOSTILE: HOSTILE})]
    html = render(summarise(rows, draws=10), rows, [record, failed], {"title": HOSTILE, HOSTILE: HOSTILE}, [HOSTILE])
    page = Page(html)
    assert page.open == []
    assert [len(page.of(tag)) for tag in ("img", "script", "style")] == [0, 1, 1]
    assert "alert(" not in "".join(page.raw["script"])
    assert "49" not in page.texts
    assert "\x1b" not in html
    assert "\u202e" not in html
    shown = "</script><img src=x onerror=alert(1)>\"'><script>alert(2)</script>{{ 7*7 }}[2J"
    assert sum(shown in text for text in page.texts) >= 8


def test_equal_arguments_give_equal_bytes(runs, html):
    meta = {"title": "A run", "command": "latentbench"}
    assert render(summarise(runs.rows, draws=200), runs.rows, runs.records, meta, CONTROLS) == html


def test_a_run_without_scores_still_shows_its_units(runs):
    page = Page(render([], [], runs.records[:3], {}))
    assert "Nothing was scored." in page.texts
    assert len(page.of("li", "answer")) == 3


def test_a_run_without_anything_is_a_page():
    assert Page(render([], [], [], {})).of("h1") == [{}]


def test_explanations_of_the_same_pictures_share_a_card_and_others_do_not(runs, make_strip):
    record = runs.records[0]
    other_bias = replace(record, cell={**record.cell, "bias": "combination"})
    moved_otherwise = replace(other_bias, strip=make_strip("scale", 9))
    assert [len(card.answers) for card in cards([record, other_bias], [], ())] == [2]
    assert [len(card.answers) for card in cards([record, moved_otherwise], [], ())] == [1, 1]


def test_an_answer_carries_the_scores_of_its_own_cell(runs):
    for card in cards(runs.records, runs.rows, ()):
        for answer in card.answers:
            cell = {**card.labels, **answer.labels}
            wanted = {r.metric: r.value for r in runs.rows if r.unit == card.unit and dict(r.cell) == cell}
            shown = {metric: None if value == "—" else float(value) for metric, value in answer.scores}
            assert shown == {m: v if v is None else pytest.approx(v, abs=6e-4) for m, v in wanted.items()}
        break


def test_a_strip_keeps_its_pixels_and_its_order():
    from PIL import Image

    strip = np.random.default_rng(0).integers(0, 256, (2, 3, 3, 5, 4), dtype=np.uint8)
    sheet = np.asarray(Image.open(io.BytesIO(png(tiled(strip)))))
    assert sheet.shape == (2 * 5 + GAP, 3 * 4 + 2 * GAP, 3)
    for row in range(2):
        for step in range(3):
            top, left = row * (5 + GAP), step * (4 + GAP)
            assert (sheet[top : top + 5, left : left + 4] == strip[row, step].transpose(1, 2, 0)).all()
    assert (sheet[5 : 5 + GAP] == GREY).all()


def test_a_grey_strip_is_a_grey_picture(make_strip):
    from PIL import Image

    image = Image.open(io.BytesIO(png(tiled(make_strip("scale", 0)))))
    assert image.mode == "L"


def test_pictures_with_two_channels_raise():
    with pytest.raises(ValueError, match="1 or 3 channels"):
        png(np.zeros((4, 4, 2), np.uint8))
