"""The conditional GAN, G: {z, y} -> x: both players are told a label (Mirza and Osindero 2014).

for each minibatch of examples x with labels y:
    sample noise z                 update D by ascending C = mean log D(x, y) + mean log(1 - D(G(z, y), y))
    sample noise z                 update G by ascending mean log D(G(z, y), y)

A fake is made for, and judged under, the label of the example that it is held against, so that D sees each label as
often among the fakes as among the real ones.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from torch import Tensor

from gan_lab.algorithms.aae import labels_of
from gan_lab.algorithms.base import Frame, Probe, watching
from gan_lab.algorithms.dcgan import penalised
from gan_lab.algorithms.gan import GAN, OptimizerFactory, adam
from gan_lab.data.batch import Batch
from gan_lab.models.conditional import CONDITIONS, ConditionalGenerator


class ConditionalGAN(GAN):
    """A class-conditional DCGAN, with the paper's Adam(2e-4, betas 0.5 and 0.999).

    Args:
        classes: how many labels there are: 0 to classes - 1.
        size, channels, nz, ngf, ndf: as for DCGAN.
        condition: how D is told the label, "concat" or "projection", see ``gan_lab.models.conditional``.
        options: anything ``GAN`` takes. With a penalty on D's gradients D has no BatchNorm, see
            ``gan_lab.algorithms.dcgan.penalised``.

    Raises:
        ValueError: an unknown condition or fewer than two classes; in training, data without labels, with labels
            that are no classes, or with a label outside the classes.
    """

    def __init__(
        self,
        classes: int,
        size: int = 64,
        channels: int = 3,
        nz: int = 100,
        ngf: int = 64,
        ndf: int = 64,
        *,
        condition: str = "projection",
        optimizer: OptimizerFactory = partial(adam, lr=2e-4, betas=(0.5, 0.999)),
        **options: Any,
    ) -> None:
        if condition not in CONDITIONS:
            raise ValueError(f"condition is {' or '.join(CONDITIONS)}, not {condition!r}")
        norm = not penalised(options)
        generator = ConditionalGenerator(classes, size, channels, nz, ngf)
        discriminator = CONDITIONS[condition](classes, size, channels, ndf, norm)
        super().__init__(generator, discriminator, nz, optimizer=optimizer, **options)
        self.classes = classes

    def view(self, batch: Batch) -> Batch:
        """The minibatch as it is, if it has one label for each example."""
        self.labels(batch)
        return batch

    def labels(self, batch: Batch) -> Tensor:
        """The minibatch's labels, int64 ``(B,)``; ValueError where it has none, or other things than classes."""
        y = labels_of(batch, "a conditional GAN")
        if y.dim() != 1 or y.is_floating_point():
            raise ValueError(
                f"a conditional GAN takes one class for each example, int64 (B,), not {y.dtype} {tuple(y.shape)}"
            )
        return y

    def fake(self, batch: Batch) -> Tensor:
        """A fake for each example of the minibatch: its label, fresh noise."""
        return self.generator(self.latents(len(batch)), self.labels(batch))

    def critic(self, batch: Batch, plain: bool = False) -> Callable[[Tensor], Tensor]:
        """D as a function of examples, under the minibatch's labels."""
        judge, labels = super().critic(batch, plain), self.labels(batch)
        return lambda x: judge(x, labels)  # pyright: ignore[reportCallIssue]

    def frame(self, probe: Probe) -> Frame:
        """``fake``: what the probe's noise becomes under the probe's labels ``(n,)``.

        Raises:
            ValueError: the probe has no labels, or one outside the classes.
        """
        if probe.y is None:
            raise ValueError(
                f"a conditional generator is told labels: give the probe y, 0 to {self.classes - 1}"
            )
        with watching(self):
            return {"fake": self.shown(probe.z, probe.y).float().cpu().numpy()}
