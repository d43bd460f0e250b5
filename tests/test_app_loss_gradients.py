"""The page on loss gradients: its events called directly, and every control moved in a browser."""

from math import exp, log

import pages
import pytest
import torch

pytest.importorskip("gradio", reason="the pages need gradio")

from apps import loss_gradients, serve
from apps.gradients_page import controls, events
from gan_lab.experiments.race import race


@pytest.fixture(autouse=True, scope="module")
def short_trainings():
    """Trainings are the real ones, but short; what they show is tested in test_experiments."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(events.frozen, "MAX_STEPS", 100)
        patch.setattr(events.race, "race", lambda *names, **options: race(*names, **{**options, "limit": 3}))
        yield


def test_the_page_says_what_the_losses_say():
    answer = events.felt(-10.0, "far")
    assert abs(answer["losses"]["minimax"]["slope"]) == pytest.approx(4.54e-5, rel=1e-3)
    assert abs(answer["losses"]["non-saturating"]["slope"]) == pytest.approx(0.99995, abs=1e-5)
    assert answer["ratio"] == pytest.approx(exp(10))
    assert "4.54 · 10⁻⁵" in answer["html"]


def test_slopes_are_hidden_until_there_is_a_guess():
    assert "Guess first" in events.felt(-4.0)["html"]
    assert "slope dC/df" not in events.felt(-4.0)["html"]
    assert "No: at logit −10" in events.felt(-4.0, "same")["html"]
    assert "Yes: at logit −10" in events.felt(-4.0, "far")["html"]


@pytest.mark.parametrize("logit", [-12.0, 0.0, 1.0, 6.0])
def test_every_operating_point_can_be_drawn(logit):
    html = events.felt(logit, "far")["html"]
    assert "nan" not in html.lower()
    assert html.count('<svg class="plot"') == 2


def test_what_the_losses_read_at_the_optimal_d():
    same, apart = events.distances(0.0), events.distances(8.0)
    assert same["reads"] == pytest.approx(
        {"discriminator": 2 * log(2), "minimax": -log(2), "non-saturating": log(2)}
    )
    assert apart["gaussians"]["js"] == pytest.approx(log(2), abs=1e-3)
    assert apart["reads"]["discriminator"] == pytest.approx(0, abs=2e-3)
    assert apart["lines"] == {"kl": None, "js": pytest.approx(log(2)), "total_variation": 1, "w1": 8}
    assert "∞" in apart["html"]


def test_looking_before_training_says_what_to_do_and_after_it_goes_back_and_forth():
    assert "Press the button" in events.look(500)["html"]
    frames = list(events.train_looks())
    assert [turns for _, turns in frames] == [0, 50, 100, 100]
    assert frames[-1][0]["complete"]
    assert events.look(70)["turns"] == 50
    assert events.look(0)["turns"] == 0
    late = events.look(100)
    assert f"{late['decades']:.1f} decades" in late["html"]
    assert "depends on c" in late["html"]
    assert late["html"].count('class="plane"') == 6
    assert len(list(events.train_looks())) == 1  # trained once for all


def test_figure_2_is_trained_within_bounds_and_remembered():
    seen = []
    answer = events.train_figure2(4.0, 60, -1, 1, 8, progress=lambda share, desc: seen.append(share))
    assert seen == pytest.approx([1 / 3, 2 / 3, 1])
    assert answer["weights"]["clipped"] == float(torch.tensor(0.1))  # the float32 next to 0.1
    assert answer["predicted"] == pytest.approx({"slope": 1.2, "estimate": 4.8})
    again = events.train_figure2(4.0, 60, -1, 1, 8, progress=lambda *_, **__: pytest.fail("trained again"))
    assert again["html"] == answer["html"]
    assert "lower bound" in answer["html"]
    assert "width² c³ = 0.064" in answer["html"]


def test_the_race_names_who_did_not_arrive():
    answer = events.run_race(progress=lambda *_, **__: None)
    assert answer["steps"] == [None] * 5
    assert answer["html"].count("not in 3") >= 5
    assert "clipped c = 0.01, plain descent" in answer["html"]


def test_a_link_restores_every_control_and_names_what_it_cannot():
    got = loss_gradients.restore("?logit=-7.5&guess=tenth&distance=3&tab=figure2&clip=9&steps=1.5&shift=<b>")
    values = dict(zip(controls.INPUTS, got))
    assert values["logit"] == -7.5
    assert values["guess"] == "tenth"
    assert values["distance"] == 3
    assert values["clip"] == -2
    assert values["tab"] == "figure2"
    for words in ("link's clip must be a number from -3 to 0", "link's steps must be a whole number"):
        assert words in got[-1]["text"]
    assert "<b>" not in got[-1]["html"]
    assert loss_gradients.restore("")[-1]["text"] == ""


@pytest.fixture(scope="module")
def url(browser):
    demo = loss_gradients.build()
    yield serve.serve(demo, inbrowser=False, block=False)
    demo.close()


def test_every_slider_in_every_position(browser, url):
    live = {"felt": ["logit"], "figure2": ["distance"], "distances": ["shift"]}
    quiet = {"look": ["turns"], "figure2": ["steps", "width", "clip", "penalty"]}
    for tab in controls.TABS:
        with pages.opened(browser, f"{url}?tab={tab}&guess=far") as page:
            for name in live.get(tab, []):
                drawn = page.locator(f"#{tab} svg[role=img]").first
                for value in pages.reach(page, name):
                    before = drawn.get_attribute("aria-label")
                    pages.slide(page, name, value)
                    if name != "distance" or value != 8:
                        page.wait_for_function(
                            "([tab, old]) => document.querySelector(`#${tab} svg[role=img]`)?.ariaLabel !== old",
                            arg=[tab, before],
                        )
            for name in quiet.get(tab, []):
                for value in pages.reach(page, name):
                    pages.slide(page, name, value)
                    page.wait_for_function(
                        "([name, value]) => new URLSearchParams(location.search).get(name) === String(value)",
                        arg=[name, value],
                    )
            assert pages.complaints_on_screen(page) == []


def test_every_guess_is_answered(browser, url):
    with pages.opened(browser, url) as page:
        pages.wait_for(page, "Guess first", "#felt")
        for guess, words in controls.GUESSES.items():
            pages.choose(page, "guess", words)
            pages.wait_for(
                page, "Guess first" if not guess else "Yes: at" if guess == "far" else "No: at", "#felt"
            )


def test_training_shows_while_it_goes_and_the_slider_goes_back(browser, url):
    with pages.opened(browser, f"{url}?tab=look") as page:
        page.locator("#train-looks").click()
        pages.wait_for(page, "After 100 turns of D", "#look")
        pages.slide(page, "turns", 0)
        pages.wait_for(page, "After 0 turns of D", "#look")
    with pages.opened(browser, f"{url}?tab=figure2&steps=50&width=4") as page:
        page.locator("#train-figure2").click()
        pages.wait_for(page, "On the median fake", "#figure2")
        assert pages.complaints_on_screen(page) == []
    with pages.opened(browser, f"{url}?tab=distances") as page:
        page.locator("#run-race").click()
        pages.wait_for(page, "Measured here, one seed", "#race")
        assert pages.complaints_on_screen(page) == []


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("tab", controls.TABS)
def test_narrow_pages_do_not_scroll_sideways(browser, url, tab, theme):
    with pages.opened(browser, f"{url}?tab={tab}&guess=far", width=400, theme=theme) as page:
        page.locator(f"#{tab} :is(figure, .empty)").first.wait_for()
        assert page.evaluate("document.documentElement.scrollWidth") <= 400
