"""What a network of one input computes, over the samples (the lecture's L1 and L2).

Conventions: the input runs from left to right, the output upwards. Numbers are gray discs; labels
are drawn at 0 and 1, the two values between which a sigmoid moves, with the color and marker of
their class. A dotted line shows the threshold, one half.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import ArrayLike

from gradatim.drawing.figure import settled
from gradatim.drawing.plots._style import GRAY, INK, figure, markers, tidy
from gradatim.drawing.words import describe, format_number
from gradatim.errors import ShapeError

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from gradatim.network.graph import Network


def plot_response(
    network: Network, x: ArrayLike | None = None, y: Sequence[Any] | np.ndarray | None = None
) -> Figure:
    """Plot the output of a network over its one input.

    Parameters
    ----------
    network : Network
        One input and one output.
    x : array-like of shape (n_samples,), optional
        Samples to be shown; without them the axis goes from -5 to 5.
    y : sequence of length n_samples, optional
        Their targets: numbers, or two labels, of which the second in sorted order stands at 1.

    Returns
    -------
    matplotlib.figure.Figure
        A curve, and the samples.

    Raises
    ------
    ShapeError
        If the network has several inputs or outputs, `x` and `y` do not fit each other, or there
        are more than two labels.

    Examples
    --------
    >>> from gradatim.network.graph import Layer, Network
    >>> line = Network([Layer([[0.8]], [0.4])])
    >>> plot = plot_response(line, [0.0, 1.0], [0.5, 1.1])
    >>> plot.axes[0].get_xlabel(), plot.axes[0].get_ylabel()
    ('x1', 'y1')
    """
    if network.n_inputs != 1 or network.n_outputs != 1:
        raise ShapeError(
            f"a plot needs one input and one output, not {network.n_inputs} and {network.n_outputs}"
        )
    samples = np.array([-5.0, 5.0]) if x is None else np.asarray(x, dtype=float)
    targets = np.array([]) if x is None or y is None else np.asarray(y)
    if samples.ndim != 1 or (y is not None and targets.shape != samples.shape):
        raise ShapeError(
            f"x and y must be one number per sample, not {samples.shape}, {targets.shape}"
        )
    heights, labels = _heights(targets)
    low, high = _ends(samples)
    with settled():
        result = figure(5.6, 3.6)
        axes = result.subplots()
        grid = np.linspace(low, high, 601)
        axes.plot(grid, network(grid[:, None])[:, 0], color=INK, lw=1.6)
        _scatter(axes, samples[: len(heights)], heights, labels)
        axes.set(xlim=(low, high), xlabel=network.input_names[0], ylabel=network.output_names[0])
        tidy(axes)
    words = describe(network)[1]
    span = f"from {format_number(low)} to {format_number(high)}"
    result.set_label(f"Output of a network\n{words[:-1]}, {span}, with {len(heights)} samples.")
    return result


def _heights(targets: np.ndarray) -> tuple[np.ndarray, list[str]]:
    """Return where the samples stand, and the two labels if they are no numbers."""
    if targets.dtype.kind in "fiub":
        return targets.astype(float), []
    labels, numbers = np.unique(targets.astype(str), return_inverse=True)
    if len(labels) > 2:
        raise ShapeError(f"a sigmoid tells two labels apart, not {len(labels)}")
    return numbers.astype(float), labels.tolist()


def _ends(samples: np.ndarray) -> tuple[float, float]:
    low, high = float(samples.min()), float(samples.max())
    margin = 0.05 * (high - low) or 1.0
    return low - margin, high + margin


def _scatter(axes: Axes, x: np.ndarray, heights: np.ndarray, labels: list[str]) -> None:
    style: dict[str, Any] = {"s": 30, "edgecolor": "white", "lw": 0.6, "zorder": 5}
    if not labels:
        axes.scatter(x, heights, color=GRAY, **style)
        return
    axes.axhline(0.5, color=GRAY, lw=1.0, ls=":")
    for index, label in enumerate(labels):
        chosen = heights == index
        axes.scatter(x[chosen], heights[chosen], **markers(index), **style, label=label)
    axes.figure.legend(loc="outside lower center", ncols=2, frameon=False, fontsize=9)
