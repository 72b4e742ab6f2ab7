"""How much each factor says about each code, over pictures whose factors are known: variance explained, and information.

Rows are codes, columns are factors. A constant code, or a factor with one class, has 0 everywhere. Importances of classifiers are
no substitute: they never reach zero on codes of pure noise. Codes that are not finite raise `DataError`.
"""

from typing import NamedTuple

import numpy as np
from jaxtyping import Bool, Float, Float64, Int
from numpy import ndarray

from bench.errors import DataError
from bench.truth.encoded import finite

Codes = Float[ndarray, "n latents"]
Classes = Int[ndarray, "n factors"]
Matrix = Float64[ndarray, "latents factors"]
ROUNDING = 1e-12  # nats
NULL_SAMPLE = 10_000  # points that are permuted; the null of more points is theirs, scaled


class Information(NamedTuple):
    """Mutual information in nats: as counted, with the mean of the null removed, and the null's 99th percentile."""

    raw: Matrix
    corrected: Matrix
    null: Matrix


def explained(codes: Codes, classes: Classes, sizes: tuple[int, ...]) -> Matrix:
    """η²: the part of a code's variance that lies between the classes of a factor."""
    centred = np.array(finite(codes).T, np.float64, order="C")
    centred -= centred.mean(1, keepdims=True)
    total = np.einsum("ji,ji->j", centred, centred)
    between = np.stack([_between(centred, checked(classes[:, k], size), size) for k, size in enumerate(sizes)], axis=1)
    told = _varies(codes)[:, None] & (_seen(classes, sizes) > 1)
    return np.asarray(np.divide(between, total[:, None], out=np.zeros_like(between), where=told))


def adjusted(codes: Codes, classes: Classes, sizes: tuple[int, ...]) -> Matrix:
    """ε²: η² less what chance explains, 1 - (1 - η²)(n - 1)/(n - classes seen); 0 on average for a code that says nothing."""
    plain, seen = explained(codes, classes, sizes), _seen(classes, sizes)
    found = 1 - (1 - plain) * (len(codes) - 1) / np.maximum(len(codes) - seen, 1)
    return np.asarray(np.where(_varies(codes)[:, None] & (seen > 1), found, 0.0))


def information(codes: Codes, classes: Classes, sizes: tuple[int, ...], bins: int, permutations: int, seed: int) -> Information:
    """Mutual information of each code, cut into `bins` of equal width, and each factor.

    The null permutes codes against classes. Of more than 10,000 points it takes 10,000: the excess falls as 1/n.
    """
    cut = binned(codes, bins)
    raw = counted(cut, classes, sizes, bins)
    rng = np.random.default_rng(seed)
    chosen = rng.permutation(len(cut))[:NULL_SAMPLE]
    drawn = [counted(cut[rng.permutation(chosen)], classes[chosen], sizes, bins) for _ in range(permutations)]
    null = np.stack(drawn) * (len(chosen) / len(cut))
    return Information(raw, np.maximum(raw - null.mean(0), 0.0), np.asarray(np.quantile(null, 0.99, axis=0)))


def counted(cut: Int[ndarray, "n latents"], classes: Classes, sizes: tuple[int, ...], bins: int) -> Matrix:
    """Mutual information of codes in bins (see `binned`) and factors, in nats, as counted: too high by chance."""
    latents = cut.shape[1]
    rows = np.ascontiguousarray(cut.T) + bins * np.arange(latents)[:, None]
    found = np.zeros((latents, len(sizes)))
    for k, size in enumerate(sizes):
        place = rows * size + checked(classes[:, k], size)
        joint = np.bincount(place.ravel(), minlength=latents * bins * size).reshape(latents, bins, size)
        found[:, k] = entropy(joint.sum(1)) + entropy(joint.sum(2)) - entropy(joint.reshape(latents, -1))
    return np.where(found > ROUNDING, found, 0.0)


def entropies(classes: Classes, sizes: tuple[int, ...]) -> Float64[ndarray, " factors"]:
    """The entropy of each factor in nats."""
    return np.array([float(entropy(np.bincount(classes[:, k], minlength=size))) for k, size in enumerate(sizes)])


def binned(codes: Codes, bins: int) -> Int[ndarray, "n latents"]:
    """The bin of each code, from 0: bins of equal width from the smallest to the largest value of each latent."""
    low, span = finite(codes).min(0), np.ptp(codes, axis=0).astype(np.float64)
    return np.asarray(np.minimum((codes - low) * (bins / np.where(span > 0, span, 1.0)), bins - 1).astype(np.int64))


def within_factors(grid: Float[ndarray, "*factors latents"]) -> Matrix:
    """The mean variance of each code within the classes of each factor, exactly, for codes of a whole grid: no index is built."""
    axes = range(grid.ndim - 1)
    wide = grid.astype(np.float64)
    total = wide.var(tuple(axes))
    return np.stack([total - wide.mean(tuple(a for a in axes if a != axis)).var(0) for axis in axes], axis=1)


def checked(column: Int[ndarray, " n"], size: int) -> Int[ndarray, " n"]:
    """The classes themselves. Raises `DataError` for a class that the factor does not have."""
    if column.min() < 0 or column.max() >= size:
        raise DataError(f"expected classes 0 to {size - 1}, got {column.min()} to {column.max()}; check the sizes of the factors")
    return column


def entropy(counts: Int[ndarray, "*rows cells"]) -> Float64[ndarray, "*rows"]:
    """The entropy of each row of counts, in nats."""
    total = counts.sum(-1)
    return np.asarray(np.log(total) - (counts * np.log(np.maximum(counts, 1))).sum(-1) / total)


def _between(centred: Float64[ndarray, "latents n"], column: Int[ndarray, " n"], size: int) -> Float64[ndarray, " latents"]:
    sums = np.stack([np.bincount(column, code, size) for code in centred])
    counts = np.bincount(column, minlength=size)
    return np.asarray((np.square(sums) / np.maximum(counts, 1)).sum(1))


def _seen(classes: Classes, sizes: tuple[int, ...]) -> Int[ndarray, " factors"]:
    """How many classes of each factor occur."""
    found = [np.count_nonzero(np.bincount(checked(classes[:, k], size), minlength=size)) for k, size in enumerate(sizes)]
    return np.array(found, np.int64)


def _varies(columns: ndarray) -> Bool[ndarray, " columns"]:
    return np.asarray(np.ptp(columns, axis=0) > 0)
