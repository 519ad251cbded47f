"""Contributions: by how much each input of a row moved a margin away from the baseline's.

Conventions: rows are scaled, and the baseline is the row of zeros, which is the center of the
scaler. Contributions add up to the margin at the row minus the margin at the baseline; `gap` is
what they miss of that. Where the gradient is the same everywhere they are exact; else they are
integrated gradients [1]_ along the straight line from the baseline to the scaled row.

References
----------
.. [1] M. Sundararajan, A. Taly and Q. Yan, "Axiomatic attribution for deep networks", ICML 2017.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from gradatim.models.margins import Margin, Slope

#: Share of the sum of absolute contributions that they may miss of the margin.
TOLERANCE = 1e-6

_N_NODES = 16
# Parts into which the line is cut, at most; each has its own nodes.
_MOST_PARTS = 256


@dataclass(frozen=True, eq=False)
class Contributions:
    """What each input contributed, and what that was computed from."""

    values: np.ndarray  # (n_features,)
    output: float  # Margin at the row
    baseline_output: float  # Margin at the baseline
    n_gradients: int  # Gradients that were computed

    @property
    def gap(self) -> float:
        """What the contributions miss of the difference of both margins."""
        return float(self.output - self.baseline_output - self.values.sum())

    @property
    def is_complete(self) -> bool:
        """Whether they miss no more than `TOLERANCE`."""
        scale = max(abs(self.output - self.baseline_output), np.abs(self.values).sum())
        # The last digits of two large margins are no fault of the contributions.
        rounding = 1e-12 * max(abs(self.output), abs(self.baseline_output))
        return bool(abs(self.gap) <= TOLERANCE * scale + rounding)


def contribute(margin: Margin, z: np.ndarray) -> Contributions:
    """Share out a margin among the inputs of a scaled row (n_features,).

    Examples
    --------
    >>> square = Margin(lambda Z: (Z**2).sum(axis=1), lambda Z: 2 * Z, is_affine=False)
    >>> contribute(square, np.array([3.0, 0.0, -1.0])).values.round(9)
    array([9., 0., 1.])
    """
    output, before = margin.value(np.stack([z, np.zeros_like(z)])).tolist()
    if margin.is_affine:
        return Contributions(z * margin.gradient(z[None])[0], output, before, 1)
    found = Contributions(np.full(len(z), np.inf), output, before, 0)
    slope = margin.along(z)
    n_parts = 1
    while n_parts <= _MOST_PARTS:
        mean = np.mean([_mean_slope(slope, k, n_parts) for k in range(n_parts)], axis=0)
        finer = Contributions(z * mean, output, before, found.n_gradients + n_parts * _N_NODES)
        # Wrong contributions can add up, but do not stay the same when the line is cut finer.
        moved = np.abs(finer.values - found.values).max(initial=0.0)
        found = finer
        if found.is_complete and moved <= TOLERANCE * np.abs(found.values).sum():
            break
        n_parts *= 2
    return found


def _mean_slope(slope: Slope, part: int, n_parts: int) -> np.ndarray:
    """Average the gradient over one part of the line, by Gauss and Legendre's rule."""
    nodes, weights = np.polynomial.legendre.leggauss(_N_NODES)
    places = (part + (nodes + 1.0) / 2.0) / n_parts
    return slope(places, weights / 2.0)
