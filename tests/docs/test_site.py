"""The cards of metrics and the site."""

import re
import shutil
from html.parser import HTMLParser
from pathlib import Path

import pytest

from bench.docs import cards
from bench.docs.commands import docs
from bench.docs.site import built, pictures
from bench.gauntlet.trial import Result
from bench.gauntlet.verdicts import Verdict

ROOT = Path(__file__).resolve().parents[2]


def test_the_committed_cards_are_those_of_the_code():
    assert (ROOT / "docs" / "metrics.md").read_text(encoding="utf-8") == cards.page(), "run `latentbench docs` and commit"


def test_every_metric_has_one_card_and_every_option_one_line():
    text = cards.page()
    for path in (ROOT / "conf" / "metric").glob("*.yaml"):
        assert text.count(f"\n* `{path.stem}`: ") == 1


def test_a_card_says_what_a_metric_fails(monkeypatch):
    steps = {"removed": Result("passes"), "added": Result("fails"), "flipped": Result("blind")}
    monkeypatch.setattr(cards, "committed", lambda: {"set_f1": Verdict("set_f1", cards.metric_key("set_f1"), steps)})
    assert "`set_f1`: Mean F1" in (page := cards.page()) or "`set_f1`: " in page
    assert "Gauntlet: passes removed; **fails** added." in page
    assert (
        "`exact_set`: Share of answers that name exactly the factors of the truth. 1 is best. Gauntlet: not run in this form."
        in page
    )


def test_a_verdict_about_another_version_does_not_count(monkeypatch):
    old = Verdict("set_f1", "0" * 32, {"removed": Result("passes")})
    monkeypatch.setattr(cards, "committed", lambda: {"set_f1": old})
    assert "passes removed" not in cards.page()


@pytest.fixture
def clone(tmp_path) -> Path:
    (tmp_path / "docs").mkdir()
    shutil.copy(ROOT / "docs" / "metrics.md", tmp_path / "docs" / "metrics.md")
    (tmp_path / "README.md").write_text("# Front\n\n[cards](docs/metrics.md#setf1) [code](bench/x.py) <script>alert(1)</script>\n")
    return tmp_path


def test_stale_cards_fail_the_check_and_are_written_again(clone, capsys):
    assert docs(["--root", str(clone), "--check"]) == 0
    page = clone / "docs" / "metrics.md"
    page.write_text(page.read_text().replace("higher is better", "lower is better"))
    assert docs(["--root", str(clone), "--check"]) == 1
    assert docs(["--root", str(clone)]) == 0
    assert docs(["--root", str(clone), "--check"]) == 0


def test_the_site_is_built_with_its_links_turned(clone, tmp_path, capsys):
    assert docs(["--root", str(clone), "--html", str(tmp_path / "site")]) == 0
    front = (tmp_path / "site" / "index.html").read_text()
    assert '<a href="docs/metrics.html#setf1">cards</a>' in front
    assert '<a class="file">code</a>' in front
    assert "<script" not in front
    assert 'id="setf1"' in (tmp_path / "site" / "docs" / "metrics.html").read_text()


class Targets(HTMLParser):
    """The ids of a page, and where its links and pictures lead."""

    def __init__(self, text):
        super().__init__()
        self.ids, self.to = set(), []
        self.feed(text)

    def handle_starttag(self, tag, attributes):
        given = dict(attributes)
        self.ids |= {given["id"]} if "id" in given else set()
        self.to += [given[name] for name in ("href", "src") if name in given]


def test_no_link_of_the_site_is_broken_and_none_asks_a_server_for_a_part_of_the_page():
    made = {Path(place): Targets(text) for place, text in built(ROOT).items()}
    for place, page in made.items():
        for link in page.to:
            if re.match(r"[a-z]+:", link):
                continue
            path, _, fragment = link.partition("#")
            to = Path((Path("/") / place).parent.joinpath(path).resolve()).relative_to("/") if path else place
            assert to in made or to in pictures(ROOT), (place, link)
            assert not fragment or fragment in made[to].ids, (place, link)
