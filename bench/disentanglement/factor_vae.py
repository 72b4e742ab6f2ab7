"""FactorVAE score (Kim and Mnih, 2018, arXiv 1802.05983), with the protocol of Locatello et al. (2019, arXiv 1811.12359)."""

import numpy as np
from jaxtyping import Float, Int
from numpy import ndarray

from bench.disentanglement.draws import shared_out, sharing
from bench.truth.encoded import finite


def factor_vae_score(
    codes: Float[ndarray, "n latents"],
    classes: Int[ndarray, "n factors"],
    train: int,
    test: int,
    batch: int,
    prune: float,
    seed: int,
) -> float | None:
    """Accuracy, on `test` votes, of telling the factor that `batch` pictures share from the latent that varies least among them.

    Variances are relative to the variance over all codes; latents whose standard deviation is below `prune` do not vote (0.05 in
    the published study, 0 in the code's defaults); the table from latents to factors comes from `train` votes. From 0 to 1, chance
    is about 1 over the number of factors that vary. `None` when none varies, 0.0 when no latent is left: nothing can be told.
    """
    factors = np.flatnonzero(np.ptp(classes, axis=0) > 0)
    wide = finite(codes).astype(np.float64)
    alive = np.flatnonzero((wide.std(0) >= prune) & (np.ptp(codes, axis=0) > 0))
    if not len(factors):
        return None
    if not len(alive):
        return 0.0
    scaled = (wide[:, alive] - wide[:, alive].mean(0)) / wide[:, alive].std(0)
    rng = np.random.default_rng(seed)
    table = votes(scaled, classes[:, factors], train, batch, rng)
    tested = votes(scaled, classes[:, factors], test, batch, rng)
    return float(tested[np.arange(len(alive)), table.argmax(1)].sum() / tested.sum())


def votes(
    scaled: Float[ndarray, "n latents"], classes: Int[ndarray, "n factors"], count: int, batch: int, rng: np.random.Generator
) -> Int[ndarray, "latents factors"]:
    """How often each latent varied least while each factor was shared."""
    found = np.zeros((scaled.shape[1], classes.shape[1]), np.int64)
    for k, sets in enumerate(shared_out(count, classes.shape[1], rng)):
        rows = sharing(classes[:, k]).sets(int(sets), batch, rng)
        quietest = np.concatenate([scaled[part].var(1).argmin(1) for part in np.array_split(rows, max(len(rows) // 512, 1))])
        found[:, k] = np.bincount(quietest, minlength=len(found))
    return found
