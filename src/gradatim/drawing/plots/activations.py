"""Activation functions beside their derivatives (the lecture's L6).

Conventions: one panel per activation; the function is a solid line, the derivative a dashed one. A
jump is a gap with a disc on the value that the function takes there. ``softmax`` acts on a whole
layer, so its panel shows the first of two units, the other pre-activation being 0.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from gradatim.activations import ACTIVATIONS, Activation, get_activation
from gradatim.drawing.figure import settled
from gradatim.drawing.plots._style import COLORS, GRAY, figure, tidy
from gradatim.drawing.words import MINUS, format_number
from gradatim.errors import SpecError

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

__all__ = ["plot_activations"]

_MOST_COLUMNS = 4
_NEAR = 1e-9
_FUNCTION, _DERIVATIVE = COLORS[1], COLORS[0]


def plot_activations(names: Sequence[str] = (), *, low: float = -5.0, high: float = 5.0) -> Figure:
    """Plot activation functions with their derivatives.

    Parameters
    ----------
    names : sequence of str, default all
        Names or aliases of activations; all twelve of the lecture if there are none.
    low, high : float, default -5 and 5
        Pre-activations at the ends of the horizontal axis.

    Returns
    -------
    matplotlib.figure.Figure
        One panel an activation.

    Raises
    ------
    SpecError
        If an activation is unknown, or `low` is not below `high`.

    Examples
    --------
    >>> figure = plot_activations(["relu", "sigmoid"])
    >>> [axes.get_title() for axes in figure.axes]
    ['relu', 'logistic']
    """
    if not low < high:
        raise SpecError(f"the axis cannot go from {low} to {high}; give the smaller number first")
    chosen = [get_activation(name) for name in names or ACTIVATIONS]
    columns = min(len(chosen), _MOST_COLUMNS)
    rows = math.ceil(len(chosen) / columns)
    with settled():
        result = figure(max(2.3 * columns, 3.2), 1.9 * rows + 0.5)
        grid = result.subplots(rows, columns, squeeze=False).ravel()
        for axes, activation in zip(grid, chosen, strict=False):
            _panel(axes, activation, low, high)
        for axes in grid[len(chosen) :]:
            axes.remove()
        handles = result.axes[0].get_lines()[:2]
        result.legend(
            handles,
            ["activation a(z)", "derivative a\N{PRIME}(z)"],
            loc="outside lower center",
            ncols=2,
            frameon=False,
            fontsize=9,
        )
    listed = "; ".join(_in_words(activation) for activation in chosen)
    result.set_label(f"Activation functions and their derivatives\n{listed}.")
    return result


def _in_words(activation: Activation) -> str:
    return f"{activation.name}, from {_bound(activation.range[0])} to {_bound(activation.range[1])}"


def _bound(value: float) -> str:
    if math.isinf(value):
        return f"{MINUS}∞" if value < 0 else "∞"
    return format_number(value)


def _panel(axes: Axes, activation: Activation, low: float, high: float) -> None:
    z = _grid(low, high)
    a, slope = _values(activation, z)
    axes.plot(z, _broken(activation, z, a, 0), color=_FUNCTION, lw=1.8)
    axes.plot(z, _broken(activation, z, slope, 1), color=_DERIVATIVE, lw=1.6, ls=(0, (4, 2)))
    if low < 0 < high and _jumps(activation, 0):
        axes.plot([0], _values(activation, np.zeros(1))[0], "o", color=_FUNCTION, ms=4.5)
    tidy(axes)
    axes.axhline(0, color=GRAY, lw=0.5, zorder=0)
    axes.axvline(0, color=GRAY, lw=0.5, zorder=0)
    axes.set_title(activation.name, fontsize=10)
    axes.set_xlim(low, high)
    shown = np.concatenate([a, slope])
    bottom, top = max(shown.min(), -2.0), min(shown.max(), 3.0)
    margin = 0.15 * (top - bottom) or 1.0
    axes.set_ylim(bottom - margin, top + margin)


def _grid(low: float, high: float) -> np.ndarray:
    """Return pre-activations that meet 0, where some functions jump, from both sides only."""
    z = np.linspace(low, high, 400)
    around = [-_NEAR, 0.0, _NEAR] if low < 0 < high else []
    return np.sort(np.concatenate([z[z != 0], around]))


def _values(activation: Activation, z: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return activations and derivatives; of softmax, those of the first of two units."""
    if activation.elementwise:
        return activation(z), activation.derivative(z)
    logits = np.stack([z, np.zeros_like(z)], axis=-1)
    return activation(logits)[:, 0], activation.derivative(logits)[:, 0]


def _jumps(activation: Activation, order: int) -> bool:
    """Say whether the function (order 0) or its derivative (order 1) jumps at 0."""
    left, right = _values(activation, np.array([-_NEAR, _NEAR]))[order]
    return abs(right - left) > 0.1


def _broken(activation: Activation, z: np.ndarray, values: np.ndarray, order: int) -> np.ndarray:
    """Leave a gap at 0 if there is a jump."""
    return np.where((z == 0) & _jumps(activation, order), np.nan, values)
