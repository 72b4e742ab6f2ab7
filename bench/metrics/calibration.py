"""From a certainty that is no probability, such as how far answers agree, to one that is: fitted on dev units, used on others."""

from collections.abc import Sequence
from typing import Literal

import numpy as np
from jaxtyping import Float64
from numpy import ndarray

from bench.artifacts import Case
from bench.metrics.certain import Certain, certain
from bench.metrics.dev_split import split

Calibration = Literal["none", "isotonic", "platt"]


def calibrated(cases: Sequence[Case], how: Calibration) -> Certain | None:
    """The answers of test units with their fitted certainty; with `none` all answers as they are.

    `None` when there is nothing to score, or when the dev units do not show both right and wrong answers.
    """
    if how == "none":
        every = certain(cases)
        return every if len(every.true) else None
    dev, test = (certain(part) for part in split(cases))
    if not dev.both or not len(test.true):
        return None
    fitted = isotonic(dev, test.certainty) if how == "isotonic" else platt(dev, test.certainty)
    return Certain(fitted, test.true)


def isotonic(dev: Certain, certainty: Float64[ndarray, " n"]) -> Float64[ndarray, " n"]:
    """The rising step function that is nearest to the dev outcomes by least squares (Zadrozny & Elkan 2002)."""
    from sklearn.isotonic import IsotonicRegression

    model = IsotonicRegression(y_min=0.0, y_max=1.0, out_of_bounds="clip").fit(dev.certainty, dev.true.astype(np.float64))
    return np.asarray(model.predict(certainty), np.float64)


def platt(dev: Certain, certainty: Float64[ndarray, " n"]) -> Float64[ndarray, " n"]:
    """1 / (1 + exp(-(a c + b))) of greatest likelihood on dev, with Platt's (1999) softened targets, so that it exists always."""
    from scipy.optimize import minimize
    from scipy.special import expit

    right, n = int(dev.true.sum()), len(dev.true)
    targets = np.where(dev.true, (right + 1) / (right + 2), 1 / (n - right + 2))

    def loss(line: ndarray) -> tuple[float, ndarray]:
        score = line[0] * dev.certainty + line[1]
        errors = expit(score) - targets
        return float(np.sum(np.logaddexp(0, score) - targets * score)), np.array([errors @ dev.certainty, errors.sum()])

    line = minimize(loss, np.array([0.0, 0.0]), jac=True, method="BFGS", options={"gtol": 1e-9}).x
    return np.asarray(expit(line[0] * certainty + line[1]), np.float64)
