"""What every way of moving latents shares: codes are planned first, then each distinct code of a call is decoded once."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from jaxtyping import Float32
from numpy import ndarray

from bench.artifacts import Condition, Row, Traversal, Unit
from bench.interfaces import GenerativeModel


@dataclass(frozen=True)
class Sheet:
    """The plan of one traversal: what each row does, and its codes."""

    anchor: int
    reference: Float32[ndarray, " latents"]
    rows: tuple[Row, ...]
    codes: Float32[ndarray, "rows steps latents"]


def held(reference: Float32[ndarray, " latents"], condition: Condition | None) -> Float32[ndarray, " latents"]:
    """A copy of the reference code under the condition."""
    code = reference.copy()
    if condition is not None:
        code[list(condition.latents)] = condition.values
    return code


def moved(
    reference: Float32[ndarray, " latents"], latents: tuple[int, ...], values: tuple[float, ...]
) -> Float32[ndarray, "steps latents"]:
    """The reference code with all `latents` set to each value in turn."""
    codes = np.repeat(reference[None], len(values), axis=0)
    codes[:, list(latents)] = np.array(values, np.float32)[:, None]
    return codes


def decode(model: GenerativeModel, unit: Unit, sheets: Sequence[Sheet]) -> tuple[Traversal, ...]:
    """The pictures of all sheets in one call of the decoder; equal codes of one anchor are decoded once."""
    if not sheets:
        return ()
    codes = np.stack([sheet.codes for sheet in sheets])
    flat = codes.reshape(-1, codes.shape[-1])
    anchors = np.repeat([sheet.anchor for sheet in sheets], len(flat) // len(sheets))
    places: dict[tuple[int, bytes], int] = {}
    where = [places.setdefault((anchor, code.tobytes()), len(places)) for anchor, code in zip(anchors.tolist(), flat, strict=True)]
    first = np.unique(where, return_index=True)[1]
    images = model.render(anchors[first], flat[first])[where]
    images = images.reshape(*codes.shape[:-1], *images.shape[1:])
    return tuple(
        Traversal(unit, sheet.anchor, sheet.reference, sheet.codes, strip, sheet.rows)
        for sheet, strip in zip(sheets, images, strict=True)
    )
