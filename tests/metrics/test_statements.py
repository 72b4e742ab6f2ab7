import json
from dataclasses import replace
from pathlib import Path

import pytest

from bench.datasets.vocabulary import FactorWords, Vocabulary, load_vocabulary
from bench.metrics.parsing.clauses import PREDICATES
from bench.metrics.parsing.grammar import GRAMMAR
from bench.metrics.parsing.roles import ROLES
from bench.metrics.statements import parse

LABELLED = Path(__file__).parents[1] / "data" / "labelled_sentences.jsonl"
UP, DOWN = -1, 1  # position_y rises down the picture
RIGHT, LEFT = 1, -1
SHORT = {"x": "position_x", "y": "position_y", "s": "scale", "o": "orientation", "h": "shape", "c": "color"}
X, Y = "position_x", "position_y"


@pytest.fixture(scope="module")
def words():
    return load_vocabulary("dsprites")


def claims(**signs):
    return {SHORT[letter]: sign for letter, sign in signs.items()}


MOTION = [
    ("The object moves to the right.", claims(x=RIGHT)),
    ("The square slides steadily leftwards.", claims(x=LEFT)),
    ("It drifts upwards.", claims(y=UP)),
    ("The heart is shifted down.", claims(y=DOWN)),
    ("A white square moves from the left edge of the image to the right edge.", claims(x=RIGHT)),
    ("The object travels from the top of the frame to the bottom.", claims(y=DOWN)),
    ("The square moves from left to right.", claims(x=RIGHT)),
    ("The ellipse moves diagonally to the lower right.", claims(x=RIGHT, y=DOWN)),
    ("The shape moves from the upper left corner to the lower right corner.", claims(x=RIGHT, y=DOWN)),
    ("The object moves up and to the left.", claims(x=LEFT, y=UP)),
    ("It moves horizontally.", claims(x=None)),
    ("The heart's vertical position changes.", claims(y=None)),
    ("The position of the shape changes.", claims(x=None, y=None)),
    ("The object moves.", claims(x=None, y=None)),
    ("The object moves around the image.", claims(x=None, y=None)),
    ("The horizontal position decreases.", claims(x=LEFT)),
    ("The x-coordinate of the object increases steadily.", claims(x=RIGHT)),
    ("Its position shifts along the y-axis.", claims(y=None)),
    ("The object rises.", claims(y=UP)),
    ("The object sinks toward the bottom.", claims(y=DOWN)),
    ("Rightward motion of the heart.", claims(x=RIGHT)),
    ("There is a gradual downward shift.", claims(y=DOWN)),
    ("The location goes from the top to the bottom of the picture.", claims(y=DOWN)),
    ("The object moves away from the left edge.", claims(x=RIGHT)),
    ("The heart starts at the bottom and ends at the top.", claims(y=UP)),
    ("The heart starts on the left and moves to the right.", claims(x=RIGHT)),
    ("The object is further to the right in each frame.", claims(x=RIGHT)),
    ("The object moves closer to the top of the image.", claims(y=UP)),
    ("The position changes horizontally.", claims(x=None)),
    ("The position changes: it moves to the left.", claims(x=LEFT)),
    ("The sprite's horizontal and vertical position both change.", claims(x=None, y=None)),
    ("The object moves from the centre to the right.", claims(x=RIGHT)),
    ("The square gets lower in the picture.", claims(y=DOWN)),
    ("Left to right movement.", claims(x=RIGHT)),
    ("The object moves sideways.", claims(x=None)),
    ("The square in the left half moves down.", claims(y=DOWN)),
]

SIZE = [
    ("The object grows.", claims(s=1)),
    ("The object grows larger.", claims(s=1)),
    ("The heart grows smaller.", claims(s=-1)),
    ("The square becomes progressively larger.", claims(s=1)),
    ("It gets smaller and smaller.", claims(s=-1)),
    ("Its size gradually increases.", claims(s=1)),
    ("The size of the object decreases.", claims(s=-1)),
    ("The scale increases while everything else is constant.", claims(s=1)),
    ("There is an increase in size.", claims(s=1)),
    ("The object shrinks from large to small.", claims(s=-1)),
    ("The shape changes from small to large.", claims(s=1)),
    ("The object is enlarged.", claims(s=1)),
    ("The size varies.", claims(s=None)),
    ("The object changes size.", claims(s=None)),
    ("The shape changes in size.", claims(s=None)),
    ("The object increases and decreases in size.", claims(s=None)),
    ("The shape gets bigger.", claims(s=1)),
    ("Its area expands.", claims(s=1)),
    ("The latent variable controls the size of the shape.", claims(s=None)),
    ("It starts small and ends large.", claims(s=1)),
    ("The small square gradually becomes large.", claims(s=1)),
    ("The size goes up.", claims(s=1)),
    ("A bigger heart at each step.", claims(s=1)),
    ("A small ellipse grows into a large ellipse.", claims(s=1)),
]

TURNS = [
    ("The object rotates.", claims(o=None)),
    ("The object rotates clockwise.", claims(o=-1)),
    ("The square turns counter-clockwise by about 90 degrees.", claims(o=1)),
    ("The orientation of the heart changes.", claims(o=None)),
    ("The rotation angle increases.", claims(o=1)),
    ("The angle gets larger.", claims(o=1)),
    ("A clockwise rotation of the ellipse.", claims(o=-1)),
    ("It tilts to the left.", claims(o=1)),
    ("The heart spins anticlockwise.", claims(o=1)),
    ("The tilt of the shape varies.", claims(o=None)),
    ("The square rotates back and forth.", claims(o=None)),
    ("The shape changes its orientation.", claims(o=None)),
]

SHAPES = [
    ("The shape changes.", claims(h=None)),
    ("The object changes from a square to a heart.", claims(h=None)),
    ("The square turns into an ellipse.", claims(h=None)),
    ("The heart becomes a square.", claims(h=None)),
    ("The form of the object varies.", claims(h=None)),
    ("It morphs into a heart.", claims(h=None)),
    ("square → heart", claims(h=None)),
    ("It starts as a square and ends as a heart.", claims(h=None)),
    ("The shape changes from a small square to a large heart.", claims(h=None, s=1)),
    ("The shape changes from a square through an ellipse to a heart.", claims(h=None)),
    ("The object switches between a square and a heart.", claims(h=None)),
]

SEVERAL = [
    ("The size increases and the position decreases.", claims(s=1, x=-1, y=-1)),
    ("The object moves to the right and grows.", claims(x=RIGHT, s=1)),
    ("The object moves to the right, grows and rotates clockwise.", claims(x=RIGHT, s=1, o=-1)),
    ("The object changes its size and its shape.", claims(s=None, h=None)),
    ("Size and orientation change together.", claims(s=None, o=None)),
    ("The object gets larger as it moves down.", claims(s=1, y=DOWN)),
    ("As it rotates, the heart also shrinks.", claims(o=None, s=-1)),
    ("While moving left, the object becomes bigger.", claims(x=LEFT, s=1)),
    ("The heart grows and then moves upward.", claims(s=1, y=UP)),
    ("Both the shape and the scale vary.", claims(h=None, s=None)),
    ("The object rotates and moves to the left, becoming smaller.", claims(o=None, x=LEFT, s=-1)),
    ("The size, position and shape of the object change.", claims(s=None, x=None, y=None, h=None)),
    ("It moves right with its size increasing.", claims(x=RIGHT, s=1)),
]

CONSTANT = [
    ("The size stays the same.", claims()),
    ("Nothing changes.", claims()),
    ("There is no clear pattern.", claims()),
    ("The object moves right while its shape, size and orientation remain constant.", claims(x=RIGHT)),
    ("The object grows without rotating.", claims(s=1)),
    ("The object rotates with no change in position or size.", claims(o=None)),
    ("Neither the size nor the position changes.", claims()),
    ("Neither its shape nor its size changes, but it moves to the right.", claims(x=RIGHT)),
    ("Only the size changes.", claims(s=None)),
    ("Only the size changes; the shape and position are fixed.", claims(s=None)),
    ("The object does not move.", claims()),
    ("The object does not move but rotates.", claims(o=None)),
    ("The object does not rotate, it grows.", claims(s=1)),
    ("The object keeps its shape and size, and moves up.", claims(y=UP)),
    ("The object keeps getting bigger.", claims(s=1)),
    ("The object keeps moving to the left.", claims(x=LEFT)),
    ("Everything except the size stays the same.", claims(s=None)),
    ("Everything stays the same except for the orientation.", claims(o=None)),
    ("Apart from its size, nothing changes.", claims(s=None)),
    ("The shape does not change.", claims()),
    ("The size increases, and its shape and position remain fixed.", claims(s=1)),
    ("The object stays in place while it shrinks.", claims(s=-1)),
    ("Instead of moving, the object rotates.", claims(o=None)),
    ("Without changing size, the square moves down.", claims(y=DOWN)),
    ("There is no rotation, scaling, or translation.", claims()),
    ("The object not only grows but also rotates.", claims(s=1, o=None)),
    ("The object moves left at a constant speed.", claims(x=LEFT)),
    ("The size isn't constant.", claims(s=None)),
    ("The square remains a square and is rotated clockwise.", claims(o=-1)),
    ("The size changes rather than the shape.", claims(s=None)),
    ("The images look identical.", claims()),
    ("Its rotation stays the same.", claims()),
    ("The size doesn't change, the orientation does not change.", claims()),
    ("Regardless of its shape, the object grows.", claims(s=1)),
    ("All images show the same heart in the same place.", claims()),
    ("The object is in the upper right corner in every image.", claims()),
]

STRIP = [
    ("From left to right, the object becomes larger.", claims(s=1)),
    ("From left to right the heart rotates clockwise.", claims(o=-1)),
    ("Going from left to right, the square moves up.", claims(y=UP)),
    ("The square grows from left to right.", claims(s=1)),
    ("As we move from left to right, the object gets smaller.", claims(s=-1)),
    ("Reading the strip from left to right, the shape changes.", claims(h=None)),
    ("The size increases from left to right.", claims(s=1)),
    ("From left to right, the square moves from the top to the bottom.", claims(y=DOWN)),
    ("From right to left, the object shrinks.", claims(s=1)),
    ("Across the row, the object moves to the right.", claims(x=RIGHT)),
    ("As the latent variable increases, the object grows.", claims(s=1)),
    ("As the latent value decreases, the object grows.", claims(s=-1)),
    ("Increasing the latent makes the object larger.", claims(s=1)),
    ("As the sequence progresses, the heart turns counterclockwise.", claims(o=1)),
    ("From left to right, it moves from left to right.", claims(x=RIGHT)),
    ("The images from left to right show a growing heart.", claims(s=1)),
]

WAVERING = [
    ("The object moves right and then back left.", claims(x=None)),
    ("The object moves back and forth horizontally.", claims(x=None)),
    ("The object moves up and down.", claims(y=None)),
    ("The object first grows, then shrinks.", claims(s=None)),
    ("The object grows and then returns to its original size.", claims(s=None)),
    ("The size oscillates.", claims(s=None)),
    ("The heart oscillates between left and right.", claims(x=None)),
    ("The object moves back and forth while growing.", claims(x=None, y=None, s=1)),
]

CONDITIONAL = [
    ("When the shape is a heart, it grows.", claims(s=1)),
    ("If the object is a square, it moves to the right.", claims(x=RIGHT)),
    ("The object rotates when the shape is a heart.", claims(o=None)),
    ("For hearts, the size increases.", claims(s=1)),
    ("The object moves up only when it is large.", claims(y=UP)),
    ("When the size is small the object rotates clockwise.", claims(o=-1)),
]

LOOSE = [
    ("Size", claims(s=None)),
    ("Horizontal position", claims(x=None)),
    ("rotation and scale", claims(o=None, s=None)),
    ("", claims()),
    ("???", claims()),
    ("The color of the square changes.", claims(c=None)),
    ("The object seems to be slowly getting slightly larger.", claims(s=1)),
    ("I think that the size probably increases.", claims(s=1)),
    ("The shape has been moved to the left.", claims(x=LEFT)),
]

# Longer ones, as language models write them.
NARRATED = [
    ("The shape changes its outline.", claims(h=None)),
    ("The shape moves to the left, grows and changes its vertical position and outline.", claims(h=None, s=1, x=LEFT, y=None)),
    ("The object gets brighter.", claims(c=None)),
    ("When the shape is a square, the shape moves down, and it rotates.", claims(o=None, y=DOWN)),
    ("The primary change observed is the size of the white object, which decreases steadily from left to right.", claims(s=-1)),
    (
        "The generated images depict a white heart whose position shifts from the upper-left corner toward the lower-right corner.",
        claims(x=RIGHT, y=DOWN),
    ),
    ("Increasing this latent variable causes the object to rotate in a clockwise direction.", claims(o=-1)),
    ("The white square appears to be moving upwards and becoming larger simultaneously.", claims(s=1, y=UP)),
    ("The object is initially large and becomes progressively smaller until it is barely visible.", claims(s=-1)),
    ("The rotation of the object changes, while other attributes such as size, position, and shape are preserved.", claims(o=None)),
    ("The variation is in the object's scale; specifically, it becomes larger.", claims(s=1)),
    ("The main difference between the images is the orientation of the ellipse.", claims(o=None)),
    ("This latent variable is associated with the vertical placement of the shape within the canvas.", claims(y=None)),
    ("The heart progressively tilts in the counterclockwise direction.", claims(o=1)),
    ("The latent affects neither shape nor size but only the horizontal location.", claims(x=None)),
    ("The object remains the same size and shape but its position varies.", claims(x=None, y=None)),
    ("No significant changes can be seen across the images.", claims()),
    ("There does not appear to be any consistent change.", claims()),
    ("The figure gradually transforms from an oval into a square.", claims(h=None)),
    ("The object migrates toward the top-left.", claims(x=LEFT, y=UP)),
    ("With increasing latent values, the square is stretched and becomes bigger.", claims(s=1)),
    ("The pattern shows the heart shrinking and simultaneously drifting downward.", claims(s=-1, y=DOWN)),
    ("The object's X coordinate is increasing.", claims(x=RIGHT)),
    ("Each image shows the square a little further to the left than the one before.", claims(x=LEFT)),
    ("Images on the right show a larger object than images on the left.", claims(s=1)),
    ("The shape is smaller on the left and larger on the right.", claims(s=1)),
    ("The rightmost heart is bigger than the leftmost heart.", claims(s=1)),
    ("The object rotates and its size fluctuates.", claims(o=None, s=None)),
    ("The position along the vertical axis goes down.", claims(y=DOWN)),
    ("The sprite's location alters both horizontally and vertically.", claims(x=None, y=None)),
    ("Its size remains fixed, as does its orientation, whereas its horizontal position decreases.", claims(x=LEFT)),
    ("The size, rather than the position, changes.", claims(s=None)),
    ("The object's angle of rotation is steadily decreasing.", claims(o=-1)),
    ("The square moves upward while rotating; the size is unchanged.", claims(o=None, y=UP)),
    ("The object is progressively magnified.", claims(s=1)),
    ("Two factors change: the object moves right, and it shrinks.", claims(s=-1, x=RIGHT)),
    ("The shape and position of the object remain unchanged, but it gets bigger.", claims(s=1)),
    ("The white blob goes from the bottom right to the top left.", claims(x=LEFT, y=UP)),
    ("The object moves, but its size does not change.", claims(x=None, y=None)),
    ("The latent controls a combination of size and rotation.", claims(s=None, o=None)),
    (
        "The latent variable appears to control the horizontal position of the white object, moving it "
        "from the left side of the frame to the right side.",
        claims(x=RIGHT),
    ),
    (
        "This latent dimension encodes rotation: the square rotates counterclockwise as the value "
        "increases, while its size and position remain unchanged.",
        claims(o=1),
    ),
    (
        "As the latent variable increases, the white shape progressively becomes smaller, without any "
        "change in its orientation, shape, or position.",
        claims(s=-1),
    ),
    (
        "The pattern of change is that the heart shifts upward in the image as you move from left to right across the row.",
        claims(y=UP),
    ),
    ("The images show a heart that gradually increases in size from left to right.", claims(s=1)),
    ("The object transitions from being a small square to a large one.", claims(s=1)),
    ("The white ellipse becomes more and more tilted to the right.", claims(o=-1)),
    ("The shape's vertical location shifts from the bottom to the top.", claims(y=UP)),
    ("Across the images, a white shape moves downwards; its form does not change.", claims(y=DOWN)),
    ("The variable changes how large the object is.", claims(s=None)),
    ("The variable controls where the object is located horizontally.", claims(x=None)),
    ("The object's height in the image increases.", claims(y=UP)),
    ("The ellipse is rotated by 180 degrees in the clockwise direction.", claims(o=-1)),
    ("The square changes orientation, rotating anticlockwise.", claims(o=1)),
    ("The sprite translates along the horizontal axis toward the right, keeping its size.", claims(x=RIGHT)),
    (
        "The size of the shape increases, the shape rotates clockwise, and its position moves to the left.",
        claims(s=1, o=-1, x=LEFT),
    ),
    (
        "The object first appears at the left and progressively moves towards the right edge while its "
        "shape morphs from a square to an ellipse.",
        claims(h=None, x=RIGHT),
    ),
    ("It gets bigger as it goes down.", claims(s=1, y=DOWN)),
    ("The shape moves upward and to the right, and also rotates slightly.", claims(o=None, x=RIGHT, y=UP)),
    ("The square shrinks until it is tiny.", claims(s=-1)),
    ("The changes affect only the orientation of the shape, not its size or location.", claims(o=None)),
    ("There is no noticeable variation in scale; the object simply moves leftward.", claims(x=LEFT)),
    ("The heart moves up, but its size stays constant.", claims(y=UP)),
    ("A gradual zoom in on the heart.", claims(s=1)),
    ("The heart scales up.", claims(s=1)),
    ("The object scales down steadily.", claims(s=-1)),
    ("The object doesn't change.", claims()),
    ("The white figure remains stationary while spinning.", claims(o=None)),
    ("Moving right, the square shrinks.", claims(s=-1, x=RIGHT)),
    ("The object is getting larger and larger in a steady manner.", claims(s=1)),
    ("The size reduces.", claims(s=-1)),
    ("The orientation angle decreases.", claims(o=-1)),
    ("The first image shows a square, and the last image shows a heart.", claims(h=None)),
    ("Initially the object is at the top, and finally it is at the bottom.", claims(y=DOWN)),
    ("The leftmost image has a small object whereas the rightmost image has a large object.", claims(s=1)),
    ("Larger values of the latent correspond to larger objects.", claims(s=1)),
    ("Higher values move the object to the right.", claims(x=RIGHT)),
    ("The object moves in an upward direction.", claims(y=UP)),
    ("The object moves in a rightward and downward direction.", claims(x=RIGHT, y=DOWN)),
    ("The object is displaced vertically.", claims(y=None)),
    ("The heart appears higher and higher in the frames.", claims(y=UP)),
    ("The object drops.", claims(y=DOWN)),
    ("The y position decreases.", claims(y=UP)),
    ("The square drifts left and right.", claims(x=None)),
    ("The object swings back and forth.", claims(o=None)),
    ("The shape changes and so does its size.", claims(h=None, s=None)),
    ("Changing the latent changes the object's size and horizontal position.", claims(s=None, x=None)),
    ("The object gets closer to the right border.", claims(x=RIGHT)),
    ("The object shifts its position from the top right to the bottom left.", claims(x=LEFT, y=DOWN)),
    ("It is scaled up while being rotated.", claims(s=1, o=None)),
    ("The scale of the heart decreases and it rotates clockwise.", claims(s=-1, o=-1)),
    ("Shape and size vary; position is fixed.", claims(h=None, s=None)),
    ("The only thing that changes is the scale.", claims(s=None)),
    ("What changes is the vertical position.", claims(y=None)),
    ("All that varies is the rotation.", claims(o=None)),
    ("The object expands horizontally and vertically.", claims(s=1)),
    ("The object moves to the left without changing size, but rotates.", claims(o=None, x=LEFT)),
    ("The size is not affected.", claims()),
    ("The object's shape is unaffected, as is its size.", claims()),
    ("It moves right, gets larger, and changes shape.", claims(h=None, s=1, x=RIGHT)),
    ("It neither rotates nor moves.", claims()),
    ("Everything stays constant apart from position.", claims(x=None, y=None)),
    ("The object becomes brighter.", claims(c=None)),
]

QUALIFIED = [
    ("The size of the white heart changes.", claims(s=None)),
    ("The orientation of the large square changes.", claims(o=None)),
    ("The shape of the small object changes.", claims(h=None)),
    ("The horizontal position of the small heart decreases.", claims(x=LEFT)),
    ("The scale shifts upward.", claims(s=1)),
    ("The heart turns small.", claims(s=-1)),
    ("The ellipse turns.", claims(o=None)),
    ("The shape changes, not the orientation.", claims(h=None)),
    ("The position changes, not the size.", claims(x=None, y=None)),
    ("The size of the heart changes, not that of the square.", claims(s=None)),
]

OWN = QUALIFIED + MOTION + SIZE + TURNS + SHAPES + SEVERAL + CONSTANT + STRIP + WAVERING + CONDITIONAL + LOOSE + NARRATED


@pytest.mark.parametrize(("text", "expected"), OWN, ids=[text for text, _ in OWN])
def test_a_sentence_claims_what_it_says(text, expected, words):
    assert dict(parse(text, words)) == expected


@pytest.fixture(scope="module")
def read(words):
    """What the parser reads beside what is labelled, for each of the sentences that were labelled without sight of it."""
    lines = [json.loads(line) for line in LABELLED.read_text(encoding="utf-8").splitlines()]
    return [(dict(parse(line["text"], words)), line["labels"]) for line in lines]


def test_the_factors_of_labelled_sentences_are_read(read):
    right = sum(claims.keys() == labels.keys() for claims, labels in read)
    print(f"factor sets: {right} of {len(read)} = {right / len(read):.3f}")  # noqa: T201
    assert len(read) >= 200
    assert right / len(read) >= 0.97


def test_the_directions_of_labelled_sentences_are_read(read):
    pairs = [(claims[factor], labels[factor]) for claims, labels in read for factor in claims.keys() & labels.keys()]
    right = sum(told == label for told, label in pairs)
    print(f"directions: {right} of {len(pairs)} = {right / len(pairs):.3f}")  # noqa: T201
    assert len(pairs) >= 300
    assert right / len(pairs) >= 0.99


def test_a_direction_is_seldom_read_the_wrong_way_round(read):
    signs = [(told[factor], label[factor]) for told, label in read for factor in told.keys() & label.keys()]
    assert sum(a is not None and b is not None and a != b for a, b in signs) / len(signs) < 0.01


def test_factors_come_in_the_order_of_the_vocabulary(words):
    read = list(parse("It moves down and right, grows, rotates and changes shape.", words))
    assert read == [known.factor for known in words.factors if known.factor in read]
    assert len(read) == 5


def test_capitals_and_typography_do_not_matter(words):
    plain = parse("The object's size doesn't change, it rotates counter-clockwise.", words)
    assert parse("THE OBJECT\u2019S SIZE DOESN\u2019T CHANGE, IT ROTATES COUNTER\u2011CLOCKWISE.", words) == plain == claims(o=1)


def test_the_orientation_convention_lives_in_the_vocabulary(words):
    swapped = replace(
        words,
        factors=tuple(
            replace(f, increase=f.decrease, decrease=f.increase) if f.factor == "orientation" else f for f in words.factors
        ),
    )
    for text in ("It rotates clockwise.", "It turns counter-clockwise."):
        assert parse(text, swapped)["orientation"] == -parse(text, words)["orientation"]


def hue(name, *nouns):
    colours = {"red": ("red",), "green": ("green",), "blue": ("blue",)}
    changes = tuple(f"{noun} changes colour" for noun in nouns[:1])
    return FactorWords(name, {"change": changes}, nouns, (), (), changes, colours)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("The floor changes colour.", {"floor_hue"}),
        ("The hue of the wall changes.", {"wall_hue"}),
        ("The wall goes from red to blue.", {"wall_hue"}),
        ("The floor turns from green to red while the wall stays blue.", {"floor_hue"}),
        ("The floor and the wall change their hue.", {"floor_hue", "wall_hue"}),
        ("Nothing changes.", set()),
    ],
)
def test_factors_that_share_their_values_are_told_apart(text, expected):
    rooms = Vocabulary("the object", (hue("floor_hue", "floor", "floor hue"), hue("wall_hue", "wall", "wall hue")))
    assert parse(text, rooms).keys() == expected


def test_a_long_text_is_read_in_one_go(words):
    text = "Neither the size nor, " * 500 + "it moves to the right."
    assert parse(text, words)["position_x"] == 1


def test_every_role_of_a_word_has_an_effect():
    known = {*GRAMMAR, *PREDICATES, "of", "possessive", "plain"}
    assert set(ROLES) <= known
