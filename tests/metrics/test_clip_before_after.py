from bench.datasets.vocabulary import load_vocabulary
from bench.metrics.before_after import BeforeAfter
from tests.metrics.clip_world import CAPTIONS, WORDS


def test_a_factor_with_a_direction_goes_from_its_lowest_to_its_highest_value():
    assert CAPTIONS.pairs("scale", WORDS) == [("a small object", "a large object")]


def test_a_factor_without_one_goes_from_any_value_to_any_later_one():
    pairs = [("a square", "an ellipse"), ("a square", "a heart"), ("an ellipse", "a heart")]
    assert CAPTIONS.pairs("shape", WORDS) == pairs


def test_a_series_goes_from_word_to_word():
    assert CAPTIONS.pairs("orientation", WORDS) == [
        ("an object flat", "an object upright"),
        ("an object upright", "an object flat"),
    ]


def test_without_words_there_are_no_pairs():
    assert CAPTIONS.pairs("color", WORDS) == []
    assert CAPTIONS.pairs("position_y", WORDS) == []
    assert BeforeAfter(frames={"color": "{}"}, series={}).pairs("color", WORDS) == []


def test_hues_are_those_of_the_vocabulary():
    made = BeforeAfter(frames={"floor_hue": "a {} floor"}, series={}).pairs("floor_hue", load_vocabulary("shapes3d"))
    assert len(made) == 45
    assert made[0] == ("a red floor", "an orange floor")
