"""Two classes of points with what separates them, or with the points that prove nothing does.

Conventions: the axes follow the points, each in its own scale; the negative class is an orange
cross, the positive one a blue disc. One plane is drawn, a solid line with its sides shaded and
named: the
widest one if it is known, whose lines of score -1 and +1, on which the nearest points lie, are
dashed. Its equation has digits enough to be right for every point. The points of a witness are
ringed, their hulls are drawn, and a star is the point that is in both.
"""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from itertools import combinations
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import ArrayLike

from gradatim._text import name_inputs, number_text
from gradatim.drawing.figure import settled
from gradatim.drawing.plots._style import (
    COLORS,
    GRAY,
    INK,
    SHADES,
    draw_plane,
    figure,
    label_regions,
    markers,
    name_strip,
    number_line,
    space_axes,
    tidy,
)
from gradatim.drawing.words import format_number, shorten, zero_equation
from gradatim.errors import ShapeError, SpecError
from gradatim.network.graph import Network

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

_WORDS = {1: "point", 2: "line", 3: "plane"}
# Rings of a witness are labeled up to this many points.
_MOST_NAMES = 8
# Places along each axis among which a name is placed.
_RESOLUTION = 120
_FEWEST_DIGITS, _MOST_DIGITS = 3, 17


def plot_separation(
    X: ArrayLike,
    y: Sequence[Hashable],
    classes: tuple[Hashable, Hashable],
    *,
    plane: Network | None = None,
    widest: Network | None = None,
    witness: tuple[Sequence[int], Sequence[int]] | None = None,
    common: Sequence[float] = (),
    input_names: Sequence[str] = (),
    ids: Sequence[str] = (),
) -> Figure:
    """Plot two classes with a separating plane, or with a witness that there is none.

    Parameters
    ----------
    X : array-like of shape (n_samples, n_features)
        Points of one to three dimensions.
    y : sequence of hashable of length n_samples
        Their labels; whatever is not the positive class is the negative one.
    classes : (hashable, hashable)
        The negative and the positive class.
    plane : Network, optional
        One unit; where it is 0 is drawn.
    widest : Network, optional
        One unit whose nearest points have scores of -1 and +1, drawn in the place of `plane`.
    witness : (sequence of int, sequence of int), optional
        Rows of the negative and of the positive class whose hulls meet.
    common : sequence of float, optional
        Where they meet.
    input_names : sequence of str, optional
        Names of the axes.
    ids : sequence of str, optional
        Names of the rows.

    Returns
    -------
    matplotlib.figure.Figure
        A number line, a plane or a space.

    Raises
    ------
    SpecError
        If there are more than three dimensions.
    ShapeError
        If `X` and `y` do not fit each other.

    Examples
    --------
    >>> X = [[0, 0], [0, 1], [1, 0], [1, 1]]
    >>> plot = plot_separation(X, [0, 1, 1, 0], (0, 1), witness=([0, 3], [1, 2]), common=(0.5, 0.5))
    >>> plot.axes[0].get_title()
    'four points prove that no line separates'
    """
    points = np.asarray(X, dtype=float)
    if points.ndim != 2 or len(points) != len(y) or not len(points):
        raise ShapeError(f"X must be (n_samples, n_features) with {len(y)} rows")
    if not 1 <= points.shape[1] <= 3:
        raise SpecError(
            f"points of {points.shape[1]} columns cannot be drawn; name one to three with --columns"
        )
    sides = np.array([label == classes[1] for label in y])
    names = name_inputs(input_names, points.shape[1])
    drawn = plane if widest is None else widest
    # Of two equations of one plane the first is shorter.
    title = _title(points, plane if _are_one(plane, widest) else drawn, witness)
    with settled():
        result, axes = _axes(points, names)
        _draw_planes(axes, points, drawn, with_margins=widest is not None)
        if drawn is not None and points.shape[1] < 3:
            _label_sides(axes, points, drawn, [str(label) for label in classes])
        _draw_points(axes, points, sides, classes)
        if witness is not None:
            _draw_witness(axes, points, witness, np.asarray(common, dtype=float), list(ids))
        axes.set_title(title, fontsize=10, color=INK)
        result.legend(loc="outside lower center", ncols=4, frameon=False, fontsize=9)
    result.set_label(_in_words(title, points, sides, classes, drawn, witness, common))
    return result


def _title(points: np.ndarray, plane: Network | None, witness: Any) -> str:
    n_features = points.shape[1]
    if witness is not None:
        n_points = len(witness[0]) + len(witness[1])
        if n_points == 2:
            return f"one point with two labels: no {_WORDS[n_features]} separates"
        number = ("three", "four", "five")[n_points - 3]
        return f"{number} points prove that no {_WORDS[n_features]} separates"
    if plane is not None:
        return _equation(points, plane)
    return "two classes"


def _equation(points: np.ndarray, plane: Network) -> str:
    """Write the equation of a plane with the fewest digits that keep every point on its side."""
    weight, bias = _numbers(plane)
    sides = np.sign(points @ weight + bias)
    digits = _MOST_DIGITS
    for digits in range(_FEWEST_DIGITS, _MOST_DIGITS + 1):
        *short, last = (float(number_text(value, digits)) for value in [*weight, bias])
        if (np.sign(points @ short + last) == sides).all():
            break
    names = [shorten(name, 14) for name in plane.input_names]
    return zero_equation([*zip(weight.tolist(), names, strict=True), (bias, "")], digits)


def _axes(points: np.ndarray, names: Sequence[str]) -> tuple[Figure, Axes]:
    n_features = points.shape[1]
    result = figure(*{1: (6.4, 2.1), 2: (5.2, 4.8), 3: (5.4, 5.0)}[n_features])
    low, high = _limits(points)
    if n_features == 3:
        axes: Any = space_axes(result)
        axes.set(zlim=(low[2], high[2]), zlabel=shorten(names[2]))
    else:
        axes = result.subplots()
    axes.set(xlim=(low[0], high[0]), xlabel=shorten(names[0]))
    if n_features == 1:
        axes.set_ylim(-1, 1)
        number_line(axes)
        return result, axes
    axes.set(ylim=(low[1], high[1]), ylabel=shorten(names[1]))
    if n_features == 2:
        tidy(axes)
    return result, axes


def _limits(points: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    low, high = points.min(axis=0), points.max(axis=0)
    margin = 0.12 * (high - low)
    margin[margin == 0] = np.maximum(np.abs(low[margin == 0]) * 0.1, 1.0)
    return low - margin, high + margin


def _draw_planes(
    axes: Any, points: np.ndarray, plane: Network | None, *, with_margins: bool
) -> None:
    low, high = _limits(points)
    if plane is None:
        return
    if points.shape[1] == 3:
        draw_plane(axes, *_numbers(plane), np.stack([low, high], axis=1), 33)
        return
    _shade(axes, plane, low, high)
    _line(axes, plane, 0.0, {"color": INK, "lw": 1.7})
    for score in (-1.0, 1.0) if with_margins else ():
        _line(axes, plane, score, {"color": GRAY, "lw": 1.0, "ls": (0, (5, 3))})


def _numbers(network: Network) -> tuple[np.ndarray, float]:
    return network.layers[0].weight[0], float(network.layers[0].bias[0])


def _are_one(plane: Network | None, other: Network | None) -> bool:
    """Tell whether two units have one plane."""
    if plane is None or other is None:
        return False
    a, b = (np.append(*_numbers(unit)) for unit in (plane, other))
    return bool(np.allclose(a / np.linalg.norm(a), b / np.linalg.norm(b), rtol=1e-12, atol=0))


def _line(axes: Any, network: Any, score: float, style: dict[str, Any]) -> None:
    """Draw where a unit of one or two inputs has a score."""
    weight, bias = _numbers(network)
    if len(weight) == 1 or not weight[1]:
        axes.axvline((score - bias) / weight[0], **style)
        return
    axes.axline((0.0, (score - bias) / weight[1]), slope=-weight[0] / weight[1], **style)


def _shade(axes: Any, network: Network, low: np.ndarray, high: np.ndarray) -> None:
    weight, bias = _numbers(network)
    if len(weight) == 1:
        cut = float(np.clip(-bias / weight[0], low[0], high[0]))
        left = int(weight[0] < 0)
        axes.axvspan(low[0], cut, color=SHADES[left], lw=0)
        axes.axvspan(cut, high[0], color=SHADES[1 - left], lw=0)
        return
    columns, rows = np.meshgrid([low[0], high[0]], [low[1], high[1]])
    scores = weight[0] * columns + weight[1] * rows + bias
    # A linear function is drawn exactly from the four corners.
    ends = [min(scores.min(), -1e-300), 0.0, max(scores.max(), 1e-300)]
    axes.contourf(columns, rows, scores, levels=ends, colors=SHADES[:2])


def _label_sides(axes: Any, points: np.ndarray, network: Network, names: list[str]) -> None:
    """Write into both sides of a point or line which class they are."""
    weight, bias = _numbers(network)
    low, high = _limits(points)
    if len(weight) == 1:
        cut = -bias / weight[0]
        for end, side in ((low[0], int(weight[0] < 0)), (high[0], int(weight[0] > 0))):
            if low[0] < cut < high[0]:
                name_strip(axes, (cut + end) / 2, names[side], side, va="center", fontsize=10)
        return
    columns, rows = (np.linspace(*ends, _RESOLUTION) for ends in zip(low, high, strict=True))
    found = (weight[0] * columns + weight[1] * rows[:, None] + bias >= 0).astype(int)
    label_regions(axes, columns, rows, found, names, points)


def _columns(points: np.ndarray, height: float = 0.0) -> list[np.ndarray]:
    return [points[:, 0], np.full(len(points), height)] if points.shape[1] == 1 else list(points.T)


def _draw_points(
    axes: Any, points: np.ndarray, sides: np.ndarray, classes: tuple[Hashable, Hashable]
) -> None:
    size = 36 if len(points) <= 400 else 12
    for index, label in enumerate(classes):
        chosen = points[sides == bool(index)]
        axes.scatter(
            *_columns(chosen, 0.12 * (1 if index else -1)),
            **markers(index),
            s=size,
            edgecolor="white",
            lw=0.5,
            label=shorten(str(label)),
            zorder=5,
        )


def _draw_witness(
    axes: Any,
    points: np.ndarray,
    witness: tuple[Sequence[int], Sequence[int]],
    common: np.ndarray,
    ids: list[str],
) -> None:
    for index, rows in enumerate(witness):
        corners, height = points[list(rows)], 0.12 * (1 if index else -1)
        columns = _columns(corners, height)
        for i, k in combinations(range(len(corners)), 2):
            ends = [[column[i], column[k]] for column in columns]
            axes.plot(*ends, color=COLORS[index], lw=2.0, alpha=0.8, zorder=4)
        axes.scatter(*columns, s=110, facecolor="none", edgecolor=INK, lw=1.3, zorder=6)
    if len(common):
        axes.scatter(
            *_columns(common[None, :]),
            marker="*",
            s=170,
            color="#000000",
            edgecolor="white",
            lw=0.8,
            label="in both hulls",
            zorder=8,
        )
    rows = [*witness[0], *witness[1]]
    if ids and len(rows) <= _MOST_NAMES and points.shape[1] == 2:
        places: dict[tuple[float, ...], list[str]] = {}
        for row in rows:
            places.setdefault(tuple(points[row].tolist()), []).append(shorten(ids[row], 14))
        for place, names in places.items():
            axes.annotate(
                ", ".join(names),
                place,
                (8, 6),
                textcoords="offset points",
                fontsize=8,
                color=INK,
                zorder=9,
            )


def _in_words(
    title: str,
    points: np.ndarray,
    sides: np.ndarray,
    classes: tuple[Hashable, Hashable],
    plane: Network | None,
    witness: tuple[Sequence[int], Sequence[int]] | None,
    common: Sequence[float],
) -> str:
    counts = f"{(~sides).sum()} points of {classes[0]} and {sides.sum()} of {classes[1]}"
    text = f"Two classes of points: {title}\n{counts}."
    if plane is not None and witness is None:
        text += f" {classes[1]} is where {title.partition(' = 0')[0]} is positive."
    if witness is not None:
        where = ", ".join(format_number(float(value)) for value in common)
        for rows, label in zip(witness, classes, strict=True):
            corners = "; ".join(
                "(" + ", ".join(format_number(value) for value in points[row]) + ")"
                for row in list(rows)[:_MOST_NAMES]
            )
            text += f" The hull of {label} at {corners} holds ({where})."
    return text
