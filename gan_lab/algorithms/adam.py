"""Adam for small networks: PyTorch's fused kernel without the layers of Python around it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import torch
from torch import Tensor, nn
from torch.optim import Adam, Optimizer


class QuickAdam(Adam):
    """PyTorch's fused Adam, bit for bit, with a shorter way to the kernel.

    For a toy network ``Adam.step`` spends five times as long on hooks, profiling marks and sorting tensors as in
    the kernel, a sixth of the whole training step. The state (and so a checkpoint) is Adam's own. Whatever the
    short way does not cover takes Adam's: the first step, missing gradients, a learning rate in a tensor (CUDA
    graphs), a closure, Adam's rarer options, and parameters on more than one device.

    Raises:
        ValueError: a hook is registered; take ``torch.optim.Adam`` where hooks are needed.
    """

    def __init__(self, params: Iterable[nn.Parameter], **options: Any) -> None:
        super().__init__(params, **options, fused=True)

    def step(self, closure: Any = None) -> Any:  # pyright: ignore[reportIncompatibleMethodOverride]
        """One update of every parameter; see ``torch.optim.Adam``."""
        work = [self._work(group) for group in self.param_groups]
        ready = [lists for lists in work if lists is not None]
        if closure is not None or len(ready) < len(work):
            return super().step(closure)
        with torch.no_grad():
            for group, lists in zip(self.param_groups, ready, strict=True):
                _update(group, *lists)
        return None

    def register_step_pre_hook(self, hook: Any) -> Any:  # pyright: ignore[reportIncompatibleMethodOverride]
        """Refused: the short way goes past hooks."""
        raise ValueError(
            "QuickAdam goes past hooks: give the algorithm optimizer=torch.optim.Adam to use them"
        )

    register_step_post_hook = register_step_pre_hook  # pyright: ignore[reportAssignmentType]

    def _work(self, group: dict[str, Any]) -> tuple[list[Tensor], ...] | None:
        """Parameters, gradients, both moments and the step counts; None where the long way must be taken."""
        if group["amsgrad"] or group["capturable"] or isinstance(group["lr"], Tensor):
            return None
        params: list[Tensor] = group["params"]
        state = [self.state.get(p) for p in params]
        grads = [p.grad for p in params]
        if not all(state) or any(g is None for g in grads) or len({p.device for p in params}) > 1:
            return None
        first, second, steps = ([s[k] for s in state if s] for k in ("exp_avg", "exp_avg_sq", "step"))
        return params, [g for g in grads if g is not None], first, second, steps


# Optimizer wraps every class's ``step`` that does not say so in a profiling mark.
QuickAdam.step.hooked = True  # pyright: ignore[reportFunctionMemberAccess]


def _update(
    group: dict[str, Any],
    params: list[Tensor],
    grads: list[Tensor],
    first: list[Tensor],
    second: list[Tensor],
    steps: list[Tensor],
) -> None:
    torch._foreach_add_(steps, 1)  # pyright: ignore[reportPrivateImportUsage]
    torch._fused_adam_(  # pyright: ignore[reportPrivateImportUsage]
        params,
        grads,
        first,
        second,
        [],
        steps,
        lr=group["lr"],
        beta1=group["betas"][0],
        beta2=group["betas"][1],
        weight_decay=group["weight_decay"],
        eps=group["eps"],
        amsgrad=False,
        maximize=group["maximize"],
    )


def adam(
    params: Iterable[nn.Parameter], lr: float = 2e-4, betas: tuple[float, float] = (0.5, 0.999)
) -> Optimizer:
    """Adam with DCGAN's defaults."""
    return QuickAdam(params, lr=lr, betas=betas)
