import numpy as np
import pytest

from bench import codecs
from bench.artifacts import Condition, Effect, Explanation, Row, Traversal, Truth, Unit, UnitTraversals
from bench.attention.record import Attention

HEART = Condition("the shape is a heart", (3,), (1.5,))


def traversal(unit: Unit, anchor: int, rows: tuple[Row, ...]) -> Traversal:
    generator = np.random.default_rng(anchor)
    return Traversal(
        unit=unit,
        anchor=anchor,
        reference=generator.normal(size=4).astype(np.float32),
        codes=generator.normal(size=(len(rows), 5, 4)).astype(np.float32),
        images=generator.integers(0, 256, (len(rows), 5, 1, 8, 8), dtype=np.uint8),
        rows=rows,
    )


@pytest.fixture
def units() -> tuple[UnitTraversals, ...]:
    single, group = Unit("z0", (0,)), Unit("z1+z2 | heart", (1, 2), HEART, (HEART, HEART))
    one, three = (Row((0,)),), (Row((1,)), Row((2,), HEART), Row((1, 2)))
    return (
        UnitTraversals(single, (traversal(single, 1, one), traversal(single, 2, one)), (traversal(single, 3, one),)),
        UnitTraversals(group, (traversal(group, 4, three),), ()),
    )


def test_traversals_come_back_as_they_were(tmp_path, units):
    codecs.save_traversals(tmp_path, units)
    back = codecs.load_traversals(tmp_path)
    assert [unit.unit for unit in back] == [unit.unit for unit in units]
    for old, new in zip(units, back, strict=True):
        for before, after in zip((*old.shown, *old.held_out), (*new.shown, *new.held_out), strict=True):
            assert (before.unit, before.anchor, before.rows) == (after.unit, after.anchor, after.rows)
            for name in ("reference", "codes", "images"):
                np.testing.assert_array_equal(getattr(before, name), getattr(after, name), strict=True)


def test_shown_and_held_out_stay_apart(tmp_path, units):
    codecs.save_traversals(tmp_path, units)
    assert [(len(u.shown), len(u.held_out)) for u in codecs.load_traversals(tmp_path)] == [(2, 1), (1, 0)]


def test_no_unit_is_a_valid_output(tmp_path):
    codecs.save_traversals(tmp_path, ())
    assert codecs.load_traversals(tmp_path) == ()


def test_truths_come_back_as_they_were(tmp_path):
    truths = (
        Truth("z0", "two_factor", (Effect("scale", 0.6, 1), Effect("shape", 0.4, None)), "exact", {"share/scale": 1 / 3}),
        Truth("z1", "inactive", (), "exact"),
    )
    codecs.save_records(tmp_path, "truths", truths)
    assert codecs.load_records(tmp_path, "truths", Truth) == truths


@pytest.mark.parametrize("text", ["It grows.", "", "  two\nlines\u2028three", "\u202eright to left", "=cmd", None])
def test_explanations_come_back_as_they_were(tmp_path, text):
    explanations = (Explanation("z0", text, ("a", "b\n"), 0.1 + 0.2, "prompt", None, {"tokens": 3.0}), Explanation("z1", None))
    codecs.save_explanations(tmp_path, explanations)
    assert codecs.load_explanations(tmp_path) == explanations


def test_maps_come_back_as_they_were_and_shared_ones_are_written_once(tmp_path):
    generator = np.random.default_rng(0)
    one = Attention(np.array([3, 7]), generator.random((2, 4, 4), np.float32), generator.random((1, 4, 4), np.float32))
    other = Attention(np.array([3, 7]), generator.random((2, 4, 4), np.float32))
    said = [Explanation("z0", None, attention=one), Explanation("z1", "It grows."), Explanation("z2", "Left.", attention=other)]
    codecs.save_explanations(tmp_path, [*said, Explanation("z3", None, attention=one)])
    first, second, third, fourth = codecs.load_explanations(tmp_path)
    assert second == said[1]
    assert (third.text, third.outcome, third.attention.redrawn) == ("Left.", "answered", None)
    assert first.attention is fourth.attention
    for name in ("index", "maps", "redrawn"):
        np.testing.assert_array_equal(getattr(first.attention, name), getattr(one, name), strict=True)
    np.testing.assert_array_equal(third.attention.maps, other.maps, strict=True)
    with np.load(tmp_path / "attention.npz") as arrays:
        assert len(arrays.files) == 5


def test_a_record_of_texts_alone_is_as_it_was_before_there_were_maps(tmp_path):
    codecs.save_explanations(tmp_path, [Explanation("z0", "It grows.")])
    assert [path.name for path in tmp_path.iterdir()] == ["explanations.jsonl"]
    assert "attention" not in (tmp_path / "explanations.jsonl").read_text()


def test_the_pictures_of_an_explanation_come_back_and_older_records_have_none(tmp_path):
    sent = Explanation("z0", "It grows.", prompt="What changes?", images=("ab" * 32, "cd" * 32))
    codecs.save_explanations(tmp_path, (sent, Explanation("z1", None)))
    assert codecs.load_explanations(tmp_path) == (sent, Explanation("z1", None))
    assert "images" not in (tmp_path / "explanations.jsonl").read_text().splitlines()[1]


def test_scores_keep_full_precision_and_undefined(tmp_path):
    codecs.save_scores(tmp_path, [0.1 + 0.2, None, 1.0])
    assert codecs.load_scores(tmp_path) == (0.1 + 0.2, None, 1.0)


def test_a_score_that_is_not_a_number_is_refused(tmp_path):
    with pytest.raises(ValueError, match="Out of range float"):
        codecs.save_scores(tmp_path, [float("nan")])


def test_weights_come_back_as_they_were(tmp_path):
    weights = {"a": np.arange(6, dtype=np.float32).reshape(2, 3), "b": np.zeros((), dtype=np.int64)}
    codecs.save_weights(tmp_path, weights)
    back = codecs.load_weights(tmp_path)
    assert set(back) == set(weights)
    for name in weights:
        np.testing.assert_array_equal(back[name], weights[name], strict=True)


def test_a_model_without_weights_is_a_valid_output(tmp_path):
    codecs.save_weights(tmp_path, {})
    assert codecs.load_weights(tmp_path) == {}
