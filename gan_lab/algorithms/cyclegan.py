"""CycleGAN (Zhu, Park, Isola and Efros 2017): image to image without pairs.

    A -> G_AB -> B       D_B: is that a B?       and back:  G_BA(G_AB(a)) = a       (cycle consistency, equation 2)
    B -> G_BA -> A       D_A: is that an A?                 G_AB(G_BA(b)) = b

Two games at once, and a cycle that ties each picture to what becomes of it. Nobody knows the right answer: any
translation that can be undone will do, and what the way back needs may be hidden where D does not look.
"""

from __future__ import annotations

from collections.abc import Callable
from itertools import chain

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from gan_lab.algorithms.adam import adam
from gan_lab.algorithms.base import Algorithm, Frame, Phase, Probe, watching
from gan_lab.algorithms.gan import OptimizerFactory, watched
from gan_lab.algorithms.history import History
from gan_lab.algorithms.pix2pix import pair
from gan_lab.data.batch import Batch
from gan_lab.losses import least_squares


class CycleGAN(Algorithm):
    """Two translators and two judges, on minibatches of two domains: ``x`` from A, ``y`` from B, no pairs.

    The networks must look at each picture by itself (instance normalisation): real and fake pass through them together.
    D's loss is halved, as in the paper (appendix 7.1). Unlike in the authors' code D's turn makes its own fakes, with
    the generators that have just learnt, so that one turn needs nothing of the other.

    Args:
        ab, ba: the translators G_AB and G_BA, pictures ``(B, C, H, W)`` to pictures in [-1, 1].
        judge_a, judge_b: D_A and D_B, pictures to a map of scores: 1 for real, 0 for fake.
        shape: of one picture, ``(C, H, W)``, for the histories.
        cycle: weight lambda of both ways round, the paper's 10; 0 for two games that know nothing of each other.
        identity: weight of |G_AB(b) - b| + |G_BA(a) - a| (section 5.2): 5, half of lambda; 0 for none.
        history: fakes of the past that D sees (appendix 7.1); 0 for none.
        optimizer: makes both optimisers.
        lr_factor: multiplies the learning rates, as a function of the images seen.

    Raises:
        ValueError: a negative weight.
    """

    def __init__(
        self,
        ab: nn.Module,
        ba: nn.Module,
        judge_a: nn.Module,
        judge_b: nn.Module,
        shape: tuple[int, int, int],
        *,
        cycle: float = 10.0,
        identity: float = 5.0,
        history: int = 50,
        optimizer: OptimizerFactory = adam,
        lr_factor: Callable[[int], float] | None = None,
    ) -> None:
        super().__init__()
        if min(cycle, identity) < 0:
            raise ValueError(f"weights must not be negative: cycle is {cycle}, identity is {identity}")
        self.ab, self.ba, self.judge_a, self.judge_b = ab, ba, judge_a, judge_b
        self.history_a, self.history_b = History(history, shape), History(history, shape)
        self.cycle, self.identity, self.lr_factor = cycle, identity, lr_factor
        players, judges = ([ab, ba], self.generators_loss), ([judge_a, judge_b], self.discriminators_loss)
        self.phases = [
            Phase(name, nets, optimizer(chain.from_iterable(net.parameters() for net in nets)), loss)
            for name, (nets, loss) in {"generators": players, "discriminators": judges}.items()
        ]

    def generators_loss(self, batch: Batch) -> dict[str, Tensor]:
        """Both generators' turn: fool the judges, find the way back, and leave alone what is in the domain already."""
        a, b = pair(batch)
        fake_b, same_b = self._there_and_stay(self.ab, a, b)
        fake_a, same_a = self._there_and_stay(self.ba, b, a)
        fooling = sum_of(least_squares.generator, (self.judge_b(fake_b),), (self.judge_a(fake_a),))
        logs = {"fooling": fooling}
        loss = fooling
        if self.cycle:
            logs["cycle"] = sum_of(F.l1_loss, (self.ba(fake_b).float(), a), (self.ab(fake_a).float(), b))
            loss = loss + self.cycle * logs["cycle"]
        if self.identity:
            logs["identity"] = sum_of(F.l1_loss, (same_b.float(), b), (same_a.float(), a))
            loss = loss + self.identity * logs["identity"]
        return {"loss": loss} | {name: value.detach() for name, value in logs.items()}

    def _there_and_stay(self, net: nn.Module, x: Tensor, own: Tensor) -> tuple[Tensor, Tensor]:
        """What a translator makes of the other domain's pictures and, if asked for, of its own: in one pass."""
        if not self.identity:
            return net(x), own
        there, stayed = net(torch.cat([x, own])).chunk(2)
        return there, stayed

    def discriminators_loss(self, batch: Batch) -> dict[str, Tensor]:
        """Both judges' turn, each on real pictures and on fakes of now and of the past."""
        a, b = pair(batch)
        with torch.no_grad():
            fake_b, fake_a = self.ab(a), self.ba(b)
        logs, costs = {}, []
        for name, judge, real, fake in (
            ("a", self.judge_a, a, self.history_a.exchange(fake_a)),
            ("b", self.judge_b, b, self.history_b.exchange(fake_b)),
        ):
            real_scores, fake_scores = judge(torch.cat([real, fake.to(real.dtype)])).chunk(2)
            costs.append(least_squares.discriminator(real_scores, fake_scores) / 2)
            logs |= {f"real_{name}": watched(real_scores), f"fake_{name}": watched(fake_scores)}
        return {"loss": costs[0] + costs[1], **logs}

    def frame(self, probe: Probe) -> Frame:
        """What ``probe.z``, pictures ``(n, C, H, W)`` of A, become in B (``fake``), and that back in A (``back``).

        With pictures of B in ``probe.y`` also ``fake_a`` and ``back_b``.
        """
        with watching(self):
            pictures = {"fake": self.ab(probe.z)}
            pictures["back"] = self.ba(pictures["fake"])
            if probe.y is not None:
                pictures["fake_a"] = self.ba(probe.y)
                pictures["back_b"] = self.ab(pictures["fake_a"])
        return {name: value.float().cpu().numpy() for name, value in pictures.items()}


def sum_of(loss: Callable[..., Tensor], *pairs: tuple[Tensor, ...]) -> Tensor:
    """The loss of one direction and of the other, added up."""
    one, other = (loss(*given) for given in pairs)
    return one + other
