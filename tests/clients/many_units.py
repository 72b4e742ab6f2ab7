"""Explains many units through a chat server and says how much memory that took: `python -m tests.clients.many_units URL FOLDER`.

A process of its own, so that the peak is that of the explaining alone. Prints JSON: `peak` in bytes, that `before` any
unit was asked about, and how the units `ended`.
"""

import argparse
import asyncio
import json
import subprocess
import sys
from collections import Counter
from pathlib import Path

import numpy as np

STATUS = Path("/proc/self/status")
UNITS, AT_ONCE, STEPS = 1000, 64, 5
REFERENCES = 4  # traversals shown, as many as are kept for scoring


def measured(url: str, folder: Path, answers: int, units: int = UNITS) -> dict:
    """What a process of its own finds."""
    asked = [sys.executable, "-m", "tests.clients.many_units", url, str(folder), "--answers", str(answers), "--units", str(units)]
    told = subprocess.run(asked, check=True, stdout=subprocess.PIPE, text=True, timeout=300, cwd=Path(__file__).parents[2])
    return json.loads(told.stdout)


def peak() -> int:
    """The most memory that this process has held, in bytes (`VmHWM` of Linux; `ru_maxrss` starts with that of the parent)."""
    [line] = [line for line in STATUS.read_text().splitlines() if line.startswith("VmHWM")]
    return int(line.split()[1]) * 1024


def rows(unit: int) -> list:
    """The traversals of one unit in colour: a grey of its own with a random band, so that no picture is like another."""
    from bench.artifacts import Row, Traversal, Unit

    pixels = np.full((2 * REFERENCES, 1, STEPS, 3, 64, 64), unit % 256, np.uint8)
    pixels[..., :4, :] = np.random.default_rng(unit).integers(0, 256, (*pixels.shape[:-2], 4, 64), dtype=np.uint8)
    codes = np.zeros((1, STEPS, 1), np.float32)
    name = Unit(f"z{unit}", (0,))
    return [Traversal(name, i, codes[0, 0], codes, images, (Row((0,)),)) for i, images in enumerate(pixels)]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("url")
    parser.add_argument("folder")
    parser.add_argument("--answers", type=int, default=1)
    parser.add_argument("--units", type=int, default=UNITS)
    given = parser.parse_args()

    from bench import load, pipeline
    from bench.artifacts import UnitTraversals
    from bench.explainers.prompt_bias import PromptBias

    settings = {"client.client.base_url": given.url, "runtime.concurrency": AT_ONCE, "runtime.folders.answers": given.folder}
    explainer = load(
        "explainer=latent_explainer",
        "client=vllm",
        f"explainer.answers={given.answers}",
        *(f"{name}={value}" for name, value in settings.items()),
    )
    made = [rows(unit) for unit in range(given.units)]
    units = [UnitTraversals(one[0].unit, tuple(one[:REFERENCES]), tuple(one[REFERENCES:])) for one in made]
    bias = PromptBias(name="none", formula=None, mapping={}, layout="This is a row of images.", sentence="")
    before = peak()
    said = asyncio.run(pipeline.explain(explainer, units, (), bias, None, 0))
    ended = Counter(one.outcome if one.failure is None else one.failure for one in said)
    print(json.dumps({"peak": peak(), "before": before, "ended": ended}))  # noqa: T201


if __name__ == "__main__":
    main()
