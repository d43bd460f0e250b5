"""The playground's page without a browser: its events called directly, and the page's settings."""

import json
from dataclasses import replace
from types import SimpleNamespace

import pytest
import torch

pytest.importorskip("gradio", reason="the pages need gradio")

import gradio as gr
from in_a_loop import in_a_loop

from apps import gan_playground, hub
from apps.playground import events, looks, presets, settings
from apps.playground.layout import LABELS, PRESET_NAMES
from apps.playground.settings import LIVE, Configuration, encode_points

SMALL = Configuration(g_depth=1, g_width=16, d_depth=1, d_width=16, batch=32)
DIAGONAL = encode_points([(x / 10, x / 10) for x in range(-6, 7)])


@pytest.fixture
def me():
    """A visit with a small run, left at the end."""
    request = SimpleNamespace(session_hash="test")
    events.open_page("?" + settings.to_query(SMALL), request)
    yield request
    events.leave(request)
    assert "test" not in events.DESKS


def desk(me):
    return events.visit(me)


def given(config=SMALL, **changes):
    return [
        getattr(replace(config), name) if name not in changes else changes[name]
        for name in events.SHOWN_FIELDS
    ]


def seen(frame):
    return json.loads(frame)["runs"][0]


def test_opening_shows_the_links_run_before_anything_is_trained(me):
    query = settings.to_query(replace(SMALL, seed=4, loss="hinge"), "2~g_lr:0.5")
    *values, frame, said, link = events.open_page("?" + query, me)
    assert values == given(replace(SMALL, seed=4, loss="hinge"))
    assert seen(frame)["step"] == 0
    assert said == ""
    assert link == query
    for _ in range(4):
        events.step("both", me)
    assert desk(me).run.now.g_lr == 0.001  # a step by hand is another story than the link's


def test_play_follows_the_links_story(me):
    events.open_page("?" + settings.to_query(SMALL, "2~g_lr:0.5"), me)
    playing = events.play(me)
    next(playing)
    playing.close()
    events.pause(me)
    assert desk(me).run.moment >= 1
    while desk(me).run.moment < 3:
        desk(me).run.go()
    assert desk(me).run.now.g_lr == 0.5


def test_a_bad_link_opens_all_the_same_and_says_what_was_wrong(me):
    *values, frame, said, _ = events.open_page("?loss=<script>&seed=9&story=zz", me)
    assert values == given(Configuration(seed=9))
    assert "loss must be one of" in said
    assert "story cannot be followed" in said
    assert "<script>" not in said
    assert seen(frame)["step"] == 0


def test_a_live_setting_changes_the_run_and_any_other_starts_a_new_one(me):
    events.step("both", me)
    run = desk(me).run
    frame, said, link = events.configure(given(loss="hinge", r1=0.5), me)
    assert desk(me).run is run
    assert run.now == replace(SMALL, loss="hinge", r1=0.5)
    assert (seen(frame)["moment"], said) == (1, "")
    assert "story=1~loss:hinge,r1:0.5" in link
    frame, _, link = events.configure(given(replace(SMALL, loss="hinge", r1=0.5), seed=3), me)
    assert desk(me).run is not run
    assert desk(me).run.config == replace(SMALL, loss="hinge", r1=0.5, seed=3)
    assert seen(frame)["moment"] == 0


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"d_lr": 11}, "d_lr must be a number from 0 to 10, not 11"),
        ({"seed": None}, "seed must be a whole number"),
        ({"batch": 1}, "batch must be a whole number from 8 to 1024, not 1"),
        ({"data": "drawn"}, "no drawing yet"),
    ],
)
def test_what_cannot_be_set_is_refused_and_the_run_goes_on(me, changes, words):
    events.step("both", me)
    run = desk(me).run
    frame, said, _ = events.configure(given(**changes), me)
    assert words in said
    assert desk(me).run is run
    assert seen(frame)["moment"] == 1
    assert events.configure(given(), me)[1] == ""
    assert run.session.recorded == 1


def test_rewinding_shows_the_live_settings_of_that_moment(me):
    events.step("both", me)
    events.configure(given(loss="hinge"), me)
    events.step("both", me)
    frame, *live = events.rewind(0, me)
    assert dict(zip(LIVE, live, strict=True))["loss"] == "non-saturating"
    assert (seen(frame)["moment"], seen(frame)["recorded"]) == (0, 2)
    _, *live = events.rewind(2, me)
    assert dict(zip(LIVE, live, strict=True))["loss"] == "hinge"
    with pytest.raises(gr.Error, match="moment 9 is not on record"):
        events.rewind(9, me)


def test_settings_that_the_run_changed_are_not_undone_by_touching_another(me):
    events.open_page("?" + settings.to_query(SMALL, "1~loss:hinge"), me)
    for _ in range(2):
        desk(me).run.go()
    events.configure(given(r1=0.5), me)  # the page still shows non-saturating
    assert desk(me).run.now == replace(SMALL, loss="hinge", r1=0.5)


def test_steps_reset_and_layers(me):
    assert seen(events.step("d", me)[0])["step"] == 0
    assert seen(events.step("g", me)[0])["step"] == 1
    assert seen(events.reset(me)[0])["moment"] == 0
    frame = seen(events.set_layers(["manifold", "optimum", "nothing"], me))
    assert frame["real"] is None
    assert "surface" not in frame
    assert {"manifold", "optimum"} <= frame.keys()
    events.set_speed("5 steps/s", me)
    assert desk(me).speed == 5
    with pytest.raises(gr.Error, match="a step is both, d or g"):
        events.step("x", me)


def test_branching_shows_two_runs_and_one_again(me):
    events.step("both", me)
    frame = json.loads(events.branch("hinge", me))
    assert len(frame["runs"]) == 2
    assert frame["from"] == 1
    assert frame["runs"][1]["loss"] == "hinge"
    assert len(json.loads(events.close_branch(me))["runs"]) == 1
    with pytest.raises(gr.Error, match="what if"):
        events.branch("magic", me)


@pytest.mark.parametrize("name", presets.PRESETS)
def test_presets_fill_the_page(me, name):
    *values, frame, said, link = events.preset(name, me)
    config = presets.PRESETS[name].config
    assert values == given(config)
    assert settings.read(link)[0] == config
    assert 'role="status"' in said
    assert seen(frame)["moment"] == 0


def test_an_unknown_preset_is_refused(me):
    with pytest.raises(gr.Error, match="no preset called"):
        events.preset("none", me)


def test_a_drawing_becomes_data_or_says_why_not(me):
    data, frame, said, link = events.draw(DIAGONAL, me)
    assert (data, said) == ("drawn", "")
    assert DIAGONAL in link
    data, _, said, _ = events.draw(DIAGONAL[: 4 * 9], me)
    assert "9 points were drawn, and at least 10 are needed" in said
    assert desk(me).run.config.points == DIAGONAL
    assert events.configure(given(data="ring"), me)[1] == ""
    assert events.configure(given(data="drawn"), me)[1] == ""
    assert desk(me).run.config.points == DIAGONAL
    frame = seen(frame)
    assert frame["moment"] == 0


def test_the_card_restores_the_run_and_names_what_exactness_depends_on(me):
    for _ in range(3):
        events.step("both", me)
    events.configure(given(loss="hinge"), me)
    events.step("d", me)
    weight = desk(me).run.gan.discriminator[0].weight.clone()
    text = events.card(me)
    facts = json.loads(text)["computed_with"]
    assert facts["threads"] == 1
    assert facts["torch"] == torch.__version__
    events.preset("oscillation", me)
    *values, _, said, _ = events.restore_card(text, me)
    assert values == given()
    assert "Play repeats it" in said
    for _ in range(4):
        with events.one_thread():
            desk(me).run.go()
    assert torch.equal(desk(me).run.gan.discriminator[0].weight, weight)
    assert "not a run card" in events.restore_card("nonsense", me)[-2]


def test_frames_are_valid_json_even_after_a_failure(me):
    wild = replace(SMALL, loss="wasserstein", d_optimiser="sgd", g_optimiser="sgd", d_lr=10, g_lr=10)
    events.open_page("?" + settings.to_query(wild), me)
    events.set_layers(list(looks.LAYERS), me)
    for frame in events.play(me):
        last = json.loads(frame, parse_constant=lambda name: pytest.fail(f"{name} is no JSON"))
    assert "The training stopped" in last["runs"][0]["failed"]
    assert seen(events.rewind(0, me)[0])["failed"] == ""


def test_the_page_has_its_events_and_names_every_setting():
    config = in_a_loop(gan_playground.build).get_config_file()
    names = {d["api_name"] for d in config["dependencies"] if d["api_visibility"] == "public"}
    assert names >= {
        "play", "slow", "pause", "reset", "step_both", "step_d", "step_g", "rewind", "speed", "layers", "branch",
        "close_branch", "preset", "configure", "draw", "card", "restore_card",
    }  # fmt: skip
    ids = {c["props"].get("elem_id") for c in config["components"]}
    assert set(events.SHOWN_FIELDS) <= ids
    assert set(LABELS) == set(events.SHOWN_FIELDS)
    assert set(PRESET_NAMES) == set(presets.PRESETS)


def test_the_hub_has_the_page():
    assert gan_playground in hub.PAGES
    assert hub.find("gan_playground") is gan_playground
