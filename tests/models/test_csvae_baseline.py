import numpy as np
import pytest
from hydra import compose, initialize_config_module
from omegaconf import OmegaConf
from probes import parts, probed

from bench.build import build


def loaded(name):
    """The dataset, and the model as it is shipped for it."""
    with initialize_config_module("bench.conf", version_base="1.3"):
        dataset = f"dataset={name}"
        config = compose("config", [dataset, f"model={name}_csvae_small_s0", "metric=[]", "runtime.threads=1"])
    data = build(OmegaConf.to_container(config.dataset, resolve=True))
    return data, build(OmegaConf.to_container(config.model.generator, resolve=True)).load(data, {})


@pytest.fixture(scope="module", params=["dsprites", "shapes3d"])
def codes(request):
    """z, w and the classes of shape and scale of pictures drawn at random."""
    dataset, model = loaded(request.param)
    drawn = np.random.default_rng(11).choice(len(dataset), 4500, replace=False)
    return *parts(model, dataset.images(drawn)), model.labels.classes(dataset, drawn)


@pytest.mark.parametrize("label", [0, 1], ids=["shape", "scale"])
def test_labels_can_be_read_off_w_and_hardly_off_z(codes, label):
    z, w, classes = codes
    of_z, of_w = (probed(part, classes[:, label]) for part in (z, w))
    assert of_w.network > 0.95
    assert max(of_z.linear, of_z.network) < of_z.chance + 0.25
    assert of_w.network - of_z.network > 0.5
    assert of_w.linear - of_z.linear > 0.4


def test_directions_of_shape_and_of_scale_are_at_right_angles():
    _, model = loaded("shapes3d")
    along = model.network.get_buffer("directions").numpy()
    unit = along / np.linalg.norm(along, axis=1, keepdims=True)
    label = np.array([attribute.label for attribute in model.labels.attributes])
    assert np.abs(unit @ unit.T)[label[:, None] != label].max() < 0.1
