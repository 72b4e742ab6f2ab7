import numpy as np
import pytest

from bench.explainers.sheet import LINE, sheet


def frames(rows: int = 2, steps: int = 3, channels: int = 1, height: int = 4, width: int = 6) -> np.ndarray:
    return np.random.default_rng(0).integers(0, 256, (rows, steps, channels, height, width), dtype=np.uint8)


def test_every_frame_is_found_whole_at_its_place() -> None:
    images = frames(channels=3)
    picture = sheet(images, frame=1, gap=2)
    assert picture.shape == (3, 2 * 4 + 2, 3 * 6 + 2 * 2)
    for row in range(2):
        for step in range(3):
            top, left = row * 6, step * 8
            assert np.array_equal(picture[:, top : top + 4, left : left + 6], images[row, step])


def test_small_frames_are_enlarged_by_a_whole_factor() -> None:
    images = frames(rows=1, steps=1)
    picture = sheet(images, frame=10, gap=5)
    assert picture.shape == (1, 12, 18)
    assert np.array_equal(picture[:, ::3, ::3], images[0, 0])
    assert np.array_equal(picture[:, 2::3, 2::3], images[0, 0])


@pytest.mark.parametrize("frame", [1, 4])
def test_large_frames_keep_their_size(frame: int) -> None:
    assert sheet(frames(rows=1, steps=1), frame=frame, gap=0).shape == (1, 4, 6)


def test_lines_between_frames_are_grey() -> None:
    picture = sheet(np.zeros((2, 2, 1, 4, 4), dtype=np.uint8), frame=4, gap=1)
    assert picture.shape == (1, 9, 9)
    assert (picture[:, 4, :] == LINE).all()
    assert (picture[:, :, 4] == LINE).all()
    assert (picture == LINE).sum() == 17


def test_no_gap_gives_no_lines() -> None:
    assert not sheet(np.zeros((2, 2, 1, 4, 4), dtype=np.uint8), frame=4, gap=0).any()
