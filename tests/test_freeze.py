import hashlib
import shlex

import pytest
import yaml

import bench
from bench.build import build
from bench.errors import ConfigError
from bench.freeze import freeze
from bench.models.baseline import Baseline
from bench.models.denoiser import Denoiser

TINY = (
    "dataset=dsprites",
    "model=beta_vae_small",
    "seed=3",
    "model.generator.training.steps=2",
    "model.generator.training.precision=float32",
    "model.truth.references=4",
    "model.truth.steps=3",
    "model.truth.sample=500",
    "model.truth.reader.bank=500",
    "model.truth.reader.passes=1",
)

TINY_DDPM = (
    "dataset=dsprites_upright",
    "model=ddpm_small",
    "model.generator.training.steps=2",
    "model.generator.training.batch=4",
    "model.generator.training.precision=float32",
    "model.generator.network.channels=[8,8,8]",
)


@pytest.fixture(scope="module")
def frozen(tmp_path_factory):
    """The root below which a tiny model was frozen."""
    root = tmp_path_factory.mktemp("frozen")
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(root)
        paths = freeze(TINY, root)
    return root, paths


def test_four_files_are_written(frozen):
    root, paths = frozen
    folder = root / "baselines" / "dsprites_beta_vae_small_s3"
    assert paths == [
        folder / "model.safetensors",
        folder / "config.yaml",
        folder / "card.md",
        root / "conf" / "model" / "dsprites_beta_vae_small_s3.yaml",
    ]
    assert sorted(folder.iterdir()) == sorted(paths[:3])


def test_the_option_names_the_weights_by_hash_and_holds_the_config(frozen):
    weights, config, _, option = frozen[1]
    node = yaml.safe_load(option.read_text())["generator"]
    assert node["_target_"] == f"{Baseline.__module__}.{Baseline.__qualname__}"
    assert node["sha256"] == hashlib.sha256(weights.read_bytes()).hexdigest()
    assert node["generator"] == yaml.safe_load(config.read_text())
    assert node["generator"]["training"]["threads"] == "${runtime.threads}"


def test_the_card_has_the_command_and_a_line_a_unit(frozen):
    text = frozen[1][2].read_text()
    assert f"latentbench freeze {' '.join(TINY)}" in text
    assert all(f"| z{i} |" in text for i in range(10))


@pytest.fixture(scope="module")
def frozen_ddpm(tmp_path_factory):
    """The root below which a tiny DDPM was frozen that a run before had trained."""
    root = tmp_path_factory.mktemp("ddpm")
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(root)
        bench.run(*TINY_DDPM, "until=fit")
        patch.setattr("bench.models.training.Training.__call__", lambda *_: pytest.fail("trained again"))
        paths = freeze(TINY_DDPM, root, "tiny")
    return root, paths


def test_a_diffusion_model_is_frozen_as_a_denoiser_without_units(frozen_ddpm):
    root, paths = frozen_ddpm
    assert paths[3:] == [root / "conf" / "model" / "tiny.yaml", root / "conf" / "denoiser" / "tiny.yaml"]
    model, denoiser = (yaml.safe_load(path.read_text()) for path in paths[3:])
    assert model == {"defaults": [{"/denoiser@generator": "tiny"}, "_self_"], "truth": None}
    assert denoiser["sha256"] == hashlib.sha256(paths[0].read_bytes()).hexdigest()


def test_the_card_of_a_diffusion_model_claims_no_meanings(frozen_ddpm):
    text = frozen_ddpm[1][2].read_text()
    assert f"latentbench freeze {shlex.join(TINY_DDPM)} --name tiny" in text
    assert "no units of its own" in text
    assert "Recovered" not in text


def test_directions_are_found_in_a_frozen_diffusion_model(frozen_ddpm, monkeypatch):
    root, paths = frozen_ddpm
    monkeypatch.setattr("bench.models.baseline.shipped", lambda *path: root.joinpath(*path))
    text = paths[4].read_text()
    for key, value in (("threads", "1"), ("device", "cpu"), ("batch_size", "8")):
        text = text.replace(f"${{runtime.{key}}}", value)
    denoiser = build(yaml.safe_load(text))
    data = bench.load("dataset=dsprites_upright")
    assert isinstance(denoiser.load(data, denoiser.fit(data, 0, root)), Denoiser)


def test_several_models_at_once_are_refused(away):
    with pytest.raises(ConfigError, match="2 cells"):
        freeze(("model=beta_vae_small", "seed=0,1"), away)


def test_a_model_without_training_is_refused(away):
    with pytest.raises(ConfigError, match="not trained"):
        freeze(("model=exact_panel",), away)
