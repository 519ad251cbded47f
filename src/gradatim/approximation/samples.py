r"""A function on a line, sampled where it bends or rises, with what theory counts from it.

Conventions: float64 without a guarantee; what is built from samples is certified afterwards. With
:math:`\varepsilon` the tolerance, ReLU units are counted by :math:`\tfrac14 \int \sqrt{|f''| /
\varepsilon}` [1]_, step units by :math:`\int |f'| / (2 \varepsilon)`.

References
----------
.. [1] C. de Boor, "Piecewise linear approximation", A practical guide to splines, chapter III,
   Springer, 1978; interpolation needs sqrt(2) times as many knots.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

import numpy as np

Function = Callable[[np.ndarray], np.ndarray]

_FIRST = 2_049
_ROUNDS = 4


@dataclass(frozen=True)
class Samples:
    """Points of a function on a line."""

    x: np.ndarray  # (n_points,): Ascending
    y: np.ndarray  # (n_points,): Values
    # (n_points,): How far the function strays from the straight lines to the neighboring points
    slack: np.ndarray

    @cached_property
    def _bends(self) -> tuple[np.ndarray, np.ndarray]:
        """Second derivatives at inner points by divided differences, and their weights."""
        h = np.diff(self.x)
        slopes = np.diff(self.y) / h
        width = 0.5 * (h[1:] + h[:-1])
        return np.diff(slopes) / width, width

    @property
    def curvature(self) -> float:
        r"""The integral :math:`\int \sqrt{|f''|}`."""
        return float(np.sum(_by_cell(np.sqrt(np.abs(self._bends[0]))) * np.diff(self.x)))

    @property
    def variation(self) -> float:
        r"""The total variation :math:`\int |f'|`."""
        return float(np.sum(np.abs(np.diff(self.y))))

    @property
    def changes(self) -> int:
        """How often the function changes between bending up and bending down."""
        bends, width = self._bends
        size = float(np.ptp(self.y)) + 1e-9 * float(np.max(np.abs(self.y)))
        # A bend of the size of rounding has no sign.
        noise = 1e-13 * max(size, float(np.max(np.abs(self.y)))) / np.min(width) ** 2
        marked = np.abs(bends) > max(noise, 1e-6 * float(np.max(np.abs(bends), initial=0.0)))
        signs = np.sign(bends[marked])
        return int(np.sum(signs[1:] != signs[:-1]))


def sample(
    function: Function, low: float, high: float, n_points: int, *, order: int = 2
) -> Samples:
    """Sample a function, closer where its slope (order 1) or its bend (order 2) is large.

    Examples
    --------
    >>> found = sample(np.square, 0.0, 1.0, 500)
    >>> round(found.curvature, 3), round(found.variation, 3), found.changes
    (1.414, 1.0, 0)
    """
    x = np.linspace(low, high, max(_FIRST, n_points))
    for _ in range(_ROUNDS):
        x = _spread(x, _density(x, function(x), order), max(_FIRST, n_points))
    x = _spread(x, _density(x, function(x), order), n_points)
    y = function(x)
    stray = np.zeros(len(x) - 1)
    for share in (0.25, 0.5, 0.75):
        inner = function(x[:-1] + share * np.diff(x))
        stray = np.maximum(stray, 1.05 * np.abs(inner - (y[:-1] + share * np.diff(y))))
    return Samples(x, y, np.maximum(np.append(stray, 0.0), np.append(0.0, stray)))


def _by_cell(values: np.ndarray) -> np.ndarray:
    """Average values at inner points over the cells, taking the outermost ones to the ends."""
    padded = np.concatenate([values[:1], values, values[-1:]])
    return 0.5 * (padded[1:] + padded[:-1])


def _density(x: np.ndarray, y: np.ndarray, order: int) -> np.ndarray:
    """Return what each cell counts for."""
    h = np.diff(x)
    slopes = np.diff(y) / h
    if order == 1:
        weight = np.abs(slopes) * h
    else:
        bends = np.sqrt(np.abs(np.diff(slopes) / (0.5 * (h[1:] + h[:-1]))))
        weight = _by_cell(bends) * h
    total = float(weight.sum())
    even = h / h.sum()
    return 0.7 * weight / total + 0.3 * even if total > 0 else even


def _spread(x: np.ndarray, weight: np.ndarray, n_points: int) -> np.ndarray:
    """Return points that share the weight equally."""
    reached = np.concatenate([[0.0], np.cumsum(weight)])
    spread = np.interp(np.linspace(0.0, reached[-1], n_points), reached, x)
    return np.unique(np.concatenate([spread, x[[0, -1]]]))
