"""Priors to match codes to: anything that can be sampled will do, a density is not needed.

That is the point of an adversarial autoencoder: a VAE needs KL(q || p) in closed form, a discriminator needs samples
of p. Where the prior has components, a label may be tied to each (Makhzani et al. 2016, section 2.3 and figure 4).
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Protocol, runtime_checkable

import torch
from torch import Tensor

Sampler = Callable[[int], Tensor]
Device = torch.device | str


def _log_normal(x: Tensor, std: float) -> Tensor:
    """log N(x; 0, std^2), elementwise."""
    return -(x / std).square() / 2 - math.log(std) - math.log(2 * math.pi) / 2


class Prior(Protocol):
    """What an algorithm asks of a prior.

    Attributes:
        name: for cards and legends.
        dim: width of the codes.
        components: how many parts labels may be tied to; 0 for none.
    """

    name: str
    dim: int
    components: int

    def sample(self, n: int, component: Tensor | None = None, device: Device = "cpu") -> Tensor:
        """``(n, dim)`` fresh samples from the device's default generator; of the given parts, int64 ``(n,)``."""
        ...


@runtime_checkable
class Density(Prior, Protocol):
    """A prior that also knows its density, as a VAE's must."""

    def log_prob(self, z: Tensor) -> Tensor:
        """log p(z) in nats ``(B,)`` of codes ``(B, dim)``."""
        ...


class _Computed:
    """A prior that is computed where it is wanted."""

    components = 0

    def __init__(self, name: str, dim: int) -> None:
        if dim < 1:
            raise ValueError(f"a prior has at least 1 dimension, not {dim}")
        self.name, self.dim = name, dim

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.name!r}, dim={self.dim})"

    def _untied(self, component: Tensor | None) -> None:
        if component is not None:
            raise ValueError(
                f"the prior {self.name} has no components to tie labels to: take mixture or swiss-roll"
            )

    def _parts(self, n: int, component: Tensor | None, device: Device) -> Tensor:
        if component is None:
            return torch.randint(self.components, (n,), device=device)
        if len(component) != n:
            raise ValueError(f"{len(component)} components were given for {n} samples")
        return component


class Gaussian(_Computed):
    """N(0, scale^2 I); the paper's figure 2 has scale 5."""

    def __init__(self, dim: int = 2, scale: float = 1.0) -> None:
        if not scale > 0:
            raise ValueError(f"a Gaussian's scale must be above 0, not {scale}")
        super().__init__("gaussian", dim)
        self.scale = scale

    def sample(self, n: int, component: Tensor | None = None, device: Device = "cpu") -> Tensor:
        self._untied(component)
        return torch.randn(n, self.dim, device=device) * self.scale

    def log_prob(self, z: Tensor) -> Tensor:
        """log p(z) in nats ``(B,)`` of codes ``(B, dim)``."""
        return _log_normal(z, self.scale).sum(1)


class Mixture(_Computed):
    """Ten Gaussians in the plane like petals: centres on a circle, long along the radius, narrow across.

    Args:
        components: how many.
        radius: of the circle of centres.
        along, across: standard deviations along the radius and across it.
    """

    def __init__(
        self, components: int = 10, radius: float = 4.0, along: float = 1.0, across: float = 0.4
    ) -> None:
        super().__init__("mixture", 2)
        if components < 2:
            raise ValueError(f"a mixture has at least 2 components, not {components}")
        self.components, self.radius, self.along, self.across = components, radius, along, across

    def sample(self, n: int, component: Tensor | None = None, device: Device = "cpu") -> Tensor:
        angle = self._parts(n, component, device) * (2 * math.pi / self.components)
        r = self.radius + self.along * torch.randn(n, device=device)
        t = self.across * torch.randn(n, device=device)
        c, s = angle.cos(), angle.sin()
        return torch.stack([r * c - t * s, r * s + t * c], dim=1)

    def nearest(self, z: Tensor) -> Tensor:
        """The component ``(B,)`` under whose density each code ``(B, 2)`` is likeliest."""
        return self._parts_log_prob(z).argmax(1)

    def log_prob(self, z: Tensor) -> Tensor:
        """log p(z) in nats ``(B,)`` of codes ``(B, 2)``."""
        return self._parts_log_prob(z).logsumexp(1) - math.log(self.components)

    def _parts_log_prob(self, z: Tensor) -> Tensor:
        """The log density of each component at each code, ``(B, components)``."""
        angle = torch.arange(self.components, device=z.device) * (2 * math.pi / self.components)
        c, s = angle.cos(), angle.sin()
        radial = z[:, :1] * c + z[:, 1:] * s - self.radius
        tangential = -z[:, :1] * s + z[:, 1:] * c
        return _log_normal(radial, self.along) + _log_normal(tangential, self.across)


class SwissRoll(_Computed):
    """The toy set's spiral, ten times as large over its /7.5; labels may be tied to ten stretches of equal mass."""

    components = 10

    def __init__(self, noise: float = 0.25, scale: float = 0.4) -> None:
        super().__init__("swiss-roll", 2)
        self.noise, self.scale = noise, scale

    def sample(self, n: int, component: Tensor | None = None, device: Device = "cpu") -> Tensor:
        # uniform over the length of the roll, so that no stretch is thinner than another
        part = (self._parts(n, component, device) + torch.rand(n, device=device)) / self.components
        t = (part * (4.5**2 - 1.5**2) + 1.5**2).sqrt() * math.pi
        centre = torch.stack([t * t.cos(), t * t.sin()], dim=1)
        return (centre + self.noise * torch.randn(n, 2, device=device)) * self.scale


class Ring(_Computed):
    """A circle with a thickness: all mass away from the middle."""

    def __init__(self, radius: float = 4.0, std: float = 0.3) -> None:
        super().__init__("ring", 2)
        self.radius, self.std = radius, std

    def sample(self, n: int, component: Tensor | None = None, device: Device = "cpu") -> Tensor:
        self._untied(component)
        angle = torch.rand(n, device=device) * (2 * math.pi)
        r = self.radius + self.std * torch.randn(n, device=device)
        return torch.stack([r * angle.cos(), r * angle.sin()], dim=1)


class Uniform(_Computed):
    """Uniform over the cube [-scale, scale]^dim."""

    def __init__(self, dim: int = 2, scale: float = 3.0) -> None:
        super().__init__("uniform", dim)
        self.scale = scale

    def sample(self, n: int, component: Tensor | None = None, device: Device = "cpu") -> Tensor:
        self._untied(component)
        return (torch.rand(n, self.dim, device=device) * 2 - 1) * self.scale


class Empirical(_Computed):
    """Any points, each widened a little, or any function that draws samples.

    Args:
        source: points ``(m, dim)``, at least 10 and finite, or a function of n that returns ``(n, dim)``.
        std: width added to each point, as a share of the set's own spread.
        name: for cards and legends.

    Raises:
        ValueError: too few points, points that are not finite, or all of them in one place.
    """

    def __init__(self, source: Tensor | Sampler, std: float = 0.02, name: str = "drawn") -> None:
        points = source if isinstance(source, Tensor) else source(256)
        if points.dim() != 2 or len(points) < 10:
            raise ValueError(
                f"a prior needs at least 10 points (n, dim), not {tuple(points.shape)}: draw some more"
            )
        if not torch.isfinite(points).all():
            raise ValueError("every point of a prior must be finite; there is an infinite or undefined one")
        spread = points.float().std(0).max()
        if spread == 0:
            raise ValueError("all points of this prior lie in one place: draw them apart")
        super().__init__(name, points.shape[1])
        self.source, self.width = source, float(std * spread)

    def sample(self, n: int, component: Tensor | None = None, device: Device = "cpu") -> Tensor:
        self._untied(component)
        if not isinstance(self.source, Tensor):
            return self.source(n).to(device)
        points = self.source.to(device).float()
        chosen = points[torch.randint(len(points), (n,), device=device)]
        return chosen + self.width * torch.randn_like(chosen)


def named(name: str, dim: int = 2) -> Prior:
    """The prior of that name, at the scale our figures use.

    Raises:
        ValueError: an unknown name (the message lists them), or a dimension the prior does not come in.
    """
    if name in ("gaussian", "wide-gaussian"):
        return Gaussian(dim, 5.0 if name == "wide-gaussian" else 1.0)
    if name == "uniform":
        return Uniform(dim)
    planar = {"mixture": Mixture, "swiss-roll": SwissRoll, "ring": Ring}
    if name not in planar:
        raise ValueError(
            f"unknown prior {name!r}; there are: gaussian, wide-gaussian, uniform, {', '.join(planar)}"
        )
    if dim != 2:
        raise ValueError(f"the prior {name} lies in the plane: take codes of width 2, not {dim}")
    return planar[name]()
