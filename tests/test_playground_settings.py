"""The playground's configuration: its link, its card, its story, and what is refused with which words."""

import json
from dataclasses import fields, replace

import pytest

from apps.playground import settings, stories
from apps.playground.presets import PRESETS, WHAT_IF
from apps.playground.settings import CHOICES, LIVE, RANGES, Configuration, encode_points

CROSS = [(x / 10, 0.3) for x in range(-8, 9)]


def extremes():
    """Configurations with every number at its smallest and at its largest, and every choice once."""
    start = Configuration(points=encode_points(CROSS))
    for name, (low, high) in RANGES.items():
        yield replace(start, **{name: low})
        yield replace(start, **{name: high})
    for name, choices in CHOICES.items():
        for choice in choices:
            yield replace(start, **{name: choice})


def test_every_field_has_its_rule():
    named = {field.name for field in fields(Configuration)}
    assert CHOICES.keys() | RANGES.keys() | {"points", "g_norm"} == named
    assert set(LIVE) < named


@pytest.mark.parametrize("config", [*(p.config for p in PRESETS.values()), *extremes()])
def test_a_link_and_a_card_restore_the_whole_configuration(config):
    story = "12~loss:hinge,gp:1.5~3d"
    query = settings.to_query(config, story)
    assert settings.read("?" + query) == (config, story, [])
    assert settings.from_card(settings.to_card(config, story=story)) == (config, story)


def test_numbers_travel_in_full():
    config = Configuration(d_lr=0.1 + 0.2, r1=1 / 3)
    assert settings.read(settings.to_query(config))[0] == config
    assert settings.from_card(settings.to_card(config))[0] == config


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("d_lr", 11, "d_lr must be a number from 0 to 10, not 11"),
        ("g_lr", float("nan"), "g_lr must be a number from 0 to 10"),
        ("d_lr", None, "d_lr must be a number from 0 to 10, not None"),
        ("g_depth", -1, "g_depth must be a whole number from 0 to 6, not -1"),
        ("d_width", 2.5, "d_width must be a whole number from 1 to 400"),
        ("d_steps", 26, "d_steps must be a whole number from 0 to 25"),
        ("latent", 3, "latent must be a whole number from 1 to 2"),
        ("loss", "wgan", "loss must be one of minimax, .*wasserstein"),
        ("data", "moons", "data must be one of ring, grid"),
        ("seed", -1, "seed must be a whole number from 0 to"),
        ("points", "xyz", "hexadecimal"),
    ],
)
def test_what_is_not_allowed_is_refused_with_what_is(name, value, words):
    with pytest.raises(ValueError, match=words):
        replace(Configuration(), **{name: value})
    text = settings.to_query(Configuration()) + f"&{name}={value}"
    config, _, sentences = settings.read(text)
    assert config == Configuration()
    assert len(sentences) == 1
    assert name in sentences[0]


def test_a_drawing_needs_ten_points():
    with pytest.raises(ValueError, match="9 points were drawn, and at least 10 are needed"):
        Configuration(data="drawn", points=encode_points(CROSS[:9]))
    assert Configuration(data="drawn", points=encode_points(CROSS[:10])).data == "drawn"
    config, _, sentences = settings.read("data=drawn&points=" + encode_points(CROSS[:9]))
    assert config.data == "ring"
    assert "at least 10 are needed" in sentences[0]


def test_drawn_points_survive_their_code():
    back = settings.decode_points(encode_points(CROSS))
    assert len(back) == len(CROSS)
    for (x, y), (u, v) in zip(CROSS, back, strict=True):
        assert abs(x - u) <= 1.001 * settings.EXTENT / 255
        assert abs(y - v) <= 1.001 * settings.EXTENT / 255
    for bad in ([(0.0, float("nan"))], [(0.0,)], [("a", 1.0)]):
        with pytest.raises(ValueError, match="pair of finite numbers"):
            encode_points(bad)
    with pytest.raises(ValueError, match="at most 600"):
        encode_points([(0.0, 0.0)] * 601)


@pytest.mark.parametrize("text", ["", "{", "[]", "{}", '{"configuration": {"data": "ring"}}', "null"])
def test_what_is_no_card_is_refused(text):
    with pytest.raises(ValueError, match="not a run card"):
        settings.from_card(text)


def test_a_card_with_an_impossible_value_is_refused():
    card = json.loads(settings.to_card(Configuration()))
    card["configuration"]["g_width"] = 10**9
    with pytest.raises(ValueError, match="g_width must be a whole number from 1 to 400"):
        settings.from_card(json.dumps(card))


def test_a_story_is_read_as_it_was_written():
    story = (
        (340, "both"),
        {"loss": "wasserstein", "gp": 1.0},
        (3, "d"),
        (1, "g"),
        (2, "both"),
        {"d_steps": 5},
        {"r1": 0.5},
    )
    text = stories.write(story)
    assert text == "340~loss:wasserstein,gp:1.0~3d~1g~2~d_steps:5~r1:0.5"
    assert stories.read(text) == story
    assert stories.write(((3, "d"), (200, "both"))) == "3d"
    assert stories.read("") == ()


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("x", "steps and changes"),
        ("-3", "steps and changes"),
        ("0", "steps and changes"),
        ("99999999999", "steps and changes"),
        ("150000~d_lr:1~150000", "at most 200000"),
        ("seed:3", "cannot change in a run"),
        ("loss:wgan", "loss must be one of"),
        ("d_lr:99", "from 0 to 10"),
        ("d_lr:abc", "from 0 to 10"),
    ],
)
def test_an_impossible_story_is_refused(text, words):
    with pytest.raises(ValueError, match=words):
        stories.read(text)


def test_the_presets_and_the_what_ifs_are_there():
    assert set(PRESETS) == {
        "start", "mode-collapse", "collapse-at-once", "vanishing-gradient", "oscillation", "wgan-saves-it",
        "modern-baseline",
    }  # fmt: skip
    for changes in WHAT_IF.values():
        assert set(changes) <= set(LIVE)
        replace(Configuration(), **changes)
    saved, lost = PRESETS["wgan-saves-it"].config, PRESETS["vanishing-gradient"].config
    assert replace(saved, loss=lost.loss, gp=lost.gp) == lost
