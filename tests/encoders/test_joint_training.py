import numpy as np
import pytest
from numpy.random import default_rng

from bench.datasets.dsprites import DSprites
from bench.datasets.shapes3d import Shapes3D
from bench.encoders.joint import JointEncoding
from bench.encoders.training.captions import HELD_OUT, TRAINED
from bench.encoders.training.loop import Schedule, train
from bench.encoders.training.network import words
from bench.encoders.training.retrieval import among_all, found
from bench.encoders.training.scenes import Scenes
from bench.encoders.training.words import UNSAID, wordings


@pytest.fixture(scope="module")
def both():
    known = wordings()
    return {name: Scenes(name, made(), known[name]) for name, made in (("dsprites", DSprites), ("shapes3d", Shapes3D))}


@pytest.fixture(scope="module")
def shipped_encoder():
    return JointEncoding(model="scenes_clip", pretrained=None, sha256=None, device="cpu", batch_size=64)


@pytest.mark.parametrize("name", ["dsprites", "shapes3d"])
def test_the_shipped_encoder_finds_the_caption_among_100_held_out_combinations(both, shipped_encoder, name):
    assert len(both[name].held_out) == 100
    assert among_all(both[name], shipped_encoder) >= 0.95


@pytest.mark.parametrize("name", ["dsprites", "shapes3d"])
def test_no_held_out_combination_is_drawn_for_training(both, name):
    scenes = both[name]
    drawn = scenes.values[scenes.drawn(200, 16, default_rng(5))]
    assert not {*map(tuple, drawn)} & {*map(tuple, scenes.held_out)}


def test_pictures_of_a_group_agree_in_some_factors(both):
    places = DSprites().classes(both["dsprites"].drawn(50, 16, default_rng(5))).reshape(50, 16, 6)[:, :, 4:]
    assert 0.35 < (places[:, 1:] == places[:, :1]).mean() < 0.65  # 0.03 if they were drawn one by one


def test_a_caption_of_a_held_out_wording_is_never_a_trained_one(both):
    frames = {frame.format("") for frame in TRAINED}
    assert not frames & {frame.format("") for frame in HELD_OUT}
    scenes = both["shapes3d"]
    said = [scenes.say(one, default_rng(k), held_out=True) for k, one in enumerate(scenes.held_out)]
    trained = {scenes.say(one, default_rng(k)) for k in range(20) for one in scenes.held_out}
    assert not trained & {*said}


def test_captions_say_what_is_to_be_said_and_nothing_else(both):
    scenes = both["dsprites"]
    one = np.array([2, UNSAID, 0, UNSAID, UNSAID])
    for seed in range(30):
        text = {*words(scenes.say(one, default_rng(seed)))}
        assert "heart" in text
        assert "left" in text
        assert not text & {"small", "large", "top", "bottom", "right", "pointing"}


@pytest.mark.parametrize(
    ("classes", "values"),
    [
        ([0, 0, 0, 0, 0, 31], [0, 0, 0, 2, 0]),  # square, small, left, bottom, straight
        ([0, 1, 5, 10, 16, 16], [1, 2, 1, 1, 4]),  # ellipse, large, middle, upright after a quarter turn
        ([0, 2, 3, 10, 31, 0], [2, 1, 2, 0, 7]),  # heart, medium, right, top; its tip turned from down to the right
    ],
)
def test_coarse_values_follow_from_classes(both, classes, values):
    assert both["dsprites"].wording.values(np.array([classes])).tolist() == [values]


def test_pictures_between_two_words_are_left_unsaid(both):
    assert both["dsprites"].wording.values(np.array([[0, 0, 0, 0, 10, 21]]))[0, 2:4].tolist() == [UNSAID, UNSAID]


class Blind:
    """Sees no picture and reads no text."""

    def images(self, pictures):
        return np.full((len(pictures), 2), 0.5**0.5, np.float32)

    def texts(self, texts):
        return np.full((len(texts), 2), 0.5**0.5, np.float32)


def test_an_encoder_that_sees_nothing_is_at_chance(both):
    assert among_all(both["dsprites"], Blind()) == pytest.approx(0.01)


def test_single_properties_are_measured_one_by_one(both):
    measured = found(both["dsprites"], Blind())
    assert set(measured.by_property) == {"shape", "size", "across", "down", "pose"}
    first = (both["dsprites"].held_out[:, 1] == 0).mean()  # with equal cosines the first value wins
    assert measured.by_property["size"] == pytest.approx(first)


def test_training_writes_a_model_that_open_clip_loads(both, tmp_path):
    said = []
    train([*both.values()], tmp_path, Schedule(steps=2, batch=64, learning_rate=1e-3, minutes=5.0), 0, said.append)
    made = JointEncoding(model=f"local-dir:{tmp_path}", pretrained=None, sha256=None, device="cpu", batch_size=8)
    assert made.texts(["a red cube", "a blue ball"]).shape == (2, 128)
    assert said[0].startswith("step 0: matching ")
