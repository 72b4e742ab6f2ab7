import pytest
from omegaconf import OmegaConf

from bench.canonical import canonical, digest
from bench.errors import ConfigError
from bench.recipes import recipe, resolved

CONFIG = """
runtime: {device: cpu, folders: {data: /somewhere}}
lamp:
  _target_: toys.Lamp
  colour: red
  device: ${runtime.device}
  path: ${runtime.folders.data}/lamp.npz
  watts: ${power}
  steps: [1, 2]
power: 3.5
room: {_target_: toys.Room, lamp: "${lamp}"}
"""


@pytest.fixture(autouse=True)
def _allow_toys(monkeypatch):
    monkeypatch.setenv("LATENTBENCH_ALLOW", "toys")


@pytest.fixture
def config():
    return OmegaConf.create(CONFIG)


def test_the_runtime_never_enters_a_recipe(config):
    before = recipe(config.lamp)
    config.runtime = {"device": "cuda", "folders": {"data": "/elsewhere"}}
    assert recipe(config.lamp) == before
    assert set(before) == {"_target_", "colour", "watts", "steps", "version"}


def test_the_runtime_is_there_when_the_object_is_built(config):
    assert resolved(config.lamp)["path"] == "/somewhere/lamp.npz"


def test_the_version_of_every_component_enters(config):
    assert recipe(config.room)["version"] == 1
    assert recipe(config.room)["lamp"]["version"] == 3


def test_the_runtime_is_left_out_below_an_interpolated_node(config):
    assert "device" not in recipe(config.room)["lamp"]


def test_other_interpolations_enter_with_their_value(config):
    assert recipe(config.lamp)["watts"] == 3.5


def test_a_forbidden_target_has_no_recipe(config):
    config.lamp._target_ = "os.system"
    with pytest.raises(ConfigError, match=r"os\.system"):
        recipe(config.lamp)


def test_the_order_of_keys_does_not_matter():
    assert digest({"a": 1, "b": [1.5]}) == digest({"b": [1.5], "a": 1})


def test_every_value_matters():
    assert digest({"a": 1}) != digest({"a": 1.0})


@pytest.mark.parametrize("value", [float("nan"), float("inf"), object(), {1, 2}])
def test_what_is_not_json_has_no_key(value):
    with pytest.raises((ValueError, TypeError)):
        canonical({"a": value})


def test_keys_are_128_bits():
    assert len(digest({})) == 32
