"""What all plots share: a figure, its colors and markers, and its axes.

Conventions: class 0 is an orange cross, class 1 a blue disc; further classes have markers of their
own. Colors are those of Okabe and Ito [1]_, which readers with any common color vision deficiency
can tell apart.

References
----------
.. [1] M. Okabe and K. Ito, "Color Universal Design", 2008, https://jfly.uni-koeln.de/color/.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import ArrayLike

from gradatim.drawing.words import shorten

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

INK, GRAY = "#1f1e1b", "#6a665e"
COLORS = ("#b35806", "#2166ac", "#117733", "#aa4499", "#56b4e9", "#e69f00", "#000000")
#: Backgrounds of the classes, in the order of `COLORS`.
SHADES = ("#f6dcc3", "#cfe0f1", "#cfe6d5", "#ead0e4", "#d9effb", "#f8e6bf", "#dddddd")
DASHES = (0, (5, 3))
MARKERS = ("X", "o", "s", "^", "D", "v", "P")

# A part of a region that is thinner, as a share of the picture, has no room for a name.
_LEAST_DEPTH = 0.04
# Height and width around a sample where no name is written, as shares of the picture.
_ROOM = (0.1, 0.12)


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


def space_axes(result: Figure) -> Any:
    """Return axes of three dimensions."""
    # Registers the projection "3d".
    import mpl_toolkits.mplot3d  # noqa: F401  # pyright: ignore[reportUnusedImport]

    axes = result.add_subplot(projection="3d")
    axes.tick_params(colors=GRAY, labelsize=8)
    return axes


def draw_plane(axes: Any, weight: np.ndarray, bias: float, ends: ArrayLike, n: int) -> None:
    """Draw where w x + w0 = 0 in a box of `ends` (3, 2), from n x n points; nothing without w."""
    low, high = np.asarray(ends, dtype=float).T
    # The axis that the plane is least parallel to, in the units of the page.
    last = int(np.abs(weight * (high - low)).argmax())
    if not weight[last]:
        return
    others = [i for i in range(3) if i != last]
    first, second = np.meshgrid(*(np.linspace(low[i], high[i], n) for i in others))
    third = -(weight[others[0]] * first + weight[others[1]] * second + bias) / weight[last]
    third = np.where((third < low[last]) | (third > high[last]), np.nan, third)
    surface: list[Any] = [None] * 3
    for index, values in zip([*others, last], [first, second, third], strict=True):
        surface[index] = values
    axes.plot_surface(*surface, color="#7d7a73", alpha=0.45, lw=0)


def name_strip(axes: Axes, x: float, name: str, code: int, **style: Any) -> None:
    """Write the name of a class into its part of a line, below the points."""
    color = COLORS[code % len(COLORS)]
    axes.text(x, -0.75, shorten(name, 14), ha="center", color=color, fontweight="bold", **style)


def markers(index: int) -> dict[str, Any]:
    """Return color and marker of a class."""
    return {"color": COLORS[index % len(COLORS)], "marker": MARKERS[index % len(MARKERS)]}


def class_edge(index: int = 1, *, closed: bool) -> dict[str, Any]:
    """Return the style of the edge of a class: in its color where the edge itself is that class.

    A point on the edge then lies on its own class, and not on a border between two.
    """
    return {"color": COLORS[index], "ls": "-"} if closed else {"color": INK, "ls": DASHES}


def label_regions(
    axes: Axes,
    columns: np.ndarray,
    rows: np.ndarray,
    found: np.ndarray,
    names: Sequence[str],
    samples: np.ndarray,
) -> None:
    """Write into each part of each region which class it is, away from edges and samples.

    `columns` (n,) and `rows` (m,) are the grid on which `found` (m, n) is the class; `samples` is
    (n_samples, 2).
    """
    from scipy.ndimage import distance_transform_edt, label, maximum_filter

    size = min(found.shape)
    taken = np.zeros(found.shape, dtype=bool)
    places = [
        np.rint((values - grid[0]) / (grid[-1] - grid[0]) * (len(grid) - 1))
        for grid, values in zip((rows, columns), samples.T[::-1], strict=True)
    ]
    inside = np.all([(p >= 0) & (p < n) for p, n in zip(places, found.shape, strict=True)], axis=0)
    taken[tuple(p[inside].astype(int) for p in places)] = True
    window = [int(share * n) | 1 for share, n in zip(_ROOM, found.shape, strict=True)]
    free = np.logical_not(maximum_filter(taken, window))
    for k, name in enumerate(names):
        # A name is wider than it is high, and needs more room to its sides.
        scale = (1.0, 1.0 / max(1.0, 0.6 * len(shorten(name, 14))))
        parts, n_parts = label(found == k)  # pyright: ignore[reportGeneralTypeIssues]
        for part in range(1, n_parts + 1):
            inside = np.pad(parts == part, 1)
            # Free places first; where samples are everywhere, the middle of the part.
            for allowed in (np.pad(free, 1) & inside, inside):
                depth = np.asarray(distance_transform_edt(allowed, scale))
                if depth.max() >= _LEAST_DEPTH * size:
                    break
            else:
                continue
            i, j = np.unravel_index(int(depth.argmax()), depth.shape)
            axes.text(
                columns[j - 1], rows[i - 1], shorten(name, 14), ha="center", va="center",
                fontsize=10, fontweight="bold", color=COLORS[k % len(COLORS)], zorder=6,
            )  # fmt: skip
