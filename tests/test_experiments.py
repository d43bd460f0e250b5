"""The slide's claims, measured: saturation, WGAN's figure 2, what critics say of a distance, who arrives first."""

from math import log

import pytest
import torch

from gan_lab import losses
from gan_lab.experiments import alone, frozen, race
from gan_lab.experiments.figure2 import figure2, penalised_slope
from gan_lab.losses import gradients


@pytest.fixture(scope="module")
def trained():
    """Figure 2 at a separation of eight standard deviations."""
    *_, (steps, figure) = figure2(8.0, steps=250)
    assert steps == 250
    return figure


def test_the_trained_discriminator_is_the_optimal_one_and_flat_on_the_fakes(trained):
    assert trained.slope_on_fakes.median() < 1e-3
    assert trained.slope_on_fakes.shape == (512,)
    seen = (trained.log_p.exp() + trained.log_q.exp()) > 1e-2  # D is only taught where somebody is
    assert (torch.sigmoid(trained.logit) - trained.optimal)[seen].abs().max() < 0.05


@pytest.mark.parametrize("name", ["clipped", "penalised"])
def test_a_critic_slopes_evenly_all_the_way(trained, name):
    got = trained.estimate(name)
    assert 1 <= got.evenness <= 10
    assert got.raw > 0


def test_the_clipped_critics_slope_is_tiny_and_depends_on_c(trained):
    got = trained.estimate("clipped")
    assert trained.weights["clipped"] <= 0.01
    assert got.steepest <= 32 * 32 * 0.01**3 * (1 + 1e-5)  # no more than width^2 c^3 with two hidden layers
    assert got.raw < 0.1  # where W1 is 8: the scale is K, and K is unknown


def test_a_critic_over_its_steepest_slope_never_exceeds_w1(trained):
    for name in ("clipped", "penalised"):
        assert 2 < trained.estimate(name).bound <= trained.distance


def test_the_penalty_overestimates_by_a_known_factor(trained):
    assert penalised_slope(8.0, 10.0) == pytest.approx(1.4)
    got = trained.estimate("penalised")
    assert got.steepest == pytest.approx(1.4, abs=0.07)
    assert got.raw == pytest.approx(8 * 1.4, rel=0.03)
    with pytest.raises(ValueError, match="no bound"):
        penalised_slope(1.0, 0.0)


def test_weights_are_clipped_after_every_update():
    generator = alone.FixedGenerator((2.0,), 1.0)
    game = alone.critics(
        generator, lambda: torch.nn.Sequential(torch.nn.Linear(1, 8), torch.nn.Linear(8, 1)), 1e-2, 0.02, 1.0
    )["clipped"]
    batches = alone.slices(torch.randn(256, 1), 32)
    for _ in alone.train_alone(game, batches, 12):
        assert max(float(w.detach().abs().max()) for w in game.discriminator.parameters()) <= 0.02


@pytest.fixture(scope="module")
def looks():
    return list(frozen.freeze_and_look(300, every=100, samples=60))


def test_minimax_falls_behind_by_the_logit_in_powers_of_ten(looks):
    assert [look.step for look in looks] == [0, 100, 200, 300]
    first, last = looks[0], looks[-1]
    assert first.decades < 0.2
    assert last.decades > 1.5
    ratio = last.norms("non-saturating") / last.norms("minimax")
    assert torch.allclose(ratio, (-last.logits["minimax"].double()).exp(), rtol=1e-6)
    assert torch.equal(last.logits["minimax"], last.logits["non-saturating"])  # one network judges for both


def test_every_row_is_looked_at_in_every_sample(looks):
    for look in looks:
        assert set(look.pushes) == set(look.logits) == set(frozen.ROWS)
        assert all(push.shape == (60, 2) and push.isfinite().all() for push in look.pushes.values())
        assert torch.equal(look.fake, looks[0].fake)  # G stands still
    assert looks[-1].norms("wasserstein, penalised").median() == pytest.approx(1.0, abs=0.3)
    assert looks[-1].norms("wasserstein, clipped").max() < 0.01


def test_the_same_seed_looks_the_same_and_other_draws_are_left_alone():
    torch.manual_seed(5)
    net = alone.seeded(lambda: torch.nn.Linear(2, 2), 1)
    after = torch.rand(1)
    torch.manual_seed(5)
    assert torch.equal(after, torch.rand(1))
    assert torch.equal(net.weight, alone.seeded(lambda: torch.nn.Linear(2, 2), 1).weight)
    runs = [list(frozen.freeze_and_look(10, every=10, samples=4))[-1] for _ in range(2)]
    assert torch.equal(runs[0].pushes["hinge"], runs[1].pushes["hinge"])


def test_a_diverging_discriminator_is_named():
    from gan_lab.training import NonFiniteLoss

    generator = alone.FixedGenerator((2.0,), 1.0)
    game = alone.game(generator, torch.nn.Linear(1, 1), losses.wasserstein, lr=1e38)
    with pytest.raises(NonFiniteLoss, match="discriminator's"):
        list(alone.train_alone(game, alone.slices(torch.randn(64, 1), 32), 3))


def test_under_plain_descent_the_penalised_critic_brings_g_home_and_the_clipped_one_does_not():
    penalised = race.race("penalised", "sgd", limit=90)
    clipped = race.race("clipped", "sgd", limit=30)
    assert penalised.steps is not None
    assert penalised.distances[-1] <= 0.5 < penalised.distances[-2]
    assert clipped.steps is None
    assert clipped.distances[0] == pytest.approx(4.0)
    assert clipped.distances[0] - clipped.distances[-1] < 0.1 * (
        penalised.distances[0] - penalised.distances[30]
    )


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: next(figure2(0.0)), "distance"),
        (lambda: next(figure2(steps=10**6)), "steps 1 to 2000"),
        (lambda: next(figure2(clip=-1)), "positive"),
        (lambda: next(frozen.freeze_and_look(5000)), "0 to 2000"),
        (lambda: race.race("spectral"), "'clipped' or 'penalised'"),
    ],
)
def test_absurd_settings_are_refused_with_the_allowed_range(call, words):
    with pytest.raises(ValueError, match=words):
        call()


def test_decades_of_one_network_follow_from_its_logits():
    at = torch.full((3,), -5.0)
    weak, strong = gradients.slope(losses.minimax, at).abs(), gradients.slope(losses.non_saturating, at).abs()
    assert gradients.decades(weak, strong) == pytest.approx(5 / log(10), rel=1e-6)
