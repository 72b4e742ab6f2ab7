"""Each experiment of anomaly localisation, end to end, on tiny sets in the official layouts."""

import os
import subprocess
import sys

import pytest

from bench.reports.statistics import summarise
from tests.inspections import mnist, mvtec, ucsd

METRICS = {"pixel_auroc", "aupro", "pixel_ap", "aupimo", "defect_iou", "defect_iou_oracle"}
SMALL = METRICS - {"aupimo"} | {"aupimo_small"}
NETWORK = "model.generator.of.network"
TRAINING = "model.generator.of.training"
FAST = ("tracker=none", "runtime.threads=1", f"{TRAINING}.steps=3", f"{TRAINING}.batch=4")
FEW = "grid.explainer=[anomaly_oracle,anomaly_repo,anomaly_repo_conv1,anomaly_difference,anomaly_reconstruction,anomaly_noise]"
CONV = (f"{NETWORK}.channels=[4,6]", f"{NETWORK}.encoder_hidden=[8]", f"{NETWORK}.decoder_hidden=[8]")


def run(benchmark_of, name, *overrides):
    finished = benchmark_of(f"+experiment={name}", *FAST, *overrides)
    assert not finished.ledger.failed
    return finished


def values(finished, metric, explainer):
    return [row.value for row in finished.rows if (row.metric, row.cell["explainer"]) == (metric, explainer)]


def check(finished, metrics, cells):
    """Every cell has one row a metric with a value, which rests on something, and no arm beats the masks themselves."""
    assert len(finished.rows) == cells * len(metrics)
    assert {row.metric for row in finished.rows} == metrics
    for row in finished.rows:
        assert (row.unit, row.outcome, row.status) == ("one_class", "answered", None)
        assert set(row.keys) == {"fit", "traverse", "explain", "score"}
        assert len(row.provenance["dataset"]) == 64
        assert row.value is not None or row.metric == "aupimo"  # tiny sets have too few normal pixels for published rates
        assert row.value is None or 0 <= row.value <= 1
    for metric in metrics - {"aupimo"}:
        assert values(finished, metric, "anomaly_oracle") == pytest.approx([1.0] * len(values(finished, metric, "anomaly_oracle")))
        assert max(values(finished, metric, "anomaly_noise")) < 0.8


def test_mnist_one_class(away, benchmark_of):
    mnist(away / "data" / "mnist", deflated=True)
    check(run(benchmark_of, "mnist_one_class", *CONV, "~grid.digit.one", "grid.seed=[0]", FEW), METRICS, 6)


def test_ucsd_ped1(away, benchmark_of):
    ucsd(away / "data/ucsd/UCSD_Anomaly_Dataset.v1p2/UCSDped1")
    small = (*CONV, f"{NETWORK}.channels=[4,6,8]", "dataset.source.side=50", "dataset.trial_share=0.25")
    finished = run(benchmark_of, "ucsd_ped1", *small, FEW)
    check(finished, METRICS, 6)
    assert values(finished, "pixel_auroc", "anomaly_repo_conv1") != values(finished, "pixel_auroc", "anomaly_repo")


def test_mvtec_ad(away, benchmark_of):
    for category in ("hazelnut", "metal_nut"):
        mvtec(away / "data" / "mvtec_ad", category)
    small = (f"{NETWORK}.width=4", f"{NETWORK}.decoder_channels=[8,4,4]", f"{NETWORK}.decoder_hidden=8", "dataset.source.side=32")
    two = "grid={dataset.source.category:[hazelnut,metal_nut]}"
    finished = run(benchmark_of, "mvtec_ad", *small, two, FEW, "dataset.trial_share=0.4")
    check(finished, METRICS, 12)
    categories = summarise(finished.rows, by=("dataset.source.category", "explainer"))
    assert {summary.group["dataset.source.category"] for summary in categories} == {"hazelnut", "metal_nut"}


def test_digits_one_class(benchmark_of):
    check(run(benchmark_of, "digits_one_class", *CONV, "~grid.digit.one", "grid.seed=[0]", FEW), SMALL, 6)


def test_defects(benchmark_of):
    few = ("dataset.source.learnt=20", "dataset.source.inspected=8")
    check(run(benchmark_of, "defects", *CONV, *few, "grid.seed=[0]"), SMALL, 19)


def test_a_mask_that_is_missing_stops_the_run_with_one_message(away):
    mvtec(away / "data" / "mvtec_ad")
    (away / "data/mvtec_ad/hazelnut/ground_truth/hole/001_mask.png").unlink()
    one = ("grid={dataset.source.category:[hazelnut]}", "grid.explainer=[anomaly_paper]")
    command = [sys.executable, "-m", "bench", "+experiment=mvtec_ad", *FAST, *one]
    done = subprocess.run(command, cwd=away, capture_output=True, text=True, env=os.environ)
    assert done.returncode == 2, done.stdout + done.stderr
    assert "Traceback" not in done.stdout + done.stderr
    assert "expected a mask at data/mvtec_ad/hazelnut/ground_truth/hole/001_mask.png, found none" in done.stderr
