"""Solutions of labs/01_gan_as_a_game.ipynb. Try first: the checks say what is wrong, and why."""

import torch.nn.functional as F


def discriminator_loss(real_logits, fake_logits):
    """-C. With D = sigmoid(logit): -log D = softplus(-logit) and -log(1 - D) = softplus(logit)."""
    return F.softplus(-real_logits).mean() + F.softplus(fake_logits).mean()


def one_iteration(generator, discriminator, optimizer_g, optimizer_d, next_batch, noise, k):
    """The body of the outer loop of the lecture's pseudo-algorithm."""
    for _ in range(k):
        fake = generator(noise()).detach()  # D's turn: G only supplies examples
        optimizer_d.zero_grad()
        discriminator_loss(discriminator(next_batch()), discriminator(fake)).backward()
        optimizer_d.step()
    optimizer_g.zero_grad()
    F.softplus(-discriminator(generator(noise()))).mean().backward()  # -mean log D(G(z))
    optimizer_g.step()
