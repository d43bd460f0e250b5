"""What a check answers: not attempted yet, not yet (and why), or correct."""

from __future__ import annotations

import dis
import functools
import html
import types
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, NoReturn

import torch
from torch import Tensor

Student = Callable[..., Any]

SYMBOLS = {"not attempted yet": "○", "not yet": "✗", "correct": "✓", "ill": "✗", "healthy": "✓"}
COLOURS = {
    "not attempted yet": "#6B6B6B",
    "not yet": "#D55E00",
    "correct": "#009E73",
    "ill": "#D55E00",
    "healthy": "#009E73",
}


@dataclass(frozen=True)
class Verdict:
    """A check's answer; it prints as one line and shows as a framed one in a notebook.

    Attributes:
        state: "not attempted yet", "not yet" or "correct"; of a diagnosis "ill" or "healthy".
        message: what is wrong and why, or what is right; plain text.
    """

    state: str
    message: str

    def __bool__(self) -> bool:
        return self.state == "correct"

    def __str__(self) -> str:
        return f"{SYMBOLS[self.state]} {self.state}: {self.message}"

    __repr__ = __str__

    def _repr_html_(self) -> str:
        """Framed in the state's colour; the text keeps the page's own colour, light or dark."""
        body = html.escape(self.message).replace("\n", "<br>")
        return (
            f'<div role="status" style="border-left:6px solid {COLOURS[self.state]};padding:.4em .8em">'
            f"<b>{SYMBOLS[self.state]} {self.state}:</b> {body}</div>"
        )


class Refused(Exception):
    """Raised inside a check as soon as it knows what is wrong; becomes "not yet"."""


class Untouched(Exception):
    """Raised inside a check when there is nothing to judge; becomes "not attempted yet"."""


def refuse(message: str) -> NoReturn:
    """Ends the check with "not yet" and this reason."""
    raise Refused(message)


def expect(condition: bool, message: str) -> None:
    """Ends the check with "not yet" and this reason unless the condition holds."""
    if not condition:
        refuse(message)


def exercise(check: Callable[[Any], str]) -> Callable[[Any], Verdict]:
    """Makes a check of a function that returns praise, or leaves by way of :func:`refuse`.

    The check that comes out never raises because of what the student wrote.
    """

    @functools.wraps(check)
    def judged(student: Any) -> Verdict:
        try:
            if is_untouched(student):
                raise Untouched
            return Verdict("correct", check(student))
        except Untouched:
            return Verdict(
                "not attempted yet", "replace the ... in the cell above and run it and this one again"
            )
        except Refused as reason:
            return Verdict("not yet", str(reason))

    return judged


def is_untouched(student: Any) -> bool:
    """Whether the body of a function is still ``...``, or there is no function at all."""
    if student is None or student is ...:
        return True
    if not isinstance(student, types.FunctionType):
        return False
    idle = {"RESUME", "NOP", "LOAD_CONST", "RETURN_CONST", "RETURN_VALUE", "LOAD_COMMON_CONSTANT"}
    idle_values = {None, ..., student.__doc__}
    return all(
        step.opname in idle
        and (step.opname in {"RESUME", "NOP", "RETURN_VALUE"} or step.argval in idle_values)
        for step in dis.get_instructions(student)
    )


def call(student: Student, *arguments: Any) -> Any:
    """The student's answer; what it raises becomes a reason that names the line of the function.

    Raises:
        Refused: if the function raises.
        Untouched: if it returns ``...``.
    """
    try:
        answer = student(*arguments)
    except Exception as error:
        refuse(f"your function raised {type(error).__name__}{_where(student, error)}: {error}")
    if answer is ...:
        raise Untouched
    return answer


def _where(student: Student, error: Exception) -> str:
    """The line, counted from ``def``, at which the function was left; empty if that is not known."""
    code, trace = getattr(student, "__code__", None), error.__traceback__
    while trace is not None and code is not None:
        if trace.tb_frame.f_code is code:
            return f" in its line {trace.tb_lineno - code.co_firstlineno + 1}"
        trace = trace.tb_next
    return ""


def call_for_tensor(student: Student, shape: Sequence[int], *arguments: Any) -> Tensor:
    """The student's answer, if it is a tensor of that shape.

    Raises:
        Refused: nothing was returned, or something else.
        Untouched: as :func:`call`.
    """
    answer = call(student, *arguments)
    expect(answer is not None, "your function returns nothing: its last line must be `return ...`")
    expect(
        isinstance(answer, Tensor),
        f"your function returns a {type(answer).__name__}; a torch tensor is wanted: `.item()`, `float()` "
        f"and NumPy "
        "cut it off from its gradient",
    )
    wanted, got = tuple(shape), tuple(answer.shape)
    if wanted == () and got != ():
        refuse(
            f"your function returns a tensor of shape {got}, one number per example: take the mean over them"
        )
    expect(got == wanted, f"your function returns a tensor of shape {got}; shape {wanted} is wanted")
    return answer


def same(a: Tensor, b: Tensor, tolerance: float = 1e-5) -> bool:
    """Whether two tensors agree within a tolerance relative to the largest entry of b; NaN never agrees."""
    a, b = a.detach().double(), b.detach().double()
    scale = max(float(b.abs().max()), 1e-12)
    return bool(torch.isfinite(a).all()) and float((a - b).abs().max()) <= tolerance * scale
