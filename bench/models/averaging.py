"""A running mean of a network's weights, which draws better pictures than the last weights do (Ho et al., NeurIPS 2020)."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import torch

AVERAGE, COUNT = "average", "count"


def averaged(network: "torch.nn.Module") -> "torch.nn.Module":
    """The network as `network` of a module that also keeps the mean of its weights, in buffers, so that checkpoints hold it."""
    import torch

    module = torch.nn.Module()
    module.add_module("network", network)
    module.register_buffer(AVERAGE, flat(network))
    module.register_buffer(COUNT, torch.zeros(()))
    return module


def follow(module: "torch.nn.Module", decay: float) -> None:
    """Move the mean towards the weights as they are: by 1 − `decay`, and by more in the first updates, when it is far behind."""
    import torch

    average, count = module.get_buffer(AVERAGE), module.get_buffer(COUNT)
    kept = min(decay, (1 + float(count)) / (10 + float(count)))
    with torch.no_grad():
        average.lerp_(flat(module.get_submodule("network")), 1 - kept)
        count.add_(1)


def settled(module: "torch.nn.Module") -> "torch.nn.Module":
    """The network with the mean as its weights."""
    import torch

    network, average = module.get_submodule("network"), module.get_buffer(AVERAGE)
    with torch.no_grad():
        place = 0
        for parameter in network.parameters():
            parameter.copy_(average[place : place + parameter.numel()].view(parameter.shape))
            place += parameter.numel()
    return network


def flat(network: "torch.nn.Module") -> "torch.Tensor":
    """A copy of all weights in one row."""
    import torch

    return torch.cat([parameter.detach().reshape(-1) for parameter in network.parameters()])
