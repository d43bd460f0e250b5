"""Solutions of labs/05_failure_clinic.ipynb. Try first: the checks say what is wrong, and why."""

import torch
import torch.nn.functional as F
from torch.optim import Adam

from gan_lab.checks.clinic import bce, clip, mlp

answers = {
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


def mended_step(G, D, optimizer_g, optimizer_d, real):
    """Fresh noise each time, gradients cleared before each backward, fakes detached, and the minus of G's loss."""
    fake = G(torch.randn(128, 2)).detach()
    optimizer_d.zero_grad()
    (bce(D(real), 1) + bce(D(fake), 0)).backward()
    optimizer_d.step()
    optimizer_g.zero_grad()
    (-F.logsigmoid(D(G(torch.randn(128, 2)))).mean()).backward()
    optimizer_g.step()


# The ten, mended: what was wrong is in the comment.


def plain_d_turn(G, D, optimizer_d, next_batch):
    real = next_batch()
    fake = G(torch.randn(128, 2)).detach()  # E: there was no detach
    optimizer_d.zero_grad()
    loss = bce(D(real), 1) + bce(
        D(fake), 0
    )  # B: 0 and 1 stood the other way round. I: mean before log. K: one cat
    loss.backward()
    optimizer_d.step()
    return loss


def plain_g_turn(G, D, optimizer_g):
    fake = G(torch.randn(128, 2))
    optimizer_g.zero_grad()  # E: this line was missing
    loss = bce(D(fake), 1)  # G: the minus of -log D was missing. I: mean before log
    loss.backward()
    optimizer_g.step()
    return loss


def hinge_d_turn(G, D, optimizer_d, next_batch):
    real = next_batch()
    fake = G(torch.randn(128, 2)).detach()
    optimizer_d.zero_grad()  # C: this stood after the step, before G's backward
    loss = F.relu(1 - D(real)).mean() + F.relu(1 + D(fake)).mean()
    loss.backward()
    optimizer_d.step()
    return loss


def wide_d_turn(G, D, optimizer_d, next_batch):
    real = next_batch()  # F: here the seed was set, in each iteration
    fake = G(torch.randn(32, 16)).detach()
    optimizer_d.zero_grad()
    loss = bce(D(real), 1) + bce(D(fake), 0)
    loss.backward()
    optimizer_d.step()
    return loss


def networks():
    G = mlp(2, 2)
    D = mlp(2, 1)  # H: a sigmoid came after it, and bce takes its own
    return G, D


def optimizers(G, D):
    optimizer_g = Adam(G.parameters(), lr=1e-3, betas=(0.5, 0.999))  # L: it was 1e-1
    optimizer_d = Adam(D.parameters(), lr=1e-3, betas=(0.5, 0.999))
    return optimizer_g, optimizer_d


def critic_turn(G, D, optimizer_d, next_batch):
    loss = torch.tensor(0.0)
    for _ in range(5):
        real = next_batch()
        fake = G(torch.randn(128, 2)).detach()
        optimizer_d.zero_grad()
        loss = D(fake).mean() - D(real).mean()
        loss.backward()
        optimizer_d.step()
        clip(D, 0.05)  # M: it stood before the five steps
    return loss


mended = {
    "B": {"d_turn": plain_d_turn},
    "C": {"d_turn": hinge_d_turn},
    "E": {"d_turn": plain_d_turn, "g_turn": plain_g_turn},
    "F": {"d_turn": wide_d_turn},
    "G": {"g_turn": plain_g_turn},
    "H": {"networks": networks},
    "I": {"d_turn": plain_d_turn, "g_turn": plain_g_turn},
    "K": {"d_turn": plain_d_turn},
    "L": {"optimizers": optimizers},
    "M": {"d_turn": critic_turn},
}
