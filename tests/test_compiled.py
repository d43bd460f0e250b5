"""The whole-step function follows the eager loop; what it cannot follow it refuses."""

from __future__ import annotations

import shutil
from functools import partial

import pytest
import torch
from cases import toy_batch

from gan_lab.algorithms.dcgan import DCGAN
from gan_lab.algorithms.gan import GAN, adam
from gan_lab.bench.compiled import compile_step, train_compiled
from gan_lab.losses import minimax, non_saturating, relativistic
from gan_lab.models.mlp import MLP
from gan_lab.training import Engine, NonFiniteLoss, Progress, TrainConfig, train

pytestmark = pytest.mark.filterwarnings("ignore:The .grad attribute of a Tensor:UserWarning")


def make(loss=non_saturating, **options):
    torch.manual_seed(0)
    return GAN(MLP(2, 2, 16, 2), MLP(2, 1, 16, 2), 2, loss=loss, **options)


def eager(gan, steps, progress=None):
    return [
        step.values()
        for step in train(gan, toy_batch, TrainConfig(steps, seed=3), Engine("cpu"), progress or Progress())
    ]


def follows(loss, steps=6, options=None, **settings):
    plain, whole = make(loss, **settings), make(loss, **settings)
    expected = eager(plain, steps)
    run = train_compiled(
        whole, toy_batch, TrainConfig(steps, seed=3), **(options or {"backend": "aot_eager"})
    )
    for step, values in zip(run, expected, strict=True):
        for name, value in step.values().items():
            assert value == pytest.approx(values[name], abs=1e-5)
    for key, value in plain.state_dict().items():
        assert torch.allclose(value, whole.state_dict()[key], atol=1e-5, rtol=0), key
    assert not torch.equal(make(loss).generator.layers[0].weight, whole.generator.layers[0].weight)


@pytest.fixture
def double():
    torch.set_default_dtype(torch.float64)
    yield
    torch.set_default_dtype(torch.float32)


def test_it_follows_a_relativistic_run(double):
    """In float64: the slope of some biases is 0, and Adam makes steps of float32's rounding."""
    follows(relativistic, optimizer=partial(adam, lr=1e-3))


@pytest.mark.parametrize("loss", [minimax, non_saturating], ids=lambda loss: loss.name)
def test_it_follows_the_eager_run(loss):
    follows(loss, optimizer=partial(adam, lr=1e-3), ema=0.9, lr_factor=lambda seen: 1 / (1 + seen / 50))


@pytest.mark.slow
@pytest.mark.skipif(
    not (shutil.which("g++") or shutil.which("clang++")), reason="no C++ compiler on the path"
)
def test_the_compiled_code_follows_too():
    follows(non_saturating, options={"dynamic": False})


def test_eager_and_compiled_steps_can_take_turns():
    plain, mixed = make(), make()
    eager(plain, 6)
    progress = Progress()
    eager(mixed, 2, progress)
    for _ in train_compiled(mixed, toy_batch, TrainConfig(4, seed=3), progress, backend="aot_eager"):
        pass
    eager(mixed, 6, progress)
    assert progress.updates == {"discriminator": 6, "generator": 6}
    for key, value in plain.state_dict().items():
        assert torch.allclose(value, mixed.state_dict()[key], atol=1e-5, rtol=0), key


def test_divergence_is_reported():
    gan = make()
    torch.nn.init.constant_(gan.generator.layers[0].weight, float("nan"))
    with pytest.raises(NonFiniteLoss, match="step 2"):
        list(train_compiled(gan, toy_batch, TrainConfig(2), backend="aot_eager"))


@pytest.mark.parametrize(
    ("gan", "what"),
    [
        (lambda: make(k=2), "k = 1"),
        (lambda: make(r1=0.1), "r1"),
        (lambda: make(clip=0.1), "clip"),
        (lambda: make(optimizer=partial(torch.optim.RMSprop, lr=1e-3)), "Adam"),
        (lambda: make(optimizer=partial(torch.optim.Adam, weight_decay=0.1)), "Adam"),
        (lambda: DCGAN(8, 1, 4, 4, 4), "buffers"),
        (lambda: GAN(MLP(2, 2), torch.nn.Sequential(MLP(2, 1), torch.nn.Dropout(0.5)), 2), "dropout"),
    ],
)
def test_what_it_would_not_do_is_refused(gan, what):
    with pytest.raises(ValueError, match=what):
        compile_step(gan())
