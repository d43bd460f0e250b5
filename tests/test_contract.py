"""The promises every algorithm makes, each algorithm through each promise."""

from __future__ import annotations

import json
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from threading import Event

import pytest
import torch
from cases import CASES, TOY, TRANSLATORS, pair_batch

from gan_lab.algorithms.base import Probe, seeded
from gan_lab.algorithms.gan import GAN, adam
from gan_lab.models.mlp import MLP
from gan_lab.training import Engine, Progress, Session, TrainConfig, checkpoint, take_turn, train

NAMES = list(CASES)


def make(name):
    torch.manual_seed(0)
    build, batches = CASES[name]
    return build(), batches


def run(name, steps, progress=None, algorithm=None, precision="fp32"):
    fresh, batches = make(name)
    algorithm = algorithm or fresh
    for _ in train(algorithm, batches, TrainConfig(steps, seed=3), ENGINE(precision), progress):
        pass
    return algorithm


def ENGINE(precision="fp32"):
    return Engine("cpu", precision)


def same(a, b):
    """Bit for bit, name for name."""
    assert a.keys() == b.keys()
    return all(torch.equal(a[name], b[name]) for name in a)


def probe_for(name):
    if name == "classifier":
        return Probe(torch.zeros(3, 1, 28, 28))
    if name in TRANSLATORS:
        batch = pair_batch(99)
        return Probe(batch.x, y=batch.y)
    if name in ("probe", "segmenter"):
        return Probe(torch.zeros(3, 3, 16, 16))
    if name == "pixelcnn":
        return Probe(torch.ones(3, 1, 16, 16))  # it has no latents: pictures stand in their place
    latent = make(name)[0].latent_dim
    told = torch.arange(5) if "cgan" in name or name.startswith(("aae-style", "aae-semi")) else None
    return Probe(torch.randn(5, latent), torch.randn(7, 2) if name in TOY else None, told)


@pytest.mark.parametrize("name", NAMES)
def test_it_learns_and_its_losses_are_scalars(name):
    algorithm, batches = make(name)
    before = {k: v.clone() for k, v in algorithm.state_dict().items()}
    for step in train(algorithm, batches, TrainConfig(2), ENGINE()):
        assert set(step.logs) == {phase.name for phase in algorithm.phases}
        assert all(v.dim() == 0 and not v.requires_grad for log in step.logs.values() for v in log.values())
    after = algorithm.state_dict()  # a head that one phase does not use has its turn in another
    for name, p in algorithm.named_parameters():
        assert p.grad is not None or not torch.equal(before[name], after[name]) or not p.requires_grad
    assert not same(before, algorithm.state_dict())
    assert step.seen == sum(len(batches(i)) for i in range(step.step * algorithm.phases[0].updates_at(0)))


@pytest.mark.parametrize("name", NAMES)
def test_a_turn_changes_its_own_nets_only(name):
    algorithm, batches = make(name)
    engine, progress = ENGINE(), Progress()
    engine.prepare(algorithm)
    for phase in algorithm.phases:
        mine = {id(p) for p in phase.params}
        others = [(p, p.detach().clone()) for p in algorithm.parameters() if id(p) not in mine]
        own = [(p, p.detach().clone()) for p in phase.params]
        for p in algorithm.parameters():
            p.grad = None
        take_turn(algorithm, phase, batches, TrainConfig(), engine, progress)
        if phase is algorithm.phases[-1]:  # after_step moves averages, which no phase owns
            others = [(p, old) for p, old in others if any(p is q for q in learners(algorithm))]
        assert all(torch.equal(p, old) for p, old in others)
        assert all(p.grad is None for p, _ in others)
        assert all(not torch.equal(p, old) for p, old in own if p.grad is not None and p.grad.abs().sum() > 0)
        assert any(not torch.equal(p, old) for p, old in own)


def learners(algorithm):
    return [p for phase in algorithm.phases for p in phase.params]


@pytest.mark.parametrize("name", NAMES)
def test_resume_is_exact(name, tmp_path):
    whole = run(name, 7)
    progress = Progress()
    half = run(name, 3, progress)
    checkpoint.save(tmp_path / "c.safetensors", half, progress, {"note": [1, "two"]})
    fresh, _ = make(name)
    for p in fresh.parameters():  # nothing of the fresh start may survive
        p.data.normal_()
    later = Progress()
    assert checkpoint.load(tmp_path / "c.safetensors", fresh, later) == {"note": [1, "two"]}
    assert later == progress
    run(name, 7, later, fresh)
    assert same(whole.state_dict(), fresh.state_dict())


def test_resume_is_exact_in_a_fresh_process(tmp_path):
    """All at once, with channels_last and fused Adam: start here, go on there, compare with never stopping."""
    for name in NAMES:
        progress = Progress()
        half = run(name, 3, progress)
        checkpoint.save(tmp_path / f"{name}.safetensors", half, progress)
    code = (
        "import sys, json, torch; sys.path.insert(0, sys.argv[1]); torch.set_num_threads(int(sys.argv[3]))\n"
        "from pathlib import Path; import test_contract as t\n"
        "from gan_lab.training import Progress, checkpoint\n"
        "for name in t.NAMES:\n"
        "    path, p = Path(sys.argv[2]) / f'{name}.safetensors', Progress()\n"
        "    a = t.make(name)[0]; checkpoint.load(path, a, p); t.run(name, 7, p, a); checkpoint.save(path, a, p)\n"
        "print(json.dumps('done'))\n"
    )
    here = Path(__file__).parent
    args = [sys.executable, "-c", code, str(here), str(tmp_path), str(torch.get_num_threads())]
    out = subprocess.run(args, capture_output=True, text=True, check=False, cwd=here.parent)
    assert out.returncode == 0, out.stderr
    assert json.loads(out.stdout.splitlines()[-1]) == "done"
    for name in NAMES:
        other = make(name)[0]
        checkpoint.load(tmp_path / f"{name}.safetensors", other, Progress())
        assert same(run(name, 7).state_dict(), other.state_dict()), name


@pytest.mark.parametrize("name", NAMES)
def test_rewind_and_replay_are_exact(name):
    algorithm, batches = make(name)
    session = Session(algorithm, batches, TrainConfig(100, seed=3), ENGINE(), snapshot_every=4)
    states = [{k: v.clone() for k, v in algorithm.state_dict().items()}]
    for _ in session.play(until=9):
        states.append({k: v.clone() for k, v in algorithm.state_dict().items()})
    assert same(states[9], run(name, 9).state_dict())
    for moment in (7, 0, 9, 2, 8):
        session.rewind(moment)
        assert same(states[moment], algorithm.state_dict()), moment
    for _ in session.play(until=9):
        pass
    assert same(states[9], algorithm.state_dict())


@pytest.mark.parametrize("name", [name for name in NAMES if "reuse" not in name])
def test_single_turns_add_up_to_the_full_run(name):
    algorithm, batches = make(name)
    session = Session(algorithm, batches, TrainConfig(100, seed=3), ENGINE())
    for _ in range(4):
        for phase in algorithm.phases:
            session.step(phase.name)
    assert session.progress.step == 4
    assert same(run(name, 4).state_dict(), algorithm.state_dict())


@pytest.mark.parametrize("name", NAMES)
def test_bf16_stays_finite_and_weights_stay_fp32(name):
    algorithm = run(name, 3, precision="bf16")
    for key, value in algorithm.state_dict().items():
        assert value.dtype in (torch.float32, torch.int64), key
        assert torch.isfinite(value).all(), key


@pytest.mark.parametrize("name", NAMES)
def test_watching_changes_nothing(name):
    algorithm, batches = make(name)
    watched = make(name)[0]
    probe = probe_for(name)
    for _ in train(algorithm, batches, TrainConfig(4, seed=3), ENGINE()):
        pass
    for _ in train(watched, batches, TrainConfig(4, seed=3), ENGINE()):
        state = torch.get_rng_state()
        modes = [m.training for m in watched.modules()]
        first, second = watched.frame(probe), watched.frame(probe)
        assert torch.equal(state, torch.get_rng_state())
        assert modes == [m.training for m in watched.modules()]
        assert all((first[k] == second[k]).all() for k in first)
    assert same(algorithm.state_dict(), watched.state_dict())


def test_frames_are_plain_arrays_of_the_promised_shapes():
    frame = make("gan")[0].frame(Probe(torch.randn(5, 2), torch.randn(7, 2)))
    assert frame["fake"].shape == (5, 2)
    assert frame["logits"].shape == (7,)
    image = make("dcgan")[0].frame(Probe(torch.randn(5, 8)))["fake"]
    assert image.shape == (5, 1, 16, 16)
    assert abs(image).max() <= 1


def test_fused_and_plain_adam_agree_with_channels_last():
    fused, plain = run("dcgan", 6).state_dict(), run("dcgan-unfused", 6).state_dict()
    worst = max((fused[k].float() - plain[k].float()).abs().max().item() for k in fused)
    assert worst < 1e-6


def test_a_moment_loaded_into_channels_last_keeps_its_parameters_strides(tmp_path):
    progress = Progress()
    checkpoint.save(tmp_path / "c.safetensors", run("dcgan", 2, progress), progress)
    fresh, _ = make("dcgan")
    ENGINE().prepare(fresh)
    checkpoint.load(tmp_path / "c.safetensors", fresh, progress)
    for phase in fresh.phases:
        for p in phase.params:
            for key, value in phase.optimizer.state[p].items():
                assert value.shape != p.shape or value.stride() == p.stride(), key


def test_the_pseudo_algorithm_counts_its_updates():
    algorithm, batches = make("gan-minimax-k3")
    progress = Progress()
    for _ in train(algorithm, batches, TrainConfig(5), ENGINE(), progress):
        pass
    assert progress.updates == {"discriminator": 15, "generator": 5}
    assert progress.seen == 15 * 16


def test_the_phases_of_a_step_share_one_fetch():
    algorithm, batches = make("gan")
    asked = []

    def counted(i):
        asked.append(i)
        return batches(i)

    for _ in train(algorithm, counted, TrainConfig(3, seed=3), ENGINE()):
        pass
    assert asked == [0, 1, 2]
    assert same(algorithm.state_dict(), run("gan", 3).state_dict())


def test_one_pass_over_real_and_fake_is_the_same_as_two():
    gan = make("gan")[0]
    real, fake = torch.randn(5, 2), torch.randn(3, 2)
    for one, two in zip(
        gan.judge(real, fake), (gan.discriminator(real), gan.discriminator(fake)), strict=True
    ):
        assert torch.allclose(one, two, atol=1e-6)
    convolutional = make("dcgan")[0]  # BatchNorm sees real and fake apart
    real, fake = torch.rand(8, 1, 16, 16), torch.zeros(8, 1, 16, 16)
    assert torch.equal(convolutional.judge(real, fake)[0], convolutional.discriminator(real))


def test_neighbouring_seeds_share_nothing():
    a, batches = make("gan")
    b = make("gan")[0]
    for seed, algorithm in ((0, a), (1, b)):
        for _ in train(algorithm, batches, TrainConfig(2, seed=seed), ENGINE()):
            pass
    assert not same(a.state_dict(), b.state_dict())


@pytest.mark.filterwarnings(
    "ignore:The .grad attribute of a Tensor:UserWarning"
)  # raised inside the compiler
def test_compiled_training_follows_the_plain_one():
    torch.manual_seed(0)
    gan = GAN(MLP(2, 2, 8, 1), MLP(2, 1, 8, 1), 2, r1=0.1, optimizer=partial(adam, lr=1e-3))
    torch.manual_seed(0)
    plain = GAN(MLP(2, 2, 8, 1), MLP(2, 1, 8, 1), 2, r1=0.1, optimizer=partial(adam, lr=1e-3))
    batches = CASES["gan"][1]
    for algorithm, compile in ((gan, True), (plain, False)):
        for _ in train(algorithm, batches, TrainConfig(3), Engine("cpu", compile=compile)):
            pass
    assert gan.state_dict().keys() == plain.state_dict().keys()
    for key, value in plain.state_dict().items():
        assert torch.allclose(value, gan.state_dict()[key], atol=1e-5), key


@pytest.mark.gpu
@pytest.mark.parametrize("name", NAMES)
def test_captured_graphs_follow_the_plain_run(name):
    results = []
    for capture in (False, True):
        algorithm, batches = make(name)
        for _ in train(algorithm, batches, TrainConfig(5, seed=3), Engine("cuda", capture=capture)):
            pass
        results.append({k: v.float().cpu() for k, v in algorithm.state_dict().items()})
    for key, value in results[0].items():
        assert torch.allclose(value, results[1][key], atol=1e-4), key


def test_a_thread_that_seeds_waits_for_another_that_has():
    inside, leave = Event(), Event()

    def other():
        with seeded(2):
            inside.set()
            leave.wait(5)

    with seeded(1):
        alone = torch.rand(2)
    with ThreadPoolExecutor(1) as pool:
        with seeded(1):
            first = torch.rand(1)
            pool.submit(other)
            assert not inside.wait(0.2)
            second = torch.rand(1)
        assert inside.wait(5)
        leave.set()
    assert torch.equal(torch.cat([first, second]), alone)
