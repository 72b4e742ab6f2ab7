"""Explainers that no table marks as best: they read the truth, or ignore the unit."""

SPEAKING = ("oracle", "oracle_minus", "oracle_plus", "flipped", "generic", "constant", "shuffled")
