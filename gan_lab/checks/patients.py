"""The thirteen patients, by letter, and what is the matter with each. Spoils lab 05: try first."""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor, nn
from torch.optim import Adam, Optimizer

from gan_lab.checks.clinic import (
    Draw,
    Healthy,
    HealthyBatchNorm,
    HealthyFar,
    HealthyHinge,
    HealthyWGAN,
    HealthyWide,
    Nets,
    Optimizers,
    bce,
    clip,
    mlp,
)


class LeftInG(Healthy):
    """detach removed, and G's gradients not zeroed: the gradient of D's loss stays in G and is followed."""

    def d_turn(self, G: nn.Module, D: nn.Module, optimizer_d: Optimizer, next_batch: Draw) -> Tensor:
        real = next_batch()
        fake = G(torch.randn(128, 2))
        optimizer_d.zero_grad()
        loss = bce(D(real), 1) + bce(D(fake), 0)
        loss.backward()
        optimizer_d.step()
        return loss

    def g_turn(self, G: nn.Module, D: nn.Module, optimizer_g: Optimizer) -> Tensor:
        fake = G(torch.randn(128, 2))
        loss = bce(D(fake), 1)
        loss.backward()
        optimizer_g.step()
        return loss


class LeftInD(HealthyHinge):
    """D's gradients are cleared too early: what G's backward leaves in D.grad is added to D's own."""

    def d_turn(self, G: nn.Module, D: nn.Module, optimizer_d: Optimizer, next_batch: Draw) -> Tensor:
        real = next_batch()
        fake = G(torch.randn(128, 2)).detach()
        loss = F.relu(1 - D(real)).mean() + F.relu(1 + D(fake)).mean()
        loss.backward()
        optimizer_d.step()
        optimizer_d.zero_grad()
        return loss


class SignFlip(Healthy):
    """G ascends what it should descend: a minus is missing."""

    def g_turn(self, G: nn.Module, D: nn.Module, optimizer_g: Optimizer) -> Tensor:
        fake = G(torch.randn(128, 2))
        optimizer_g.zero_grad()
        loss = F.logsigmoid(D(fake)).mean()
        loss.backward()
        optimizer_g.step()
        return loss


class MixedBatch(HealthyBatchNorm):
    """Real and fake go through D's BatchNorm together in D's turn; in G's turn the fakes are alone."""

    def d_turn(self, G: nn.Module, D: nn.Module, optimizer_d: Optimizer, next_batch: Draw) -> Tensor:
        real = next_batch()
        fake = G(torch.randn(128, 2)).detach()
        optimizer_d.zero_grad()
        on_real, on_fake = D(torch.cat([real, fake])).chunk(2)
        loss = bce(on_real, 1) + bce(on_fake, 0)
        loss.backward()
        optimizer_d.step()
        return loss


class ClipBefore(HealthyWGAN):
    """The critic's weights are clipped before its steps, and each step leaves the bound again."""

    def d_turn(self, G: nn.Module, D: nn.Module, optimizer_d: Optimizer, next_batch: Draw) -> Tensor:
        loss = torch.tensor(0.0)
        clip(D, 0.05)
        for _ in range(5):
            real = next_batch()
            fake = G(torch.randn(128, 2)).detach()
            optimizer_d.zero_grad()
            loss = D(fake).mean() - D(real).mean()
            loss.backward()
            optimizer_d.step()
        return loss


class SigmoidTwice(HealthyFar):
    """D ends in a sigmoid, and the loss takes another."""

    def networks(self) -> Nets:
        G = mlp(2, 2)
        D = nn.Sequential(mlp(2, 1), nn.Sigmoid())
        return G, D


class AveragedFirst(HealthyFar):
    """The mean is taken of D, before the log, instead of the log."""

    def d_turn(self, G: nn.Module, D: nn.Module, optimizer_d: Optimizer, next_batch: Draw) -> Tensor:
        real = next_batch()
        fake = G(torch.randn(128, 2)).detach()
        optimizer_d.zero_grad()
        loss = -D(real).sigmoid().mean().log() - (1 - D(fake).sigmoid().mean()).log()
        loss.backward()
        optimizer_d.step()
        return loss

    def g_turn(self, G: nn.Module, D: nn.Module, optimizer_g: Optimizer) -> Tensor:
        fake = G(torch.randn(128, 2))
        optimizer_g.zero_grad()
        loss = -D(fake).sigmoid().mean().log()
        loss.backward()
        optimizer_g.step()
        return loss


class SwappedInD(Healthy):
    """D learns to call the fakes real, and G tries to be called real, too."""

    def d_turn(self, G: nn.Module, D: nn.Module, optimizer_d: Optimizer, next_batch: Draw) -> Tensor:
        real = next_batch()
        fake = G(torch.randn(128, 2)).detach()
        optimizer_d.zero_grad()
        loss = bce(D(real), 0) + bce(D(fake), 1)
        loss.backward()
        optimizer_d.step()
        return loss


class SameNoise(HealthyWide):
    """The random generator is seeded inside the loop: every iteration sees the same noise."""

    def d_turn(self, G: nn.Module, D: nn.Module, optimizer_d: Optimizer, next_batch: Draw) -> Tensor:
        real = next_batch()
        torch.manual_seed(0)
        fake = G(torch.randn(32, 16)).detach()
        optimizer_d.zero_grad()
        loss = bce(D(real), 1) + bce(D(fake), 0)
        loss.backward()
        optimizer_d.step()
        return loss


class HundredfoldRate(Healthy):
    """The learning rates are 100 times too large."""

    def optimizers(self, G: nn.Module, D: nn.Module) -> Optimizers:
        optimizer_g = Adam(G.parameters(), lr=1e-1, betas=(0.5, 0.999))
        optimizer_d = Adam(D.parameters(), lr=1e-1, betas=(0.5, 0.999))
        return optimizer_g, optimizer_d


class NoDetach(Healthy):
    """harmless: D's turn also computes gradients for G, but they are cleared before they are used."""

    def d_turn(self, G: nn.Module, D: nn.Module, optimizer_d: Optimizer, next_batch: Draw) -> Tensor:
        real = next_batch()
        fake = G(torch.randn(128, 2))
        optimizer_d.zero_grad()
        loss = bce(D(real), 1) + bce(D(fake), 0)
        loss.backward()
        optimizer_d.step()
        return loss


class EvalInG(Healthy):
    """harmless: D has no layer that knows the difference between train and eval."""

    def g_turn(self, G: nn.Module, D: nn.Module, optimizer_g: Optimizer) -> Tensor:
        D.eval()
        fake = G(torch.randn(128, 2))
        optimizer_g.zero_grad()
        loss = bce(D(fake), 1)
        loss.backward()
        optimizer_g.step()
        D.train()
        return loss


class SwappedInBoth(Healthy):
    """harmless: D answers 0 for real and 1 for fake, and G knows it."""

    def d_turn(self, G: nn.Module, D: nn.Module, optimizer_d: Optimizer, next_batch: Draw) -> Tensor:
        real = next_batch()
        fake = G(torch.randn(128, 2)).detach()
        optimizer_d.zero_grad()
        loss = bce(D(real), 0) + bce(D(fake), 1)
        loss.backward()
        optimizer_d.step()
        return loss

    def g_turn(self, G: nn.Module, D: nn.Module, optimizer_g: Optimizer) -> Tensor:
        fake = G(torch.randn(128, 2))
        optimizer_g.zero_grad()
        loss = bce(D(fake), 0)
        loss.backward()
        optimizer_g.step()
        return loss


WARD: dict[str, type[Healthy]] = {
    "A": NoDetach,
    "B": SwappedInD,
    "C": LeftInD,
    "D": EvalInG,
    "E": LeftInG,
    "F": SameNoise,
    "G": SignFlip,
    "H": SigmoidTwice,
    "I": AveragedFirst,
    "J": SwappedInBoth,
    "K": MixedBatch,
    "L": HundredfoldRate,
    "M": ClipBefore,
}
"""The patients by the letter on their door."""

TRUTH: dict[str, str] = {
    "A": "harmless",
    "B": "labels swapped in D only",
    "C": "G's backward left in D.grad",
    "D": "harmless",
    "E": "detach removed and G's gradients not zeroed",
    "F": "the same noise each step",
    "G": "sign flip in G",
    "H": "sigmoid twice",
    "I": "averaged before the log",
    "J": "harmless",
    "K": "BatchNorm over a mixed batch",
    "L": "learning rate 100 times too large",
    "M": "clip before the step",
}
"""What is the matter with each."""


def base(patient: type[Healthy]) -> type[Healthy]:
    """The healthy loop that a patient differs from in one thing."""
    return next(c for c in patient.__mro__ if c.__module__ == Healthy.__module__)
