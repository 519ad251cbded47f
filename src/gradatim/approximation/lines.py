r"""Hidden units for a function of one variable, by kind of activation.

Conventions: a *row* is :math:`c_0 + \sum_i c_i \, a(w_i u + b_i)`. ReLU units stand at the knots of
a shortest path in the tube. Step units stand at the cuts of the fewest
constant pieces. Sigmoid and tanh units stand where the function bends, as wide as they are apart,
and output weights are fitted to the largest error; should that need more units than steep sigmoids
in the place of steps, those are taken.
"""

from __future__ import annotations

from collections.abc import Callable
from math import ceil, sqrt
from typing import NamedTuple

import numpy as np

from gradatim.approximation.minimax import reweighted
from gradatim.approximation.piecewise_constant import PiecewiseConstant, fewest_pieces
from gradatim.approximation.piecewise_linear import Path, fewest_units
from gradatim.approximation.samples import Samples, sample
from gradatim.errors import SpecError

#: Hidden units that are built.
MOST_UNITS = 5_000

Function = Callable[[np.ndarray], np.ndarray]

# Slopes of wide sigmoids, in relation to how far apart they are; gentle weights come first.
_SLOPES = (1.0, 0.6, 0.3, 2.0)
_MOST_SMOOTH = 400
# At this many times its slope away from its middle a sigmoid has settled but for 1e-4.
_SETTLED = 9.2


class LineUnits(NamedTuple):
    """A sum of hidden units of one variable."""

    weight: np.ndarray  # (n_units,): Of every unit
    bias: np.ndarray
    output: np.ndarray
    constant: float  # What is added


def count_units(samples: Samples, tolerance: float, activation: str) -> float:
    """Return the units that theory counts, not rounded."""
    if activation == "relu":
        return 0.25 * samples.curvature / sqrt(tolerance)
    return samples.variation / (2 * tolerance)


def build_row(
    function: Function, low: float, high: float, tolerance: float, activation: str
) -> LineUnits:
    """Build hidden units whose sum is a function of one variable within a tolerance."""
    order = 2 if activation == "relu" else 1
    first = sample(function, low, high, 1_000, order=order)
    count = count_units(first, tolerance, activation)
    if activation in ("logistic", "tanh"):
        smooth = _smooth(function, low, high, tolerance, min(ceil(count) + 1, _MOST_SMOOTH))
        if smooth is not None:
            return smooth if activation == "logistic" else _as_tanh(smooth)
    if count > MOST_UNITS:
        raise SpecError(
            f"this needs about {count:,.0f} units; at most {MOST_UNITS:,} are built, so raise the "
            "tolerance, shorten the interval, or choose relu"
        )
    points = int(200 + (80 if activation == "relu" else 48) * count)
    samples = sample(function, low, high, points, order=order)
    if activation == "relu":
        return _relu_row(fewest_units(samples, tolerance), low)
    if activation == "heaviside":
        return _step_row(fewest_pieces(samples, tolerance))
    steep = _steep_row(fewest_pieces(samples, 0.98 * tolerance), function, low, high, tolerance)
    return steep if activation == "logistic" else _as_tanh(steep)


def _relu_row(path: Path, low: float) -> LineUnits:
    """Put a unit at every knot, and one at the left end unless a line is horizontal."""
    if path.level is not None and len(path.knots):
        facing = np.where(np.arange(len(path.knots)) < path.level, -1.0, 1.0)
        # Value of the horizontal line: all slopes before it added up.
        ends = np.concatenate([[low], path.knots])
        climb = np.sum(path.slopes[: path.level] * np.diff(ends)[: path.level])
        level = float(path.start + climb)
        return LineUnits(facing, -facing * path.knots, np.diff(path.slopes), level)
    places = np.concatenate([[low], path.knots])
    changes = np.diff(path.slopes, prepend=0.0)
    return LineUnits(np.ones(len(places)), -places, changes, float(path.start))


def _step_row(pieces: PiecewiseConstant) -> LineUnits:
    if not len(pieces.breaks):
        return LineUnits(np.ones(1), np.zeros(1), np.zeros(1), float(pieces.levels[0]))
    return LineUnits(
        np.ones(len(pieces.breaks)), -pieces.breaks, np.diff(pieces.levels), float(pieces.levels[0])
    )


def _steep_row(
    pieces: PiecewiseConstant, function: Function, low: float, high: float, tolerance: float
) -> LineUnits:
    """Replace steps by sigmoids that settle within a hundredth of a piece, or steeper."""
    row = _step_row(pieces)
    if not len(pieces.breaks):
        return row
    gaps = np.diff(np.concatenate([[low], pieces.breaks, [high]]))
    near = np.maximum(np.minimum(gaps[1:], gaps[:-1]), 1e-9 * (high - low))
    slope = 2 * _SETTLED / near
    x = np.linspace(low, high, 20_001)
    y = function(x)
    for _ in range(12):
        steep = LineUnits(slope, -slope * pieces.breaks, row.output, row.constant)
        if np.max(np.abs(_values(steep, x) - y)) <= tolerance:
            return steep
        slope = 2 * slope
    return LineUnits(slope, -slope * pieces.breaks, row.output, row.constant)


def _values(row: LineUnits, x: np.ndarray) -> np.ndarray:
    """Compute a row of logistic units, some thousand numbers at a time."""
    total = np.full(len(x), row.constant)
    for i in range(0, len(row.weight), 64):
        part = slice(i, i + 64)
        total += (
            _logistic(np.multiply.outer(x, row.weight[part]) + row.bias[part]) @ row.output[part]
        )
    return total


def _logistic(z: np.ndarray) -> np.ndarray:
    return 0.5 * (1 + np.tanh(0.5 * z))


def _as_tanh(row: LineUnits) -> LineUnits:
    """Write a sigmoid as half of one plus a hyperbolic tangent of half its argument."""
    half = 0.5 * row.output
    return LineUnits(0.5 * row.weight, 0.5 * row.bias, half, row.constant + float(half.sum()))


def _smooth(
    function: Function, low: float, high: float, tolerance: float, most: int
) -> LineUnits | None:
    """Find the fewest wide sigmoids within the tolerance; None if there are none up to `most`."""
    samples = sample(function, low, high, 2_000)
    check = np.linspace(low, high, 6_001)
    values = function(check)
    reach = _WidthFit(samples, check, values, tolerance)
    least, n, found = 1, 1, None
    while n <= most and found is None:
        found = reach.row(n)
        least, n = n // 2 + 1, 2 * n
    if found is None:
        return None
    more = len(found.weight)
    while least < more:
        half = (least + more) // 2
        row = reach.row(half)
        if row is None:
            least = half + 1
        else:
            found, more = row, half
    return found


def fit_row(
    function: Function, low: float, high: float, n_units: int, activation: str
) -> LineUnits:
    """Fit a number of wide sigmoid or tanh units with the largest error small."""
    check = np.linspace(low, high, 6_001)
    fit = _WidthFit(sample(function, low, high, 2_000), check, function(check), 0.0)
    best = fit.fitted(n_units, _SLOPES[0])
    for steepness in _SLOPES[1:]:
        row = fit.fitted(n_units, steepness)
        # Flatter units have larger weights, which must be worth it.
        if fit.error(row) < 0.9 * fit.error(best):
            best = row
    return best if activation == "logistic" else _as_tanh(best)


class _WidthFit:
    """Fits the output weights of sigmoids to a function."""

    def __init__(
        self, samples: Samples, check: np.ndarray, values: np.ndarray, tolerance: float
    ) -> None:
        self.samples, self.check, self.values, self.tolerance = samples, check, values, tolerance
        thin = slice(None, None, max(1, len(samples.x) // 700))
        self.x, self.y = samples.x[thin], samples.y[thin]

    def row(self, n: int) -> LineUnits | None:
        """Return n sigmoids within the tolerance, if they are found."""
        for steepness in _SLOPES:
            row = self.fitted(n, steepness)
            if self.error(row) <= self.tolerance:
                return row
        return None

    def error(self, row: LineUnits) -> float:
        """Return the largest error of a row where it is checked."""
        return float(np.max(np.abs(_values(row, self.check) - self.values)))

    def fitted(self, n: int, steepness: float) -> LineUnits:
        """Return n sigmoids of a steepness, in relation to how far they are apart."""
        shares = (np.arange(n) + 0.5) / n
        places = np.interp(shares, np.linspace(0, 1, len(self.samples.x)), self.samples.x)
        length = self.samples.x[-1] - self.samples.x[0]
        gaps = np.gradient(places) if n > 1 else np.array([length])
        slope = steepness / np.maximum(gaps, 1e-6 * length)
        design = _logistic(np.multiply.outer(self.x, slope) - slope * places)
        design = np.column_stack([design, np.ones(len(self.x))])
        solution = reweighted(design, self.y).solution
        return LineUnits(slope, -slope * places, solution[:-1], float(solution[-1]))
