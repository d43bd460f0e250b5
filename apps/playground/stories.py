"""What was done in a run, as a short text: "340~loss:wasserstein,gp:1.0~200~3d" is 340 whole steps, a change of
two settings, 200 more steps and three turns of D alone. With the configuration it makes the same run again."""

from __future__ import annotations

from itertools import groupby
from typing import Any

from .settings import LIVE, check

Entry = tuple[int, str] | dict[str, Any]
Story = tuple[Entry, ...]
"""In order: (how often, what) with "both", "d" or "g", and changed settings."""

LETTERS = {"both": "", "d": "d", "g": "g"}
MOST = 200_000


def fold(
    done: list[str], edits: list[tuple[int, dict[str, Any]]], ahead: list[str | dict[str, Any]]
) -> Story:
    """The story of a record: what was done at each moment, what was changed when, and what is still to come."""
    moments: list[str | dict[str, Any]] = []
    for i in range(len(done) + 1):
        moments += [changes for moment, changes in edits if moment == i]
        moments += done[i : i + 1]
    story: list[Entry] = []
    for key, group in groupby(moments + ahead, key=lambda entry: entry if isinstance(entry, str) else None):
        entries = list(group)
        if key is None:
            story += [entry for entry in entries if isinstance(entry, dict)]
        else:
            story.append((len(entries), key))
    return tuple(story)


def unfold(story: Story) -> list[str | dict[str, Any]]:
    """One entry for each moment and each change."""
    entries: list[str | dict[str, Any]] = []
    for entry in story:
        entries += [entry] if isinstance(entry, dict) else [entry[1]] * entry[0]
    return entries


def write(story: Story) -> str:
    """The story as text; whole steps at its very end are left out: pressing Play makes them."""
    entries = list(story)
    while entries and not isinstance(entries[-1], dict) and entries[-1][1] == "both":
        entries.pop()
    parts = []
    for entry in entries:
        if isinstance(entry, dict):
            parts.append(",".join(f"{name}:{value}" for name, value in entry.items()))
        else:
            parts.append(f"{entry[0]}{LETTERS[entry[1]]}")
    return "~".join(parts)


def read(text: str) -> Story:
    """The story behind ``write``.

    Raises:
        ValueError: it cannot be read, names a setting that cannot change in a run, or is too long.
    """
    story = tuple(_entry(part) for part in text.split("~") if part)
    if sum(entry[0] for entry in story if not isinstance(entry, dict)) > MOST:
        raise ValueError(f"a story may have at most {MOST} steps")
    return story


def _entry(part: str) -> Entry:
    if ":" in part:
        changes = dict(pair.split(":", 1) for pair in part.split(",") if ":" in pair)
        if unknown := [name for name in changes if name not in LIVE]:
            raise ValueError(f"{unknown[0]!r} cannot change in a run, only {', '.join(LIVE)}")
        return {name: check(name, value) for name, value in changes.items()}
    action = {"d": "d", "g": "g"}.get(part[-1], "both")
    number = part.rstrip("dg")
    if not number.isdigit() or not 0 < int(number) <= MOST:
        raise ValueError(f"a story is steps and changes, like 340~loss:wasserstein~20d, not {part!r}")
    return int(number), action
