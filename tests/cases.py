"""One small instance of every algorithm, for the promises all of them make. A new algorithm adds a line here."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import torch

from gan_lab.algorithms.aae import AAE, SemiSupervisedAAE, StyleAAE
from gan_lab.algorithms.age_cgan import AgeCGAN
from gan_lab.algorithms.base import Algorithm
from gan_lab.algorithms.classifier import Classifier
from gan_lab.algorithms.conditional import ConditionalGAN
from gan_lab.algorithms.dcgan import DCGAN
from gan_lab.algorithms.gan import GAN
from gan_lab.algorithms.pixelcnn import AutoregressiveModel
from gan_lab.algorithms.probe import Probing, factor_probe
from gan_lab.algorithms.progressive import Progressive
from gan_lab.algorithms.template import TinyGAN
from gan_lab.algorithms.vae import VAE
from gan_lab.algorithms.wgan import WGAN, WGANGP
from gan_lab.data.batch import Batch
from gan_lab.data.faces import FaceStream
from gan_lab.data.priors import Gaussian, Mixture
from gan_lab.losses import hinge, least_squares, minimax, penalties, relativistic
from gan_lab.models.autoencoder import Decoder, Encoder
from gan_lab.models.classifier import DigitClassifier
from gan_lab.models.mlp import MLP
from gan_lab.models.pixelcnn import PixelCNN
from gan_lab.training import seed_for


def toy_batch(i: int, n: int = 16) -> Batch:
    generator = torch.Generator().manual_seed(seed_for("toy", i))
    return Batch(torch.randn(n, 2, generator=generator))


def image_batch(i: int, n: int = 8, size: int = 16) -> Batch:
    generator = torch.Generator().manual_seed(seed_for("image", i))
    x = torch.rand(n, 1, size, size, generator=generator) * 2 - 1
    return Batch(x, torch.randint(10, (n,), generator=generator))


def face_batch(i: int, n: int = 8) -> Batch:
    return FaceStream(16, labelled=True).batch(i, n)


def nets(width: int = 16) -> tuple[MLP, MLP]:
    return MLP(2, 2, width, 2), MLP(2, 1, width, 2)


def coder(d: int = 2, label_in: int = 0, **heads) -> tuple[Encoder, Decoder]:
    return Encoder(d, 16, 1, 16, 1, **heads), Decoder(d, 16, 1, 16, 1, classes=label_in)


def semi() -> Algorithm:
    few, judges = image_batch(99, 20), (MLP(3, 1, 8, 1), MLP(10, 1, 8, 1))
    return SemiSupervisedAAE(*coder(3, 10, classes=10), *judges, few, batch_size=5, input_noise=0.3)


def decay(seen: int) -> float:
    return 1 / (1 + seen / 100)


TOY: dict[str, Callable[[], Algorithm]] = {
    "gan": lambda: GAN(*nets(), 2),
    "gan-minimax-k3": lambda: GAN(*nets(), 2, loss=minimax, k=3, noise="uniform"),
    "gan-least-squares-decay": lambda: GAN(*nets(), 2, loss=least_squares, lr_factor=decay),
    "gan-relativistic-r1-r2-ema": lambda: GAN(*nets(), 2, loss=relativistic, r1=0.1, r2=0.1, ema=0.9),
    "gan-hinge-reuse": lambda: GAN(*nets(), 2, loss=hinge, reuse_fake=True),
    "gan-spectral-norm": lambda: GAN(nets()[0], penalties.spectral_norm(nets()[1]), 2),
    "wgan": lambda: WGAN(*nets(), 2, k=2),
    "wgan-gp": lambda: WGANGP(*nets(), 2, k=2),
    "template": lambda: TinyGAN(MLP(2, 2, 8, 1), MLP(2, 1, 8, 1), 2),
}
IMAGES: dict[str, Callable[[], Algorithm]] = {
    "dcgan": lambda: DCGAN(16, 1, nz=8, ngf=8, ndf=8),
    "dcgan-reuse-ema": lambda: DCGAN(16, 1, nz=8, ngf=8, ndf=8, reuse_fake=True, ema=0.9),
    "dcgan-unfused": lambda: DCGAN(16, 1, nz=8, ngf=8, ndf=8, optimizer=partial(plain_adam, lr=2e-4)),
    # From the first step in the fade to the top level, so that every layer is in use.
    "progressive": lambda: Progressive(8, 1, 8, (8, 4), fade=80, stable=0, batch_size=8, ema=0.9),
    "cgan-concat": lambda: ConditionalGAN(10, 16, 1, 8, 8, 8, condition="concat", ema=0.9),
    "cgan-projection-r1": lambda: ConditionalGAN(10, 16, 1, 8, 8, 8, r1=0.1),
    "age-cgan": lambda: AgeCGAN(10, 16, 1, 8, 8, 8, 8, ema=0.9),
    "classifier": lambda: Classifier(DigitClassifier()),
    "probe": lambda: Probing(factor_probe(4, 16)),
    "vae": lambda: VAE(*coder(gaussian=True), binarise=True, lr_factor=decay),
    "pixelcnn": lambda: AutoregressiveModel(
        PixelCNN(8, 2), lr_factor=decay
    ),  # it binarises grey pictures itself
    "aae-gaussian-encoder": lambda: AAE(*coder(gaussian=True), MLP(2, 1, 8, 1), Gaussian(2, 5.0)),
    "aae-tied": lambda: AAE(*coder(), MLP(12, 1, 8, 1), Mixture(), tied=True, input_noise=0.3),
    "aae-style": lambda: StyleAAE(*coder(3, 10), MLP(3, 1, 8, 1), Gaussian(3)),
    "aae-style-told": lambda: StyleAAE(
        *coder(3, 10), MLP(13, 1, 8, 1), Gaussian(3), told=True, r1=0.1, r2=0.1
    ),
    "aae-semi-supervised": semi,
}
SIZES = {"progressive": 8, "classifier": 28}
CASES = {name: (build, toy_batch) for name, build in TOY.items()} | {
    name: (build, partial(image_batch, size=SIZES.get(name, 16))) for name, build in IMAGES.items()
}
CASES["probe"] = (IMAGES["probe"], face_batch)


def plain_adam(params, lr):
    return torch.optim.Adam(params, lr=lr, betas=(0.5, 0.999), foreach=True)
