"""Grad-CAM (Selvaraju et al. 2017) for every latent of a posterior, after Liu et al. 2020 (arXiv 1911.07389), equations 1 and 2.

One forward pass for all latents. Pictures of a batch do not see each other as long as the encoder keeps them apart.
"""

from typing import TYPE_CHECKING

from bench.attention.opened import Opened, Seen, Split

if TYPE_CHECKING:
    import torch


def gradients(outputs: "torch.Tensor", activations: "torch.Tensor", create_graph: bool = False) -> "torch.Tensor":
    """d outputs[n, i] / d activations[n] as (latents, n, channels, height, width); `outputs` is (n, latents).

    With `create_graph` the result can be differentiated again, so that it can be part of a training loss. Outputs that do not
    depend on the activations have a gradient of 0.
    """
    import torch

    n, latents = outputs.shape
    if not outputs.requires_grad:
        return activations.new_zeros(latents, *activations.shape)
    each = torch.eye(latents, device=outputs.device, dtype=outputs.dtype)[:, None].expand(latents, n, latents)
    [found] = torch.autograd.grad(
        outputs,
        activations,
        each,
        retain_graph=True,
        create_graph=create_graph,
        is_grads_batched=True,
        allow_unused=True,
        materialize_grads=True,
    )
    return found


def weighted(gradient: "torch.Tensor", activations: "torch.Tensor", pooled: bool) -> "torch.Tensor":
    """Signed maps (n, latents, height, width): the sum over channels of weight x activation.

    `pooled`: the weight of a channel is the mean of its gradient over positions (Grad-CAM). Else it is the gradient at each place
    (HiResCAM, Draelos & Carin 2020, arXiv 2011.08891).
    """
    import torch

    if pooled:
        return torch.einsum("inc,nchw->nihw", gradient.mean((-2, -1)), activations)
    return torch.einsum("inchw,nchw->nihw", gradient, activations)


def signed_maps(opened: Opened, outputs: "torch.Tensor", seen: Seen, pooled: bool) -> "torch.Tensor":
    """`weighted` of the gradients of `outputs` (n, latents), which have been computed from what was `seen`."""
    import torch

    activations = seen.activations.detach()
    if pooled and opened.split is not None and outputs.requires_grad:
        return torch.einsum("inc,nchw->nihw", _channel_weights(opened.split, outputs, seen), activations)
    return weighted(gradients(outputs, seen.activations), activations, pooled)


def _channel_weights(split: Split, outputs: "torch.Tensor", seen: Seen) -> "torch.Tensor":
    """The mean over positions of the gradient, (latents, n, channels), without the backward pass of the affine step.

    That mean is the derivative along a channel that rises by 1 / positions everywhere at once, and such a rise enters what is above
    the same way in every picture. Latent by latent, since nothing but the channels is kept of a gradient.
    """
    import torch

    response = _response(split, seen.activations.detach())
    found = []
    for one in outputs.sum(0).unbind():
        [gradient] = torch.autograd.grad(one, seen.entered, retain_graph=True, allow_unused=True, materialize_grads=True)
        found.append(gradient.flatten(1) @ response)
    return torch.stack(found)


def _response(split: Split, activations: "torch.Tensor") -> "torch.Tensor":
    """By how much each value above the affine step (rows) rises with the mean of each channel."""
    import torch

    _, channels, height, width = activations.shape
    each = torch.eye(channels).to(activations)[..., None, None].expand(-1, -1, height, width)
    with torch.no_grad():
        rise = split.affine(each) - split.affine(torch.zeros_like(each[:1]))
    return rise.flatten(1).T / (height * width)


def latent_maps(mean: "torch.Tensor", activations: "torch.Tensor", create_graph: bool = False) -> "torch.Tensor":
    """Attention of each latent, (n, latents, height, width), at least 0: ReLU of the pooled, weighted activations.

    `mean` (n, latents) must have been computed from `activations` (n, channels, height, width). With `create_graph` a loss on the
    maps reaches the encoder both through the activations and through the weights of the channels.
    """
    return weighted(gradients(mean, activations, create_graph), activations, pooled=True).relu()


def enlarged(maps: "torch.Tensor", height: int, width: int) -> "torch.Tensor":
    """Maps (n, latents, ...) at the size of the pictures, bilinear: along one axis after the other, each by a product."""
    down, across = (_between(old, size, maps) for old, size in zip(maps.shape[-2:], (height, width), strict=True))
    return down @ maps @ across.T


def _between(old: int, size: int, like: "torch.Tensor") -> "torch.Tensor":
    """The share of each of `old` places in each of `size` places between them."""
    import torch
    from torch.nn.functional import interpolate

    shares = torch.eye(old).to(like)[None, None]
    return interpolate(shares, size=(size, old), mode="bilinear", align_corners=False)[0, 0]
