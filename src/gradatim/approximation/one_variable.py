"""Networks for a function of one variable: for a tolerance, or for a number of units.

Conventions: a network is built from samples with a tolerance slightly below the one asked for, then
certified; should the certificate miss it, the network is built again with a smaller one.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from gradatim._progress import Progress
from gradatim.approximation.lines import LineUnits, build_row, count_units, fit_row
from gradatim.approximation.samples import sample
from gradatim.certificates.bound import Bound, certify
from gradatim.errors import SpecError
from gradatim.network.graph import Layer, Network

__all__ = ["build_line", "build_width", "count_in_theory"]

_ATTEMPTS = 8
_GAP = 1e-3


def _ends(box: np.ndarray) -> tuple[float, float]:
    return float(box[0, 0]), float(box[0, 1])


def _on_line(target: Any) -> Callable[[np.ndarray], np.ndarray]:
    return lambda x: target.values(x[:, None])


def count_in_theory(target: Any, box: np.ndarray, tolerance: float, name: str) -> tuple[float, int]:
    """Count the units of theory, and the changes of convexity. `box` (1, 2)."""
    samples = sample(_on_line(target), *_ends(box), 4_000)
    if name == "relu":
        return count_units(samples, tolerance, name), samples.changes
    return count_units(
        sample(_on_line(target), *_ends(box), 4_000, order=1), tolerance, name
    ), samples.changes


def build_line(
    function: Any, target: Any, box: np.ndarray, tolerance: float, name: str, progress: Progress
) -> tuple[Network, Bound]:
    """Build a network that is certified to be within a tolerance. `box` (1, 2)."""
    scale = float(np.max(np.abs(_on_line(target)(np.linspace(box[0, 0], box[0, 1], 201)))))
    if tolerance < 1e-9 * scale:
        raise SpecError(
            f"tolerance {tolerance:g} is lost in the rounding of values near {scale:.3g}; give at "
            f"least {1e-9 * scale:.3g}"
        )
    aim, reached = 0.998 * tolerance, np.inf
    for _ in range(_ATTEMPTS):
        progress(None, "placing units")
        row = build_row(_on_line(target), *_ends(box), aim, name)
        network = _from_row(row, name)
        progress(None, f"certifying {len(row.bias):,} units")
        bound = certify(network, function, box, gap=_GAP)
        if bound.upper <= tolerance:
            return network, bound
        reached = min(reached, bound.upper)
        aim *= min(0.97, 0.998 * tolerance / bound.upper) if np.isfinite(bound.upper) else 0.5
    raise SpecError(
        f"no network with a certified error of {tolerance:g} was found; the best one has "
        f"{reached:.3g}, so give a larger tolerance"
    )


def _from_row(row: LineUnits, name: str) -> Network:
    # No bias is -0.
    hidden = Layer(row.weight[:, None], row.bias + 0.0, name)
    return Network([hidden, Layer(row.output[None], np.array([row.constant]))], input_names=["x"])


def build_width(
    function: Any, target: Any, box: np.ndarray, n_units: int, name: str
) -> tuple[Network, Bound]:
    """Build the network of at most a number of units whose tolerance is smallest. `box` (1, 2)."""
    if name in ("logistic", "tanh"):
        row = fit_row(_on_line(target), *_ends(box), n_units, name)
    else:
        row = _best_row(target, box, name, n_units)
    network = _from_row(row, name)
    return network, certify(network, function, box, gap=_GAP)


def _best_row(target: Any, box: np.ndarray, name: str, n_units: int) -> LineUnits:
    """Return the units for the smallest tolerance that this many reach, found by halving."""
    values = _on_line(target)(np.linspace(box[0, 0], box[0, 1], 2_001))
    high = max(float(np.ptp(values)), 1e-9 * float(np.max(np.abs(values))), 1e-300)
    low, best = 1e-9 * high, _row_of_few(target, box, high, name, n_units)
    while high > 1.004 * low:
        middle = float(np.sqrt(low * high))
        row = _row_of_few(target, box, middle, name, n_units)
        if row is None:
            low = middle
        else:
            best, high = row, middle
    assert best is not None
    return best


def _row_of_few(
    target: Any, box: np.ndarray, tolerance: float, name: str, most: int
) -> LineUnits | None:
    """Return the hidden units for a tolerance, or None if they are more than allowed."""
    samples = sample(_on_line(target), *_ends(box), 1_000, order=2 if name == "relu" else 1)
    if count_units(samples, tolerance, name) > 1.2 * most + 2:
        return None
    row = build_row(_on_line(target), *_ends(box), tolerance, name)
    return row if len(row.weight) <= most else None
