"""The pages' own drawings: numbers as people write them, and curves that stay within their axes."""

from math import inf, nan

import pytest

pytest.importorskip("gradio", reason="the pages need gradio")

from apps.plots import Plot, legend, number, table


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0, "0"),
        (1, "1"),
        (-0.5, "−0.5"),
        (4.54e-5, "4.54 · 10⁻⁵"),
        (-1.25e-15, "−1.25 · 10⁻¹⁵"),
        (22026.4658, "22026"),
        (1e7, "1.00 · 10⁷"),
        (inf, "∞"),
        (-inf, "−∞"),
        (nan, "–"),
    ],
)
def test_numbers_are_written_as_people_write_them(value, text):
    assert number(value) == text


def test_a_curve_is_interrupted_where_it_is_not_finite_and_cut_where_it_leaves():
    plot = Plot((0, 4), (0, 1)).line([0, 1, 2, 3, 4], [0, 1, inf, 1e9, 0.5], "s0")
    assert plot.inside == [
        '<polyline class="s0" points="0.0,1000.0 250.0,0.0"/>',
        '<polyline class="s0" points="750.0,-1000.0 1000.0,500.0"/>',
    ]


def test_a_point_off_the_axes_is_not_drawn():
    plot = Plot((0, 1), (0, 1)).dot(0.5, 2, "s0").dot(0.5, nan, "s0").dot(0.5, 0.5, "s0")
    assert len(plot.over) == 1


def test_every_drawing_has_words_for_those_who_cannot_see_it_and_shows_text_as_text():
    svg = Plot((0, 1), (0, 1)).svg('a < b & "c"', [(0, "<0>")], [(1, "1")])
    assert 'role="img" aria-label="a &lt; b &amp; &quot;c&quot;"' in svg
    assert "<0>" not in svg
    assert "&lt;i&gt;" in legend([("s0", "<i>")])
    assert "&lt;i&gt;" in table(["a", "b"], [("<i>", "<i>")])
