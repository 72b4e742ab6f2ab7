import numpy as np
import pytest

from bench.datasets.dsprites import DSprites

pytestmark = pytest.mark.speed


def test_ten_thousand_random_images(benchmark, figure):
    dataset = DSprites()
    index = np.random.default_rng(0).integers(0, len(dataset), 10_000)
    benchmark(dataset.images, index)
    figure(f"dSprites, 10,000 random images: {benchmark.stats.stats.median:.2f} s")


def test_the_full_grid(benchmark, figure):
    dataset = DSprites()

    def stream():
        return sum(int(dataset.images(np.arange(at, at + 8192)).any()) for at in range(0, len(dataset), 8192))

    assert benchmark.pedantic(stream, rounds=1) == len(dataset) // 8192
    figure(f"dSprites, all 737,280 images: {benchmark.stats.stats.median:.1f} s")
