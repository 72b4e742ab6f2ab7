"""A synthetic campaign: score rows and unit records as a run leaves them, with answers of known quality."""

import itertools
from dataclasses import dataclass

import numpy as np
import pytest

from bench.artifacts import Condition, Effect, Explanation, ScoreRow, Truth, Unit, UnitRecord

UNIT_METRICS = ("set_f1", "sign_accuracy", "abstention_precision")
SKILL = {"oracle": 0.95, "latent_explainer": 0.75, "pixel_change": 0.65, "constant": 0.2, "shuffled": 0.15}
SAYS = {
    "position_x": "The shape moves from left to right.",
    "position_y": "The shape moves down the picture.",
    "scale": "The shape grows steadily larger.",
    "orientation": "The shape turns anticlockwise.",
}


@dataclass(frozen=True)
class Campaign:
    rows: list[ScoreRow]
    records: list[UnitRecord]


def strip(factor: str, seed: int, steps: int = 7) -> np.ndarray:
    """A bar that moves, grows or turns: rows steps channels height width."""
    up, across = np.mgrid[:64, :64].astype(float)
    frames = []
    for t in np.linspace(-1, 1, steps):
        x, y = 32 + 18 * t * (factor == "position_x"), 32 + 18 * t * (factor == "position_y") + seed
        size, angle = 1 + 0.6 * t * (factor == "scale"), 1.3 * t * (factor == "orientation")
        u = (across - x) * np.cos(angle) - (up - y) * np.sin(angle)
        v = (across - x) * np.sin(angle) + (up - y) * np.cos(angle)
        frames.append((np.abs(u) < 11 * size) & (np.abs(v) < 5 * size))
    return (np.array(frames)[None, :, None] * 255).astype(np.uint8)


def truths() -> list[Truth]:
    clean = [Truth(f"latent_{i}", "clean", (Effect(name, 0.97, 1),), "exact") for i, name in enumerate(SAYS)]
    both = Truth("latent_4", "two_factor", (Effect("position_x", 0.55, 1), Effect("scale", 0.42, -1)), "exact")
    return [*clean, both, Truth("latent_5", "inactive", (), "exact", {"share/scale": 0.001})]


def explanation(truth: Truth, explainer: str, rng: np.random.Generator) -> Explanation:
    name = truth.unit
    if explainer == "latent_explainer" and rng.random() < 0.06:
        return Explanation(name, None, failure=str(rng.choice(["timed_out", "refused"])))
    if (not truth.effects and explainer != "constant") or (explainer == "pixel_change" and rng.random() < 0.05):
        return Explanation(name, None, certainty=0.4)
    texts = [SAYS[effect.factor] for effect in truth.effects]
    right = rng.random() < SKILL[explainer]
    text = " ".join(texts) if right and texts else "The shape moves down the picture."
    drawn = (text, text, "The shape grows steadily larger.") if explainer == "latent_explainer" else (text,)
    return Explanation(name, text, drawn, certainty=0.87 if len(drawn) > 1 else None, prompt=f"What changes in {name}?")


def value(metric: str, truth: Truth, said: Explanation, explainer: str, rng: np.random.Generator) -> float | None:
    if said.outcome == "failed":
        return None
    if metric == "abstention_precision":
        return float(not truth.effects) if said.outcome == "abstained" else None
    if said.outcome == "abstained" or (metric == "sign_accuracy" and not truth.effects):
        return None
    return float(np.clip(rng.normal(SKILL[explainer], 0.2), 0, 1))


def campaign(
    models=("exact_identity", "exact_panel"),
    biases=("none", "disentanglement"),
    explainers=tuple(SKILL),
    seeds=range(5),
    seed=0,
) -> Campaign:
    rng = np.random.default_rng(seed)
    rows, records = [], []
    for model, bias, explainer, run in itertools.product(models, biases, explainers, seeds):
        cell = {"dataset": "dsprites", "model": model, "bias": bias, "explainer": explainer, "seed": run}
        for truth in truths():
            said = explanation(truth, explainer, rng)
            factor = truth.effects[0].factor if truth.effects else ""
            records.append(UnitRecord(cell, unit(truth), truth, said, strip(factor, run)))
            for metric in UNIT_METRICS:
                scored = value(metric, truth, said, explainer, rng)
                rows.append(row(cell, metric, scored, unit=truth.unit, status=truth.status, outcome=said.outcome))
        rows.append(row(cell, "label_kappa", float(rng.normal(SKILL[explainer], 0.05)), bounds=(-1.0, 1.0)))
    return Campaign(rows, records)


def unit(truth: Truth) -> Unit:
    index = int(truth.unit.split("_")[1])
    condition = Condition("the shape is a heart", (9,), (1.0,)) if index == 3 else None
    return Unit(truth.unit, (index,), condition)


def row(cell, metric, value, unit=None, status=None, outcome=None, bounds=(0.0, 1.0), higher=True) -> ScoreRow:
    keys = {"fit": "f" * 32, "explain": "e" * 32}
    return ScoreRow(cell, unit, status, outcome, metric, value, higher, bounds, keys, {"commit": "c0ffee", "latentbench": "0.1.0"})


@pytest.fixture(scope="session")
def runs() -> Campaign:
    return campaign()


@pytest.fixture(scope="session")
def make_campaign():
    return campaign


@pytest.fixture(scope="session")
def make_row():
    return row


@pytest.fixture(scope="session")
def make_strip():
    return strip
