"""The whole state of a run as named tensors and plain numbers: what checkpoints and rewinds are made of."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

import torch
from torch import Tensor

from gan_lab.algorithms.base import Algorithm
from gan_lab.training.config import Progress

Tensors = dict[str, Tensor]
Numbers = dict[str, Any]


def capture(algorithm: Algorithm, progress: Progress) -> tuple[Tensors, Numbers]:
    """Copies of every weight, buffer and moment (contiguous), and the optimisers' numbers and the progress."""
    tensors = {f"net/{name}": _copy(value) for name, value in algorithm.state_dict().items()}
    groups: Numbers = {}
    numbers: Numbers = {"progress": asdict(progress), "groups": groups}
    for phase in algorithm.phases:
        index: dict[Tensor, int] = {p: i for i, p in enumerate(phase.params)}
        for p, state in phase.optimizer.state.items():
            for key, value in state.items():
                tensors[f"optimizer/{phase.name}/{index[p]}/{key}"] = _copy(torch.as_tensor(value))
        groups[phase.name] = [
            {k: v.item() if isinstance(v, Tensor) else v for k, v in group.items() if k != "params"}
            for group in phase.optimizer.param_groups
        ]
    return tensors, numbers


def restore(
    algorithm: Algorithm, progress: Progress, tensors: Mapping[str, Tensor], numbers: Numbers
) -> None:
    """Puts a captured state back, in place. Everything is compared first, so that a state is never put in in part.

    Raises:
        ValueError: the state belongs to other networks or other phases.
    """
    nets = {name.removeprefix("net/"): t for name, t in tensors.items() if name.startswith("net/")}
    _compare(algorithm, nets, numbers)
    saved = Progress(**numbers["progress"])
    moments: dict[str, dict[int, dict[str, Tensor]]] = {phase.name: {} for phase in algorithm.phases}
    for name, tensor in tensors.items():
        if name.startswith("optimizer/"):
            _, phase_name, i, key = name.split("/")
            if tensor.dim() and tensor.shape != algorithm.phase(phase_name).params[int(i)].shape:
                raise ValueError(
                    f"the saved {name!r} has the shape {tuple(tensor.shape)}, not its parameter's"
                )
            moments[phase_name].setdefault(int(i), {})[key] = tensor
    with torch.no_grad():
        for name, value in algorithm.state_dict().items():
            value.copy_(nets[name])
    for phase in algorithm.phases:
        _restore_optimizer(phase.optimizer, phase.params, moments[phase.name], numbers["groups"][phase.name])
    progress.__dict__.update(saved.copy().__dict__)
    algorithm.forget()


def _restore_optimizer(
    optimizer: torch.optim.Optimizer,
    params: list[torch.nn.Parameter],
    moments: dict[int, dict[str, Tensor]],
    groups: list[dict[str, Any]],
) -> None:
    for group, saved in zip(optimizer.param_groups, groups, strict=True):
        for key, value in saved.items():
            if isinstance(group.get(key), Tensor):
                group[key].fill_(value)
            else:
                group[key] = tuple(value) if isinstance(value, list) else value
    for i, p in enumerate(params):
        if i not in moments:  # never updated: all zero, and kept in place for the graphs that write to it
            for value in optimizer.state.get(p, {}).values():
                value.zero_()
            continue
        state = optimizer.state[p]
        for key, value in moments[i].items():
            if not isinstance(state.get(key), Tensor):
                state[key] = _room_for(value, p, optimizer)
            state[key].copy_(value)


def align(optimizer: torch.optim.Optimizer) -> None:
    """Gives every moment its parameter's device and strides, after the parameters have moved.

    Fused Adam on the CPU is silently wrong where a moment's strides differ from its parameter's.
    """
    for p, state in optimizer.state.items():
        for key, value in state.items():
            if isinstance(value, Tensor):
                room = _room_for(value, p, optimizer)
                if room.device != value.device or room.stride() != value.stride():
                    state[key] = room.copy_(value)


def _room_for(value: Tensor, p: Tensor, optimizer: torch.optim.Optimizer) -> Tensor:
    """An empty tensor where the optimiser expects this part of its state."""
    if value.shape == p.shape and value.dim():
        return torch.empty_like(p, dtype=value.dtype, requires_grad=False)
    # The fused and capturable forms keep their step count on the device, the others on the CPU.
    on_device = any(group.get("fused") or group.get("capturable") for group in optimizer.param_groups)
    return torch.empty_like(value, device=p.device if on_device else "cpu")


def _compare(algorithm: Algorithm, nets: Tensors, numbers: Numbers) -> None:
    mine = {name: tuple(t.shape) for name, t in algorithm.state_dict().items()}
    theirs = {name: tuple(t.shape) for name, t in nets.items()}
    if mine != theirs:
        odd = sorted(name for name in mine.keys() | theirs.keys() if mine.get(name) != theirs.get(name))
        name = odd[0]
        raise ValueError(
            f"the saved state belongs to other networks: {len(odd)} tensors differ, the first is {name!r} "
            f"(saved {theirs.get(name, 'nothing')}, expected {mine.get(name, 'nothing')})"
        )
    phases, saved = sorted(phase.name for phase in algorithm.phases), sorted(numbers.get("groups", {}))
    if saved != phases:
        raise ValueError(f"the saved state has the phases {saved}, expected {phases}")


def _copy(tensor: Tensor) -> Tensor:
    return tensor.detach().clone(memory_format=torch.contiguous_format)
