import hashlib

import numpy as np
import pytest
from PIL import Image

from bench.datasets.dsprites import DSprites
from bench.encoders.joint import WEIGHTS, JointEncoding
from bench.errors import ConfigError, DataError
from bench.interfaces import JointEncoder, TextEncoder
from bench.shipped import shipped

TEXTS = ["a small heart on the left", "a large square at the bottom right", "an ellipse"]
FOLDER = shipped("baselines", "scenes_clip")


def encoder(**fields):
    return JointEncoding(**{"model": "scenes_clip", "pretrained": None, "sha256": None, "device": "cpu", "batch_size": 64} | fields)


@pytest.fixture(scope="module")
def scenes():
    return encoder()


@pytest.fixture(scope="module")
def pictures():
    return DSprites().images(np.arange(6) * 120_000)


def test_it_is_a_joint_encoder_and_a_text_encoder(scenes):
    assert isinstance(scenes, JointEncoder)
    assert isinstance(scenes, TextEncoder)
    np.testing.assert_array_equal(scenes(TEXTS), scenes.texts(TEXTS))


def test_rows_are_those_of_open_clip_itself(scenes, pictures):
    import open_clip
    import torch

    model, _, prepare = open_clip.create_model_and_transforms(f"local-dir:{FOLDER}")
    tokens = open_clip.get_tokenizer(f"local-dir:{FOLDER}")
    with torch.inference_mode():
        texts = model.eval().encode_text(tokens(TEXTS)).numpy()
        images = model.encode_image(torch.stack([prepare(Image.fromarray(one[0]).convert("RGB")) for one in pictures])).numpy()
    for ours, theirs in ((scenes.texts(TEXTS), texts), (scenes.images(pictures), images)):
        np.testing.assert_allclose(ours, theirs / np.linalg.norm(theirs, axis=1, keepdims=True), atol=1e-5)


def test_odd_texts_have_rows_of_length_one(scenes):
    rows = scenes.texts(["", " \n", "ÜÑÍ 拡大 🙂", "grow " * 10_000, "\x00", "."])
    np.testing.assert_allclose(np.linalg.norm(rows, axis=1), 1, atol=1e-5)


def test_pictures_have_rows_of_length_one(scenes, pictures):
    np.testing.assert_allclose(np.linalg.norm(scenes.images(pictures), axis=1), 1, atol=1e-5)


def test_grey_is_rgb_with_three_equal_channels(scenes, pictures):
    np.testing.assert_allclose(scenes.images(np.repeat(pictures, 3, axis=1)), scenes.images(pictures), atol=1e-6)


def test_pictures_of_another_size_are_resized(scenes, pictures):
    doubled = pictures.repeat(2, axis=2).repeat(2, axis=3)
    assert (np.sum(scenes.images(doubled) * scenes.images(pictures), axis=1) > 0.9).all()


def test_pictures_with_two_channels_are_refused(scenes):
    with pytest.raises(DataError, match="1 or 3 channels, got 2"):
        scenes.images(np.zeros((1, 2, 8, 8), np.uint8))


def test_equal_pictures_and_texts_are_encoded_once(pictures, monkeypatch):
    made, seen = encoder(), []
    read = JointEncoding._read
    monkeypatch.setattr(JointEncoding, "_read", lambda self, texts: seen.extend(texts) or read(self, texts))
    rows = made.texts([TEXTS[1], TEXTS[0], TEXTS[1]])
    made.texts(TEXTS[:2])
    assert sorted(seen) == sorted(TEXTS[:2])
    np.testing.assert_array_equal(rows[0], rows[2])
    twice = made.images(np.concatenate([pictures, pictures]))
    np.testing.assert_array_equal(twice[:6], twice[6:])


def test_nothing_gives_no_rows(scenes):
    assert scenes.texts([]).shape == scenes.images(np.zeros((0, 1, 64, 64), np.uint8)).shape == (0, 128)


def test_the_batch_size_moves_nothing_but_the_last_digits(scenes, pictures):
    small = encoder(batch_size=4)
    np.testing.assert_allclose(small.images(pictures), scenes.images(pictures), atol=1e-5)
    np.testing.assert_allclose(small.texts(TEXTS), scenes.texts(TEXTS), atol=1e-5)


def test_loading_prints_nothing(capfd):
    encoder().texts(["a text"])
    assert capfd.readouterr() == ("", "")


def test_the_configured_hash_is_that_of_the_shipped_weights():
    from omegaconf import OmegaConf

    configured = OmegaConf.load(shipped("conf", "encoder", "scenes.yaml")).sha256
    assert hashlib.sha256((FOLDER / WEIGHTS).read_bytes()).hexdigest() == configured


def test_the_shipped_files_are_small():
    assert sum(path.stat().st_size for path in FOLDER.iterdir()) < 8e6


def test_other_weights_are_refused():
    with pytest.raises(DataError, match="SHA-256"):
        encoder(sha256="0" * 64).texts(TEXTS)


def test_a_hash_needs_a_folder():
    with pytest.raises(ConfigError, match="sha256"):
        encoder(model="ViT-B-32", pretrained="openai", sha256="0" * 64).texts(TEXTS)


def test_a_named_model_needs_weights():
    with pytest.raises(ConfigError, match="pretrained"):
        encoder(model="ViT-B-32").texts(TEXTS)


def test_a_folder_without_weights_is_refused(tmp_path):
    for path in FOLDER.glob("*.json"):
        (tmp_path / path.name).symlink_to(path)
    with pytest.raises(DataError, match="found no file"):
        encoder(model=f"local-dir:{tmp_path}").texts(TEXTS)


@pytest.mark.parametrize(("model", "pretrained"), [("nope", "openai"), ("ViT-B-32", "nope"), ("local-dir:/nowhere", None)])
def test_an_unknown_model_is_a_data_error_that_says_what_to_do(model, pretrained):
    with pytest.raises(DataError, match=f"{model}.*"):
        encoder(model=model, pretrained=pretrained).texts(TEXTS)
