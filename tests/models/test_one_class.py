import numpy as np
import pytest
import torch

from bench.attention.opened import Openable
from bench.errors import ConfigError
from bench.interfaces import GenerativeModel
from bench.models.annealing import Annealing
from bench.models.beta_vae import BetaVAE
from bench.models.networks import ConvNetwork
from bench.models.one_class import OneClassVAE
from bench.models.residual_network import ResidualNetwork
from bench.models.training import Training
from tests.attention.blocks import BLOCKS

RESIDUAL = ResidualNetwork(latents=3, width=4, decoder_hidden=8, decoder_channels=(8, 4))


def generator(network=RESIDUAL, steps=4):
    training = Training(
        steps=steps, batch=8, learning_rate=0.01, cooldown=0.0, precision="float32", save_every=2, threads=1, device="cpu"
    )
    vae = BetaVAE(beta=1.0, annealing=Annealing(factor=1.0, share=1.0), network=network, training=training, batch_size=16)
    return OneClassVAE(of=vae)


@pytest.fixture(scope="module")
def trained(tmp_path_factory):
    made = generator()
    return made.load(BLOCKS, made.fit(BLOCKS, 0, tmp_path_factory.mktemp("residual")))


def test_all_latents_are_one_unit(trained):
    [unit] = trained.units
    assert (unit.name, unit.latents) == ("one_class", (0, 1, 2))
    assert isinstance(trained, GenerativeModel)
    assert isinstance(trained, Openable)


def test_codes_and_pictures_have_their_shapes(trained):
    codes = trained.codes(np.arange(5))
    assert codes.shape == (5, 3)
    assert trained.render(np.arange(5), codes).shape == (5, 1, 16, 16)


def test_a_run_that_was_stopped_goes_on_to_the_same_weights_statistics_of_batches_too(tmp_path):
    for name in ("whole", "stopped"):
        (tmp_path / name).mkdir()
    whole = generator().fit(BLOCKS, 0, tmp_path / "whole")
    with pytest.raises(Stopped):
        stopping(after=3).fit(BLOCKS, 0, tmp_path / "stopped")
    again = generator().fit(BLOCKS, 0, tmp_path / "stopped")
    assert any("running_mean" in name for name in whole)
    for name, value in whole.items():
        np.testing.assert_array_equal(again[name], value)


class Stopped(Exception):
    """Somebody pulled the plug."""


def stopping(after):
    """The generator, but the plug is pulled in the step after this many."""
    left = iter(range(after))

    class Cut:
        def __call__(self, dataset, seed):
            network = RESIDUAL(dataset, seed)
            network["encoder"].register_forward_pre_hook(self.count)
            return network

        def count(self, *given):
            if next(left, None) is None:
                raise Stopped

        latents = 3

    return generator(network=Cut())


def test_resnet_18_has_its_layers():
    network = ResidualNetwork(latents=32, width=64, decoder_hidden=1024, decoder_channels=(1024, 512, 256, 128, 64, 32))
    with torch.device("meta"):
        encoder, decoder = network._encoder(3), network._decoder(3)
        assert encoder(torch.empty(1, 3, 256, 256)).shape == (1, 64)
        assert decoder(torch.empty(1, 32)).shape == (1, 3, 256, 256)
    convolutions = [module for module in encoder.modules() if isinstance(module, torch.nn.Conv2d) and module.kernel_size != (1, 1)]
    assert len(convolutions) == 17  # and a fully connected layer
    from torchvision.models import resnet18

    head = 512 * 1000 + 1000
    theirs = sum(p.numel() for p in resnet18(weights=None).parameters()) - head
    assert sum(p.numel() for p in encoder.parameters()) - (512 * 64 + 64) == theirs


def test_a_network_is_drawn_by_its_seed_alone():
    some, same, other = RESIDUAL(BLOCKS, 0).state_dict(), RESIDUAL(BLOCKS, 0).state_dict(), RESIDUAL(BLOCKS, 1).state_dict()
    assert all(torch.equal(value, same[name]) for name, value in some.items())
    assert not all(torch.equal(value, other[name]) for name, value in some.items())
    assert all(torch.isfinite(value).all() for value in some.values())


def test_a_decoder_that_misses_the_size_of_the_images_is_refused():
    with pytest.raises(ConfigError, match="3 doublings of 4 reach images of side 32, got 16"):
        ResidualNetwork(latents=3, width=4, decoder_hidden=8, decoder_channels=(8, 4, 2))(BLOCKS, 0)


@pytest.mark.parametrize(("stage", "shape"), [(1, (4, 4, 4)), (2, (8, 2, 2)), (3, (16, 1, 1)), (4, (32, 1, 1))])
@pytest.mark.parametrize("rectified", [False, True])
def test_an_encoder_of_stages_is_cut_after_a_stage_and_its_halves_make_the_whole(trained, stage, shape, rectified):
    cut, pixels = trained.opened(stage, rectified, None), torch.rand(2, 1, 16, 16)
    activations = cut.below(pixels)
    assert activations.shape[1:] == shape
    assert activations.min() >= 0
    torch.testing.assert_close(torch.cat(cut.above(activations), 1), trained.vae.network["encoder"](pixels))


def test_there_is_no_fifth_stage(trained):
    with pytest.raises(ConfigError, match=r"expected 0 \(the pixels\) to 4"):
        trained.opened(5, True, None)


def test_an_encoder_drawn_anew_is_another_one_and_the_model_stays(trained):
    pixels = torch.rand(2, 1, 16, 16)
    before = trained.opened(2, True, None).below(pixels)
    anew = trained.opened(2, True, 7).below(pixels)
    assert torch.isfinite(anew).all()
    assert not torch.allclose(anew, before)
    torch.testing.assert_close(trained.opened(2, True, None).below(pixels), before)


@pytest.mark.parametrize("side", [100, 25, 13, 16])
def test_a_plain_network_takes_sides_that_do_not_halve_evenly(side):
    class Squares(type(BLOCKS)):
        def images(self, index):
            return np.zeros((len(index), 1, side, side), np.uint8)

    network = ConvNetwork(latents=3, channels=(4, 6, 8), encoder_hidden=(8,), decoder_hidden=(8,))(Squares(), 0)
    assert network["decoder"](network["encoder"](torch.zeros(2, 1, side, side))[:, :3]).shape == (2, 1, side, side)
