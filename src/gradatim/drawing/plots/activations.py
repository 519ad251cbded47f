"""Activation functions beside their derivatives (the lecture's L6).

Conventions: one panel per activation; the function is a solid line, the derivative a dashed one. A
jump is a gap with a disc on the value that the function takes there. Each panel has the formula and
the values that the function takes. ``softmax`` acts on a whole layer, so its panel has the three
outputs of a layer whose first pre-activation is z, the others being 1 and 0; dashed is the
derivative of the first by z.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from gradatim._text import is_told, number_text
from gradatim.activations import ACTIVATIONS, Activation, get_activation
from gradatim.drawing.figure import settled
from gradatim.drawing.plots._style import COLORS, GRAY, INK, figure, tidy
from gradatim.drawing.words import format_number
from gradatim.errors import SpecError

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

_MOST_COLUMNS = 4
_NEAR = 1e-9
# Pre-activations of the other units of the layer that shows a softmax.
_OTHERS = (1.0, 0.0)
_OTHER_OUTPUTS = ((COLORS[2], "-."), (COLORS[3], ":"))
# Where values are looked for, and how near an end of the range is the end.
_FAR, _STEPS, _AT_END = 6.0, 12_001, 1e-6
_FEW = 3
_ABOVE: dict[str, Any] = {"ha": "center", "va": "center", "color": INK}
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
        One panel per activation, with its formula and range.

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
        result = figure(max(2.6 * columns, 3.2), 2.9 * rows + 0.5)
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
    return f"{activation.name}, {_range(activation)}"


def _range(activation: Activation) -> str:
    """Say which values a function takes, such as 0 < a < 1."""
    a, _ = _values(activation, np.linspace(-_FAR, _FAR, _STEPS))
    if len(different := np.unique(a)) <= _FEW:
        *first, last = map(format_number, different.tolist())
        return f"a = {', '.join(first)} or {last}"
    low, high = activation.range
    least, most = (np.abs(a - end).min() < _AT_END for end in (low, high))
    below = "" if math.isinf(low) else f"{format_number(low)} {'≤' if least else '<'} "
    above = "" if math.isinf(high) else f" {'≤' if most else '<'} {format_number(high)}"
    if below and not above:
        below, above = "", f" {'≥' if least else '>'} {format_number(low)}"
    told = all(math.isinf(end) or is_told(end, number_text(end, 3)) for end in (low, high))
    said = f"{below}a{above}" if below or above else "a: every number"
    return said if told else f"{said} (rounded)"


def _panel(axes: Axes, activation: Activation, low: float, high: float) -> None:
    z = _grid(low, high)
    a, slope = _values(activation, z)
    axes.plot(z, _broken(activation, z, a, 0), color=_FUNCTION, lw=1.8)
    axes.plot(z, _broken(activation, z, slope, 1), color=_DERIVATIVE, lw=1.6, ls=(0, (4, 2)))
    if not activation.elementwise:
        _other_outputs(axes, activation, z)
    if low < 0 < high and _jumps(activation, 0):
        axes.plot([0], _values(activation, np.zeros(1))[0], "o", color=_FUNCTION, ms=4.5)
    tidy(axes)
    axes.axhline(0, color=GRAY, lw=0.5, zorder=0)
    axes.axvline(0, color=GRAY, lw=0.5, zorder=0)
    axes.set_title(activation.name, fontsize=11, pad=57)
    # Large fractions: the small ones cannot be read on a slide.
    formula = activation.formula.replace(r"\frac", r"\dfrac")
    formula = f"$a{'' if activation.elementwise else '_i'} = {formula}$"
    for height, text, is_formula in ((33, formula, True), (7, _range(activation), False)):
        axes.annotate(
            text, (0.5, 1), (0, height), xycoords="axes fraction", textcoords="offset points",
            fontsize=9, parse_math=is_formula, **_ABOVE,
        )  # fmt: skip
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
    """Return activations and derivatives; of softmax, those of the first unit of its layer."""
    if activation.elementwise:
        return activation(z), activation.derivative(z)
    logits = _logits(z)
    return activation(logits)[:, 0], activation.derivative(logits)[:, 0]


def _logits(z: np.ndarray) -> np.ndarray:
    """Return the pre-activations (n, 3) of a layer whose first is z."""
    return np.stack([z, *(np.full_like(z, other) for other in _OTHERS)], axis=-1)


def _other_outputs(axes: Axes, activation: Activation, z: np.ndarray) -> None:
    """Draw the other outputs of the layer, and say which line is which."""
    outputs = activation(_logits(z)).T
    for output, (color, dashes) in zip(outputs[1:], _OTHER_OUTPUTS, strict=True):
        axes.plot(z, output, color=color, lw=1.6, ls=dashes)
    # At the end where the line is far from the others.
    for k, output in enumerate(outputs):
        place = -1 if k == 0 else 0
        color = _FUNCTION if k == 0 else _OTHER_OUTPUTS[k - 1][0]
        axes.annotate(
            f"a{'₁₂₃'[k]}", (z[place], output[place]), (-3 if k == 0 else 3, 3),
            textcoords="offset points", ha="right" if k == 0 else "left", va="bottom",
            fontsize=8, color=color,
        )  # fmt: skip
    axes.set_xlabel(
        f"z₁ = z, z₂ = {format_number(_OTHERS[0])}, z₃ = {format_number(_OTHERS[1])}", fontsize=8
    )


def _jumps(activation: Activation, order: int) -> bool:
    """Say whether the function (order 0) or its derivative (order 1) jumps at 0."""
    left, right = _values(activation, np.array([-_NEAR, _NEAR]))[order]
    return abs(right - left) > 0.1


def _broken(activation: Activation, z: np.ndarray, values: np.ndarray, order: int) -> np.ndarray:
    """Leave a gap at 0 if there is a jump."""
    return np.where((z == 0) & _jumps(activation, order), np.nan, values)
