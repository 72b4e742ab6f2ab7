"""Separated attribute predictability (Kumar et al., 2018, arXiv 1711.00848)."""

import warnings
from typing import Literal

import numpy as np
from jaxtyping import Float, Float64, Int
from numpy import ndarray

from bench.truth.encoded import finite

Codes = Float[ndarray, "n latents"]
Classes = Int[ndarray, "n factors"]


def separated_attribute_predictability(
    codes: Codes, classes: Classes, train: int, backend: Literal["linear_svc", "correlation"]
) -> float | None:
    """How far the latent that predicts a factor best is ahead of the second; mean over factors that vary (among the training rows).

    `linear_svc`: test accuracy of a support-vector classifier on one latent (C 0.01, balanced classes), as in disentanglement_lib
    for discrete factors; the first `train` rows train. `correlation`: squared correlation over all rows, for ordered factors.
    From 0 to 1; `None` when no factor varies. Codes that are not finite raise `DataError`.
    """
    varies = np.ptp(classes if backend == "correlation" else classes[:train], axis=0) > 0
    if not varies.any():
        return None
    known = classes[:, varies]
    scores = _correlations(finite(codes), known) if backend == "correlation" else _accuracies(finite(codes), known, train)
    ordered = np.sort(scores, axis=0)
    return float((ordered[-1] - (ordered[-2] if len(ordered) > 1 else 0.0)).mean())


def _correlations(codes: Codes, classes: Classes) -> Float64[ndarray, "latents factors"]:
    a, b = (x.astype(np.float64) - x.mean(0, dtype=np.float64) for x in (codes, classes))
    scale = np.square(a).sum(0)[:, None] * np.square(b).sum(0)
    return np.asarray(np.divide(np.square(a.T @ b), scale, out=np.zeros_like(scale), where=scale > 0))


def _accuracies(codes: Codes, classes: Classes, train: int) -> Float64[ndarray, "latents factors"]:
    from sklearn.exceptions import ConvergenceWarning
    from sklearn.svm import LinearSVC

    scores = np.zeros((codes.shape[1], classes.shape[1]))
    for j, k in np.ndindex(scores.shape):
        machine = LinearSVC(C=0.01, class_weight="balanced", random_state=0)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", ConvergenceWarning)
            machine.fit(codes[:train, j : j + 1], classes[:train, k])
        scores[j, k] = machine.score(codes[train:, j : j + 1], classes[train:, k])
    return scores
