"""All disentanglement scores of one set of codes, with the settings of Locatello et al. (2019, arXiv 1811.12359)."""

from dataclasses import dataclass, replace
from typing import Literal

import numpy as np

from bench.disentanglement.beta_vae import beta_vae_score
from bench.disentanglement.dci import Backend, dci
from bench.disentanglement.factor_vae import factor_vae_score
from bench.disentanglement.mig import mutual_information_gap
from bench.disentanglement.modularity import modularity
from bench.disentanglement.sap import separated_attribute_predictability
from bench.truth.encoded import Encoded

BINS = 20  # of equal width, wherever information is counted
TRAIN, TEST = 10_000, 5_000  # rows, votes or batches
BATCH = 64  # pictures a vote
PRUNE = 0.05  # standard deviation below which a latent has no vote
TOO_FEW = "fewer than two factors vary"

Name = Literal[
    "mig", "dci_disentanglement", "dci_completeness", "dci_informativeness", "sap", "factor_vae", "beta_vae", "modularity"
]


@dataclass(frozen=True)
class Score:
    """One score and the setting that a comparison has to share; `reason` says why a value is `None`."""

    name: Name
    value: float | None
    setting: str
    reason: str | None = None


def panel(encoded: Encoded, backend: Backend, seed: int) -> tuple[Score, ...]:
    """Every score of the same codes; rows are shuffled first, since codes of a grid come in its order.

    SAP and the back ends of DCI that are trained take two thirds of the rows for training, 10,000 at most, and half as many for
    tests. Codes that are not finite raise `DataError`.
    """
    rows = np.random.default_rng([seed, 0]).permutation(len(encoded.means))
    mixed = replace(encoded, means=encoded.means[rows], log_variances=encoded.log_variances[rows], classes=encoded.classes[rows])
    return (*_counted(mixed), *_dci(mixed, backend, seed), *_trained(mixed, seed))


def silent(backend: Backend, reason: str) -> tuple[Score, ...]:
    """The same scores where there are no codes to score."""
    told = ((name, backend if name.startswith("dci") else "") for name in Name.__args__)  # type: ignore[attr-defined]
    return tuple(Score(name, None, setting, reason) for name, setting in told)


def _counted(encoded: Encoded) -> tuple[Score, ...]:
    codes, classes, sizes = encoded.means, encoded.classes, encoded.sizes
    gap = mutual_information_gap(codes, classes, sizes, BINS)
    apart = modularity(codes, classes, sizes, BINS)
    bins = f"{BINS} bins of equal width"
    return _score("mig", gap, bins, "no factor varies"), _score("modularity", apart, bins, TOO_FEW)


def _dci(encoded: Encoded, backend: Backend, seed: int) -> tuple[Score, ...]:
    train, test = _split(len(encoded.means))
    rows = slice(None) if backend == "adjusted_variance" else slice(train + test)
    found = dci(encoded.means[rows], encoded.classes[rows], encoded.sizes, train, backend, seed)
    untold = f"{backend} predicts nothing" if backend == "adjusted_variance" else "no factor varies"
    return (
        _score("dci_disentanglement", found.disentanglement, backend, TOO_FEW),
        _score("dci_completeness", found.completeness, backend, "fewer than two latents, or no factor varies"),
        _score("dci_informativeness", found.informativeness, backend, untold),
    )


def _trained(encoded: Encoded, seed: int) -> tuple[Score, ...]:
    codes, classes = encoded.means, encoded.classes
    train, test = _split(len(codes))
    ahead = separated_attribute_predictability(codes[: train + test], classes[: train + test], train, "linear_svc")
    vote = factor_vae_score(codes, classes, TRAIN, TEST, BATCH, PRUNE, seed)
    pair = beta_vae_score(codes, classes, TRAIN, TEST, BATCH, seed)
    return (
        _score("sap", ahead, f"linear support vectors, {train:,} + {test:,} rows", "no factor varies"),
        _score("factor_vae", vote, f"{TRAIN:,} + {TEST:,} votes of {BATCH}, latents below {PRUNE} left out", "no factor varies"),
        _score("beta_vae", pair, f"{TRAIN:,} + {TEST:,} batches of {BATCH}", TOO_FEW),
    )


def _score(name: Name, value: float | None, setting: str, reason: str) -> Score:
    return Score(name, value, setting, reason if value is None else None)


def _split(rows: int) -> tuple[int, int]:
    train = min(TRAIN, 2 * rows // 3)
    return train, min(TEST, rows - train)
