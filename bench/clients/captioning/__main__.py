"""Trains the traversal captioner, or measures one: `python -m bench.clients.captioning --to FOLDER [--evaluate]`."""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from bench.clients.captioning.cues import words
from bench.clients.captioning.network import Shape, load, network
from bench.clients.captioning.prompts import BIASES, wordings
from bench.clients.captioning.scenes import Scenes, built_in
from bench.clients.captioning.wording import every_word


def main(arguments: Sequence[str]) -> None:
    """Train into a folder unless only asked to evaluate; then say how often held-out strips are described rightly."""
    parser = argparse.ArgumentParser(prog="python -m bench.clients.captioning", description=__doc__)
    parser.add_argument("--to", type=Path, required=True, help="the folder of the model")
    parser.add_argument("--evaluate", action="store_true", help="train nothing, measure the model in the folder")
    parser.add_argument("--start", type=Path, help="the folder of a model to go on with, instead of a new one")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--steps", type=int, default=3000)
    parser.add_argument("--batch", type=int, default=32)
    parser.add_argument("--learning-rate", type=float, default=1e-3)
    parser.add_argument("--strips", type=int, default=400, help="held-out strips of each dataset that are measured")
    given = parser.parse_args(arguments)
    scenes = built_in()
    if not given.evaluate:
        _train(given, scenes)
    from bench.clients.captioning.measure import measured

    for one in scenes.values():
        _say(measured(given.to, one, given.strips).text(one.name))


def _train(given: argparse.Namespace, scenes: dict[str, Scenes]) -> None:
    import torch

    from bench.clients.captioning.loop import Schedule, train

    torch.manual_seed(given.seed)
    model, wanted = load(given.start) if given.start else (network(shape(scenes)), shape(scenes))
    train([*scenes.values()], given.to, model, wanted, Schedule(given.steps, given.batch, given.learning_rate), given.seed, _say)


def shape(scenes: dict[str, Scenes]) -> Shape:
    """The network that is shipped: the words of all sentences, the cue words of the wordings of biases that are practised on."""
    shapes = {str(value) for one in scenes.values() for f in one.dataset.factors if f.name == "shape" for value in f.values}
    conditions = [f"the shape is {'an' if name[0] in 'aeiou' else 'a'} {name}" for name in sorted(shapes)]
    told = words([*(text for bias in BIASES for text in wordings(bias)), *conditions])
    return Shape(128, 2, 4, (32, 64, 96), 24, every_word(conditions), tuple(sorted(told)))


def _say(text: str) -> None:
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main(sys.argv[1:])
