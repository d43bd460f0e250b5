"""What the page on style and label draws of few labels: only text, no Gradio."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape
from math import log10
from typing import Any

from gan_lab.experiments.few_labels import AAE, ALONE

from ..latent_page.view import picture
from ..plots import Plot, duo, figure, legend, nothing, number, table
from . import published

Errors = Mapping[str, Mapping[int, Sequence[float]]]
"""Per cent of wrong answers, by kind and number of labels, a list of seeds."""
Found = tuple[str, int, int, float]
"""A picture's address, what it is, what it is taken for, and the share for that."""

KINDS = {ALONE: ("s1", "square"), AAE: ("s0", "round")}
WORDS = {ALONE: "these labels only, here", AAE: "AAE with all images, here"}
REPORTS = ((published.PLAIN, "s3"), (published.REPLICATION, "s4"), (published.PAPER, "s2"))
LOW, HIGH = 0.5, 50.0
"""Per cent at the ends of the axis."""


def few(errors: Errors, guess: str, log: Mapping[str, Any]) -> str:
    """The chart with and without the unlabelled images; with them, and what others report, only after a guess."""
    kinds = [kind for kind in (ALONE, AAE) if guess or kind == ALONE]
    plot, keys, told = Plot((1.85, 4.95), (log10(LOW), log10(HIGH)), 270), [], []
    for kind in kinds:
        look, shape = KINDS[kind]
        means = {n: mean(seeds) for n, seeds in errors[kind].items()}
        plot.line([log10(n) for n in means], [log10(max(e, LOW)) for e in means.values()], look)
        for n, seeds in errors[kind].items():
            for error in seeds:
                plot.dot(log10(n), log10(max(error, LOW)), look, shape)
        keys.append((look, WORDS[kind]))
        told.append(f"{WORDS[kind]}: " + ", ".join(f"{percent(e)} at {n:,} labels" for n, e in means.items()))
    if guess:
        for report, look in REPORTS:
            plot.line(
                [log10(n) for n in report.errors], [log10(e) for e in report.errors.values()], f"{look} thin"
            )
            keys.append((look, report.name))
    drawn = plot.svg(
        f"Error on the test set over the number of labels, both logarithmic. {'; '.join(told)}.",
        [(log10(n), f"{n:,}") for n in (100, 1000, 10_000, 60_000)],
        [(log10(e), f"{e:g} %") for e in (0.5, 1, 2, 5, 10, 20, 50)],
        "labels that may be used (logarithmic)",
    )
    chart = figure("Wrong answers on MNIST’s test set", drawn, legend(keys))
    return duo(chart, _words(errors, guess)) + (_table(errors, log) if guess else "")


def gain(errors: Errors, labels: int) -> float:
    """Which share of the wrong answers the images without labels take away; below 0 where they add to them."""
    return 1 - mean(errors[AAE][labels]) / mean(errors[ALONE][labels])


def verdict(guess: str, taken: float) -> bool:
    """Whether the guess is what was measured."""
    return guess == ("none" if taken < 0.1 else "less" if taken < 0.5 else "half")


def _words(errors: Errors, guess: str) -> str:
    if not guess:
        return nothing("Guess first: then the AAE’s errors appear, and what others report.")
    least = min(errors[AAE].keys() & errors[ALONE].keys(), default=0)
    if not least:
        return nothing("The log does not hold both kinds of run yet.")
    taken = gain(errors, least)
    many = max(errors[AAE].keys() & errors[ALONE].keys())
    right = "Yes" if verdict(guess, taken) else "No"
    change = "take away" if taken >= 0 else "add"
    less = "The fewer labels, the more there was to win. " if taken > gain(errors, many) else ""
    if gain(errors, many) < 0:
        less += "Where every image has its label there is nothing left to win."
    return (
        f'<div class="words"><p class="verdict"><b>{right}: at {least:,} labels the other images {change} '
        f"{100 * abs(taken):.0f} % of the errors</b>: {percent(mean(errors[ALONE][least]))} without them, "
        f"{percent(mean(errors[AAE][least]))} with them.</p>"
        f"<p>At {many:,} labels: {percent(mean(errors[ALONE][many]))} and {percent(mean(errors[AAE][many]))}. "
        f"{less}</p>"
        "<p>Where does it come from? Without a label a digit still has to be rebuilt from y and z. z is held to the "
        "prior and y to one of ten corners, so that what the digits have in clusters goes to y; the few labels only "
        "name the clusters.</p></div>"
    )


def _table(errors: Errors, log: Mapping[str, Any]) -> str:
    counts = sorted({n for kind in errors.values() for n in kind})
    rows = []
    for n in counts:
        theirs = published.ALL if n > 10_000 else n
        rows.append(
            (
                f"{n:,}",
                *(spread(errors[kind].get(n, ())) for kind in (ALONE, AAE)),
                *(
                    f"{report.errors[theirs]:.2f} %" if theirs in report.errors else ""
                    for report, _ in REPORTS
                ),
            )
        )
    head = ["labels", *(WORDS[kind] for kind in (ALONE, AAE)), *(report.name for report, _ in REPORTS)]
    shown = table(head, rows, "Error on the test set; measured here: mean (least to greatest) of the seeds")
    return shown + (
        f"<p class='hint'>Measured here: {len(log['seeds'])} seeds, {log['width']} units a layer, "
        f"{int(log['data'].split()[0]):,} images, written by {escape(log['command'])}; {_plans(log['plans'])}. "
        "The last three columns are other people’s numbers, nothing of them was measured here. "
        "The paper’s networks have 1,000 units a layer, and their learning rates still fall after 1,000 passes; "
        f"its last row has 60,000 labels. {published.OTHERS}</p>"
    )


def _plans(plans: Mapping[str, Mapping[str, float]]) -> str:
    """How long each run was, and how much the phases without labels counted."""
    told = []
    for labels, plan in plans.items():
        rate = (
            f" with the AAE’s other phases at {100 * plan['share']:g} % of their rate"
            if plan["share"] < 1
            else ""
        )
        told.append(f"at {int(labels):,} labels {plan['epochs']} passes{rate}")
    return ", ".join(told)


def errors(confusion: Sequence[Sequence[int]], cell: str, found: Sequence[Found], count: int) -> str:
    """The confusion matrix, whose cells can be chosen, beside the digits of the chosen one."""
    total = sum(map(sum, confusion))
    wrong = total - sum(confusion[i][i] for i in range(10))
    head = "".join(f'<th scope="col">{digit}</th>' for digit in range(10))
    body = "".join(_row(digit, row, cell) for digit, row in enumerate(confusion))
    caption = f"{wrong:,} of {total:,} are read wrongly ({percent(100 * wrong / total)})"
    matrix = (
        f'<div class="scroll"><table class="confusion"><caption>{caption}</caption><thead><tr><td>is \\ read as</td>'
        f"{head}</tr></thead><tbody>{body}</tbody></table></div>"
    )
    return duo(matrix, _gallery(cell, found, count))


def _row(digit: int, row: Sequence[int], cell: str) -> str:
    cells, total = "", max(1, sum(row))
    for got, n in enumerate(row):
        here = f"{digit}-{got}"
        # a wrong tenth of a row is as dark as it gets: else only the diagonal would be seen
        depth = n / total if got == digit else min(1.0, 10 * n / total)
        kind = "right" if got == digit else "wrong"
        inner = str(n) if n else ""
        if n and got != digit:
            inner = (
                f'<button type="button" data-pick="{here}" aria-pressed="{str(here == cell).lower()}" '
                f'aria-label="{n} times a {digit} read as a {got}: show them">{n}</button>'
            )
        cells += f'<td class="{kind}" style="--d:{depth:.2f}">{inner}</td>'
    return f'<tr><th scope="row">{digit}</th>{cells}</tr>'


def _gallery(cell: str, found: Sequence[Found], count: int) -> str:
    if cell:
        asked, got = cell.split("-")
        title = f"{count} times a {asked} is read as a {got}"
    else:
        title = "Read wrongly" + (f": the {len(found)} it is surest of" if count > len(found) else "")
    pictures = "".join(
        f"<figure>{picture(face, f'a {asked}, read as a {got}', 'fill')}"
        f"<figcaption><b>{asked}</b> → {got} <small>{100 * sure:.0f} %</small></figcaption></figure>"
        for face, asked, got, sure in found
    )
    again = '<button type="button" class="all" data-pick="">Show all</button>' if cell else ""
    body = f'<div class="wrong-ones">{pictures}</div>' if found else nothing("There is none.")
    return figure(title, body, again)


def mean(values: Sequence[float]) -> float:
    """Of the seeds there are; not a number where there are none."""
    return sum(values) / len(values) if values else float("nan")


def percent(value: float) -> str:
    """Three digits of a percentage."""
    return f"{number(value)} %"


def spread(seeds: Sequence[float]) -> str:
    """Mean, least and greatest of the seeds."""
    if not seeds:
        return "not run yet"
    return f"{mean(seeds):.2f} % ({min(seeds):.2f} to {max(seeds):.2f})"
