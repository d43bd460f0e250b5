"""The smallest games in which two players chase one another: f(x, y) = xy and the Dirac-GAN.

In both the only equilibrium is (0, 0), and whether it is reached depends on the update rule as much as on the game.
Everything is in plain numbers: a game is the velocity v(x, y) at which both players would like to move and its
Jacobian J; an update rule turns the two into the next point.

* f = xy: x descends and y ascends, v = (-y, x).
* Dirac-GAN (Mescheder et al. 2018, definition 2.1): all data lie at 0, the generator puts all its mass at x = theta,
  and the discriminator is the logit D(t) = psi t with y = psi. Signs are ours: D is high where it sees real data.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from math import exp, inf, pi, sqrt

import numpy as np

Point = tuple[float, float]
Matrix = tuple[tuple[float, float], tuple[float, float]]


@dataclass(frozen=True)
class Game:
    """Two players with one number each.

    Attributes:
        name: as the pages call it.
        field: velocity (dx/dt, dy/dt) that gradient descent (or ascent) gives either player at a point.
        jacobian: its matrix of derivatives at a point; None where the field has a kink there.
        clip: y is put back into [-clip, clip] after each of its updates (WGAN).
        first: who moves first when they take turns. In a GAN the discriminator, "y", as in the pseudo-algorithm.
    """

    name: str
    field: Callable[[float, float], Point]
    jacobian: Callable[[float, float], Matrix | None]
    clip: float = inf
    first: str = "y"

    def keep(self, y: float) -> float:
        """y, clipped."""
        return min(max(y, -self.clip), self.clip)


def sigmoid(t: float) -> float:
    """1 / (1 + e^-t), without overflow."""
    return 1 / (1 + exp(-t)) if t >= 0 else exp(t) / (1 + exp(t))


def bilinear() -> Game:
    """f(x, y) = xy: x minimises, y maximises; x moves first."""
    return Game("f = xy", lambda x, y: (-y, x), lambda x, y: ((0.0, -1.0), (1.0, 0.0)), first="x")


def dirac(loss: str = "non-saturating", r1: float = 0.0, noise: float = 0.0) -> Game:
    """The Dirac-GAN; x is the generator's theta, y the discriminator's psi.

    Args:
        loss: "minimax", "non-saturating", or "wasserstein" without any constraint.
        r1: gamma of the penalty gamma/2 psi^2, the squared gradient norm on real data (eq. 9 there).
        noise: standard deviation of Gaussian noise added to real data and to fakes (instance noise).

    Raises:
        ValueError: an unknown loss, a negative gamma or noise, or noise with the Wasserstein loss, which ignores it.
    """
    if loss not in ("minimax", "non-saturating", "wasserstein"):
        raise ValueError(f"the Dirac-GAN's loss is minimax, non-saturating or wasserstein, not {loss!r}")
    if r1 < 0 or noise < 0:
        raise ValueError(f"r1 and noise must be 0 or more, but got {r1} and {noise}")
    if loss == "wasserstein":
        if noise:
            raise ValueError("noise of mean 0 leaves the Wasserstein Dirac-GAN as it is: leave it out")
        return Game("WGAN", lambda x, y: (y, -x - r1 * y), lambda x, y: ((0.0, 1.0), (-1.0, -r1)))
    sign = -1.0 if loss == "non-saturating" else 1.0
    nodes = _normal_nodes(noise)

    def field(x: float, y: float) -> Point:
        dx = y * sum(w * sigmoid(sign * y * (x + e)) for e, w in nodes)
        dy = sum(w * (e * sigmoid(-y * e) - (x + e) * sigmoid(y * (x + e))) for e, w in nodes)
        return dx, dy - r1 * y

    def jacobian(x: float, y: float) -> Matrix:
        a = b = c = d = 0.0
        for e, w in nodes:
            t = x + e
            fake, bend, real_bend = sigmoid(y * t), _bend(y * t), _bend(y * e)
            a += w * sign * y * y * bend
            b += w * (sigmoid(sign * y * t) + sign * y * t * bend)
            c -= w * (fake + t * y * bend)
            d -= w * (e * e * real_bend + t * t * bend)
        return (a, b), (c, d - r1)

    return Game(f"Dirac-GAN, {loss}", field, jacobian)


def _bend(t: float) -> float:
    """Derivative of the sigmoid."""
    return sigmoid(t) * sigmoid(-t)


def _normal_nodes(std: float, n: int = 12) -> list[tuple[float, float]]:
    """Values and weights of Gauss-Hermite quadrature for N(0, std^2); one value, 0, without noise.

    Exact for polynomials up to degree 2n - 1; the sigmoids here are that smooth unless psi * std is large.
    """
    if std == 0:
        return [(0.0, 1.0)]
    values, weights = np.polynomial.hermite_e.hermegauss(n)
    return [(std * float(v), float(w) / sqrt(2 * pi)) for v, w in zip(values, weights)]


def clipped_wgan(c: float = 1.0) -> Game:
    """The Dirac-GAN with Wasserstein loss, |psi| <= c after each update of psi.

    Raises:
        ValueError: c is not positive.
    """
    if not c > 0:
        raise ValueError(f"c must be positive, but got {c}")
    plain = dirac("wasserstein")
    return Game("WGAN, clipped", plain.field, plain.jacobian, clip=c)


def wgan_gp(weight: float = 1.0) -> Game:
    """The Dirac-GAN with Wasserstein loss and gradient penalty weight * (|psi| - 1)^2.

    The slope of D is psi everywhere, so the penalty asks for |psi| = 1, also at the equilibrium, where psi should be
    0: it has a kink there, no Jacobian, and pushes away from it.

    Raises:
        ValueError: the weight is negative.
    """
    if weight < 0:
        raise ValueError(f"the weight must be 0 or more, but got {weight}")

    def field(x: float, y: float) -> Point:
        side = (y > 0) - (y < 0)
        return y, -x - 2 * weight * (abs(y) - 1) * side

    def jacobian(x: float, y: float) -> Matrix | None:
        return None if y == 0 and weight else ((0.0, 1.0), (-1.0, -2 * weight))

    return Game("WGAN-GP", field, jacobian)
