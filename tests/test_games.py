"""f = xy and the Dirac-GAN: what every update rule does to them, and what its eigenvalues promise."""

import cmath
from math import hypot, sqrt

import numpy as np
import pytest

from gan_lab.theory import dynamics, games
from gan_lab.theory.dynamics import RULES, operator, outcome, predict, trajectory

GAMES = {
    "xy": games.bilinear(),
    "minimax": games.dirac("minimax"),
    "non-saturating": games.dirac(),
    "r1": games.dirac(r1=0.5),
    "noise": games.dirac(noise=0.7),
    "wgan": games.dirac("wasserstein"),
    "clipped": games.clipped_wgan(0.5),
    "gp": games.wgan_gp(0.25),
}

# What becomes of each game under simultaneous, alternating, extragradient and consensus steps of .2 from (1, 1).
OUTCOMES = {
    "xy": ("none", "none", "linear", "linear"),
    "minimax": ("none", "none", "linear", "linear"),
    "non-saturating": ("none", "sublinear", "linear", "linear"),
    "r1": ("linear", "linear", "linear", "linear"),
    "noise": ("linear", "linear", "linear", "linear"),
    "wgan": ("none", "none", "linear", "linear"),
    "clipped": ("none", "none", "linear", "linear"),
    "gp": ("none", "none", "none", "none"),
}


@pytest.mark.parametrize("name", GAMES)
@pytest.mark.parametrize("rule", RULES)
def test_each_method_has_its_outcome_and_the_eigenvalues_never_promise_another(name, rule):
    expected = OUTCOMES[name][list(RULES).index(rule)]
    assert outcome(trajectory(GAMES[name], rule, (1, 1), 0.2, 4000)) == expected
    promised = predict(operator(GAMES[name], rule, 0.2))
    assert promised in (expected, "silent")
    assert promised != "silent" or name == "gp" or rule == "alternating"


@pytest.mark.parametrize("name", [name for name in GAMES if name != "gp"])
@pytest.mark.parametrize("rule", RULES)
def test_the_operator_is_the_derivative_of_the_very_step(name, rule):
    game, move, tiny = GAMES[name], RULES[rule], 1e-6
    columns = []
    for dx, dy in ((tiny, 0.0), (0.0, tiny)):
        ahead, behind = move(game, dx, dy, 0.3, 0.7), move(game, -dx, -dy, 0.3, 0.7)
        columns.append([(a - b) / (2 * tiny) for a, b in zip(ahead, behind)])
    assert np.allclose(operator(game, rule, 0.3, 0.7), np.array(columns).T, atol=1e-9)


@pytest.mark.parametrize("name", GAMES)
@pytest.mark.parametrize("point", [(0.4, -0.9), (-1.3, 0.6), (2.0, 1.5)])
def test_the_jacobian_is_the_derivative_of_the_field(name, point):
    (x, y), game, tiny = point, GAMES[name], 1e-6
    by_x = np.subtract(game.field(x + tiny, y), game.field(x - tiny, y)) / (2 * tiny)
    by_y = np.subtract(game.field(x, y + tiny), game.field(x, y - tiny)) / (2 * tiny)
    assert np.allclose(game.jacobian(x, y), np.array([by_x, by_y]).T, atol=1e-8)


@pytest.mark.parametrize("loss", ["minimax", "non-saturating"])
@pytest.mark.parametrize("noise", [0.0, 0.5])
def test_the_dirac_field_is_that_of_the_losses_of_the_core(loss, noise):
    """Both velocities by autograd, from the loss itself on data at 0 and a fake at theta, noise by quadrature."""
    import torch

    from gan_lab.losses import LOSSES

    theta, psi = (torch.tensor(v, dtype=torch.float64, requires_grad=True) for v in (0.8, -1.1))
    values, weights = np.polynomial.hermite_e.hermegauss(40)
    nodes = [(noise * v, w / sqrt(2 * np.pi)) for v, w in zip(values, weights)]
    # D's two expectations are over independent noises, and its loss is a sum of one term of each.
    d_loss = sum(w * LOSSES[loss].discriminator(psi * (0 * theta + e), psi * (theta + e)) for e, w in nodes)
    g_loss = sum(w * LOSSES[loss].generator(psi * (theta + e)) for e, w in nodes)
    (toward_d,), (toward_g,) = torch.autograd.grad(d_loss, psi), torch.autograd.grad(g_loss, theta)
    got = games.dirac(loss, noise=noise).field(0.8, -1.1)
    assert got == pytest.approx((-toward_g.item(), -toward_d.item()), abs=1e-9)


# --- f = xy ---------------------------------------------------------------------------------------------------


def test_alternating_steps_of_one_come_back_after_six():
    run = trajectory(games.bilinear(), "alternating", (1, 1), 1.0, 12)
    assert np.array_equal(run[6], run[0])
    assert np.array_equal(run[12], run[0])
    assert not any(np.array_equal(run[i], run[0]) for i in range(1, 6))


@pytest.mark.parametrize("eta", [0.1, 1.0, 1.9])
def test_alternating_conserves_an_ellipse_and_stays_bounded_below_two(eta):
    x, y = trajectory(games.bilinear(), "alternating", (1, 1), eta, 2000).T
    assert np.allclose(x**2 + y**2 - eta * x * y, 2 - eta, rtol=1e-9)
    assert len(x) == 2001
    assert np.hypot(x, y).max() <= sqrt((2 - eta) / (1 - eta / 2)) + 1e-9  # the ellipse's long half axis


def test_alternating_explodes_at_two_point_one():
    run = trajectory(games.bilinear(), "alternating", (1, 1), 2.1, 2000)
    assert len(run) < 200  # it escaped
    assert hypot(*run[-1]) > dynamics.ESCAPED
    assert predict(operator(games.bilinear(), "alternating", 2.1)) == "none"
    assert outcome(run) == "none"


@pytest.mark.parametrize("eta", [0.05, 0.3, 1.0])
def test_simultaneous_steps_grow_the_norm_by_a_known_factor_each(eta):
    length = np.hypot(*trajectory(games.bilinear(), "simultaneous", (1, 1), eta, 30).T)
    assert np.allclose(length[1:] / length[:-1], sqrt(1 + eta**2), rtol=1e-12)
    assert dynamics.radius(operator(games.bilinear(), "simultaneous", eta)) == pytest.approx(sqrt(1 + eta**2))


def test_extragradient_shrinks_the_norm_by_a_known_factor():
    length = np.hypot(*trajectory(games.bilinear(), "extragradient", (1, 1), 0.5, 30).T)
    assert np.allclose(length[1:] / length[:-1], sqrt(1 - 0.5**2 + 0.5**4), rtol=1e-12)


# --- the Dirac-GAN --------------------------------------------------------------------------------------------


def test_the_alternating_non_saturating_dirac_gan_converges_sublinearly_and_the_simultaneous_one_does_not():
    alternating = np.hypot(*trajectory(games.dirac(), "alternating", (1, 1), 0.2, 20_000).T)
    assert alternating[500] == pytest.approx(0.28, abs=0.01)
    assert alternating[20_000] == pytest.approx(0.046, abs=0.002)
    simultaneous = trajectory(games.dirac(), "simultaneous", (1, 1), 0.2, 20_000)
    assert np.abs(simultaneous[-100:, 0]).max() == pytest.approx(0.63, abs=0.01)
    assert outcome(simultaneous) == "none"


@pytest.mark.parametrize("gamma", [0.0, 0.3, 1.0, 2.5])
def test_r1_moves_the_eigenvalues_of_the_field_off_the_imaginary_axis(gamma):
    got = np.linalg.eigvals(np.array(games.dirac(r1=gamma).jacobian(0, 0)))
    root = cmath.sqrt(gamma**2 / 4 - 0.25)
    expected = np.array([-gamma / 2 + root, -gamma / 2 - root])
    assert np.allclose(np.sort_complex(got), np.sort_complex(expected), atol=1e-7)


def test_instance_noise_damps_by_half_its_variance():
    """Mescheder et al. 2018, lemma 3.2: -sigma^2/4 +- sqrt(sigma^4/16 - 1/4)."""
    trace = np.trace(np.array(games.dirac(noise=0.6).jacobian(0, 0)))
    assert trace == pytest.approx(-(0.6**2) / 2)


def test_eigenvalues_agree_with_numpy():
    for matrix in (np.array([[1.0, 0.1], [-0.1, 0.9]]), np.array([[0.5, 0.3], [0.3, 1.2]]), np.eye(2)):
        expected = sorted(np.linalg.eigvals(matrix), key=abs)
        assert abs(np.array(dynamics.eigenvalues(matrix)) - expected[::-1]).max() < 1e-12 or np.allclose(
            np.sort_complex(dynamics.eigenvalues(matrix)), np.sort_complex(expected)
        )


def test_the_same_eigenvalues_whoever_begins():
    first = games.Game("", GAMES["r1"].field, GAMES["r1"].jacobian, first="x")
    a, b = (operator(game, "alternating", 0.4) for game in (GAMES["r1"], first))
    assert not np.allclose(a, b)
    assert dynamics.radius(a) == pytest.approx(dynamics.radius(b))


def test_clipping_holds_after_every_update():
    run = trajectory(games.clipped_wgan(0.3), "alternating", (1, 0.1), 0.2, 500)
    assert np.abs(run[:, 1]).max() <= 0.3
    assert np.abs(run[:, 1]).max() == 0.3  # and it is felt


def test_a_strong_gradient_penalty_stops_in_the_wrong_place():
    x, _ = trajectory(games.wgan_gp(1.0), "simultaneous", (1, 1), 0.2, 4000)[-1]
    assert x == pytest.approx(2.0, abs=1e-6)  # theta = 2 lambda, where the penalty holds the critic at 0


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: games.dirac("hinge"), "minimax, non-saturating or wasserstein"),
        (lambda: games.dirac(r1=-1), "0 or more"),
        (lambda: games.dirac("wasserstein", noise=1), "leave it out"),
        (lambda: games.clipped_wgan(0), "positive"),
        (lambda: games.wgan_gp(-1), "negative|0 or more"),
        (lambda: trajectory(games.bilinear(), "newton"), "choose one of simultaneous"),
        (lambda: trajectory(games.bilinear(), "consensus", h=0), "positive"),
        (lambda: operator(games.bilinear(), "newton", 1), "choose one of"),
        (lambda: outcome(np.ones((10, 2))), "too few"),
    ],
)
def test_what_cannot_be_played_is_refused_with_a_reason(call, words):
    with pytest.raises(ValueError, match=words):
        call()


def test_ties_in_the_envelope_do_not_pass_for_convergence():
    angle = np.linspace(0, 200, 2000)
    assert outcome(np.stack([np.cos(angle), np.sin(angle)], 1)) == "none"
    for power, expected in ((0.5, "sublinear"), (1.0, "sublinear")):
        fall = np.arange(1, 4001.0) ** -power
        assert outcome(np.stack([fall, 0 * fall], 1)) == expected
    fall = 0.999 ** np.arange(4000)
    assert outcome(np.stack([fall, 0 * fall], 1)) == "linear"
