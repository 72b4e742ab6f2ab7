import base64
import hashlib
import io
import json
import re
from dataclasses import replace
from html.parser import HTMLParser

import numpy as np
import pytest
from PIL import Image

from bench.artifacts import Effect, Explanation, Truth
from bench.attention.record import Attention
from bench.reports.album import album, embedded
from bench.reports.gallery import cards, picture
from bench.reports.maps import heat
from bench.reports.page import render
from bench.reports.statistics import summarise
from bench.reports.strips import GAP, GREY, png, tiled

CONTROLS = ("oracle", "constant", "shuffled")
HOSTILE = "</script><img src=x onerror=alert(1)>\"'><script>alert(2)</script>{{ 7*7 }}\x1b[2J\u202e"
VOID = {"meta", "input", "br", "img", "link", "line", "wbr"}


class Page(HTMLParser):
    """What a browser would see: elements with attributes, texts, and whether every element is closed."""

    def __init__(self, html):
        super().__init__()
        self.elements, self.texts, self.open, self.raw = [], [], [], {"style": [], "script": [], "application/json": []}
        self.feed(html)
        self.album = json.loads("".join(self.raw["application/json"]))

    def handle_starttag(self, tag, attrs):
        self.elements.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag if tag != "script" else dict(attrs).get("type", tag))

    def handle_startendtag(self, tag, attrs):
        self.elements.append((tag, dict(attrs)))

    def handle_endtag(self, tag):
        assert self.open.pop() in (tag, {"script": "application/json"}.get(tag))

    def handle_data(self, data):
        if self.open and self.open[-1] in self.raw:
            self.raw[self.open[-1]].append(data)
        else:
            self.texts.append(data)

    def of(self, tag, name=None):
        return [
            attrs for found, attrs in self.elements if found == tag and (name is None or name in attrs.get("class", "").split())
        ]


def answers(page):
    return [answer for card in page.album["cards"] for answer in card["answers"]]


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
    assert len([link for link in page.of("a") if "data-query" in link]) == len({tuple(s.group.values()) for s in summaries})


def test_a_cell_holds_its_mean_in_full_precision_for_sorting(runs, page):
    values = {float(cell["data-value"]) for cell in page.of("td", "metric") if cell["data-value"]}
    assert values == {s.mean for s in summarise(runs.rows, draws=200) if s.mean is not None}


def test_every_unit_has_a_card_and_every_explanation_an_answer(runs, page):
    assert len(page.album["cards"]) == 2 * 5 * 6
    assert len(answers(page)) == len(runs.records)
    told = sorted(page.album["texts"][a["text"]] for a in answers(page) if a["text"] is not None)
    assert told == sorted(r.explanation.text for r in runs.records if r.explanation.text is not None)


def test_outcomes_are_named(runs, page):
    for outcome in ("answered", "abstained", "failed"):
        assert sum(a["outcome"] == outcome for a in answers(page)) == sum(r.explanation.outcome == outcome for r in runs.records)
    assert {a["failure"] for a in answers(page)} == {None, "refused", "timed_out"}


def test_each_distinct_strip_is_stored_once(runs, page):
    from PIL import Image

    names = {picture(record) for record in runs.records}
    assert len(names) < len(runs.records)
    assert len(page.album["sheets"]) == len(names)
    assert {card["sheet"] for card in page.album["cards"]} == set(range(len(names)))
    wide, tall, code = page.album["sheets"][0]
    assert Image.open(io.BytesIO(base64.b64decode(code))).size == (wide, tall)


def test_the_policy_names_the_very_style_and_script_and_nothing_else(page):
    (policy,) = [m["content"] for m in page.of("meta") if m.get("http-equiv") == "Content-Security-Policy"]
    for kind in ("style", "script"):
        digest = base64.b64encode(hashlib.sha256("".join(page.raw[kind]).encode()).digest()).decode()
        assert f"{kind}-src 'sha256-{digest}';" in policy
    assert policy.startswith("default-src 'none';")
    assert "unsafe" not in policy


def test_nothing_outside_the_file_is_asked_for(page, html):
    assert not re.search(r"https?://|@import|src=|url\(", html)
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
    assert [len(page.of(tag)) for tag in ("img", "script", "style")] == [0, 2, 1]
    assert "alert(" not in "".join(page.raw["script"])
    assert "49" not in page.texts
    assert "\x1b" not in html
    assert "\u202e" not in html
    shown = "</script><img src=x onerror=alert(1)>\"'><script>alert(2)</script>{{ 7*7 }}[2J"
    assert sum(shown in text for text in page.texts) >= 8
    assert shown in page.album["texts"]


def test_equal_arguments_give_equal_bytes(runs, html):
    meta = {"title": "A run", "command": "latentbench"}
    assert render(summarise(runs.rows, draws=200), runs.rows, runs.records, meta, CONTROLS) == html


def test_a_run_without_scores_still_shows_its_units(runs):
    page = Page(render([], [], runs.records[:3], {}))
    assert "Nothing was scored." in page.texts
    assert len(answers(page)) == 3


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
            assert dict(answer.scores) == wanted
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
    with pytest.raises(ValueError, match="1, 3 or 4 channels"):
        png(np.zeros((4, 4, 2), np.uint8))


def test_a_text_that_many_answers_share_is_stored_once(page):
    assert len(page.album["texts"]) == len(set(page.album["texts"]))


def test_nothing_in_the_album_can_end_its_element():
    text = embedded({"a": "</script><!--<script>&\u2028"})
    assert not set("<>&\u2028") & set(text)
    assert json.loads(text) == {"a": "</script><!--<script>&\u2028"}


def test_units_of_one_name_have_links_of_their_own(runs, make_strip):
    record = runs.records[0]
    others = [replace(record, cell={**record.cell, "bias": str(i)}, strip=make_strip("scale", i)) for i in range(3)]
    names = [card["id"] for card in album(others, [], ())["cards"]]
    assert names == ["dsprites/exact_identity/0/latent_0" + end for end in ("", "~2", "~3")]


def pointed(maps):
    return Explanation("u", None, attention=Attention(np.arange(len(maps)), maps))


def test_maps_of_an_explainer_become_a_picture_of_their_own():
    maps = np.zeros((2, 8, 6), np.float32)
    maps[1, 3, 4] = 5
    sheet = heat(pointed(maps))
    assert sheet.shape == (8, 2 * 6 + GAP, 4)
    assert sheet[3, 6 + GAP + 4].tolist() == [255, 215, 60, 204]
    assert set(sheet[:, :6, 3].ravel()) == {0}
    assert (sheet[:, 6 : 6 + GAP] == (128, 128, 128, 255)).all()
    assert heat(Explanation("u", "text")) is None


def test_equal_maps_cover_nothing():
    assert not heat(pointed(np.ones((1, 4, 4), np.float32)))[..., 3].any()


def looking(record, looked):
    said = pointed(np.arange(128, dtype=np.float32).reshape(2, 8, 8))
    return replace(record, explanation=replace(said, unit=record.unit.name), looked=looked)


def test_the_pictures_that_were_looked_at_lie_below_their_maps(runs):
    pictures = np.random.default_rng(0).integers(0, 256, (2, 1, 8, 8), dtype=np.uint8)
    made = album([looking(runs.records[0], pictures)], [], ())
    [answer] = made["cards"][0]["answers"]
    shown, below = made["sheets"][answer["map"]], made["sheets"][answer["looked"]]
    assert shown[:2] == below[:2] == [2 * 8 + GAP, 8]
    seen = np.asarray(Image.open(io.BytesIO(base64.b64decode(below[2]))))
    assert np.array_equal(seen[:, 8 + GAP :], pictures[1, 0])


def test_maps_of_pictures_that_are_not_at_hand_stand_alone(runs):
    made = album([looking(runs.records[0], None)], [], ())
    assert made["cards"][0]["answers"][0]["looked"] is None
    assert made["cards"][0]["answers"][0]["map"] is not None
