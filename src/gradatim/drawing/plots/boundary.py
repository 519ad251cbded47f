"""The decision boundary of a network: a point, a line, a plane (the lecture's L9).

Conventions: the boundary is where the pre-activation z of the output is 0, which for a sigmoid is
the probability one half; the side with z >= 0 is class 1 and shaded blue, the other class 0 and
shaded orange. The boundary itself is class 1 and has its color, except for the sign, which is 0
there: that one is dashed. Of several outputs the largest is the class, of equal ones the first.
Each region is labeled with its class. Only the lines and planes of a single unit are computed from
its weights; other networks are evaluated on a grid.
"""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import ArrayLike

from gradatim._text import show_name
from gradatim.drawing.figure import settled
from gradatim.drawing.plots._style import (
    INK,
    SHADES,
    class_edge,
    draw_plane,
    figure,
    label_regions,
    markers,
    name_strip,
    number_line,
    space_axes,
    tidy,
)
from gradatim.drawing.words import MINUS, format_number, shorten, zero_equation
from gradatim.errors import ShapeError, SpecError
from gradatim.network.evaluate import forward
from gradatim.network.graph import Network

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

Limits = tuple[float, float]

_NAMES = {1: "point", 2: "line", 3: "plane"}
#: What the two sides of a single output are, by its activation.
_SIDES = {
    "heaviside": ("0", "1"),
    "logistic": ("0", "1"),
    "sign": (f"{MINUS}1", "1"),
    "tanh": (f"{MINUS}1", "1"),
}
_ABOVE = {True: "at least", False: "above"}
_Z_SIDES = ("z < 0", "z ≥ 0")


def plot_boundary(
    network: Network,
    X: ArrayLike | None = None,
    y: Sequence[Hashable] | None = None,
    *,
    limits: Limits | None = None,
) -> Figure:
    """Plot where a network changes its mind.

    Parameters
    ----------
    network : Network
        One or two inputs, or three if it is a single unit.
    X : array-like of shape (n_samples, n_inputs), optional
        Samples to be shown.
    y : sequence of hashable of length n_samples, optional
        Their labels; each different one gets a color and a marker. If there are as many as
        classes, they name the regions, in ascending order.
    limits : (float, float), optional
        Smallest and largest input on every axis; by default each axis has the range of its
        samples or, without samples, all have one that holds the boundary.

    Returns
    -------
    matplotlib.figure.Figure
        A number line, a plane or a space.

    Raises
    ------
    SpecError
        If the network has no input, more than three, or three and several outputs or hidden
        units, or the limits are not in order.
    ShapeError
        If `X` or `y` do not fit.

    Examples
    --------
    >>> from gradatim.network.graph import Layer
    >>> plot = plot_boundary(Network([Layer([[1.0]], [-2.5], "sigmoid")]))
    >>> plot.axes[0].get_title().replace("\N{MINUS SIGN}", "-")
    'x1 - 2.5 = 0'
    """
    _check(network)
    samples = _samples(network, X, y)
    if limits is not None and not limits[0] < limits[1]:
        low, high = limits
        raise SpecError(f"the axes cannot go from {low} to {high}; give the smaller number first")
    ends = [limits] * network.n_inputs if limits else _limits(network, samples[0])
    classes = _classes(network, samples[1])
    draw = {1: _point, 2: _line, 3: _plane}[network.n_inputs]
    with settled():
        result = figure(*{1: (6.0, 1.8), 2: (4.6, 4.4), 3: (5.0, 4.6)}[network.n_inputs])
        axes = draw(result, network, ends, classes, samples[0])
        _scatter(axes, *samples, classes)
        _legend(result, axes, network, classes)
        axes.set_title(_equation(network), fontsize=10, color=INK)
    result.set_label(_in_words(network, ends, classes))
    return result


def _check(network: Network) -> None:
    if not network.n_inputs:
        raise SpecError("a boundary needs an input; this network reads none")
    if network.n_inputs > 3 or (network.n_inputs == 3 and sum(network.layer_sizes[1:]) > 1):
        hidden = " and hidden units" if network.depth > 1 else ""
        hidden = hidden or (" and several outputs" if network.n_outputs > 1 else "")
        raise SpecError(
            f"no boundary can be drawn for {network.n_inputs} inputs{hidden}; take at most two "
            "inputs, or three and a single unit"
        )


def _samples(
    network: Network, X: ArrayLike | None, y: Sequence[Hashable] | None
) -> tuple[np.ndarray, list[Hashable]]:
    samples = np.empty((0, network.n_inputs)) if X is None else np.asarray(X, dtype=float)
    if samples.ndim != 2 or samples.shape[1] != network.n_inputs:
        raise ShapeError(
            f"the network reads {network.n_inputs} inputs, so X must be "
            f"(n_samples, {network.n_inputs}), not {samples.shape}"
        )
    labels: list[Hashable] = [""] * len(samples) if y is None else list(y)
    if len(labels) != len(samples):
        raise ShapeError(f"{len(labels)} labels for {len(samples)} samples")
    return samples, labels


def _classes(network: Network, labels: Sequence[Hashable]) -> list[str]:
    """Name the classes, in the order of their codes: by the labels if these are as many."""
    own = list(network.output_names)
    if network.n_outputs == 1:
        own = list(_SIDES.get(network.layers[-1].activations[0], _Z_SIDES))
    known = _in_order(labels)
    return known if len(known) == len(own) and not set(known) <= set(own) else own


def _in_order(labels: Sequence[Hashable]) -> list[str]:
    """Return each different label once, in ascending order, of numbers if they are numbers."""
    known = {_written(label): label for label in labels if label != ""}
    try:
        return sorted(known, key=lambda text: float(text.replace(MINUS, "-")))
    except ValueError:
        return sorted(known)


def _written(label: Hashable) -> str:
    """Write a label; numbers as they are written in the picture."""
    try:
        return format_number(float(str(label)))
    except ValueError:
        return str(label)


def _is_closed(network: Network) -> bool:
    """Say whether the boundary itself is of class 1."""
    return network.layers[-1].activations[0] != "sign"


def _limits(network: Network, samples: np.ndarray) -> list[Limits]:
    """Return the range of each axis.

    Samples in a plane or a space may have very different units. A single axis, and axes without
    samples, also hold the boundaries of all units of the first layer.
    """
    if len(samples) and network.n_inputs > 1:
        return [_widened(column) for column in samples.T]
    layer = network.layers[0]
    lengths = np.linalg.norm(layer.weight, axis=1)
    feet = -layer.bias[lengths > 0, None] * layer.weight[lengths > 0]
    feet = feet / lengths[lengths > 0, None] ** 2
    origin = np.zeros(0 if len(samples) else 1)
    shown = np.concatenate([feet.ravel(), samples.ravel(), origin])
    return [_widened(shown, least=0.0 if len(samples) else 1.0)] * network.n_inputs


def _widened(values: np.ndarray, least: float = 0.0) -> Limits:
    low, high = float(values.min()), float(values.max())
    margin = max(0.3 * (high - low), least) or 1.0
    return low - margin, high + margin


def _codes(network: Network, X: np.ndarray) -> np.ndarray:
    """Return the number of the class of each input (n, n_inputs)."""
    trace = forward(network, X)
    if network.n_outputs == 1:
        return (trace.pre_activations[-1][:, 0] >= 0).astype(int)
    # Outputs that are 1 in floating point have pre-activations that differ.
    same = len(set(network.layers[-1].activations)) == 1
    return (trace.pre_activations if same else trace.activations)[-1].argmax(axis=1)


def _equation(network: Network) -> str:
    if network.n_outputs > 1:
        return "the class is the largest output"
    if network.depth > 1:
        return "z = 0 at the output"
    unit = network.layers[0].units[0]
    terms = [(w, network.input_names[i]) for i, w in unit.weights.items()]
    return zero_equation([*terms, (unit.bias, "")])


def _in_words(network: Network, ends: Sequence[Limits], classes: Sequence[str]) -> str:
    several = network.n_outputs > 1
    kind = f"{network.n_outputs} classes" if several else f"a {_NAMES[network.n_inputs]}"
    spans = [f"from {format_number(low)} to {format_number(high)}" for low, high in ends]
    named = [f"{name} {span}" for name, span in zip(network.input_names, spans, strict=True)]
    where = spans[0] if len(set(ends)) == 1 else ", ".join(named)
    text = f"Decision boundary of a network: {kind}\n{_equation(network)}, {where}."
    if network.n_inputs == 1:
        roots, codes = _changes(network, *ends[0])
        points = ", ".join(map(format_number, roots))
        where = f"at {network.input_names[0]} = {points}" if points else "nowhere"
        text += f" From left to right: {', '.join(show_name(classes[k]) for k in codes)}."
        text += f" The class changes {where}."
    elif several:
        text += f" Classes: {', '.join(map(show_name, classes))}."
    elif classes[1] != _Z_SIDES[1]:
        text += f" Class {show_name(classes[1])} is where z is {_ABOVE[_is_closed(network)]} 0."
    return text


def _changes(network: Network, low: float, high: float) -> tuple[list[float], list[int]]:
    """Find where the class changes, by halving intervals of a grid, and the classes between."""
    grid = np.linspace(low, high, 4001)
    codes = _codes(network, grid[:, None])
    changes = np.flatnonzero(codes[1:] != codes[:-1])
    left, right, start = grid[changes], grid[changes + 1], codes[changes]
    for _ in range(60):
        middle = (left + right) / 2
        stays = _codes(network, middle[:, None]) == start
        left, right = np.where(stays, middle, left), np.where(stays, right, middle)
    roots = (left + right) / 2
    # Halving ends near 0 and never at it.
    roots = np.where(np.abs(roots) < 1e-12 * (high - low), 0.0, roots)
    return roots.tolist(), [int(codes[0]), *codes[changes + 1].tolist()]


def _point(
    result: Figure,
    network: Network,
    ends: Sequence[Limits],
    classes: Sequence[str],
    samples: np.ndarray,
) -> Axes:
    axes, [(low, high)] = result.subplots(), ends
    roots, codes = _changes(network, low, high)
    for (left, right), code in zip(pairwise([low, *roots, high]), codes, strict=True):
        axes.axvspan(left, right, color=SHADES[code % len(SHADES)], lw=0)
        name_strip(axes, (left + right) / 2, classes[code], code, fontsize=10)
    for root in roots:
        axes.axvline(root, lw=1.8, **_edge(network))
        axes.annotate(
            format_number(root), (root, 0.72), (4, 0), textcoords="offset points", fontsize=9
        )
    axes.set(xlim=(low, high), ylim=(-1, 1), xlabel=network.input_names[0])
    number_line(axes)
    return axes


def _edge(network: Network) -> dict[str, Any]:
    """Return the style of the boundary; between several classes it is nobody's."""
    if network.n_outputs > 1:
        return {"color": INK, "ls": "-"}
    return class_edge(closed=_is_closed(network))


def _line(
    result: Figure,
    network: Network,
    ends: Sequence[Limits],
    classes: Sequence[str],
    samples: np.ndarray,
) -> Axes:
    axes = result.subplots()
    xs, ys = (np.linspace(low, high, 301) for low, high in ends)
    columns, rows = np.meshgrid(xs, ys)
    codes = _codes(network, np.stack([columns.ravel(), rows.ravel()], axis=1))
    codes = codes.reshape(columns.shape)
    edge = _edge(network)
    for code in np.unique(codes).tolist():
        # One class after the other: between classes 0 and 2 there is no strip of class 1.
        inside, shade = (codes == code).astype(float), SHADES[code % len(SHADES)]
        axes.contourf(columns, rows, inside, levels=[0.5, 1.5], colors=[shade])
        if sum(network.layer_sizes[1:]) > 1 and 0 < inside.mean() < 1:
            axes.contour(
                columns, rows, inside, levels=[0.5], colors=edge["color"],
                linestyles=[edge["ls"]], linewidths=1.8,
            )  # fmt: skip
    if sum(network.layer_sizes[1:]) == 1:
        _single_line(axes, network, ends)
    label_regions(axes, xs, ys, codes, classes, samples)
    axes.set(xlim=ends[0], ylim=ends[1], aspect="equal" if ends[0] == ends[1] else "auto")
    axes.set(xlabel=network.input_names[0], ylabel=network.input_names[1])
    tidy(axes)
    return axes


def _single_line(axes: Axes, network: Network, ends: Sequence[Limits]) -> None:
    """Draw the line of one unit, and its weights as an arrow towards class 1."""
    (w1, w2), w0 = network.layers[0].weight[0], network.layers[0].bias[0]
    length = float(np.hypot(w1, w2))
    if not length:
        return
    foot = -w0 * np.array([w1, w2]) / length**2
    axes.axline(tuple(foot), slope=-w1 / w2 if w2 else np.inf, lw=1.8, **_edge(network))
    if ends[0] != ends[1]:
        # Only where both axes have one scale does the arrow stand upright on the line.
        return
    low, high = ends[0]
    tip = foot + 0.15 * (high - low) * np.array([w1, w2]) / length
    axes.annotate(
        "", tuple(tip), tuple(foot), arrowprops={"arrowstyle": "->", "color": INK, "lw": 1.4}
    )
    axes.annotate("w", tuple(tip), (5, 3), textcoords="offset points", color=INK, fontsize=9)


def _plane(
    result: Figure,
    network: Network,
    ends: Sequence[Limits],
    classes: Sequence[str],
    samples: np.ndarray,
) -> Axes:
    axes = space_axes(result)
    draw_plane(axes, network.layers[0].weight[0], network.layers[0].bias[0], ends, 25)
    names = network.input_names
    axes.set(xlim=ends[0], ylim=ends[1], zlim=ends[2])
    axes.set(xlabel=names[0], ylabel=names[1], zlabel=names[2])
    # Smaller, because layouts leave no room for the name of the third axis.
    axes.set_box_aspect(None, zoom=0.85)
    return axes


def _scatter(
    axes: Axes, samples: np.ndarray, labels: list[Hashable], classes: Sequence[str]
) -> None:
    """Draw samples, with the color and marker of their class if their labels are classes."""
    written = [_written(label) for label in labels]
    known = _in_order(labels) or [""] * bool(labels)
    order = classes if set(known) <= set(classes) else known
    for label in known:
        rows = samples[[one == label for one in written]]
        columns = list(rows.T) if rows.shape[1] > 1 else [rows[:, 0], np.zeros(len(rows))]
        index = order.index(label)
        axes.scatter(
            *columns, **markers(index), s=36, edgecolor="white", lw=0.6, label=shorten(label),
            zorder=5,
        )  # fmt: skip


def _legend(result: Figure, axes: Axes, network: Network, classes: Sequence[str]) -> None:
    """Say what the markers are, and whose the boundary is."""
    from matplotlib.lines import Line2D

    handles: list[Any] = [
        handle for handle, label in zip(*axes.get_legend_handles_labels(), strict=True) if label
    ]
    if network.n_outputs == 1 and network.n_inputs < 3:
        belongs = _is_closed(network) and classes[1] != _Z_SIDES[1]
        whose = f"z = 0 belongs to {shorten(classes[1])}" if belongs else "z = 0"
        handles.append(Line2D([], [], lw=1.8, label=whose, **_edge(network)))
    if handles:
        result.legend(
            handles=handles, loc="outside lower center", ncols=6, frameon=False, fontsize=9
        )
