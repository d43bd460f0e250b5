"""The checks of lab 06 accept what is right, however it is written, and say why the rest is wrong."""

import pytest
import torch
import torch.nn.functional as F

from gan_lab.checks import lab06, normed_game

RIGHT_PAIRS = {
    "by parity": lambda k: ((k - 2) // 2, 0) if k % 2 == 0 else ((k - 1) // 2, 1),
    "a list": lambda k: [(k - 1) // 2, k % 2],
    "by trying": lambda k: next(
        (p, e) for p in range(k) for e in (0, 1) if lab06._reading(k, p, e) == [2 * s for s in lab06.SIZES]
    ),
}
WRONG_PAIRS = {
    "takes AWAY": lambda k: (0, 0),
    "keeps the size at stride 1": lambda k: (k // 2, 0),
    "right for even kernels": lambda k: ((k - 1) // 2, 0),
    "at EACH side": lambda k: (k - 2, 0) if k % 2 == 0 else (k - 1, 1),
    "swapped": lambda k: (0, (k - 2) // 2) if k % 2 == 0 else (1, (k - 1) // 2),
    "returns nothing": lambda k: print(end=""),
    "two whole numbers are wanted": lambda k: k // 2 - 1,
    "// divides whole numbers": lambda k: (k / 2 - 1, 0),
    "no padding is negative": lambda k: (k // 2 - 2, 0),
    "below the stride": lambda k: (k, 2),
    "it is too much": lambda k: (2 * k, 0),
    "not doubled": lambda k: (1, 1),
    "ZeroDivisionError in its line": lambda k: k // 0,
}


@pytest.mark.parametrize("name", RIGHT_PAIRS)
def test_other_ways_to_double_are_correct(name):
    verdict = lab06.doubling(RIGHT_PAIRS[name])
    assert verdict.state == "correct", verdict


@pytest.mark.parametrize("reason", WRONG_PAIRS)
def test_wrong_padding_is_refused_with_its_reason(reason):
    verdict = lab06.doubling(WRONG_PAIRS[reason])
    assert verdict.state == "not yet"
    assert reason in verdict.message


def test_the_wanted_layer_doubles_and_the_mistakes_are_told_apart():
    for kernel in lab06.KERNELS:
        assert lab06._reading(kernel, *lab06._wanted(kernel)) == [2 * size for size in lab06.SIZES]
    formulas = [lab06._wanted] + [wrong for _, wrong in lab06.PADDING_MISTAKES]
    answers = [[formula(k) for k in lab06.KERNELS] for formula in formulas]
    assert all(a not in answers[:i] for i, a in enumerate(answers))


# --- the discriminator's turn -------------------------------------------------------------------------------


def bce(logits, label):
    return F.binary_cross_entropy_with_logits(logits, torch.full_like(logits, label))


def turn(
    loss=lambda r, f: bce(r, 1) + bce(f, 0),
    judge=lambda D, real, fake: (D(real), D(fake)),
    clear=True,
    detach=True,
    before=lambda G, D: None,
    order=("backward", "step"),
    after=lambda G, D: None,
):
    """D's turn with one thing done otherwise."""

    def student(G, D, optimizer, real, z):
        before(G, D)
        fake = G(z).detach() if detach else G(z)
        if clear:
            optimizer.zero_grad()
        cost = loss(*judge(D, real, fake))
        for what in order:
            {"backward": cost.backward, "step": optimizer.step, "zero": optimizer.zero_grad}[what]()
        after(G, D)

    return student


def mixed(D, real, fake):
    return D(torch.cat([real, fake])).split(len(real))


def still(D, real, fake):
    D.eval()
    answers = D(real), D(fake)
    D.train()
    return answers


def move(G, D):
    with torch.no_grad():
        next(G.parameters()).add_(0.1)


def fake_first(D, real, fake):
    judged = D(fake)
    return D(real), judged


RIGHT_TURNS = {
    "cross-entropy": turn(),
    "softplus": turn(loss=lambda r, f: F.softplus(-r).mean() + F.softplus(f).mean()),
    "the fakes first": turn(judge=fake_first),
    "not detached, and nobody steps on G": turn(detach=False),
    "train mode called once more": turn(before=lambda G, D: (G.train(), D.train())),
}
WRONG_TURNS = {
    "in one batch": turn(judge=mixed),
    "D was in eval mode": turn(judge=still),
    "G was in eval mode": turn(before=lambda G, D: G.eval()),
    "the wrong way": turn(loss=lambda r, f: bce(r, 0) + bce(f, 1)),
    "the fakes are called real": turn(loss=lambda r, f: bce(r, 1) + bce(f, 1)),
    "lacks the fakes": turn(loss=lambda r, f: bce(r, 1)),
    "lacks the real examples": turn(loss=lambda r, f: bce(f, 0)),
    "sigmoid twice": turn(loss=lambda r, f: bce(r.sigmoid(), 1) + bce(f.sigmoid(), 0)),
    "no logarithm": turn(loss=lambda r, f: f.mean() - r.mean()),
    "you summed": turn(loss=lambda r, f: (bce(r, 1) + bce(f, 0)) * len(r)),
    "half of the sum": turn(loss=lambda r, f: (bce(r, 1) + bce(f, 0)) / 2),
    "pile up": turn(clear=False),
    "cleared between": turn(order=("backward", "zero", "step")),
    "yours made 0": turn(order=("backward",)),
    "yours made 2": turn(order=("backward", "step", "step")),
    "the generator's weights changed": turn(after=move),
    "you left D in eval mode": turn(after=lambda G, D: D.eval()),
    "a weight of D is off by": turn(loss=lambda r, f: bce(r, 0.9) + bce(f, 0)),
}


@pytest.mark.parametrize("name", RIGHT_TURNS)
def test_right_turn_is_correct(name):
    verdict = lab06.discriminator_turn(RIGHT_TURNS[name])
    assert verdict.state == "correct", verdict


@pytest.mark.parametrize("reason", WRONG_TURNS)
def test_wrong_turn_is_refused_with_its_reason(reason):
    verdict = lab06.discriminator_turn(WRONG_TURNS[reason])
    assert verdict.state == "not yet"
    assert reason in verdict.message


def test_every_listed_mistake_of_a_turn_is_told_apart():
    runs = [
        normed_game.play(normed_game.Table(), **m) for m in [{}, *(m for _, m in normed_game.TURN_MISTAKES)]
    ]
    for i, a in enumerate(runs):
        assert not any(lab06._agree(a, b) for b in runs[:i]), f"mistake {i} is not told apart"
