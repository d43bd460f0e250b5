"""The page on saddle points: its event called directly, and every control moved in a browser."""

from math import sqrt

import pages
import pytest

pytest.importorskip("gradio", reason="the pages need gradio")

from apps import saddle_point, serve
from apps.saddle_page import controls, events


@pytest.mark.parametrize(
    ("game", "rule", "outcome", "promised"),
    [
        ("xy", "simultaneous", "none", "none"),
        ("xy", "alternating", "none", "silent"),
        ("xy", "extragradient", "linear", "linear"),
        ("xy", "consensus", "linear", "linear"),
        ("non-saturating", "simultaneous", "none", "none"),
        ("non-saturating", "alternating", "sublinear", "silent"),
        ("r1", "alternating", "linear", "linear"),
        ("noise", "alternating", "linear", "linear"),
        ("clip", "alternating", "none", "silent"),
        ("gp", "alternating", "none", "silent"),
    ],
)
def test_the_page_says_what_happened_and_what_was_promised(game, rule, outcome, promised):
    answer = events.play(game, rule, strength=0.5, steps=2000, guess="in")
    assert answer["outcome"] == outcome
    assert answer["promised"] == promised
    assert ("Yes: it converges" in answer["html"]) == (outcome != "none")
    assert ("No: it does not converge" in answer["html"]) == (outcome == "none")


@pytest.mark.parametrize(
    ("game", "rule", "h", "fate"),
    [
        ("xy", "simultaneous", 0.2, "away"),
        ("xy", "simultaneous", 0.02, "away"),
        ("xy", "alternating", 1.0, "round"),
        ("xy", "alternating", 2.1, "away"),
        ("minimax", "alternating", 0.2, "round"),
        ("non-saturating", "simultaneous", 0.2, "round"),
        ("non-saturating", "alternating", 0.2, "in"),
        ("clip", "alternating", 0.2, "round"),
    ],
)
def test_which_guess_is_right(game, rule, h, fate):
    assert events.play(game, rule, h=h, steps=2000)["fate"] == fate


def test_eigenvalues_are_those_of_the_update():
    answer = events.play("xy", "simultaneous", h=0.3)
    assert answer["radius"] == pytest.approx(sqrt(1.09))
    assert sorted(answer["eigenvalues"]) == [[1, pytest.approx(-0.3)], [1, pytest.approx(0.3)]]
    assert events.play("gp", "simultaneous")["eigenvalues"] == []
    assert "there is no derivative" in events.play("gp", "simultaneous", guess="in")["html"]


def test_only_the_first_steps_are_shown_before_a_guess():
    before, after = events.play("xy", "alternating"), events.play("xy", "alternating", guess="round")
    assert "a run of 8 steps" in before["html"]
    assert "ρ" not in before["html"]
    assert "a run of 500 steps" in after["html"]
    assert "Yes: it does not converge, it keeps circling" in after["html"]


def test_runs_too_short_to_judge_or_without_motion_say_so():
    assert "Too few steps" in events.play("xy", "alternating", steps=50, guess="in")["html"]
    assert "on the equilibrium" in events.play("non-saturating", "alternating", x=0, y=0, guess="in")["html"]


@pytest.mark.parametrize("game", controls.GAMES)
@pytest.mark.parametrize("rule", controls.RULES)
def test_the_corners_of_every_control_can_be_drawn(game, rule):
    for h in (0.02, 2.2):
        for strength in (0.05, 2.0):
            for start in ((-2, -2), (2, 0), (0, 0)):
                html = events.play(game, rule, h, strength, 2.0, *start, steps=200, guess="away")["html"]
                assert "nan" not in html.lower()
                assert "inf" not in html.lower().replace("infinite", "")


def test_a_link_restores_every_control():
    got = saddle_point.restore("?game=clip&rule=consensus&h=.4&strength=1.5&x=-1&steps=50&guess=in&beta=9")
    values = dict(zip(controls.INPUTS, got))
    assert (values["game"], values["rule"], values["h"], values["steps"]) == ("clip", "consensus", 0.4, 50)
    assert values["strength"]["value"] == 1.5
    assert values["strength"]["visible"]
    assert values["strength"]["label"] == "c of clipping"
    assert values["beta"]["value"] == 1
    assert "link's beta must be a number from 0 to 2" in got[-1]["text"]
    assert not dict(zip(controls.INPUTS, saddle_point.restore("")))["strength"]["visible"]


def test_an_unknown_game_is_named():
    with pytest.raises(ValueError, match="no game called 'chess': choose one of xy"):
        events.play("chess", "alternating")


@pytest.fixture(scope="module")
def url(browser):
    demo = saddle_point.build()
    yield serve.serve(demo, inbrowser=False, block=False)
    demo.close()


CHANGED = "old => document.querySelector('#run .plane-xy').outerHTML !== old"


def test_every_control_in_every_position(browser, url):
    with pages.opened(
        browser, f"{url}?game=r1&rule=consensus&guess=in&h=.3&strength=.3&beta=.3&x=.3&y=.3&steps=60"
    ) as page:
        plane = page.locator("#run .plane-xy")
        plane.wait_for()
        for name in ("steps", "x", "y", "strength", "beta", "h"):  # a large h last: it ends runs early
            for value in pages.reach(page, name):
                before = plane.evaluate("plane => plane.outerHTML")
                if float(page.locator(f"#{name} input[type=range]").input_value()) != value:
                    pages.slide(page, name, value)
                    page.wait_for_function(CHANGED, arg=before)
        for guess, words in controls.GUESSES.items():
            pages.choose(page, "guess", words)
            pages.wait_for(page, "it goes on" if not guess else "Distance to the equilibrium", "#run")
        assert pages.complaints_on_screen(page) == []


def test_every_rule_and_every_game(browser, url):
    with pages.opened(browser, f"{url}?guess=in&steps=200") as page:
        page.locator("#run .plane-xy").wait_for()
        for words in controls.RULES.values():
            pages.choose(page, "rule", words)
            pages.wait_for(page, f"f(x, y) = xy, {words}", "#run")
            page.wait_for_function(
                "n => document.querySelectorAll('#beta').length === n", arg=int(words == "consensus")
            )
        for name, words in controls.GAMES.items():
            page.locator("#game input").click()
            page.get_by_role("option", name=words, exact=True).click()
            pages.wait_for(page, f"{words}, consensus", "#run")
            page.wait_for_function(
                "n => document.querySelectorAll('#strength').length === n",
                arg=int(name in controls.STRENGTHS),
            )


def test_a_click_into_the_plane_starts_there(browser, url):
    with pages.opened(browser, f"{url}?guess=round&rule=alternating") as page:
        plane = page.locator("#run .plane-xy")
        plane.wait_for()
        box = plane.bounding_box()
        plane.click(position={"x": box["width"] * 0.75, "y": box["height"] * 0.75})
        page.locator("#run .plane-xy[aria-label*='from (1.1, -1.1)']").wait_for()
        page.wait_for_function("() => new URLSearchParams(location.search).get('y') === '-1.1'")


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_narrow_pages_do_not_scroll_sideways(browser, url, theme):
    with pages.opened(browser, f"{url}?guess=in", width=400, theme=theme) as page:
        page.locator("#run .plane-xy").wait_for()
        assert page.evaluate("document.documentElement.scrollWidth") <= 400
