import numpy as np
import pytest

from bench.explainers.layouts import Layout, OneSheet, SeparateFrames
from bench.explainers.sheet import numbered, sheet
from bench.explainers.visible_change import visible_change


def frames(rows: int = 2, steps: int = 3) -> np.ndarray:
    return np.random.default_rng(0).integers(0, 256, (rows, steps, 3, 8, 8), dtype=np.uint8)


def one_sheet(numbers: bool) -> OneSheet:
    return OneSheet(told="", several="", frame=16, gap=4, numbers=numbers)


def test_one_sheet_is_the_sheet() -> None:
    assert isinstance(one_sheet(False), Layout)
    [picture] = one_sheet(False).pictures(frames())
    assert np.array_equal(picture, sheet(frames(), 16, 4))


def test_numbers_stand_left_of_an_unchanged_sheet() -> None:
    [plain], [picture] = one_sheet(False).pictures(frames()), one_sheet(True).pictures(frames())
    width = picture.shape[-1] - plain.shape[-1]
    assert width > 0
    assert np.array_equal(picture[..., width:], plain)
    assert set(np.unique(picture[..., :width])) == {0, 255}


def test_each_row_has_its_own_number_within_its_row() -> None:
    plain = sheet(frames(rows=12, steps=2), 40, 4)
    margin = numbered(plain, 12, 4)[0, :, : -plain.shape[-1]]
    inks = []
    for row in range(12):
        top = row * (40 + 4)
        rows_with_ink = np.flatnonzero((margin[top : top + 40] == 0).any(1))
        assert len(rows_with_ink)
        inks.append((margin[top : top + 40] == 0).tobytes())
        if row < 11:
            assert (margin[top + 40 : top + 44] == 255).all()
    assert len(set(inks)) == 12


def test_the_number_one_by_hand() -> None:
    margin = numbered(np.zeros((1, 20, 5), dtype=np.uint8), 1, 0)[0, :, :-5]
    ink = margin[7:12, 1:5] == 0
    assert ["".join("#" if dot else "." for dot in line) for line in ink] == [".#..", "##..", ".#..", ".#..", "###."]
    assert (margin == 0).sum() == ink.sum()


def test_separate_frames_come_row_after_row_enlarged() -> None:
    pictures = SeparateFrames(told="", several="", frame=16).pictures(frames())
    assert len(pictures) == 6
    assert all(picture.shape == (3, 16, 16) for picture in pictures)
    assert np.array_equal(pictures[4][:, ::2, ::2], frames()[1, 1])


def test_visible_change_by_hand() -> None:
    images = np.zeros((2, 3, 1, 2, 2), dtype=np.uint8)
    images[1, 2, 0, 0, 0] = 255
    assert visible_change(images) == pytest.approx(1 / 4)
    assert visible_change(images[:1]) == 0.0
    images[0, 1] = 51
    images[0, 0] = 255
    assert visible_change(images) == pytest.approx(1.0)
