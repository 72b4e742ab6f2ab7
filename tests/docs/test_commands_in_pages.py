"""Every command that a page shows can be read, composed and planned; every link leads somewhere."""

import argparse
import re
import shlex
from pathlib import Path

import pytest

from bench.__main__ import VERBS
from bench.docs.site import anchor, pages
from bench.options import check
from bench.verbs import verb

ROOT = Path(__file__).resolve().parents[2]
WRITTEN = [page for page in pages(ROOT) if page.parts[0] in ("README.md", "docs") or page.parts == ("leaderboards", "README.md")]
BLOCK = re.compile(r"^```(?:console|bash)?\n(.*?)^```|^((?:    latentbench .*\n)+)", re.MULTILINE | re.DOTALL)
INLINE = re.compile(r"`(latentbench [^`…]+|make [a-z]+)`")
LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")


def shown(page: Path) -> list[str]:
    """The commands of a page, without prompt and comment; both sides of `&&`."""
    text = (ROOT / page).read_text(encoding="utf-8")
    lines = [line for block in BLOCK.findall(text) for line in "".join(block).splitlines()] + INLINE.findall(text)
    bare = [re.split(r"\s+#", line.strip().removeprefix("$ "))[0].strip() for line in lines]
    return [part.strip() for line in bare for part in line.split("&&") if part.strip().startswith(("latentbench", "make"))]


COMMANDS = sorted({command for page in WRITTEN for command in shown(page)})
OURS = [shlex.split(command)[1:] for command in COMMANDS if command.startswith("latentbench")]
RUNS = [words for words in OURS if not words or (words[0] not in VERBS and "--config-dir" not in words and "--help" not in words)]


class ReadError(Exception):
    """The arguments were understood."""


def test_pages_show_commands():
    assert len(RUNS) > 10
    assert len({words[0] for words in OURS if words and words[0] in VERBS}) > 8


@pytest.mark.parametrize("words", [w for w in OURS if w and w[0] in VERBS], ids=" ".join)
def test_a_verb_understands_the_arguments_shown(words, monkeypatch):
    def stop(parser, arguments):
        known, unknown = parser.parse_known_args(arguments)
        assert unknown == []
        raise ReadError(known)

    monkeypatch.setattr(argparse.ArgumentParser, "parse_args", stop)
    with pytest.raises(ReadError):
        verb(words[0], words[1:])


@pytest.mark.parametrize("words", RUNS, ids=" ".join)
def test_a_run_that_is_shown_composes(words, away):
    from bench.compose import Composed, composer

    given = [word for word in words if not word.startswith(("-", "hydra")) and "|" not in word]
    check(given)
    with composer(given or ["+experiment=quickstart"]) as (fixed, axes):
        assert Composed.of([*fixed, *(f"{axis}={options[0]}" for axis, options in axes.items())]).raw


@pytest.mark.parametrize("command", [command for command in COMMANDS if command.startswith("make")])
def test_a_target_that_is_shown_is_in_the_makefile(command):
    assert re.search(rf"^{command.split()[1]}:", (ROOT / "Makefile").read_text(), re.MULTILINE)


@pytest.mark.parametrize("page", WRITTEN, ids=str)
def test_every_relative_link_leads_to_a_file_and_a_heading(page):
    for link in LINK.findall((ROOT / page).read_text(encoding="utf-8")):
        if "://" in link:
            continue
        path, _, fragment = link.partition("#")
        to = (ROOT / page).parent / path if path else ROOT / page
        assert to.exists(), link
        if fragment:
            headings = re.findall(r"^#+ (.+)$", to.read_text(encoding="utf-8"), re.MULTILINE)
            assert fragment in {anchor(heading) for heading in headings}, link


def test_every_page_can_be_reached_from_the_front_page():
    found, left = set(), [Path("README.md")]
    while left:
        page = left.pop()
        if page in found:
            continue
        found.add(page)
        links = [link.partition("#")[0] for link in LINK.findall((ROOT / page).read_text(encoding="utf-8"))]
        left += [
            ((ROOT / page).parent / link).resolve().relative_to(ROOT) for link in links if link.endswith(".md") and ":" not in link
        ]
    assert set(pages(ROOT)) - found == set()
