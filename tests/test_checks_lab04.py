"""The checks of lab 04 accept what is right, however it is written, and say why the rest is wrong."""

import pytest
import torch
import torch.nn.functional as F
from torch import nn

from gan_lab.checks import lab04, tiny_critic
from gan_lab.theory import sample_w1


def clamp(critic, c):
    for p in critic.parameters():
        p.data.clamp_(-c, c)


def turn(
    loss=lambda r, f: f.mean() - r.mean(),
    clip=clamp,
    clear=True,
    detach=True,
    order=("backward", "step", "clip"),
    steps=1,
    after=lambda G, D, c: None,
):
    """A critic's turn with one thing done otherwise."""

    def student(G, D, optimizer, real, z, c):
        if clear:
            optimizer.zero_grad()
        fake = G(z).detach() if detach else G(z)
        cost = loss(D(real), D(fake))
        for what in order:
            if what == "backward":
                cost.backward()
            elif what == "step":
                for _ in range(steps):
                    optimizer.step()
            elif what == "zero":
                optimizer.zero_grad()
            else:
                clip(D, c)
        after(G, D, c)

    return student


def not_in_place(critic, c):
    for p in critic.parameters():
        p = p.clamp(-c, c)


def without_no_grad(critic, c):
    for p in critic.parameters():
        p.clamp_(-c, c)


def only_matrices(critic, c):
    for p in critic.parameters():
        if p.dim() > 1:
            p.data.clamp_(-c, c)


def together(critic, c):
    for p in critic.parameters():
        p.data.mul_(min(1.0, c / p.data.abs().max()))


def each(change):
    def clip(critic, c):
        for p in critic.parameters():
            p.data = change(p.data, c)

    return clip


def with_torch(critic, c):
    with torch.no_grad():
        for p in critic.parameters():
            p.copy_(torch.clip(p, -c, c))


RIGHT_TURNS = {
    "clamp_": turn(),
    "torch.clip": turn(clip=with_torch),
    "the fakes are not detached, and nobody steps on G": turn(detach=False),
    "minus the difference": turn(loss=lambda r, f: -(r.mean() - f.mean())),
    "maximum and minimum": turn(clip=each(lambda w, c: w.clamp(max=c).clamp(min=-c))),
}
WRONG_TURNS = {
    "you clip before the step": turn(order=("backward", "clip", "step")),
    "no weight was clipped": turn(clip=not_in_place),
    "a leaf Variable that requires grad": turn(clip=without_no_grad),
    "you clipped the gradients": turn(
        order=("backward", "clip", "step"), clip=lambda D, c: nn.utils.clip_grad_value_(D.parameters(), c)
    ),
    "the critic goes the wrong way": turn(loss=lambda r, f: r.mean() - f.mean()),
    "a sigmoid left": turn(loss=lambda r, f: torch.sigmoid(f).mean() - torch.sigmoid(r).mean()),
    "with its logarithms": turn(loss=lambda r, f: -F.logsigmoid(r).mean() - F.logsigmoid(-f).mean()),
    "hinge": turn(loss=lambda r, f: F.relu(1 - r).mean() + F.relu(1 + f).mean()),
    "lacks the real examples": turn(loss=lambda r, f: f.mean()),
    "lacks the fakes": turn(loss=lambda r, f: -r.mean()),
    "you summed": turn(loss=lambda r, f: (f - r).sum()),
    "half of the difference": turn(loss=lambda r, f: (f.mean() - r.mean()) / 2),
    "gradients pile up": turn(clear=False),
    "cleared between backward() and step()": turn(order=("backward", "zero", "step", "clip")),
    "biases too": turn(clip=only_matrices),
    "but not below -c": turn(clip=each(lambda w, c: w.clamp(max=c))),
    "put into [0, c]": turn(clip=each(lambda w, c: w.clamp(0, c))),
    "the paper's value": turn(clip=lambda D, c: clamp(D, 0.01)),
    "scaled the weights down together": turn(clip=together),
    "yours made 0": turn(order=("backward", "clip")),
    "yours made 2": turn(steps=2),
    "the generator's weights changed": turn(after=lambda G, D, c: clamp(G, c)),
    "the largest |w| is": turn(clip=lambda D, c: clamp(D, 2 * c)),
    "a weight is off by": turn(loss=lambda r, f: (f.mean() - r.mean()) * 3),
}


@pytest.mark.parametrize("name", RIGHT_TURNS)
def test_right_turn_is_correct(name):
    verdict = lab04.critic_turn(RIGHT_TURNS[name])
    assert verdict.state == "correct", verdict


@pytest.mark.parametrize("reason", WRONG_TURNS)
def test_wrong_turn_is_refused_with_its_reason(reason):
    verdict = lab04.critic_turn(WRONG_TURNS[reason])
    assert verdict.state == "not yet"
    assert reason in verdict.message


def test_every_listed_mistake_of_a_turn_is_told_apart():
    mistakes = [{}] + [mistake for _, mistake in tiny_critic.TURN_MISTAKES]
    runs = [
        [w for c in lab04.CLIPS for w in tiny_critic.play(tiny_critic.Court(c), **mistake)]
        for mistake in mistakes
    ]
    for i, a in enumerate(runs):
        assert not any(lab04._agree(a, b) for b in runs[:i]), f"mistake {i} is not told apart"


# --- the lower bound ----------------------------------------------------------------------------------------


def raw(f, real, fake):
    return f(real).mean() - f(fake).mean()


def slopes(f, grid):
    return f(grid).diff() / grid[:, 0].diff()


def by_autograd(f, real, fake, grid):
    grid = grid.clone().requires_grad_()
    (slope,) = torch.autograd.grad(f(grid).sum(), grid)
    return raw(f, real, fake) / slope.abs().max()


def at_the_samples(f, real, fake, grid):
    x = torch.cat([real, fake]).sort(dim=0).values
    return raw(f, real, fake) / torch.autograd.functional.jacobian(lambda at: f(at).sum(), x).abs().max()


RIGHT_BOUNDS = {
    "by autograd": by_autograd,
    "by an even grid": lambda f, r, k, x: (
        raw(f, r, k) / ((f(x)[1:] - f(x)[:-1]).abs().max() / (x[1, 0] - x[0, 0]))
    ),
    "f is divided first": lambda f, r, k, x: raw(lambda at: f(at) / slopes(f, x).abs().max(), r, k),
}
WRONG_BOUNDS = {
    "without the division": lambda f, r, k, x: raw(f, r, k),
    "the sign is wrong": lambda f, r, k, x: raw(f, k, r) / slopes(f, x).abs().max(),
    "by the mean slope, the one from end to end": lambda f, r, k, x: raw(f, r, k) / slopes(f, x).abs().mean(),
    "by the median slope": lambda f, r, k, x: raw(f, r, k) / slopes(f, x).abs().median(),
    "largest slope with its sign": lambda f, r, k, x: raw(f, r, k) / slopes(f, x).max(),
    "difference of neighbouring scores": lambda f, r, k, x: raw(f, r, k) / f(x).diff().abs().max(),
    "by the largest score": lambda f, r, k, x: raw(f, r, k) / f(x).abs().max(),
    "you multiply": lambda f, r, k, x: raw(f, r, k) * slopes(f, x).abs().max(),
    "where the samples are": at_the_samples,
    "a lower bound cannot exceed it": lambda f, r, k, x: raw(f, r, k) / slopes(f, x).abs().quantile(0.25),
    "and this critic gives": lambda f, r, k, x: raw(f, r, k) / slopes(f, x).abs().max() / 2,
    "one number per example": lambda f, r, k, x: f(r) - f(k),
    "`return": lambda f, r, k, x: print(end=""),
    "returns a float": lambda f, r, k, x: raw(f, r, k).item() / 3,
}


@pytest.mark.parametrize("name", RIGHT_BOUNDS)
def test_other_ways_to_write_the_bound_are_correct(name):
    verdict = lab04.w1_lower_bound(RIGHT_BOUNDS[name])
    assert verdict.state == "correct", verdict


@pytest.mark.parametrize("reason", WRONG_BOUNDS)
def test_wrong_bound_is_refused_with_its_reason(reason):
    verdict = lab04.w1_lower_bound(WRONG_BOUNDS[reason])
    assert verdict.state == "not yet"
    assert reason in verdict.message


def test_the_bound_is_one_and_the_mistakes_are_told_apart():
    formulas = [lab04._bound] + [wrong for _, wrong in lab04.BOUND_MISTAKES]
    cases = lab04._cases()
    values = torch.tensor([[float(f(*case)) for case in cases] for f in formulas])
    for critic, real, fake, grid in cases:
        assert 0 < float(lab04._bound(critic, real, fake, grid)) <= float(sample_w1(real[:, 0], fake[:, 0]))
    for i, a in enumerate(values):
        assert not any(((a - b).abs() <= 4e-3 * b.abs().clamp(min=1e-12)).all() for b in values[:i]), i
