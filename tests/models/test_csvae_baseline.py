import numpy as np
import pytest
from hydra import compose, initialize_config_module
from omegaconf import OmegaConf
from probes import parts, probed

from bench.build import build
from bench.datasets.shapes3d import Shapes3D


@pytest.fixture(scope="module")
def codes():
    """z, w and the classes of shape and scale of pictures drawn at random."""
    with initialize_config_module("bench.conf", version_base="1.3"):
        config = compose("config", ["dataset=shapes3d", "model=shapes3d_csvae_small_s0", "metric=[]", "runtime.threads=1"])
    dataset = Shapes3D()
    model = build(OmegaConf.to_container(config.model.generator, resolve=True)).load(dataset, {})
    drawn = np.random.default_rng(11).choice(len(dataset), 3000, replace=False)
    return *parts(model, dataset.images(drawn)), model.labels.classes(dataset, drawn)


@pytest.mark.parametrize("label", [0, 1], ids=["shape", "scale"])
def test_labels_can_be_read_off_w_and_hardly_off_z(codes, label):
    z, w, classes = codes
    of_z, of_w = (probed(part, classes[:, label]) for part in (z, w))
    assert of_w.network > 0.95
    assert max(of_z.linear, of_z.network) < of_z.chance + 0.25
    assert of_w.network - of_z.network > 0.5
    assert of_w.linear - of_z.linear > 0.4
