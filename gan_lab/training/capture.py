"""CUDA graphs: each phase is recorded once per minibatch shape and then replayed without Python in between.

What a recorded phase must keep to: no ``.item()``, no branch on a tensor's value, no allocation by data; whatever
changes while training (alpha, learning rates) lives in a tensor that is filled from outside.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import Tensor

from gan_lab.algorithms.base import Algorithm, Phase
from gan_lab.data.batch import Batch
from gan_lab.training.seeding import seed_device

Update = Callable[[Phase, Batch], dict[str, Tensor]]


@dataclass
class _Recording:
    graph: torch.cuda.CUDAGraph
    batch: Batch
    logs: dict[str, Tensor]


class Graphs:
    """The recordings of one algorithm's phases. Its logs are static tensors, overwritten by the next replay."""

    WARM_UPS = 3

    def __init__(self, algorithm: Algorithm, device: torch.device) -> None:
        self.algorithm, self.device = algorithm, device
        self.recordings: dict[tuple[str, tuple[int, ...]], _Recording] = {}
        for phase in algorithm.phases:
            for group in phase.optimizer.param_groups:
                group["capturable"] = True
                group["lr"] = torch.as_tensor(float(group["lr"]), device=device)

    def replay(self, phase: Phase, batch: Batch, seed: int, update: Update) -> dict[str, Tensor]:
        """One update, as ``update(phase, batch)`` would make it after seeding the device with ``seed``."""
        key = (phase.name, tuple(batch.x.shape))
        if key not in self.recordings:
            self.recordings[key] = self._record(phase, batch, update)
        recording = self.recordings[key]
        recording.batch.x.copy_(batch.x)
        if batch.y is not None and recording.batch.y is not None:
            recording.batch.y.copy_(batch.y)
        seed_device(self.device, seed)
        recording.graph.replay()
        return recording.logs

    def _record(self, phase: Phase, batch: Batch, update: Update) -> _Recording:
        static = Batch(batch.x.clone(), None if batch.y is None else batch.y.clone())
        weights = {name: value.clone() for name, value in self.algorithm.state_dict().items()}
        moments = {p: {k: v.clone() for k, v in s.items()} for p, s in phase.optimizer.state.items()}
        stream = torch.cuda.Stream()
        stream.wait_stream(torch.cuda.current_stream())
        with torch.cuda.stream(stream):
            for _ in range(self.WARM_UPS):
                update(phase, static)
        torch.cuda.current_stream().wait_stream(stream)
        # Undo the warm-ups in place: a moment that did not exist before them starts at zero.
        with torch.no_grad():
            for name, value in self.algorithm.state_dict().items():
                value.copy_(weights[name])
            for p, state in phase.optimizer.state.items():
                for key, value in state.items():
                    value.copy_(moments[p][key]) if p in moments else value.zero_()
        graph = torch.cuda.CUDAGraph()
        with torch.cuda.graph(graph):
            logs = update(phase, static)
        return _Recording(graph, static, logs)
