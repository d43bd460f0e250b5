"""The page on progressive growing: its events called directly, against the model itself."""

import json
from dataclasses import replace

import growing
import numpy as np
import pytest
import torch

pytest.importorskip("gradio", reason="the pages need gradio")

import base64
import io

from PIL import Image

from apps import models, progressive_growing
from apps.growing_page import album, drawing, events, live, view, visits
from apps.growing_page.controls import FACES, INPUTS, controls
from apps.growing_page.descent import descend
from gan_lab.models.progressive import double, faded


@pytest.fixture(scope="module", autouse=True)
def runs(tmp_path_factory):
    folder = tmp_path_factory.mktemp("runs")
    growing.train(folder)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("GAN_LAB_RUNS", str(folder))
        yield folder


@pytest.fixture(scope="module")
def tiny(runs):
    return album.load(growing.NAME)


class Visitor:
    """What a handler sees of whoever asks."""

    def __init__(self, name):
        self.session_hash = name


def pixels(address):
    file = io.BytesIO(base64.b64decode(address.split(",")[1]))
    return np.asarray(Image.open(file)).astype(int)


def shades(images):
    return ((images + 1) * 127.5).round().clamp(0, 255).int().squeeze().numpy()


def test_the_page_offers_what_grew_and_nothing_else():
    there = album.names()
    assert growing.NAME in there
    assert "dcgan-mnist" in models.names()
    assert "dcgan-mnist" not in there
    assert album.default() == (album.DEFAULT if album.DEFAULT in there else there[0])
    for name in there:  # those of the zoo as well, whichever it holds
        shown = album.load(name)
        assert len(shown.grown) == len(shown.fades) == shown.top + 1
        assert all(torch.isfinite(pictures).all() for pictures in shown.grown)


@pytest.mark.parametrize("level", [0, 1, 2])
@pytest.mark.parametrize("alpha", [0.0, 0.3, 1.0])
def test_a_fade_is_what_the_model_generates(tiny, level, alpha):
    expected = tiny.model.generate(tiny.z, level=level, alpha=alpha)
    assert torch.equal(tiny.at(level, alpha), expected) or torch.allclose(
        tiny.at(level, alpha), expected, atol=1e-6
    )
    for face in (0, FACES - 1):
        answer = events.fade(growing.NAME, level, alpha, face)
        assert np.abs(pixels(answer["blend"]) - shades(expected[face])).max() <= 1
        assert answer["size"] == 4 << level
        if level:
            assert pixels(answer["old"]).shape == (2 << level, 2 << level)
            assert pixels(answer["new"]).shape == (4 << level, 4 << level)
        else:
            assert (answer["old"], answer["new"]) == (None, None)


def test_at_alpha_0_only_the_old_path_counts(tiny):
    assert events.fade(growing.NAME, 2, 0.0)["gap"] == pytest.approx(
        (double(tiny.fades[2][0]).clamp(-1, 1) - double(tiny.fades[2][0].clamp(-1, 1))).abs().max().item()
    )
    right, wrong = (events.answer(growing.NAME, 2, guess) for guess in ("same", "noise"))
    assert right["gap"] == 0
    assert right["other"] > 0.01
    assert "Yes: at α = 0" in right["html"]
    assert "No: at α = 0" in wrong["html"]
    assert events.answer(growing.NAME, 2, "")["html"] == ""


def test_what_the_browser_gets_is_what_the_model_makes(tiny):
    sent = album.packed(tiny)
    assert json.loads(json.dumps(sent)) == sent
    assert [one["size"] for one in sent["levels"]] == [4, 8, 16]
    for level in (1, 2):
        for kind, expected in zip(("old", "new"), tiny.model.paths(tiny.z, level), strict=True):
            numbers = np.frombuffer(base64.b64decode(sent["levels"][level][kind]), "<i2") / sent["scale"]
            found = numbers.reshape(FACES, *expected.shape[2:], 1).transpose(0, 3, 1, 2)
            assert np.abs(found - expected.numpy()).max() <= 0.6 / sent["scale"]


@pytest.mark.parametrize("level", [0, 1, 2])
@pytest.mark.parametrize("alpha", [0.0, 0.4, 1.0])
def test_the_way_down_ends_in_the_critics_own_score(tiny, level, alpha):
    way = descend(tiny, level, alpha, real=2)
    shown = faded(tiny.reals, level, alpha)
    assert torch.equal(way.image, shown[2])
    assert way.reals == pytest.approx(tiny.model.critic(shown, level, alpha).tolist(), abs=1e-5)
    assert way.score == way.reals[2]
    assert [t.shape[-1] for t in way.below] == [4 << i for i in range(max(level - 1, 0), -1, -1)]
    if level and alpha in (0, 1):
        assert torch.equal(way.below[0], way.old if alpha == 0 else way.new)
    answer = events.judge(growing.NAME, level, alpha, 2)
    assert answer["score"] == way.score
    assert "nan" not in answer["html"]


def test_what_stands_in_for_real_images_is_not_called_real(tiny):
    way = descend(tiny, 2, 1.0, 0)
    assert "these real images score" in view.critic(tiny, 2, 1.0, way)
    other = replace(tiny)
    other.__dict__["shown"] = (tiny.reals, "Others stand in for them.")
    html = view.critic(other, 2, 1.0, way)
    assert "Others stand in for them." in html
    assert "G made both rows" in html
    assert "Scores: stand-in " in html
    assert "real images score" not in html


def test_the_film_holds_every_stage_and_every_level(tiny):
    answer = events.film(growing.NAME, 3)
    assert list(answer["stages"]) == ["4", "8-fade", "8", "16-fade", "16"]
    assert [pixels(p).shape[0] for p in answer["levels"]] == [4, 8, 16]
    last = tiny.model.generate(tiny.z, stage="16", level=1)
    assert np.abs(pixels(answer["levels"][1]) - shades(last[3])).max() <= 1
    assert answer["html"].count("<figure>") == 5 + 3
    assert "16×16 faded in" in answer["html"]


@pytest.mark.parametrize(
    ("call", "sentence"),
    [
        (lambda: events.fade(growing.NAME, 3, 1.0), "level is a whole number from 0 .4x4 pixels. to 2"),
        (lambda: events.fade(growing.NAME, 1.5, 1.0), "level is a whole number from 0"),
        (lambda: events.fade(growing.NAME, 1, -0.1), r"alpha lies in \[0, 1\]"),
        (lambda: events.judge(growing.NAME, 1, 1.01), r"alpha lies in \[0, 1\]"),
        (lambda: events.judge(growing.NAME, 1, 1.0, 4), "real is a whole number from 0 to 3, not 4"),
        (lambda: events.film(growing.NAME, 8), "face is a whole number from 0 to 7, not 8"),
        (lambda: events.fade("dcgan-mnist", 1, 1.0), "dcgan-mnist did not grow"),
        (lambda: events.fade("nobody", 1, 1.0), "no model called 'nobody'"),
        (lambda: live.images("cifar10"), "live training takes mnist-5k or faces, not 'cifar10'"),
        (lambda: live.Live(count=90), "a whole number from 200 to 8000, not '90'"),
    ],
)
def test_what_is_out_of_range_is_refused_with_the_range(call, sentence):
    with pytest.raises(ValueError, match=sentence):
        call()


def test_a_link_restores_every_control_and_refuses_what_cannot_be():
    query = f"?model={growing.NAME}&level=1&alpha=.25&face=5&real=3&guess=half&tab=film&data=faces&images=800"
    got = events.restore(query)
    values = dict(zip(INPUTS, got, strict=False))
    assert values["model"].value == growing.NAME
    assert values["level"]["value"] == 1
    assert values["level"]["maximum"] == 2
    assert [values[name] for name in INPUTS[2:]] == [0.25, 5, 3, "half", "film", "faces", 800]
    assert got[-2]["text"] == ""
    got = events.restore(f"?model={growing.NAME}&level=3&alpha=2")
    assert "The link's level must be a whole number from 0 to 2, not '3'" in got[-2]["text"]
    assert "The link's alpha must be a number from 0 to 1, not '2'" in got[-2]["text"]
    assert "The link's model cannot be shown" in events.restore("?model=nobody")[-2]["text"]


def test_without_a_model_the_page_says_so_in_one_sentence_and_goes_on(monkeypatch, tmp_path):
    monkeypatch.setenv("GAN_LAB_RUNS", str(tmp_path))
    monkeypatch.setattr(album.models, "made_by", lambda algorithm: [])
    got = events.restore("")
    assert "no model that grew yet: train one with gan-lab train progressive" in got[-2]["text"]
    drawn = got[len(INPUTS)]
    assert drawn["album"] is None
    assert "64×64" in drawn["html"]
    assert progressive_growing.build().get_config_file()["components"]


def test_another_model_keeps_the_level_within_its_own():
    model, level, drawn, *_, told = events.choose(growing.NAME, 4, 0.5, 0, 0, "")
    assert (model, level["value"], level["maximum"], drawn["level"]) == (growing.NAME, 2, 2, 2)
    assert told["text"] == ""
    assert "no model called 'nobody'" in events.choose("nobody", 1, 0.5, 0, 0, "")[-1]["text"]


@pytest.mark.parametrize(("part", "at"), [("block", 2), ("rgb", 2), ("rgb", 1), ("over", 2), ("block", 3)])
def test_blocks_are_lit_as_far_as_they_take_part(part, at):
    expected = {("block", 2): 0.3, ("rgb", 2): 0.3, ("rgb", 1): 0.7, ("over", 2): 0.7, ("block", 3): 0.0}
    assert drawing.weight(part, at, level=2, alpha=0.3) == pytest.approx(expected[part, at])
    assert drawing.weight("rgb", 0, level=0, alpha=0.0) == 1  # the lowest level has no fade


def test_live_training_grows_steps_and_repeats_itself():
    here = live.Live("mnist-5k", 200)
    start = json.loads(here.frame())
    assert (start["step"], start["level"], start["playing"]) == (0, 0, False)
    for _ in range(14):  # 200 images at 4x4 are 13 minibatches of 16
        here.step()
    frame = json.loads(here.frame())
    assert frame["level"] == 1
    assert frame["seen"] == 14 * 16
    assert 0 < frame["alpha"] < 1
    assert len(base64.b64decode(frame["fakes"])) == FACES * 8 * 8
    assert len(frame["curve"]) == 14
    here.start("mnist-5k", 200)
    for _ in range(14):
        here.step()
    again = json.loads(here.frame())
    assert (again["fakes"], again["curve"]) == (frame["fakes"], frame["curve"])


def test_playing_goes_on_until_a_pause_even_one_that_came_first():
    visitor = Visitor("early")
    visits.look("mnist-5k", 400, visitor)
    visits.ready(visitor)
    visits.pause(visitor)
    assert list(visits.play(visitor)) == []  # the pause overtook the frames
    visits.ready(visitor)
    frames = visits.play(visitor)
    first, second = json.loads(next(frames)), json.loads(next(frames))
    assert first["playing"]
    assert second["step"] > first["step"] > 0
    stopped = json.loads(visits.pause(visitor))
    assert not stopped["playing"]
    assert list(frames) == []
    assert json.loads(visits.step(visitor))["step"] == stopped["step"] + 1
    assert json.loads(visits.anew("faces", 400, visitor))["channels"] == 3
    visits.leave(visitor)
    assert "early" not in live.LIVES


def test_visitors_are_bounded_and_the_idlest_makes_room():
    few = live.lives(most=2)
    first = few.of("a")
    first.allow(True)
    few.of("b")
    few.of("c")
    assert len(few) == 2
    assert few.of("c") is few.of("c")
    assert list(first.play()) == []
    assert few.of("a") is not first


def test_every_control_has_a_default_that_its_own_link_gives_back():
    for name, control in controls(2).items():
        assert control.parse(str(control.default)) == control.default, name
