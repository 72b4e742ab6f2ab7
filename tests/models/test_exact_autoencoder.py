import numpy as np
import pytest
import torch

from bench.datasets.dsprites import DSprites
from bench.errors import ConfigError
from bench.interfaces import GenerativeModel, Generator
from bench.models.exact import ExactDecoder
from bench.models.exact_autoencoder import ExactAutoencoder
from bench.models.moments import channels, features
from bench.models.wires import Ramp
from bench.truth.effects import KnownMap
from bench.truth.encoded import Encoder

SPRITES = DSprites()


def ramp(latent, factor):
    return Ramp(latent=latent, factor=factor, low=-3.0, high=3.0, sign=1, power=1.0)


@pytest.fixture(scope="module")
def generator():
    wires = (ramp(0, "position_x"), ramp(1, "position_y"), ramp(2, "scale"))
    decoder = ExactDecoder(latents=4, wires=wires, spans={}, groups=(), conditions={}, under={})
    return ExactAutoencoder(decoder=decoder, sample=1024, device="cpu", threads=1, batch_size=64)


@pytest.fixture(scope="module")
def model(generator, tmp_path_factory):
    return generator.load(SPRITES, generator.fit(SPRITES, 0, tmp_path_factory.mktemp("fit")))


def test_it_is_a_generator_of_a_model_that_decodes_and_encodes(generator, model):
    assert isinstance(generator, Generator)
    assert isinstance(model, GenerativeModel)
    assert isinstance(model, KnownMap)
    assert isinstance(model, Encoder)


def test_the_encoder_reads_what_the_decoder_was_told(model):
    anchors = np.arange(5000, 5300)
    codes = model.codes(anchors)
    means, log_variances = model.encode(model.render(anchors, codes))
    told = [np.corrcoef(codes[:, i], means[:, i])[0, 1] ** 2 for i in range(4)]
    assert min(told[:2]) > 0.98
    assert told[2] > 0.6
    assert told[3] < 0.1  # it does nothing
    residual = (codes - means).var(0)
    np.testing.assert_allclose(residual, np.exp(log_variances[0]), rtol=0.35)


def test_moments_are_what_they_are_called():
    picture = torch.zeros(1, 1, 65, 65)
    picture[0, 0, 40:51, 30:33] = 1  # upright: centre at line 45, column 31
    one, x, y, root, _, apart, slant, *third, _ = features(channels(picture))[0].tolist()
    assert one == 1
    assert (x, y) == pytest.approx(((31 - 32) / 32, (45 - 32) / 32), abs=1e-5)
    assert root == pytest.approx(33**0.5, abs=1e-4)
    assert apart == pytest.approx(-(10 - 2 / 3) / (10 + 2 / 3), abs=1e-3)  # variances of 11 lines and 3 columns
    assert [slant, *third] == pytest.approx([0] * 5, abs=1e-3)


def test_an_empty_picture_has_finite_features_and_gradients():
    picture = torch.zeros(1, 1, 8, 8, requires_grad=True)
    found = features(channels(picture))
    found.sum().backward()
    assert torch.isfinite(found).all()
    assert torch.isfinite(picture.grad).all()


def test_its_map_of_a_position_is_brightness_times_the_distance_from_the_centre():
    """Of a read-out that is the centre across: d (sum I x / sum I) / d I = (x - centre) / sum I."""
    picture = torch.rand(1, 1, 16, 16, generator=torch.Generator().manual_seed(0))
    leaf = channels(picture).requires_grad_()
    [gradient] = torch.autograd.grad(features(leaf)[0, 1], leaf)
    across = torch.linspace(-1, 1, 16)
    area = picture.sum()
    expected = picture[0, 0] * (across - (picture[0, 0] * across).sum() / area) / area
    torch.testing.assert_close((gradient * leaf.detach()).sum(1)[0], expected, atol=1e-6, rtol=1e-4)
    torch.testing.assert_close(gradient.mean((2, 3)), gradient[:, :, 3, 5])  # pooling loses nothing


def test_it_is_cut_at_the_pixels_or_after_its_only_layer(model):
    pixels = torch.rand(2, 1, 64, 64)
    whole, cut = model.opened(0, False, None), model.opened(1, True, None)
    torch.testing.assert_close(whole.above(whole.below(pixels))[0], cut.above(cut.below(pixels))[0])
    assert cut.decode is None
    with pytest.raises(ConfigError, match="the only layer of this encoder, got 2"):
        model.opened(2, True, None)


def test_weights_are_drawn_anew_by_their_seed(model):
    pixels = torch.rand(2, 1, 64, 64)
    one, again, other = (model.opened(0, False, seed).above(pixels)[0] for seed in (1, 1, 2))
    torch.testing.assert_close(one, again)
    assert (one - other).abs().max() > 0.1
