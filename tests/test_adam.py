"""The short way to the fused kernel gives what PyTorch's own Adam gives, bit for bit."""

from __future__ import annotations

import pytest
import torch

from gan_lab.algorithms.adam import QuickAdam, adam


def run(make, steps=5, *, change=None):
    torch.manual_seed(0)
    nets = [torch.nn.Linear(3, 4), torch.nn.Conv2d(2, 3, 3).to(memory_format=torch.channels_last)]
    params = [p for net in nets for p in net.parameters()]
    optimizer = make(params)
    for i in range(steps):
        if change is not None:
            change(i, params, optimizer)
        x = torch.randn(5, 2, 6, 6).contiguous(memory_format=torch.channels_last)
        loss = nets[0](torch.randn(5, 3)).square().sum() + nets[1](x).square().sum()
        optimizer.zero_grad()
        loss.backward()
        if i == 3 and len(optimizer.param_groups) > 1:
            params[0].grad = None  # the long way, in the middle of a run
        optimizer.step()
    return params, optimizer


def plain(params):
    return torch.optim.Adam(params, lr=1e-2, betas=(0.5, 0.999), fused=True)


def same(one, other):
    assert all(torch.equal(a, b) for a, b in zip(one[0], other[0], strict=True))
    for a, b in zip(one[0], other[0], strict=True):
        mine, theirs = one[1].state[a], other[1].state[b]
        assert mine.keys() == theirs.keys()
        assert all(torch.equal(mine[k], theirs[k]) for k in mine)


def test_it_is_pytorchs_adam_bit_for_bit():
    same(run(lambda p: adam(p, lr=1e-2)), run(plain))


@pytest.mark.parametrize(
    "options", [{"weight_decay": 0.1}, {"amsgrad": True}, {"maximize": True, "eps": 1e-3}]
)
def test_with_other_options(options):
    same(
        run(lambda p: QuickAdam(p, lr=1e-2, **options)),
        run(lambda p: torch.optim.Adam(p, lr=1e-2, fused=True, **options)),
    )


def test_groups_rates_that_change_and_a_missing_gradient():
    def grouped(make):
        return lambda p: make([{"params": p[:2], "lr": 1e-3}, {"params": p[2:]}], lr=1e-2)

    def decay(i, params, optimizer):
        for group in optimizer.param_groups:
            group["lr"] = 1e-2 / (i + 1)

    quick = run(grouped(QuickAdam), change=decay)
    same(quick, run(grouped(lambda p, lr: torch.optim.Adam(p, lr=lr, fused=True)), change=decay))
    assert quick[1].state[quick[0][0]]["step"] == 4
    assert quick[1].state[quick[0][1]]["step"] == 5


def test_a_closure_is_honoured_and_hooks_are_refused():
    params, optimizer = run(lambda p: adam(p, lr=1e-2))
    before = params[0].clone()
    assert optimizer.step(lambda: torch.tensor(3.0)) == 3.0
    assert not torch.equal(before, params[0])
    for register in (optimizer.register_step_pre_hook, optimizer.register_step_post_hook):
        with pytest.raises(ValueError, match=r"torch\.optim\.Adam"):
            register(print)
