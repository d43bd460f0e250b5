"""Solutions of labs/12_vae_and_aae.ipynb. Try first: the checks say what is wrong, and why."""

import math

import torch
import torch.nn.functional as F


def discriminator_turn(encoder, discriminator, optimizer, x, prior):
    """The prior's samples are real, the codes are fake; the encoder only supplies them."""
    with torch.no_grad():
        codes = encoder(x)
    loss = F.softplus(-discriminator(prior)).mean() + F.softplus(discriminator(codes)).mean()
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()


def aggregate_kl(z, mean, log_var, prior_std):
    """KL(q(z) || p) in nats: q(z) is the mean of all q(z|x), so every code is put to all of them."""

    def log_normal(z, mean, log_var):
        return -((z - mean) ** 2 / log_var.exp() + log_var + math.log(2 * math.pi)).sum(-1) / 2

    pairs = log_normal(z[:, None], mean[None], log_var[None])  # (n, n): a row for each code
    aggregate = pairs.logsumexp(1) - math.log(len(z))
    prior = log_normal(z, torch.zeros_like(z), torch.full_like(z, 2 * math.log(prior_std)))
    return (aggregate - prior).mean()
