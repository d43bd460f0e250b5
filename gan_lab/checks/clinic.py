"""A ward of training loops: one healthy, ten with a mistake that people really make, three that only look ill.

A loop is a class with four short methods: networks, optimisers, D's turn and G's turn. A patient overrides those in
which it differs. Class names and docstrings tell what is the matter; :func:`listing` prints the code without them.
"""

from __future__ import annotations

import inspect
import textwrap
from collections.abc import Callable

import torch
import torch.nn.functional as F
from torch import Tensor, nn
from torch.optim import SGD, Adam, Optimizer, RMSprop

from gan_lab.data.toy2d import ring

Nets = tuple[nn.Module, nn.Module]
Optimizers = tuple[Optimizer, Optimizer]
Draw = Callable[[], Tensor]


def mlp(inputs: int, outputs: int) -> nn.Sequential:
    """Two hidden layers of 64: ``(B, inputs)`` to ``(B, outputs)``."""
    return nn.Sequential(
        nn.Linear(inputs, 64), nn.LeakyReLU(0.2), nn.Linear(64, 64), nn.LeakyReLU(0.2), nn.Linear(64, outputs)
    )


def bce(logits: Tensor, label: float) -> Tensor:
    """Mean binary cross-entropy of logits against one label for all: 1 for real, 0 for fake."""
    return F.binary_cross_entropy_with_logits(logits, torch.full_like(logits, label))


def clip(net: nn.Module, c: float) -> None:
    """Cuts all weights off at -c and c, in place."""
    for p in net.parameters():
        p.data.clamp_(-c, c)


class Healthy:
    """The plain loop of the lecture's pseudo-algorithm, k = 1.

    Args:
        seed: of the weights, the noise and the order of the data. It seeds PyTorch's default generator, so run one
            loop to its end before you make the next if you want the same numbers again.

    Attributes:
        centre: where the middle of the data lies: (centre, centre).
        scale: the data's size; 1 as in :func:`gan_lab.data.load`.
        noise, batch: width of the noise, examples a minibatch.
        steps: iterations after which the healthy one has learned its data.
    """

    centre, scale, noise, batch, steps = 0.0, 1.0, 2, 128, 500

    def __init__(self, seed: int = 0) -> None:
        torch.manual_seed(seed)
        self.seed, self.drawn = seed, 0
        self.generator, self.discriminator = self.networks()
        self.optimizer_g, self.optimizer_d = self.optimizers(self.generator, self.discriminator)
        self.batches = ring().batches(self.batch, seed)

    def networks(self) -> Nets:
        G = mlp(2, 2)
        D = mlp(2, 1)
        return G, D

    def optimizers(self, G: nn.Module, D: nn.Module) -> Optimizers:
        optimizer_g = Adam(G.parameters(), lr=1e-3, betas=(0.5, 0.999))
        optimizer_d = Adam(D.parameters(), lr=1e-3, betas=(0.5, 0.999))
        return optimizer_g, optimizer_d

    def d_turn(self, G: nn.Module, D: nn.Module, optimizer_d: Optimizer, next_batch: Draw) -> Tensor:
        real = next_batch()
        fake = G(torch.randn(128, 2)).detach()
        optimizer_d.zero_grad()
        loss = bce(D(real), 1) + bce(D(fake), 0)
        loss.backward()
        optimizer_d.step()
        return loss

    def g_turn(self, G: nn.Module, D: nn.Module, optimizer_g: Optimizer) -> Tensor:
        fake = G(torch.randn(128, 2))
        optimizer_g.zero_grad()
        loss = bce(D(fake), 1)
        loss.backward()
        optimizer_g.step()
        return loss

    def next_batch(self) -> Tensor:
        """Fresh real examples ``(batch, 2)``."""
        self.drawn += 1
        return self.batches(self.drawn - 1).x * self.scale + self.centre

    def step(self) -> tuple[Tensor, Tensor]:
        """One iteration: D's turn, then G's. Returns both losses."""
        G, D = self.generator, self.discriminator
        return self.d_turn(G, D, self.optimizer_d, self.next_batch), self.g_turn(G, D, self.optimizer_g)


class HealthyFar(Healthy):
    """The same with data that G must first find, and with a D that learns four times as fast as G."""

    centre, steps = 3.0, 700

    def optimizers(self, G: nn.Module, D: nn.Module) -> Optimizers:
        optimizer_g = Adam(G.parameters(), lr=1e-3, betas=(0.5, 0.999))
        optimizer_d = Adam(D.parameters(), lr=4e-3, betas=(0.5, 0.999))
        return optimizer_g, optimizer_d


class HealthyWide(Healthy):
    """The same with noise in 16 dimensions and minibatches of 32."""

    noise, batch, steps = 16, 32, 1000

    def networks(self) -> Nets:
        G = mlp(16, 2)
        D = mlp(2, 1)
        return G, D

    def d_turn(self, G: nn.Module, D: nn.Module, optimizer_d: Optimizer, next_batch: Draw) -> Tensor:
        real = next_batch()
        fake = G(torch.randn(32, 16)).detach()
        optimizer_d.zero_grad()
        loss = bce(D(real), 1) + bce(D(fake), 0)
        loss.backward()
        optimizer_d.step()
        return loss

    def g_turn(self, G: nn.Module, D: nn.Module, optimizer_g: Optimizer) -> Tensor:
        fake = G(torch.randn(32, 16))
        optimizer_g.zero_grad()
        loss = bce(D(fake), 1)
        loss.backward()
        optimizer_g.step()
        return loss


class HealthyHinge(Healthy):
    """The same with the hinge loss."""

    def d_turn(self, G: nn.Module, D: nn.Module, optimizer_d: Optimizer, next_batch: Draw) -> Tensor:
        real = next_batch()
        fake = G(torch.randn(128, 2)).detach()
        optimizer_d.zero_grad()
        loss = F.relu(1 - D(real)).mean() + F.relu(1 + D(fake)).mean()
        loss.backward()
        optimizer_d.step()
        return loss

    def g_turn(self, G: nn.Module, D: nn.Module, optimizer_g: Optimizer) -> Tensor:
        fake = G(torch.randn(128, 2))
        optimizer_g.zero_grad()
        loss = -D(fake).mean()
        loss.backward()
        optimizer_g.step()
        return loss


class HealthyBatchNorm(Healthy):
    """D with a BatchNorm layer, G's output bounded by tanh, both as in the DCGAN; the data scaled to fit."""

    scale, steps = 0.6, 400

    def networks(self) -> Nets:
        G = nn.Sequential(mlp(2, 2), nn.Tanh())
        D = nn.Sequential(
            nn.Linear(2, 64),
            nn.LeakyReLU(0.2),
            nn.Linear(64, 64),
            nn.BatchNorm1d(64),
            nn.LeakyReLU(0.2),
            nn.Linear(64, 1),
        )
        return G, D


class HealthyWGAN(Healthy):
    """Wasserstein GAN with weight clipping: five steps of the critic to one of G."""

    steps = 250

    def optimizers(self, G: nn.Module, D: nn.Module) -> Optimizers:
        optimizer_g = SGD(G.parameters(), lr=0.3)
        optimizer_d = RMSprop(D.parameters(), lr=0.01)
        return optimizer_g, optimizer_d

    def d_turn(self, G: nn.Module, D: nn.Module, optimizer_d: Optimizer, next_batch: Draw) -> Tensor:
        loss = torch.tensor(0.0)
        for _ in range(5):
            real = next_batch()
            fake = G(torch.randn(128, 2)).detach()
            optimizer_d.zero_grad()
            loss = D(fake).mean() - D(real).mean()
            loss.backward()
            optimizer_d.step()
            clip(D, 0.05)
        return loss

    def g_turn(self, G: nn.Module, D: nn.Module, optimizer_g: Optimizer) -> Tensor:
        fake = G(torch.randn(128, 2))
        optimizer_g.zero_grad()
        loss = -D(fake).mean()
        loss.backward()
        optimizer_g.step()
        return loss


HEALTHY = (Healthy, HealthyFar, HealthyWide, HealthyHinge, HealthyBatchNorm, HealthyWGAN)
"""The healthy loops; every patient is one of them but for one thing."""

METHODS = ("networks", "optimizers", "d_turn", "g_turn")


def listing(loop: type[Healthy], beside: type[Healthy] | None = None) -> str:
    """The code of a loop's four methods, as plain functions without class name and docstring.

    Args:
        beside: leave out the methods that are this loop's, too.
    """
    parts = []
    for name in METHODS:
        method = getattr(loop, name)
        if beside is not None and method is getattr(beside, name):
            continue
        body = textwrap.dedent(inspect.getsource(method)).partition("\n")[2]
        arguments = ", ".join(list(inspect.signature(method).parameters)[1:])
        parts.append(f"def {name}({arguments}):\n{body.rstrip()}")
    return "\n\n".join(parts)


def train(loop: Healthy, steps: int | None = None) -> Tensor:
    """Runs a loop, by default for ``loop.steps``, and returns its losses, ``(steps, 2)``: D's and G's."""
    return torch.stack([torch.stack(loop.step()).detach() for _ in range(steps or loop.steps)])


def samples(loop: Healthy, n: int = 1000) -> Tensor:
    """``(n, 2)`` of a loop's generator now, from the same noise every time."""
    z = torch.randn(n, loop.noise, generator=torch.Generator().manual_seed(9))
    with torch.no_grad():
        return loop.generator(z)


def real_samples(loop: Healthy, n: int = 1000, seed: int = 99) -> Tensor:
    """``(n, 2)`` of the data that a loop learns from."""
    return ring().sample(n, seed) * loop.scale + loop.centre


def distance(loop: Healthy) -> float:
    """How far a loop's samples are from its data, in units of the data's size; two samples of the data: about 0."""
    return energy_distance(samples(loop), real_samples(loop)) / loop.scale


def energy_distance(x: Tensor, y: Tensor) -> float:
    """2 E|x - y| - E|x - x'| - E|y - y'|, 0 exactly when two distributions are equal (Székely and Rizzo 2013).

    Args:
        x, y: samples ``(n, d)`` and ``(m, d)``; the estimate is unbiased, so it may fall a little under 0.

    Returns:
        A length in the units of the data; infinity if a sample is not finite.
    """
    if not bool(torch.isfinite(x).all() and torch.isfinite(y).all()):
        return float("inf")
    within = [torch.cdist(s, s).sum() / (len(s) * (len(s) - 1)) for s in (x, y)]
    return (2 * torch.cdist(x, y).mean() - sum(within)).item()
