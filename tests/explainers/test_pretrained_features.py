import sys

import numpy as np
import pytest

from bench.attention.pictures import ToInspect
from bench.errors import ConfigError, DataError
from bench.explainers.pretrained_features import PretrainedFeatures
from bench.models.one_class import Whole
from tests.attention.blocks import vae
from tests.explainers.test_anomaly_maps import THINGS


def made(**changes):
    fields = {
        "pictures": ToInspect(),
        "method": "padim",
        "backbone": "resnet18",
        "layers": ("layer1", "layer2"),
        "pretrained": False,
        "normal": 10,
        "coreset": 0.2,
        "side": 32,
        "device": "cpu",
        "threads": 1,
        "batch_size": 4,
    }
    return PretrainedFeatures(**(fields | changes))


def test_without_anomalib_the_message_says_how_to_install_it(monkeypatch):
    monkeypatch.setitem(sys.modules, "anomalib", None)
    with pytest.raises(ConfigError, match=r"pip install 'latentbench\[anomalib\]'"):
        made().look(Whole(vae()), THINGS, (), 0)


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("method", ["padim", "patchcore"])
def test_every_picture_to_inspect_has_a_map_that_its_seed_decides(method):
    pytest.importorskip("anomalib")
    before = np.random.get_state()[1].tolist()
    [one], [again], [other] = (made(method=method).look(Whole(vae()), THINGS, (), seed) for seed in (0, 0, 1))
    assert one.attention.maps.shape == (5, 16, 16)
    assert np.ptp(one.attention.maps) > 0
    np.testing.assert_array_equal(one.attention.maps, again.attention.maps)
    assert not np.array_equal(one.attention.maps, other.attention.maps)
    assert before == np.random.get_state()[1].tolist()


@pytest.mark.filterwarnings("ignore")
def test_weights_that_are_not_here_are_one_clear_error():
    pytest.importorskip("anomalib")
    with pytest.raises(DataError, match="expected weights of resnet18 for timm"):
        made(pretrained=True).look(Whole(vae()), THINGS, (), 0)
