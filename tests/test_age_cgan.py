"""Face ageing: the encoder, the search for the noise, and what is scored, on models whose right answer is known."""

from __future__ import annotations

import pytest
import torch

from gan_lab import cli, latent, zoo
from gan_lab.algorithms.age_cgan import AgeCGAN
from gan_lab.algorithms.probe import factor_probe
from gan_lab.data import AgedFaces, Batch, FaceStream, faces
from gan_lab.recipes import Recipe
from gan_lab.zoo import FaceReader, ageing, conditioning, evaluation


class Drawer:
    """A perfect model: its noise is the table of a face's factors, its generator draws it at the age asked for.

    Its encoder takes each face for the next one.
    """

    classes, recipe = 6, Recipe("age-cgan", "faces", size=64, channels=3, classes=6)

    def __init__(self, n, seed):
        self.truth = FaceStream(64, "test").factors(0, n, seed).table()

    def encode(self, x):
        return self.truth.roll(1, 0)

    def find(self, x, groups, look, steps):
        return self.encode(x) if look is latent.pixels else self.truth

    def generate(self, z, group):
        return faces.render(faces.Factors.of(z).replace(age=(group + 0.5) / 6), 64)


def test_scores_of_a_model_that_knows_the_truth():
    probe = zoo.load("probe-faces")
    found = ageing.scores(Drawer(40, seed=2), probe, n=40)
    assert found["recogniser error"]["value"] < 0.01
    for what in ("verified", "verified aged"):
        assert found[f"{what}, identity-preserving"]["value"] > 0.95
        assert found[f"{what}, identity-preserving"]["floor"] > 0.99
        assert found[f"{what}, initial"]["value"] == found[f"{what}, pixelwise"]["value"] < 0.1
    assert found["asked age, identity-preserving"]["value"] > 0.85  # drawn in the middle of each group
    assert 0.6 < found["asked age, identity-preserving"]["floor"] < 0.9  # drawn anywhere in it
    assert found["identity, identity-preserving"]["value"] > 1.5 * found["identity, initial"]["value"]
    assert found["pixel error, identity-preserving"]["value"] < found["pixel error, initial"]["value"]


def test_faces_are_made_at_all_ages_but_their_own():
    model, groups = Drawer(4, seed=2), torch.tensor([0, 1, 5, 3])
    older, asked = ageing.aged(model, model.truth, groups)
    assert older.shape == (20, 3, 64, 64)
    for own, others in zip(groups, asked.view(5, 4).T, strict=True):
        assert sorted([int(own), *others.tolist()]) == [0, 1, 2, 3, 4, 5]


def test_the_recogniser_is_blind_to_age_and_hair_colour_and_sees_all_else():
    net = factor_probe(4, 16).eval()
    reader = FaceReader("probe", net, Recipe("probe", "faces", size=16, channels=3), {})
    x = FaceStream(16, "test").batch(0, 3).x
    before = ageing.identity(reader, x).detach()
    assert before.shape == (3, 18 + 15)
    for i, name in enumerate(faces.NAMES[:20]):
        net.head.bias.data[i] += 1
        changed = not torch.allclose(before, ageing.identity(reader, x), atol=1e-3)
        assert changed == (name not in ("age", "hair_colour")), name
        net.head.bias.data[i] -= 1
    assert ageing.likeness(reader, x, x).tolist() == [1, 1, 1]


def linear(d=4, size=3, seed=0):
    """G(z, y) = A z + b_y, and A."""
    generator = torch.Generator().manual_seed(seed)
    a, b = torch.randn(size**2, d, generator=generator), torch.randn(6, size**2, generator=generator)
    return lambda z, y: (z @ a.T + b[y]).view(-1, 1, size, size)


def test_the_pixelwise_search_finds_the_noise():
    generate, z, y = linear(), torch.eye(4)[:3] - 0.3, torch.tensor([0, 3, 5])
    found = latent.preserve(generate, generate(z, y), y, torch.zeros(3, 4), prior=0)
    assert torch.allclose(found, z, atol=1e-2)
    alone = [
        latent.preserve(generate, generate(z, y)[i:][:1], y[i:][:1], torch.zeros(1, 4), prior=0)
        for i in range(3)
    ]
    assert torch.equal(found, torch.cat(alone))  # each picture is a search of its own


def test_the_identity_preserving_search_cares_for_what_the_recogniser_sees_alone():
    generate, z, y = linear(), torch.eye(4)[:2] - 0.3, torch.tensor([1, 2])
    pictures = generate(z, y)
    wanted = pictures.clone()
    wanted[:, :, 2] += 5  # a row that the recogniser does not see
    found = latent.preserve(generate, wanted, y, torch.zeros(2, 4), lambda x: x[:, :, :2], prior=0)
    assert torch.allclose(generate(found, y)[:, :, :2], pictures[:, :, :2], atol=1e-2)
    by_pixels = latent.preserve(generate, wanted, y, torch.zeros(2, 4), prior=0)
    assert not torch.allclose(generate(by_pixels, y)[:, :, :2], pictures[:, :, :2], atol=0.1)


def test_a_search_is_never_worse_than_its_start_and_leaves_that_alone():
    generate, z, y = linear(), torch.eye(4)[:2] - 0.3, torch.tensor([1, 2])
    start = z.clone()
    assert torch.equal(latent.preserve(generate, generate(z, y), y, start, steps=0), z)
    assert torch.allclose(latent.preserve(generate, generate(z, y), y, start, prior=0), z, atol=1e-4)
    assert torch.equal(start, z)
    far = latent.preserve(generate, generate(9 * z, y), y, start, prior=0).norm()
    assert latent.preserve(generate, generate(9 * z, y), y, start, prior=1).norm() < far


@pytest.mark.parametrize("every", [0, 3])
def test_a_search_tells_how_far_it_has_come(every):
    generate, z, y = linear(), torch.eye(4)[:1] - 0.3, torch.tensor([1])
    told = list(latent.seek(generate, generate(z, y), y, torch.zeros(1, 4), steps=8, prior=0, every=every))
    assert [one.step for one in told] == ([0, 3, 6, 8] if every else [0, 8])
    assert told[0].loss == pytest.approx(1)
    assert torch.equal(told[0].z, torch.zeros(1, 4))
    losses = [one.loss for one in told]
    assert losses == sorted(losses, reverse=True)
    error = (generate(told[-1].z, y) - generate(z, y)).square().mean()
    assert losses[-1] == pytest.approx(
        (error / generate(z, y).sub(generate(0 * z, y)).square().mean()).item()
    )


def test_bad_searches_are_refused():
    generate, y = linear(), torch.tensor([0])
    with pytest.raises(ValueError, match=r"makes pictures \(1, 3, 3\), not \(1, 5, 5\)"):
        latent.preserve(generate, torch.zeros(1, 1, 5, 5), y, torch.zeros(1, 4))
    with pytest.raises(ValueError, match="steps, prior and every must not be negative, not -1"):
        latent.preserve(generate, torch.zeros(1, 1, 3, 3), y, torch.zeros(1, 4), steps=-1)


def test_the_encoder_learns_from_generated_pairs_of_the_generator_that_is_shown():
    torch.manual_seed(0)
    gan = AgeCGAN(3, 16, 1, 8, 8, 8, 8, ema=0.9)
    batch = Batch(torch.full((4, 1, 16, 16), torch.nan), torch.tensor([0, 1, 2, 1]))  # never looked at
    statistics = {k: v.clone() for k, v in gan.average.state_dict().items()}
    torch.manual_seed(5)
    loss = gan.encoder_loss(batch)["loss"]
    torch.manual_seed(5)
    z = gan.latents(4)
    x = gan.average.eval()(z, batch.y)
    assert loss.item() == pytest.approx((gan.encoder(x) - z).square().mean().item(), abs=1e-4)
    assert all(torch.equal(v, gan.average.state_dict()[k]) for k, v in statistics.items())
    assert [phase.name for phase in gan.phases] == ["discriminator", "generator", "encoder"]


def test_a_run_becomes_a_model_that_finds_and_ages_and_is_measured(tmp_path, monkeypatch):
    out = tmp_path / "ages"
    options = ["--size", "16", "--width", "8", "--latent-dim", "6", "--batch-size", "8", "--steps", "2"]
    assert (
        cli.call(["train", "age-cgan", "--data", "faces", "--out", str(out), "--device", "cpu", *options])
        == 0
    )
    model = zoo.load(out)
    assert isinstance(model, zoo.AgeSampler)
    batch = AgedFaces(16, "test").batch(0, 2)
    start, found = model.encode(batch.x), model.find(batch.x, batch.y, steps=5)

    def error(z):
        return (model.generate(z, batch.y) - batch.x).square().mean((1, 2, 3))

    assert (error(found) < error(start) + 1e-4).all()
    assert model.generate(found, torch.tensor([5, 5])).shape == (2, 3, 16, 16)
    with pytest.raises(ValueError, match="a label of 0 to 5 for each of 2 latents, not none"):
        model.find(batch.x, None)
    with pytest.raises(ValueError, match="labels go from 2 to 6; there are the classes 0 to 5"):
        model.generate(found, torch.tensor([2, 6]))
    with pytest.raises(ValueError, match=r"takes pictures \(3, 16, 16\), not \(3, 32, 32\)"):
        model.find(AgedFaces(32).batch(0, 2).x, batch.y)
    monkeypatch.setattr(conditioning, "NOISES", 4)
    monkeypatch.setattr(ageing, "scores", lambda *given: {"given": given})
    found = evaluation.conditional(model, model.sample(12), None, 0)
    assert {"asked class", "variance from z", "variance from label"} < set(found)
    assert "1-NN error" not in found
    assert found["given"][0] is model
