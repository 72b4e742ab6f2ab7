"""How much of a label can be read off a code, on pictures that the probe was not trained on."""

from typing import NamedTuple

import numpy as np


class Probed(NamedTuple):
    """Accuracies by a linear probe and by a small network, and what always naming the most frequent class would reach."""

    linear: float
    network: float
    chance: float


def probed(codes, classes, seed=0):
    """Train both probes on the first two thirds and hold them against the rest."""
    from sklearn.linear_model import LogisticRegression
    from sklearn.neural_network import MLPClassifier
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    cut = 2 * len(codes) // 3
    machines = (
        LogisticRegression(max_iter=1000),
        MLPClassifier((64,), early_stopping=True, max_iter=200, learning_rate_init=3e-3, random_state=seed),
    )
    found = [
        make_pipeline(StandardScaler(), one).fit(codes[:cut], classes[:cut]).score(codes[cut:], classes[cut:]) for one in machines
    ]
    return Probed(*found, np.bincount(classes[cut:]).max() / (len(codes) - cut))


def parts(model, images):
    """z and w of pictures."""
    codes = model.encode(images).mean
    along = model.network.get_buffer("directions").cpu().numpy()
    count, width = along.shape
    z, beside, numbers = np.split(codes, [codes.shape[1] - count - width, codes.shape[1] - count], axis=1)
    return z, beside + numbers @ along
