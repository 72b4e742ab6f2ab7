"""A part of a network that learns against the rest, with an Adam of its own, such as a discriminator."""

from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    import torch


class Rival(NamedTuple):
    """Which part, its learning rate, which falls as that of the others does, and the decay of the moments of its Adam."""

    part: str
    learning_rate: float
    betas: tuple[float, float]


def sides(network: "torch.nn.Module", rival: Rival | None, rate: float) -> list[dict[str, Any]]:
    """What an optimiser gets: the parameters of the rival apart from all others, each side with the rate that it `first` has."""
    theirs = list(network.get_submodule(rival.part).parameters()) if rival else []
    known = set(map(id, theirs))
    found: list[dict[str, Any]] = [{"params": [p for p in network.parameters() if id(p) not in known], "first": rate}]
    return [*found, {"params": theirs, "first": rival.learning_rate, "betas": rival.betas}] if rival else found
