"""The page in a real browser, as raters meet it: by keyboard, interrupted, on a phone, in the dark, with texts that mean harm."""

import json
import shutil
from dataclasses import replace

import pytest
from annotation.exports import exported

from bench.annotation.intake import take_in
from bench.annotation.lines import read_given
from bench.annotation.page import render
from bench.annotation.reading import read_export
from bench.annotation.task import LONGEST, Said
from bench.datasets.references import read_references

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="no chromium on this machine: install it to test the page in a browser")
NO_STORAGE = "Object.defineProperty(window, 'localStorage', { get() { throw new DOMException('denied', 'SecurityError'); } });"
HOSTILE = (
    "<img src=x onerror=document.title='owned'>",
    "</script><script>document.title='owned'</script>",
    "right \u202eto\u202c left \u05d0\u05d1",
    "x" * 50_000,
    "=cmd|' /C calc'!A0",
)


@pytest.fixture(scope="module")
def browser():
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield browser
        browser.close()


@pytest.fixture
def opened(browser, page):
    """Opens a page in a browser without memory; in the end nothing was said on its console and nothing asked of anybody."""
    contexts, said, asked, files = [], [], [], set()

    def opened(path=page, width=1200, hash="", script="", **settings):
        contexts.append(browser.new_context(viewport={"width": width, "height": 850}, accept_downloads=True, **settings))
        tab = contexts[-1].new_page()
        tab.on("console", lambda message: said.append(message.text))
        tab.on("pageerror", lambda error: said.append(str(error)))
        tab.on("request", lambda request: asked.append(request.url))
        tab.on("dialog", lambda dialog: dialog.accept())
        if script:
            tab.add_init_script(script)
        files.add(path.as_uri())
        tab.goto(path.as_uri() + hash)
        return tab

    yield opened
    for context in contexts:
        context.close()
    assert said == []
    assert [url for url in asked if not url.startswith(("data:image/png", "blob:")) and url.split("#")[0] not in files] == []


def begin(tab, name="anna"):
    tab.fill("#annotator", name)
    tab.keyboard.press("Enter")


def where(tab):
    return tab.inner_text("#where")


def saved(tab, path):
    """What the rater's own button saves."""
    if tab.locator("#save").is_hidden():
        tab.click("#export")
    with tab.expect_download() as download:
        tab.click("#save")
    download.value.save_as(path)
    return path


def finish(tab, texts=0):
    """Answer everything that is left by the keyboard alone: explain each unit and rate each text."""
    while tab.locator("#done").is_hidden():
        if tab.locator(".text").count():
            for _ in range(tab.locator(".text").count()):
                tab.keyboard.press("4")
        else:
            tab.keyboard.press("t")
            tab.keyboard.type("It grows.")
            tab.keyboard.press("Escape")
            tab.keyboard.press("3")
            tab.keyboard.press("ArrowRight")
        tab.keyboard.press("Control+Enter")


def test_ten_units_are_annotated_with_a_reload_in_the_middle_and_taken_in(opened, task, tmp_path):
    tab = opened(hash="#rater=2")
    begin(tab)
    tab.keyboard.press("n")
    tab.keyboard.press("Control+Enter")
    for _ in range(3):
        tab.fill("#text", "It moves right.")
        tab.click("label[for=factor-4]")
        tab.click("text=moves to the right")
        tab.click("#next")
    tab.fill("#text", "half a sen")
    assert where(tab) == "Unit 5 of 10"
    tab.reload()
    assert (where(tab), tab.input_value("#text"), tab.inner_text("#count")) == ("Unit 5 of 10", "half a sen", "5 of 20 answered")
    tab.fill("#text", "")
    tab.keyboard.press("Escape")
    finish(tab)
    assert tab.inner_text("#finished") == "All answered. Thank you!"
    export = saved(tab, tmp_path / "anna.json")
    take_in([export], task, tmp_path / "datasets")
    [path] = tmp_path.rglob("annotated_*.jsonl")
    order = [task.items[i].unit for i in task.orders[1].items]
    said = {one.unit: one.text for one in read_references(path)}
    assert [said[unit] for unit in order] == ["", *["It moves right."] * 3, *["It grows."] * 6]
    given = read_given([export])
    ticked = {label.answer.unit: [(tick.factor, tick.direction) for tick in label.answer.factors] for label in given.labels}
    assert [ticked[unit] for unit in order] == [[], *[[("position_x", "increase")]] * 3, *[[("scale", "increase")]] * 6]
    assert {rating.rated.rating for rating in given.ratings} == {4}
    assert len(given.ratings) == sum(len(item.said) for item in task.items)


def test_all_can_be_done_without_a_mouse(opened, task, tmp_path):
    tab = opened()
    for _ in range(2):
        tab.keyboard.press("Tab")  # past the link that skips to the question
    tab.keyboard.type("Ben-2")
    tab.keyboard.press("Enter")
    assert tab.inner_text("#name") == "ben-2, rater 1"
    finish(tab)
    while tab.evaluate("document.activeElement.id") != "save":
        tab.keyboard.press("Tab")
    with tab.expect_download() as download:
        tab.keyboard.press("Enter")
    download.value.save_as(tmp_path / "ben.json")
    export = read_export(tmp_path / "ben.json")
    assert (export.annotator, len(export.answers)) == ("ben-2", 10)


def test_each_key_does_what_the_page_says(opened):
    tab = opened()
    begin(tab)
    tab.keyboard.press("2")
    assert tab.is_checked("#factor-1")
    tab.keyboard.press("2")
    assert not tab.is_checked("#factor-1")
    tab.keyboard.press("5")
    tab.keyboard.press("ArrowRight")
    assert tab.is_checked("[name=way-4][value=increase]")
    tab.keyboard.press("ArrowRight")
    assert tab.is_checked("[name=way-4][value=decrease]")
    tab.keyboard.press("n")
    assert tab.is_checked("#none")
    assert not tab.is_checked("#factor-4")
    tab.keyboard.press("5")
    assert not tab.is_checked("#none")
    tab.keyboard.press("Escape")
    tab.keyboard.press("ArrowRight")
    assert where(tab) == "Unit 2 of 10"
    tab.keyboard.press("ArrowLeft")
    assert where(tab) == "Unit 1 of 10"
    tab.keyboard.press("t")
    tab.keyboard.type("n5")
    assert (tab.input_value("#text"), tab.is_checked("#none")) == ("n5", False)


def test_a_rating_moves_on_to_the_next_text_and_arrows_move_back(opened, task):
    tab = opened()
    begin(tab)
    tab.evaluate(
        "(at) => show(at)", 10 + next(i for i, index in enumerate(task.orders[0].items) if len(task.items[index].said) == 2)
    )
    tab.keyboard.press("2")
    tab.keyboard.press("5")
    tab.keyboard.press("ArrowUp")
    tab.keyboard.press("3")
    assert tab.is_checked("[name=star-0][value='3']")
    assert tab.is_checked("[name=star-1][value='5']")


def test_an_answer_that_is_not_whole_is_not_left_by_next(opened):
    tab = opened()
    begin(tab)
    tab.keyboard.press("Control+Enter")
    assert tab.inner_text("#fault").startswith("Say what changes")
    tab.keyboard.press("3")
    tab.keyboard.press("Control+Enter")
    assert tab.inner_text("#fault") == "Which way does it go: scale?"
    assert where(tab) == "Unit 1 of 10"


def test_raters_meet_the_units_in_their_own_order(opened, task):
    shown = []
    for rater in (1, 2):
        tab = opened(hash=f"#rater={rater}")
        begin(tab)
        shown.append(tab.get_attribute(".strip >> nth=0", "src"))
    assert shown == [task.items[order.items[0]].strips[0].picture for order in task.orders[:2]]


def test_two_raters_of_one_browser_keep_their_answers_apart(opened):
    tab = opened()
    begin(tab)
    tab.keyboard.press("n")
    tab.click("#switch")
    begin(tab, "ben")
    assert tab.inner_text("#count") == "0 of 20 answered"
    tab.click("#switch")
    begin(tab)
    assert tab.inner_text("#count") == "1 of 20 answered"


def test_without_storage_the_page_warns_and_goes_on_from_an_export(opened, tmp_path):
    tab = opened(script=NO_STORAGE)
    assert "keeps nothing" in tab.inner_text("#warning")
    begin(tab)
    tab.keyboard.press("n")
    tab.keyboard.press("Control+Enter")
    export = saved(tab, tmp_path / "anna.json")
    again = opened(script=NO_STORAGE)
    assert again.locator("#start").is_visible()
    again.set_input_files("#load", export)
    again.wait_for_selector("#work:not([hidden])")
    assert (where(again), again.inner_text("#count")) == ("Unit 2 of 10", "1 of 20 answered")


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"page": "0" * 32}, "belongs to another page"),
        ({"format": "csv"}, "no export of an annotation page"),
        ({"answers": 3}, "no export of an annotation page"),
        ({"rater": 9}, "has no such rater"),
        ({"rater": "length"}, "has no such rater"),
        ({"annotator": "<b>"}, "names no rater"),
    ],
)
def test_a_file_that_is_no_export_of_this_page_changes_nothing(opened, task, write, change, told):
    tab = opened()
    tab.set_input_files("#load", write(exported(task) | change))
    tab.wait_for_selector("#warning:not([hidden])")
    assert told in tab.inner_text("#warning")
    assert tab.locator("#start").is_visible()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_page_fits_a_phone_in_the_light_and_in_the_dark(opened, scheme):
    tab = opened(width=400, color_scheme=scheme)
    widths = [tab.evaluate("document.documentElement.scrollWidth")]
    begin(tab, "a" * 32)
    for number in range(1, 7):
        tab.keyboard.press(str(number))
    widths.append(tab.evaluate("document.documentElement.scrollWidth"))
    tab.evaluate("show(10)")
    widths.append(tab.evaluate("document.documentElement.scrollWidth"))
    tab.click("#export")
    widths.append(tab.evaluate("document.documentElement.scrollWidth"))
    assert widths == [400] * 4
    light = sum(json.loads(tab.evaluate("getComputedStyle(document.body).backgroundColor").replace("rgb(", "[").replace(")", "]")))
    assert (light > 600) == (scheme == "light")


CONTRAST = """() => {
  const light = (color) => {
    const parts = color.match(/[\\d.]+/g).slice(0, 3).map((part) => part / 255);
    const [r, g, b] = parts.map((part) => (part <= 0.03928 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4));
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const ground = (element) => {
    for (let at = element; at; at = at.parentElement) {
      const color = getComputedStyle(at).backgroundColor;
      if (!color.endsWith(", 0)")) return color;
    }
  };
  const found = [];
  for (const element of document.querySelectorAll("main *, header *")) {
    if (!element.offsetParent || !element.innerText || element.children.length || element.matches(":disabled")) continue;
    const [a, b] = [light(getComputedStyle(element).color), light(ground(element))].sort();
    if ((b + 0.05) / (a + 0.05) < 4.5) found.push(element.outerHTML);
  }
  return found;
}"""


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_word_stands_out_from_its_ground(opened, scheme):
    tab = opened(color_scheme=scheme)
    found = tab.evaluate(CONTRAST)
    begin(tab)
    tab.keyboard.press("3")
    found += tab.evaluate(CONTRAST)
    tab.evaluate("show(10)")
    found += tab.evaluate(CONTRAST)
    assert found == []


def test_every_field_has_a_name_and_every_group_says_what_it_asks(opened):
    nameless = """() => [...document.querySelectorAll("main input, main textarea, main select, main button, [role=radiogroup]")]
      .filter((e) => e.offsetParent && !(e.labels?.length || e.getAttribute("aria-label") || e.innerText
        || document.getElementById(e.getAttribute("aria-labelledby"))?.innerText)).map((e) => e.outerHTML)"""
    tab = opened()
    found = tab.evaluate(nameless)
    begin(tab)
    tab.keyboard.press("3")
    found += tab.evaluate(nameless)
    tab.evaluate("show(10)")
    found += tab.evaluate(nameless)
    assert found == []
    assert tab.get_attribute(".strip >> nth=0", "alt").startswith("Strip 1 of 4: 5 pictures in a row")


def test_texts_that_mean_harm_are_shown_as_text(opened, task, tmp_path):
    said = tuple(Said(f"{i:016x}", text) for i, text in enumerate(HOSTILE))
    item = replace(task.items[0], condition=HOSTILE[0], said=said)
    orders = tuple(replace(order, items=(0,), said=((0, 1, 2, 3, 4),)) for order in task.orders)
    hostile = replace(task, title=HOSTILE[1], items=(item,), orders=orders)
    path = tmp_path / "hostile.html"
    path.write_text(render(hostile), encoding="utf-8")
    tab = opened(path, width=400)
    assert tab.inner_text("#headline") == HOSTILE[1]
    begin(tab)
    assert tab.inner_text("#condition") == f"while {HOSTILE[0]}"
    tab.fill("#text", HOSTILE[0])
    tab.keyboard.press("Control+Enter")
    assert tab.locator("blockquote").all_inner_texts() == list(HOSTILE)
    assert tab.evaluate("document.documentElement.scrollWidth") == 400
    assert max(tab.evaluate("[...document.querySelectorAll('blockquote')].map((e) => e.offsetHeight)")) < 300
    assert tab.evaluate("[...document.querySelectorAll('blockquote')].filter((e) => e.scrollWidth > e.clientWidth).length") == 0
    assert tab.title() == HOSTILE[1]
    assert tab.locator("main img").count() == 4


def test_no_answer_can_be_longer_than_the_import_takes(opened):
    tab = opened()
    begin(tab)
    tab.click("#text")
    tab.evaluate("document.execCommand('insertText', false, 'x'.repeat(5000))")
    assert len(tab.input_value("#text")) == LONGEST
