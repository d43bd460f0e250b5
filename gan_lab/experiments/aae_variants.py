"""An adversarial autoencoder with something left out, or built as copies of it often are: what does each phase buy?

Every function changes the phases of a model that has not been trained yet, and nothing else.
"""

from __future__ import annotations

from collections.abc import Callable

from torch import Tensor

from gan_lab.algorithms.aae import AAE, SemiSupervisedAAE
from gan_lab.algorithms.adam import adam
from gan_lab.algorithms.base import Phase, seeded
from gan_lab.data.batch import Batch
from gan_lab.losses import non_saturating

Loss = Callable[[Batch], dict[str, Tensor]]

SHARE = 0.001
"""Of the adversarial part in the one summed loss that many copies have."""


def summed(model: AAE, lr: float = 5e-4) -> None:
    """One step of encoder and decoder on a weighted sum, instead of the reconstruction's and the encoder's phases."""

    def loss(batch: Batch) -> dict[str, Tensor]:
        error, fooling = model.reconstruction_loss(batch)["loss"], model.encoder_loss(batch)["loss"]
        return {"loss": (1 - SHARE) * error + SHARE * fooling}

    pair = [model.encoder, model.decoder]
    optimizer = adam([p for net in pair for p in net.parameters()], lr=lr, betas=(0.9, 0.999))
    model.phases = [Phase("summed", pair, optimizer, loss), model.phase("discriminator")]


def swapped(model: AAE, encoder_too: bool) -> None:
    """D learns that the codes are the real ones and the prior's samples the fakes.

    Args:
        encoder_too: whether the encoder is told, and now wants D to take its codes for fakes; else it still wants
            what D already answers.
    """
    for name in ("discriminator", "encoder") if encoder_too else ("discriminator",):
        phase = model.phase(name)
        phase.loss = _with_the_other_answer(model, phase.loss)


def _with_the_other_answer(model: AAE, loss: Loss) -> Loss:
    """A logit of the other sign is the other answer; the cross entropy is symmetric in that."""
    judge = model.judge

    def turned(batch: Batch) -> dict[str, Tensor]:
        model.judge = lambda z, batch: -judge(z, batch)
        try:
            return loss(batch)
        finally:
            del model.judge

    return turned


def without_games(model: SemiSupervisedAAE, games: int) -> None:
    """A semi-supervised model with fewer of its two games: 0 for none, 1 for that of the style alone, 2 for both.

    Raises:
        ValueError: another number of games.
    """
    if games not in (0, 1, 2):
        raise ValueError(f"a semi-supervised model has 0, 1 or 2 games, not {games}")
    if games == 1:
        model.phase("encoder").loss = lambda batch: _fool_the_style_s(model, batch)
    left_out = {0: {"discriminator", "label discriminator", "encoder"}, 1: {"label discriminator"}, 2: set()}
    model.phases = [phase for phase in model.phases if phase.name not in left_out[games]]


def _fool_the_style_s(model: SemiSupervisedAAE, batch: Batch) -> dict[str, Tensor]:
    return {"loss": non_saturating.generator(model.discriminator(model.encoder(model.seen(batch))))}


def reached(model: AAE, n: int = 1000) -> tuple[Tensor, Tensor]:
    """Two samples of the model's prior, ``(n, d)`` each, always the same."""
    with seeded(0):
        return model.prior.sample(n), model.prior.sample(n)
