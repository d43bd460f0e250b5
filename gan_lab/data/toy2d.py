"""Two-dimensional toy sets: small enough to see the whole distribution, the generator and what goes wrong.

Ring, grid and swiss roll are drawn with the numbers of the WGAN-GP authors' toy experiment (Gulrajani et al.
2017, section 5.1), their final scaling included. The other three are ours; their numbers stand beside them.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from functools import lru_cache

import torch
from torch import Generator, Tensor

from gan_lab.data.batch import Batch, Batches
from gan_lab.data.order import check, generator

Draw = Callable[[int, Generator], Tensor]

BLOCK = 1 << 15
"""Points drawn at once. A toy training step takes about a millisecond: a minibatch is but a slice."""


class ToySet:
    """A distribution in the plane that can be sampled without end.

    Attributes:
        name: as the command line calls it, for example "ring".
        modes: the centres ``(K, 2)`` to be covered, or None where there are none to count.
        std: standard deviation of each mode in both directions, or None.
        device: where the points are drawn; the streams of different kinds of device differ.
    """

    def __init__(
        self,
        name: str,
        draw: Draw,
        modes: Tensor | None = None,
        std: float | None = None,
        device: torch.device | str = "cpu",
    ) -> None:
        self.name, self.modes, self.std, self.device = name, modes, std, torch.device(device)
        self._draw = draw
        self._block = lru_cache(maxsize=4)(self._draw_block)

    def __repr__(self) -> str:
        return f"ToySet({self.name!r}, device={str(self.device)!r})"

    def _draw_block(self, seed: int, block: int) -> Tensor:
        return self._draw(BLOCK, generator(self.device, "toy", self.name, seed, block))

    def sample(self, n: int, seed: int | Generator = 0) -> Tensor:
        """Draws n points, ``(n, 2)`` float32 on the device.

        Args:
            n: how many, 1 or more.
            seed: a number, 0 or more, for the same points every time, or a generator on the device.
        """
        check("n", n, 1)
        if not isinstance(seed, Generator):
            seed = generator(self.device, "sample", self.name, check("seed", seed, 0))
        return self._draw(n, seed)

    def batch(self, i: int, n: int, seed: int = 0) -> Batch:
        """The i-th minibatch, x ``(n, 2)``: points i n to (i + 1) n of one endless stream per seed.

        Raises:
            ValueError: when i or the seed is negative, or n is below 1.
        """
        return self._minibatch(check("i", i, 0), check("n", n, 1), check("seed", seed, 0))

    def _minibatch(self, i: int, n: int, seed: int) -> Batch:
        pieces, position, end = [], i * n, (i + 1) * n
        while position < end:
            block, start = divmod(position, BLOCK)
            pieces.append(self._block(seed, block)[start : start + end - position])
            position += len(pieces[-1])
        return Batch(torch.cat(pieces))  # cat copies: nobody can write into the block

    def batches(self, n: int, seed: int = 0) -> Batches:
        """Minibatches of n for the training loop: a function of the index alone."""
        n, seed = check("n", n, 1), check("seed", seed, 0)
        return lambda i: self._minibatch(i if type(i) is int and i >= 0 else check("i", i, 0), n, seed)

    def log_prob(self, x: Tensor) -> Tensor:
        """Log-density in nats at the points ``(..., 2)``, shape ``(...)``.

        Raises:
            ValueError: for sets without a density in closed form.
        """
        raise ValueError(
            f"{self.name} has no density in closed form; "
            "log_prob works for ring, grid, two-gaussians and drawn sets"
        )


class Mixture(ToySet):
    """Round Gaussians of one width with equal weights, so that the density, and with it D*, is exact."""

    def __init__(
        self,
        name: str,
        centres: Tensor,
        std: float,
        modes: Tensor | None = None,
        device: torch.device | str = "cpu",
    ) -> None:
        self.centres = centres.to(device)
        super().__init__(name, self._mixture, modes=modes, std=std, device=device)

    def _mixture(self, n: int, source: Generator) -> Tensor:
        which = torch.randint(len(self.centres), (n,), generator=source, device=self.device)
        noise = torch.randn(n, 2, generator=source, device=self.device)
        return noise.mul_(self.std or 0.0).add_(self.centres.index_select(0, which))

    def log_prob(self, x: Tensor) -> Tensor:
        """Log-density in nats at the points ``(..., 2)``, shape ``(...)``; differentiable."""
        assert self.std is not None
        variance = self.std**2
        centres, flat = self.centres.to(x), x.reshape(-1, 2)
        parts = [
            torch.logsumexp((piece[:, None] - centres).square().sum(-1) / (-2 * variance), dim=1)
            for piece in flat.split(max(1, (1 << 22) // len(centres)))  # bounds the memory of a fine grid
        ]
        return torch.cat(parts).sub(math.log(2 * math.pi * variance * len(centres))).reshape(x.shape[:-1])


def ring(device: torch.device | str = "cpu") -> ToySet:
    """Eight Gaussians on a circle: radius 2, std 0.02, both divided by 1.414."""
    angle = torch.arange(8) * (math.pi / 4)
    modes = (torch.stack([angle.cos(), angle.sin()], dim=1) * (2 / 1.414)).to(device)
    return Mixture("ring", modes, 0.02 / 1.414, modes=modes, device=device)


def grid(device: torch.device | str = "cpu") -> ToySet:
    """Twenty-five Gaussians on a 5 x 5 grid: spacing 2, std 0.05, both divided by 2.828."""
    places = torch.arange(-2.0, 3.0) * 2
    modes = (torch.cartesian_prod(places, places) / 2.828).to(device)
    return Mixture("grid", modes, 0.05 / 2.828, modes=modes, device=device)


def two_gaussians(device: torch.device | str = "cpu") -> ToySet:
    """Two Gaussians at (-1, 0) and (1, 0) with std 0.2: ten standard deviations apart."""
    modes = torch.tensor([[-1.0, 0.0], [1.0, 0.0]], device=device)
    return Mixture("two-gaussians", modes, 0.2, modes=modes, device=device)


def swiss_roll(device: torch.device | str = "cpu") -> ToySet:
    """A spiral t (cos t, sin t) with t uniform in [1.5 pi, 4.5 pi], noise of std 0.25, all divided by 7.5."""

    def draw(n: int, source: Generator) -> Tensor:
        t = torch.rand(n, generator=source, device=device).mul_(3 * math.pi).add_(1.5 * math.pi)
        noise = torch.randn(n, 2, generator=source, device=device).mul_(0.25)
        return torch.stack([t * t.cos(), t * t.sin()], dim=1).add_(noise).div_(7.5)

    return ToySet("swiss-roll", draw, device=device)


def line(device: torch.device | str = "cpu") -> ToySet:
    """The segment x = 0, -1 <= y <= 1, without thickness: a distribution that has no density in the plane."""

    def draw(n: int, source: Generator) -> Tensor:
        y = torch.rand(n, generator=source, device=device).mul_(2).sub_(1)
        return torch.stack([torch.zeros_like(y), y], dim=1)

    return ToySet("line", draw, device=device)


def disjoint(device: torch.device | str = "cpu") -> ToySet:
    """Two parallel segments, x = -1 and x = 1 with -1 <= y <= 1: a support in two pieces.

    A continuous generator of a connected latent space cannot reach both without a bridge between them.
    """

    def draw(n: int, source: Generator) -> Tensor:
        y = torch.rand(n, generator=source, device=device).mul_(2).sub_(1)
        side = torch.randint(2, (n,), generator=source, device=device).mul_(2).sub_(1)
        return torch.stack([side.to(y.dtype), y], dim=1)

    return ToySet("disjoint", draw, device=device)


def from_points(
    points: Tensor | Sequence[Sequence[float]],
    std: float = 0.02,
    name: str = "drawn",
    device: torch.device | str = "cpu",
) -> ToySet:
    """A toy set from points that somebody drew: each becomes a narrow Gaussian, so that there is a density.

    Args:
        points: at least 10 finite points ``(n, 2)``, in the units of the other sets (about -2 to 2).
        std: width of each Gaussian, above 0.
        name: what to call the set.
        device: where to draw.

    Raises:
        ValueError: when there are fewer than 10 points, one of them is not finite, or they are not pairs.
    """
    try:
        centres = torch.as_tensor(points, dtype=torch.float32)
    except (TypeError, ValueError, RuntimeError) as error:
        raise ValueError(f"the drawn points must be pairs of numbers (x, y): {error}") from error
    if centres.numel() and (centres.ndim != 2 or centres.shape[1] != 2):
        raise ValueError(f"the drawn points have shape {tuple(centres.shape)}; they must be pairs, (n, 2)")
    if len(centres) < 10:
        raise ValueError(
            f"{len(centres)} points were drawn; at least 10 are needed to learn from: draw some more"
        )
    if bad := int((~centres.isfinite().all(dim=1)).sum()):
        raise ValueError(f"{bad} of the {len(centres)} drawn points are not finite numbers; remove them")
    if not (math.isfinite(std) and std > 0):
        raise ValueError(f"std is {std!r}; it must be above 0")
    return Mixture(name, centres, std, device=device)


TOY_SETS: dict[str, Callable[[torch.device | str], ToySet]] = {
    "ring": ring,
    "grid": grid,
    "swiss-roll": swiss_roll,
    "two-gaussians": two_gaussians,
    "line": line,
    "disjoint": disjoint,
}
