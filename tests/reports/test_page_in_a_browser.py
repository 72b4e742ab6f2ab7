"""The page in a real browser: no violation of its own policy, sorting, filtering, and no sideways scroll on a phone."""

import shutil

import pytest

from bench.reports.page import render
from bench.reports.statistics import summarise

CONTROLS = ("oracle", "constant", "shuffled")
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="no chromium on this machine: install it to test the page in a browser")


@pytest.fixture(scope="module")
def browser():
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield browser
        browser.close()


@pytest.fixture(scope="module")
def path(runs, tmp_path_factory):
    html = render(summarise(runs.rows, draws=100), runs.rows, runs.records, {"title": "A run"}, CONTROLS)
    path = tmp_path_factory.mktemp("page") / "report.html"
    path.write_text(html, encoding="utf-8")
    return path


@pytest.fixture
def opened(browser, path):
    """Opens the page at a width; every message of the console and every request is noted."""
    pages = []

    def opened(width=1200):
        page = browser.new_page(viewport={"width": width, "height": 900})
        page.said, page.asked = [], []
        page.on("console", lambda message: page.said.append(message.text))
        page.on("pageerror", lambda error: page.said.append(str(error)))
        page.on("request", lambda request: page.asked.append(request.url))
        page.goto(path.as_uri())
        pages.append(page)
        return page

    yield opened
    for page in pages:
        page.close()


def test_the_page_breaks_no_rule_of_its_own_and_asks_for_nothing(opened, path):
    page = opened()
    assert page.said == []
    assert [url for url in page.asked if not url.startswith("data:image/png")] == [path.as_uri()]
    assert page.eval_on_selector(".strip", "e => getComputedStyle(e).backgroundImage").startswith('url("data:image/png')


@pytest.mark.parametrize("width", [400, 1200])
def test_the_page_does_not_scroll_sideways(opened, width):
    page = opened(width)
    assert page.evaluate("document.documentElement.scrollWidth") == width


def test_a_click_sorts_a_second_turns_round_and_a_third_gives_the_blocks_back(opened):
    page = opened()

    def column():
        return page.eval_on_selector_all("#scores tbody tr", "rows => rows.map(r => r.cells[3].dataset.value)")

    before = column()
    head = page.locator("#scores th.metric button").first
    orders = []
    for _ in range(3):
        head.click()
        orders.append(column())
    assert orders[0] == sorted(before, key=float, reverse=True)
    assert orders[1] == sorted(before, key=float)
    assert orders[2] == before


def test_undefined_values_stay_last_when_sorted(opened):
    page = opened()
    page.locator("#scores th.metric button").nth(2).click()
    values = page.eval_on_selector_all("#scores tbody tr", "rows => rows.map(r => r.cells[5].dataset.value)")
    assert "" in values
    assert values == sorted(values, key=lambda value: (value == "", -float(value or 0)))


def test_a_filter_keeps_what_it_names(opened, runs):
    page = opened()
    page.fill("#query", "explainer:pixel_change status:inactive")
    shown = page.locator(".answer:visible")
    assert shown.count() == sum(r.cell["explainer"] == "pixel_change" and r.truth.status == "inactive" for r in runs.records)
    assert page.locator(".card:visible").count() == 10
    assert page.locator("#shown").text_content() == "10 of 60"
    assert page.locator("#scores tbody tr:visible").count() == 4


def test_two_labels_of_one_axis_widen_a_filter_and_chips_write_it(opened, runs):
    page = opened()
    for name in ("failed", "abstained"):
        page.locator(".chip", has_text=name).click()
    assert page.input_value("#query") == "outcome:failed outcome:abstained"
    assert page.locator(".answer:visible").count() == sum(r.explanation.outcome != "answered" for r in runs.records)
    page.locator(".chip", has_text="failed").click()
    assert page.input_value("#query") == "outcome:abstained"


def test_a_line_of_the_overview_leads_to_its_units(opened):
    page = opened()
    page.locator("#scores tbody a").first.click()
    assert page.input_value("#query") == "model:exact_identity bias:none explainer:oracle"
    assert page.locator(".answer:visible").count() == 30


def test_a_filter_that_nothing_meets_says_so(opened):
    page = opened()
    page.fill("#query", "zebra")
    assert page.locator("#nothing").is_visible()
    assert page.locator(".card:visible").count() == 0
