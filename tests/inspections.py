"""Writes tiny sets with defects in the official layouts of MNIST, UCSD Ped1 and MVTec-AD."""

import gzip
import struct

import numpy as np
from PIL import Image


def idx(path, array, deflated=False):
    """An IDX file of bytes."""
    raw = bytes((0, 0, 8, array.ndim)) + struct.pack(f">{array.ndim}I", *array.shape) + array.astype(np.uint8).tobytes()
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(gzip.compress(raw) if deflated else raw)
    return path


def digits(seed, count, side=28):
    """Pictures and labels: a 3 is an upright bar, an 8 the same bar and one across, anything else is noise."""
    rng = np.random.default_rng(seed)
    labels = np.resize(np.array([3, 8, 3, 5, 3, 0], np.uint8), count)
    images = np.zeros((count, side, side), np.uint8)
    for image, label in zip(images, labels, strict=True):
        left = int(rng.integers(10, 14))
        if label in (3, 8):
            image[4:24, left : left + 4] = 255
        if label == 8:
            image[12:16, 4:24] = 255
        if label not in (3, 8):
            image[:] = rng.integers(0, 256, image.shape)
    return images, labels


def mnist(folder, deflated=False, learnt=60, tested=24):
    """The four files; test pictures 3, 8, 3, 5, 3, 0, ... in turn."""
    end = ".gz" if deflated else ""
    for seed, (split, count) in enumerate({"train": learnt, "t10k": tested}.items()):
        images, labels = digits(seed, count)
        idx(folder / f"{split}-images-idx3-ubyte{end}", images, deflated)
        idx(folder / f"{split}-labels-idx1-ubyte{end}", labels, deflated)
    return folder


def picture(path, array):
    """A picture file; grey for two axes, RGB for three."""
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.fromarray(np.asarray(array, np.uint8)).save(path)
    return path


def ucsd(folder, frames=4, size=(30, 20), endings=("tif", "bmp")):
    """Two training clips; three test clips of which 001 and 003 have masks: in the last frame of each a bright square."""
    width, height = size
    ground = np.linspace(60, 120, width)[None].repeat(height, 0)
    for clip in ("Train/Train001", "Train/Train002", "Test/Test001", "Test/Test002", "Test/Test003"):
        for number in range(1, frames + 1):
            frame, mask = ground + number, np.zeros((height, width))
            if clip.startswith("Test/") and number == frames:
                frame[5:13, 10:20], mask[5:13, 10:20] = 250, 255
            picture(folder / clip / f"{number:03}.{endings[0]}", frame)
            if clip in ("Test/Test001", "Test/Test003"):
                picture(folder / f"{clip}_gt" / f"{number:03}.{endings[1]}", mask)
    (folder / "Test" / "Test001" / "._001.tif").write_bytes(b"no picture")
    return folder


def mvtec(folder, category="hazelnut", side=32, learnt=6, tested=2):
    """One category with two kinds of defects, two pictures each, and good test pictures."""
    rng, root = np.random.default_rng(0), folder / category
    for number in range(learnt):
        picture(root / f"train/good/{number:03}.png", _nut(rng, side))
    for kind in ("crack", "good", "hole"):
        for number in range(tested):
            image, mask = _nut(rng, side), np.zeros((side, side))
            if kind != "good":
                where = np.s_[10:14, 4:28] if kind == "crack" else np.s_[16:26, 16:26]
                image[where], mask[where] = (250, 0, 0), 255
                picture(root / f"ground_truth/{kind}/{number:03}_mask.png", mask)
            picture(root / f"test/{kind}/{number:03}.png", image)
    return folder


def _nut(rng, side):
    image = np.full((side, side, 3), 40) + rng.integers(0, 20, (side, side, 1))
    image[8:24, 8:24] = (120, 80, 40)
    return image
