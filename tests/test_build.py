import pytest
from toys import Lamp, Room

from bench.build import build
from bench.errors import ConfigError

LAMP = {"_target_": "toys.Lamp", "colour": "red", "watts": 3.5, "steps": [1, 2]}
ROOM = {"_target_": "toys.Room", "lamp": LAMP, "name": "hall"}


@pytest.fixture(autouse=True)
def _allow_toys(monkeypatch):
    monkeypatch.setenv("LATENTBENCH_ALLOW", "toys")


def faults_of(node) -> list[str]:
    with pytest.raises(ConfigError) as raised:
        build(node, "room")
    return str(raised.value).splitlines()


def test_a_node_becomes_an_object_with_its_children():
    assert build(ROOM) == Room(lamp=Lamp(colour="red", watts=3.5, steps=(1, 2)), name="hall")


def test_equal_nodes_share_one_object():
    shared: dict = {}
    assert build(LAMP, "a", shared) is build(dict(reversed(LAMP.items())), "b", shared)


def test_different_nodes_do_not_share():
    shared: dict = {}
    assert build(LAMP, "a", shared) is not build(LAMP | {"watts": 4.0}, "b", shared)


def test_all_faults_are_reported_at_once():
    faults = faults_of(ROOM | {"lamp": LAMP | {"colour": "blue", "watts": "many"}, "nmae": 1})
    assert len(faults) == 3


def test_a_fault_names_key_what_was_expected_what_came():
    assert faults_of(ROOM | {"lamp": LAMP | {"colour": "blue"}}) == [
        "room.lamp.colour: Input should be 'red' or 'green', got 'blue' (str)"
    ]


def test_an_unknown_key_comes_with_the_valid_ones_and_the_nearest():
    [fault] = faults_of(LAMP | {"wats": 2})
    assert fault == "room.wats: unknown key of Lamp; did you mean 'watts'? Valid keys: colour, watts, steps"


def test_a_missing_key_is_named():
    assert "room.watts: expected a value, got none" in faults_of({k: v for k, v in LAMP.items() if k != "watts"})[0]


def test_a_number_in_quotes_is_not_a_number():
    assert "room.watts" in faults_of(LAMP | {"watts": "3.5"})[0]


@pytest.mark.parametrize("name", ["os.system", "subprocess.Popen", "benchmark.Lamp", "", 7])
def test_a_target_outside_the_allowed_packages_is_forbidden(name):
    assert "expected a class below bench, toys" in faults_of({"_target_": name})[0]


def test_a_forbidden_target_is_not_even_imported():
    import sys

    faults_of({"_target_": "antigravity.fly"})
    assert "antigravity" not in sys.modules


@pytest.mark.parametrize("name", ["toys.NotAComponent", "toys.component", "toys.Nothing", "toys.absent.Thing"])
def test_a_target_must_be_a_component(name):
    assert name in faults_of({"_target_": name})[0]


def test_only_the_environment_allows_packages(monkeypatch):
    monkeypatch.delenv("LATENTBENCH_ALLOW")
    assert "LATENTBENCH_ALLOW" in faults_of(LAMP)[0]


def test_components_are_frozen():
    with pytest.raises(AttributeError):
        build(LAMP).watts = 4.0
