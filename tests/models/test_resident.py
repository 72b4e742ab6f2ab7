import numpy as np
import pytest
import torch

from bench.models import resident as module
from bench.models.resident import fits, images_for, resident

INDEX = np.array([7, 0, 24, 7])


@pytest.mark.parametrize("chunk", [4, 25, 100])
def test_what_is_held_is_what_the_dataset_draws(squares, monkeypatch, chunk):
    monkeypatch.setattr(module, "CHUNK", chunk)
    found = resident(squares, "cpu")(INDEX)
    assert found.dtype == torch.uint8
    assert np.array_equal(found.numpy(), squares.images(INDEX))


def test_the_processor_draws_each_batch_as_it_comes(squares):
    assert images_for(squares, "cpu") == squares.images


@pytest.mark.parametrize(("free", "held"), [(2 * 25 * 64, True), (2 * 25 * 64 - 1, False)])
def test_images_take_half_of_the_free_memory_at_most(squares, free, held):
    assert fits(squares, free) == held


@pytest.mark.parametrize(("free", "held"), [(10**6, True), (100, False)])
def test_a_gpu_holds_the_images_where_they_fit(squares, monkeypatch, free, held):
    monkeypatch.setattr("torch.cuda.mem_get_info", lambda _: (free, free))
    monkeypatch.setattr(module, "resident", lambda dataset, device: (dataset, device))
    assert images_for(squares, "cuda:0") == ((squares, "cuda:0") if held else squares.images)


def test_training_on_held_images_gives_the_same_bits(beta_vae, squares, tmp_path, monkeypatch):
    found = []
    for name in ("drawn", "held"):
        if name == "held":
            monkeypatch.setattr("bench.models.training.images_for", resident)
        (tmp_path / name).mkdir()
        found.append(beta_vae().fit(squares, 0, tmp_path / name))
    assert all(np.array_equal(found[0][name], found[1][name]) for name in found[0])
