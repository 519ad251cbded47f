"""Ways to separate classes beside each other: x-space above, the plane's space below (L10-L14).

Conventions: a column of the picture is a `Panel`. Above, the inputs, shaded by the class that the
way gives each place, with its name (one or two inputs; more are not drawn). Below, the rows in
coordinates in which the classes lie on different sides of a straight line, drawn dashed. Rings mark
rows that a panel is about. Class colors and markers are those of all plots.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import ArrayLike

from gradatim._text import name_inputs
from gradatim.drawing.figure import settled
from gradatim.drawing.plots._style import (
    COLORS,
    DASHES,
    GRAY,
    INK,
    figure,
    label_regions,
    markers,
    name_strip,
    number_line,
    tidy,
)
from gradatim.drawing.words import shorten
from gradatim.errors import ShapeError, SpecError

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure, SubFigure

__all__ = ["Panel", "plot_panels"]

_A_LINE = 4
# Even, so that a boundary half way between points of a lattice lies between two places.
_RESOLUTION = 300
# A piece of a line that is shorter, as a share of the picture, has no room for a name.
_LEAST_SHARE = 0.06


@dataclass(frozen=True, eq=False)
class Panel:
    """One way to separate classes, as a column of the picture."""

    title: str  # What stands above; several lines are possible
    # Inputs (n, n_inputs) to the number of the class of each; None if the way gives no classes
    decide: Callable[[np.ndarray], np.ndarray] | None = None
    z: np.ndarray | None = None  # (n_samples, 2): Coordinates of the rows below
    z_names: tuple[str, str] = ("", "")  # What they are; an empty name is no axis
    line: tuple[float, float, float] | None = None  # a, b, c of the dashed line a u + b v + c = 0
    curve: np.ndarray | None = None  # (n_points, 2): Where all inputs of a line lie below, in order
    ringed: Sequence[int] = ()  # Rows to be marked above
    note: str = ""  # What stands below if there are no coordinates


def plot_panels(
    X: ArrayLike,
    y: Sequence[Hashable],
    classes: Sequence[Hashable],
    panels: Sequence[Panel],
    *,
    input_names: Sequence[str] = (),
) -> Figure:
    """Plot ways to separate the classes of rows (n_samples, n_inputs) beside each other.

    Four panels per line, x-space above its other space; `classes` are in the order of their
    numbers.
    """
    rows, labels = np.asarray(X, dtype=float), list(y)
    if rows.ndim != 2 or len(rows) != len(labels) or not len(rows):
        raise ShapeError(f"X is {rows.shape}, with {len(labels)} labels; give each row one")
    if not panels:
        raise SpecError("there is nothing to show; give at least one panel")
    for panel in panels:
        if panel.z is not None and panel.z.shape != (len(rows), 2):
            raise ShapeError(f"z of {panel.title!r} is {panel.z.shape}, not ({len(rows)}, 2)")
    names = name_inputs(input_names, rows.shape[1])
    codes = np.array([list(classes).index(label) for label in labels])
    known = [str(label) for label in classes]
    lines = [panels[k : k + _A_LINE] for k in range(0, len(panels), _A_LINE)]
    heights = _heights(rows.shape[1])
    with settled():
        width = 0.3 + 2.7 * max(len(line) for line in lines)
        result = figure(max(width, 3.4), (sum(heights) + 0.5) * len(lines) + 0.4)
        parts = result.subfigures(len(lines), 1, squeeze=False).ravel()
        for part, line in zip(parts, lines, strict=True):
            columns = part.add_gridspec(1, max(len(line) for line in lines))
            for k, panel in enumerate(line):
                grid = columns[0, k].subgridspec(len(heights), 1, height_ratios=heights)
                _column(part, grid, panel, rows, codes, names, known)
        _legend(result, classes, set(codes.tolist()))
    result.set_label(_in_words(panels, rows, classes))
    return result


def _heights(n_inputs: int) -> list[float]:
    return {1: [1.0, 2.2], 2: [2.4, 2.2]}.get(n_inputs, [2.4])


def _column(
    part: SubFigure,
    grid: Any,
    panel: Panel,
    rows: np.ndarray,
    codes: np.ndarray,
    names: Sequence[str],
    classes: Sequence[str],
) -> None:
    below = part.add_subplot(grid[-1, 0])
    if rows.shape[1] <= 2:
        above = part.add_subplot(grid[0, 0])
        draw = _on_a_line if rows.shape[1] == 1 else _in_a_plane
        draw(above, panel, rows, codes, names, classes)
        above.set_title(panel.title, fontsize=9, color=INK)
    else:
        below.set_title(panel.title, fontsize=9, color=INK)
    _other_space(below, panel, codes)


def _shades(n_classes: int) -> list[str]:
    from matplotlib.colors import to_hex, to_rgb

    shades = []
    for k in range(n_classes):
        red, green, blue = (1 - 0.28 * (1 - c) for c in to_rgb(COLORS[k % len(COLORS)]))
        shades.append(to_hex((red, green, blue)))
    return shades


def _on_a_line(
    axes: Axes,
    panel: Panel,
    rows: np.ndarray,
    codes: np.ndarray,
    names: Sequence[str],
    classes: Sequence[str],
) -> None:
    low, high = _extent(rows[:, 0])
    shades = _shades(int(codes.max()) + 1)
    if panel.decide is not None:
        grid = np.linspace(low, high, 4001)
        found = panel.decide(grid[:, None])
        ends = np.flatnonzero(np.diff(found)) + 1
        starts = [0, *ends.tolist()]
        for start, end in zip(starts, [*ends.tolist(), len(grid) - 1], strict=True):
            code = int(found[start])
            axes.axvspan(grid[start], grid[end], color=shades[code], lw=0)
            if end - start > _LEAST_SHARE * len(grid):
                middle = (grid[start] + grid[end]) / 2
                name_strip(axes, middle, classes[code], code, va="center", fontsize=9)
        for end in ends:
            axes.axvline((grid[end - 1] + grid[end]) / 2, color=INK, lw=1.2, ls=DASHES)
    _scatter(axes, np.column_stack([rows[:, 0], np.zeros(len(rows))]), codes)
    _rings(axes, np.column_stack([rows[:, 0], np.zeros(len(rows))]), panel.ringed)
    number_line(axes)
    axes.set(xlim=(low, high), ylim=(-1, 1))
    axes.set_xlabel(shorten(names[0]), fontsize=8)


def _in_a_plane(
    axes: Axes,
    panel: Panel,
    rows: np.ndarray,
    codes: np.ndarray,
    names: Sequence[str],
    classes: Sequence[str],
) -> None:
    from matplotlib.colors import to_rgb

    (left, right), (bottom, top) = _extent(rows[:, 0]), _extent(rows[:, 1])
    if panel.decide is not None:
        columns, lines = np.meshgrid(
            np.linspace(left, right, _RESOLUTION), np.linspace(bottom, top, _RESOLUTION)
        )
        found = panel.decide(np.stack([columns.ravel(), lines.ravel()], axis=1))
        found = found.reshape(columns.shape).astype(int)
        # Pixels: as outlines, the shaded areas would make a file of half a megabyte.
        shades = np.array(
            [to_rgb(shade) for shade in _shades(int(max(codes.max(), found.max())) + 1)]
        )
        edges = (left, right, bottom, top)
        axes.imshow(
            shades[found],
            extent=edges,
            origin="lower",
            aspect="auto",
            interpolation="none",
            zorder=0,
        )
        if np.ptp(found) > 0:
            levels = np.arange(found.min(), found.max()) + 0.5
            axes.contour(columns, lines, found, levels=levels, colors=INK, linewidths=1.2)
        label_regions(axes, columns[0], lines[:, 0], found, classes, rows)
    _scatter(axes, rows, codes)
    _rings(axes, rows, panel.ringed)
    tidy(axes)
    axes.set(xlim=(left, right), ylim=(bottom, top))
    if 1 / 3 < (right - left) / (top - bottom) < 3:
        axes.set_aspect("equal")
    axes.set_xlabel(shorten(names[0]), fontsize=8)
    axes.set_ylabel(shorten(names[1]), fontsize=8)


def _other_space(axes: Axes, panel: Panel, codes: np.ndarray) -> None:
    if panel.z is None:
        axes.set_axis_off()
        centered = {"ha": "center", "va": "center", "transform": axes.transAxes}
        axes.text(0.5, 0.5, panel.note, fontsize=8, color=GRAY, **centered)
        return
    tidy(axes)
    if not panel.z_names[1]:
        number_line(axes)
    if panel.curve is not None:
        axes.plot(*panel.curve.T, color="#c9c5bb", lw=1.4, zorder=1)
    _scatter(axes, panel.z, codes)
    shown = panel.z if panel.curve is None else np.vstack([panel.z, panel.curve])
    low, high = _with_line(panel, *zip(_extent(shown[:, 0]), _extent(shown[:, 1]), strict=True))
    axes.set(xlim=(low[0], high[0]), ylim=(low[1], high[1]))
    if panel.line is not None:
        a, b, c = panel.line
        if b:
            axes.axline((0, -c / b), slope=-a / b, color=INK, lw=1.2, ls=DASHES, zorder=2)
        elif a:
            axes.axvline(-c / a, color=INK, lw=1.2, ls=DASHES, zorder=2)
    axes.set_xlabel(panel.z_names[0], fontsize=8)
    axes.set_ylabel(panel.z_names[1], fontsize=8)


def _with_line(
    panel: Panel, low: tuple[float, float], high: tuple[float, float]
) -> tuple[list[float], list[float]]:
    """Widen the axes so that an upright or level line is inside."""
    low_, high_ = list(low), list(high)
    if panel.line is not None:
        a, b, c = panel.line
        for k, (mine, other) in enumerate(((a, b), (b, a))):
            if mine and not other:
                span = 0.08 * (high_[k] - low_[k])
                low_[k], high_[k] = min(low_[k], -c / mine - span), max(high_[k], -c / mine + span)
    return low_, high_


def _extent(values: np.ndarray) -> tuple[float, float]:
    low, high = float(values.min()), float(values.max())
    margin = 0.1 * (high - low) or max(abs(low), 1.0)
    return low - margin, high + margin


def _scatter(axes: Axes, places: np.ndarray, codes: np.ndarray) -> None:
    size = 26 if len(places) <= 200 else 9
    for code in np.unique(codes):
        chosen = places[codes == code]
        axes.scatter(*chosen.T, **markers(int(code)), s=size, edgecolor="white", lw=0.4, zorder=3)


def _rings(axes: Axes, places: np.ndarray, ringed: Sequence[int]) -> None:
    if len(ringed):
        axes.scatter(
            *places[list(ringed)].T, s=110, facecolor="none", edgecolor=INK, lw=1.2, zorder=4
        )


def _legend(result: Figure, classes: Sequence[Hashable], present: set[int]) -> None:
    from matplotlib.lines import Line2D

    handles = [
        Line2D([], [], ls="", label=shorten(str(classes[code])), **markers(code))
        for code in sorted(present)
    ]
    handles.append(Line2D([], [], color=INK, lw=1.2, ls=DASHES, label="the plane"))
    result.legend(handles=handles, loc="outside lower center", ncols=7, frameon=False, fontsize=9)


def _in_words(panels: Sequence[Panel], rows: np.ndarray, classes: Sequence[Hashable]) -> str:
    n_inputs = rows.shape[1]
    text = f"{len(panels)} ways to separate {len(rows)} rows of {len(classes)} classes\n"
    for panel in panels:
        said = " ".join(panel.title.split())
        where = f" in {panel.z_names[0]}" if panel.z is not None else ""
        where += f" and {panel.z_names[1]}" if panel.z is not None and panel.z_names[1] else ""
        text += f"{said}: {' '.join(panel.note.split()) or 'a line separates the rows'}{where}. "
    if n_inputs > 2:
        text += f"The {n_inputs} inputs themselves are not drawn."
    return text.strip()
