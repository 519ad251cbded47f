"""The lab in a notebook: JupyterLab, marimo and whatever else shows an anywidget.

Conventions: the widget is the page in a frame. Its state is the text of a link, which the page and
Python may both change; without anywidget (the extra ``notebook``) the page is shown all the same,
and tells nothing back.
"""

from __future__ import annotations

from functools import cache
from html import escape
from importlib.resources import files
from importlib.util import find_spec
from typing import Any

from gradatim.collection import Collection
from gradatim.exercises import make_exam
from gradatim.lab.lesson import Lesson, lesson_of
from gradatim.lab.page import render_lab
from gradatim.network import parse
from gradatim.network.graph import Network


def lab_widget(
    thing: str | Network | Collection | Lesson | None = None,
    *,
    questions: int = 0,
    seed: int = 0,
    height: int = 900,
) -> Any:
    """Return the lab as a widget of a notebook.

    What is changed in it can be read in Python, and the other way round: ``state`` is the text of a
    link, ``equation`` and ``network`` are what is shown.

    Parameters
    ----------
    thing : str, Network, Collection or Lesson, optional
        An equation or a problem such as ``"xor"``, a network, rows with classes, or what
        `gradatim.lab` made of them; the lecture's neuron unless given.
    questions : int, default 0
        How many questions it asks, at most 100.
    seed : int, default 0
        Seed of the questions.
    height : int, default 900
        Height in pixels.

    Returns
    -------
    LabWidget or LabFrame
        A widget with the traits ``state`` and ``equation``; without anywidget the page alone, whose
        ``state`` stays empty.

    Raises
    ------
    SpecError
        If there is no such problem, or the page cannot show what was given.
    EquationError
        If the text is no equation.

    Examples
    --------
    >>> lab = lab_widget("tanh(2x1 - 1)")
    >>> lab
    Lab: tanh(2x1 - 1)
    >>> lab.network
    Network: tanh(2x1 - 1)
    """
    lesson = lesson_of(thing)
    exam = make_exam(count=questions, seed=seed) if questions else None
    given = {"title": lesson.title, "page": render_lab(lesson, exam), "height": height}
    given["equation"] = str(thing) if isinstance(thing, Network) else _equation(lesson, thing)
    return (LabFrame if find_spec("anywidget") is None else _widget_class())(**given)


def show(thing: Any, *, height: int = 900) -> Any:
    """Return what a notebook shows of a network or a result, where it stands last in a cell.

    Parameters
    ----------
    thing : Network, str, or any result
        A network or its equation, which can then be touched; results show themselves.
    height : int, default 900
        Height of the page in pixels.

    Returns
    -------
    LabWidget, LabFrame or the result
        As of `lab_widget`; anything else than a network as it is.

    Raises
    ------
    SpecError
        If the page cannot show the network.
    EquationError
        If the text is no equation.

    Examples
    --------
    >>> show("tanh(2x1 - 1)")
    Lab: tanh(2x1 - 1)
    """
    return lab_widget(thing, height=height) if isinstance(thing, (str, Network)) else thing


def _equation(lesson: Lesson, thing: Any) -> str:
    """Return the equation that was typed, if one was."""
    is_shown = "neuron" in lesson.start or "net" in lesson.start
    return str(parse(thing)) if isinstance(thing, str) and is_shown else ""


class _ShownNetwork:
    """What the widget and the frame have in common."""

    title: Any
    equation: Any

    @property
    def network(self) -> Network | None:
        """The network that is shown; None before the page has told of one."""
        return parse(self.equation) if self.equation else None

    def __repr__(self) -> str:
        return f"Lab: {self.equation or self.title}"


class LabFrame(_ShownNetwork):
    """The lab as a page in a frame, where anywidget is not installed."""

    def __init__(self, title: str, page: str, height: int, equation: str) -> None:
        self.title, self.page, self.height, self.equation = title, page, height, equation
        self.state = ""

    def _repr_html_(self) -> str:
        style = f"width: 100%; height: {self.height}px; border: 0"
        return (
            f'<iframe title="gradatim lab" style="{style}" srcdoc="{escape(self.page)}"></iframe>'
        )


@cache
def _widget_class() -> type:
    """Return the widget's class, which needs anywidget."""
    import anywidget
    import traitlets

    class LabWidget(_ShownNetwork, anywidget.AnyWidget):
        """The lab as a widget: its page, its state, the equation of what is shown."""

        _esm = files("gradatim.lab").joinpath("widget.js").read_text(encoding="utf-8")
        title = traitlets.Unicode("")
        page = traitlets.Unicode("").tag(sync=True)
        height = traitlets.Int(900).tag(sync=True)
        state = traitlets.Unicode("").tag(sync=True)
        equation = traitlets.Unicode("").tag(sync=True)

    return LabWidget
