import hashlib

import pytest
import yaml

from bench.errors import ConfigError
from bench.freeze import freeze
from bench.models.baseline import Baseline

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


def test_several_models_at_once_are_refused(away):
    with pytest.raises(ConfigError, match="2 cells"):
        freeze(("model=beta_vae_small", "seed=0,1"), away)


def test_a_model_without_training_is_refused(away):
    with pytest.raises(ConfigError, match="not trained"):
        freeze(("model=exact_panel",), away)
