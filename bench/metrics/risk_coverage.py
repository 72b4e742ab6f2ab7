"""Risk and coverage: how often the surest answers are wrong, as more and more of them are accepted (El-Yaniv & Wiener 2010)."""

import math

import numpy as np
from jaxtyping import Float64, Int
from numpy import ndarray

from bench.metrics.certain import Certain


def risks(answers: Certain) -> Float64[ndarray, " n"]:
    """The share of wrong ones among the k surest answers, for k = 1 to n; equally sure ones count as their average."""
    order = np.argsort(-answers.certainty, kind="stable")
    wrong = 1.0 - answers.true[order]
    ends = _ends(answers.certainty[order])
    total = np.concatenate([[0.0], np.cumsum(wrong)])
    accepted = np.arange(1, len(wrong) + 1)
    found: ndarray = np.interp(accepted, np.concatenate([[0], ends]), total[np.concatenate([[0], ends])]) / accepted
    return found


def thresholds(answers: Certain) -> tuple[Float64[ndarray, " t"], Int[ndarray, " t"], Float64[ndarray, " t"]]:
    """Every certainty that occurs, from the highest, with how many answers are at least as sure and their risk."""
    falling = -np.sort(-answers.certainty)
    ends = _ends(falling)
    return falling[ends - 1], ends, risks(answers)[ends - 1]


def area(answers: Certain) -> float:
    """The mean of the risk over all coverages (Geifman et al. 2019, arXiv 1805.08206)."""
    return math.fsum(risks(answers)) / len(answers.true)


def least_area(risk: float) -> float:
    """The area of an order that puts all wrong answers last, for many answers of which a share `risk` is wrong."""
    return risk + (1 - risk) * math.log1p(-risk) if risk < 1 else 1.0


def _ends(falling: Float64[ndarray, " n"]) -> Int[ndarray, " t"]:
    """How many answers have been passed at the end of each block of equal certainties."""
    last = np.append(falling[1:] != falling[:-1], True) if len(falling) else np.zeros(0, np.bool_)
    return np.flatnonzero(last) + 1
