"""Strips of numbers, and the plane of two players: what is drawn is what was given."""

import numpy as np
import pytest

from gan_lab.viz import fields, orbits, strips, style


@pytest.fixture
def ax():
    return style.figure()[1][0]


def test_strips_show_every_number_in_its_row_and_the_median(ax):
    groups = {"a": np.array([1e-6, 1e-3, 1.0]), "b": np.array([2.0, 8.0])}
    strips(ax, groups, "title", "unit")
    assert [tick.get_text() for tick in ax.get_yticklabels()] == ["a", "b"]
    for row, (dots, values) in enumerate(zip(ax.collections, groups.values())):
        x, y = np.asarray(dots.get_offsets()).T
        assert np.allclose(x, values)
        assert (np.abs(y - row) < 0.4).all()
    assert [line.get_xdata()[0] for line in ax.lines] == [1e-3, 5.0]
    assert ax.get_xscale() == "log"
    assert ax.get_ylim()[0] > ax.get_ylim()[1]  # the first row stands on top
    marks = [dots.get_paths()[0].vertices.shape for dots in ax.collections]
    assert len(set(marks)) == 2  # told apart by more than colour


@pytest.mark.parametrize("values", [[0.0, 1.0], [-1.0], [], [float("nan")], [float("inf")]])
def test_strips_refuse_what_has_no_logarithm(ax, values):
    with pytest.raises(ValueError, match="'bad'"):
        strips(ax, {"bad": np.array(values)})


def test_a_field_points_the_right_way_and_no_arrow_reaches_its_neighbour(ax):
    at = fields.mesh((-2, 2), 5).astype(float)
    velocity = np.stack([-at[:, 1], at[:, 0]], 1)
    orbits.field(ax, at, velocity, "title")
    arrows = ax.collections[0]
    drawn = np.stack([arrows.U, arrows.V], 1)
    assert np.allclose(drawn[:, 0] * velocity[:, 1], drawn[:, 1] * velocity[:, 0])  # parallel
    assert ((drawn * velocity).sum(1) >= 0).all()
    assert np.linalg.norm(drawn, axis=1).max() == pytest.approx(0.9)
    assert not drawn[12].any()  # nobody moves at the equilibrium
    orbits.field(ax, at, np.zeros_like(at))


@pytest.mark.parametrize("shapes", [((4, 2), (3, 2)), ((4, 3), (4, 3)), ((4,), (4,))])
def test_a_field_needs_points_of_the_plane(ax, shapes):
    with pytest.raises(ValueError, match=r"arrays \(n, 2\)"):
        orbits.field(ax, *(np.ones(shape) for shape in shapes))


def test_runs_keep_the_axes_and_mark_both_ends(ax):
    at = fields.mesh((-2, 2), 3).astype(float)
    limits = orbits.field(ax, at, at).get_xlim()
    before = len(ax.lines)
    orbits.runs(ax, {"away": np.array([[1.0, 1.0], [50.0, -70.0]]), "in": np.array([[1.0, 0.0], [0.1, 0.2]])})
    assert ax.get_xlim() == limits
    ends = [line.get_xydata().tolist() for line in ax.lines[before:]]
    assert [[1.0, 1.0]] in ends
    assert [[0.1, 0.2]] in ends
    assert ax.get_legend_handles_labels()[1] == ["away", "in"]


def test_the_circle_shows_every_eigenvalue(ax):
    orbits.circle(ax, {"one": (0.5 + 0.2j, 0.5 - 0.2j), "two": (1.0, -1.0)})
    assert np.asarray(ax.collections[0].get_offsets()).tolist() == [[0.5, 0.2], [0.5, -0.2]]
    assert np.asarray(ax.collections[1].get_offsets()).tolist() == [[1, 0], [-1, 0]]
    assert np.allclose(np.hypot(*ax.lines[0].get_xydata().T), 1)


def test_distances_lie_on_the_band_of_their_radius(ax):
    run = np.array([[0.5**i, 0.0] for i in range(5)])
    orbits.distances(ax, {"half": run, "other": run}, {"half": 0.5})
    band, half, other = ax.lines
    assert np.allclose(band.get_ydata(), half.get_ydata())
    assert np.allclose(other.get_ydata(), run[:, 0])
    assert ax.get_yscale() == "log"
