"""What all plots share: a figure, its colors and markers, and its axes.

Conventions: class 0 is an orange cross, class 1 a blue disc; further classes have markers of their
own. Colors are those of Okabe and Ito [1]_, which readers with any common color vision deficiency
can tell apart.

References
----------
.. [1] M. Okabe and K. Ito, "Color Universal Design", 2008, https://jfly.uni-koeln.de/color/.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

__all__ = ["COLORS", "GRAY", "INK", "MARKERS", "figure", "markers", "number_line", "tidy"]

INK, GRAY = "#1f1e1b", "#6a665e"
COLORS = ("#b35806", "#2166ac", "#117733", "#aa4499", "#56b4e9", "#e69f00", "#000000")
MARKERS = ("X", "o", "s", "^", "D", "v", "P")


def figure(width: float, height: float) -> Figure:
    """Make an empty figure; to be called inside `settled`."""
    from matplotlib.figure import Figure

    return Figure((width, height), dpi=96, facecolor="white", layout="constrained")


def tidy(axes: Axes) -> None:
    """Leave out what says nothing: the upper and right frame, and strong ticks."""
    axes.spines[["top", "right"]].set_visible(False)
    axes.spines[["left", "bottom"]].set_color(GRAY)
    axes.tick_params(colors=GRAY, labelsize=8, length=3)


def number_line(axes: Axes, *, vertical: bool = False) -> None:
    """Turn axes into a number line."""
    tidy(axes)
    axes.spines["bottom" if vertical else "left"].set_visible(False)
    if vertical:
        axes.set_xticks([])
    else:
        axes.set_yticks([])


def markers(index: int) -> dict[str, Any]:
    """Return color and marker of a class."""
    return {"color": COLORS[index % len(COLORS)], "marker": MARKERS[index % len(MARKERS)]}
