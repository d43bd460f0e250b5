"""The figure on the slide: a GAN's discriminator and a WGAN's critic between two Gaussians.

After figure 2 of Arjovsky et al. 2017. Data are N(-d/2, 1), fakes N(d/2, 1). The GAN's discriminator should become
D* = p/(p + q), which is flat where the fakes are; a critic should become a slope all the way. What a critic's loss
says of the distance d is read here as well.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

import torch
from torch import Tensor

from gan_lab import losses
from gan_lab.experiments import alone
from gan_lab.losses import gradients
from gan_lab.models.mlp import MLP
from gan_lab.theory import Mixture, optimal_logit
from gan_lab.theory.optimal import expectation

LR = 1e-2
BATCH = 128
MAX_STEPS = 2000


@dataclass(frozen=True)
class Estimate:
    """What a critic's loss says of the distance between data and fakes.

    Attributes:
        raw: E_p[f] - E_q[f], minus the critic's loss without its penalty, by quadrature over the true densities.
        steepest: the largest slope of f on the grid.
        bound: raw / steepest, a lower bound of W1: f divided by its slope is 1-Lipschitz.
        evenness: largest over smallest slope between the two means; infinite if f turns back.
    """

    raw: float
    steepest: float
    bound: float
    evenness: float


@dataclass(frozen=True)
class Figure2:
    """All curves on one grid ``(m,)``, float64.

    Attributes:
        distance: d, the exact W1 between data and fakes.
        x: the grid.
        log_p, log_q: log densities of data and fakes.
        logit: the trained discriminator's logit.
        critics: by name ("clipped", "penalised"), the critic's output.
        slope_on_fakes: |dD/dx| of the trained discriminator at 512 fakes.
        weights: by critic, the largest magnitude of a weight after the last update.
    """

    distance: float
    x: Tensor
    log_p: Tensor
    log_q: Tensor
    logit: Tensor
    critics: dict[str, Tensor]
    slope_on_fakes: Tensor
    weights: dict[str, float] = field(default_factory=dict)

    @property
    def optimal(self) -> Tensor:
        """D* = p/(p + q) on the grid."""
        return torch.sigmoid(optimal_logit(self.log_p, self.log_q))

    def slopes(self, name: str) -> Tensor:
        """A critic's slope between neighbouring points of the grid, ``(m - 1,)``; negative where it falls."""
        return self.critics[name].diff() / self.x.diff()

    def estimate(self, name: str) -> Estimate:
        """What this critic says of the distance."""
        values, slopes = self.critics[name], self.slopes(name)
        raw = float(expectation(self.log_p, values, self.x) - expectation(self.log_q, values, self.x))
        steepest = float(slopes.abs().max())
        middle = (self.x[1:] + self.x[:-1]) / 2
        between = -slopes[middle.abs() < self.distance / 2]  # data lie on the left: a good critic falls
        falls = len(between) > 0 and float(between.min()) > 0
        evenness = float(between.max() / between.min()) if falls else float("inf")
        return Estimate(raw, steepest, raw / steepest if steepest else 0.0, evenness)


def figure2(
    distance: float = 8.0,
    steps: int = 400,
    clip: float = alone.CLIP,
    penalty: float = alone.PENALTY,
    width: int = 32,
    seed: int = 0,
    std: float = 1.0,
) -> Iterator[tuple[int, Figure2 | None]]:
    """Trains the discriminator and both critics; yields (turns so far, None) and at last (steps, the figure).

    Args:
        distance: between the two means, > 0.
        steps: turns of each network, 1 to 2000.
        clip, penalty: c of the clipped critic, lambda of the other.
        width: units in each of the two hidden layers.
        std: of both Gaussians.

    Raises:
        ValueError: an argument out of range.
    """
    if not (distance > 0 and clip > 0 and penalty >= 0 and std > 0 and 1 <= steps <= MAX_STEPS):
        raise ValueError(
            f"distance, clip and std must be positive, penalty 0 or more and steps 1 to {MAX_STEPS}, "
            f"but got {distance}, {clip}, {std}, {penalty} and {steps}"
        )
    p, q = (Mixture((side * distance / 2,), (std,)) for side in (-1, 1))
    generator = alone.FixedGenerator((distance / 2,), std)
    batches = alone.slices(p.sample(BATCH * 256, torch.Generator().manual_seed(seed))[:, None], BATCH)

    def build() -> MLP:
        return alone.seeded(lambda: MLP(1, 1, width, 2), seed)

    games = {"gan": alone.game(generator, build(), losses.non_saturating, LR)}
    games |= alone.critics(generator, build, LR, clip, penalty)
    runs = [alone.train_alone(one, batches, steps, seed) for one in games.values()]
    for done, *_ in zip(*runs):
        yield done, None
    yield steps, _read(games, p, q, distance, seed)


def _read(games: dict[str, alone.GAN], p: Mixture, q: Mixture, distance: float, seed: int) -> Figure2:
    """The trained networks on a grid that reaches five standard deviations beyond either mean."""
    reach = distance / 2 + 5 * p.stds[0]
    x = torch.linspace(-reach, reach, 1001, dtype=torch.float64)
    nets = {name: one.discriminator.double() for name, one in games.items()}
    fake = q.sample(512, torch.Generator().manual_seed(seed + 1))[:, None].double()
    logits, gradient = gradients.input_gradient(nets["gan"], fake)
    with torch.no_grad():
        on_grid = {name: net(x[:, None]) for name, net in nets.items()}
    return Figure2(
        distance,
        x,
        p.log_density(x),
        q.log_density(x),
        on_grid.pop("gan"),
        on_grid,
        (torch.sigmoid(logits) * torch.sigmoid(-logits))[:, None].mul(gradient).abs().flatten(),
        {name: max(float(w.detach().abs().max()) for w in nets[name].parameters()) for name in on_grid},
    )


def penalised_slope(distance: float, penalty: float) -> float:
    """Slope of the best penalised critic between two points a distance d apart: 1 + d/(2 lambda).

    With slope a it gains a d and pays lambda (a - 1)^2. The penalty does not forbid a slope above 1, it prices it,
    so that the estimate a d = d + d^2/(2 lambda) is too large. Between two narrow distributions the same holds nearly.

    Raises:
        ValueError: the penalty is not positive.
    """
    if not penalty > 0:
        raise ValueError(
            f"the penalty must be positive, but got {penalty}: without one the slope has no bound"
        )
    return 1 + distance / (2 * penalty)
