"""What is scored about faces, with a probe and a generator that were made so that the right scores are known."""

import pytest
import torch

from gan_lab.algorithms.probe import factor_probe
from gan_lab.data import faces
from gan_lab.models.probe import FactorProbe
from gan_lab.recipes import Recipe
from gan_lab.zoo import FaceReader, Sampler, face_scores
from gan_lab.zoo import faces as scored

RECIPE = Recipe("dcgan", "faces", size=8, channels=3, latent_dim=12)
STARTS = {"hair": 20, "glasses": 26, "facial_hair": 29, "hat": 32}


class Pixels(torch.nn.Module):
    """A generator whose picture is its noise: twelve numbers fill the picture's twelve rows of sixteen values."""

    def forward(self, z):
        return z.repeat_interleave(16, dim=1).view(-1, 3, 8, 8)


class Scrambled(Pixels):
    """The same faces as :class:`Pixels` makes, as often, but no attribute is a direction of the noise."""

    def forward(self, z):
        return super().forward(z * z.roll(1, dims=1).sign())


class Known(FactorProbe):
    """A probe that reads the numbers of :class:`Pixels` off the picture, and takes their sign for the factor."""

    def __init__(self):
        super().__init__(20, [6, 3, 3, 3], width=1, dim=12, size=16)

    def features(self, x):
        return x.reshape(-1, 12, 16).mean(2)

    def forward(self, x):
        z = self.features(x)
        output = torch.zeros(len(x), 35)
        for i, name in enumerate(("glasses", "hat", "facial_hair")):
            output[:, STARTS[name]] = -40 * z[:, i]
            output[:, STARTS[name] + 1] = -40
        output[:, [2, 0, 1]] = (5 * z[:, 3:6]).tanh()  # smile, age, feminine
        return output


class Noise:
    """A stream of "faces" whose pixels are independent noise."""

    def __init__(self, size, split):
        assert split == "test"

    def batch(self, i, n, seed):
        z = torch.randn(n, 12, generator=torch.Generator().manual_seed(100 * seed + i))
        return type("Batch", (), {"x": Pixels()(z)})


@pytest.fixture
def model():
    return Sampler("pixels", Pixels(), RECIPE, {})


@pytest.fixture
def reader():
    return FaceReader("known", Known().eval(), RECIPE, {})


def test_readings_are_probabilities_and_amounts_by_name(reader):
    probe = factor_probe(8, 16).eval()
    with torch.no_grad():
        probe.head.weight.zero_()
        probe.head.bias.zero_()
        probe.head.bias[:3] = torch.tensor([0.5, -5.0, -0.5])  # age, feminine (beyond its range), smile
        probe.head.bias[STARTS["hat"]] = 9.0
        probe.head.bias[STARTS["facial_hair"] + 1] = 9.0
    face = faces.render(faces.sample(2), 16)
    read = scored.attributes(FaceReader("flat", probe, RECIPE, {}), face)
    assert read.shape == (2, 6)
    known = dict(zip(scored.NAMES, read[0].tolist()))
    assert known == pytest.approx(
        {"glasses": 2 / 3, "hat": 0.0, "beard": 1.0, "smile": -0.5, "age": 0.75, "feminine": 0.0}, abs=1e-3
    )


def test_every_attribute_is_a_factor_of_faces_within_its_range():
    for attribute in scored.ATTRIBUTES:
        factor = scored.DISCRETE.get(attribute.name, attribute.name)
        low, high = faces.RANGES.get(factor, (0, 1))
        assert low < attribute.low < attribute.high < high
    assert {gained for gained, _ in scored.PLAN} == set(scored.SCORED)
    assert len(scored.SCORED) == 5


def test_the_data_show_every_concept_that_is_asked_for():
    """Each of the four cells of each pair is met in the faces themselves, or the question would be unfair."""
    factors = faces.sample(5000, seed=3)
    column = {
        "glasses": factors.glasses > 0, "hat": factors.hat > 0, "beard": factors.facial_hair > 0,
        "smile": factors.smile, "age": factors.age, "feminine": factors.feminine,
    }  # fmt: skip
    bounds = {a.name: a for a in scored.ATTRIBUTES}
    has = {name: x.float() >= bounds[name].high for name, x in column.items()}
    lacks = {name: x.float() <= bounds[name].low for name, x in column.items()}
    for gained, kept in scored.PLAN:
        cells = [(a & b).sum().item() for a in (has[gained], lacks[gained]) for b in (has[kept], lacks[kept])]
        assert min(cells) > 20, (gained, kept, cells)


def test_attributes_that_are_numbers_of_the_noise_obey_arithmetic(model, reader):
    report = face_scores.arithmetic(model, reader, model.latents(3000), n=100, directions=5)
    mean, single, random = (
        report[k]["value"] for k in ("arithmetic", "arithmetic single", "arithmetic random")
    )
    assert mean > 0.6
    assert mean > single + 0.05
    assert random < mean - 0.2
    assert sum(report["arithmetic"]["counts"]) == round(100 * mean)
    assert report["arithmetic norm"]["value"] < report["arithmetic single norm"]["value"]
    # a reader that goes by signs alone does not see that a latent was made shorter
    assert report["arithmetic on the shell"]["value"] == pytest.approx(mean, abs=0.05)


def test_a_linear_generator_does_no_better_than_the_ceiling_and_ten_exemplars_better_than_three(
    model, reader, monkeypatch
):
    monkeypatch.setattr(face_scores, "FaceStream", Noise)
    z = model.latents(6000)
    three = face_scores.arithmetic(model, reader, z, directions=0)["arithmetic"]["value"]
    found = {name: metric["value"] for name, metric in face_scores.ceiling(model, reader, z).items()}
    assert set(found) == {"arithmetic ten", "arithmetic if linear", "arithmetic ten if linear"}
    assert found["arithmetic if linear"] == pytest.approx(three, abs=0.06)  # Pixels is linear
    assert found["arithmetic ten if linear"] == pytest.approx(found["arithmetic ten"], abs=0.04)
    assert found["arithmetic ten"] > three + 0.05
    scrambled = Sampler("scrambled", Scrambled(), RECIPE, {})
    other = {name: metric["value"] for name, metric in face_scores.ceiling(scrambled, reader, z).items()}
    assert other["arithmetic ten"] < 0.5  # of a generator that is not linear
    assert other["arithmetic ten if linear"] == found["arithmetic ten if linear"]


def test_paths_of_a_generator_without_corners_are_even(model, reader):
    report = face_scores.paths(model, reader, model.latents(2000), n=40)
    assert report["even path"]["value"] > 0.95
    assert report["monotone path"]["value"] > 0.7
    assert report["even reading"]["value"] < 0.5  # signs jump


def test_inversion_tells_own_faces_from_others(model):
    report = face_scores.inversions(model, n=4, steps=150)
    assert report["inversion own"]["value"] < 0.05
    assert report["inversion other"]["value"] > 0.2


def test_entanglement_sees_attributes_that_go_together(model, reader, monkeypatch):
    """Faces whose pixels are independent noise, against noise in which hat and glasses are one number."""
    monkeypatch.setattr(face_scores, "FaceStream", Noise)
    z = model.latents(3000)
    free = face_scores.entanglement(model, reader, z, 3000)["entanglement"]
    assert free["value"] < 0.1
    assert free["floor"] < 0.1
    z[:, 1] = z[:, 0]
    assert face_scores.entanglement(model, reader, z, 3000)["entanglement"]["value"] > 0.9


def test_evaluate_puts_the_latents_of_faces_to_the_test(model, reader, monkeypatch):
    from gan_lab.zoo import evaluation

    monkeypatch.setattr(evaluation, "load", lambda name: reader)
    monkeypatch.setattr(evaluation, "scores", lambda *given: {"given": given})
    report = evaluation.evaluate(model, 200, seed=3)
    assert {"frechet", "precision", "recall", "density", "coverage", "given"} <= set(report)
    assert report["given"] == (model, reader, 200, 3)
    assert report["frechet"]["floor"] < report["frechet"]["value"]
