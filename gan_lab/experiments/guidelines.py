"""What does each guideline of DCGAN buy? Take one away, and train the rest as it is.

After section 3 of Radford, Metz and Chintala 2016 ("Architecture guidelines for stable deep convolutional GANs").
Small networks learn real digits at 32x32. The long runs are shipped as a log (``shipped()``), written by
``python -m gan_lab.bench.guidelines``; one row of it is quick to run again.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from itertools import pairwise
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn

from gan_lab.algorithms.base import watching
from gan_lab.algorithms.gan import GAN, adam
from gan_lab.data.images import ImageSet
from gan_lab.experiments import alone, log
from gan_lab.experiments.digits_race import Quality, split
from gan_lab.models.dcgan import Discriminator, Generator
from gan_lab.training import Engine, TrainConfig, train

LOG = Path(__file__).parent / "logs" / "guidelines.json"

LATENT, WIDTH, SIDE, BATCH = 32, 16, 32, 32
STEPS, EVERY = 600, 100
RATE = 5e-4
"""Of Adam. The paper's is 2e-4, with minibatches of 128 and for much longer runs."""
Layers = list[nn.Module]


def without_norm(layers: Layers) -> Layers:
    """BatchNorm taken out; its shift stays, as a bias of the convolution before it."""
    kept = [layer for layer in layers if not isinstance(layer, nn.BatchNorm2d)]
    for layer, after in pairwise(layers):
        if isinstance(after, nn.BatchNorm2d):
            layer.bias = nn.Parameter(torch.zeros(after.num_features))
    return kept


def with_relu(layers: Layers) -> Layers:
    """ReLU wherever there was LeakyReLU."""
    return [nn.ReLU(True) if isinstance(layer, nn.LeakyReLU) else layer for layer in layers]


def without_tanh(layers: Layers) -> Layers:
    """A linear output."""
    return [layer for layer in layers if not isinstance(layer, nn.Tanh)]


def with_default_weights(layers: Layers) -> Layers:
    """The weights that PyTorch draws for a convolution, instead of those from N(0, 0.02)."""
    for layer in layers:
        if isinstance(layer, nn.Conv2d | nn.ConvTranspose2d):
            layer.reset_parameters()
    return layers


def with_pooling(layers: Layers) -> Layers:
    """3x3 convolutions that keep the size; the size is doubled or halved by layers that learn nothing."""
    changed: Layers = []
    for layer in layers:
        if isinstance(layer, nn.Conv2d | nn.ConvTranspose2d) and layer.stride == (2, 2):
            filters = nn.Conv2d(layer.in_channels, layer.out_channels, 3, padding=1, bias=False)
            nn.init.normal_(filters.weight, 0.0, 0.02)
            grows = isinstance(layer, nn.ConvTranspose2d)
            changed += [nn.Upsample(scale_factor=2), filters] if grows else [filters, nn.MaxPool2d(2)]
        else:
            changed.append(layer)
    return changed


def same(layers: Layers) -> Layers:
    """As the paper has them."""
    return layers


@dataclass(frozen=True)
class Variant:
    """What is done to the generator's layers, to the discriminator's, and to Adam."""

    generator: Callable[[Layers], Layers] = same
    discriminator: Callable[[Layers], Layers] = same
    beta1: float = 0.5


VARIANTS = {
    "all guidelines": Variant(),
    "no BatchNorm in G": Variant(generator=without_norm),
    "no BatchNorm in D": Variant(discriminator=without_norm),
    "pooling, no strides": Variant(with_pooling, with_pooling),
    "ReLU in D": Variant(discriminator=with_relu),
    "no Tanh": Variant(generator=without_tanh),
    "default weights": Variant(with_default_weights, with_default_weights),
    "beta1 = 0.9": Variant(beta1=0.9),
}
"""By name: the paper's network, and the same with one guideline taken away."""


@dataclass(frozen=True)
class Moment:
    """What there is to read at one moment of a run.

    Attributes:
        step: generator updates so far.
        loss_d, loss_g: means since the last moment.
        quality: of the samples of this moment.
    """

    step: int
    loss_d: float
    loss_g: float
    quality: float


def build(variant: str, seed: int) -> GAN:
    """DCGAN for 32x32 grey images, 16 maps wide, with that one guideline taken away.

    Raises:
        ValueError: an unknown variant.
    """
    if variant not in VARIANTS:
        raise ValueError(f"there is no variant {variant!r}; there are {', '.join(VARIANTS)}")
    change = VARIANTS[variant]

    def both() -> nn.ModuleList:
        generator, discriminator = Generator(SIDE, 1, LATENT, WIDTH), Discriminator(SIDE, 1, WIDTH)
        generator.layers = nn.Sequential(*change.generator(list(generator.layers)))
        discriminator.layers = nn.Sequential(*change.discriminator(list(discriminator.layers)))
        return nn.ModuleList([generator, discriminator])

    generator, discriminator = alone.seeded(both, seed)
    optimizer = partial(adam, lr=RATE, betas=(change.beta1, 0.999))
    return GAN(generator, discriminator, LATENT, optimizer=optimizer)


def samples(algorithm: GAN, n: int = 1000) -> Tensor:
    """``(n, 1, 32, 32)``, clamped to [-1, 1], always from the same noise."""
    z = torch.randn(n, algorithm.latent_dim, generator=torch.Generator().manual_seed(0))
    with watching(algorithm):
        return algorithm.shown(z).clamp(-1, 1)


def run(
    algorithm: GAN, digits: ImageSet, quality: Quality, steps: int = STEPS, every: int = EVERY, seed: int = 0
) -> Iterator[Moment]:
    """Trains on 80 % of the digits, 32x32, in bf16; yields a moment after each ``every`` updates of the generator."""
    known, others = split(digits, len(digits) // 5)
    printed: list[Tensor] = []
    engine = Engine("cpu", "bf16")
    for step in train(algorithm, known.batches(BATCH, seed), TrainConfig(steps, seed), engine):
        printed.append(torch.stack([step.logs[name]["loss"] for name in ("discriminator", "generator")]))
        if step.step % every == 0:
            loss_d, loss_g = torch.stack(printed).float().mean(0).tolist()
            yield Moment(step.step, loss_d, loss_g, quality(samples(algorithm, len(others))))
            printed.clear()


def shipped(path: Path = LOG) -> dict[str, Any]:
    """The long runs: how they were made, the quality's ``floor``, and ``runs``, by variant a list of seeds' moments."""
    return log.shipped(path, Moment)
