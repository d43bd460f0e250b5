"""The checks of lab 11 accept what is right, however it is written, and say why the rest is wrong."""

import random

import pytest
import torch
import torch.nn.functional as F

from gan_lab.algorithms.cyclegan import CycleGAN
from gan_lab.checks import lab11, tiny_worlds
from gan_lab.data.batch import Batch


def l1(x, y):
    return (x - y).abs().mean()


RIGHT_LOSSES = {
    "both ways": lambda ab, ba, a, b: l1(ba(ab(a)), a) + l1(ab(ba(b)), b),
    "l1_loss": lambda ab, ba, a, b: F.l1_loss(ab(ba(b)), b) + F.l1_loss(a, ba(ab(a))),
}
WRONG_LOSSES = {
    "only the way A -> B -> A": lambda ab, ba, a, b: l1(ba(ab(a)), a),
    "only the way B -> A -> B": lambda ab, ba, a, b: l1(ab(ba(b)), b),
    "the networks are exchanged": lambda ab, ba, a, b: l1(ab(ba(a)), a) + l1(ba(ab(b)), b),
    "a network follows itself": lambda ab, ba, a, b: l1(ab(ab(a)), a) + l1(ba(ba(b)), b),
    "They are no pair": lambda ab, ba, a, b: l1(ab(a), b) + l1(ba(b), a),
    "end where it began": lambda ab, ba, a, b: l1(ba(ab(a)), b) + l1(ab(ba(b)), a),
    "go back first": lambda ab, ba, a, b: l1(ab(a), a) + l1(ba(b), b),
    "this is the identity term": lambda ab, ba, a, b: l1(ab(b), b) + l1(ba(a), a),
    "this is half of it": lambda ab, ba, a, b: (l1(ba(ab(a)), a) + l1(ab(ba(b)), b)) / 2,
    "squared": lambda ab, ba, a, b: F.mse_loss(ba(ab(a)), a) + F.mse_loss(ab(ba(b)), b),
    "you summed over": lambda ab, ba, a, b: (ba(ab(a)) - a).abs().sum() + (ab(ba(b)) - b).abs().sum(),
    "differences cancel": lambda ab, ba, a, b: (ba(ab(a)) - a).mean() + (ab(ba(b)) - b).mean(),
    "the weight lambda is in it": lambda ab, ba, a, b: 10 * (l1(ba(ab(a)), a) + l1(ab(ba(b)), b)),
    "that reaches ab is not": lambda ab, ba, a, b: l1(ba(ab(a).detach()), a) + l1(ab(ba(b)), b),
    "that reaches ba is not": lambda ab, ba, a, b: l1(ba(ab(a)), a) + l1(ab(ba(b).detach()), b),
    "you say": lambda ab, ba, a, b: l1(ba(ab(a)), a) + 2 * l1(ab(ba(b)), b),
    "one number per example": lambda ab, ba, a, b: (ba(ab(a)) - a).abs().mean((1, 2, 3)),
    "returns a float": lambda ab, ba, a, b: (l1(ba(ab(a)), a) + l1(ab(ba(b)), b)).item(),
    "`return ...`": lambda ab, ba, a, b: print(end=""),
    "RuntimeError in its line 1": lambda ab, ba, a, b: l1(ba(ab(a[:, :1])), a),
}


@pytest.mark.parametrize("name", RIGHT_LOSSES)
def test_right_loss_is_correct(name):
    verdict = lab11.cycle_loss(RIGHT_LOSSES[name])
    assert verdict.state == "correct", verdict


@pytest.mark.parametrize("reason", WRONG_LOSSES)
def test_wrong_loss_is_refused_with_its_reason(reason):
    verdict = lab11.cycle_loss(WRONG_LOSSES[reason])
    assert verdict.state == "not yet"
    assert reason in verdict.message


def test_the_loss_s_mistakes_are_told_apart():
    trips = tiny_worlds.Trips(tiny_worlds.Worlds())
    formulas = [tiny_worlds.right, *(wrong for _, wrong in tiny_worlds.CYCLE_MISTAKES)]
    values = [float(f(trips).detach()) for f in formulas]
    for i, a in enumerate(values):
        assert not any(abs(a - b) <= 1e-6 for b in values[:i]), i


def test_the_check_computes_what_the_algorithm_does():
    w, judge = tiny_worlds.Worlds(), torch.nn.Conv2d(2, 1, 1)
    game = CycleGAN(w.ab.float(), w.ba.float(), judge, torch.nn.Conv2d(2, 1, 1), (2, 4, 4))
    logs = game.generators_loss(Batch(w.a.float(), w.b.float()))
    fresh = tiny_worlds.Trips(tiny_worlds.Worlds())
    assert logs["cycle"].item() == pytest.approx(tiny_worlds.right(fresh).item(), rel=1e-5)


# --- the history --------------------------------------------------------------------------------------------


def history(
    chance=lambda: torch.rand(()) < 0.5,
    place=lambda size: int(torch.randint(size, ())),
    keep=True,
    fill=True,
    always=False,
    most=lambda size: size,
    elsewhere=0,
    first=lambda held, fake: fake,
):
    """A history with one thing done otherwise."""

    def exchange(held, fake, size):
        if len(held) < most(size):
            if fill:
                held.append(fake)
            return first(held, fake)
        if chance():
            if always:
                held[place(size)] = fake
            return fake
        i = place(size)
        old = held[i]
        if keep:
            held[(i + elsewhere) % size] = fake
        return old

    return exchange


def queue(held, fake, size):
    held.append(fake)
    if len(held) <= size:
        return fake
    return held.pop(0) if random.random() < 0.5 else held.pop()


def in_turn():
    count = iter(range(10**6))
    return history(place=lambda size: next(count) % size)


def rebound(held, fake, size):
    held = [*held, fake]
    return fake


RIGHT_HISTORIES = {
    "by torch": history(),
    "by random": history(lambda: random.random() < 0.5, random.randrange),
    "a slice": history(place=lambda size: int(torch.rand(()) * size)),
}
WRONG_HISTORIES = {
    "hands out a picture of the past": history(chance=lambda: True),
    "nothing but the past": history(chance=lambda: False),
    "one in two, by chance": history(chance=lambda: torch.rand(()) < 0.8),
    "the history should stay as it was": history(always=True),
    "leave it in the history": history(keep=False),
    "yours changes another place": history(elsewhere=1),
    "only 1 of 5 places": history(place=lambda size: 0),
    "taken in turn": in_turn(),
    "until it is full every fake goes in": history(fill=False),
    "`held` itself": rebound,
    "call 2 returned another": history(first=lambda held, fake: held[0]),
    "a full history holds 5": history(most=lambda size: 10**9),
    "none of the pictures that came in": history(first=lambda held, fake: fake * 0.3),
    "yours changes": queue,
    "should be a picture (1, 2, 2)": history(first=lambda held, fake: fake[0]),
    "`return ...`": lambda held, fake, size: held.append(fake),
    "IndexError in its line": lambda held, fake, size: held[0],
}


@pytest.mark.parametrize("name", RIGHT_HISTORIES)
def test_right_history_is_correct(name):
    verdict = lab11.exchange(RIGHT_HISTORIES[name])
    assert verdict.state == "correct", verdict


@pytest.mark.parametrize("reason", WRONG_HISTORIES)
def test_wrong_history_is_refused_with_its_reason(reason):
    verdict = lab11.exchange(WRONG_HISTORIES[reason])
    assert verdict.state == "not yet"
    assert reason in verdict.message


def test_the_check_draws_nothing_from_anybody():
    random.seed(1)
    torch.manual_seed(1)
    before = random.getstate(), torch.get_rng_state()
    lab11.exchange(RIGHT_HISTORIES["by random"])
    assert random.getstate() == before[0]
    assert torch.equal(torch.get_rng_state(), before[1])
