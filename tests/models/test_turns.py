"""Parts that note where they are sent, in place of a device of little memory."""

import pytest
import torch

from bench.models.turns import Turns


class Noted(torch.nn.Linear):
    """A layer that says where it is asked to go and stays where it is."""

    def __init__(self, name, log):
        super().__init__(1, 1)
        self.name, self.log = name, log

    def to(self, device):
        assert not torch.is_inference_mode_enabled()
        self.log.append((self.name, device))
        return self


@pytest.fixture
def log():
    return []


@pytest.fixture
def parts(log):
    return [Noted(name, log) for name in ("unet", "vae")]


def test_without_offloading_all_parts_are_there_from_the_start(parts, log):
    turns = Turns("cuda", offloaded=False)
    for part in (turns.given(part) for part in parts):
        turns.take(part)
    assert log == [("unet", "cuda"), ("vae", "cuda")]


def test_one_part_is_there_at_a_time(parts, log):
    turns = Turns("cuda", offloaded=True)
    unet, vae = (turns.given(part) for part in parts)
    with torch.inference_mode():
        for part in (unet, unet, vae, unet):
            assert turns.take(part) is part
    assert log == [
        ("unet", "cuda"),
        ("unet", "cpu"),
        ("vae", "cuda"),
        ("vae", "cpu"),
        ("unet", "cuda"),
    ]


def test_on_the_cpu_nobody_moves_again(parts, log):
    turns = Turns("cpu", offloaded=True)
    unet, vae = (turns.given(part) for part in parts)
    for part in (unet, vae, unet):
        assert turns.take(part) is part
    assert log == [("unet", "cpu"), ("vae", "cpu")]
