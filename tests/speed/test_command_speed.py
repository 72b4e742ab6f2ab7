import asyncio
import itertools
import subprocess
import sys
import time

import pytest

from bench.compose import composer
from bench.session import benchmark as run_benchmark
from bench.stages import Stages
from bench.store import Store

pytestmark = pytest.mark.speed
CELL = ("model=exact_panel", "explainer=constant", "metric=[set_f1]", "tracker=none")


def python(*arguments: str) -> None:
    subprocess.run([sys.executable, *arguments], check=True, capture_output=True)


def run(*overrides: str):
    with composer(overrides) as (fixed, axes):
        return run_benchmark(fixed, axes)


def test_help_against_a_bare_import_of_hydra(ratio, figure):
    value = ratio(lambda: python("-m", "bench", "--help"), lambda: python("-c", "import hydra"), 15)
    figure(f"`latentbench --help` / `import hydra`: {value:.2f} (aim: at most 1.5)")


def test_a_warm_run_of_the_quickstart(away, benchmark, figure):
    python("-m", "bench")
    benchmark.pedantic(lambda: python("-m", "bench"), rounds=3)
    figure(f"quickstart, everything in the store: {benchmark.stats.stats.median:.1f} s for 1,400 units with report and W&B run")


def test_framework_time_per_unit(away, benchmark, figure):
    """An explainer and a metric that take no time to speak of, over 40 sets of reference codes; traversals are there already."""
    seeds = f"seed={','.join(map(str, range(40)))}"
    run(*CELL, seeds, "until=label")
    start = time.perf_counter()
    finished = benchmark.pedantic(lambda: run(*CELL, seeds), rounds=1)
    units = len(finished.rows)
    figure(f"framework time per unit, explain + score + rows: {1e3 * (time.perf_counter() - start) / units:.2f} ms (aim: below 1)")


def test_a_grid_against_the_sum_of_its_unique_stages(away, ratio, figure):
    """24 cells over 2 models, composition included, over its stages computed one by one; each side writes to its own store."""
    models = "model=dsprites_beta_vae_s0,dsprites_beta_tcvae_s0"
    grid = (models, "bias=none,disentanglement", "explainer=pixel_change,constant", "seed=0,1,2", "runtime.threads=1")
    metrics = "metric=[set_f1,sign_accuracy,label_kappa,abstention_f1,bert_score_minilm]"
    stores = (f"store{number}" for number in itertools.count())
    whole = run(*grid, metrics, "tracker=none", f"runtime.folders.store={next(stores)}")
    assert len(whole.plan.cells) == 24
    value = ratio(
        lambda: run(*grid, metrics, "tracker=none", f"runtime.folders.store={next(stores)}"),
        lambda: asyncio.run(one_by_one(whole.plan, Stages(Store(away / next(stores))))),
        2,
    )
    figure(f"24 cells of two trained models / sum of their unique stages: {value:.3f} (aim: at most 1.05)")


async def one_by_one(plan, stages):
    for stage in plan.stages:
        output = await stages.compute(stage)
        stages.store.publish(stage.kind, stage.key, lambda folder, s=stage, o=output: stages.write(folder, s, o))
