"""How far apart two distributions on a line are: KL, Jensen-Shannon, total variation, Wasserstein-1.

The first functions take log densities on a grid and use the trapezoid rule, which is all but exact for smooth
densities that the grid covers with some ten points to the narrowest standard deviation. The others are closed
forms.
"""

from __future__ import annotations

from math import log, pi

import torch
import torch.nn.functional as F
from torch import Tensor

from gan_lab.theory.optimal import expectation

Numbers = Tensor | float


def kl(log_p: Tensor, log_q: Tensor, x: Tensor) -> Tensor:
    """KL(p || q) = E_p[log p - log q] in nats; infinite if p puts mass where q has none.

    Args:
        log_p, log_q: log densities on the grid, ``(..., m)``; -inf outside a support.
        x: the grid ``(m,)``, ascending.
    """
    return expectation(log_p, log_p - log_q, x)


def js(log_p: Tensor, log_q: Tensor, x: Tensor) -> Tensor:
    """Jensen-Shannon divergence, (KL(p || m) + KL(q || m)) / 2 with m = (p + q) / 2: 0 to log 2 nats.

    Arguments as in :func:`kl`.
    """
    log_m = torch.logaddexp(log_p, log_q) - log(2)
    return (kl(log_p, log_m, x) + kl(log_q, log_m, x)) / 2


def total_variation(log_p: Tensor, log_q: Tensor, x: Tensor) -> Tensor:
    """Half of the area between the two densities: 0 to 1. Arguments as in :func:`kl`."""
    return torch.trapezoid((log_p.exp() - log_q.exp()).abs(), x) / 2


def w1(log_p: Tensor, log_q: Tensor, x: Tensor) -> Tensor:
    """Wasserstein-1 on a line: the area between the two cumulative distributions, in the units of x.

    Arguments as in :func:`kl`.
    """
    gap = torch.cumulative_trapezoid(log_p.exp() - log_q.exp(), x)
    return torch.trapezoid(gap.abs(), x[1:])


def sample_w1(a: Tensor, b: Tensor) -> Tensor:
    """Wasserstein-1 between two samples of one size ``(n,)``: on a line, the k-th smallest goes to the k-th.

    Raises:
        ValueError: the samples are not flat or differ in size.
    """
    if a.dim() != 1 or a.shape != b.shape:
        raise ValueError(
            f"two flat samples of equal size are compared, but got {tuple(a.shape)} and {tuple(b.shape)}"
        )
    return (a.sort().values - b.sort().values).abs().mean()


def gaussian_kl(mean_p: Numbers, std_p: Numbers, mean_q: Numbers, std_q: Numbers) -> Tensor:
    """KL(p || q) of two Gaussians in nats, log(sq/sp) + (sp^2 + (mp - mq)^2) / (2 sq^2) - 1/2."""
    mean_p, std_p, mean_q, std_q = _numbers(mean_p, std_p, mean_q, std_q)
    return (std_q / std_p).log() + (std_p**2 + (mean_p - mean_q) ** 2) / (2 * std_q**2) - 0.5


def gaussian_w1(mean_p: Numbers, std_p: Numbers, mean_q: Numbers, std_q: Numbers) -> Tensor:
    """Wasserstein-1 between two Gaussians on a line: E|m + s Z|, m = mp - mq and s = sp - sq.

    The increasing map takes mp + sp z to mq + sq z, which is |m + s z| away: on average, the mean of a folded
    Gaussian. Equal stds leave |m|.
    """
    mean_p, std_p, mean_q, std_q = _numbers(mean_p, std_p, mean_q, std_q)
    m, s = mean_p - mean_q, (std_p - std_q).abs()
    ratio = m / torch.where(s == 0, 1.0, s)  # the 1 is never used, but keeps 0/0 out of the gradient
    folded = s * (2 / pi) ** 0.5 * (-(ratio**2) / 2).exp() + m * torch.erf(ratio / 2**0.5)
    return torch.where(s == 0, m.abs(), folded)


def shifted_gaussians(shift: Numbers, std: float = 1.0) -> dict[str, Tensor]:
    """Four distances between N(0, std^2) and N(shift, std^2), as the shift moves.

    Returns "kl", "js", "total_variation" and "w1", each in the shape of ``shift``. JS has no closed form:
    it is log 2 - E[softplus(d Z - d^2/2)] with d = shift/std, by quadrature.

    Raises:
        ValueError: std is not positive.
    """
    if not std > 0:
        raise ValueError(f"std must be positive, but got {std}")
    (shift,) = _numbers(shift)
    d = shift / std
    z = torch.linspace(-10, 10, 4001, dtype=d.dtype, device=d.device)
    log_normal = -(z**2) / 2 - log(2 * pi) / 2
    log_q_over_p = d[..., None] * z - d[..., None] ** 2 / 2
    return {
        "kl": d**2 / 2,
        "js": log(2) - torch.trapezoid(log_normal.exp() * F.softplus(log_q_over_p), z),
        "total_variation": torch.erf(d.abs() / 8**0.5),
        "w1": shift.abs(),
    }


def parallel_lines(theta: Numbers) -> dict[str, Tensor]:
    """Four distances between uniform distributions on two parallel lines (Arjovsky et al. 2017, example 1).

    One is (0, Z), the other (theta, Z). Unless theta = 0 they have no point in common, so that KL is
    infinite, JS log 2 and total variation 1 however near they are; only W1 = |theta| says which way to go.
    Returns the same four as :func:`shifted_gaussians`.
    """
    (theta,) = _numbers(theta)
    apart = (theta != 0).to(theta.dtype)
    return {
        "kl": torch.where(theta != 0, torch.inf, torch.zeros_like(theta)),
        "js": log(2) * apart,
        "total_variation": apart,
        "w1": theta.abs(),
    }


def _numbers(*values: Numbers) -> tuple[Tensor, ...]:
    """Plain numbers as float64 tensors; tensors as they are, in float64 too."""
    return tuple(torch.as_tensor(value, dtype=torch.float64) for value in values)
