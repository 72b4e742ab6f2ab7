from dataclasses import dataclass

import numpy as np
import pytest

from bench.artifacts import Row, Traversal, Unit
from bench.explainers.clip_retrieval import Change, ClipRetrieval
from bench.explainers.prompt_bias import PromptBias

PLAIN = PromptBias(name="none", formula=None, mapping={}, layout="", sentence="")
CAPTIONS = {"dark": (0.0, 0.0), "grey": (0.5, 0.0), "bright": (1.0, 0.0), "left": (0.0, 0.0), "right": (0.0, 1.0)}
LIGHT = Change(rises="It gets brighter.", falls="It gets darker.", changes="Its light changes.", values=("dark", "grey", "bright"))
PLACE = Change(rises="It goes right.", falls="It goes left.", changes="It moves.", values=("left", "right"))


@dataclass(frozen=True)
class Eyes:
    """A joint space with two axes: how bright a picture is, and how far right its light lies."""

    def images(self, pictures):
        wide = pictures.astype(np.float64).sum((1, 2)) + 1e-9  # n, columns
        place = (wide * np.linspace(0, 1, wide.shape[1])).sum(1) / wide.sum(1)
        return np.stack([pictures.mean((1, 2, 3)) / 255, place], axis=1).astype(np.float32)

    def texts(self, texts):
        return np.array([CAPTIONS[text] for text in texts], np.float32)


def strip(first, last, anchor=0):
    frames = np.stack([first, (first + last) / 2, last]).astype(np.uint8)[None, :, None]
    return Traversal(Unit("z0", (0,)), anchor, np.zeros(1, np.float32), np.zeros((1, 3, 1), np.float32), frames, (Row((0,)),))


def picture(brightness, column):
    made = np.zeros((8, 8))
    made[:, column] = brightness
    return made


def explainer(**settings):
    return ClipRetrieval(
        **({"encoder": Eyes(), "properties": (LIGHT, PLACE), "visible": 0.1, "least": 0.5, "share": 0.9} | settings)
    )


def said(*strips, **settings):
    return explainer(**settings)(strips, PLAIN, 0)


@pytest.mark.parametrize(
    ("ends", "text"),
    [
        ((picture(20, 4), picture(250, 4)), "It gets brighter."),
        ((picture(250, 4), picture(20, 4)), "It gets darker."),
        ((picture(200, 1), picture(200, 6)), "It goes right."),
        ((picture(200, 6), picture(200, 1)), "It goes left."),
    ],
)
def test_the_nearest_change_is_said_with_its_direction(ends, text):
    assert said(strip(*ends)).text == text


def test_strips_that_disagree_on_the_direction_have_none():
    found = said(strip(picture(200, 1), picture(200, 6)), strip(picture(200, 6), picture(200, 1), 1))
    assert found.text == "It moves."
    assert found.certainty == 1.0


def test_a_property_that_reaches_the_share_is_named_too():
    both = strip(picture(20, 3), picture(250, 4))
    assert said(both, share=0.0).text in ("It gets brighter. It goes right.", "It goes right. It gets brighter.")


def test_nothing_visible_makes_it_abstain():
    found = said(strip(picture(20, 4), picture(20, 4)))
    assert found.text is None
    assert found.answers == ("Nothing changes.",)


def test_a_score_below_the_least_makes_it_abstain():
    assert said(strip(picture(20, 1), picture(250, 7)), least=1.0).text is None


def test_certainty_is_the_share_of_strips_that_alone_say_the_same():
    bright, right = strip(picture(20, 4), picture(250, 4)), strip(picture(200, 1), picture(200, 6), 1)
    found = said(bright, strip(picture(30, 4), picture(255, 4), 2), right, least=0.0)
    assert found.certainty == pytest.approx(2 / 3)
    assert found.answers == ("It gets brighter.", "It gets brighter.", "It goes right.")
