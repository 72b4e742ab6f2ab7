import numpy as np
import pytest

from bench.clients.captioning.cutting import sheets
from bench.clients.messages import Message, Unusable
from bench.datasets.dsprites import DSprites
from bench.datasets.shapes3d import Shapes3D
from bench.errors import ClientError
from bench.explainers.layouts import OneSheet, SeparateFrames

WORDS = {"told": "", "several": ""}


def frames(rows: int, steps: int, rooms: bool = False) -> np.ndarray:
    dataset = Shapes3D() if rooms else DSprites()
    drawn = dataset.images(np.random.default_rng(rows * 10 + steps).integers(len(dataset), size=rows * steps))
    return drawn.reshape(rows, steps, *drawn.shape[1:])


def layout(frame: int = 128, gap: int = 4, numbers: bool = False) -> OneSheet:
    return OneSheet(**WORDS, frame=frame, gap=gap, numbers=numbers)


def cut(*pictures: np.ndarray, text: str = "") -> tuple[np.ndarray, ...]:
    return sheets(Message(text, pictures))


@pytest.mark.parametrize("numbers", [False, True])
@pytest.mark.parametrize(("rows", "steps"), [(1, 5), (2, 5), (3, 4), (5, 1), (11, 2), (1, 1)])
def test_a_sheet_is_cut_into_the_very_frames_that_it_was_made_of(rows, steps, numbers):
    made = frames(rows, steps)
    (found,) = cut(*layout(numbers=numbers).pictures(made))
    assert np.array_equal(found, made)


@pytest.mark.parametrize("frame", [64, 100, 128, 512])
@pytest.mark.parametrize("gap", [1, 4, 16])
def test_frames_may_be_enlarged_and_apart_by_other_amounts(frame, gap):
    made = frames(2, 3, rooms=True)
    (found,) = cut(*layout(frame, gap).pictures(made))
    assert np.array_equal(found, made)


def test_several_sheets_of_several_rows_stay_apart():
    made = [frames(2, 5), frames(3, 5, rooms=True)]
    found = cut(*(picture for one in made for picture in layout().pictures(one)))
    assert all(np.array_equal(one, other) for one, other in zip(found, made, strict=True))


def test_frames_sent_one_by_one_are_counted_by_the_text():
    made = frames(2, 3)
    pictures = SeparateFrames(**WORDS, frame=128).pictures(made)
    (found,) = cut(*pictures, text="The images are sent one by one: 2 rows of 3 images, row after row.")
    assert np.array_equal(found, made)
    assert len(cut(*pictures, *pictures, text="2 rows of 3 images")) == 2


@pytest.mark.parametrize("text", ["", "4 rows of 4 images", "0 rows of 6 images", "6 rows of 0 images"])
def test_frames_without_a_count_that_fits_are_refused(text):
    with pytest.raises(Unusable, match="6 single frames"):
        cut(*SeparateFrames(**WORDS, frame=64).pictures(frames(2, 3)), text=text)


def broken() -> np.ndarray:
    (picture,) = layout().pictures(frames(2, 3))
    picture[0, 0, 1] ^= 255  # one pixel of an enlarged one
    return picture


def crossed() -> np.ndarray:
    (picture,) = layout().pictures(frames(2, 3))
    picture[0, 129] = 0  # the line between the rows
    return picture


UNKNOWN = {
    "a photograph": np.random.default_rng(0).integers(0, 256, (3, 480, 640), np.uint8),
    "frames of another size": layout().pictures(frames(1, 3)[..., :28, :28])[0],
    "no gap": layout(gap=0).pictures(frames(2, 3))[0],
    "a pixel that was changed": broken(),
    "a line that was changed": crossed(),
    "too many steps": layout(64).pictures(frames(1, 13))[0],
    "two channels": layout().pictures(frames(1, 3, rooms=True)[:, :, :2])[0],
}


@pytest.mark.parametrize("name", UNKNOWN)
def test_any_other_picture_is_refused_with_its_shape(name):
    picture = UNKNOWN[name]
    with pytest.raises(ClientError, match=r"frames of 64 by 64.*got a picture of shape \(" + str(len(picture))) as refused:
        cut(picture)
    assert refused.value.kind == "refused"
    assert not refused.value.transient


def test_a_message_without_pictures_is_refused():
    with pytest.raises(Unusable, match="got no picture"):
        cut(text="What changes?")
