"""The playground's run: the same link gives the same weights, rewinds are exact, failures are told, looks are true."""

import math
import threading
from dataclasses import replace

import numpy as np
import pytest
import torch

from apps.playground import build, looks, optimum, settings, slow, stories
from apps.playground.desk import Desk, desks
from apps.playground.measure import Ruler
from apps.playground.presets import PRESETS, WHAT_IF
from apps.playground.run import Run
from apps.playground.settings import Configuration, encode_points
from apps.visits import one_thread
from gan_lab.training import NonFiniteLoss

SMALL = Configuration(g_depth=1, g_width=16, d_depth=1, d_width=16, batch=32)
EXPLODING = {"d_optimiser": "sgd", "g_optimiser": "sgd"}
"""Adam's steps are bounded by the learning rate; plain gradient descent on an unbounded loss is not."""


@pytest.fixture(autouse=True)
def thread():
    with one_thread():
        yield


def weights(run):
    return torch.cat([v.detach().double().flatten() for v in run.gan.state_dict().values()])


def go(run, n):
    for _ in range(n):
        run.go()
    return run


def unpack(text, kind):
    import base64

    return np.frombuffer(base64.b64decode(text), dtype="<" + kind)


# --- building -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", PRESETS)
def test_presets_build_and_train(name):
    run = go(Run(PRESETS[name].config), 20)
    assert run.session.progress.step == 20
    assert torch.isfinite(weights(run)).all()
    assert all(math.isfinite(v) for curve in run.curves.values() for v in curve)


def test_the_preset_for_collapse_collapses_onto_one_of_two_modes():
    run = go(Run(PRESETS["collapse-at-once"].config), 150)
    found = run.measured[150]
    assert (found["modes"], max(found["counts"]) > 2000) == (1, True)


def test_the_preset_for_vanishing_gradients_leaves_no_pull_and_wasserstein_keeps_it():
    pull = {}
    for name in ("vanishing-gradient", "wgan-saves-it"):
        run = go(Run(PRESETS[name].config), 60)
        pull[name] = looks.look(run, ["arrows"])["arrows"]["median"]
    assert pull["vanishing-gradient"] < 1e-3
    assert pull["wgan-saves-it"] > 0.1


def test_the_preset_for_oscillation_goes_round_until_r1_stops_it():
    def swing(run):
        losses = list(run.curves["d_loss"])[-250:]
        return max(losses) - min(losses)

    free, damped = (Run(PRESETS["oscillation"].config) for _ in range(2))
    damped.edit({"r1": 0.5})
    assert swing(go(free, 800)) > 10 * swing(go(damped, 800))


def test_the_same_link_gives_the_same_weights_bit_for_bit():
    config = replace(PRESETS["oscillation"].config, seed=7)
    first = go(Run(config), 30)
    query = settings.to_query(first.config, stories.write(first.story))
    torch.randn(5)  # whatever else draws in between
    again, story, sentences = settings.read(query)
    assert sentences == []
    assert torch.equal(weights(go(Run(again, stories.read(story)), 30)), weights(first))
    assert not torch.equal(weights(go(Run(replace(config, seed=8)), 30)), weights(first))


def test_a_story_repeats_a_run_with_all_that_was_done_in_it():
    run = go(Run(SMALL), 5)
    run.step("d")
    run.edit({"loss": "wasserstein", "clip": 0.1})
    run.step("d")
    run.step("g")
    go(run, 3)
    run.edit({"g_lr": 0.01})
    go(run, 2)
    again = Run(SMALL, stories.read(stories.write(run.story)))
    go(again, run.moment)
    assert torch.equal(weights(again), weights(run))
    assert again.now == run.now == replace(SMALL, loss="wasserstein", clip=0.1, g_lr=0.01)
    assert stories.write(again.story) == stories.write(run.story)


def test_every_live_setting_reaches_the_algorithm():
    run = Run(SMALL)
    for change in (
        {"loss": "least-squares"}, {"r1": 0.5}, {"r2": 0.25}, {"gp": 2.0}, {"clip": 0.05}, {"d_lr": 0.3}, {"g_lr": 0.4},
        {"d_steps": 3}, {"g_steps": 2},
    ):  # fmt: skip
        run.edit(change)
    gan, (d, g) = run.gan, run.gan.phases
    assert (gan.loss.name, gan.r1, gan.r2, gan.gradient_penalty, gan.clip) == (
        "least-squares",
        0.5,
        0.25,
        2.0,
        0.05,
    )
    assert d.optimizer.param_groups[0]["lr"] == 0.3
    assert g.optimizer.param_groups[0]["lr"] == 0.4
    run.go()
    assert run.session.progress.updates == {"discriminator": 3, "generator": 2}
    assert max(p.abs().max() for p in gan.discriminator.parameters()) <= 0.05
    with pytest.raises(ValueError, match="seed cannot change in a run"):
        run.edit({"seed": 3})
    with pytest.raises(ValueError, match="d_lr must be a number from 0 to 10"):
        run.edit({"d_lr": 99})


@pytest.mark.parametrize(
    "odd",
    [{"g_depth": 0}, {"d_depth": 0}, {"d_steps": 0}, {"g_steps": 0}, {"latent": 1}, {"noise": "uniform"},
     {"g_width": 1},
     {"d_lr": 0}, {"g_norm": True, "g_depth": 2}, {"d_activation": "maxout"}, {"beta1": 0}, {"d_optimiser": "sgd"},
     {"g_optimiser": "rmsprop"}, {"batch": 8}, {"clip": 0.01}],
)  # fmt: skip
def test_odd_settings_run_and_can_be_looked_at(odd):
    run = go(Run(replace(SMALL, **odd)), 3)
    view = looks.look(run, looks.LAYERS)
    assert view["moment"] == 3
    if odd == {"d_steps": 0}:
        assert torch.equal(
            run.gan.discriminator[0].weight, Run(replace(SMALL, d_steps=0)).gan.discriminator[0].weight
        )


@pytest.mark.parametrize("data", [*settings.CHOICES["data"]])
def test_every_set_can_be_trained_on_measured_and_looked_at(data):
    points = encode_points([(x / 10, math.sin(x)) for x in range(-9, 9)])
    run = go(Run(replace(SMALL, data=data, points=points)), 2)
    found = run.measured[0]
    assert 0 <= found["gap"] <= 1
    assert found["js"] <= math.log(2) + 1e-9
    assert ("kl" in found) == (data in ("ring", "grid", "two-gaussians", "drawn"))
    assert ("modes" in found) == (data in ("ring", "grid", "two-gaussians"))
    looks.look(run, looks.LAYERS)


# --- the record -----------------------------------------------------------------------------------------------


def test_rewind_and_replay_are_exact_with_edits_and_single_turns():
    run = go(Run(SMALL), 60)
    at_60 = weights(run)
    run.edit({"loss": "hinge"})
    run.step("d")
    go(run, 50)
    end, losses = weights(run), list(run.curves["d_loss"])
    run.rewind(60)
    assert torch.equal(weights(run), at_60)
    assert run.now.loss == "hinge"
    run.rewind(59)
    assert run.now.loss == "non-saturating"
    go(run, 52)
    assert torch.equal(weights(run), end)
    assert run.session.recorded == 111
    np.testing.assert_array_equal(run.curves["d_loss"], losses)
    run.rewind(10)
    run.step("g")
    assert (run.moment, run.session.recorded, len(run.curves["d_loss"]), len(run.done)) == (11, 11, 11, 11)


def test_watching_changes_nothing():
    quiet, watched = Run(SMALL), Run(replace(SMALL))
    for _ in range(6):
        quiet.go()
        watched.go()
        looks.look(watched, looks.LAYERS)
        watched._measure()
        watched.minibatch("d")
    assert torch.equal(weights(quiet), weights(watched))


def test_watching_batchnorm_changes_nothing():
    config = replace(SMALL, g_norm=True, g_depth=2)
    quiet, watched = go(Run(config), 1), go(Run(config), 1)
    looks.look(watched, looks.LAYERS)
    watched.minibatch("g")
    assert torch.equal(weights(go(quiet, 2)), weights(go(watched, 2)))


def test_a_failure_names_step_loss_and_remedy_and_the_run_stays_usable():
    run = go(Run(replace(SMALL, loss="wasserstein", d_lr=1e-3, g_lr=1e-3, **EXPLODING)), 4)
    run.edit({"d_lr": 10, "g_lr": 10})
    with pytest.raises(NonFiniteLoss) as told:
        go(run, 400)
    text = str(told.value)
    assert f"step {run.session.progress.step}" in text
    assert "the wasserstein loss" in text
    assert "gradient penalty" in text
    assert run.failed == text
    looks.look(run, looks.LAYERS)
    run.rewind(4)
    assert run.failed == ""
    run.edit({"d_lr": 1e-3, "g_lr": 1e-3, "loss": "non-saturating"})
    assert torch.isfinite(weights(go(run, 5))).all()
    assert run.failed == ""


# --- what if --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("choice", WHAT_IF)
def test_a_branch_differs_only_by_what_was_changed(choice):
    run = go(Run(SMALL), 10)
    twin, other = run.branch({}), run.branch(WHAT_IF[choice])
    for one in (run, twin, other):
        go(one, 5)
    assert torch.equal(weights(run), weights(twin))
    same = replace(SMALL, **WHAT_IF[choice]) == SMALL
    assert torch.equal(weights(run), weights(other)) == same


def test_two_runs_go_on_rewind_and_end_together():
    desk = Desk(SMALL)
    for _ in range(8):
        desk.step()
    desk.branch({"loss": "hinge"})
    for _ in range(5):
        desk.step()
    end = weights(desk.second)
    desk.rewind(3)
    assert desk.second is not None
    desk.rewind(13)
    assert torch.equal(weights(desk.second), end)
    desk.rewind(10)
    assert desk.second.moment == 2
    desk.step()
    desk.rewind(6)
    desk.step("d")  # another past: the branch began in a future that is no more
    assert desk.second is None


# --- the desk -------------------------------------------------------------------------------------------------


def test_play_yields_numbered_frames_until_paused():
    import json

    desk = Desk(SMALL)
    frames = []
    for text in desk.play():
        frames.append(json.loads(text))
        if len(frames) == 3:
            desk.pause()
    assert len(frames) == 3
    assert [f["number"] for f in frames] == sorted({f["number"] for f in frames})
    assert frames[0]["runs"][0]["step"] < frames[-1]["runs"][0]["step"]
    assert not desk.playing


def test_a_new_play_ends_the_old_one_and_reset_while_playing_goes_on_anew():
    desk = Desk(SMALL)
    old = desk.play()
    next(old)
    new = desk.play()
    next(new)
    assert list(old) == []
    before = desk.run
    desk.start(replace(SMALL, seed=5))
    next(new)
    assert desk.run is not before
    assert desk.run.moment > 0


def test_play_ends_where_training_fails_and_says_so():
    import json

    desk = Desk(replace(SMALL, loss="wasserstein", d_lr=10, g_lr=10, **EXPLODING))
    last = json.loads(list(desk.play())[-1])
    assert "The training stopped" in last["runs"][0]["failed"]
    assert last["playing"] is False


def test_a_slow_speed_takes_single_steps():
    desk = Desk(SMALL)
    desk.speed = 1000.0
    playing = desk.play()
    next(playing)
    assert 1 <= desk.run.moment <= round(1000 / 15)
    desk.pause()
    desk.speed = 5.0
    desk.start(SMALL)
    next(desk.play())
    assert desk.run.moment == 1


def test_frames_wait_for_a_browser_that_draws_slowly(monkeypatch):
    monkeypatch.setattr(Desk, "PATIENCE", 60.0)
    desk = Desk(SMALL)
    playing, got = desk.play(), []
    next(playing)
    desk.drawn = 1
    thread = threading.Thread(target=lambda: got.extend(playing))
    thread.start()
    thread.join(3)
    assert 1 <= len(got) <= Desk.AHEAD + 1
    held = len(got)
    desk.drawn = desk._made
    while len(got) == held:
        assert thread.is_alive()
    desk.pause()
    thread.join(10)
    assert not thread.is_alive()


def test_slow_motion_names_every_sub_step_and_takes_the_very_same_step():
    import json

    desk, plain = Desk(SMALL), go(Run(SMALL), 2)
    captions = []
    for text in desk.play_slowly(rest=0):
        captions.append(json.loads(text)["caption"])
        if len(captions) == 12:
            desk.pause()
    assert [c[0] for c in captions] == list("123456") * 2
    assert desk.run.session.progress.step == 2
    assert torch.equal(weights(desk.run), weights(plain))
    desk.step("d")
    assert json.loads(next(desk.play_slowly(rest=0)))["caption"].startswith("4")


@pytest.mark.parametrize("player", ["d", "g"])
def test_the_spotlight_shows_the_very_minibatch_of_the_update(player):
    run = go(Run(SMALL), 3)
    if player == "g":
        run.step("d")
    real, fake = run.minibatch(player)
    seen = []
    hook = run.gan.generator.register_forward_hook(lambda net, inputs, output: seen.append(output.detach()))
    run.step(player)
    hook.remove()
    assert torch.equal(seen[0], fake)
    assert torch.equal(real, run.session.batches(3).x)


def test_desks_are_freed_and_bounded():
    visits = desks(most=3)
    first = visits.of("a")
    playing = first.play()
    next(playing)
    assert visits.of("a") is first
    visits.leave("a")
    assert "a" not in visits
    assert list(playing) == []
    visits.leave("a")
    oldest = visits.of("1")
    for visit in "2341":
        visits.of(visit)
    assert len(visits) == 3
    assert visits.of("1") is not oldest


def test_desks_in_several_threads_give_the_same_run_as_alone():
    alone = go(Run(SMALL), 80)
    desks = [Desk(SMALL) for _ in range(3)]

    def train(desk):
        for _ in range(80):
            desk.step()

    threads = [threading.Thread(target=train, args=(desk,)) for desk in desks]
    for t in threads:
        t.start()
    for t in threads:
        t.join(60)
    for desk in desks:
        assert torch.equal(weights(desk.run), weights(alone))


# --- looks ----------------------------------------------------------------------------------------------------


def test_the_looks_are_the_networks_own_values():
    run = go(Run(SMALL), 4)
    view = looks.look(run, looks.LAYERS)
    z = run.ruler.z[: looks.POINTS]
    with torch.no_grad():
        fake, logits = run.gan.generator(z), run.gan.discriminator(optimum.cells(looks.CELLS))
    sent = unpack(view["fake"], "i2").reshape(-1, 2) / looks.STEPS_PER_UNIT
    np.testing.assert_allclose(sent, fake, atol=1e-4)
    levels = unpack(view["surface"]["cells"], "u1") / 254
    np.testing.assert_allclose(levels, logits.sigmoid(), atol=1 / 250)
    with torch.no_grad():
        top_left, top_right = run.gan.discriminator(torch.tensor([[-2.08, 2.08], [2.08, 2.08]])).sigmoid()
    assert levels[0] == pytest.approx(top_left.item(), abs=0.02)
    assert levels[looks.CELLS - 1] == pytest.approx(top_right.item(), abs=0.02)


@pytest.mark.parametrize("loss", settings.CHOICES["loss"])
def test_arrows_point_down_the_loss_that_is_really_minimised(loss):
    run = go(Run(replace(SMALL, loss=loss)), 6)
    view = looks.look(run, ["arrows"])
    n = looks.ARROWS
    arrows = torch.from_numpy(unpack(view["arrows"]["by"], "f4").reshape(n, 2).copy())
    gan, z, real = run.gan, run.ruler.z[:n], run.ruler.real[:n]
    with torch.no_grad():
        x, real_logits = gan.generator(z), gan.discriminator(real)

        def cost(points):
            return gan.loss.generator(gan.discriminator(points), real_logits).double()

        small = 1e-3 / arrows.norm(dim=1).max()
        change = cost(x + small * arrows) - cost(x - small * arrows)
    expected = -2 * small * arrows.double().square().sum() / n
    assert change.item() == pytest.approx(expected.item(), rel=0.1)


def test_minimax_arrows_are_e_to_the_minus_logit_of_the_non_saturating_ones():
    run = go(Run(SMALL), 6)
    sure = run.gan.discriminator[-2]
    with torch.no_grad():
        sure.bias.sub_(8.0)
    length = {}
    for loss in ("minimax", "non-saturating"):
        run.edit({"loss": loss})
        length[loss] = looks.look(run, ["arrows"])["arrows"]["median"]
    assert length["non-saturating"] / length["minimax"] > 100


# --- the optimal discriminator --------------------------------------------------------------------------------


@pytest.mark.parametrize("noise", ["normal", "uniform"])
def test_an_affine_generators_density_is_exact(noise):
    run = Run(replace(SMALL, g_depth=0, noise=noise, data="two-gaussians"))
    x = optimum.cells(400)
    mass = optimum.affine_log_density(run.gan, x).exp().sum() * (2 * settings.EXTENT / 400) ** 2
    with torch.no_grad():
        inside = (run.gan.generator(run.ruler.z).abs() <= settings.EXTENT).all(1).double().mean()
    assert mass.item() == pytest.approx(inside.item(), abs=0.02)
    best = optimum.find(run.config, run.data, run.gan, run.ruler.z, run.ruler.real, 48)
    assert best.exact
    p, q = (
        run.data.log_prob(optimum.cells(48)).exp(),
        optimum.affine_log_density(run.gan, optimum.cells(48)).exp(),
    )
    np.testing.assert_allclose(best.belief.flatten(), p / (p + q), atol=1e-5)


def test_every_other_generator_gets_an_estimate_that_says_so():
    run = Run(replace(SMALL, data="two-gaussians"))
    best = optimum.find(run.config, run.data, run.gan, run.ruler.z, run.ruler.real, 48)
    assert not best.exact
    assert "density estimate" in best.note


def test_the_estimate_is_near_the_exact_one_where_both_are_known(monkeypatch):
    run = Run(replace(SMALL, g_depth=0, data="two-gaussians"))
    with torch.no_grad():
        run.gan.generator[0].weight.copy_(0.6 * torch.eye(2))
    exact = optimum.find(run.config, run.data, run.gan, run.ruler.z, run.ruler.real, 48)
    monkeypatch.setattr(optimum, "affine_log_density", lambda *a: None)
    guess = optimum.find(run.config, run.data, run.gan, run.ruler.z, run.ruler.real, 48)
    off = ((exact.belief - guess.belief).abs() * exact.weight).sum() / exact.weight.sum()
    assert off < 0.1


def test_the_gap_closes_for_the_optimal_discriminator_and_not_for_others(monkeypatch):
    run = Run(replace(SMALL, g_depth=0, data="two-gaussians"))
    gan = run.gan

    class Best(torch.nn.Module):
        def forward(self, x):
            return (run.data.log_prob(x.double()) - optimum.affine_log_density(gan, x)).float()

    gan.discriminator = Best()
    measured = Ruler(run.config, run.data).measure(gan)
    assert measured["gap"] < 1e-4
    assert run.measured[0]["gap"] > 0.1


def test_a_perfect_generator_reads_zero_within_its_floor_and_finds_all_modes():
    run = Run(replace(SMALL, data="two-gaussians"))
    real = run.data.sample(2500, seed=77)
    run.gan.generator = torch.nn.Sequential(torch.nn.Identity())
    run.ruler.z = real
    found = run.ruler.measure(run.gan)
    assert found["modes"] == 2
    assert abs(found["js"]) < 4 * found["js_floor"]
    assert abs(found["kl"]) < 4 * found["kl_floor"]
    assert found["quality"] == pytest.approx(0.989, abs=0.01)


def test_the_losses_without_a_pointwise_optimum_have_no_gap():
    assert "gap" not in Run(replace(SMALL, loss="wasserstein")).measured[0]
    assert "gap" not in Run(replace(SMALL, loss="hinge")).measured[0]
    with pytest.raises(ValueError, match="score"):
        optimum.belief("wasserstein", torch.zeros(2))


def test_building_is_a_function_of_the_seed_alone():
    a, b = build.algorithm(SMALL), build.algorithm(SMALL)
    torch.manual_seed(99)
    c = build.algorithm(replace(SMALL, loss="hinge"))
    for one in (b, c):
        assert all(torch.equal(p, q) for p, q in zip(a.parameters(), one.parameters(), strict=True))


def test_sub_steps_take_turns_only_where_they_say():
    assert list(slow.MOVES.values()) == ["d", "g"]
    assert slow.sub_steps("d")[-1] in slow.MOVES
    assert slow.sub_steps("g")[-1] in slow.MOVES
