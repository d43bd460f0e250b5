"""Latent arithmetic: z1 - z2 + z3 as on the slide and as DCGAN did it, each concept the mean of three exemplars.

Every function here is an event of the page and takes plain arguments, so that a Python client can drive what a hand
can. A picture comes back as a data address (base64 PNG), a length as a number, and ``html`` as what the page shows.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import lru_cache, wraps
from pathlib import Path
from typing import Any

import gradio as gr
import torch
from torch import Tensor

from gan_lab import latent

from . import latent_view as view
from . import models, serve
from .latent_layout import Page, lay_out
from .latent_state import MAX_SEED, SHEET, parse_picks, read

TITLE = "Latent arithmetic"
SLUG = "latent-arithmetic"
SLIDE = "Latent Space Arithmetic"
SUMMARY = "Add and subtract the noise behind pictures, walk between two of them, and see how long the vectors are."
STEPS = 9
HERE = Path(__file__).parent


def noise_of(model: models.Model) -> str:
    """What the model's latents are drawn from; N(0, I) unless its card says otherwise."""
    return str(model.card.get("noise", "normal"))


@lru_cache(maxsize=32)
def draws(model: str, seed: int) -> Tensor:
    """The latents ``(40, d)`` behind the sheet of that seed; never written to."""
    if seed is None or not 0 <= seed <= MAX_SEED:
        raise ValueError(f"the seed is a whole number from 0 to {MAX_SEED}, not {seed}")
    net = models.load(model)
    generator = torch.Generator().manual_seed(seed)
    if noise_of(net) == "uniform":
        return torch.rand(SHEET, net.latent_dim, generator=generator) * 2 - 1
    return torch.randn(SHEET, net.latent_dim, generator=generator)


@torch.inference_mode()
def generate(net: models.Model, z: Tensor) -> Tensor:
    """Pictures ``(B, C, H, W)`` of latents ``(B, d)``."""
    return net.generate(z)


def one(net: models.Model, z: Tensor) -> str:
    """G(z) of one latent ``(d,)``, always in a batch of one: equal latents give equal pictures, bit for bit."""
    return view.png(generate(net, z[None])[0])


def means(z: Tensor, picks: list[list[int]]) -> Tensor:
    """The three concepts ``(3, d)``: each the mean of its exemplars, zero where none is chosen."""
    return torch.stack([z[group].mean(0) if group else torch.zeros_like(z[0]) for group in picks])


def combine(
    model: str, seed: int, picks: str, w1: float, w2: float, w3: float, project: bool
) -> tuple[Tensor, Tensor, str]:
    """The three concepts, their weighted sum (on the shell if asked), and a note where that cannot be."""
    net = models.load(model)
    concepts = means(draws(model, seed), parse_picks(picks))
    z = latent.arithmetic(*concepts, weights=(w1, w2, w3))
    if not project:
        return concepts, z, ""
    if not z.any():
        return concepts, z, "The sum is zero: it has no direction, so it cannot be put on the shell."
    return concepts, latent.project(z, latent.typical_norm(net.latent_dim, noise_of(net))), ""


def suggest(pictures: Tensor) -> str:
    """Exemplars to begin with: the three boldest pictures, the three thinnest, and a middling one with its two
    nearest neighbours, so that the sum reads "bold minus thin plus this".

    Args:
        pictures: the sheet ``(40, C, H, W)`` in [-1, 1].
    """
    ink = pictures.flatten(1) + 1
    order = ink.sum(1).argsort().tolist()
    middle = order[len(order) // 2]
    likeness = torch.nn.functional.cosine_similarity(ink[middle : middle + 1], ink)
    likeness[order[:3] + order[-3:]] = -1
    groups = (order[-3:], order[:3], likeness.topk(3).indices.tolist())
    return ";".join(",".join(map(str, group)) for group in groups)


def sheet(model: str, seed: int) -> tuple[dict[str, Any], str]:
    """Forty pictures to choose from, and the exemplars to begin with, as ``"3,7,12;1,2,4;5,6,8"``."""
    pictures = generate(models.load(model), draws(model, seed))
    picks = suggest(pictures)
    return {"pictures": [view.png(p) for p in pictures], "picks": picks, "active": 0}, picks


def arithmetic(
    model: str,
    seed: int,
    picks: str,
    w1: float = 1.0,
    w2: float = -1.0,
    w3: float = 1.0,
    project: bool = False,
    guess: str = "",
) -> tuple[dict[str, Any], dict[str, str]]:
    """G(w1 z1 + w2 z2 + w3 z3) and the length of that vector; once a guess is made, those of single exemplars too.

    The first part holds the data, the second what the page draws of the lengths.
    """
    net, noise = models.load(model), noise_of(models.load(model))
    shell = latent.typical_norm(net.latent_dim, noise)
    vectors, z, note = combine(model, seed, picks, w1, w2, w3, project)
    norms, length, uri = latent.norm(vectors).tolist(), latent.norm(z).item(), one(net, z)
    rows = [(f"{name} mean", f"c{k}", norms[k]) for k, name in enumerate(view.NAMES)]
    rows.append(("their sum", "sum", length))
    answer: dict[str, Any] = {"picture": uri, "norm": length, "norms": norms, "shell": shell, "note": note}
    groups = parse_picks(picks)
    if guess and all(groups):
        first = draws(model, seed)[[group[0] for group in groups]]
        alone = latent.arithmetic(*first, weights=(w1, w2, w3))
        answer["single"] = {"picture": one(net, alone), "norm": latent.norm(alone).item()}
        rows.append(("one each", "single", answer["single"]["norm"]))
    answer["html"] = view.result(uri, length, shell, project and not note, note)
    return answer, {"html": view.bars(rows, shell, noise) + view.answer(guess, answer, (w1, w2, w3), noise)}


def point(name: str, model: str, seed: int, picks: str, *weights: Any) -> Tensor:
    """Where a path starts or ends: a concept's mean, its first exemplar, or the sum."""
    vectors, z, _ = combine(model, seed, picks, *weights)
    if name == "sum":
        return z
    k = int(name[1]) - 1
    if not name.endswith("first"):
        return vectors[k]
    group = parse_picks(picks)[k]
    return draws(model, seed)[group[0]] if group else vectors[k]


def possible_ways(a: Tensor, b: Tensor) -> tuple[dict[str, Callable[..., Tensor]], str]:
    """The chord, and the arc where there is one; else a note that says why not."""
    try:
        latent.slerp(a, b, 0.5)
    except ValueError as error:
        return {"linear": latent.lerp}, f"Only the straight way is shown: {error}."
    return {"linear": latent.lerp, "spherical": latent.slerp}, ""


def interpolate(
    model: str,
    seed: int,
    picks: str,
    w1: float = 1.0,
    w2: float = -1.0,
    w3: float = 1.0,
    project: bool = False,
    start: str = "z1-first",
    end: str = "z3-first",
    t: float = 0.5,
) -> dict[str, Any]:
    """The pictures at t on the chord and on the arc, and the norm along both ways."""
    net = models.load(model)
    shell = latent.typical_norm(net.latent_dim, noise_of(net))
    a, b = (point(name, model, seed, picks, w1, w2, w3, project) for name in (start, end))
    ways, note = possible_ways(a, b)
    points = {name: way(a, b, float(t)) for name, way in ways.items()}
    pictures = {name: one(net, z) for name, z in points.items()}
    norms = {name: latent.norm(z).item() for name, z in points.items()}
    curves = {name: latent.norm(way(a, b, torch.linspace(0, 1, 41))).tolist() for name, way in ways.items()}
    html = view.pair(pictures, norms, t) + view.path_plot(curves, norms, t, shell)
    return {"html": html, "pictures": pictures, "norms": norms, "shell": shell, "note": note}


def strip(
    model: str,
    seed: int,
    picks: str,
    w1: float = 1.0,
    w2: float = -1.0,
    w3: float = 1.0,
    project: bool = False,
    start: str = "z1-first",
    end: str = "z3-first",
) -> dict[str, Any]:
    """Nine pictures from start to end along each way, with their norms."""
    net = models.load(model)
    a, b = (point(name, model, seed, picks, w1, w2, w3, project) for name in (start, end))
    ways, note = possible_ways(a, b)
    paths = {name: way(a, b, torch.linspace(0, 1, STEPS)) for name, way in ways.items()}
    pictures = generate(net, torch.cat(list(paths.values()))).split(STEPS)
    rows = {
        name: ([view.png(p) for p in shown], latent.norm(z).tolist())
        for (name, z), shown in zip(paths.items(), pictures)
    }
    data = {name: {"pictures": p, "norms": n} for name, (p, n) in rows.items()}
    return {"html": view.strips(rows, note), "note": note, **data}


def neighbourhood(
    model: str,
    seed: int,
    picks: str,
    w1: float = 1.0,
    w2: float = -1.0,
    w3: float = 1.0,
    project: bool = False,
    radius: float = 0.25,
    noise: int = 0,
) -> dict[str, Any]:
    """The paper's 3x3: the sum in the middle, eight small steps of uniform noise around it."""
    net = models.load(model)
    _, z, _ = combine(model, seed, picks, w1, w2, w3, project)
    around = latent.neighbourhood(z, float(radius), n=8, seed=int(noise), noise=noise_of(net))
    pictures = [view.png(p) for p in generate(net, around)]
    return {"html": view.grid(one(net, z), pictures, radius), "pictures": pictures}


def concept_cards(model: str, seed: int, picks: str) -> list[dict[str, str]]:
    """The three concepts: what each mean generates, its exemplars, its length."""
    net, z, groups = models.load(model), draws(model, seed), parse_picks(picks)
    cards = []
    for k, vector in enumerate(means(z, groups)):
        exemplars = [one(net, z[i]) for i in groups[k]]
        cards.append({"html": view.card(k, one(net, vector), exemplars, latent.norm(vector).item())})
    return cards


def redraw(
    model: str,
    seed: int,
    picks: str,
    w1: float,
    w2: float,
    w3: float,
    project: bool,
    guess: str,
    start: str,
    end: str,
    t: float,
    radius: float,
    noise: int,
) -> list[dict[str, Any]]:
    """Everything that hangs on the exemplars, in the order of ``outputs`` in ``build``."""
    base = (model, seed, picks, w1, w2, w3, project)
    return [
        *concept_cards(model, seed, picks),
        *arithmetic(*base, guess),
        strip(*base, start, end),
        interpolate(*base, start, end, t),
        neighbourhood(*base, radius, noise),
    ]


def restore(query: str) -> list[Any]:
    """What a link asks for: a value for each input of the page, the sheet, and what could not be had."""
    state, sentences = read(query)
    known = models.names()
    try:
        model = state.model or next(iter(known), "")
        models.load(model)
    except (ValueError, FileNotFoundError) as error:
        sentences.append(f"The link's model cannot be shown: {error}.")
        model = next(iter(known))
    gallery, picks = sheet(model, state.seed)
    gallery["picks"] = picks = state.picks or picks
    values = {**vars(state), "picks": picks, "model": gr.Dropdown(known, value=model)}
    return [*(values[name] for name in INPUTS), gallery, gr.Tabs(selected=state.tab), view.notice(sentences)]


def choose_model(name: str) -> tuple[str, dict[str, Any]]:
    """The chosen model if it can be loaded, else the first there is and a sentence that says why."""
    try:
        models.load(name or "")
    except (ValueError, FileNotFoundError) as error:
        other = models.names()[0]
        return other, view.notice([f"{error}. Showing {other} instead."])
    return name, view.notice([])


INPUTS = (
    "model", "seed", "picks", "w1", "w2", "w3", "project", "guess", "start", "end", "t", "radius", "noise", "tab",
)  # fmt: skip


def build() -> gr.Blocks:
    """The page."""
    with serve.page(TITLE) as demo:
        page = lay_out()
        connect(page, demo)
    return demo


def connect(page: Page, demo: gr.Blocks) -> None:
    """Which hand moves what. Events with an ``api_name`` are the ones a Python client calls."""
    at = page.inputs
    pick = lambda *names: [at[name] for name in names]  # noqa: E731
    base = pick("model", "seed", "picks", "w1", "w2", "w3", "project")
    hidden = {"api_visibility": "private", "show_progress": "hidden"}
    live = {**serve.LIVE}
    moves = lambda *names: [at[name].input for name in names]  # noqa: E731
    all_inputs = pick(*INPUTS)

    everything = {
        "fn": spoken(redraw),
        "inputs": pick(*INPUTS[:-1]),
        "outputs": [*page.cards, page.result, page.lengths, page.strips, page.moment, page.nine],
        **hidden,
    }
    new_sheet = {"fn": spoken(sheet), "inputs": pick("model", "seed"), "outputs": [page.gallery, at["picks"]]}

    gr.on(
        moves("w1", "w2", "w3", "project", "guess"),
        spoken(arithmetic),
        [*base, at["guess"]],
        [page.result, page.lengths],
        api_name="arithmetic",
        **live,
    )
    gr.on(moves("t"), spoken(interpolate), [*base, *pick("start", "end", "t")], page.moment, api_name="interpolate", **live)
    gr.on(moves("radius", "noise"), spoken(neighbourhood), [*base, *pick("radius", "noise")], page.nine,
          api_name="neighbourhood", **live)
    gr.on(
        [*moves("start", "end"), page.tab["interpolation"].select],
        spoken(strip), [*base, *pick("start", "end")], page.strips, api_name="strip", **live,
    )
    gr.on(
        [*moves("start", "end"), page.tab["interpolation"].select],
        spoken(interpolate), [*base, *pick("start", "end", "t")], page.moment, api_visibility="private", **live,
    )
    page.tab["neighbourhood"].select(
        spoken(neighbourhood), [*base, *pick("radius", "noise")], page.nine, api_visibility="private", **live
    )
    for name, tab in page.tab.items():
        tab.select(fn=None, js=f"() => '{name}'", outputs=at["tab"], api_visibility="private")

    page.gallery.input(fn=None, js="sheet => sheet.picks", inputs=page.gallery, outputs=at["picks"],
                       api_visibility="private").then(**everything)
    at["seed"].input(**new_sheet, api_name="sheet", trigger_mode="always_last", show_progress="hidden").then(**everything)
    page.fresh.click(fn=None, js="() => Math.floor(Math.random() * 1e6)", outputs=at["seed"], api_visibility="private").then(
        **new_sheet, **hidden).then(**everything)
    at["model"].input(choose_model, at["model"], [at["model"], page.notice], **hidden).then(**new_sheet, **hidden).then(
        **everything)
    demo.load(
        restore, page.query, [*all_inputs, page.gallery, page.tabs, page.notice], js="() => location.search", **hidden
    ).then(**everything)
    gr.on(
        [component.change for component in all_inputs],
        fn=None,
        js=(HERE / "link.js").read_text(encoding="utf-8").replace("$NAMES", json.dumps(INPUTS)),
        inputs=all_inputs,
        outputs=page.link,
        api_visibility="private",
    )


def spoken(handler: Callable[..., Any]) -> Callable[..., Any]:
    """The handler, with its refusals shown to the user as they stand instead of as a bare "Error"."""

    @wraps(handler)
    def speak(*args: Any) -> Any:
        try:
            return handler(*args)
        except (ValueError, FileNotFoundError) as error:
            raise gr.Error(str(error), print_exception=False) from error

    return speak
