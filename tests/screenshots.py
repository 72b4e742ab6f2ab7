"""Makes the pictures of the README with a real browser: `make screenshots` writes docs/images/*.png. Needs chromium.

The reports are those of small runs made now, of texts and of maps; the annotation page is that of the first, at its first question.
"""
# ruff: noqa: T201

import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

IMAGES = Path(__file__).resolve().parents[1] / "docs" / "images"
CHROMIUM = ("chromium", "chromium-browser", "google-chrome")
GRID = "++grid={explainer:[pixel_change,clip_retrieval,oracle,constant],seed:[0,1,2,3,4]}"
METRICS = "metric=[set_f1,exact_set,sign_accuracy,label_kappa]"
LARGEST = 200 * 1024  # bytes of a picture
WIDTH, HEIGHT = 1100, 800


def pages(folder: Path) -> Iterator[tuple[str, Path]]:
    """Name and file of every page that is photographed."""
    started("name=example", "model=exact_panel", GRID, METRICS, "tracker=none", "hydra.run.dir=run", folder=folder)
    yield "report", folder / "run" / "report.html"
    started("annotate", "run", "--to", "annotate.html", folder=folder)
    yield "annotate", folder / "annotate.html"
    model = ("grid.model=[exact_moments]", "grid.explainer=[attention_oracle,attention_object,attention_occlusion]")
    started("+experiment=dsprites_visual", *model, "tracker=none", "hydra.run.dir=maps", folder=folder)
    yield "maps", folder / "maps" / "report.html"


def begin(view: Any) -> None:
    """Annotate the first unit."""
    view.get_by_role("textbox").first.fill("example")
    view.get_by_role("button", name="Begin").click()


def scroll(view: Any) -> None:
    """To the units."""
    view.evaluate("document.getElementById('units').scrollIntoView({behavior: 'instant'})")
    view.wait_for_function("[...document.images].every(image => image.complete)")


STEPS: Mapping[str, Callable[[Any], None]] = {"annotate": begin, "maps": scroll}  # before a picture is taken


def started(*arguments: str, folder: Path) -> None:
    """The command, in a folder of its own."""
    subprocess.run([sys.executable, "-m", "bench", *arguments], cwd=folder, check=True, stdout=subprocess.DEVNULL)


def main() -> int:
    """Take every picture, light and of a laptop's width; exit 1 when one is too large to be committed."""
    from playwright.sync_api import sync_playwright

    browser_at = next(filter(None, map(shutil.which, CHROMIUM)), None)
    if browser_at is None:
        sys.exit("no chromium on this machine; install it to take screenshots")
    IMAGES.mkdir(parents=True, exist_ok=True)
    taken = []
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=browser_at, args=["--no-sandbox"])
        for name, page in pages(Path(folder)):
            view = browser.new_page(viewport={"width": WIDTH, "height": HEIGHT}, color_scheme="light")
            view.goto(page.as_uri())
            STEPS.get(name, lambda _: None)(view)
            view.screenshot(path=IMAGES / f"{name}.png")
            taken.append(IMAGES / f"{name}.png")
        browser.close()
    for path in taken:
        print(f"{path.stat().st_size:>8,} bytes  {path}")
    return int(any(path.stat().st_size > LARGEST for path in taken))


if __name__ == "__main__":
    sys.exit(main())
