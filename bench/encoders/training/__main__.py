"""Trains the bundled joint encoder, or measures one: `python -m bench.encoders.training --to FOLDER [--evaluate]`."""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from bench.datasets.dsprites import DSprites
from bench.datasets.shapes3d import Shapes3D
from bench.encoders.joint import JointEncoding
from bench.encoders.training.retrieval import found
from bench.encoders.training.scenes import Scenes
from bench.encoders.training.words import wordings


def main(arguments: Sequence[str]) -> None:
    """Train into a folder unless only asked to evaluate; then say how often the right caption is found."""
    parser = argparse.ArgumentParser(prog="python -m bench.encoders.training", description=__doc__)
    parser.add_argument("--to", type=Path, required=True, help="the folder of the model")
    parser.add_argument("--evaluate", action="store_true", help="train nothing, measure the model in the folder")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--steps", type=int, default=2400)
    parser.add_argument("--batch", type=int, default=128)
    parser.add_argument("--learning-rate", type=float, default=8e-4)
    parser.add_argument("--minutes", type=float, default=25.0, help="of processor time after which training ends early")
    given = parser.parse_args(arguments)
    words = wordings()
    scenes = [Scenes("dsprites", DSprites(), words["dsprites"]), Scenes("shapes3d", Shapes3D(), words["shapes3d"])]
    if not given.evaluate:
        from bench.encoders.training.loop import Schedule, train

        train(scenes, given.to, Schedule(given.steps, given.batch, given.learning_rate, given.minutes), given.seed, _say)
    encoder = JointEncoding(model=f"local-dir:{given.to.resolve()}", pretrained=None, sha256=None, device="cpu", batch_size=64)
    for one in scenes:
        _say(found(one, encoder).text(one.name))


def _say(text: str) -> None:
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main(sys.argv[1:])
