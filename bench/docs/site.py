"""The pages of the documentation as a small static site: HTML, one style, no script, no request to any server."""

import html
import re
from collections.abc import Mapping, Sequence
from pathlib import Path, PurePosixPath

from bench.reports.page import policy

FRONT = "README.md"
HREF = re.compile(r'(?P<kind>href|src)="(?P<to>[^"#:]+)(?P<anchor>#[^"]*)?"')
HEADING = re.compile(r"<h(?P<level>[1-6])>(?P<text>.*?)</h(?P=level)>", re.DOTALL)


def pages(root: Path) -> list[Path]:
    """The Markdown files that make the site, relative to `root`, the front page first."""
    found = [
        *root.glob("docs/*.md"),
        *root.glob("leaderboards/*.md"),
        *root.glob("leaderboards/*/*.md"),
        *root.glob("datasets/*/card.md"),
    ]
    return [Path(FRONT), *(path.relative_to(root) for path in sorted(found))]


def built(root: Path) -> dict[Path, str]:
    """By its place in the site, the text of every page. Links to other files of the repository become plain text."""
    made = pages(root)
    titles = {page: _title((root / page).read_text(encoding="utf-8")) for page in made}
    return {place(page): _page(root, page, titles) for page in made}


def pictures(root: Path) -> list[Path]:
    """The pictures that pages show."""
    return sorted(path.relative_to(root) for path in root.glob("docs/images/*.png"))


def place(page: Path) -> Path:
    """Where a Markdown file lies in the site."""
    return Path("index.html") if page == Path(FRONT) else page.with_suffix(".html")


def anchor(heading: str) -> str:
    """The fragment that leads to a heading, as code forges make it."""
    return re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-")


def _page(root: Path, page: Path, titles: Mapping[Path, str]) -> str:
    from markdown_it import MarkdownIt

    body = MarkdownIt("commonmark", {"html": False}).enable("table").render((root / page).read_text(encoding="utf-8"))
    body = HEADING.sub(_anchored, HREF.sub(lambda found: _link(found, page, titles), body))
    style = (Path(__file__).parent / "site.css").read_text(encoding="utf-8")
    rule = html.escape(policy(style, "").replace("img-src data:", "img-src 'self' data:"))
    return (
        f'<!doctype html>\n<html lang="en">\n<meta charset="utf-8">\n<meta name="viewport" content="width=device-width">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{rule}">\n<title>{html.escape(titles[page])}</title>\n'
        f"<style>{style}</style>\n<nav>{_menu(page, titles)}</nav>\n<main>\n{body}</main>\n</html>\n"
    )


def _menu(page: Path, titles: Mapping[Path, str]) -> str:
    shown: Sequence[Path] = [
        other for other in titles if other.parent in (Path(), Path("docs")) or other == Path("leaderboards/README.md")
    ]
    return "\n".join(f'<a href="{_relative(place(other), page)}">{html.escape(titles[other])}</a>' for other in shown)


def _link(found: re.Match[str], page: Path, titles: Mapping[Path, str]) -> str:
    """A link to a page leads to its HTML, one to a picture stays; others lead out of the site and lose their target."""
    to = Path(_normal(PurePosixPath(page.parent.as_posix()) / found["to"]))
    if to in titles:
        return f'href="{_relative(place(to), page)}{found["anchor"] or ""}"'
    return found[0] if found["kind"] == "src" or to.suffix == ".png" else 'class="file"'


def _normal(path: PurePosixPath) -> str:
    parts: list[str] = []
    for part in path.parts:
        if part == ".." and parts:
            parts.pop()
        elif part != ".":
            parts.append(part)
    return "/".join(parts)


def _relative(to: Path, page: Path) -> str:
    return "../" * len(page.parent.parts) + to.as_posix()


def _anchored(found: re.Match[str]) -> str:
    words = html.unescape(re.sub(r"<[^>]+>", "", found["text"]))
    return f'<h{found["level"]} id="{html.escape(anchor(words))}">{found["text"]}</h{found["level"]}>'


def _title(text: str) -> str:
    return next((line.removeprefix("# ").strip() for line in text.splitlines() if line.startswith("# ")), "latentbench")
