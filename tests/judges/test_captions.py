import numpy as np
import pytest

from bench.judges.answers import backwards
from bench.judges.captions import CaptionJudge
from bench.metrics.before_after import BeforeAfter
from tests.judges.cells import WORDS, strip

CAPTIONS = BeforeAfter(
    frames={"position_x": "an object on the {}", "scale": "a {} object"},
    series={"position_x": (("left", "right"),), "scale": (("small", "large"),)},
)
PLACES = {"on the left": (-1, 0), "on the right": (1, 0), "a small": (0, -1), "a large": (0, 1)}


class Eyes:
    """Sees in a picture where the object is and how large, and reads the same of captions."""

    def __init__(self):
        self.pictures = 0

    def images(self, pictures):
        self.pictures += len(pictures)
        grey = pictures[:, 0].astype(float)
        across = (grey.sum(1) * np.arange(64)).sum(1) / grey.sum((1, 2)) / 32 - 1
        return np.stack([across, np.log(grey.sum((1, 2)) / 255) / 3 - 2, np.ones(len(grey))], 1).astype(np.float32)

    def texts(self, texts):
        place = {text: next(at for words, at in PLACES.items() if words in text) for text in texts}
        return np.array([[*place[text], 1] for text in texts], np.float32)


@pytest.fixture
def judge() -> CaptionJudge:
    return CaptionJudge(encoder=Eyes(), captions=CAPTIONS)


def test_a_text_fits_the_strip_that_goes_its_way(judge):
    strips = [strip(position_x=1), strip(position_x=-1), strip(scale=1)]
    scores = judge.fits(["It moves right.", "It moves left.", "It grows."], strips, WORDS)
    assert scores.diagonal().min() > 0.95
    assert scores[0, 1] < -0.95
    assert abs(scores[0, 2]) < 0.2


def test_a_text_that_claims_nothing_fits_only_what_stays(judge):
    assert judge.fits(["Nothing changes."], [strip(position_x=1), strip()], WORDS).tolist() == [[0, 1]]


def test_it_tells_which_end_has_the_larger_value(judge):
    forth = strip(position_x=1)
    texts = ["It moves right.", "It moves right.", "The horizontal position changes.", "Nothing changes."]
    rising = judge.rises(texts, [forth, backwards(forth), forth, forth], WORDS)
    assert 0.95 < rising[0] <= 1
    assert 0 <= rising[1] < 0.05
    assert rising[2:].tolist() == [0.5, 0.5]


def test_pictures_are_encoded_once_for_all_texts(judge):
    judge.fits(["It moves right.", "It moves left.", "It grows."], [strip(position_x=1), strip(scale=1)], WORDS)
    assert judge.encoder.pictures == 4


def test_no_strips_have_no_scores(judge):
    assert judge.fits(["It grows."], [], WORDS).shape == (1, 0)
