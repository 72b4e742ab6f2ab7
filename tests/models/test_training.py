import sys
from contextlib import suppress

import numpy as np
import pytest
import safetensors.numpy
import torch

from bench.errors import ConfigError, DataError
from bench.models.batches import Batches, ahead
from bench.models.checkpoint import Checkpoint
from bench.models.rival import Rival

STEPS = 12  # of the small schedule; it saves every 4 steps, and an epoch has about three


class Killed(Exception):
    pass


class Pull:
    """A loss whose gradient is always 1, so that each step of Adam moves the weight by the learning rate."""

    def __call__(self, network, images, generator, done):
        return {"loss": network.weight.sum()}


class Stopping:
    """A loss that raises, or turns into `value`, at its call number `at`."""

    def __init__(self, loss, at, value=None):
        self.loss, self.at, self.value, self.calls = loss, at, value, 0

    def __call__(self, network, images, generator, done):
        self.calls += 1
        losses = self.loss(network, images, generator, done)
        if self.calls - 1 != self.at:
            return losses
        if self.value is None:
            raise Killed
        return losses | {"loss": losses["loss"] * self.value}


def train(model, dataset, scratch, seed=0, loss=None):
    scratch.mkdir(exist_ok=True)
    return model.training(model.network(dataset, seed), loss or model.loss, dataset, seed, scratch)


def same(first, second):
    assert first.keys() == second.keys()
    return all(np.array_equal(first[name], second[name]) for name in first)


@pytest.mark.parametrize("precision", ["float32", "bfloat16"])
def test_the_same_seed_gives_the_same_bits(beta_vae, squares, tmp_path, precision):
    model = beta_vae(precision=precision)
    assert same(train(model, squares, tmp_path / "a"), train(model, squares, tmp_path / "b"))


def test_another_seed_gives_other_weights(beta_vae, squares, tmp_path):
    assert not same(train(beta_vae(), squares, tmp_path / "a", 0), train(beta_vae(), squares, tmp_path / "b", 1))


def test_every_step_of_every_seed_draws_noise_of_its_own(beta_vae, squares, tmp_path):
    model, drawn = beta_vae(), []

    def recording(network, images, generator, done):
        drawn.append(generator.initial_seed())
        return model.loss(network, images, generator, done)

    for seed in (0, 1):
        train(model, squares, tmp_path / str(seed), seed, recording)
    assert len(set(drawn)) == 2 * STEPS


def test_the_loss_hears_how_much_is_done(beta_vae, squares, tmp_path):
    model, heard = beta_vae(steps=4), []

    def recording(network, images, generator, done):
        heard.append(done)
        return model.loss(network, images, generator, done)

    train(model, squares, tmp_path, loss=recording)
    assert heard == [0.0, 0.25, 0.5, 0.75]


@pytest.mark.parametrize("at", [0, *np.random.default_rng(0).choice(np.arange(1, STEPS), 5, replace=False).tolist()])
def test_an_interrupted_run_goes_on_to_the_same_bits(beta_vae, squares, tmp_path, at):
    model = beta_vae()
    with pytest.raises(Killed):
        train(model, squares, tmp_path / "a", loss=Stopping(model.loss, at))
    assert same(train(model, squares, tmp_path / "a"), train(model, squares, tmp_path / "b"))


def test_a_run_goes_on_from_its_last_checkpoint_and_not_from_the_start(beta_vae, squares, tmp_path):
    model = beta_vae()
    with pytest.raises(Killed):
        train(model, squares, tmp_path, loss=Stopping(model.loss, 10))
    counted = Stopping(model.loss, None)
    train(model, squares, tmp_path, loss=counted)
    assert counted.calls == STEPS - 8


def test_a_finished_run_is_not_run_again(beta_vae, squares, tmp_path):
    model = beta_vae()
    first = train(model, squares, tmp_path)
    assert same(train(model, squares, tmp_path, loss=Stopping(model.loss, 0)), first)


def test_a_kill_while_saving_leaves_the_checkpoint_before(beta_vae, squares, tmp_path, monkeypatch):
    model = beta_vae()
    saved, whole = [], safetensors.numpy.save_file

    def half(arrays, path, metadata):
        saved.append(path)
        if len(saved) == 2:
            path.write_bytes(b"half")
            raise Killed
        whole(arrays, path, metadata)

    monkeypatch.setattr("safetensors.numpy.save_file", half)
    with pytest.raises(Killed):
        train(model, squares, tmp_path / "a")
    assert same(train(model, squares, tmp_path / "a"), train(model, squares, tmp_path / "b"))


def test_a_full_disk_is_named(beta_vae, squares, tmp_path, monkeypatch):
    def fsync(descriptor):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", fsync)
    with pytest.raises(DataError, match="No space left on device"):
        train(beta_vae(), squares, tmp_path)


@pytest.mark.parametrize("changed", [{"steps": 13}, {"batch": 4}, {"learning_rate": 1e-3}, {"precision": "bfloat16"}])
def test_the_checkpoint_of_other_settings_is_refused(beta_vae, squares, tmp_path, changed):
    train(beta_vae(), squares, tmp_path)
    with pytest.raises(DataError, match="belongs to a run"):
        train(beta_vae(**changed), squares, tmp_path)


def test_the_checkpoint_of_another_network_is_refused(beta_vae, squares, coloured_squares, tmp_path):
    train(beta_vae(), squares, tmp_path)
    with pytest.raises(DataError, match=r"weights/encoder\.0\.weight"):
        train(beta_vae(), coloured_squares, tmp_path)


def test_a_damaged_checkpoint_is_refused(beta_vae, squares, tmp_path):
    train(beta_vae(), squares, tmp_path)
    path = tmp_path / "checkpoint.safetensors"
    path.write_bytes(path.read_bytes()[:-1])
    with pytest.raises(DataError, match="delete it"):
        train(beta_vae(), squares, tmp_path)


@pytest.mark.parametrize("value", [float("nan"), float("inf")])
def test_a_loss_that_is_not_finite_names_its_step(beta_vae, squares, tmp_path, value):
    model = beta_vae()
    with pytest.raises(DataError, match=r"step 9 .*learning_rate"):
        train(model, squares, tmp_path, loss=Stopping(model.loss, 9, value))


def test_weights_after_a_bad_loss_are_never_saved(beta_vae, squares, tmp_path):
    model = beta_vae()
    with pytest.raises(DataError):
        train(model, squares, tmp_path / "a", loss=Stopping(model.loss, 6, float("nan")))
    assert same(train(model, squares, tmp_path / "a"), train(model, squares, tmp_path / "b"))


@pytest.mark.parametrize(("cooldown", "sum_of_rates"), [(0.0, 12.0), (0.5, 6 + 3.5), (1.0, 6.5)])
def test_the_learning_rate_falls_to_zero_over_the_cooldown(schedule, squares, tmp_path, cooldown, sum_of_rates):
    layer = torch.nn.Linear(1, 1, bias=False)
    torch.nn.init.zeros_(layer.weight)
    found = schedule(cooldown=cooldown, learning_rate=0.01)(layer, Pull(), squares, 0, tmp_path)
    assert found["weight"].item() == pytest.approx(-0.01 * sum_of_rates, rel=1e-4)


def test_a_rival_has_a_rate_of_its_own_that_falls_with_the_others(schedule, squares, tmp_path):
    class Both:
        def __call__(self, network, images, generator, done):
            return {"loss": network["rest"].weight.sum() + network["rival"].weight.sum()}

    layers = torch.nn.ModuleDict({name: torch.nn.Linear(1, 1, bias=False) for name in ("rest", "rival")})
    for layer in layers.values():
        torch.nn.init.zeros_(layer.weight)
    found = schedule(learning_rate=0.01)(layers, Both(), squares, 0, tmp_path, Rival("rival", 0.03, (0.5, 0.9)))
    assert found["rest.weight"].item() == pytest.approx(-0.01 * 9.5, rel=1e-4)
    assert found["rival.weight"].item() == pytest.approx(-0.03 * 9.5, rel=1e-4)


def test_a_rival_has_moments_of_its_own(schedule, squares, tmp_path):
    found = {}
    for betas in ((0.9, 0.999), (0.5, 0.9)):
        (tmp_path / str(betas)).mkdir()
        layers = torch.nn.ModuleDict({"rival": torch.nn.Linear(1, 1, bias=False)})
        torch.nn.init.ones_(layers["rival"].weight)

        def square(network, images, generator, done):
            return {"loss": network["rival"].weight.square().sum() * (1 - done)}

        found[betas] = schedule()(layers, square, squares, 0, tmp_path / str(betas), Rival("rival", 0.01, betas))["rival.weight"]
    assert abs(found[0.5, 0.9] - found[0.9, 0.999]) > 1e-4


def test_training_leaves_the_global_generators_alone(beta_vae, squares, tmp_path):
    torch_before, numpy_before = torch.get_rng_state(), np.random.get_state()
    train(beta_vae(), squares, tmp_path)
    assert torch.equal(torch_before, torch.get_rng_state())
    assert np.array_equal(numpy_before[1], np.random.get_state()[1])
    assert numpy_before[2] == np.random.get_state()[2]


@pytest.mark.parametrize("at", [None, 3])
def test_torch_has_as_many_threads_as_before(beta_vae, squares, tmp_path, at):
    before, model = torch.get_num_threads(), beta_vae(threads=torch.get_num_threads() + 1, steps=4)
    with suppress(Killed):
        train(model, squares, tmp_path, loss=Stopping(model.loss, at))
    assert torch.get_num_threads() == before


def test_an_unknown_device_is_a_fault_of_the_configuration(beta_vae, squares, tmp_path):
    with pytest.raises(ConfigError, match="device"):
        train(beta_vae(device="toaster"), squares, tmp_path)


def test_nothing_is_printed_where_nobody_watches(beta_vae, squares, tmp_path, capsys):
    train(beta_vae(), squares, tmp_path)
    assert capsys.readouterr() == ("", "")


def test_a_terminal_sees_the_steps(beta_vae, squares, tmp_path, capsys, monkeypatch):
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True)
    monkeypatch.setenv("TERM", "xterm")
    train(beta_vae(), squares, tmp_path)
    assert "12/12" in capsys.readouterr().err


def test_an_epoch_shows_each_image_once_and_epochs_differ_in_order(squares):
    batches = Batches(squares, 10, 0)
    first, second = np.split(np.concatenate([batches.index(step) for step in range(5)]), 2)
    assert np.array_equal(np.sort(first), np.arange(25))
    assert np.array_equal(np.sort(second), np.arange(25))
    assert not np.array_equal(first, second)


def test_a_batch_depends_on_its_step_alone(squares):
    walked = Batches(squares, 10, 0)
    for step in range(8):
        assert np.array_equal(walked.index(step), Batches(squares, 10, 0).index(step))


def test_a_batch_may_be_larger_than_the_dataset(squares):
    assert np.bincount(Batches(squares, 60, 0).index(0)).tolist().count(3) == 10


def test_steps_come_in_order_from_where_they_start():
    assert list(ahead(lambda step: step**2, 2, 5)) == [(2, 4), (3, 9), (4, 16)]


def test_no_steps_make_nothing():
    assert list(ahead(lambda step: 1 // 0, 3, 3)) == []


def test_a_fault_of_the_dataset_reaches_the_caller():
    with pytest.raises(ZeroDivisionError):
        list(ahead(lambda step: 1 // (2 - step), 0, 5))


def test_a_missing_checkpoint_means_step_zero(tmp_path):
    layer = torch.nn.Linear(1, 1)
    assert Checkpoint(tmp_path / "none", {}).restore(layer, torch.optim.Adam(layer.parameters())) == 0
