"""Grad-CAM (Selvaraju et al. 2017) for every latent of a posterior, after Liu et al. 2020 (arXiv 1911.07389), equations 1 and 2.

One backward pass for all latents and pictures. Pictures of a batch do not see each other as long as the encoder keeps them apart.
"""

from typing import TYPE_CHECKING

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


def latent_maps(mean: "torch.Tensor", activations: "torch.Tensor", create_graph: bool = False) -> "torch.Tensor":
    """Attention of each latent, (n, latents, height, width), at least 0: ReLU of the pooled, weighted activations.

    `mean` (n, latents) must have been computed from `activations` (n, channels, height, width). With `create_graph` a loss on the
    maps reaches the encoder both through the activations and through the weights of the channels.
    """
    return weighted(gradients(mean, activations, create_graph), activations, pooled=True).relu()


def enlarged(maps: "torch.Tensor", height: int, width: int) -> "torch.Tensor":
    """Maps (n, latents, ...) at the size of the pictures, bilinear."""
    from torch.nn.functional import interpolate

    return interpolate(maps, size=(height, width), mode="bilinear", align_corners=False)
