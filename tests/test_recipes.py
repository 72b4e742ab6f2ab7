import pytest
import yaml
from omegaconf import OmegaConf

from bench.canonical import canonical, digest
from bench.errors import ConfigError
from bench.recipes import recipe

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


class Composed:
    """A configuration as `compose` hands it on: resolved and raw."""

    def __init__(self, **changes):
        self.raw = yaml.safe_load(CONFIG) | changes
        self.config = OmegaConf.to_container(OmegaConf.create(self.raw), resolve=True)

    def recipe(self, key):
        return recipe(self.config[key], self.raw[key], self.raw)


def test_the_runtime_never_enters_a_recipe():
    before = Composed().recipe("lamp")
    assert Composed(runtime={"device": "cuda", "folders": {"data": "/elsewhere"}}).recipe("lamp") == before
    assert set(before) == {"_target_", "colour", "watts", "steps", "version"}


def test_the_version_of_every_component_enters():
    found = Composed().recipe("room")
    assert (found["version"], found["lamp"]["version"]) == (1, 3)


def test_the_runtime_is_left_out_below_a_node_that_refers_to_another():
    assert "device" not in Composed().recipe("room")["lamp"]


def test_other_interpolations_enter_with_their_value():
    assert Composed().recipe("lamp")["watts"] == 3.5


def test_a_list_keeps_its_order():
    assert Composed().recipe("lamp")["steps"] == [1, 2]


def test_a_forbidden_target_has_no_recipe():
    with pytest.raises(ConfigError, match=r"os\.system"):
        Composed(lamp={"_target_": "os.system"}).recipe("lamp")


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
