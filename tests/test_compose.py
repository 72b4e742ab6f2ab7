import itertools

import pytest

from bench.cells import cells
from bench.compose import composer
from bench.errors import ConfigError
from bench.options import groups, help_text


def composed(*overrides: str):
    with composer(overrides) as (fixed, axes):
        return cells(fixed, axes)


def test_without_a_grid_there_is_one_cell():
    [cell] = composed("seed=3")
    assert cell.labels == {"dataset": "dsprites", "model": "exact_panel", "bias": "none", "explainer": "pixel_change", "seed": 3}


def test_commas_make_a_grid():
    labels = [cell.labels for cell in composed("bias=none,disentanglement", "seed=0,1")]
    assert [(label["bias"], label["seed"]) for label in labels] == list(itertools.product(("none", "disentanglement"), (0, 1)))


def test_a_grid_put_together_from_its_axes_is_what_hydra_composes():
    axes = {"model": ("exact_identity", "exact_group"), "bias": ("none", "combination"), "explainer": ("oracle", "pixel_change")}
    grid = composed(*(f"{axis}={','.join(options)}" for axis, options in axes.items()), "seed=0,1")
    one_by_one = [
        composed(*(f"{axis}={option}" for axis, option in zip(axes, options, strict=True)), f"seed={seed}")[0]
        for options in itertools.product(*axes.values())
        for seed in (0, 1)
    ]
    assert grid == one_by_one


def test_axes_that_meet_in_one_key_are_composed_together():
    grid = composed("explainer=latent_explainer", "client=vllm,ollama", "explainer.answers=2,3")
    found = [(cell.config["explainer"]["client"]["client"]["base_url"], cell.config["explainer"]["answers"]) for cell in grid]
    assert len(set(found)) == 4


def test_named_rows_move_axes_together():
    grid = composed("++grid={setting:{small:{model:exact_identity,seed:1},large:{model:exact_panel,seed:2}}}")
    assert [(cell.labels["model"], cell.labels["seed"]) for cell in grid] == [("exact_identity", 1), ("exact_panel", 2)]


def test_a_value_that_is_overridden_names_the_cell():
    [cell] = composed("explainer=latent_explainer", "explainer.threshold=0.25")
    assert cell.labels["explainer.threshold"] == "0.25"


@pytest.mark.parametrize("override", ["runtime.threads=1", "tracker=none", "metric=[set_f1]", "name=other"])
def test_what_cannot_change_an_explanation_does_not_name_the_cell(override):
    [cell] = composed(override)
    assert set(cell.labels) == {"dataset", "model", "bias", "explainer", "seed"}


def test_an_empty_axis_is_an_error():
    with pytest.raises(ConfigError, match=r"grid\.seed: expected a list"):
        composed("++grid={seed:[]}")


def test_every_unknown_option_is_named_at_once_with_the_valid_ones():
    with pytest.raises(ConfigError) as raised:
        composed("model=exact_identiy", "explaner=oracle", "bias=nobody")
    faults = str(raised.value).splitlines()
    assert len(faults) == 3
    assert "expected one of" in faults[0]
    assert "did you mean 'explainer'?" in faults[1]


def test_an_unknown_key_of_a_component_is_an_error():
    with pytest.raises(ConfigError, match="thresold"):
        composed("explainer.thresold=1")


def test_help_lists_every_group():
    text = help_text(("plan",))
    assert all(group in text and option in text for group, options in groups().items() for option in options)


LATENT = "explainer=latent_explainer"
WITHIN = {  # groups whose options are parts of other components
    "metric": ["metric=[{}]"],
    "traversal": ["traversal@bias.moves={}"],
    "truth": ["truth@model.truth={}"],
    "denoiser": ["model=ddpm_directions", "denoiser@model.generator.denoiser={}"],
    "basis": ["model=ddpm_directions", "basis@model.generator.basis={}"],
    "edit": ["model=ddpm_directions", "edit@model.generator.moves={}"],
    "prompt": [LATENT, "prompt@explainer.prompt={}"],
    "layout": [LATENT, "layout@explainer.layout={}"],
    "certainty": [LATENT, "certainty@explainer.certainty={}"],
    "polarity": [LATENT, "certainty@explainer.certainty=sentences", "polarity@explainer.certainty.polarity={}"],
}


@pytest.mark.parametrize(("group", "option"), [(g, o) for g, options in groups().items() for o in options if g != "experiment"])
def test_every_option_composes(group, option):
    assert composed(*(override.format(option) for override in WITHIN.get(group, [f"{group}={{}}"])))


@pytest.mark.parametrize("name", groups()["experiment"])
def test_every_experiment_composes(name):
    assert composed(f"+experiment={name}")
