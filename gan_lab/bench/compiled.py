"""A whole step of a toy GAN as one compiled function: both forward passes, both gradients and both Adam updates.

On networks of a few thousand weights most of a step is Python and bookkeeping; compiled in one piece it is gone.
The first call compiles for some seconds (a C++ compiler must be there), so this is for labs and benchmarks that
then take thousands of steps, never for a page that opens. The common way is ``Engine(compile=True)``, which
compiles single networks and works for every algorithm.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import torch
from torch import Tensor, nn
from torch.func import functional_call, grad_and_value
from torch.optim import Adam

from gan_lab.algorithms.base import Phase, set_lr
from gan_lab.algorithms.gan import GAN
from gan_lab.data.batch import Batches
from gan_lab.training.config import Progress, TrainConfig
from gan_lab.training.loop import Step, check_finite
from gan_lab.training.seeding import seed_device, seed_for

CompiledStep = Callable[[Tensor, Tensor, Tensor], dict[str, Tensor]]
Weights = dict[str, Tensor]


def compile_step(gan: GAN, **options: Any) -> CompiledStep:
    """A function ``step(real, z_d, z_g)`` that makes one update of D, then one of G, in place.

    The GAN's own weights and its optimisers' moments change, as they do in ``train``, and up to rounding in the
    same way; checkpoints, ``frame`` and going on without compilation all work. The averaged generator moves too.

    Args:
        gan: a GAN with Adam, k = 1, and no penalty, clipping or dropout; its networks must have no buffers.
        options: of ``torch.compile``, for example ``backend="aot_eager"`` where there is no C++ compiler.

    Returns:
        A function of real examples ``(B, ...)`` and noise ``(B, latent_dim)`` for either turn, on the GAN's
        device. It returns the losses, 0-d, by phase. The first call compiles; another B compiles again.

    Raises:
        ValueError: a GAN that does more than this function would.
    """
    _check(gan)
    d, g = (_Turn(gan.phase(name)) for name in ("discriminator", "generator"))

    def d_cost(weights: Weights, real: Tensor, fake: Tensor) -> Tensor:
        return gan.loss.discriminator(*gan.judge(real, fake, _bound(gan.discriminator, weights)))

    def g_cost(weights: Weights, real: Tensor, z: Tensor) -> Tensor:
        critic, fake = _bound(gan.discriminator, d.weights), functional_call(gan.generator, weights, (z,))
        return gan.loss.generator(critic(fake), critic(real) if gan.loss.needs_real else None)

    def both(real: Tensor, z_d: Tensor, z_g: Tensor) -> tuple[Tensor, Tensor]:
        fake = functional_call(gan.generator, g.weights, (z_d,))
        slopes, d_loss = grad_and_value(d_cost)(d.weights, real, fake)
        d.adam(slopes)
        slopes, g_loss = grad_and_value(g_cost)(g.weights, real, z_g)
        g.adam(slopes)
        return d_loss, g_loss

    if "backend" not in options:  # the C++ wrapper halves what is left of a toy step
        options.setdefault("options", {"cpp_wrapper": True})
    compiled = torch.compile(both, fullgraph=True, **options)

    def step(real: Tensor, z_d: Tensor, z_g: Tensor) -> dict[str, Tensor]:
        for turn in (d, g):
            turn.read_rate()
        with torch.no_grad():  # torch.func takes the gradients; autograd need not watch
            d_loss, g_loss = compiled(real, z_d, z_g)
        gan.after_step()
        return {"discriminator": d_loss, "generator": g_loss}

    return step


def train_compiled(
    gan: GAN, batches: Batches, config: TrainConfig, progress: Progress | None = None, **options: Any
) -> Iterator[Step]:
    """``train`` by compiled steps: the same seeds, noise and minibatches, so the same run up to rounding.

    Args, Yields, Raises: as ``train`` and ``compile_step``. The GAN stays on the device it is on.
    """
    progress = Progress() if progress is None else progress
    step, device = compile_step(gan, **options), gan.phases[0].params[0].device
    while progress.step < config.steps:
        n, real = progress.step, batches(progress.step).x.to(device)
        noise = []
        for phase in gan.phases:
            seed_device(device, seed_for(config.seed, 0, phase.name, n))
            noise.append(gan.latents(len(real)))
            progress.updates[phase.name] = n + 1
        _schedule(gan, progress.seen, len(real))
        losses = step(real, *noise)
        progress.step, progress.seen = n + 1, progress.seen + len(real)
        done = Step(progress.step, progress.seen, {name: {"loss": value} for name, value in losses.items()})
        if done.step % config.check_every == 0 or done.step == config.steps:
            check_finite(done)
        yield done


def _schedule(gan: GAN, seen: int, more: int) -> None:
    """The learning rates as the loop has them: the generator's turn comes when D has seen the minibatch."""
    if gan.lr_factor is not None:
        groups = gan.phases[0].optimizer.param_groups
        gan.schedule(seen)
        rates = [float(group["lr"]) for group in groups]
        gan.schedule(seen + more)
        for group, rate in zip(groups, rates, strict=True):
            set_lr(group, rate)


class _Turn:
    """One phase's weights and moments, as plain tensors that share their memory with the phase's own."""

    def __init__(self, phase: Phase) -> None:
        (self.group,) = phase.optimizer.param_groups
        self.weights = {name: p.detach() for name, p in phase.nets[0].named_parameters()}
        self.first, self.second, self.steps = [], [], []
        for p in phase.params:
            state = phase.optimizer.state[p]
            if not state:  # as Adam makes it at its first step
                on_device = self.group["fused"] or self.group["capturable"]
                state["step"] = torch.zeros((), device=p.device if on_device else "cpu")
                state["exp_avg"], state["exp_avg_sq"] = torch.zeros_like(p), torch.zeros_like(p)
            self.first.append(state["exp_avg"].detach())
            self.second.append(state["exp_avg_sq"].detach())
            self.steps.append(state["step"])
        self.rate = torch.zeros((), device=phase.params[0].device)
        self.betas, self.eps = self.group["betas"], self.group["eps"]

    def read_rate(self) -> None:
        """The learning rate may change from step to step; in a tensor it does so without compiling anew."""
        self.rate.fill_(self.group["lr"])

    def adam(self, slopes: Weights) -> None:
        """Adam in place (Kingma and Ba 2015, algorithm 1), in the order of operations of PyTorch's."""
        beta1, beta2 = self.betas
        torch._foreach_add_(self.steps, 1)  # pyright: ignore[reportPrivateImportUsage]
        step = self.steps[0].to(self.rate)
        rate, root = self.rate / (1 - beta1**step), (1 - beta2**step).sqrt()
        for weight, slope, m, v in zip(
            self.weights.values(), slopes.values(), self.first, self.second, strict=True
        ):
            m.lerp_(slope, 1 - beta1)
            v.mul_(beta2).addcmul_(slope, slope, value=1 - beta2)
            weight.sub_(rate * m / (v.sqrt() / root + self.eps))


def _bound(net: nn.Module, weights: Weights) -> Callable[[Tensor], Tensor]:
    return lambda x: functional_call(net, weights, (x,))


def _check(gan: GAN) -> None:
    what = "compile_step takes a plain GAN"
    if [phase.name for phase in gan.phases] != ["discriminator", "generator"] or gan.phases[0].repeats != 1:
        raise ValueError(f"{what} with one update each of discriminator and generator (k = 1)")
    if gan.r1 or gan.r2 or gan.gradient_penalty or gan.clip or gan.reuse_fake:
        raise ValueError(f"{what} without r1, r2, gradient_penalty, clip or reuse_fake: use train for those")
    for phase in gan.phases:
        if not isinstance(phase.optimizer, Adam) or any(
            group["weight_decay"] or group["amsgrad"] or group["maximize"]
            for group in phase.optimizer.param_groups
        ):
            raise ValueError(f"{what} with plain Adam, not {phase.optimizer}")
        if any(True for net in phase.nets for _ in net.buffers()):
            raise ValueError(f"{what} whose networks have no buffers (BatchNorm, spectral normalisation)")
        if any(isinstance(m, nn.modules.dropout._DropoutNd) for net in phase.nets for m in net.modules()):
            raise ValueError(f"{what} without dropout: all its noise is passed in")
