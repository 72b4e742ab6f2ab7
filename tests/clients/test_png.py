import base64
import io

import numpy as np
import pytest
from PIL import Image

from bench.clients.png import DataUrls, data_url, png


@pytest.mark.parametrize("channels", [1, 3])
def test_pixels_survive(channels: int) -> None:
    image = np.random.default_rng(0).integers(0, 256, (channels, 7, 5), dtype=np.uint8)
    back = np.asarray(Image.open(io.BytesIO(png(image)))).reshape(7, 5, channels).transpose(2, 0, 1)
    assert np.array_equal(back, image)


def test_other_numbers_of_channels_are_refused() -> None:
    with pytest.raises(ValueError, match="1 or 3 channels"):
        png(np.zeros((4, 8, 8), dtype=np.uint8))


def test_data_url_holds_the_file() -> None:
    image = np.zeros((1, 4, 4), dtype=np.uint8)
    head, _, content = data_url(image).partition(",")
    assert head == "data:image/png;base64"
    assert base64.b64decode(content) == png(image)


def test_each_of_the_last_images_is_encoded_once() -> None:
    urls, image = DataUrls(), np.zeros((1, 4, 4), dtype=np.uint8)
    first = urls(image, {"sha256": "0"})
    assert urls(image, {"sha256": "0"}) is first
    for i in range(1, DataUrls.KEPT + 1):
        urls(image, {"sha256": str(i)})
    assert urls(image, {"sha256": "0"}) is not first
