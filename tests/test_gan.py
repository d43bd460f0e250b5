"""What is particular to the GANs: the pseudo-algorithm's turns, the reused fake, clipping, penalties, seeds."""

from __future__ import annotations

import pytest
import torch
from cases import CASES, nets, toy_batch
from torch import nn

from gan_lab.algorithms.gan import GAN
from gan_lab.algorithms.schedules import linear_decay
from gan_lab.algorithms.wgan import WGAN, WGANGP, critic_steps
from gan_lab.losses import non_saturating
from gan_lab.models.dcgan import Discriminator, Generator
from gan_lab.training import Engine, TrainConfig, seed_for, train


class Spy(nn.Module):
    """A generator that remembers what it was given."""

    def __init__(self):
        super().__init__()
        self.layer = nn.Linear(2, 2)
        self.seen = []

    def forward(self, z):
        self.seen.append(z.clone())
        return self.layer(z)


def test_every_turn_draws_fresh_noise():
    spy = Spy()
    for _ in train(GAN(spy, nets()[1], 2, k=2), toy_batch, TrainConfig(3), Engine("cpu")):
        pass
    assert len(spy.seen) == 3 * (2 + 1)
    assert len({z.sum().item() for z in spy.seen}) == 9


def test_the_reused_fake_is_ds_last_one():
    spy = Spy()
    gan = GAN(spy, nets()[1], 2, reuse_fake=True)
    for _ in train(gan, toy_batch, TrainConfig(3), Engine("cpu")):
        pass
    assert len(spy.seen) == 3
    gan.forget()
    gan.generator_loss(toy_batch(0))  # with nothing kept it draws its own
    assert len(spy.seen) == 4


def test_the_losses_are_those_of_the_slide():
    torch.manual_seed(0)
    gan, batch = GAN(*nets(), 2), toy_batch(0)
    torch.manual_seed(1)
    logged = gan.discriminator_loss(batch)
    torch.manual_seed(1)
    fake = gan.fake(batch)
    d_real, d_fake = torch.sigmoid(gan.discriminator(batch.x)), torch.sigmoid(gan.discriminator(fake))
    assert torch.allclose(logged["loss"], -(d_real.log().mean() + (1 - d_fake).log().mean()), atol=1e-6)
    torch.manual_seed(1)
    assert torch.allclose(gan.generator_loss(batch)["loss"], -d_fake.log().mean(), atol=1e-6)
    assert gan.loss is non_saturating


def test_uniform_noise_lies_in_minus_one_to_one():
    z = GAN(*nets(), 2, noise="uniform").latents(1000)
    assert -1 <= z.min() < -0.9
    assert 0.9 < z.max() <= 1


def test_clipping_holds_after_every_critic_update():
    gan = WGAN(*nets(), 2, clip=0.02, k=2)
    clipped = []
    clip = gan.phases[0].after
    gan.phases[0].after = lambda: (clip(), clipped.append(max(p.abs().max() for p in gan.phases[0].params)))
    for _ in train(gan, toy_batch, TrainConfig(4), Engine("cpu")):
        pass
    assert len(clipped) == 8
    assert max(clipped) <= 0.02
    assert any(p.abs().max() > 0.02 for p in gan.generator.parameters())


def test_the_papers_hundred_critic_updates():
    assert [critic_steps(step) for step in (0, 24, 25, 499, 500, 501, 1000)] == [100, 100, 5, 5, 100, 5, 100]
    gan = WGAN(*nets(), 2, train_critic_first=True)
    assert gan.phases[0].updates_at(3) == 100
    assert WGAN(*nets(), 2).phases[0].updates_at(3) == 5
    group = WGAN(*nets(), 2).phases[0].optimizer.param_groups[0]
    assert (type(WGAN(*nets(), 2).phases[0].optimizer).__name__, group["lr"]) == ("RMSprop", 5e-5)


def test_a_gradient_penalty_pulls_the_slope_to_one():
    torch.manual_seed(0)
    gan = WGANGP(*nets(32), 2, k=20)
    for _ in train(gan, toy_batch, TrainConfig(60), Engine("cpu")):
        pass
    x = torch.randn(200, 2, requires_grad=True)
    (slope,) = torch.autograd.grad(gan.discriminator(x).sum(), x)
    assert 0.2 < slope.norm(dim=1).mean() < 1.5


def test_refusals():
    with pytest.raises(ValueError, match="at least 1, not 0"):
        GAN(*nets(), 2, k=0)
    with pytest.raises(ValueError, match="'normal' or 'uniform', not 'cauchy'"):
        GAN(*nets(), 2, noise="cauchy")
    with pytest.raises(ValueError, match="must not be negative"):
        GAN(*nets(), 2, r1=-1)
    with pytest.raises(ValueError, match="clip value c must be positive"):
        WGAN(*nets(), 2, clip=0)
    with pytest.raises(ValueError, match="BatchNorm cannot be given a gradient penalty"):
        WGANGP(Generator(16, 1, 4, 4), Discriminator(16, 1, 4), 4)


def test_linear_decay():
    assert [linear_decay(s, 100, 200) for s in (0, 100, 150, 200, 300)] == [1, 1, 0.5, 0, 0]
    gan = CASES["gan-least-squares-decay"][0]()
    gan.schedule(100)
    assert gan.phases[0].optimizer.param_groups[0]["lr"] == pytest.approx(1e-4)
    gan.schedule(0)  # a pure function of the images seen: going back works
    assert gan.phases[0].optimizer.param_groups[0]["lr"] == pytest.approx(2e-4)


def test_seeds_are_a_function_of_where_one_is():
    assert seed_for(0, 1, "a", 2) == seed_for(0, 1, "a", 2)
    seeds = {seed_for(s, r, p, n) for s in range(5) for r in range(3) for p in "ab" for n in range(20)}
    assert len(seeds) == 5 * 3 * 2 * 20
    assert all(0 <= seed < 2**63 for seed in seeds)
