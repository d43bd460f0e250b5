"""Where and how an update is computed: device, precision, memory format, compilation, several processes."""

from __future__ import annotations

from contextlib import AbstractContextManager, nullcontext
from dataclasses import replace
from typing import TYPE_CHECKING

import torch
from torch import Tensor, nn

from gan_lab.algorithms.base import Algorithm, Phase
from gan_lab.data.batch import Batch, Batches
from gan_lab.training.capture import Graphs
from gan_lab.training.seeding import seed_device, seed_for
from gan_lab.training.state import align

if TYPE_CHECKING:
    from accelerate import Accelerator

PRECISIONS = ("fp32", "bf16")


def best_device() -> str:
    """ "cuda" or "mps" where there is one, else "cpu"."""
    if torch.cuda.is_available():
        return "cuda"
    return "mps" if torch.backends.mps.is_available() else "cpu"


def find_device(name: str) -> torch.device:
    """The device of that name, or the best there is for "auto".

    Raises:
        ValueError: no such device, or not on this machine.
    """
    try:
        device = torch.device(best_device() if name == "auto" else name)
    except RuntimeError as error:
        raise ValueError(f"unknown device {name!r}: use 'auto', 'cpu', 'cuda', 'cuda:1' or 'mps'") from error
    if device.type == "cuda" and (device.index or 0) >= torch.cuda.device_count():
        there = torch.cuda.device_count() or "none"
        raise ValueError(
            f"device {name!r} was asked for, PyTorch sees {there} of that kind; use 'cpu' or 'auto'"
        )
    if device.type == "mps" and not torch.backends.mps.is_available():
        raise ValueError("device 'mps' was asked for, but this machine has none; use 'cpu' or 'auto'")
    return device


class Engine:
    """Runs one update of one phase.

    Args:
        device: "cpu", "cuda", "cuda:1", "mps", or "auto" for the best there is.
        precision: "fp32", or "bf16" for autocast (weights, moments and penalties stay fp32).
        channels_last: keep images and convolutions in that memory format, faster on CPUs and on tensor cores.
        compile: compile every network in place; the first updates then take long.
        capture: on CUDA, record each phase once as a graph and replay it.
        accelerator: an ``accelerate.Accelerator`` when several processes train together; gradients are averaged.

    Raises:
        ValueError: an unknown precision, or a device this machine does not have.
    """

    def __init__(
        self,
        device: str = "auto",
        precision: str = "fp32",
        *,
        channels_last: bool = True,
        compile: bool = False,
        capture: bool = False,
        accelerator: Accelerator | None = None,
    ) -> None:
        if precision not in PRECISIONS:
            raise ValueError(f"precision is 'fp32' or 'bf16', not {precision!r}")
        self.device = find_device(device)
        if capture and self.device.type != "cuda":
            raise ValueError(f"capture records CUDA graphs and needs a CUDA device, not {self.device.type!r}")
        self.precision, self.channels_last = precision, channels_last
        self.compile, self.capture, self.accelerator = compile, capture, accelerator
        self.rank = accelerator.process_index if accelerator else 0
        self.processes = accelerator.num_processes if accelerator else 1
        self._graphs: Graphs | None = None
        self._seed = 0
        self._fetched: tuple[Batches, int, Batch] | None = None

    def prepare(self, algorithm: Algorithm) -> None:
        """Moves an algorithm to the device and into the memory format, and makes all processes start alike."""
        algorithm.to(self.device)
        if self.channels_last and any(p.dim() == 4 for p in algorithm.parameters()):
            algorithm.to(memory_format=torch.channels_last)  # pyright: ignore[reportCallIssue]
        for phase in algorithm.phases:
            align(phase.optimizer)
        if self.accelerator is not None and self.processes > 1:
            from accelerate.utils import broadcast

            for tensor in algorithm.state_dict().values():
                tensor.copy_(broadcast(tensor.contiguous()))
        if self.compile:
            for net in {id(net): net for phase in algorithm.phases for net in phase.nets}.values():
                net.compile()
        if self.capture:
            self._graphs = Graphs(algorithm, self.device)

    def fetch(self, batches: Batches, i: int) -> Batch:
        """``batches(i)``. The last one is kept: within a step with k = 1 every phase asks for the same one."""
        if self._fetched is None or self._fetched[0] is not batches or self._fetched[1] != i:
            self._fetched = (batches, i, batches(i))
        return self._fetched[2]

    def place(self, batch: Batch) -> Batch:
        """The minibatch on the device, in the memory format."""
        x, y = self._placed(batch.x), None if batch.y is None else self._placed(batch.y)
        return batch if x is batch.x and y is batch.y else replace(batch, x=x, y=y)

    def _placed(self, tensor: Tensor) -> Tensor:
        tensor = tensor.to(self.device, non_blocking=True)
        if self.channels_last and tensor.dim() == 4:
            return tensor.contiguous(memory_format=torch.channels_last)
        return tensor

    def seed(self, seed: int, phase: str, update: int) -> None:
        """Seeds the device for the n-th update of a phase, differently on every process."""
        self._seed = seed_for(seed, self.rank, phase, update)
        seed_device(self.device, self._seed)

    def update(self, phase: Phase, batch: Batch) -> dict[str, Tensor]:
        """One update: loss, gradients of exactly this phase's parameters, optimiser, ``after``. Returns the logs."""
        if self._graphs is not None:
            return self._graphs.replay(phase, batch, self._seed, self._update)
        return self._update(phase, batch)

    def _update(self, phase: Phase, batch: Batch) -> dict[str, Tensor]:
        with self.autocast():
            losses = phase.loss(batch)
        for p in phase.params:  # what zero_grad does, without its profiling mark
            p.grad = None
        losses["loss"].backward(inputs=phase.params)
        if self.accelerator is not None and self.processes > 1:
            average_gradients(self.accelerator, phase.params)
        phase.optimizer.step()
        if phase.after is not None:
            phase.after()
        return {name: value.detach() for name, value in losses.items()}

    def autocast(self) -> AbstractContextManager[object]:
        """bf16 autocast, or nothing."""
        if self.precision == "fp32":
            return nullcontext()
        return torch.autocast(self.device.type, dtype=torch.bfloat16)


def average_gradients(accelerator: Accelerator, params: list[nn.Parameter]) -> None:
    """Averages the gradients over the processes as one flat vector, written back in each gradient's own layout."""
    grads = [p.grad for p in params if p.grad is not None]
    flat = accelerator.reduce(torch.cat([g.reshape(-1) for g in grads]), "mean")
    assert isinstance(flat, Tensor)
    for grad, mean in zip(grads, flat.split([g.numel() for g in grads]), strict=True):
        grad.copy_(mean.view(grad.shape))
