"""A function beside the network that approximates it, and error against width (the lecture's L16).

Conventions: functions are given as callables from points (n_points, n_inputs) to values
(n_points,). Lines are drawn through samples; the numbers of a certificate come from whoever has
one. The function is gray, built networks are blue, trained ones orange.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from gradatim.drawing.figure import settled
from gradatim.drawing.plots._style import COLORS, GRAY, INK, figure, tidy
from gradatim.drawing.words import format_number
from gradatim.errors import ShapeError
from gradatim.network.graph import Network

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

Function = Callable[[np.ndarray], np.ndarray]

_BUILT, _TRAINED = COLORS[1], COLORS[0]
_POINTS = 2_001
_SIDE = 151
_STRIP = 3.0


def _title(axes: Axes, name: str) -> None:
    formula = _formula(name)
    axes.set_title(formula or name, fontsize=10, parse_math=formula is not None)


def _formula(text: str) -> str | None:
    r"""Return LaTeX as matplotlib sets it; None for other texts, and for LaTeX that it lacks."""
    from matplotlib.mathtext import MathTextParser

    bare = text.strip("$ ")
    if "\\" not in bare or "$" in bare:
        return None
    try:
        MathTextParser("path").parse(f"${bare}$")
    except ValueError:
        return None
    return f"${bare}$"


def plot_approximation(
    network: Network,
    function: Function,
    on: Sequence[Sequence[float]],
    tolerance: float,
    *,
    name: str = "f",
    trained: Network | None = None,
) -> Figure:
    """Plot a function and the network that approximates it, and the error below or beside.

    Parameters
    ----------
    network : Network
        One or two inputs, one output.
    function : callable
        Maps points of shape (n_points, n_inputs) to values.
    on : sequence of pairs of float
        The interval of every input.
    tolerance : float
        The error that was allowed.
    name : str, default "f"
        What the function is called.
    trained : Network, optional
        A trained network of the same inputs, drawn on a line only.

    Returns
    -------
    matplotlib.figure.Figure
        On a line, function and network above the error; in a plane, three pictures.

    Raises
    ------
    ShapeError
        If the network does not read one input per interval, or more than two.

    Examples
    --------
    >>> from gradatim.network import parse
    >>> figure = plot_approximation(parse("relu(x)"), lambda X: X[:, 0] ** 2, [(0, 1)], 0.3)
    >>> [axes.get_ylabel() for axes in figure.axes]
    ['f(x)', 'network less f']
    """
    if network.n_inputs != len(on) or len(on) > 2:
        raise ShapeError(f"{network.n_inputs} inputs and {len(on)} intervals cannot be drawn")
    with settled():
        if len(on) == 1:
            result = figure(6.4, 4.6)
            upper, lower = result.subplots(2, 1, sharex=True, height_ratios=[2, 1])
            _line(upper, lower, network, function, on[0], tolerance, trained)
            _title(upper, name)
        else:
            result = figure(9.6, 3.3)
            _plane(result, network, function, on, name)
    kind = network.layers[0].activations[0]
    result.set_label(
        f"{name} and a network of {network.layers[0].n_out} {kind} units\n"
        f"The network stays within {format_number(tolerance)} of the function on "
        f"{' x '.join(f'[{format_number(a)}, {format_number(b)}]' for a, b in on)}."
    )
    return result


def _line(
    upper: Axes,
    lower: Axes,
    network: Network,
    function: Function,
    side: Sequence[float],
    tolerance: float,
    trained: Network | None,
) -> None:
    low, high = side
    x = np.linspace(low, high, _POINTS)
    layer = network.layers[0]
    with np.errstate(all="ignore"):
        places = -layer.bias / layer.weight[:, 0]
    places = places[(places >= low) & (places <= high)]
    # A jump belongs to both sides.
    x = np.unique(np.clip(np.concatenate([x, places, places - 1e-9 * (high - low)]), low, high))
    y, built = function(x[:, None]), network(x[:, None])[:, 0]
    upper.fill_between(x, y - tolerance, y + tolerance, color=GRAY, alpha=0.25, lw=0)
    upper.plot(x, y, color=GRAY, lw=1.2, label="function and tolerance")
    upper.plot(x, built, color=_BUILT, lw=1.4, label=f"built, {layer.n_out} units")
    if trained is not None:
        learned = trained(x[:, None])[:, 0]
        upper.plot(x, learned, color=_TRAINED, lw=1.2, ls=(0, (4, 2)), label="best trained")
        lower.plot(x, learned - y, color=_TRAINED, lw=1.0, ls=(0, (4, 2)))
    if len(places) <= 60:
        marks = network(places[:, None])[:, 0]
        upper.plot(places, marks, "o", color=_BUILT, ms=3.5)
    lower.plot(x, built - y, color=_BUILT, lw=1.2)
    for level in (-tolerance, tolerance):
        lower.axhline(level, color=INK, lw=0.8, ls=(0, (5, 3)))
    lower.axhline(0, color=GRAY, lw=0.5)
    lower.set_xlabel("x", fontsize=9)
    upper.set_ylabel("f(x)", fontsize=9)
    lower.set_ylabel("network less f", fontsize=9)
    upper.legend(frameon=False, fontsize=8)
    for axes in (upper, lower):
        tidy(axes)


def _plane(
    result: Figure, network: Network, function: Function, on: Sequence[Sequence[float]], name: str
) -> None:
    sides = [np.linspace(low, high, _SIDE) for low, high in on]
    X = np.stack([g.ravel() for g in np.meshgrid(*sides)], axis=1)
    y, built = function(X), network(X)[:, 0]
    error = built - y
    most = float(np.max(np.abs(error))) or 1.0
    shared = {
        "vmin": min(y.min(), built.min()),
        "vmax": max(y.max(), built.max()),
        "cmap": "cividis",
    }
    panels = [
        (name, y, shared),
        (f"{network.layers[0].n_out} units", built, shared),
        ("network less function", error, {"vmin": -most, "vmax": most, "cmap": "PuOr"}),
    ]
    extent = (on[0][0], on[0][1], on[1][0], on[1][1])
    ratio = (on[0][1] - on[0][0]) / (on[1][1] - on[1][0])
    # One scale for both sides, so that a circle is round, unless the picture became a strip.
    aspect = "equal" if 1 / _STRIP <= ratio <= _STRIP else "auto"
    for axes, (title, values, options) in zip(result.subplots(1, 3), panels, strict=True):
        picture: dict[str, Any] = {"origin": "lower", "extent": extent, **options}
        # As many pixels as points: resampled ones make a vector file five times as large.
        shown = axes.imshow(
            values.reshape(_SIDE, _SIDE), aspect=aspect, interpolation="none", **picture
        )
        _title(axes, title)
        axes.set_xlabel("x", fontsize=9)
        axes.set_ylabel("y", fontsize=9)
        tidy(axes)
        shrink = 0.66 if aspect == "equal" else 0.85
        result.colorbar(shown, ax=axes, shrink=shrink).ax.tick_params(labelsize=7)


def plot_rates(
    built: Sequence[tuple[int, float]],
    trained: Sequence[tuple[int, float, float, float]] = (),
    *,
    order: int | None = 2,
    name: str = "f",
    activation: str = "relu",
) -> Figure:
    """Plot the largest error against the number of hidden units, both logarithmic.

    Parameters
    ----------
    built : sequence of (int, float)
        Units and certified error of every built network; errors above 0.
    trained : sequence of (int, float, float, float), optional
        Units, and the quartiles of the largest errors of trained networks.
    order : int or None, default 2
        Theory's exponent: a dashed line falls as 1 / units^order; None for no line.
    name : str, default "f"
        What the function is called.
    activation : str, default "relu"
        Kind of unit.

    Returns
    -------
    matplotlib.figure.Figure
        One pair of axes.

    Raises
    ------
    ShapeError
        If there is no built network, or an error that has no logarithm.

    Examples
    --------
    >>> figure = plot_rates([(4, 0.1), (8, 0.026)], [(4, 0.2, 0.3, 0.5), (8, 0.1, 0.2, 0.4)])
    >>> figure.axes[0].get_xscale(), figure.axes[0].get_yscale()
    ('log', 'log')
    """
    if not built or not all(error > 0 and np.isfinite(error) for _, error in built):
        raise ShapeError("a picture of errors needs built networks with errors above 0")
    with settled():
        result = figure(5.6, 4.2)
        axes = result.subplots()
        widths, errors = (np.array(column, dtype=float) for column in zip(*built, strict=True))
        axes.plot(widths, errors, "o-", color=_BUILT, lw=1.4, ms=4.5, label="built, certified")
        if trained:
            at, low, middle, high = (np.array(c, dtype=float) for c in zip(*trained, strict=True))
            axes.plot(at, middle, "X--", color=_TRAINED, lw=1.2, ms=5, label="trained, median")
            axes.fill_between(
                at, low, high, color=_TRAINED, alpha=0.25, lw=0, label="its quartiles"
            )
        if order is not None:
            guide = errors[-1] * (widths[-1] / widths) ** order
            power = "" if order == 1 else "\N{SUPERSCRIPT TWO}"
            axes.plot(widths, guide, color=INK, lw=0.9, ls=(0, (5, 3)), label=f"theory: 1/n{power}")
        axes.set(xscale="log", yscale="log")
        axes.set_xticks(widths, [f"{int(w)}" for w in widths])
        axes.yaxis.set_major_formatter("{x:g}")
        axes.minorticks_off()
        axes.set_xlabel(f"hidden {activation} units n", fontsize=9)
        axes.set_ylabel("largest error", fontsize=9)
        _title(axes, name)
        axes.legend(frameon=False, fontsize=8)
        tidy(axes)
    listed = ", ".join(f"{format_number(e)} with {n}" for n, e in built)
    more = "; ".join(f"{format_number(m)} with {n}" for n, _, m, _ in trained)
    result.set_label(
        f"Largest error against width: {name}\nBuilt networks: {listed} units."
        + (f" Medians of trained networks: {more} units." if trained else "")
    )
    return result
