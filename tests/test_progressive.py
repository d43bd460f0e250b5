"""Progressive GAN: what the paper's pieces compute, where fades begin and end, and that growing resumes."""

from __future__ import annotations

import math
from functools import partial
from itertools import pairwise

import pytest
import torch
import torch.nn.functional as F
from cases import image_batch

from gan_lab import cli, zoo
from gan_lab.algorithms.base import Probe
from gan_lab.algorithms.progressive import (
    Progressive,
    batch_at,
    phase_images,
    schedule,
    stages,
)
from gan_lab.data.batch import Batch
from gan_lab.models.progressive import (
    Critic,
    EqualConv2d,
    EqualLinear,
    Generator,
    channel_table,
    double,
    faded,
    halve,
    levels,
    minibatch_spread,
    pixel_norm,
    rectify,
)
from gan_lab.training import Engine, Progress, TrainConfig, checkpoint, train

MAPS = (8, 8, 4)
Z = torch.randn(4, 6, generator=torch.Generator().manual_seed(1))


@pytest.fixture
def generator():
    torch.manual_seed(0)
    return Generator(16, 1, 6, MAPS)


@pytest.fixture
def critic():
    torch.manual_seed(0)
    return Critic(16, 1, MAPS)


def small(**options):
    """Levels 4, 8 and 16: stabilised for 16 images, faded for 24, so that the stages end at 16, 40, 56, 80."""
    torch.manual_seed(0)
    values = {"fade": 24, "stable": 16, "batch_size": 8, "ema": 0.9} | options
    return Progressive(16, 1, 6, MAPS, **values)


def run(algorithm, steps, progress=None):
    for _ in train(algorithm, image_batch, TrainConfig(steps, seed=3), Engine("cpu"), progress):
        pass
    return algorithm


def count(net):
    return sum(p.numel() for p in net.parameters())


def test_the_papers_networks_have_the_papers_sizes():
    assert channel_table(1024) == (512, 512, 512, 512, 256, 128, 64, 32, 16)
    with torch.device("meta"):  # no memory, no numbers
        assert count(Generator(1024, 3, 512)) == 23_079_115
        assert count(Critic(1024, 3)) == 23_087_249


def test_sizes_and_tables_out_of_range_are_refused():
    assert [levels(size) for size in (4, 8, 64, 1024)] == [1, 2, 5, 9]
    for size in (2, 28, 2048):
        with pytest.raises(ValueError, match=f"powers of two from 4 to 1024, not {size}"):
            levels(size)
    with pytest.raises(ValueError, match="each of the 3 levels"):
        Generator(16, 1, 6, (8, 8))


@pytest.mark.parametrize(("gain", "expected"), [(1.0, 1.0), (math.sqrt(2), 2.0)])
def test_equalised_layers_keep_the_variance_they_promise(gain, expected):
    torch.manual_seed(0)
    x = torch.randn(64, 64, 12, 12)
    layers = [
        (EqualConv2d(64, 64, 3, gain, padding=0), x),
        (EqualLinear(512, 256, gain), torch.randn(512, 512)),
    ]
    for layer, given in layers:
        y = layer(given)
        assert y.var().item() == pytest.approx(expected, rel=0.03)
        assert layer.weight.std().item() == pytest.approx(1.0, rel=0.02)  # what Adam sees is unit-sized
        if gain > 1:  # half of it is scaled by .2: 2 * (1 + .04) / 2
            assert rectify(y).square().mean().item() == pytest.approx(1.04, rel=0.03)


def test_pixel_norm_makes_each_pixels_mean_square_one():
    x = torch.randn(3, 8, 5, 5) * 7
    assert torch.allclose(pixel_norm(x).square().mean(1), torch.ones(3, 5, 5), atol=1e-5)
    assert torch.allclose(
        pixel_norm(torch.tensor([[3.0, 4.0]])), torch.tensor([[3.0, 4.0]]) / math.sqrt(12.5)
    )


def test_minibatch_spread_against_a_hand_computed_value():
    # One feature, 1x2 pixels, six examples; gcd(6, 4) = 2, so the pairs are (0, 3), (1, 4), (2, 5).
    x = torch.tensor([[0.0, 1], [2, 2], [5, 0], [4, 1], [2, 8], [5, 0]]).view(6, 1, 1, 2)
    out = minibatch_spread(x)
    assert out.shape == (6, 2, 1, 2)
    assert torch.equal(out[:, :1], x)
    # The deviations of 0 and 4 are 2, of 1 and 1 are 0: mean 1. Of (2, 2) and (2, 8): 0 and 3. Of equals: 0.
    expected = torch.tensor([1.0, 1.5, 0.0])
    assert torch.allclose(out[:3, 1, 0, 0], expected, atol=2e-4)
    assert torch.equal(out[:3, 1], out[3:, 1])
    assert minibatch_spread(x[:1])[0, 1].abs().max() < 2e-4  # alone there is no spread


def test_minibatch_spread_groups_as_the_authors_do():
    x = torch.randn(8, 3, 4, 4)
    spread = minibatch_spread(x)[:, 3, 0, 0]
    by_hand = torch.stack([x[i::2].std(0, correction=0).mean() for i in range(2)])
    assert torch.allclose(spread, by_hand.repeat(4), atol=1e-5)


def test_an_example_of_a_group_changes_the_scores_of_its_own_group_only(critic):
    x = torch.randn(8, 1, 16, 16)
    changed = x.clone()
    changed[0] *= 2
    moved = (critic(x) - critic(changed)).abs() > 1e-6
    assert moved.tolist() == [True, False] * 4


@pytest.mark.parametrize("level", [1, 2])
def test_at_alpha_0_a_new_level_is_the_old_output_doubled(generator, level):
    assert torch.equal(generator(Z, level, 0.0), double(generator(Z, level - 1)))
    assert torch.equal(generator(Z, level, torch.tensor(0.0)), double(generator(Z, level - 1)))


@pytest.mark.parametrize("level", [1, 2])
def test_at_alpha_0_the_critic_is_the_old_one_on_the_halved_image(critic, level):
    x = torch.randn(4, 1, 4 << level, 4 << level)
    assert torch.equal(critic(x, level, 0.0), critic(halve(x), level - 1))


@pytest.mark.parametrize("level", [1, 2])
@pytest.mark.parametrize("alpha", [1.0, torch.tensor(1.0)])
def test_at_alpha_1_the_old_path_has_no_influence(generator, critic, level, alpha):
    x = torch.randn(4, 1, 4 << level, 4 << level)
    before = generator(Z, level, alpha), critic(x, level, alpha)
    with torch.no_grad():
        generator.to_rgb[level - 1].weight.normal_()
        critic.from_rgb[level - 1].weight.normal_()
    assert torch.equal(generator(Z, level, alpha), before[0])
    assert torch.equal(critic(x, level, alpha), before[1])


def test_in_between_both_paths_are_blended_linearly(generator):
    old, new = generator.paths(Z, 2)
    assert old.shape[-1] == 8
    assert new.shape[-1] == 16
    assert torch.allclose(generator(Z, 2, 0.3), 0.7 * double(old) + 0.3 * new, atol=1e-6)
    assert torch.allclose(new, generator(Z, 2), atol=1e-6)


def test_real_images_are_pooled_and_faded():
    x = torch.randn(2, 1, 16, 16)
    assert torch.equal(faded(x, 2, 1.0), x)
    assert torch.allclose(faded(x, 0, 1.0), x.view(2, 1, 4, 4, 4, 4).mean((3, 5)), atol=1e-6)
    eight = F.avg_pool2d(x, 2)
    assert torch.allclose(faded(x, 1, 0.25), 0.25 * eight + 0.75 * double(halve(eight)), atol=1e-6)


def test_levels_and_alphas_out_of_range_are_refused_with_the_range(generator, critic):
    x = torch.zeros(1, 1, 16, 16)
    for net, given in ((generator, Z), (critic, x)):
        for level in (-1, 3, 1.5, True):
            with pytest.raises(ValueError, match=r"from 0 \(4x4 pixels\) to 2 \(16x16\), not"):
                net(given, level)
        for alpha in (-0.1, 1.1, math.nan):
            with pytest.raises(ValueError, match=r"alpha lies in \[0, 1\]"):
                net(given, 2, alpha)
    with pytest.raises(ValueError, match="level 1 judges 8x8 images"):
        critic(x, 1)
    with pytest.raises(ValueError, match="no level below"):
        generator.paths(Z, 0)


def test_lower_levels_weights_fit_a_smaller_generator(generator):
    eight = Generator(8, 1, 6, MAPS[:2])
    eight.load_state_dict(generator.weights_up_to(1))
    assert torch.equal(eight(Z), generator(Z, 1))


def test_the_schedule_at_its_boundaries():
    at = partial(schedule, levels=3, fade=100, stable=50)
    expected = {
        0: (0, 1.0), 49: (0, 1.0),
        50: (1, 0.0), 75: (1, 0.25), 149: (1, 0.99),
        150: (1, 1.0), 199: (1, 1.0),
        200: (2, 0.0), 250: (2, 0.5),
        300: (2, 1.0), 349: (2, 1.0), 350: (2, 1.0), 10**9: (2, 1.0),
    }  # fmt: skip
    assert {seen: at(seen) for seen in expected} == expected
    assert schedule(0, 3, 0, 0) == (2, 1.0)  # without growing
    assert [schedule(seen, 2, 10, 0) for seen in (0, 5, 10)] == [(1, 0.0), (1, 0.5), (1, 1.0)]
    assert [schedule(seen, 2, 0, 10) for seen in (0, 9, 10)] == [(0, 1.0), (0, 1.0), (1, 1.0)]


@pytest.mark.parametrize(("fade", "stable"), [(100, 50), (0, 50), (100, 0), (0, 0)])
def test_the_stages_are_the_schedules(fade, stable):
    found = stages(3, fade, stable)
    assert found[0].start == 0
    assert found[-1].end is None
    for one, following in pairwise(found):
        assert one.end == following.start
    for stage in found:
        last = (stage.end or stage.start + 1000) - 1
        for seen in (stage.start, last):
            level, alpha = schedule(seen, 3, fade, stable)
            assert level == stage.level
            assert (alpha < 1) == stage.fade
        assert stage.name == f"{4 << stage.level}{'-fade' if stage.fade else ''}"


def test_batches_shrink_above_16_pixels_and_a_run_is_cut_into_equal_phases():
    assert [batch_at(level, 64) for level in range(7)] == [64, 64, 64, 32, 16, 8, 8]
    assert [batch_at(level, 4) for level in range(5)] == [4] * 5
    share = phase_images(1000, 4, 32)
    steps = sum((2 if level else 1) * share / batch_at(level, 32) for level in range(4))
    assert 995 <= steps <= 1000


def test_images_seen_are_those_that_were_looked_at():
    algorithm, progress = Progressive(64, 1, 4, (4,) * 5, fade=0, stable=16, batch_size=16), Progress()
    seen = []
    batches = partial(image_batch, n=16, size=64)
    for step in train(algorithm, batches, TrainConfig(7), Engine("cpu"), progress):
        seen.append(step.seen)
    assert seen == [16, 32, 48, 56, 64, 72, 80]  # one batch of 16 at 4, at 8 and at 16 pixels, then of 8
    viewed = algorithm.view(batches(0))
    assert viewed.x.shape == (8, 1, 64, 64)
    assert viewed.y.shape == (8,)


def test_layers_that_sleep_keep_their_weights_and_have_no_moments():
    algorithm = small()
    before = {name: t.clone() for name, t in algorithm.state_dict().items()}
    run(
        algorithm, 2
    )  # 16 images: the first stage, with the generator's last turn at the next one's beginning
    awake = (".blocks.0.", ".first.", ".to_rgb.0.", ".from_rgb.0.", ".last.")
    for name, p in algorithm.named_parameters():
        top = ".2." in name and ".last." not in name
        if top and name.startswith(("generator", "discriminator")):
            assert torch.equal(p, before[name]), name
            assert not any(p in phase.optimizer.state for phase in algorithm.phases), name
        elif name.startswith("generator") and any(part in name for part in awake):
            assert not torch.equal(p, before[name]), name


def test_adam_without_gradient_does_no_harm():
    """At alpha 0 and 1 a path's gradient is exactly zero; with beta1 = 0 Adam then moves nothing, and stays finite."""
    algorithm = small(stable=0, fade=10_000)
    algorithm.at = lambda seen: (2, 0.0)
    before = algorithm.discriminator.from_rgb[2].weight.clone()
    run(algorithm, 3)
    assert torch.equal(algorithm.discriminator.from_rgb[2].weight, before)
    algorithm.at = lambda seen: (2, 0.5)
    run(algorithm, 6)
    assert not torch.equal(algorithm.discriminator.from_rgb[2].weight, before)
    assert all(torch.isfinite(t).all() for t in algorithm.state_dict().values())


def test_the_drift_is_the_mean_squared_score_on_real_images():
    batch, losses = Batch(image_batch(0).x), {}
    for drift in (0.0, 500.0):
        algorithm = small(drift=drift, fade=0, stable=0)
        torch.manual_seed(7)
        losses[drift] = algorithm.discriminator_loss(algorithm.view(batch))["loss"]
    scores = algorithm.discriminator(batch.x)
    assert (losses[500.0] - losses[0.0]).item() == pytest.approx(
        500 * scores.square().mean().item(), rel=1e-3
    )


@pytest.mark.parametrize("steps", [3, 4, 8, 12])
def test_resume_is_exact_across_levels_and_in_mid_fade(steps, tmp_path):
    """24 images seen are a third into the first fade, 32 two thirds; 64 and 96 are in and after the second."""
    whole, progress = run(small(), 14), Progress()
    half = run(small(), steps, progress)
    assert half.at(progress.seen)[1] == pytest.approx({3: 1 / 3, 4: 2 / 3, 8: 1 / 3, 12: 1.0}[steps])
    checkpoint.save(tmp_path / "c.safetensors", half, progress)
    fresh, later = small(), Progress()
    Engine("cpu").prepare(fresh)
    for p in fresh.parameters():
        p.data.normal_()
    checkpoint.load(tmp_path / "c.safetensors", fresh, later)
    probe = Probe(Z)
    assert fresh.level == half.level
    assert (fresh.frame(probe)["fake"] == half.frame(probe)["fake"]).all()
    run(fresh, 14, later)
    for name, value in whole.state_dict().items():
        assert torch.equal(value, fresh.state_dict()[name]), name


def test_options_out_of_range_are_refused():
    with pytest.raises(ValueError, match="fade, stable and drift must not be negative"):
        small(fade=-1)
    with pytest.raises(ValueError, match="batch_size must be at least 1"):
        small(batch_size=0)


TRAIN = "train progressive --data mnist-5k --size 16 --width 8 --latent-dim 6 --batch-size 8 --device cpu"


def trained(out, steps, *more):
    return cli.call(
        f"{TRAIN} --phase-images 16 --steps {steps} --every-grid 5 --out {out}".split() + list(more)
    )


@pytest.fixture(scope="module")
def finished(tmp_path_factory):
    """16 images a stage and 8 a step: the stages end at steps 2, 4, 6 and 8, the last one runs to the end."""
    out = tmp_path_factory.mktemp("grown") / "run"
    assert trained(out, 11) == 0
    return out


def test_a_run_leaves_every_stage(finished):
    model = zoo.load(finished)
    assert [s.name for s in model.stages] == ["4", "8-fade", "8", "16-fade", "16"]
    z = model.latents(3)
    assert torch.equal(model.generate(z), model.generate(z, stage="16"))
    assert torch.equal(model.generate(z, level=1), model.generate(z, stage="8"))
    assert torch.equal(model.generate(z, level=1, alpha=1.0), model.generate(z, stage="8"))
    inside = model.at("16-fade")(z, 2, 0.5).clamp(-1, 1)
    assert torch.equal(model.generate(z, 2, 0.5, stage="16-fade"), inside)
    assert not torch.equal(model.generate(z, level=0), model.generate(z, 0, stage="16"))
    assert model.sample(5).shape == (5, 1, 16, 16)
    assert model.sample(5).abs().max() <= 1
    old, new = model.paths(z, 1, stage="8-fade")
    assert (old.shape, new.shape) == ((3, 1, 4, 4), (3, 1, 8, 8))
    assert model.critic(model.generate(z)).shape == (3,)
    assert model.critic(model.generate(z, 1), 1, 0.5).shape == (3,)


def test_a_fade_leads_from_the_level_below_to_the_level(finished):
    model = zoo.load(finished)
    z = model.latents(3)
    for level in (1, 2):
        below, above = model.generate(z, level - 1), model.generate(z, level)
        old, new = model.paths(z, level)
        assert torch.equal(old, below)
        assert torch.equal(new, above)
        assert torch.equal(model.generate(z, level, 0.0), double(below))
        assert torch.equal(model.generate(z, level, 1.0), above)
        half = (double(below) + above) / 2
        assert torch.allclose(model.generate(z, level, 0.5), half, atol=1e-6)
    with pytest.raises(ValueError, match="no level below"):
        model.paths(z, 0)


def test_the_models_errors_name_what_is_allowed(finished):
    model = zoo.load(finished)
    z = model.latents(2)
    for options, message in (
        ({"level": 3}, r"from 0 \(4x4 pixels\) to 2"),
        ({"alpha": 1.2}, r"alpha lies in \[0, 1\]"),
        ({"stage": "32"}, "it has 4, 8-fade, 8, 16-fade, 16"),
        ({"stage": "8", "level": 2}, r"to 1 \(8x8\)"),
    ):
        with pytest.raises(ValueError, match=message):
            model.generate(z, **options)
    with pytest.raises(ValueError, match=r"shape \(B, 6\)"):
        model.paths(z[:, :3], 1)


def test_a_run_that_goes_on_leaves_the_same_stages(finished, tmp_path):
    """Ended in mid-fade, then gone on with: every file is the uninterrupted run's."""
    out = tmp_path / "run"
    assert trained(out, 7) == 0
    early = zoo.load(out)
    assert [s.name for s in early.stages][-1] == "16-fade"
    assert early.last_alpha == 0.5
    z = early.latents(2)
    assert torch.equal(early.generate(z), early.generate(z, alpha=0.5, stage="16-fade"))
    assert trained(out, 11, "--resume") == 0
    for name in ("final.safetensors", *(f"stages/{s}.safetensors" for s in ("4", "8-fade", "8", "16-fade"))):
        assert (out / name).read_bytes() == (finished / name).read_bytes(), name


def test_a_lost_stage_and_a_foreign_one_are_named(finished, tmp_path):
    from safetensors.torch import load_file, save_file

    tensors = load_file(finished / "final.safetensors")
    metadata = {"recipe": zoo_recipe(finished)}
    path = tmp_path / "other.safetensors"
    save_file({name.replace("8-fade/", "12/"): t for name, t in tensors.items()}, path, metadata)
    with pytest.raises(ValueError, match="not those of the recipe"):
        zoo.load(path)
    save_file({name: t for name, t in tensors.items() if "8-fade/to_rgb" not in name}, path, metadata)
    with pytest.raises(ValueError, match="damaged, or not a model"):
        zoo.load(path)


def zoo_recipe(run):
    import json

    return json.dumps(json.loads((run / "run.json").read_text())["recipe"])


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ("--decay 0.5", "keeps its learning rate"),
        ("--r1 1", "--r1 and --r2 do not go with it"),
        ("--loss hinge", "a loss of its own"),
        ("--size 28", "powers of two from 4 to 1024, not 28"),
        ("--data ring", "progressive works on images"),
    ],
)
def test_bad_orders_are_refused_in_one_line(arguments, message, tmp_path, capsys):
    line = f"train progressive --data mnist-5k --steps 3 --device cpu --out {tmp_path / 'x'} {arguments}"
    assert cli.call(line.split()) == 2
    assert message in capsys.readouterr().err
    assert not (tmp_path / "x").exists()


def test_phase_images_belong_to_growing(tmp_path, capsys):
    assert cli.call(f"train dcgan --phase-images 5 --device cpu --out {tmp_path / 'x'}".split()) == 2
    assert "--phase-images goes with progressive, not with dcgan" in capsys.readouterr().err
