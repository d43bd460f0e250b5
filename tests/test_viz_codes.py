"""Codes in the plane are drawn as their labels, and a map of the plane is read from its upper left corner."""

import numpy as np
import pytest
from matplotlib.colors import to_hex

from gan_lab.viz import codes, style


def test_each_class_has_a_shape_and_a_colour_of_its_own_and_all_codes_are_drawn():
    labels = np.arange(40) % 10
    _, (ax,) = style.figure()
    codes.scatter(ax, np.random.default_rng(0).normal(size=(40, 2)), labels, 5.0, "codes")
    looks = [
        (to_hex(one.get_facecolor()[0]), one.get_paths()[0].vertices.tobytes()) for one in ax.collections
    ]
    assert len(set(looks)) == len({shape for _, shape in looks}) == 10
    assert sum(len(one.get_offsets()) for one in ax.collections) == 40
    assert ax.get_title() == "codes"


def test_codes_outside_are_counted():
    _, (ax,) = style.figure()
    codes.scatter(ax, np.array([[0.0, 0], [7, 0], [0, -9]]), np.zeros(3, int), 5.0, "codes")
    assert ax.get_title() == "codes (2 outside)"


def test_a_map_begins_at_the_upper_left():
    assert codes.plane(2.0, 3).tolist() == [[x, y] for y in (2, 0, -2) for x in (-2, 0, 2)]


@pytest.mark.parametrize(("limit", "side"), [(1.0, 1), (0.0, 3), (float("nan"), 3)])
def test_a_map_without_extent_is_refused(limit, side):
    with pytest.raises(ValueError, match="a map needs"):
        codes.plane(limit, side)


@pytest.mark.parametrize(("shape", "count"), [((5, 3), 5), ((5,), 5), ((5, 2), 4)])
def test_other_arrays_are_refused(shape, count):
    _, (ax,) = style.figure()
    with pytest.raises(ValueError, match=r"codes come as \(n, 2\)"):
        codes.scatter(ax, np.zeros(shape), np.zeros(count, int), 1.0)
