import importlib
from dataclasses import fields

import pytest
import yaml

from bench.shipped import shipped

CONFIGS = sorted(shipped("conf", "tracker").glob("*.yaml"))


@pytest.mark.parametrize("path", CONFIGS, ids=lambda path: path.stem)
def test_a_tracker_is_built_from_its_config(path):
    config = yaml.safe_load(path.read_text())
    module, _, name = config.pop("_target_").rpartition(".")
    tracker = getattr(importlib.import_module(module), name)(**config)
    assert {field.name for field in fields(tracker)} == set(config)


def test_only_one_tracker_sends_anything():
    modes = {path.stem: yaml.safe_load(path.read_text()).get("mode") for path in CONFIGS}
    assert modes == {"none": None, "offline": "offline", "wandb": "online"}
