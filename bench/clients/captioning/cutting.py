"""From the pictures of a message back to the frames they were made of. A cut counts only when it makes the same pixels again."""

import re
from collections.abc import Iterator

import numpy as np
from jaxtyping import UInt8
from numpy import ndarray

from bench.clients.messages import Message, Unusable
from bench.explainers.sheet import numbered, sheet

SIDE = 64  # pixels of a frame before it was enlarged
LARGEST = 8  # times that a frame may have been enlarged
GAPS = range(1, 17)  # pixels between frames
MOST = 12  # rows, and steps
COUNTED = re.compile(r"\b(\d+) rows? of (\d+) images?\b")

Sheet = UInt8[ndarray, "_rows _steps _channels _height _width"]
Picture = UInt8[ndarray, "_channels _height _width"]


def sheets(message: Message) -> tuple[Sheet, ...]:
    """The frames of each sheet of a message, 64 × 64, of one or three channels.

    A message holds sheets, with or without numbers beside the rows, or frames one by one; then its text must tell how many there
    are ("2 rows of 5 images"). Raises `Unusable` ("refused") for any other picture.
    """
    if not message.images:
        raise _refusal(message, "no picture")
    singles = [frame for picture in message.images if (frame := _frame(picture)) is not None]
    if len(singles) == len(message.images) and len(singles) > 1:
        return _in_rows(message, np.stack(singles))
    cut = [next(_cuts(picture), None) for picture in message.images]
    for picture, found in zip(message.images, cut, strict=True):
        if found is None:
            raise _refusal(message, f"a picture of shape {picture.shape}")
    return tuple(found for found in cut if found is not None)


def _in_rows(message: Message, frames: UInt8[ndarray, "n channels height width"]) -> tuple[Sheet, ...]:
    told = COUNTED.search(message.text)
    rows, steps = (int(told[1]), int(told[2])) if told else (0, 0)
    if not 0 < rows <= MOST or not 0 < steps <= MOST or len(frames) % (rows * steps):
        said = f"a text that says {told[0]!r}" if told else "no number of rows and images in the text"
        raise _refusal(message, f"{len(frames)} single frames and {said}")
    return tuple(frames.reshape(-1, rows, steps, *frames.shape[1:]))


def _cuts(picture: Picture) -> Iterator[Sheet]:
    """Every way to cut a picture that makes the same pixels again."""
    channels, height, width = picture.shape
    if channels not in (1, 3):
        return
    for factor in range(LARGEST, 0, -1):
        for gap in GAPS:
            rows, rest = divmod(height + gap, SIDE * factor + gap)
            if rest or not 0 < rows <= MOST:
                continue
            for numbers in (False, True):
                margin = _margin(picture, rows, gap) if numbers else 0
                steps, rest = divmod(width - margin + gap, SIDE * factor + gap)
                if not rest and 0 < steps <= MOST:
                    frames = _frames(picture[:, :, margin:], rows, steps, factor, gap)
                    made = sheet(frames, SIDE * factor, gap)
                    if np.array_equal(numbered(made, rows, gap) if numbers else made, picture):
                        yield frames


def _frames(picture: Picture, rows: int, steps: int, factor: int, gap: int) -> Sheet:
    pitch = SIDE * factor + gap
    places = [[(row * pitch, step * pitch) for step in range(steps)] for row in range(rows)]
    side = SIDE * factor
    cut = [[picture[:, y : y + side : factor, x : x + side : factor] for y, x in row] for row in places]
    return np.ascontiguousarray(cut)


def _margin(picture: Picture, rows: int, gap: int) -> int:
    """The width of the numbers beside that many rows."""
    return int(numbered(picture[:, :, :1], rows, gap).shape[-1]) - 1


def _frame(picture: Picture) -> Picture | None:
    """A picture that is a single frame, `None` for any other."""
    channels, height, width = picture.shape
    factor = height // SIDE
    if channels not in (1, 3) or height != width or height % SIDE or not 0 < factor <= LARGEST:
        return None
    small: Picture = picture[:, ::factor, ::factor]
    same = np.array_equal(small.repeat(factor, 1).repeat(factor, 2), picture)
    return np.ascontiguousarray(small) if same else None


def _refusal(message: Message, got: str) -> Unusable:
    wanted = "expected sheets of frames of 64 by 64 pixels (enlarged by a whole factor, grey lines between them), got "
    return Unusable("refused", f"{wanted}{got}; choose client=local for other pictures", len(message.text.split()), 0)
