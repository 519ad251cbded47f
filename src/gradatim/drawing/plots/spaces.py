"""The x-space beside z-space: what a layer of hidden units does to a line (the lecture's L12, L13).

Conventions: z is the weighted sum that enters the output unit, without its w0, so the hyperplane
is the one number z = -w0 and the whole left part is a graph of z over x. Each side is
shaded as the class of its points. The hyperplane has the color of the upper class where it belongs
to it, so that points on it lie on their class, and is dashed where the sign is 0 on it. Where a
unit jumps, the graph is broken and a disc shows the value on the jump itself.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from functools import partial
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import ArrayLike

from gradatim.drawing.figure import settled
from gradatim.drawing.plots._style import (
    COLORS,
    DASHES,
    GRAY,
    INK,
    SHADES,
    class_edge,
    figure,
    markers,
    number_line,
    tidy,
)
from gradatim.drawing.words import format_number, shorten, signed
from gradatim.errors import ShapeError, SpecError
from gradatim.network.evaluate import forward
from gradatim.network.graph import Network

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

_JUMPING = ("heaviside", "sign")
_STEP_WIDTH = 1.6
_FAR = 1e9
# A side that is thinner, as a share of the picture, has no room for a name.
_LEAST_SIDE = 0.1


def plot_spaces(network: Network, x: ArrayLike, y: Sequence[Hashable]) -> Figure:
    """Plot a labeled line before and after the hidden layer of a network.

    Parameters
    ----------
    network : Network
        One input and one hidden layer. With one output, its z-space is a line; with several,
        each hidden unit is shown by itself.
    x : array-like of shape (n_samples,)
        Points of the line.
    y : sequence of hashable of length n_samples
        Their labels.

    Returns
    -------
    matplotlib.figure.Figure
        Above z over x, below the line x, on the right the line z, with the hyperplane in each.

    Raises
    ------
    SpecError
        If the network has several inputs, or not one hidden layer.
    ShapeError
        If there is not one label per point.

    Examples
    --------
    >>> from gradatim.network.graph import Layer
    >>> hidden = Layer([[-1.0], [1.0]], [50.0, -100.0], "step")
    >>> network = Network([hidden, Layer([[1.0, 1.0]], [-1.0], "step")])
    >>> [axes.get_title() for axes in plot_spaces(network, [20, 75, 130], [1, 0, 1]).axes]
    ['x-space', '', 'z-space']
    """
    if network.n_inputs != 1 or network.depth != 2:
        raise SpecError("x-space and z-space are drawn for one input and one hidden layer")
    points, labels = np.asarray(x, dtype=float), list(y)
    if points.ndim != 1 or len(points) != len(labels) or not len(points):
        raise ShapeError(f"{points.shape} points and {len(labels)} labels; give each point one")
    with settled():
        several = network.n_outputs > 1
        result = figure(6.4 if several else 7.2, 3.6)
        grid = result.add_gridspec(2, 1 if several else 2, **_ratios(several))
        over, line = result.add_subplot(grid[0, 0]), result.add_subplot(grid[1, 0])
        line.sharex(over)
        _over_x(over, network, points, labels)
        _x_line(line, network, points, labels)
        if not several:
            beside = result.add_subplot(grid[0, 1], sharey=over)
            _z_line(beside, network, points, labels)
        handles, names = line.get_legend_handles_labels()
        result.legend(
            handles, names, loc="outside lower center", ncols=6, frameon=False, fontsize=9
        )
    result.set_label(_in_words(network, points, labels))
    return result


def _ratios(several: bool) -> dict[str, list[int]]:
    return {"height_ratios": [5, 1]} | ({} if several else {"width_ratios": [4, 1]})


def _thresholds(network: Network, unit: int | None = None) -> np.ndarray:
    """Return where the hidden units, or one of them, change, in ascending order."""
    weight, bias = network.layers[0].weight[:, 0], network.layers[0].bias
    rows = np.flatnonzero(weight)
    rows = rows if unit is None else rows[rows == unit]
    return np.unique(-bias[rows] / weight[rows])


def _z(network: Network, x: np.ndarray) -> np.ndarray:
    """Return what enters the first output unit, without its w0."""
    return forward(network, x[:, None]).pre_activations[1][:, 0] - network.layers[1].bias[0]


def _range(network: Network, points: np.ndarray) -> tuple[float, float]:
    shown = np.concatenate([points, _thresholds(network)])
    margin = 0.12 * (shown.max() - shown.min()) or 1.0
    return float(shown.min() - margin), float(shown.max() + margin)


def _over_x(axes: Axes, network: Network, points: np.ndarray, labels: list[Hashable]) -> None:
    low, high = _range(network, points)
    axes.set_xlim(low, high)
    tidy(axes)
    axes.tick_params(labelbottom=False)
    axes.set_title("x-space", fontsize=10)
    if network.n_outputs > 1:
        _each_unit(axes, network, low, high)
        return
    _steps(axes, network, partial(_z, network), _thresholds(network), low, high)
    z = _z(network, points)
    for index, (_, chosen) in enumerate(_by_label(labels)):
        axes.scatter(points[chosen], z[chosen], **markers(index), s=26, zorder=3, lw=0)
    hyperplane = -float(network.layers[1].bias[0])
    _draw_hyperplane(axes, network, points, labels)
    axes.set_ylabel(f"z = {_sum_of_units(network)}", fontsize=9)
    values = np.append(_z(network, np.linspace(low, high, 1001)), hyperplane)
    margin = 0.2 * float(np.ptp(values)) or 1.0
    axes.set_ylim(values.min() - margin, values.max() + margin)
    _label_sides(axes, network, points, labels)
    if np.allclose(values, values.round()):
        axes.set_yticks(np.arange(values.min(), values.max() + 0.5))


def _sum_of_units(network: Network) -> str:
    unit = network.layers[1].units[0]
    text = signed([(w, f"h{i + 1}") for i, w in unit.weights.items()])
    return text if len(text) <= 30 else "weighted sum of the units"


def _each_unit(axes: Axes, network: Network, low: float, high: float) -> None:
    """Draw every hidden unit above the one before."""
    n_units = network.layers[0].n_out
    for j in range(n_units):
        _steps(axes, network, partial(_raised, network, j), _thresholds(network, j), low, high)
    axes.set_yticks(range(n_units), [f"h{j + 1}" for j in range(n_units)])
    axes.set_ylim(-0.6, n_units)


def _raised(network: Network, j: int, x: np.ndarray) -> np.ndarray:
    return j + 0.35 * forward(network, x[:, None]).activations[1][:, j]


def _steps(
    axes: Axes,
    network: Network,
    function: Callable[[np.ndarray], np.ndarray],
    cuts: np.ndarray,
    low: float,
    high: float,
) -> None:
    """Draw a function of x; if all units jump, one level per piece and a disc on each jump."""
    if not set(network.layers[0].activations) <= set(_JUMPING):
        x = np.linspace(low, high, 1001)
        axes.plot(x, function(x), color=GRAY, lw=_STEP_WIDTH)
        return
    for left, right in pairwise([low, *cuts, high]):
        level = float(function(np.array([(left + right) / 2]))[0])
        axes.plot([left, right], [level, level], color=GRAY, lw=_STEP_WIDTH)
    axes.plot(cuts, function(cuts), "o", ms=4, color=GRAY)


def _x_line(axes: Axes, network: Network, points: np.ndarray, labels: list[Hashable]) -> None:
    number_line(axes)
    axes.set_xlabel(network.input_names[0], fontsize=9)
    axes.set_ylim(-1, 1)
    for cut in _thresholds(network):
        axes.axvline(cut, color=INK, lw=1.2, ls=DASHES)
    for index, (label, chosen) in enumerate(_by_label(labels)):
        zeros = np.zeros(len(chosen))
        axes.scatter(
            points[chosen], zeros, **markers(index), s=34, label=str(label), zorder=3, lw=0
        )


def _z_line(axes: Axes, network: Network, points: np.ndarray, labels: list[Hashable]) -> None:
    number_line(axes, vertical=True)
    axes.set_title("z-space", fontsize=10)
    axes.tick_params(labelleft=True)
    _draw_hyperplane(axes, network, points, labels)
    z = _z(network, points)
    for index, (_, chosen) in enumerate(_by_label(labels)):
        axes.scatter(
            _spread(z[chosen]), z[chosen], **markers(index), s=34, zorder=3, lw=0, alpha=0.85
        )
    axes.set_xlim(-1, 1)
    equation = signed([(1.0, "z"), (float(network.layers[1].bias[0]), "")])
    said = f"hyperplane\n{equation} = 0"
    if _is_closed(network) and len(classes := _by_label(labels)) == 2:
        upper = classes[_sides(network, points, labels)[1]][0]
        said = f"class {shorten(str(upper), 14)}:\n{equation} ≥ 0"
    axes.set_xlabel(said, fontsize=9)


def _is_closed(network: Network) -> bool:
    """Say whether the hyperplane itself is of class 1: everywhere but where the sign is 0."""
    return network.layers[1].activations[0] != "sign"


def _sides(network: Network, points: np.ndarray, labels: list[Hashable]) -> tuple[int, int]:
    """Return the indices of the classes below the hyperplane and above or on it."""
    above = _z(network, points) + network.layers[1].bias[0] >= 0
    shares = [above[chosen].mean() for _, chosen in _by_label(labels)]
    return (1, 0) if len(shares) == 2 and shares[0] > shares[1] else (0, 1)


def _draw_hyperplane(
    axes: Axes, network: Network, points: np.ndarray, labels: list[Hashable]
) -> None:
    """Shade both sides of the hyperplane, and draw it in the color of the class it belongs to."""
    hyperplane = -float(network.layers[1].bias[0])
    sides = _sides(network, points, labels)
    # Far beyond the axes, whose limits come later and do not follow shapes.
    for side, sign in zip(sides, (-1, 1), strict=True):
        axes.axhspan(hyperplane, hyperplane + sign * _FAR, color=SHADES[side], lw=0, zorder=0)
    edge = class_edge(sides[1], closed=_is_closed(network))
    axes.axhline(hyperplane, lw=1.8, zorder=1, **edge)


def _label_sides(axes: Axes, network: Network, points: np.ndarray, labels: list[Hashable]) -> None:
    """Write into both sides which class they are."""
    known = [str(label) for label, _ in _by_label(labels)]
    if len(known) != 2:
        return
    hyperplane, ends = -float(network.layers[1].bias[0]), axes.get_ylim()
    for side, end, inwards in zip(_sides(network, points, labels), ends, (1, -1), strict=True):
        if abs(end - hyperplane) > _LEAST_SIDE * (ends[1] - ends[0]):
            axes.annotate(
                shorten(known[side], 14), (1, end), (-5, 5 * inwards), ha="right",
                va="bottom" if inwards > 0 else "top", xycoords=("axes fraction", "data"),
                textcoords="offset points", fontsize=10, fontweight="bold", color=COLORS[side],
            )  # fmt: skip


def _by_label(labels: list[Hashable]) -> list[tuple[Hashable, np.ndarray]]:
    known = sorted(set(labels), key=str)
    return [(one, np.flatnonzero([label == one for label in labels])) for one in known]


def _spread(z: np.ndarray) -> np.ndarray:
    """Put points with the same z side by side."""
    x = np.zeros(len(z))
    for value in np.unique(z):
        same = np.flatnonzero(z == value)
        x[same] = (np.arange(len(same)) - (len(same) - 1) / 2) * min(0.25, 1.4 / len(same))
    return x


def _in_words(network: Network, points: np.ndarray, labels: list[Hashable]) -> str:
    cuts = ", ".join(format_number(cut) for cut in _thresholds(network))
    text = f"A labeled line before and after {network.layers[0].n_out} hidden units\n"
    text += f"The units change at x = {cuts}."
    if network.n_outputs == 1:
        z = _z(network, points)
        for label, chosen in _by_label(labels):
            values = ", ".join(format_number(value) for value in np.unique(z[chosen]))
            text += f" Points labeled {label} have z = {values}."
        text += f" The hyperplane is z = {format_number(-float(network.layers[1].bias[0]))}"
        text += ", which belongs to the side above." if _is_closed(network) else "."
    return text
