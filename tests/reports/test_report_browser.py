"""The page in a real browser: no violation of its own policy, keyboard, narrow, dark, links to units, hostile texts, many units."""

import shutil
from dataclasses import replace

import numpy as np
import pytest

from bench.artifacts import Effect, Explanation, Truth
from bench.attention.record import Attention
from bench.reports.figures.axes import lines_of
from bench.reports.page import render
from bench.reports.statistics import summarise

CONTROLS = ("oracle", "constant", "shuffled")
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
HOSTILE = (
    "<img src=x onerror=\"document.title='run'\"></script><script>document.title='run'</script>"
    "\u202e=cmd|' /C calc'!A0 $\\frac{1}{2}$ & % # _"
)
SHOWN = HOSTILE.replace("\u202e", "")
pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="no chromium on this machine: install it to test the page in a browser")


@pytest.fixture(scope="module")
def browser():
    api = pytest.importorskip(
        "playwright.sync_api", reason="no playwright: install latentbench[test] to test the page in a browser"
    )
    with api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield browser
        browser.close()


def written(folder, name, rows, records, title="A run"):
    path = folder / f"{name}.html"
    path.write_text(render(summarise(rows, lines_of(rows), draws=100), rows, records, {"title": title}, CONTROLS), encoding="utf-8")
    return path


@pytest.fixture(scope="module")
def path(runs, tmp_path_factory):
    return written(tmp_path_factory.mktemp("page"), "report", runs.rows, runs.records)


@pytest.fixture(scope="module")
def small(make_campaign, tmp_path_factory):
    few = make_campaign(models=("exact_panel",), explainers=("oracle", "latent_explainer"), seeds=range(1))
    return written(tmp_path_factory.mktemp("small"), "report", few.rows, few.records)


@pytest.fixture(scope="module")
def hostile(runs, make_row, tmp_path_factory):
    """A page on which every text that a model or a file can write is hostile, and one is very long."""
    cell = {"dataset": HOSTILE, "model": "m", "bias": HOSTILE, "explainer": HOSTILE, "seed": 0}
    truth = Truth(HOSTILE, "clean", (Effect(HOSTILE, 1.0, 1),), "exact", {HOSTILE: 0.5})
    said = Explanation(HOSTILE, HOSTILE, (HOSTILE, "b"), 0.5, HOSTILE, usage={HOSTILE: 2.0, "prompt_tokens": 3.0})
    record = replace(runs.records[0], cell=cell, unit=replace(runs.records[0].unit, name=HOSTILE), truth=truth, explanation=said)
    long = replace(record, cell={**cell, "explainer": "long"}, explanation=Explanation(HOSTILE, "ab" * 25_000, certainty=0.5))
    failed = replace(record, cell={**cell, "explainer": "failed"}, explanation=Explanation(HOSTILE, None, failure=HOSTILE))
    records = [record, long, failed]
    rows = [make_row(one.cell, HOSTILE, 0.5, unit=HOSTILE, status="clean", outcome="answered") for one in records[:2]]
    return written(tmp_path_factory.mktemp("hostile"), "report", rows, records, HOSTILE)


@pytest.fixture(scope="module")
def visual(runs, tmp_path_factory):
    """A page of a unit with maps of two pictures."""
    rng = np.random.default_rng(0)
    shown = Attention(np.arange(2), rng.random((2, 16, 16), np.float32))
    said = Explanation(runs.records[0].unit.name, None, attention=shown)
    record = replace(runs.records[0], explanation=said, looked=rng.integers(0, 256, (2, 1, 16, 16), dtype=np.uint8))
    return written(tmp_path_factory.mktemp("visual"), "report", [row for row in runs.rows if row.cell == record.cell], [record])


@pytest.fixture
def opened(browser, path):
    """Opens a page; every message of the console and every request is noted, and none may be unexpected at the end."""
    pages = []

    def opened(width=1200, at=path, link="", **settings):
        page = browser.new_page(viewport={"width": width, "height": 900}, **settings)
        page.said, page.asked, page.at = [], [], at.as_uri()
        page.on("console", lambda message: page.said.append(message.text))
        page.on("pageerror", lambda error: page.said.append(str(error)))
        page.on("request", lambda request: page.asked.append(request.url))
        page.goto(at.as_uri() + link)
        pages.append(page)
        return page

    yield opened
    for page in pages:
        assert page.said == []
        assert {url for url in page.asked if not url.startswith("data:image/png;base64,")} == {page.at}
        page.close()


def test_maps_lie_over_their_pictures_until_the_reader_says_otherwise(opened, visual):
    page = opened(at=visual)
    above, below = page.locator(".look .map"), page.locator(".look .looked")
    assert above.bounding_box() == below.bounding_box()
    seen = []
    for choice in ("over", "alone", "none"):
        page.locator("#maps select").select_option(choice)
        seen.append((above.is_visible(), below.is_visible()))
    assert seen == [(True, True), (True, False), (False, True)]


def test_a_page_without_maps_asks_nothing_about_them(opened):
    assert opened().locator("#maps").is_hidden()


def column(page, place):
    return page.eval_on_selector_all("#scores tbody tr:not([hidden])", f"rows => rows.map(r => r.cells[{place}].dataset.value)")


def test_no_message_and_no_request_leaves_the_file(opened):
    page = opened()
    page.locator(".strip").first.wait_for()
    assert page.evaluate("[...document.images].every(i => i.complete && i.naturalWidth === Number(i.getAttribute('width')))")


def test_the_policy_stops_what_the_page_does_not_need(browser, path):
    page = browser.new_page()
    broken = []
    page.on("console", lambda message: broken.append(message.text))
    page.goto(path.as_uri())
    page.evaluate("document.body.append(Object.assign(document.createElement('script'), {textContent: 'document.title = 1'}))")
    page.evaluate("document.body.append(Object.assign(document.createElement('img'), {src: 'http://127.0.0.1:9/x.png'}))")
    page.evaluate("document.body.setAttribute('style', 'color: red')")
    page.wait_for_timeout(100)
    assert len(broken) >= 3
    assert all("Content Security Policy" in text for text in broken)
    assert page.title() == "A run"
    page.close()


@pytest.mark.parametrize("width", [320, 400, 1200])
@pytest.mark.parametrize("name", ["path", "hostile"])
def test_the_page_does_not_scroll_sideways(opened, request, width, name):
    page = opened(width, request.getfixturevalue(name))
    page.evaluate("document.querySelectorAll('details').forEach(details => { details.open = true; })")
    assert page.evaluate("document.documentElement.scrollWidth") == width


def test_a_click_sorts_a_second_turns_round_and_a_third_gives_the_blocks_back(opened):
    page = opened()
    before, head = column(page, 3), page.locator("#scores th.metric").first
    orders, told = [], []
    for _ in range(3):
        head.locator("button").click()
        orders.append(column(page, 3))
        told.append(head.get_attribute("aria-sort"))
    assert orders == [sorted(before, key=float, reverse=True), sorted(before, key=float), before]
    assert told == ["descending", "ascending", "none"]


def test_every_column_of_the_overview_sorts(opened):
    page = opened()
    for place in range(page.locator("#scores thead th").count()):
        page.locator("#scores thead button").nth(place).click()
        values = [value for value in column(page, place) if value]
        numbers = place > 2
        assert values == sorted(values, key=float if numbers else str, reverse=numbers)
        assert page.locator("#scores thead [aria-sort$=ending]").count() == 1


def test_undefined_values_stay_last_when_sorted(opened):
    page = opened()
    page.locator("#scores th.metric button").nth(2).click()
    values = column(page, 5)
    assert "" in values
    assert values == sorted(values, key=lambda value: (value == "", -float(value or 0)))


def test_the_overview_is_filtered_by_every_axis(opened):
    page = opened()
    for name in ("exact_panel", "disentanglement", "oracle", "constant"):
        page.locator("#narrow .chip", has_text=name).click()
    assert set(zip(column(page, 0), column(page, 1), column(page, 2), strict=True)) == {
        ("exact_panel", "disentanglement", "oracle"),
        ("exact_panel", "disentanglement", "constant"),
    }
    assert page.locator("#lines").text_content() == "2 of 20 lines"


def test_a_filter_keeps_what_it_names(opened, runs):
    page = opened()
    page.fill("#query", "explainer:pixel_change status:inactive")
    wanted = [r for r in runs.records if r.cell["explainer"] == "pixel_change" and r.truth.status == "inactive"]
    assert page.locator(".answer").count() == len(wanted)
    assert page.locator(".card").count() == 10
    assert page.locator("#shown").text_content() == "10 of 60"


def test_two_labels_of_one_axis_widen_a_filter_and_chips_write_it(opened, runs):
    page = opened()
    page.select_option("#many", "100")
    for name in ("failed", "abstained"):
        page.locator("#facets .chip", has_text=name).click()
    assert page.input_value("#query") == "outcome:failed outcome:abstained"
    assert page.locator(".answer").count() == sum(r.explanation.outcome != "answered" for r in runs.records)
    page.locator("#facets .chip", has_text="failed").click()
    assert page.input_value("#query") == "outcome:abstained"


def test_words_are_found_in_explanations(opened, runs):
    page = opened()
    page.select_option("#many", "100")
    page.fill("#query", "anticlockwise explainer:oracle")
    assert page.locator(".answer").count() == sum(
        "anticlockwise" in (r.explanation.text or "") and r.cell["explainer"] == "oracle" for r in runs.records
    )


def test_a_line_of_the_overview_leads_to_its_units(opened):
    page = opened()
    page.locator("#scores tbody a").first.click()
    assert page.input_value("#query") == "model:exact_identity bias:none explainer:oracle"
    assert page.locator("#shown").text_content().startswith("30 of 60")


def test_a_filter_that_nothing_meets_says_so(opened):
    page = opened()
    page.fill("#query", "zebra")
    assert page.locator("#nothing").is_visible()
    assert page.locator(".card").count() == 0


def test_the_worst_units_come_first_when_asked(opened):
    page = opened()
    page.fill("#query", "explainer:pixel_change bias:none")
    page.select_option("#order", label="worst set_f1 first")
    page.select_option("#many", "100")
    shown = page.locator(".number", has_text="set_f1").locator("b").all_text_contents()
    values = [2.0 if text == "—" else float(text) for text in shown]
    assert values == sorted(values)
    assert len(set(values)) > 5


def test_a_unit_opens_by_its_link_on_whatever_page_it_is(opened):
    page = opened(link="#dsprites/exact_panel/3/latent_4")
    assert page.evaluate("document.activeElement.id") == "dsprites/exact_panel/3/latent_4"
    assert page.locator("#page").input_value() == "2"
    card = page.locator(".card:focus")
    assert card.locator("h3").text_content() == "latent_4"
    assert card.locator(".place").text_content() == "dsprites" + "exact_panel" + "seed 3"
    assert card.locator(".status").text_content() == "two factor"
    assert card.locator(".effect").count() == 2
    assert card.bounding_box()["y"] < 900


def test_a_link_to_a_unit_that_the_filter_hides_gives_the_filter_up(opened):
    page = opened()
    page.fill("#query", "unit:latent_1")
    page.evaluate("location.hash = 'dsprites/exact_identity/0/latent_5'")
    page.locator("[id='dsprites/exact_identity/0/latent_5']").wait_for()
    assert page.input_value("#query") == ""
    page.evaluate("location.hash = 'dsprites/exact_panel/4/latent_0'")
    page.locator("[id='dsprites/exact_panel/4/latent_0']:focus").wait_for()


def test_answers_wording_and_numbers_are_there_on_demand(opened, runs):
    page = opened()
    page.fill("#query", "explainer:latent_explainer outcome:answered unit:latent_0")
    first = page.locator(".answer").first
    assert page.locator("pre").count() == 0
    first.locator("summary", has_text="3 answers drawn").click()
    first.locator(".drawn li").first.wait_for()  # what is folded out is made when the browser says so
    assert first.locator(".drawn li").count() == 3
    first.locator("summary", has_text="Wording sent").click()
    assert first.locator("pre").text_content() == "What changes in latent_0?"
    page.fill("#query", "status:inactive")
    page.locator(".truth summary").first.click()
    assert page.locator(".evidence").first.text_content() == "share/scale0.001"


def test_pages_hold_so_many_units_and_follow_each_other(opened):
    page = opened()
    seen = []
    for _ in range(3):
        seen += page.eval_on_selector_all(".card", "cards => cards.map(card => card.id)")
        page.locator("#next").press("Enter") if page.locator("#next").is_enabled() else None
    assert len(seen) == len(set(seen)) == 60
    assert page.locator("#next").is_disabled()
    assert page.locator("#shown").text_content() == "60 of 60, 41 to 60 shown"
    assert page.evaluate("document.activeElement.className") == "card"


WHERE = "(e => [e.id || e.className || e.tagName, getComputedStyle(e).outlineStyle])(document.activeElement)"


def test_the_keyboard_alone_reaches_and_works_everything(opened, small):
    page = opened(at=small)
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "Skip to the results"
    assert page.locator(".skip").bounding_box()["x"] >= 0
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "main"
    reached = []
    while "many" not in reached and len(reached) < 400:
        page.keyboard.press("Tab")
        place, outline = page.evaluate(WHERE)
        assert outline != "none", place
        reached.append(place)
    assert {"chip", "scroll", "query", "order", "page", "many", "SUMMARY", "A"} <= set(reached)
    page.locator("#scores th.metric button").first.press("Space")
    assert page.locator("#scores [aria-sort=descending]").count() == 1
    page.locator("#facets .chip").first.press("Enter")
    assert page.locator("#facets .chip").first.get_attribute("aria-pressed") == "true"


def test_j_and_k_go_from_unit_to_unit(opened):
    page = opened()
    ids = page.eval_on_selector_all(".card", "cards => cards.map(card => card.id)")
    page.locator(".card a").first.focus()
    for key, place in (("j", 1), ("j", 2), ("k", 1)):
        page.keyboard.press(key)
        assert page.evaluate("document.activeElement.id") == ids[place]


def luminance(page, selector, name):
    return page.evaluate(
        "([s, n]) => getComputedStyle(document.querySelector(s))[n].match(/[\\d.]+/g).slice(0, 3).map(Number)"
        ".map(v => v / 255).map(v => v <= .04045 ? v / 12.92 : ((v + .055) / 1.055) ** 2.4)"
        ".reduce((sum, v, i) => sum + v * [.2126, .7152, .0722][i], 0)",
        [selector, name],
    )


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_texts_stand_out_from_the_paper_in_both_themes(opened, scheme):
    page = opened(color_scheme=scheme)
    page.locator(".card").first.wait_for()
    paper = luminance(page, "body", "backgroundColor")
    assert (paper < 0.05) == (scheme == "dark")
    for selector in (".lead", "thead th", ".interval", ".text", ".number", ".control .text", "summary", ".best .mean", ".chip"):
        bright, dim = sorted((paper, luminance(page, selector, "color")), reverse=True)
        assert (bright + 0.05) / (dim + 0.05) >= 4.5, selector
    for hue in range(2):
        bright, dim = sorted((paper, luminance(page, f".mark.hue{hue}", "fill")), reverse=True)
        assert (bright + 0.05) / (dim + 0.05) >= 3


def test_the_button_changes_the_theme_and_the_choice_is_kept(opened):
    page = opened(color_scheme="light")
    button = page.locator("#theme")
    for name, dark in (("light", False), ("dark", True)):
        button.click()
        assert button.text_content() == f"Theme: {name}"
        assert (luminance(page, "body", "backgroundColor") < 0.05) == dark
    page.reload()
    assert luminance(page, "body", "backgroundColor") < 0.05
    page.asked.clear()
    page.asked.append(page.at)


def test_nothing_moves_for_those_who_want_no_motion(opened):
    still, smooth = opened(reduced_motion="reduce"), opened(reduced_motion="no-preference")
    of = "getComputedStyle(document.documentElement).scrollBehavior"
    assert (still.evaluate(of), smooth.evaluate(of)) == ("auto", "smooth")


def test_a_reader_of_the_screen_finds_landmarks_heads_and_figures(opened):
    page = opened()
    assert page.locator("header, main, nav[aria-label], form[role=search][aria-label]").count() == 5
    assert page.locator("section[aria-labelledby]").count() == page.locator("section").count()
    for drawing in page.locator("svg[role=img]").all():
        assert len(drawing.get_attribute("aria-label")) > 20
    assert page.locator("figure").count() == page.locator("figure details table").count() > 0
    assert page.locator("#scores tbody th[scope=row]").count() == 20
    assert page.evaluate("[...document.querySelectorAll('input, select')].every(e => e.labels.length || e.ariaLabel)")
    assert page.evaluate("[...document.querySelectorAll('img')].every(e => e.alt)")


def test_hostile_texts_are_shown_and_do_nothing(opened, hostile):
    page = opened(at=hostile)
    page.evaluate("document.querySelectorAll('#cards details').forEach(details => { details.open = true; })")
    page.locator("pre").wait_for()
    assert page.title() == page.locator("h1").text_content() == " ".join(SHOWN.split())
    assert page.locator("img:not(.strip)").count() == 0
    assert page.locator("script").count() == 2
    for place in (".text", ".drawn li", "pre", ".effect", ".evidence dt", "h3 a", ".who span", ".usage"):
        assert SHOWN in page.locator("#cards").locator(place).first.text_content().replace("\n", " "), place
    assert SHOWN in page.locator(".failed .none").text_content()
    page.fill("#query", "<img")
    assert page.locator(".card").count() == 1


def test_a_very_long_text_is_cut_and_shown_whole_on_demand(opened, hostile):
    page = opened(at=hostile)
    text = page.locator(".text", has_text="abab")
    assert len(text.text_content()) < 800
    text.locator("button").click()
    assert text.text_content() == "ab" * 25_000
