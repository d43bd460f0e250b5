"""The checks accept what is right, however it is written, and say why the rest is wrong."""

import importlib.util
from pathlib import Path

import pytest
import torch
import torch.nn.functional as F

from gan_lab import checks
from gan_lab.checks import lab00, lab01, lab02, lab03, lab04, lab07, lab12, lab13, tiny_game
from gan_lab.checks.verdict import Verdict

SOLUTIONS = Path(__file__).parents[1] / "labs" / "solutions"
ALL = [
    lab00.chain_rule,
    lab00.weighted_bound,
    lab01.discriminator_loss,
    lab01.one_iteration,
    lab02.generator_loss,
    lab02.powers_of_ten_behind,
    lab03.extragradient_step,
    lab03.least_gamma,
    lab04.critic_turn,
    lab04.w1_lower_bound,
    lab07.slerp,
    lab07.concept_arithmetic,
    lab12.discriminator_turn,
    lab12.aggregate_kl,
    lab13.style_transfer,
    lab13.encoder_turn,
]


def solutions(name):
    spec = importlib.util.spec_from_file_location(f"solutions_{name}", SOLUTIONS / f"{name}.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize("check", ALL, ids=lambda check: check.__name__)
def test_solution_is_correct(check):
    module = check.__module__.rpartition(".")[2]
    verdict = check(getattr(solutions(module), check.__name__))
    assert verdict.state == "correct", verdict


def body_is_dots(*arguments):
    """Says what to do."""
    ...


def returns_dots(*arguments):
    return ...


def returns_none(*arguments):
    return None


@pytest.mark.parametrize("check", ALL, ids=lambda check: check.__name__)
@pytest.mark.parametrize("student", [None, ..., body_is_dots, returns_dots, returns_none])
def test_untouched_exercise_is_not_judged(check, student):
    verdict = check(student)
    assert verdict.state == "not attempted yet"
    assert not verdict


@pytest.mark.parametrize("check", ALL, ids=lambda check: check.__name__)
def test_an_error_is_a_reason_with_its_line(check):
    def breaks(*arguments):
        a = 1
        return a / 0

    verdict = check(breaks)
    assert verdict.state == "not yet"
    assert "ZeroDivisionError in its line 3" in verdict.message


@pytest.mark.parametrize("check", ALL, ids=lambda check: check.__name__)
def test_wrong_number_of_arguments_is_a_reason(check):
    assert "TypeError" in check(lambda: 1).message


@pytest.mark.parametrize("check", [lab01.discriminator_loss, lab07.slerp, lab07.concept_arithmetic])
def test_forgotten_return_is_named(check):
    def forgets(a, b, c=None):
        a + b

    assert "`return" in check(forgets).message


def test_verdict_shows_its_state_without_colour_and_escapes():
    verdict = Verdict("not yet", "a < b")
    assert str(verdict) == "✗ not yet: a < b" == repr(verdict)
    assert "a &lt; b" in verdict._repr_html_()
    assert "not yet" in verdict._repr_html_()
    assert bool(Verdict("correct", ""))


# --- the discriminator's loss -------------------------------------------------------------------------------

softplus, sigmoid = F.softplus, torch.sigmoid
RIGHT_LOSSES = [
    lambda r, f: -F.logsigmoid(r).mean() - F.logsigmoid(-f).mean(),
    lambda r, f: (softplus(-r) + softplus(f)).mean(),
    lambda r, f: (
        F.binary_cross_entropy_with_logits(r, torch.ones_like(r))
        + F.binary_cross_entropy_with_logits(f, torch.zeros_like(f))
    ),
    lambda r, f: (
        torch.logaddexp(-r, torch.zeros_like(r)).mean() + torch.logaddexp(f, torch.zeros_like(f)).mean()
    ),
]
WRONG_LOSSES = {
    "sign of C": lambda r, f: F.logsigmoid(r).mean() + F.logsigmoid(-f).mean(),
    "averaged before the log": lambda r, f: -sigmoid(r).mean().log() - (1 - sigmoid(f)).mean().log(),
    "averaged the logits": lambda r, f: softplus(-r.mean()) + softplus(f.mean()),
    "half of -C": lambda r, f: F.binary_cross_entropy_with_logits(
        torch.cat([r, f]), torch.cat([torch.ones_like(r), torch.zeros_like(f)])
    ),
    "summed over": lambda r, f: softplus(-r).sum() + softplus(f).sum(),
    "swapped": lambda r, f: softplus(r).mean() + softplus(-f).mean(),
    "terms ask D for 1": lambda r, f: softplus(-r).mean() + softplus(-f).mean(),
    "terms ask D for 0": lambda r, f: softplus(r).mean() + softplus(f).mean(),
    "second mean of C is missing": lambda r, f: -F.logsigmoid(r).mean(),
    "first mean of C is missing": lambda r, f: softplus(f).mean(),
    "wrong sign: C adds": lambda r, f: -F.logsigmoid(r).mean() + F.logsigmoid(-f).mean(),
    "sigmoid twice": lambda r, f: softplus(-sigmoid(r)).mean() + softplus(sigmoid(f)).mean(),
    "Wasserstein": lambda r, f: f.mean() - r.mean(),
    "base 2": lambda r, f: -sigmoid(r).log2().mean() - (1 - sigmoid(f)).log2().mean(),
    "logs are missing": lambda r, f: -sigmoid(r).mean() - (1 - sigmoid(f)).mean(),
    "only D has a log": lambda r, f: -r.log().mean() - (1 - f).log().mean(),
    "one number per example": lambda r, f: softplus(-r) + softplus(f),
    "returns a float": lambda r, f: (softplus(-r).mean() + softplus(f).mean()).item(),
    "no gradient can flow": lambda r, f: (softplus(-r).mean() + softplus(f).mean()).detach(),
    "gradient is not that": lambda r, f: softplus(-r).mean() + softplus(f.detach()).mean(),
    "your loss is inf": lambda r, f: -sigmoid(r).log().mean() - (1 - sigmoid(f)).log().mean(),
    "and should be 200: a clamp": lambda r, f: (
        -(sigmoid(r) + 1e-8).log().mean() - (1 - sigmoid(f) + 1e-8).log().mean()
    ),
    "hides the overflow": lambda r, f: (
        F.binary_cross_entropy(sigmoid(r), torch.ones_like(r))
        + F.binary_cross_entropy(sigmoid(f), torch.zeros_like(f))
    ),
    "for the test logits your loss is": lambda r, f: softplus(-r).mean() + 2 * softplus(f).mean(),
}


@pytest.mark.parametrize("loss", RIGHT_LOSSES)
def test_other_ways_to_write_the_loss_are_correct(loss):
    assert lab01.discriminator_loss(loss).state == "correct"


@pytest.mark.parametrize("reason", WRONG_LOSSES)
def test_wrong_loss_is_refused_with_its_reason(reason):
    verdict = lab01.discriminator_loss(WRONG_LOSSES[reason])
    assert verdict.state == "not yet"
    assert reason in verdict.message


# --- one iteration of the pseudo-algorithm ------------------------------------------------------------------


def variant(
    d_steps=lambda k: k,
    g_steps=1,
    g_first=False,
    detach=True,
    zero_d=True,
    zero_g=True,
    d_loss=lambda r, f: F.softplus(-r).mean() + F.softplus(f).mean(),
    g_loss=lambda f: F.softplus(-f).mean(),
    reuse=(),
    d_with_g=False,
):
    """An iteration with one thing done otherwise; ``reuse`` names what is drawn once: data, noise, fake."""

    def iteration(G, D, opt_g, opt_d, next_batch, noise, k):
        kept = {}

        def draw(name, source):
            if name not in reuse:
                return source()
            return kept.setdefault(name, source()) if name not in kept else kept[name]

        def g_turn():
            for _ in range(g_steps):
                if zero_g:
                    opt_g.zero_grad()
                z = kept["last"] if "fake" in reuse else noise()
                g_loss(D(G(z))).backward()
                if d_with_g:
                    for p in D.parameters():
                        p.data.sub_(0.1 * p.grad)
                opt_g.step()

        if g_first:
            g_turn()
        for _ in range(d_steps(k)):
            x, z = draw("data", next_batch), draw("noise", noise)
            kept["last"] = z
            fake = G(z).detach() if detach else G(z)
            if zero_d:
                opt_d.zero_grad()
            d_loss(D(x), D(fake)).backward()
            opt_d.step()
        if not g_first:
            g_turn()

    return iteration


RIGHT_ITERATIONS = {
    "as the lecture": variant(),
    "detach missing, gradients cleared": variant(detach=False),
}
WRONG_ITERATIONS = {
    "no optimiser made a step": lambda G, D, og, od, next_batch, noise, k: next_batch().mean(),
    "D should be updated 3 times": variant(d_steps=lambda k: 1),
    "your function updates it 0 times": variant(d_steps=lambda k: 0),
    "G should be updated once": variant(g_steps=2),
    "G was updated before D": variant(g_first=True),
    "draws 1 minibatches": variant(reuse=("data",)),
    "instead of 4": variant(reuse=("noise",)),
    "draws its own once more": variant(reuse=("fake",)),
    "doesn't really work": variant(g_loss=lambda f: -F.softplus(f).mean()),
    "learns to be caught": variant(g_loss=lambda f: -F.softplus(-f).mean()),
    "what D would descend": variant(g_loss=lambda f: F.softplus(f).mean()),
    "D goes the wrong way": variant(d_loss=lambda r, f: -F.softplus(-r).mean() - F.softplus(f).mean()),
    "real and fake are swapped": variant(d_loss=lambda r, f: F.softplus(r).mean() + F.softplus(-f).mean()),
    "D takes half a step": variant(d_loss=lambda r, f: 0.5 * (F.softplus(-r) + F.softplus(f)).mean()),
    "gradients pile up: call optimizer_d": variant(zero_d=False),
    "gradients pile up in G": variant(zero_g=False),
    "leaves its gradient in G": variant(zero_g=False, detach=False),
    "pile up in both": variant(zero_g=False, zero_d=False, detach=False),
    "D's weights changed with it": variant(d_with_g=True),
    "the first wrong update is number 1, D's": variant(
        d_loss=lambda r, f: (1 - r).square().mean() + f.square().mean()
    ),
}


@pytest.mark.parametrize("name", RIGHT_ITERATIONS)
def test_right_iteration_is_correct(name):
    verdict = lab01.one_iteration(RIGHT_ITERATIONS[name])
    assert verdict.state == "correct", verdict


@pytest.mark.parametrize("reason", WRONG_ITERATIONS)
def test_wrong_iteration_is_refused_with_its_reason(reason):
    verdict = lab01.one_iteration(WRONG_ITERATIONS[reason])
    assert verdict.state == "not yet"
    assert reason in verdict.message


def test_every_listed_mistake_differs_from_the_right_answer_and_from_the_others():
    runs = [lab01._replay(3)] + [lab01._replay(3, **mistake) for _, mistake in tiny_game.TURN_MISTAKES]
    for i, a in enumerate(runs):
        assert not any(lab01._agree(a, b) for b in runs[:i]), f"mistake {i} is not told apart"


# --- slerp and arithmetic -----------------------------------------------------------------------------------

right_slerp = solutions("lab07").slerp


def angle_of(a, b):
    return torch.arccos(a @ b / (a.norm() * b.norm()))


def unguarded(a, b, t):
    w = angle_of(a, b)
    return (torch.sin((1 - t) * w) * a + torch.sin(t * w) * b) / torch.sin(w)


def by_direction_and_norm(a, b, t):
    direction = right_slerp(a / a.norm(), b / b.norm(), t)
    return direction * ((1 - t) * a.norm() + t * b.norm())


WRONG_SLERPS = {
    "straight line (lerp)": lambda a, b, t: (1 - t) * a + t * b,
    "ends are swapped": lambda a, b, t: right_slerp(b, a, t),
    "uneven pace": lambda a, b, t: F.normalize((1 - t) * a + t * b, dim=0) * a.norm(),
    "has norm 1": lambda a, b, t: right_slerp(a / a.norm(), b / b.norm(), t),
    "division by sin(angle) is missing": lambda a, b, t: right_slerp(a, b, t) * torch.sin(angle_of(a, b)),
    "not the one between a and b": lambda a, b, t: (
        torch.cos(torch.tensor(t * torch.pi / 2)) * a + torch.sin(torch.tensor(t * torch.pi / 2)) * b
    ),
    "divide a · b by": lambda a, b, t: torch.sin(torch.arccos(a @ b)) * a,
    "for a = b your point is not finite": unguarded,
    "for a = b half-way is not a": lambda a, b, t: right_slerp(a, b, t) if not torch.equal(a, b) else 0 * a,
    "of the angle from a to b": lambda a, b, t: right_slerp(a, b, t * t),
    "shape (100,) is wanted": lambda a, b, t: right_slerp(a, b, t)[None],
}


@pytest.mark.parametrize("student", [by_direction_and_norm])
def test_other_ways_to_write_slerp_are_correct(student):
    assert lab07.slerp(student).state == "correct"


@pytest.mark.parametrize("reason", WRONG_SLERPS)
def test_wrong_slerp_is_refused_with_its_reason(reason):
    verdict = lab07.slerp(WRONG_SLERPS[reason])
    assert verdict.state == "not yet"
    assert reason in verdict.message


def shell(z):
    return F.normalize(z, dim=-1) * z.shape[-1] ** 0.5


WRONG_ARITHMETICS = {
    "projection is missing": lambda a, b, c: a.mean(0) - b.mean(0) + c.mean(0),
    "has norm 1": lambda a, b, c: F.normalize(a.mean(0) - b.mean(0) + c.mean(0), dim=0),
    "has norm d": lambda a, b, c: F.normalize(a.mean(0) - b.mean(0) + c.mean(0), dim=0) * a.shape[1],
    "you summed": lambda a, b, c: shell(a.sum(0) - b.sum(0) + c.sum(0)),
    "signs": lambda a, b, c: shell(a.mean(0) + b.mean(0) - c.mean(0)),
    "only one exemplar": lambda a, b, c: shell(a[0] - b[0] + c[0]),
    "before adding": lambda a, b, c: shell(shell(a.mean(0)) - shell(b.mean(0)) + shell(c.mean(0))),
    "shape (3,)": lambda a, b, c: shell(a.mean(1) - b.mean(1) + c.mean(1)),
    "its cosine with the right one": lambda a, b, c: shell(2 * a.mean(0) - b.mean(0) + c.mean(0)),
}


@pytest.mark.parametrize("reason", WRONG_ARITHMETICS)
def test_wrong_arithmetic_is_refused_with_its_reason(reason):
    verdict = lab07.concept_arithmetic(WRONG_ARITHMETICS[reason])
    assert verdict.state == "not yet"
    assert reason in verdict.message


def test_package_names_the_labs():
    assert checks.lab00 is lab00
    assert checks.lab01 is lab01
    assert checks.lab02 is lab02
    assert checks.lab03 is lab03
    assert checks.lab04 is lab04
    assert checks.lab07 is lab07
    assert checks.lab12 is lab12
    assert checks.lab13 is lab13
