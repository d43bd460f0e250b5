"""Solutions of labs/10_pix2pix.ipynb. Try first: the checks say what is wrong, and why."""

import torch
import torch.nn.functional as F


def receptive_field(layers):
    """From the last layer back to the first: one output is made of `kernel` inputs, which begin `stride` apart."""
    field = 1
    for kernel, stride in reversed(layers):
        field = kernel + (field - 1) * stride
    return field


def generator_loss(generator, discriminator, x, y, l1):
    """Fool D in every patch, and come near to the truth: one picture for both."""
    fake = generator(x)
    logits = discriminator(torch.cat([x, fake], dim=1))
    return F.softplus(-logits).mean() + l1 * (y - fake).abs().mean()
