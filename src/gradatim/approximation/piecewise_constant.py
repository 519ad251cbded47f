r"""The fewest constant pieces that stay in a tube.

Conventions: the tube is :math:`f \pm \varepsilon` at sampled points, straight between them. Every
piece is as long as can be, so that none has fewer.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from gradatim.approximation.samples import Samples


@dataclass(frozen=True)
class PiecewiseConstant:
    """Constant pieces."""

    levels: np.ndarray  # (n_pieces,): Value of every piece
    breaks: np.ndarray  # (n_pieces - 1,): Where one ends and the next begins


def fewest_pieces(samples: Samples, tolerance: float) -> PiecewiseConstant:
    """Find the fewest constant pieces within a tolerance.

    Examples
    --------
    >>> from gradatim.approximation.samples import sample
    >>> found = sample(np.abs, -1.0, 1.0, 2000, order=1)
    >>> fewest_pieces(found, 0.26).levels.round(2).tolist()
    [0.74, 0.26, 0.76]
    """
    height = 2 * max(tolerance - float(samples.slack.max()), 0.9 * tolerance)
    x, y = samples.x.tolist(), samples.y.tolist()
    levels, breaks = [], []
    low = high = y[0]
    for i in range(1, len(x)):
        wall = None
        if y[i] > low + height:
            wall = low + height
        elif y[i] < high - height:
            wall = high - height
        if wall is None:
            low, high = min(low, y[i]), max(high, y[i])
            continue
        # One cell may climb more than one step.
        direction = 1 if y[i] > y[i - 1] else -1
        position = y[i - 1]
        while direction * (y[i] - wall) > 0:
            levels.append(wall - direction * height / 2)
            breaks.append(_crossing(x[i - 1], x[i], y[i - 1], y[i], wall))
            position, wall = wall, wall + direction * height
        low, high = min(position, y[i]), max(position, y[i])
    levels.append((low + high) / 2)
    return PiecewiseConstant(np.array(levels), np.array(breaks))


def _crossing(x0: float, x1: float, y0: float, y1: float, wall: float) -> float:
    return x0 + (wall - y0) / (y1 - y0) * (x1 - x0)
