"""Solutions of labs/07_latent_arithmetic.ipynb. Try first: the checks say what is wrong, and why."""

import math

import torch


def slerp(a, b, t):
    """From a to b along the sphere: the angle to a grows evenly with t."""
    cosine = (a @ b) / (a.norm() * b.norm())
    angle = torch.arccos(cosine.clamp(-1, 1))
    if (
        angle < 1e-3
    ):  # nearly the same point: the arc is a straight line, and sin(angle) is too small to divide by
        return (1 - t) * a + t * b
    return (torch.sin((1 - t) * angle) * a + torch.sin(t * angle) * b) / torch.sin(angle)


def concept_arithmetic(first, second, third):
    """z1 - z2 + z3 with each z the mean of its exemplars, put back on the shell of radius sqrt(d)."""
    z = first.mean(0) - second.mean(0) + third.mean(0)
    return z * math.sqrt(len(z)) / z.norm()
