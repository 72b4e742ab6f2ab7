"""Attention over the frames of a prompt: what is sent differs by the overlay and by nothing else."""

import base64
import hashlib
import io
import json
import subprocess
import sys
from dataclasses import replace

import numpy as np
import pytest
from PIL import Image

from bench.artifacts import Row, Traversal, Unit
from bench.attention.attending import Attending
from bench.attention.looking import Looking
from bench.attention.painting import coloured, painted, shares
from bench.attention.pictures import Pictures
from bench.attention.targets import Mean
from bench.build import build
from bench.cells import cells
from bench.compose import composer
from bench.errors import ConfigError
from bench.explainers.gradient_attention import GradientAttention
from bench.explainers.input_gradient import InputGradient
from bench.explainers.latent_explainer import LatentExplainer
from bench.explainers.layouts import Layout, OneSheet
from bench.explainers.occlusion import Occlusion
from bench.explainers.overlay import OnFrames, Overlaid
from bench.models.exact import ExactDecoder
from tests.attention.blocks import BLOCKS, vae
from tests.loopback import Loopback

PICTURES = Pictures(shown=4, checked=0)
GRADIENT = GradientAttention(
    looking=Looking(pictures=PICTURES, layer=2, rectified=True, redrawn=False), target=Mean(), pooled=True, positive="relu"
)
PIXELS = Looking(pictures=PICTURES, layer=0, rectified=False, redrawn=False)
SHEET = OneSheet(told="Rows.", several="Several.", frame=16, gap=4, numbers=False)
OVERLAID = Overlaid(of=SHEET, attention=GRADIENT, words="Colours.", alpha=0.5, colours=((0, 0, 200), (240, 240, 0)), heard=0.0)


def traversal(latent: int = 0, images: np.ndarray | None = None) -> Traversal:
    """Two rows of three pictures of blocks."""
    frames = BLOCKS.images(np.arange(0, 30, 5)).reshape(2, 3, 1, 16, 16) if images is None else images
    codes = np.zeros((2, 3, 3), np.float32)
    return Traversal(Unit(f"z{latent}", (latent,)), 0, codes[0, 0], codes, frames, (Row((latent,)),) * 2)


def attended(moved: Traversal, layout: Overlaid = OVERLAID) -> Traversal:
    [found] = layout.attended([moved], vae(), BLOCKS, 0)
    return found


def test_an_overlay_is_a_layout_with_words_of_its_own():
    assert isinstance(OVERLAID, Layout)
    assert (OVERLAID.told, OVERLAID.several) == ("Rows.\nColours.", "Several.")
    assert replace(OVERLAID, words="").told == "Rows."


@pytest.mark.parametrize("attention", [GRADIENT, InputGradient(looking=PIXELS), Occlusion(looking=PIXELS, patch=5, stride=3)])
def test_maps_of_frames_are_those_of_the_same_pictures_in_a_dataset(attention):
    index = PICTURES.index(BLOCKS, 0)
    looked = [said.attention.maps for said in attention.look(vae(), BLOCKS, (), 0)]
    assert isinstance(attention, OnFrames)
    assert np.allclose(attention.on_frames(vae(), BLOCKS, BLOCKS.images(index), 0).transpose(1, 0, 2, 3), looked, atol=1e-6)


def test_each_frame_has_the_map_of_its_own_latents():
    frames = traversal().images.reshape(-1, 1, 16, 16)
    maps = GRADIENT.on_frames(vae(), BLOCKS, frames, 0)
    assert np.allclose(attended(traversal(1)).attention.reshape(6, 16, 16), maps[:, 1])
    group = replace(traversal(), unit=Unit("z0+z1", (0, 1)))
    assert np.allclose(attended(group).attention.reshape(6, 16, 16), maps[:, :2].mean(1))


def test_a_unit_that_the_encoder_does_not_hear_is_sent_as_without_the_option():
    still = traversal(images=np.full((2, 3, 1, 16, 16), 7, np.uint8))
    assert attended(still, replace(OVERLAID, heard=1e-9)).attention is None
    for one, other in zip(OVERLAID.pictures(still.images, None), SHEET.pictures(still.images), strict=True):
        assert np.array_equal(one, other)


def test_a_group_is_heard_when_one_of_its_latents_is():
    frames = traversal().images.reshape(-1, 1, 16, 16)
    quiet, loud = sorted(float(v) for v in vae().encode(frames)[0][:, :2].var(0))
    between = replace(OVERLAID, heard=(quiet + loud) / 2)
    heard = [
        attended(replace(traversal(), unit=Unit("u", latents)), between).attention is not None for latents in ((0,), (1,), (0, 1))
    ]
    assert sorted(heard[:2]) == [False, True]
    assert heard[2]


def test_a_map_of_zeros_is_no_overlay():
    moved = traversal()
    [picture] = OVERLAID.pictures(moved.images, np.zeros((2, 3, 16, 16), np.float32))
    assert np.array_equal(picture, SHEET.pictures(moved.images)[0])


def test_only_pixels_that_are_looked_at_change():
    moved = traversal()
    attention = np.zeros((2, 3, 16, 16), np.float32)
    attention[1, 2, :4, :4] = 3.0
    [picture], [plain] = OVERLAID.pictures(moved.images, attention), SHEET.pictures(moved.images)
    changed = (picture != plain).any(0)
    assert changed[20:24, 40:44].all()
    assert changed.sum() == 16


def test_colours_and_opacity_by_hand():
    assert shares(np.array([[-1.0, 0.0], [1.0, 2.0]])).tolist() == [[0.0, 0.0], [0.5, 1.0]]
    assert coloured(np.array([[0.5]]), ((0, 0, 200), (240, 240, 0))).ravel().tolist() == [120, 120, 100]
    white = np.full((1, 1, 3), 255, np.uint8)
    found = painted(white, np.array([[0.0, 0.5, 1.0]]), ((0, 0, 200), (240, 240, 0)), 0.5)
    assert found[:, 0].T.tolist() == [[255, 255, 255], [221, 221, 216], [248, 248, 128]]


def test_a_model_without_an_encoder_is_a_wrong_setting():
    decoder = ExactDecoder(latents=1, wires=(), spans={}, groups=(), conditions={}, under={}).load(BLOCKS, {})
    with pytest.raises(ConfigError, match="expected a model with an encoder"):
        OVERLAID.attended([traversal()], decoder, BLOCKS, 0)


@pytest.mark.parametrize("option", ["latent_explainer_attention", "latent_explainer_attention_random"])
def test_the_shipped_options_attend_and_the_plain_one_does_not(option):
    with composer([f"explainer={option},latent_explainer", "client=vllm", "model=dsprites_beta_vae_small_s0"]) as (fixed, axes):
        given, plain = (build(cell.config["explainer"], "explainer", {}) for cell in cells(fixed, axes))
    assert isinstance(given, LatentExplainer)
    assert isinstance(given, Attending)
    assert (given.attends, plain.attends) == (True, False)
    assert given.layout.attention.looking.redrawn is option.endswith("random")


def sent(folder, server, *more):
    """By unit, the pictures that the command sent, and the wordings."""
    server.received.clear()
    base = ["model=exact_moments", "bias=disentanglement", "client=vllm", "explainer.answers=1", "metric=[set_f1]", "tracker=none"]
    where = [f"client.client.base_url={server.base_url}", "hydra.run.dir=run"]
    subprocess.run([sys.executable, "-m", "bench", *base, *more, *where], cwd=folder, check=True, stdout=subprocess.DEVNULL)
    pictures, words = {}, set()
    for received in server.received:
        text, image = received.body["messages"][0]["content"]
        picture = np.asarray(Image.open(io.BytesIO(base64.b64decode(image["image_url"]["url"].partition(",")[2]))))
        pixels = picture.transpose(2, 0, 1) if picture.ndim == 3 else picture
        pictures[hashlib.sha256(np.ascontiguousarray(pixels).data).hexdigest()] = picture
        words.add(text["text"])
    said = [json.loads(line) for line in (folder / "run" / "explanations.jsonl").read_text().splitlines()]
    return {one["unit"]: pictures.get(one["explanation"]["images"][0]) for one in said}, words


def test_the_command_sends_the_same_strips_with_the_overlay_and_dead_units_not_twice(tmp_path):
    layer = ["explainer=latent_explainer_attention", "explainer.layout.attention.looking.layer=1"]
    with Loopback() as server:
        plain, words = sent(tmp_path, server, "explainer=latent_explainer")
        over, same = sent(tmp_path, server, *layer, 'explainer.layout.words=""')
        _, told = sent(tmp_path, server, *layer)
    alive = {unit for unit, picture in over.items() if picture is not None}
    assert len(alive) == 5  # two units of seven change nothing: their request is one that was answered already
    assert words == same != told
    for unit in alive:
        grey = np.repeat(plain[unit][..., None], 3, axis=-1)
        assert over[unit].shape == grey.shape
        assert 0 < (over[unit] != grey).any(-1).mean() < 0.2
