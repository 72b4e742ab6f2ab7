"""The drawn Shapes3D: where things lie and which way they go, the laws of its grid, and the words for its factors."""

import colorsys
import json
from itertools import combinations
from pathlib import Path

import numpy as np
import pytest
import yaml

from bench.artifacts import Effect, Truth
from bench.build import build
from bench.datasets.shapes3d import SIZES, Shapes3D
from bench.datasets.shapes3d_solids import CAPSULE, SOLIDS
from bench.datasets.vocabulary import load_vocabulary
from bench.interfaces import Dataset
from bench.metrics.statements import parse
from bench.truth.wording import sentences

ROOT = Path(__file__).parents[2]
SENTENCES = ROOT / "tests" / "data" / "labelled_sentences_shapes3d.jsonl"
CUBE, CYLINDER, SPHERE, CAPSULES = range(4)
RED, YELLOW_GREEN, GREEN, BLUE = 0, 2, 3, 6
SIGNED = [(factor, sign) for factor in ("scale", "orientation") for sign in (1, -1, None)]
SINGLES = [((factor, None),) for factor in ("floor_hue", "wall_hue", "object_hue", "shape")] + [(claim,) for claim in SIGNED]
PAIRS = [a + b for a, b in combinations(SINGLES, 2) if a[0][0] != b[0][0]]
EVERYTHING = [(*(single[0] for single in SINGLES[:4]), first, second) for first in SIGNED[:3] for second in SIGNED[3:]]
shapes3d = Shapes3D()
words = load_vocabulary("shapes3d")


def drawn(floor=RED, wall=BLUE, thing=GREEN, scale=4, shape=SPHERE, orientation=7) -> np.ndarray:
    """One image, height × width × channels."""
    return shapes3d.images(shapes3d.index(np.array([[floor, wall, thing, scale, shape, orientation]])))[0].transpose(1, 2, 0)


def mostly(image: np.ndarray, channel: int) -> np.ndarray:
    """The pixels in which a channel is more than twice as strong as each of the others."""
    others = np.delete(image.astype(int), channel, axis=2).max(2)
    return image[:, :, channel] > 2 * others


def corner(image: np.ndarray, line: int = 24) -> int:
    """The column at which the lightness of the wall jumps most."""
    return int(np.abs(np.diff(image[line, :, 2].astype(int))).argmax())


def test_sky_lies_above_wall_above_floor_with_the_object_in_the_middle():
    image = drawn()
    assert (image[:14] == (153, 226, 249)).all()
    assert mostly(image, 2)[20:38, :16].all()
    assert mostly(image, 0)[44:, :16].all()
    assert mostly(image, 1)[44:50, 28:36].all()


@pytest.mark.parametrize(("factor", "region"), [("floor", (56, 4)), ("wall", (28, 4)), ("thing", (44, 32))])
def test_a_hue_colours_its_own_region_and_nothing_else(factor, region):
    images = np.stack([drawn(**{factor: hue}) for hue in range(10)]).astype(int)
    lit = images[:, *region]
    hues = [colorsys.rgb_to_hsv(*(pixel / 255))[0] for pixel in lit]
    assert hues == pytest.approx([hue / 10 for hue in range(10)], abs=0.01)
    changed = (np.ptp(images, axis=0) > 0).any(2)
    own = mostly(drawn(**dict.fromkeys(("floor", "wall", "thing"), BLUE) | {factor: RED}), 0)
    assert not (changed & ~dilated(own)).any()


def dilated(mask: np.ndarray) -> np.ndarray:
    """The mask and the pixels around it, of which it may colour a part."""
    padded = np.pad(mask, 1)
    return np.any([padded[1 + i : 65 + i, 1 + j : 65 + j] for i in (-1, 0, 1) for j in (-1, 0, 1)], axis=0)


def test_the_walls_slide_to_the_right_as_orientation_rises():
    right = [corner(drawn(orientation=orientation)) for orientation in range(5)]  # the corner on the right, until it leaves
    left = [corner(drawn(orientation=orientation)) for orientation in range(10, 15)]  # the one on the left, once it is there
    assert (np.diff(right) > 2).all()
    assert (np.diff(left) > 2).all()
    assert right[0] > 32 > left[-1]


def test_the_front_of_the_cube_turns_to_the_left_as_orientation_rises():
    # The edge between its two visible faces, along a line of pixels inside the cube.
    edges = []
    for orientation in (10, 12, 14):
        inside = np.flatnonzero(mostly(drawn(shape=CUBE, orientation=orientation), 1)[44])
        row = drawn(shape=CUBE, orientation=orientation)[44, inside[1:-1], 1].astype(int)
        edges.append(inside[1] + int(np.abs(np.diff(row)).argmax()))
    assert edges == sorted(edges, reverse=True)
    assert len(set(edges)) == 3


def test_the_camera_stands_straight_before_the_wall_in_the_middle_orientation():
    green = mostly(drawn(shape=CUBE, orientation=7), 1)[44:50]
    columns = np.flatnonzero(green.all(0))
    assert columns[0] + columns[-1] == 63


@pytest.mark.parametrize("shape", range(4))
def test_scale_makes_every_shape_larger_step_by_step(shape):
    areas = [mostly(drawn(shape=shape, scale=scale), 1).sum() for scale in range(8)]
    assert (np.diff(areas) > 0).all()
    assert areas[-1] / areas[0] == pytest.approx((1.25 / 0.75) ** 2, rel=0.2)


def test_shapes_differ_in_outline():
    masks = [mostly(drawn(shape=shape), 1) for shape in range(4)]
    heights, widths = ([len(np.flatnonzero(mask.any(axis))) for mask in masks] for axis in (1, 0))
    assert heights[CAPSULES] > 1.4 * max(heights[:CAPSULES])
    assert widths[SPHERE] == pytest.approx(heights[SPHERE], abs=1)
    full = [mask[mask.any(1)][:, mask.any(0)].mean() for mask in masks]
    assert full[SPHERE] < 0.85 < 0.9 < full[CUBE]


def test_a_shadow_falls_to_the_right_of_the_object():
    floor = drawn(shape=CAPSULES, scale=7)[50:62].astype(int)
    red = mostly(floor, 0)
    dark = red & (floor[:, :, 0] < 110)
    assert dark.sum() > 100
    assert np.nonzero(dark)[1].mean() > 35


def test_a_ray_meets_the_capsule_where_its_formula_says():
    eyes, rays = np.array([[-5.0, 0, 0.9], [-5.0, 0, 1.7], [0, 0, 9]]), np.array([[1.0, 0, 0], [1.0, 0, 0], [0, 0, -1]])
    radius, height = CAPSULE
    cap = np.sqrt(radius**2 - (1.7 - (height - radius)) ** 2)
    assert SOLIDS[CAPSULES].reach(eyes, rays) == pytest.approx([5 - radius, 5 - cap, 9 - height])


def test_normals_are_of_length_one_and_face_the_eye():
    rng = np.random.default_rng(0)
    eyes = rng.normal(size=(500, 3)) * (1, 1, 0) + rng.choice([-6, 6], (500, 1)) * (1, 0, 0) + (0, 0, 1)
    rays = (0, 0, 0.6) + rng.normal(size=(500, 3)) * 0.2 - eyes
    for solid in SOLIDS:
        reach = solid.reach(eyes, rays)
        met = np.isfinite(reach)
        assert met.sum() > 300
        normals = solid.normal(eyes + np.where(met, reach, 0)[:, None] * rays)[met]
        assert np.linalg.norm(normals, axis=1) == pytest.approx(np.ones(met.sum()))
        assert ((normals * rays[met]).sum(1) < 0).all()


def test_the_grid_has_the_official_size_and_order():
    assert (len(shapes3d), SIZES) == (480_000, (10, 10, 10, 8, 4, 15))
    names = [factor.name for factor in shapes3d.factors]
    assert names == ["floor_hue", "wall_hue", "object_hue", "scale", "shape", "orientation"]
    strides = np.array([0, 1, 15, 60, 480, 4_800, 48_000])
    assert shapes3d.classes(strides).tolist() == np.vstack([np.zeros(6, int), np.eye(6, dtype=int)[::-1]]).tolist()


def test_index_undoes_classes():
    index = np.random.default_rng(0).integers(len(shapes3d), size=1_000)
    assert np.array_equal(shapes3d.index(shapes3d.classes(index)), index)


def test_images_do_not_depend_on_what_else_is_asked_for():
    index = np.random.default_rng(0).integers(1_000, size=60) * 480 + np.arange(60) % 7
    together = shapes3d.images(index)
    assert all(np.array_equal(Shapes3D().images(index[i : i + 1])[0], together[i]) for i in range(0, 60, 13))


def test_images_are_bytes_of_three_channels():
    images = shapes3d.images(np.array([0, 480]))
    assert (images.dtype, images.shape) == (np.uint8, (2, 3, 64, 64))
    assert shapes3d.images(np.array([], dtype=np.int64)).shape == (0, 3, 64, 64)


@pytest.mark.parametrize("index", [-1, 480_000])
def test_an_index_outside_the_grid_is_refused(index):
    with pytest.raises(ValueError, match="out of bounds"):
        shapes3d.images(np.array([index]))


def test_a_class_outside_the_grid_is_refused():
    with pytest.raises(ValueError, match="invalid entry"):
        shapes3d.index(np.array([[0, 0, 0, 0, 4, 0]]))


def test_the_fingerprint_tells_whether_the_drawing_changed():
    assert shapes3d.fingerprint == "cb6d781b0cabf68e7e61ae62164f7f57e6cf4c2d5b4f9a7b93ca6b24f0159c4a"


def test_the_yaml_builds_a_dataset():
    built = build(yaml.safe_load((ROOT / "conf" / "dataset" / "shapes3d.yaml").read_text()))
    assert isinstance(built, Dataset)
    assert [len(factor.values) for factor in built.factors] == list(SIZES)
    assert [of_factor.factor for of_factor in built.vocabulary.factors] == [factor.name for factor in built.factors]


@pytest.mark.parametrize("condition", [None, "the shape is a sphere"])
@pytest.mark.parametrize("effects", [*SINGLES, *PAIRS, *EVERYTHING])
def test_every_sentence_claims_exactly_the_truth(effects, condition):
    truth = Truth(
        "z0", "clean", tuple(Effect(name, 1 / len(effects), sign) for name, sign in effects), "exact", condition=condition
    )
    said = sentences(truth, words)
    assert len(said) >= 2
    assert {text: parse(text, words) for text in said} == {text: dict(effects) for text in said}


def test_most_hand_labelled_sentences_are_read_as_labelled():
    labelled = [json.loads(line) for line in SENTENCES.read_text(encoding="utf-8").splitlines()]
    wrong = [row["text"] for row in labelled if parse(row["text"], words) != row["labels"]]
    print(f"{len(labelled) - len(wrong)} of {len(labelled)} read as labelled; not:", *wrong, sep="\n")  # noqa: T201
    assert len(wrong) <= 0.1 * len(labelled)


HUES = {
    "The floor turns green.": {"floor_hue"},
    "The wall gradually turns blue.": {"wall_hue"},
    "The ball turns purple.": {"object_hue"},
    "It turns green.": {"object_hue"},
    "The object turns green and gets smaller.": {"object_hue", "scale"},
    "The cube turns red while it grows.": {"object_hue", "scale"},
    "It turns clockwise.": {"orientation"},
    "The size of the purple object changes.": {"scale"},
    "The shape of the purple object changes.": {"shape"},
    "The color of the purple object changes.": {"object_hue"},
    "The orientation of the green capsule changes.": {"orientation"},
    "The red floor stays the same and the blue object shrinks.": {"scale"},
    "The wall hue shifts.": {"wall_hue"},
    "The floor hue shifts gradually.": {"floor_hue"},
    "The object hue drifts.": {"object_hue"},
    "The object's hue shifts gradually.": {"object_hue"},
    "The hue of the object shifts from red to blue.": {"object_hue"},
    "The wall shifts to the right.": {"orientation"},
    "The floor, wall and object hue change.": {"floor_hue", "wall_hue", "object_hue"},
    "The floor and wall hue change.": {"floor_hue", "wall_hue"},
    "It changes the floor, wall and object colours.": {"floor_hue", "wall_hue", "object_hue"},
    "The hue of the floor, wall and object changes.": {"floor_hue", "wall_hue", "object_hue"},
    "The hue of the floor changes, not that of the wall.": {"floor_hue"},
    "The object's colour changes, not that of the wall.": {"object_hue"},
    "The color of the object changes but not that of the floor.": {"object_hue"},
    "The color of the wall changes, but that of the object does not.": {"wall_hue"},
    "The colour of the floor changes and so does that of the wall.": {"floor_hue", "wall_hue"},
}


@pytest.mark.parametrize(("text", "factors"), HUES.items(), ids=HUES)
def test_a_colour_belongs_to_the_thing_that_it_is_said_of(text, factors):
    assert parse(text, words).keys() == factors
