import pytest
from huggingface_hub import constants
from huggingface_hub.utils import are_progress_bars_disabled
from huggingface_hub.utils.tqdm import disable_progress_bars, enable_progress_bars
from transformers.utils import logging

from bench.encoders.minilm import packaged_minilm
from bench.encoders.pretrained import model_folder, quiet
from bench.errors import ConfigError, DataError

COMMIT = "0123456789abcdef0123456789abcdef01234567"


@pytest.fixture
def offline_cache(monkeypatch, tmp_path):
    """An empty cache of the hub, and no way to the hub."""
    monkeypatch.setattr(constants, "HF_HUB_OFFLINE", True)
    monkeypatch.setattr(constants, "HF_HUB_CACHE", str(tmp_path))
    return tmp_path


def test_packaged_is_minilm():
    assert model_folder("packaged", None) == packaged_minilm()


def test_a_path_is_taken_as_it_is(tmp_path):
    (tmp_path / "model.safetensors").touch()
    assert model_folder(str(tmp_path), None) == tmp_path


def test_a_relative_path_starts_with_a_dot(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "model.safetensors").touch()
    assert model_folder("./mine", None).resolve() == tmp_path / "mine"


def test_weights_in_another_format_are_refused(tmp_path):
    (tmp_path / "pytorch_model.bin").touch()
    with pytest.raises(DataError, match="safetensors"):
        model_folder(str(tmp_path), None)


def test_a_folder_of_the_working_directory_never_shadows_a_hub_id(offline_cache, monkeypatch):
    monkeypatch.chdir(offline_cache)
    (offline_cache / "org" / "name").mkdir(parents=True)
    (offline_cache / "org" / "name" / "model.safetensors").touch()
    with pytest.raises(DataError, match="org/name"):
        model_folder("org/name", COMMIT)


def test_a_hub_model_that_is_not_there_offline_says_what_to_do(offline_cache):
    with pytest.raises(DataError, match=rf"'org/name' at revision {COMMIT}.*Go online once"):
        model_folder("org/name", COMMIT)


def test_a_hub_model_in_the_cache_needs_no_hub(offline_cache):
    snapshot = offline_cache / "models--org--name" / "snapshots" / COMMIT
    snapshot.mkdir(parents=True)
    (snapshot / "model.safetensors").touch()
    assert model_folder("org/name", COMMIT) == snapshot


def test_a_name_that_is_no_hub_id_is_a_data_error(offline_cache):
    with pytest.raises(DataError, match="too//many"):
        model_folder("too//many/parts", COMMIT)


def test_a_hub_model_needs_a_revision():
    with pytest.raises(ConfigError, match="revision"):
        model_folder("org/name", None)


@pytest.mark.parametrize("model", ["packaged", "./mine", "~/mine", "/mine"])
def test_only_a_hub_model_takes_a_revision(model):
    with pytest.raises(ConfigError, match="revision"):
        model_folder(model, COMMIT)


def test_inside_quiet_transformers_is_silent():
    with quiet():
        assert logging.get_verbosity() == logging.ERROR
        assert not logging.is_progress_bar_enabled()


def test_after_quiet_all_is_as_before_even_after_an_error():
    logging.set_verbosity_info()
    with pytest.raises(KeyError), quiet():
        raise KeyError
    assert logging.get_verbosity() == logging.INFO
    assert logging.is_progress_bar_enabled()
    logging.set_verbosity_warning()


def test_bars_of_the_hub_that_were_off_stay_off():
    disable_progress_bars()
    with quiet():
        pass
    assert are_progress_bars_disabled()
    enable_progress_bars()
