"""What the moments of a picture say of the shape in it, in closed form (Hu 1962), as a network of one layer and a read-out.

The layer weights every pixel by products of its coordinates, ten channels in all, and the read-out sees nothing but the sums of the
channels: a gradient with respect to a channel is the same at every place, so that pooling it loses nothing.
"""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import torch

POWERS = tuple((p, q) for order in range(4) for p, q in zip(range(order, -1, -1), range(order + 1), strict=True))  # of across, down
FEATURES = 12  # what `features` gives, with the constant
SMALL = 1e-6


def channels(pixels: "torch.Tensor") -> "torch.Tensor":
    """(n, colours, height, width) in [0, 1] to (n, 10, height, width): brightness times across^p down^q, both from -1 to 1."""
    import torch

    height, width = pixels.shape[-2:]
    down = torch.linspace(-1, 1, height, dtype=pixels.dtype, device=pixels.device)[:, None]
    across = torch.linspace(-1, 1, width, dtype=pixels.dtype, device=pixels.device)
    weights = torch.stack([across**p * down**q for p, q in POWERS])
    return pixels.mean(1, keepdim=True) * weights


def features(activations: "torch.Tensor") -> "torch.Tensor":
    """(n, 10, height, width) to (n, 12): 1, the centre (2), the root of the area, how spread out it is, and 7 more.

    Those are moments about the centre, divided by the size: two of second order (how elongated, and which way), four of third order
    (how lopsided), and the size of the first two. A picture without anything bright has its centre in the middle.
    """
    import torch

    sums = dict(zip(POWERS, activations.sum((-2, -1)).unbind(1), strict=True))
    area = sums[0, 0] + SMALL
    m = {powers: total / area for powers, total in sums.items()}
    x, y = m[1, 0], m[0, 1]
    xx, xy, yy = m[2, 0] - x * x, m[1, 1] - x * y, m[0, 2] - y * y
    xxx = m[3, 0] - 3 * x * m[2, 0] + 2 * x**3
    xxy = m[2, 1] - 2 * x * m[1, 1] - y * m[2, 0] + 2 * x * x * y
    xyy = m[1, 2] - 2 * y * m[1, 1] - x * m[0, 2] + 2 * y * y * x
    yyy = m[0, 3] - 3 * y * m[0, 2] + 2 * y**3
    square = xx + yy + SMALL
    size = square.sqrt()
    second = [(xx - yy) / square, 2 * xy / square]
    third = [moment / size**3 for moment in (xxx, xxy, xyy, yyy)]
    pixel = 4 / (activations.shape[-2] * activations.shape[-1])  # the area of one, where the picture is 2 by 2
    found = [
        torch.ones_like(x),
        x,
        y,
        area.sqrt(),
        square / (area * pixel),
        *second,
        *third,
        second[0].square() + second[1].square(),
    ]
    return torch.stack(found, dim=1)
