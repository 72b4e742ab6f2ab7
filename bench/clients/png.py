"""Images as PNG, without loss: one channel is grey, three are red, green, blue."""

import base64
import io
from collections.abc import Mapping
from typing import TYPE_CHECKING

from jaxtyping import UInt8
from numpy import ndarray

if TYPE_CHECKING:
    from PIL.Image import Image


def pil(image: UInt8[ndarray, "channels height width"]) -> "Image":
    """The image as one of PIL, grey or RGB."""
    from PIL import Image

    if image.shape[0] not in (1, 3):
        raise ValueError(f"expected an image of 1 or 3 channels, channels first, got shape {image.shape}")
    return Image.fromarray(image[0] if image.shape[0] == 1 else image.transpose(1, 2, 0))


def png(image: UInt8[ndarray, "channels height width"]) -> bytes:
    """The image as the bytes of a PNG file."""
    file = io.BytesIO()
    pil(image).save(file, "PNG")
    return file.getvalue()


def base64_png(image: UInt8[ndarray, "channels height width"]) -> str:
    """The bytes of a PNG file as text."""
    return base64.b64encode(png(image)).decode("ascii")


def data_url(image: UInt8[ndarray, "channels height width"]) -> str:
    """The image as a URL that holds it."""
    return "data:image/png;base64," + base64_png(image)


class DataUrls:
    """Data URLs of the images used last, each made once: answers to one message are drawn close together."""

    KEPT = 64

    def __init__(self) -> None:
        self._made: dict[str, str] = {}

    def __call__(self, image: UInt8[ndarray, "channels height width"], fingerprint: Mapping[str, object]) -> str:
        name = str(fingerprint)
        if name not in self._made:
            self._made[name] = data_url(image)
            while len(self._made) > self.KEPT:
                del self._made[next(iter(self._made))]
        return self._made[name]
