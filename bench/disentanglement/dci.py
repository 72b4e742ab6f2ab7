"""Disentanglement, completeness, informativeness (Eastwood and Williams, 2018).

The back end decides the score: classifiers give weight to codes of pure noise, so that a perfectly clean latent may get 0.8 and a
model 0.64 where regressors and ε² give 0.84. A number without its back end cannot be compared. No back end serves as truth here.
"""

from typing import Literal, NamedTuple, get_args

import numpy as np
from jaxtyping import Float, Float64, Int
from numpy import ndarray

from bench.truth.association import adjusted
from bench.truth.encoded import finite

Codes = Float[ndarray, "n latents"]
Classes = Int[ndarray, "n factors"]
Backend = Literal["adjusted_variance", "forest_regressor", "boosted_regressor", "boosted_classifier"]
BACKENDS: tuple[Backend, ...] = get_args(Backend)  # from the fastest to the slowest


class DCI(NamedTuple):
    """The three scores, each from 0 to 1 (informativeness can be below 0 for regressors), and the importances behind them."""

    backend: Backend
    disentanglement: float | None
    completeness: float | None
    informativeness: float | None
    importance: Float64[ndarray, "latents factors"]


def dci(codes: Codes, classes: Classes, sizes: tuple[int, ...], train: int, backend: Backend, seed: int) -> DCI:
    """The scores with one back end; factors that never vary (for back ends that are trained: in training) are left out.

    `adjusted_variance` takes ε² for importance and has no informativeness. The others fit one model a factor on the first `train`
    rows; informativeness is the mean R², or accuracy for `boosted_classifier`, on the rest. `boosted_classifier` is what
    disentanglement_lib does and takes minutes.
    """
    varies = np.ptp(classes if backend == "adjusted_variance" else classes[:train], axis=0) > 0
    known = classes[:, varies]
    if not varies.any():
        return DCI(backend, None, None, None, np.zeros((codes.shape[1], 0)))
    if backend == "adjusted_variance":
        importance = np.maximum(adjusted(codes, known, tuple(np.array(sizes)[varies].tolist())), 0.0)
        return DCI(backend, disentanglement(importance), completeness(importance), None, importance)
    fitted = [_fitted(finite(codes), known[:, k], train, backend, seed) for k in range(known.shape[1])]
    importance = np.stack([weights for weights, _ in fitted], axis=1)
    told = float(np.mean([score for _, score in fitted]))
    return DCI(backend, disentanglement(importance), completeness(importance), told, importance)


def disentanglement(importance: Float64[ndarray, "latents factors"]) -> float | None:
    """1 - the entropy of each latent's importances, in units of log(factors), weighted by what each latent has of the whole.

    0.0 when nothing has any importance, `None` for fewer than two factors, where no latent could mix any.
    """
    return _concentration(importance)


def completeness(importance: Float64[ndarray, "latents factors"]) -> float | None:
    """1 - the entropy of each factor's importances, in units of log(latents), weighted by what each factor has of the whole.

    0.0 when nothing has any importance, `None` without factors or for fewer than two latents.
    """
    return _concentration(importance.T)


def _concentration(importance: Float64[ndarray, "rows columns"]) -> float | None:
    total, width = importance.sum(1), importance.shape[1]
    if width < 2 or not len(importance):
        return None
    if total.sum() == 0:
        return 0.0
    parts = importance / np.where(total > 0, total, 1.0)[:, None]
    entropy = -(parts * np.log(np.where(parts > 0, parts, 1.0))).sum(1) / np.log(width)
    return float(((1 - entropy) * total).sum() / total.sum())


def _fitted(codes: Codes, target: Int[ndarray, " n"], train: int, backend: Backend, seed: int) -> tuple[ndarray, float]:
    from sklearn.ensemble import GradientBoostingClassifier, GradientBoostingRegressor, RandomForestRegressor

    makers = {
        "forest_regressor": lambda: RandomForestRegressor(min_samples_leaf=20, random_state=seed),
        "boosted_regressor": lambda: GradientBoostingRegressor(random_state=seed),
        "boosted_classifier": lambda: GradientBoostingClassifier(random_state=seed),
    }
    machine = makers[backend]().fit(codes[:train], target[:train])
    return np.abs(machine.feature_importances_), float(machine.score(codes[train:], target[train:]))
