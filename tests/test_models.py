"""Networks: the published sizes, the paper's rules, and what is refused."""

from __future__ import annotations

import pytest
import torch
from torch import nn

from gan_lab.models import ema
from gan_lab.models.dcgan import Discriminator, Generator
from gan_lab.models.mlp import MLP


def count(net):
    return sum(p.numel() for p in net.parameters())


def test_dcgan_has_the_published_numbers_of_parameters():
    assert count(Generator(64, 3, nz=100, ngf=64)) == 3_576_704
    assert count(Discriminator(64, 3, ndf=64)) == 2_765_568


@pytest.mark.parametrize("size", [16, 32, 64, 128])
@pytest.mark.parametrize("channels", [1, 3])
def test_dcgan_at_every_size(size, channels):
    images = Generator(size, channels, nz=5, ngf=4)(torch.randn(2, 5))
    assert images.shape == (2, channels, size, size)
    assert images.abs().max() <= 1
    assert Discriminator(size, channels, ndf=4)(images).shape == (2,)


def test_dcgan_follows_the_papers_guidelines():
    generator, discriminator = Generator(), Discriminator()
    kinds = [type(m) for m in [*generator.modules(), *discriminator.modules()]]
    assert nn.Linear not in kinds
    assert not any("Pool" in kind.__name__ for kind in kinds)
    assert isinstance(generator.layers[-1], nn.Tanh)
    assert isinstance(generator.layers[-2], nn.ConvTranspose2d)  # no BatchNorm at G's output
    assert isinstance(discriminator.layers[1], nn.LeakyReLU)  # nor at D's input
    assert all(m.negative_slope == 0.2 for m in discriminator.modules() if isinstance(m, nn.LeakyReLU))
    assert sum(kind is nn.BatchNorm2d for kind in kinds) == 4 + 3
    weights = torch.cat(
        [m.weight.flatten() for m in generator.modules() if isinstance(m, nn.ConvTranspose2d)]
    )
    assert abs(weights.std().item() - 0.02) < 1e-4


def test_a_critic_without_batchnorm_judges_each_image_by_itself():
    critic = Discriminator(16, 1, ndf=4, norm=False)
    x = torch.randn(6, 1, 16, 16)
    assert torch.allclose(critic(x)[:2], critic(x[:2]), atol=1e-6)


@pytest.mark.parametrize("size", [0, 28, 48, 256])
def test_other_sizes_are_refused(size):
    with pytest.raises(ValueError, match=f"8, 16, 32, 64 and 128 pixels, not {size}"):
        Generator(size)


def test_mlp_shapes_and_refusals():
    assert MLP(2, 1)(torch.randn(3, 2)).shape == (3,)
    assert MLP(2, 1, squeeze=False)(torch.randn(3, 2)).shape == (3, 1)
    assert MLP(1, 2, width=4, depth=1)(torch.randn(3, 1)).shape == (3, 2)
    with pytest.raises(ValueError, match="at least 1"):
        MLP(2, 1, depth=0)
    with pytest.raises(ValueError, match="unknown activation 'sine'"):
        MLP(2, 1, activation="sine")


def test_ema_by_hand():
    net = nn.BatchNorm1d(2)
    average = ema.averaged_copy(net)
    with torch.no_grad():
        net.weight.fill_(3.0)
    net.running_mean.fill_(5.0)
    ema.update(average, net, decay=0.75)
    assert torch.allclose(average.weight, torch.full((2,), 0.75 * 1 + 0.25 * 3))
    assert torch.equal(average.running_mean, net.running_mean)
    assert not any(p.requires_grad for p in average.parameters())
