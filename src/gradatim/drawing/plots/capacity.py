"""Cover's theorem as a picture: the chance of being separable, falling at 2 (d + 1) points.

Conventions: the horizontal axis is the number of points divided by d + 1, so that all dimensions
share the place where the chance is one half; lines are theory, dots are trials with their 95 %
intervals.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from gradatim.drawing.figure import settled
from gradatim.drawing.plots._style import COLORS, GRAY, INK, MARKERS, figure, tidy
from gradatim.errors import ShapeError

if TYPE_CHECKING:
    from matplotlib.figure import Figure

__all__ = ["plot_capacity"]

#: Dimension, number of points, chance, share of the trials (NaN without any), and its interval.
Row = tuple[int, int, float, float, tuple[float, float]]


def plot_capacity(rows: Sequence[Row]) -> Figure:
    """Plot chances of being separable against the number of points, a line per dimension.

    A row is dimension, number of points, chance by theory, share of the trials (NaN if there were
    none; a dot), and the interval of that share.
    """
    if not rows:
        raise ShapeError("there is nothing to plot; give at least one number of points")
    with settled():
        result = figure(6.0, 4.2)
        axes = result.subplots()
        axes.axvline(2, color=GRAY, lw=1.0, ls=(0, (5, 3)))
        axes.axhline(0.5, color=GRAY, lw=1.0, ls=(0, (5, 3)))
        for index, d in enumerate(sorted({row[0] for row in rows})):
            own = sorted(row for row in rows if row[0] == d)
            x = np.array([n / (d + 1) for _, n, *_ in own])
            color = COLORS[index % len(COLORS)]
            axes.plot(x, [row[2] for row in own], color=color, lw=1.6, label=f"d = {d}")
            tried = [k for k, row in enumerate(own) if not np.isnan(row[3])]
            share = np.array([own[k][3] for k in tried])
            ends = np.array([own[k][4] for k in tried]).reshape(-1, 2)
            # Beside each other, so that bars of several dimensions can be told apart.
            moved = x[tried] + 0.012 * (index - 1)
            axes.errorbar(
                moved,
                share,
                np.abs(ends.T - share),
                fmt=MARKERS[index % len(MARKERS)],
                ms=5,
                color=color,
                elinewidth=1.0,
                capsize=2,
            )
        axes.set(xlabel="points / (d + 1)", ylabel="separable", ylim=(-0.03, 1.03))
        axes.set_title("chance that random labels are separable", fontsize=10, color=INK)
        axes.legend(frameon=False, fontsize=9)
        tidy(axes)
    result.set_label(_in_words(rows))
    return result


def _in_words(rows: Sequence[Row]) -> str:
    text = "The chance that random labels are separable by a hyperplane\n"
    parts = []
    for d, n, chance, share, (low, high) in rows:
        tried = "" if np.isnan(share) else f", trials {share:.3f} ({low:.3f} to {high:.3f})"
        parts.append(f"{n} points in {d} dimensions: theory {chance:.3f}{tried}")
    return text + "; ".join(parts) + "."
