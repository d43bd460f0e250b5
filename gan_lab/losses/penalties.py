"""What keeps a discriminator smooth: gradient penalties to add to its loss, and constraints on its weights.

The gradient penalties make no sense with BatchNorm in the discriminator: there the output on one example
depends on all of the others, and a penalty is about one example at a time.
"""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor, nn
from torch.nn.modules.conv import _ConvNd
from torch.nn.utils import parametrizations, parametrize


def _input_gradient(logits: Tensor, x: Tensor) -> Tensor:
    """The gradient of each logit by its own example, flattened to ``(B, n)`` and itself differentiable."""
    if x.dim() < 2:
        raise ValueError(f"a penalty needs examples of shape (B, ...), but got {tuple(x.shape)}")
    if not (x.requires_grad and logits.requires_grad):
        raise ValueError(
            "a gradient penalty needs logits that were computed from x with gradients on: "
            "call x.requires_grad_() first, then logits = discriminator(x)"
        )
    # One backward pass does for the whole minibatch: each logit depends on its own example alone.
    (gradient,) = torch.autograd.grad(logits.sum(), x, create_graph=True, allow_unused=True)
    if gradient is None:
        raise ValueError(
            "these logits were not computed from this x: give the very tensor the discriminator saw"
        )
    return gradient.flatten(1)


def r1(logits: Tensor, x: Tensor, gamma: float) -> Tensor:
    """gamma/2 * mean ||grad_x D(x)||^2 on real data (Mescheder et al. 2018, eq. 9).

    Compute the logits in float32, outside of autocast, and by ``net.forward`` if the network is compiled:
    compiled code has no second derivative.

    Args:
        logits: D(x), ``(B,)`` or any shape whose i-th row depends on the i-th example only.
        x: the real examples ``(B, ...)`` that D saw, requiring a gradient.
        gamma: the weight, >= 0.

    Raises:
        ValueError: gamma is negative, or the logits do not come from x with gradients on.
    """
    if not gamma >= 0:
        raise ValueError(f"gamma must be 0 or more, but got {gamma}")
    return gamma / 2 * _input_gradient(logits, x).square().sum(1).mean()


def r2(logits: Tensor, x: Tensor, gamma: float) -> Tensor:
    """:func:`r1` on fakes: gamma/2 * mean ||grad_x D(x)||^2 at x = G(z) (Mescheder et al. 2018, eq. 10).

    Give the fakes as ``G(z).detach().requires_grad_()``: the penalty is for D alone.
    """
    return r1(logits, x, gamma)


def gradient_penalty(
    critic: Callable[[Tensor], Tensor],
    real: Tensor,
    fake: Tensor,
    weight: float = 10.0,
    target: float = 1.0,
) -> Tensor:
    """weight * mean (||grad_x D(x)|| - target)^2 between real and fake (Gulrajani et al. 2017, eq. 3).

    Runs in float32 (float64 for float64 examples), also under autocast. Draws one uniform number per example
    from the default random generator of their device. Neither ``real`` nor ``fake`` receives a gradient.

    Args:
        critic: the network, or any function from examples to one logit each. A network's ``forward`` is
            called directly, past ``net.compile()``: compiled code has no second derivative.
        real, fake: examples of the same shape ``(B, ...)``.
        weight: lambda in the paper, >= 0; its own toy code takes 0.1.
        target: the slope that is asked for, >= 0; 1 in the paper.

    Raises:
        ValueError: shapes differ, or weight or target is negative.
    """
    if real.shape != fake.shape:
        raise ValueError(
            f"the gradient penalty mixes each real example with one fake, but got {tuple(real.shape)} real "
            f"and {tuple(fake.shape)} fake: give two batches of the same shape"
        )
    if not (weight >= 0 and target >= 0):
        raise ValueError(f"weight and target must be 0 or more, but got weight={weight} and target={target}")
    forward = getattr(critic, "forward", critic)
    real, fake = (x.detach().to(torch.promote_types(x.dtype, torch.float32)) for x in (real, fake))
    with torch.autocast(real.device.type, enabled=False):
        share = torch.rand(len(real), *[1] * (real.dim() - 1), dtype=real.dtype, device=real.device)
        x = torch.lerp(fake, real, share).requires_grad_()
        slopes = torch.linalg.vector_norm(_input_gradient(forward(x), x), dim=1)
        return weight * (slopes - target).square().mean()


@torch.no_grad()
def clip_weights(net: nn.Module, c: float) -> None:
    """Clips every parameter to [-c, c] in place, after a critic update (Arjovsky et al. 2017, algorithm 1).

    Raises:
        ValueError: c is not positive.
    """
    if not c > 0:
        raise ValueError(f"c must be positive, but got {c}; the paper takes 0.01")
    for parameter in net.parameters():
        parameter.clamp_(-c, c)


def spectral_norm(net: nn.Module) -> nn.Module:
    """Divides every layer's weight by its largest singular value (Miyato et al. 2018, eq. 8).

    Changes every convolution and linear layer in place and returns the network; do it before the optimiser is
    made. Each forward pass in training mode takes one step of power iteration; in evaluation mode nothing
    changes. A convolution's weight counts as the matrix (output channels, all the rest), as in the paper.
    Layers that are normalised already are left alone. The first singular vectors are drawn from the default
    random generator.

    Raises:
        ValueError: there is no such layer.
    """
    layers = [m for m in net.modules() if isinstance(m, (nn.Linear, _ConvNd))]
    if not layers:
        raise ValueError(
            f"{type(net).__name__} has no convolution or linear layer whose weight could be normalised"
        )
    for layer in layers:
        if not parametrize.is_parametrized(layer, "weight"):
            parametrizations.spectral_norm(layer)
    return net
