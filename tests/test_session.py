"""What a session adds to the loop: play and pause, edits, a record one can go back in, memory that is bounded."""

from __future__ import annotations

import threading
from functools import partial

import pytest
import torch
from cases import CASES, nets

from gan_lab.algorithms.base import Probe, set_lr
from gan_lab.algorithms.gan import GAN
from gan_lab.losses import minimax, non_saturating
from gan_lab.training import Engine, NonFiniteLoss, Session, TrainConfig


def session(steps=100, every=5, seed=0, **options):
    torch.manual_seed(0)
    config = TrainConfig(steps, seed=seed, check_every=1)
    return Session(GAN(*nets(), 2), CASES["gan"][1], config, Engine("cpu"), snapshot_every=every, **options)


def weights(s):
    return torch.cat([p.detach().flatten() for p in s.algorithm.parameters()])


def test_play_ends_at_the_moment_asked_for_and_at_the_last_step():
    s = session(steps=10)
    assert [step.step for step in s.play(until=4)] == [1, 2, 3, 4]
    assert [step.step for step in s.play()] == [5, 6, 7, 8, 9, 10]
    assert list(s.play()) == []


def test_pause_ends_play_before_its_next_step():
    s = session()
    taken = []
    for step in s.play():
        taken.append(step.step)
        if step.step == 3:
            s.pause()
    assert taken == [1, 2, 3]


def test_a_new_play_ends_the_old_one():
    s = session()
    old = s.play()
    next(old)
    new = s.play()
    next(new)
    assert list(old) == []
    assert s.moment == 2


def test_pause_from_another_thread():
    s = session(steps=100_000)
    thread = threading.Thread(target=lambda: [None for _ in s.play()])
    thread.start()
    while s.moment < 3:
        pass
    s.pause()
    thread.join(timeout=10)
    assert not thread.is_alive()


def test_edits_are_undone_and_repeated_by_rewinding():
    s = session()
    list(s.play(until=7))
    s.edit(lambda a: setattr(a, "loss", minimax))
    s.edit(lambda a: [set_lr(group, 0.05) for phase in a.phases for group in phase.optimizer.param_groups])
    list(s.play(until=12))
    end = weights(s)
    s.rewind(3)
    assert s.algorithm.loss is non_saturating
    assert s.algorithm.phases[0].optimizer.param_groups[0]["lr"] == 2e-4
    list(s.play(until=12))
    assert s.algorithm.loss is minimax
    assert torch.equal(weights(s), end)
    s.rewind(7)
    assert s.algorithm.loss is minimax


def test_an_edit_at_the_end_survives_a_rewind_to_its_own_moment():
    s = session()
    list(s.play(until=7))
    s.edit(lambda a: setattr(a, "loss", minimax))
    s.rewind(7)
    assert s.algorithm.loss is minimax
    s.rewind(6)
    assert s.algorithm.loss is non_saturating


def test_doing_otherwise_drops_the_recorded_future():
    s = session()
    list(s.play(until=10))
    s.rewind(4)
    assert s.recorded == 10
    s.step()  # the same as on record: the future stays
    assert s.recorded == 10
    s.step("discriminator")
    assert s.recorded == s.moment == 6
    with pytest.raises(ValueError, match="moment 9 is not on record: choose one from 0 to 6"):
        s.rewind(9)


def test_single_turns_out_of_order_are_repeated_exactly():
    s = session(every=3)
    for phase in ["discriminator", "discriminator", None, "generator", "generator", None, "discriminator"]:
        s.step(phase)
    end, progress = weights(s), s.progress.copy()
    s.rewind(1)
    list(s.play(until=7))
    assert torch.equal(weights(s), end)
    assert s.progress == progress


def test_an_unknown_phase_is_refused_with_the_names_there_are():
    with pytest.raises(ValueError, match=r"no phase called 'critic'.*discriminator, generator"):
        session().step("critic")


def test_the_record_keeps_to_its_budget():
    one = sum(t.numel() * t.element_size() for t in session().algorithm.state_dict().values())
    s = session(every=1, snapshot_bytes=12 * one)
    list(s.play(until=60))
    assert sum(x.bytes for x in s._snapshots.values()) <= 12 * one
    end = weights(s)
    s.rewind(1)
    s.rewind(60)
    assert torch.equal(weights(s), end)


def test_save_and_load_go_on_exactly(tmp_path):
    s = session()
    list(s.play(until=4))
    s.step("discriminator")
    s.save(tmp_path / "s.safetensors", {"note": "here"})
    list(s.play(until=9))
    other = session()
    assert other.load(tmp_path / "s.safetensors") == {"note": "here"}
    list(other.play(until=4))
    assert torch.equal(weights(s), weights(other))


def test_a_divergence_is_reported_and_the_session_stays_usable():
    s = session()
    list(s.play(until=3))
    s.edit(lambda a: a.discriminator.layers[0].weight.data.fill_(float("nan")))
    with pytest.raises(NonFiniteLoss, match="discriminator's loss is nan at step 4"):
        s.step()
    s.rewind(2)
    assert torch.isfinite(weights(s)).all()
    s.frame(Probe(torch.zeros(2, 2)))


def test_a_branch_goes_on_like_its_origin_until_something_is_done_differently():
    s = session()
    list(s.play(until=7))
    s.edit(lambda a: [set_lr(group, 0.05) for phase in a.phases for group in phase.optimizer.param_groups])
    same, other = (s.branch(GAN(*nets(), 2)) for _ in range(2))
    other.edit(lambda a: setattr(a, "loss", minimax))
    for run in (s, same, other):
        for _ in range(4):
            run.step()
    assert same.moment == 4
    assert same.progress == s.progress
    assert torch.equal(weights(same), weights(s))
    assert not torch.equal(weights(other), weights(s))
    same.rewind(0)
    list(same.play(until=4))
    assert torch.equal(weights(same), weights(s))
    other.rewind(0)
    assert other.algorithm.loss is minimax


def test_runs_in_several_threads_do_not_draw_from_each_others_seed():
    alone = session(seed=1)
    list(alone.play(until=60))
    runs = [session(seed=1) for _ in range(3)]
    threads = [threading.Thread(target=lambda run=run: list(run.play(until=60))) for run in runs]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    for run in runs:
        assert torch.equal(weights(run), weights(alone))


def test_stop_frees_the_record_and_keeps_the_weights():
    s = session()
    list(s.play(until=20))
    end = weights(s)
    s.stop()
    assert s.recorded == 0
    assert len(s._snapshots) == 1
    assert torch.equal(weights(s), end)


def test_bad_settings_are_refused():
    with pytest.raises(ValueError, match="snapshot_every"):
        session(every=0)
    with pytest.raises(ValueError, match="steps must be at least 0"):
        TrainConfig(-1)
    with pytest.raises(ValueError, match="precision is 'fp32' or 'bf16'"):
        Engine("cpu", "fp8")
    with pytest.raises(ValueError, match="CUDA"):
        Engine("cpu", capture=True)


def test_the_loss_attribute_is_part_of_what_a_partial_edit_can_change():
    s = session()
    s.edit(partial(setattr_on, name="r1", value=0.5))
    step = s.step()
    assert "penalty" in step.logs["discriminator"]


def setattr_on(algorithm, name, value):
    setattr(algorithm, name, value)
