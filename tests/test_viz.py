"""Figures are arrays in, pixels out: what is tested is what they show, and that bad input is named."""

import importlib.util
import io
import math
import subprocess
import sys
import threading
import time

import numpy as np
import pytest
import torch
from PIL import Image

from gan_lab.algorithms.gan import GAN
from gan_lab.data import load
from gan_lab.models.mlp import MLP
from gan_lab.training import Engine, Session, TrainConfig
from gan_lab.viz import curves, diagrams, fields, frame, grids, style, views
from gan_lab.viz.taxonomy import BRANCHES, taxonomy


@pytest.fixture
def ax():
    return style.figure()[1][0]


def size_of(png):
    with Image.open(io.BytesIO(png)) as picture:
        return picture.size


# --- grids --------------------------------------------------------------------------------------------------


def test_tile_puts_every_pixel_where_it_belongs():
    images = np.stack([np.full((1, 2, 3), v, dtype=np.float32) for v in (-1, 0, 1)])
    sheet = grids.tile(images, columns=2, gap=1)
    assert sheet.shape == (1 + 2 * 3, 1 + 2 * 4, 3)
    assert sheet.dtype == np.uint8
    assert (sheet[1:3, 1:4] == 0).all()
    assert (sheet[1:3, 5:8] == 128).all()
    assert (sheet[4:6, 1:4] == 255).all()
    assert (sheet[4:6, 5:8] == 208).all()  # no fourth image: the ground


def test_tile_clips_keeps_bytes_and_zooms():
    wild = np.array([-7.0, 9.0], dtype=np.float32).reshape(1, 1, 1, 2)
    assert grids.tile(wild, gap=0)[0, :, 0].tolist() == [0, 255]
    raw = np.arange(12, dtype=np.uint8).reshape(1, 3, 2, 2)
    assert (grids.tile(raw, gap=0) == raw[0].transpose(1, 2, 0)).all()
    assert (grids.tile(raw, gap=0, zoom=3)[::3, ::3] == raw[0].transpose(1, 2, 0)).all()


def test_grid_png_is_a_picture_of_that_size():
    assert size_of(grids.png(np.zeros((6, 3, 4, 5)), columns=3, gap=1, zoom=2)) == (1 + 3 * 11, 1 + 2 * 9)


@pytest.mark.parametrize("shape", [(0, 1, 4, 4), (2, 2, 4, 4), (4, 4)])
def test_tile_refuses_what_is_no_set_of_images(shape):
    with pytest.raises(ValueError, match="a grid needs images"):
        grids.tile(np.zeros(shape))


def test_show_has_a_caption_for_each_image(ax):
    grids.show(ax, np.zeros((3, 1, 4, 4)), captions=["a", "b", "c"])
    assert [t.get_text() for t in ax.get_xticklabels()] == ["a", "b", "c"]
    with pytest.raises(ValueError, match="3 images need as many captions, not 2"):
        grids.show(ax, np.zeros((3, 1, 4, 4)), captions=["a", "b"])


# --- fields -------------------------------------------------------------------------------------------------


def test_mesh_and_surface_agree_on_where_a_point_is(ax):
    points = fields.mesh((-2, 2), n=21)
    assert points.shape == (441, 2)
    fields.surface(ax, points[:, 0] * 100 + points[:, 1], (-2, 2), colourbar=False)  # real on the right
    shown = ax.images[0].get_array()
    assert shown[:, -1].min() > 0.99
    assert shown[:, 0].max() < 0.01
    assert ax.images[0].origin == "lower"


def test_belief_is_the_sigmoid_without_overflow():
    logits = np.array([-1e4, -2.0, 0.0, 2.0, 1e4])
    assert fields.belief(logits) == pytest.approx([0, 1 / (1 + math.e**2), 0.5, 1 / (1 + math.e**-2), 1])


def test_surface_refuses_logits_that_are_not_from_a_mesh(ax):
    with pytest.raises(ValueError, match=r"not 7 of them: use fields\.mesh"):
        fields.surface(ax, np.zeros(7))


@pytest.mark.parametrize(("limits", "n"), [((1, -1), 8), ((0, 1), 1)])
def test_mesh_refuses(limits, n):
    with pytest.raises(ValueError, match="a mesh needs"):
        fields.mesh(limits, n)


def test_arrows_keep_directions_and_relative_lengths(ax):
    fields.arrows(ax, np.zeros((2, 2)), np.array([[0.0, 2e-9], [1e-9, 0.0]]), longest=0.5)
    arrows = ax.collections[0]
    assert np.c_[arrows.U, arrows.V] == pytest.approx(np.array([[0, 0.5], [0.25, 0]]))


def test_arrows_say_when_there_is_no_gradient_at_all(ax):
    fields.arrows(ax, np.zeros((2, 2)), np.zeros((2, 2)))
    assert "all gradients are 0" in ax.get_legend_handles_labels()[1][0]


def test_arrows_refuse_other_shapes(ax):
    with pytest.raises(ValueError, match=r"not \(2, 2\) and \(3, 2\)"):
        fields.arrows(ax, np.zeros((2, 2)), np.zeros((3, 2)))


# --- frames, curves, diagram --------------------------------------------------------------------------------


def test_frame_of_the_plane_shows_real_fake_and_surface_with_axes_and_legend(ax):
    frame.draw(
        ax, {"fake": np.zeros((5, 2)), "logits": np.linspace(-1, 1, 16)}, real=np.ones((4, 2)), title="now"
    )
    assert len(ax.images) == 1
    assert [
        len(c.get_offsets()) for c in ax.collections if hasattr(c, "get_sizes") and len(c.get_sizes())
    ] == [4, 5]
    assert [t.get_text() for t in ax.get_legend().get_texts()] == ["real", "fake"]
    assert ax.get_xlabel()
    assert ax.get_ylabel()
    assert ax.get_title() == "now"


def test_real_and_fake_differ_in_colour_and_in_marker():
    assert style.REAL["color"] != style.FAKE["color"]
    assert style.REAL["marker"] != style.FAKE["marker"]
    dashes = [str(look["linestyle"]) for look in style.CURVES]
    assert len(set(dashes)) == len(dashes)


def test_frame_of_images_is_a_grid(ax):
    frame.draw(ax, {"fake": np.zeros((4, 1, 8, 8))})
    assert ax.images[0].get_array().shape == (22, 22, 3)


@pytest.mark.parametrize(
    ("given", "message"), [({"logits": np.zeros(4)}, "no 'fake'"), ({"fake": np.zeros(3)}, r"\(3,\)")]
)
def test_frame_refuses(ax, given, message):
    with pytest.raises(ValueError, match=message):
        frame.draw(ax, given)


def test_smooth_is_a_running_mean_over_what_came_before():
    assert curves.smooth([1, 3, 5, 7], 2) == pytest.approx([1, 2, 4, 6])
    assert curves.smooth([1, 3, 5], 1) == pytest.approx([1, 3, 5])
    assert curves.smooth([1e3, 1e-15], 1)[1] == 1e-15  # not lost in a sum


def test_lines_draw_marks_at_their_values(ax):
    curves.lines(ax, {"D": [1.0, 1.2], "G": [0.5, 0.6]}, marks=["2 log 2", "log 2"])
    heights = [line.get_ydata()[0] for line in ax.lines[2:]]
    assert heights == pytest.approx([1.3862943611, 0.6931471806])
    assert {t.get_text() for t in ax.texts} == {"2 log 2", "log 2"}


def test_lines_refuse_unknown_marks_and_lengths_that_differ(ax):
    with pytest.raises(ValueError, match="no mark called pi; there are 2 log 2"):
        curves.lines(ax, {"D": [1.0]}, marks=["pi"])
    with pytest.raises(ValueError, match="'D' has 1 values for 2 steps"):
        curves.lines(ax, {"D": [1.0]}, steps=[0, 1])


def test_two_networks_names_everyone(ax):
    diagrams.two_networks(ax)
    text = " ".join(t.get_text() for t in ax.texts)
    assert all(word in text for word in ("noise", "generator", "discriminator", "real", "fake"))


def test_taxonomy_names_every_model_once_and_tells_kinds_apart_without_colour(ax):
    taxonomy(ax)
    drawn = [text.get_text() for text in ax.texts]
    for branch in BRANCHES:
        assert drawn.count(branch.kind) == 1
        for leaf in branch.leaves:
            assert drawn.count(leaf.name) == drawn.count(leaf.gives) == 1
            assert importlib.util.find_spec(f"gan_lab.algorithms.{leaf.module}"), leaf
    for cue in ("colour", "shape", "line"):
        assert len({getattr(branch, cue) for branch in BRANCHES}) == len(BRANCHES)
    assert {"explicit\na density", "implicit\na process that samples"} < set(drawn)


def test_figures_are_opaque_and_not_kept_by_pyplot():
    import matplotlib.pyplot as plt

    before = plt.get_fignums()
    fig, _ = style.figure()
    assert plt.get_fignums() == before
    with Image.open(io.BytesIO(style.png(fig))) as picture:
        assert picture.convert("RGBA").getpixel((0, 0)) == (255, 255, 255, 255)


# --- the player ---------------------------------------------------------------------------------------------


def ring_session(steps=100_000, **options):
    torch.manual_seed(0)
    gan = GAN(MLP(2, 2, width=16, depth=1), MLP(2, 1, width=16, depth=1), latent_dim=2, **options)
    return Session(
        gan, load("ring").batches(32), TrainConfig(steps=steps), Engine(device="cpu"), snapshot_every=5
    )


def make_player(session, **options):
    pytest.importorskip("ipywidgets")
    from gan_lab.viz.widget import Player

    view = views.Plane(load("ring").sample(50), torch.randn(20, 2), mesh=8)
    return Player(session, view, **options)


def weights(session):
    return torch.cat([p.detach().flatten().clone() for p in session.algorithm.parameters()])


def wait_for(condition, seconds=20.0):
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "waited too long"
        time.sleep(0.01)


def test_player_steps_each_network_alone_and_both():
    player = make_player(ring_session())
    gan = player.session.algorithm
    d0, g0 = ([p.detach().clone() for p in net.parameters()] for net in (gan.discriminator, gan.generator))
    player.buttons["discriminator"].click()
    assert any(not torch.equal(a, b) for a, b in zip(d0, gan.discriminator.parameters()))
    assert all(torch.equal(a, b) for a, b in zip(g0, gan.generator.parameters()))
    player.buttons["generator"].click()
    assert any(not torch.equal(a, b) for a, b in zip(g0, gan.generator.parameters()))
    assert (player.session.moment, player.session.progress.step) == (2, 1)
    player.buttons["both"].click()
    assert (player.session.moment, player.session.progress.step) == (3, 2)
    assert player.moment.value == 3
    assert sorted(player.history["discriminator"]) == [1, 3]
    assert sorted(player.history["generator"]) == [2, 3]
    assert size_of(player.image.value)[0] > 200
    player.close()


def test_player_rewinds_exactly_and_the_picture_follows():
    player = make_player(ring_session())
    states, pictures = [], []
    for _ in range(7):
        player.step()
        states.append(weights(player.session))
        pictures.append(player.image.value)
    player.moment.value = 3  # as a drag of the slider does
    assert torch.equal(weights(player.session), states[2])
    assert player.image.value != pictures[6]
    player.step()
    assert torch.equal(weights(player.session), states[3])
    player.close()


def test_another_turn_after_a_rewind_drops_the_curves_of_the_lost_future():
    player = make_player(ring_session())
    for _ in range(6):
        player.step()
    player.rewind(2)
    player.step("generator")
    assert sorted(player.history["discriminator"]) == [1, 2]
    assert sorted(player.history["generator"]) == [1, 2, 3]
    assert player.moment.max == 3
    player.close()


def test_playing_leaves_the_caller_free_pauses_at_once_and_draws_no_more():
    player = make_player(ring_session(), speed="as fast as it goes", fps=20)
    started = time.monotonic()
    player.buttons["play"].click()
    assert time.monotonic() - started < 1
    wait_for(lambda: player.session.moment > 20)
    started = time.monotonic()
    player.buttons["pause"].click()
    assert time.monotonic() - started < 2
    assert not player.playing
    moment, picture = player.session.moment, player.image.value
    time.sleep(0.2)
    assert (player.session.moment, player.image.value) == (moment, picture)
    assert player.moment.value == moment
    player.close()


def test_playing_is_the_same_run_as_stepping():
    player, session = make_player(ring_session(steps=30), speed="as fast as it goes"), ring_session(steps=30)
    player.play()
    wait_for(lambda: not player.playing)
    for _ in session.play():
        pass
    assert player.session.moment == 30
    assert torch.equal(weights(player.session), weights(session))
    player.close()


def test_speed_is_kept():
    player = make_player(ring_session(), speed="25 a second")
    player.play()
    time.sleep(1.0)
    player.pause()
    assert 1 <= player.session.moment <= 30
    player.close()


def test_close_ends_the_thread():
    player = make_player(ring_session())
    player.play()
    player.close()
    assert not player.playing
    assert not [t for t in threading.enumerate() if t.name == "player"]


def test_a_diverged_training_is_said_and_can_be_rewound():
    def huge(params):
        return torch.optim.SGD(params, lr=1e30)

    torch.manual_seed(0)
    gan = GAN(MLP(2, 2, width=8, depth=1), MLP(2, 1, width=8, depth=1), latent_dim=2, optimizer=huge)
    config = TrainConfig(steps=50, check_every=1)
    player = make_player(Session(gan, load("ring").batches(8), config, Engine(device="cpu")))
    player.play()
    wait_for(lambda: not player.playing)
    assert "diverged" in player.message.value
    player.rewind(0)
    assert torch.isfinite(weights(player.session)).all()
    assert player.message.value == ""
    player.close()


@pytest.mark.parametrize("options", [{"fps": 0}, {"speed": "warp"}])
def test_player_refuses(options):
    with pytest.raises(ValueError, match="fps must be above 0 and speed one of 1 a second"):
        make_player(ring_session(), **options)


def test_view_of_images_is_a_grid_of_the_same_latents():
    class Pictures:
        def frame(self, probe):
            return {"fake": probe.z.reshape(4, 1, 2, 2).numpy()}

    assert size_of(views.images(torch.zeros(4, 4), zoom=1)(Pictures(), {})) == (10, 10)


def test_pictures_need_neither_ipywidgets_nor_gradio():
    code = (
        "import sys; sys.modules.update(ipywidgets=None, gradio=None, IPython=None)\n"
        "import gan_lab.viz, gan_lab.viz.views, gan_lab.viz.widget as w\n"
        "try: w.Player.__new__(w.Player)._build('1 a second')\n"
        "except ImportError as e: assert 'pip install ipywidgets' in str(e)\n"
        "else: raise AssertionError('no error')\n"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
