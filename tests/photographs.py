"""Writes tiny pictures in the layouts of real image folders."""

import numpy as np
from PIL import Image

from bench.datasets.picture_steps import CentralCrop, Resize

STEPS = (Resize(side=8), CentralCrop(side=8))


def plain(path, colour, size=(12, 12)):
    """A picture of one colour at the path."""
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.new("RGB", size, colour).save(path)
    return path


def colours(images):
    """The colour in the middle of each image."""
    return [tuple(image[:, 4, 4].tolist()) for image in np.asarray(images)]
