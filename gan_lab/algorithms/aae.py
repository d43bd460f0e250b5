"""The adversarial autoencoder (Makhzani et al. 2016), with its phases as on the slide, and its three forms.

for each minibatch:
    1. reconstruction phase      encoder and decoder descend the reconstruction error
    2. regularisation phase      the discriminator learns to tell the prior's samples (real) from codes (fake),
                                 then the encoder, as the game's generator, learns to fool it
    (3. classification phase     semi-supervised only: the encoder's label head learns the few labels there are)

Only samples of the prior are asked for, never its density. What is matched is the aggregate q(z) = E_x q(z|x): there
is no ELBO here.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import partial
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor, nn
from torch.optim import Optimizer

from gan_lab.algorithms.adam import adam
from gan_lab.algorithms.base import Algorithm, Frame, Phase, Probe, watching
from gan_lab.data.batch import Batch
from gan_lab.data.priors import Gaussian, Prior
from gan_lab.losses import non_saturating, penalties, reconstruction
from gan_lab.models.autoencoder import Decoder, Encoder, one_hot

OptimizerFactory = Callable[[Iterable[nn.Parameter]], Optimizer]


class AAE(Algorithm):
    """Unsupervised: codes are made to look like samples of any prior.

    Args:
        encoder, decoder: see ``gan_lab.models.autoencoder``; the encoder deterministic or Gaussian.
        discriminator: codes ``(B, d)`` to logits ``(B,)``; with ``tied``, codes and a one-hot component.
        prior: what codes should be distributed like; any sampler.
        tied: tie each class to the prior's component of that number (the discriminator is told both).
        input_noise: standard deviation of noise on the encoder's input (pixels in [-1, 1]) while training.
        r1, r2: weight gamma of D's squared gradient norm at the prior's samples and at codes, as for ``GAN``. The
            paper has none; without them the game may never settle, and codes run away from the prior.
        optimizer, adversarial: make the optimisers of the reconstruction and of the two regularising turns.

    Raises:
        ValueError: code, decoder and prior differ in width, or the prior has no components to tie.
    """

    def __init__(
        self,
        encoder: Encoder,
        decoder: Decoder,
        discriminator: nn.Module,
        prior: Prior,
        *,
        tied: bool = False,
        input_noise: float = 0.0,
        r1: float = 0.0,
        r2: float = 0.0,
        optimizer: OptimizerFactory = partial(adam, lr=1e-3),
        adversarial: OptimizerFactory = partial(adam, lr=2e-4, betas=(0.5, 0.999)),
        lr_factor: Callable[[int], float] | None = None,
    ) -> None:
        super().__init__()
        widths = {
            "the encoder": encoder.latent_dim,
            "the decoder": decoder.latent_dim,
            "the prior": prior.dim,
        }
        if len(set(widths.values())) > 1:
            said = ", ".join(f"{who} {width}" for who, width in widths.items())
            raise ValueError(f"codes must have one width: {said}")
        if tied and not prior.components:
            raise ValueError(
                f"the prior {prior.name} has no components to tie labels to: take mixture or swiss-roll"
            )
        self.encoder, self.decoder, self.discriminator = encoder, decoder, discriminator
        self.latent_dim = encoder.latent_dim
        self.prior, self.tied, self.input_noise, self.lr_factor = prior, tied, input_noise, lr_factor
        self.r1, self.r2 = r1, r2
        pair = [*encoder.parameters(), *decoder.parameters()]
        judges = discriminator.parameters()
        self.phases = [
            Phase("reconstruction", [encoder, decoder], optimizer(pair), self.reconstruction_loss),
            Phase("discriminator", [discriminator], adversarial(judges), self.discriminator_loss),
            Phase("encoder", [encoder], adversarial(encoder.parameters()), self.encoder_loss),
        ]

    def seen(self, batch: Batch) -> Tensor:
        """What the encoder gets to see."""
        return batch.x + self.input_noise * torch.randn_like(batch.x) if self.input_noise else batch.x

    def decode(self, z: Tensor, batch: Batch) -> Tensor:
        """Pixel logits; the forms with labels override it."""
        return self.decoder.logits(z)

    def reconstruction_loss(self, batch: Batch) -> dict[str, Tensor]:
        """Phase 1: squared error of the intensities, half of its mean."""
        logits = self.decode(self.encoder(self.seen(batch)), batch)
        return {"loss": reconstruction.mean_squared(logits, batch.x).mean()}

    def judge(self, z: Tensor, batch: Batch) -> Tensor:
        """D's logits; with tied labels it is told the label beside the code."""
        if not self.tied:
            return self.discriminator(z)
        told = one_hot(labels_of(batch, "tying labels to a prior"), self.prior.components)
        return self.discriminator(torch.cat([z, told], dim=1))

    def discriminator_loss(self, batch: Batch) -> dict[str, Tensor]:
        """Phase 2, first turn: the prior's samples are the real ones, the codes the fakes."""
        with torch.no_grad():
            codes = self.encoder(self.seen(batch))
        component = labels_of(batch, "tying labels to a prior") if self.tied else None
        real = self.prior.sample(len(codes), component, codes.device)
        real, codes = real.requires_grad_(self.r1 > 0), codes.requires_grad_(self.r2 > 0)
        real_logits, fake_logits = self.judge(real, batch), self.judge(codes, batch)
        cost = non_saturating.discriminator(real_logits, fake_logits)
        if self.r1:
            cost = cost + penalties.r1(real_logits, real, self.r1)
        if self.r2:
            cost = cost + penalties.r2(fake_logits, codes, self.r2)
        return {"loss": cost}

    def encoder_loss(self, batch: Batch) -> dict[str, Tensor]:
        """Phase 2, second turn: the encoder makes codes that D takes for the prior's."""
        return {"loss": non_saturating.generator(self.judge(self.encoder(self.seen(batch)), batch))}

    def frame(self, probe: Probe) -> Frame:
        """``fake``: what the probe's codes ``(n, d)`` (and labels) are decoded to."""
        with watching(self):
            return {"fake": self.decoder(probe.z, probe.y).float().cpu().numpy()}


class StyleAAE(AAE):
    """Supervised (figure 6): the decoder is told the label, so that z is left with the style.

    Args:
        told: tell the discriminator the label as well, so that codes are like the prior within every class. Without
            it, as in the paper, only the codes of all classes together are: a roomy z may keep the label, and the
            decoder then ignores the one it is told.
        rest: as for :class:`AAE`; with ``told``, the discriminator takes the code and the one-hot label.
    """

    def __init__(
        self,
        encoder: Encoder,
        decoder: Decoder,
        discriminator: nn.Module,
        prior: Prior,
        *,
        told: bool = False,
        **rest: Any,
    ) -> None:
        super().__init__(encoder, decoder, discriminator, prior, **rest)
        self.told = told

    def judge(self, z: Tensor, batch: Batch) -> Tensor:
        if not self.told:
            return super().judge(z, batch)
        label = one_hot(labels_of(batch, "a discriminator that is told the label"), self.decoder.classes)
        return self.discriminator(torch.cat([z, label], dim=1))

    def decode(self, z: Tensor, batch: Batch) -> Tensor:
        return self.decoder.logits(z, labels_of(batch, "a decoder that is told the label"))


class SemiSupervisedAAE(AAE):
    """Semi-supervised (figure 8): label y and style z from one encoder, a discriminator for each, a few labels.

    Minibatches may be unlabelled. The few labelled images are drawn from here, for the classification phase.

    Args:
        encoder: with a label head; its shares of each class, with z, are what the decoder gets.
        label_discriminator: shares ``(B, classes)`` to logits ``(B,)``; one-hot labels are its real ones.
        labelled: the images whose labels may be used, ``x`` and ``y``; None if ``give_labels`` will bring them.
        batch_size: how many of them a classification turn sees.
        rest: as for :class:`AAE`.

    Raises:
        ValueError: no labels, labels outside the classes, or an encoder without a label head.
    """

    few_x: Tensor
    few_y: Tensor

    def __init__(
        self,
        encoder: Encoder,
        decoder: Decoder,
        discriminator: nn.Module,
        label_discriminator: nn.Module,
        labelled: Batch | None,
        prior: Prior | None = None,
        *,
        batch_size: int = 100,
        optimizer: OptimizerFactory = partial(adam, lr=1e-3),
        adversarial: OptimizerFactory = partial(adam, lr=2e-4, betas=(0.5, 0.999)),
        input_noise: float = 0.0,
        r1: float = 0.0,
        r2: float = 0.0,
        lr_factor: Callable[[int], float] | None = None,
    ) -> None:
        if not encoder.classes:
            raise ValueError(
                "a semi-supervised encoder needs a label head: make it with classes=10, for example"
            )
        super().__init__(
            encoder, decoder, discriminator, prior or Gaussian(encoder.latent_dim), input_noise=input_noise,
            r1=r1, r2=r2, optimizer=optimizer, adversarial=adversarial, lr_factor=lr_factor,
        )  # fmt: skip
        self.label_discriminator, self.batch_size = label_discriminator, batch_size
        self.register_buffer("few_x", torch.empty(0), persistent=False)
        self.register_buffer("few_y", torch.empty(0, dtype=torch.int64), persistent=False)
        if labelled is not None:
            self.give_labels(labelled)
        judges = adversarial(label_discriminator.parameters())
        turn = Phase("label discriminator", [label_discriminator], judges, self.label_discriminator_loss)
        self.phases.insert(2, turn)
        last = optimizer(encoder.parameters())
        self.phases.append(Phase("classification", [encoder], last, self.classification_loss))

    def reconstruction_loss(self, batch: Batch) -> dict[str, Tensor]:
        """Phase 1: the decoder gets the shares of each class and the style."""
        label, z = self.encoder.both(self.seen(batch))
        logits = self.decoder.logits(z, label.softmax(1))
        return {"loss": reconstruction.mean_squared(logits, batch.x).mean()}

    def give_labels(self, labelled: Batch) -> None:
        """The images whose labels may be used.

        Raises:
            ValueError: no labels, or labels outside the encoder's classes.
        """
        labels = labels_of(labelled, "semi-supervised learning")
        one_hot(labels, self.encoder.classes)  # refuses labels outside the classes
        self.few_x, self.few_y = labelled.x, labels

    def label_discriminator_loss(self, batch: Batch) -> dict[str, Tensor]:
        """Phase 2: the categorical's samples are the real ones, the encoder's shares the fakes."""
        with torch.no_grad():
            shares = self.encoder.both(self.seen(batch))[0].softmax(1)
        drawn = torch.randint(self.encoder.classes, (len(shares),), device=shares.device)
        real = F.one_hot(drawn, self.encoder.classes).to(shares)
        judge = self.label_discriminator
        return {"loss": non_saturating.discriminator(judge(real), judge(shares))}

    def encoder_loss(self, batch: Batch) -> dict[str, Tensor]:
        """Phase 2: the encoder fools both discriminators at once."""
        label, z = self.encoder.both(self.seen(batch))
        style = non_saturating.generator(self.discriminator(z))
        category = non_saturating.generator(self.label_discriminator(label.softmax(1)))
        return {"loss": style + category, "style": style.detach(), "category": category.detach()}

    def classification_loss(self, batch: Batch) -> dict[str, Tensor]:
        """Phase 3: cross entropy in nats on a handful of the labelled images; ``batch`` is not looked at."""
        if not len(self.few_y):
            raise ValueError("semi-supervised learning needs some labelled images: bring them by give_labels")
        which = torch.randint(len(self.few_x), (self.batch_size,), device=self.few_x.device)
        label, _ = self.encoder.both(self.seen(Batch(self.few_x[which])))
        wanted = self.few_y[which]
        right = (label.detach().argmax(1) == wanted).float().mean()
        return {"loss": F.cross_entropy(label, wanted), "accuracy": right}


def labels_of(batch: Batch, purpose: str) -> Tensor:
    """The minibatch's labels, int64 ``(B,)``; ValueError where it has none."""
    if batch.y is None:
        raise ValueError(
            f"{purpose} needs labels, and these data have none: choose a labelled set, such as mnist-5k"
        )
    return batch.y
