"""Listens to a training loop from outside: what the networks see and answer, which gradients come, what a step does.

Nothing of the loop's source is read, and nothing it computes is changed.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, Protocol, runtime_checkable

import torch
from torch import Tensor, nn
from torch.nn.modules.dropout import _DropoutNd

MEMORY = 32
"""How many of G's last outputs are remembered when D's inputs are told apart."""


@runtime_checkable
class Training(Protocol):
    """What can be listened to: two networks, the optimiser of each, and one iteration of the loop."""

    generator: nn.Module
    discriminator: nn.Module
    optimizer_g: torch.optim.Optimizer
    optimizer_d: torch.optim.Optimizer

    def step(self) -> Any:
        """All turns of one iteration: data, noise, losses, both optimisers."""


@dataclass
class Call:
    """One pass through D."""

    outputs: Tensor
    """``(B, ...)``, detached."""
    fake: Tensor
    """``(B,)`` bool: which examples G had put out."""
    noise: set[int]
    """Which noise those were made of."""
    mixed: Tensor | None = None
    """D's input, for a batch with both kinds, until :attr:`company` is known."""
    company: float | None = None
    """For a batch with both kinds: how far real examples' outputs move once the fakes are left out."""


@dataclass
class Turn:
    """What happened between two steps of the optimisers; the one that ends it is named."""

    who: str = ""
    pulls: list[tuple[Call, Tensor]] = field(default_factory=list)
    """The loss's gradient by D's outputs, for each pass that it reached."""
    found: dict[str, float] = field(default_factory=dict)
    """Norm of what lay in each network's .grad before this turn's own gradients came."""
    own: dict[str, float] = field(default_factory=dict)
    """Norm of this turn's own gradients."""
    relative_step: float = 0.0
    """Norm of the update over the norm of the weights."""
    largest_used: float = 0.0
    """Largest clipped weight of D in the passes of this turn; 0 until something was clipped."""
    finite: bool = True
    d_training: set[bool] = field(default_factory=set)
    """Whether D was in training mode, for each pass."""

    def side(self, fake: bool) -> tuple[Tensor, Tensor]:
        """D's outputs on real examples or on fakes, and the pull on each, flat and in float64."""
        outputs, pulls = [], []
        for call, pull in self.pulls:
            chosen = call.fake == fake
            outputs.append(call.outputs[chosen].flatten().double())
            pulls.append(pull[chosen].flatten().double())
        return (torch.cat(outputs), torch.cat(pulls)) if outputs else (torch.zeros(0), torch.zeros(0))


class Stethoscope:
    """Hears both networks and both optimisers while :meth:`on` is open.

    Attributes:
        turns: what was heard, in order.
        noise: for each iteration, which noise made the fakes that a loss has seen.
        bound: the c of a weight clipping that was seen, or None.
        last_seen: what D was called with last.
    """

    def __init__(self, training: Training) -> None:
        self.nets = {"D": training.discriminator, "G": training.generator}
        self.optimizers = {"D": training.optimizer_d, "G": training.optimizer_g}
        self.turns: list[Turn] = []
        self.noise: list[set[int]] = [set()]
        self.bound: float | None = None
        self.last_seen: tuple[Any, ...] | None = None
        self._deaf = False
        self._clipped: set[int] = set()
        self._now = Turn()
        self._left: dict[str, dict[Tensor, Tensor]] = {"D": {}, "G": {}}
        self._own: dict[str, dict[Tensor, Tensor]] = {"D": {}, "G": {}}
        self._fakes: deque[dict[bytes, int]] = deque(maxlen=MEMORY)
        self._weights: list[Tensor] = []

    @contextmanager
    def on(self) -> Iterator[None]:
        """Listens; on leaving, networks and optimisers are as free of it as before."""
        handles = [
            p.register_hook(self._hear_gradient(name, p))
            for name, net in self.nets.items()
            for p in net.parameters()
            if p.requires_grad
        ]
        # Wrapped as attributes of these very objects: so D.forward(x) and optimisers without hooks are heard, too.
        wrapped: list[tuple[Any, str, Any]] = []
        for name in ("D", "G"):
            hear = self._hear_discriminator if name == "D" else self._hear_generator
            for thing, attribute, wrapper in (
                (self.nets[name], "forward", hear),
                (self.optimizers[name], "step", self._hear_step(name)),
            ):
                wrapped.append((thing, attribute, thing.__dict__.get(attribute)))
                setattr(thing, attribute, wrapper(getattr(thing, attribute)))
        try:
            yield
        finally:
            for handle in handles:
                handle.remove()
            for thing, attribute, before in wrapped:
                delattr(thing, attribute) if before is None else setattr(thing, attribute, before)

    def end_iteration(self) -> None:
        """Call after each iteration of the loop."""
        self.noise.append(set())

    @contextmanager
    def silence(self) -> Iterator[None]:
        """What is called in here is not heard."""
        self._deaf = True
        try:
            yield
        finally:
            self._deaf = False

    def _hear_generator(self, forward: Callable[..., Tensor]) -> Callable[..., Tensor]:
        def heard(*inputs: Any, **options: Any) -> Tensor:
            out = forward(*inputs, **options)
            noise = next((x for x in (*inputs, *options.values()) if isinstance(x, Tensor)), out)
            self._fakes.append(dict.fromkeys(_rows(out), hash(b"".join(_rows(noise)))))
            return out

        return heard

    def _hear_discriminator(self, forward: Callable[..., Tensor]) -> Callable[..., Tensor]:
        def heard(x: Tensor, *rest: Any, **options: Any) -> Tensor:
            if self._deaf:
                return forward(x, *rest, **options)
            self.last_seen = (x.detach(), *rest)
            self._now.d_training.add(self.nets["D"].training)
            self._watch_clipping()
            out = forward(x, *rest, **options)
            made_of = [next((f[row] for f in self._fakes if row in f), None) for row in _rows(x)]
            fake = torch.tensor([noise is not None for noise in made_of], device=out.device)
            call = Call(out.detach().clone(), fake, {noise for noise in made_of if noise is not None})
            if out.requires_grad:
                if fake.any() and not fake.all() and not rest and not options:
                    call.mixed = x.detach()
                out.register_hook(lambda g: self._hear_pull(call, g))
            return out

        return heard

    def _hear_pull(self, call: Call, gradient: Tensor) -> None:
        # While a penalty differentiates D by its input, gradients are themselves recorded: not the loss's own pass.
        if not torch.is_grad_enabled():
            self._now.pulls.append((call, gradient.detach().clone()))
            self.noise[-1] |= call.noise

    def _hear_gradient(self, name: str, p: nn.Parameter) -> Callable[[Tensor], None]:
        def hear(gradient: Tensor) -> None:
            if p not in self._own[name]:
                if p.grad is not None:
                    self._left[name][p] = p.grad.detach().clone()
                self._own[name][p] = gradient.detach().clone()
            else:
                self._own[name][p] += gradient.detach()

        return hear

    def _hear_step(self, name: str) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
        def wrapper(step: Callable[..., Any]) -> Callable[..., Any]:
            def heard(*inputs: Any, **options: Any) -> Any:
                self._watch_clipping()
                for call, _ in self._now.pulls:  # after backward: BatchNorm may now be called again
                    self._judge_company(call)
                before = _flat(self.nets[name])
                answer = step(*inputs, **options)
                after = _flat(self.nets[name])
                self._end_turn(name, before, after)
                return answer

            return heard

        return wrapper

    def _end_turn(self, name: str, before: Tensor, after: Tensor) -> None:
        turn = self._now
        turn.who = name
        turn.found = {n: _norm(left) for n, left in self._left.items()}
        turn.own = {n: _norm(own) for n, own in self._own.items()}
        turn.relative_step = ((after - before).norm() / before.norm().clamp_min(1e-12)).item()
        turn.finite = bool(torch.isfinite(after).all())
        self.turns.append(turn)
        self._now, self._left, self._own = Turn(), {"D": {}, "G": {}}, {"D": {}, "G": {}}
        if name == "D":
            self._weights = [p.detach().clone() for p in self.nets["D"].parameters()]

    def _watch_clipping(self) -> None:
        """Weights that changed between D's steps are clipped ones if they are the old ones, cut off at some c."""
        now = [p.detach() for p in self.nets["D"].parameters()]
        for i, (old, new) in enumerate(zip(self._weights, now)):
            if new.numel() > 1 and not torch.equal(old, new):
                c = new.abs().max().item()
                if torch.equal(new, old.clamp(-c, c)):
                    self.bound = max(c, self.bound or 0.0)
                    self._clipped.add(i)
        if self._weights:
            self._weights = [new.clone() for new in now]
        used = [now[i].abs().max().item() for i in self._clipped]
        self._now.largest_used = max([self._now.largest_used, *used])

    @torch.no_grad()
    def _judge_company(self, call: Call) -> None:
        """Largest change of a real example's output, against the outputs' spread, once it is without fakes.

        With dropout silent: that is no one's company, it is chance. Running statistics are put back.
        """
        if call.mixed is None or int((~call.fake).sum()) < 2:
            return
        net, real = self.nets["D"], ~call.fake
        buffers = {name: b.clone() for name, b in net.named_buffers()}
        chance = [m for m in net.modules() if isinstance(m, _DropoutNd) and m.training]
        for module in chance:
            module.eval()
        with self.silence():
            together, alone = net(call.mixed)[real], net(call.mixed[real])
        for module in chance:
            module.train()
        for name, b in net.named_buffers():
            b.copy_(buffers[name])
        call.company = ((together - alone).abs().max() / together.std().clamp_min(1e-6)).item()
        call.mixed = None


def _rows(x: Tensor) -> list[bytes]:
    """Each example's bytes: equal exactly when the examples are."""
    values = x.detach().float().flatten(1).cpu().contiguous().numpy()
    return [row.tobytes() for row in values]


def _flat(net: nn.Module) -> Tensor:
    return torch.cat([p.detach().flatten() for p in net.parameters()])


def _norm(gradients: dict[Tensor, Tensor]) -> float:
    return sum(g.double().square().sum().item() for g in gradients.values()) ** 0.5
