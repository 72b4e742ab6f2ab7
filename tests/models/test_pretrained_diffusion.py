"""Pipelines that `save_pretrained` wrote, with random weights, from the path to rows; and what is wrong with others."""

import json
import shutil
from dataclasses import replace

import numpy as np
import pytest
import torch
from diffusers.models.attention_processor import Attention

import bench
from bench.datasets.picture_folder import PictureFolder
from bench.errors import ConfigError, DataError
from bench.models.ddim import Grid
from bench.models.from_diffusers import from_diffusers
from bench.models.pretrained_ddpm import PretrainedDDPM
from bench.models.pullback import Pullback
from bench.models.stable_diffusion import StableDiffusion

PICTURES = PictureFolder(folder=None, side=16, subject="the picture")
SMALL = (
    "model.generator.homes=1",
    "model.generator.grid.steps=2",
    "model.generator.edits=[0.7]",
    "model.generator.basis.rank=1",
    "model.generator.basis.spare=1",
    "model.generator.basis.most=4",
    "model.generator.moves.updates=1",
    "model.generator.gain=1.0",
    "model.generator.batch_size=8",
    "bias.moves.references=1",
    "bias.moves.held_out=1",
    "bias.moves.values=[-3.0,3.0]",
    "dataset.side=16",
    "runtime.threads=1",
)


def ddpm(folder, **changed):
    settings = {"model": str(folder), "revision": None, "precision": "float32", "grid": Grid(steps=2, last=0.0, refinements=0)}
    settings |= {"sliced": False, "device": "cpu", "threads": 1, "batch_size": 4}
    return PretrainedDDPM(**{**settings, **changed}).load(PICTURES, {})


def stable(folder, **changed):
    settings = {"model": str(folder), "revision": None, "precision": "float32", "guidance": 1.0}
    settings |= {"sliced": False, "offloaded": False, "device": "cpu"}
    return StableDiffusion(**{**settings, **changed}).load(PICTURES, {})


@pytest.fixture
def broken(ddpm_folder, tmp_path):
    """A copy of the DDPM with one of its JSON files changed."""

    def build(path, **changed):
        folder = tmp_path / "broken"
        shutil.copytree(ddpm_folder, folder)
        (folder / path).write_text(json.dumps(json.loads((folder / path).read_text()) | changed))
        return folder

    return build


def test_a_ddpm_goes_from_its_path_to_rows(ddpm_folder, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    denoiser = ("denoiser@model.generator.denoiser=ddpm_celebahq", f"model.generator.denoiser.model={ddpm_folder}")
    chosen = ("dataset=pictures", "model=ddpm_directions", "model.truth=null", "metric=[collision_rate]")
    rows = bench.run(*chosen, *denoiser, *SMALL)
    assert rows["unit"].tolist() == ["image0/v0"]


def test_a_prompt_steers_the_noise(diffusion_folder):
    model = stable(diffusion_folder)
    x = torch.ones(1, 4, 8, 8)
    told = {prompt: model.noise(x, 500, [prompt]) for prompt in ("", "a", "b")}
    assert not torch.allclose(told["a"], told["b"])
    steered = replace(model, guidance=3.0).noise(x, 500, ["a"])
    torch.testing.assert_close(steered, told[""] + 3 * (told["a"] - told[""]), atol=1e-4, rtol=1e-4)


def test_slices_change_nothing(diffusion_folder):
    whole, sliced = stable(diffusion_folder), stable(diffusion_folder, sliced=True)
    x = torch.ones(2, 4, 8, 8)
    torch.testing.assert_close(whole.noise(x, 500, ["a", "b"]), sliced.noise(x, 500, ["a", "b"]))
    np.testing.assert_allclose(whole.pictures(x).astype(int), sliced.pictures(x).astype(int), atol=1)


def test_slices_change_nothing_of_a_ddpm(ddpm_folder):
    x = torch.ones(2, 3, 16, 16)
    whole, sliced = (ddpm(ddpm_folder, sliced=sliced).noise(x, 500, ["", ""]) for sliced in (False, True))
    torch.testing.assert_close(whole, sliced)


def test_a_sliced_network_attends_one_head_of_one_picture_at_a_time(diffusion_folder, ddpm_folder):
    for model in (stable(diffusion_folder, sliced=True), ddpm(ddpm_folder, sliced=True)):
        found = [module.processor for module in model.network.modules() if isinstance(module, Attention)]
        assert found
        assert {type(processor).__name__: processor.slice_size for processor in found} == {"SlicedAttnProcessor": 1}


def test_a_sliced_auto_encoder_decodes_one_picture_at_a_time(diffusion_folder):
    model, seen = stable(diffusion_folder, sliced=True), []
    hook = model.autoencoder.decoder.register_forward_pre_hook(lambda _module, inputs: seen.append(len(inputs[0])))
    model.pictures(torch.ones(3, 4, 8, 8))
    hook.remove()
    assert seen == [1, 1, 1]


def test_slices_have_the_same_directions(diffusion_folder):
    x = torch.randn(4, 8, 8, generator=torch.Generator().manual_seed(0))
    find = Pullback(rank=2, spare=2, least=3, most=50, tolerance=1e-6, chunk=3)
    whole, sliced = (find(stable(diffusion_folder, sliced=sliced), x, 500, "a", 0) for sliced in (False, True))
    torch.testing.assert_close(whole.directions, sliced.directions, atol=1e-4, rtol=0)
    torch.testing.assert_close(whole.values, sliced.values)


def test_pictures_of_another_size_are_an_error(diffusion_folder):
    with pytest.raises(ConfigError, match=r"expected pictures of shape \(3, 16, 16\), got \(3, 8, 8\)"):
        stable(diffusion_folder).clean(np.zeros((1, 3, 8, 8), np.uint8))


def test_pictures_become_states_of_the_auto_encoder(diffusion_folder):
    with torch.no_grad():
        assert stable(diffusion_folder).clean(np.zeros((2, 3, 16, 16), np.uint8)).shape == (2, 4, 8, 8)


def test_half_precision_is_near_the_whole(ddpm_folder):
    x = torch.ones(1, 3, 16, 16)
    whole, half = (ddpm(ddpm_folder, precision=precision).noise(x, 500, [""]) for precision in ("float32", "bfloat16"))
    assert half.dtype == torch.float32
    torch.testing.assert_close(half, whole, atol=0.05, rtol=0.05)


def test_the_schedule_is_that_of_the_pipeline(ddpm_folder):
    expected = np.cumprod(1 - np.linspace(1e-4, 0.02, 1000))
    np.testing.assert_allclose(ddpm(ddpm_folder).kept, expected, rtol=1e-4)


def test_pictures_are_drawn_from_seeds(ddpm_folder):
    model = ddpm(ddpm_folder)
    drawn = model.render(np.array([3, 4, 3]), model.codes(np.array([3, 4, 3])))
    np.testing.assert_array_equal(drawn[0], drawn[2])
    assert not np.array_equal(drawn[0], drawn[1])


def test_a_model_that_predicts_something_else_is_an_error(broken):
    with pytest.raises(ConfigError, match="predicts noise"):
        ddpm(broken("scheduler/scheduler_config.json", prediction_type="v_prediction"))


def test_a_schedule_that_leaves_nothing_of_the_picture_is_an_error(broken):
    with pytest.raises(ConfigError, match="leaves a part of the picture at every time"):
        ddpm(broken("scheduler/scheduler_config.json", rescale_betas_zero_snr=True))


def test_an_unknown_scheduler_is_an_error(broken):
    with pytest.raises(ConfigError, match="got FlowMatchEulerDiscreteScheduler"):
        ddpm(broken("scheduler/scheduler_config.json", _class_name="FlowMatchEulerDiscreteScheduler"))


def test_a_network_without_a_middle_block_is_an_error(ddpm_folder, tmp_path):
    network = from_diffusers("UNet2DModel")(
        sample_size=8,
        block_out_channels=(8,),
        layers_per_block=1,
        norm_num_groups=4,
        down_block_types=("DownBlock2D",),
        up_block_types=("UpBlock2D",),
        mid_block_type=None,
    )
    shutil.copytree(ddpm_folder, tmp_path / "without")
    network.save_pretrained(tmp_path / "without" / "unet")
    with pytest.raises(ConfigError, match="without"):
        ddpm(tmp_path / "without")


def test_a_network_that_wants_more_than_a_state_and_a_prompt_is_an_error(diffusion_folder, tmp_path):
    shutil.copytree(diffusion_folder, tmp_path / "more")
    config = {**stable(diffusion_folder).network.config, "in_channels": 9}
    from_diffusers("UNet2DConditionModel").from_config(config).save_pretrained(tmp_path / "more" / "unet")
    with pytest.raises(ConfigError, match="the 4 channels of the auto-encoder and a prompt, got one for more"):
        stable(tmp_path / "more")


def test_weights_that_are_not_safetensors_are_an_error(ddpm_folder, tmp_path):
    shutil.copytree(ddpm_folder, tmp_path / "pickled")
    [weights] = (tmp_path / "pickled" / "unet").glob("*.safetensors")
    weights.rename(weights.with_suffix(".bin"))
    with pytest.raises(DataError, match="expected safetensors weights"):
        ddpm(tmp_path / "pickled")


def test_a_pipeline_without_a_scheduler_is_an_error(ddpm_folder, tmp_path):
    shutil.copytree(ddpm_folder, tmp_path / "half")
    shutil.rmtree(tmp_path / "half" / "scheduler")
    with pytest.raises(DataError, match="scheduler_config"):
        ddpm(tmp_path / "half")


def test_a_path_without_a_folder_is_an_error(tmp_path):
    with pytest.raises(DataError, match="found none"):
        ddpm(tmp_path / "nowhere")


def test_a_path_takes_no_commit(ddpm_folder):
    with pytest.raises(ConfigError, match="expected null for the path"):
        ddpm(ddpm_folder, revision="0" * 40)


@pytest.mark.parametrize("revision", [None, "main", "0" * 39])
def test_a_hub_id_wants_a_commit(revision):
    with pytest.raises(ConfigError, match="expected a commit of the hub model 'google/ddpm-ema-celebahq-256'"):
        ddpm("google/ddpm-ema-celebahq-256", revision=revision)


@pytest.mark.parametrize("option", ["ddpm_celebahq", "ddpm_church"])
def test_a_commit_is_asked_for_before_anything_runs(option):
    with pytest.raises(ConfigError, match=r"denoiser: revision: expected a commit .* got None"):
        bench.load("model=ddpm_directions", f"denoiser@model.generator.denoiser={option}")


@pytest.mark.parametrize("option", ["stable_diffusion_1_5", "stable_diffusion_2_1_base"])
def test_stable_diffusion_comes_with_a_commit(option):
    found = bench.load("model=stable_diffusion_directions", f"denoiser@model.generator.denoiser={option}").denoiser
    assert len(found.revision) == 40


def test_without_a_network_a_hub_id_is_a_clear_error(monkeypatch, tmp_path):
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_OFFLINE", True)
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_CACHE", str(tmp_path))
    with pytest.raises(DataError, match="Go online once"):
        ddpm("google/ddpm-ema-celebahq-256", revision="0" * 40)
