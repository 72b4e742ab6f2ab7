"""Prompts of Stable Diffusion as conditions of its directions, from a folder of random weights to rows."""

import json
from collections import Counter

import numpy as np
import pytest
from loopback import Loopback
from PIL import Image

import bench
from bench.datasets.picture_folder import PictureFolder
from bench.traversals.conditional import Conditional

PICTURES = PictureFolder(folder=None, side=16, subject="the picture")


@pytest.fixture
def tiny(diffusion_folder):
    """Overrides for which `model=stable_diffusion_directions` takes seconds."""
    return (
        f"model.generator.denoiser.model={diffusion_folder}",
        "model.generator.denoiser.revision=null",
        "model.generator.prompts=[a,b]",
        "model.generator.homes=1",
        "model.generator.grid.steps=2",
        "model.generator.basis={rank:1,spare:1,most:4}",
        "model.generator.moves.updates=1",
        "model.generator.gain=1.0",
        "model.generator.batch_size=8",
        "runtime.threads=1",
    )


@pytest.fixture
def small(tiny):
    moves = ("bias.moves.references=1", "bias.moves.held_out=1", "bias.moves.values=[-3.0,3.0]", "dataset.side=16")
    return (*tiny, *moves, "encoder@joint=scenes", "metric=[collision_rate]", "tracker=none")


@pytest.fixture
def made(tiny, tmp_path):
    def build(*more, dataset=PICTURES):
        generator = bench.load("model=stable_diffusion_directions", *tiny, *more)
        return generator.load(dataset, generator.fit(dataset, 0, tmp_path))

    return build


def strips(model, unit):
    [sheet] = Conditional(values=(0.0, 3.0), references=1, held_out=0)(model, unit, np.array([5]))
    return sheet


def test_the_experiment_goes_from_a_path_to_rows(small, benchmark_of):
    rows = benchmark_of("+experiment=stable_diffusion_prompts", "grid.explainer=[pixel_change]", *small).rows
    assert Counter((row.cell["bias"], row.unit) for row in rows) == {
        (bias, f"image0/{prompt}/v0"): 1 for bias in ("none", "conditional") for prompt in ("a", "b")
    }


def test_an_explainer_hears_the_prompt(small, benchmark_of):
    with Loopback() as server:
        chosen = ("grid.explainer=[latent_explainer]", "grid.bias=[conditional]", "client=vllm")
        where = f"client.client.base_url={server.base_url}"
        benchmark_of("+experiment=stable_diffusion_prompts", *chosen, where, *small)
        heard = [json.dumps(request.body, ensure_ascii=False) for request in server.received]
    for prompt, other in (("a", "b"), ("b", "a")):
        own = f'The condition of the first row: the picture shows \\"{prompt}\\"'
        assert any(own in text and f'shows \\"{other}\\"' not in text for text in heard)


def test_each_unit_is_moved_under_its_prompt_and_under_another(made):
    model = made()
    sheets = [strips(model, unit) for unit in model.units]
    assert [[row.held.words for row in sheet.rows] for sheet in sheets] == [
        ['the picture shows "a"', 'the picture shows "b"'],
        ['the picture shows "b"', 'the picture shows "a"'],
    ]


def test_the_rows_differ_by_what_the_prompts_do(made):
    model = made("model.generator.gain=30.0")
    sheet = strips(model, model.units[0])
    assert not np.array_equal(*sheet.images[:, 0])
    assert not np.array_equal(*sheet.images[:, 1])


def test_where_only_edits_hear_the_prompt_the_rows_start_from_one_picture(made):
    model = made("model.generator.drawn=empty", "model.generator.gain=30.0")
    sheet = strips(model, model.units[0])
    np.testing.assert_array_equal(*sheet.images[:, 0])
    assert not np.array_equal(*sheet.images[:, 1])


def test_the_direction_of_both_rows_is_that_of_the_first(made):
    model = made("model.generator.drawn=empty", "model.generator.gain=30.0")
    before = strips(model, model.units[0]).images
    model.directions[1] = 0
    np.testing.assert_array_equal(strips(model, model.units[0]).images, before)
    still = strips(model, model.units[1]).images
    np.testing.assert_array_equal(still[:, 0], still[:, 1])


def test_pictures_of_the_dataset_are_inverted_under_no_prompt(made, tmp_path):
    Image.fromarray(np.full((16, 16, 3), 200, np.uint8)).save(tmp_path / "grey.png")
    folder = PictureFolder(folder=str(tmp_path), side=16, subject="the picture")
    model = made("model.generator.start=image", "model.generator.prompts=['',a]", dataset=folder)
    assert [unit.name for unit in model.units] == ["image0/v0", "image0/a/v0"]
    np.testing.assert_array_equal(*model.homes.numpy())
