r"""A function of two variables as a sum of functions of one: ridges.

Conventions: a *ridge* is :math:`g(u)` with :math:`u = d \cdot s`, where s in [-1, 1]^2 are the
variables brought to a square and d is a direction of :math:`|d_1| + |d_2| = 1`, so that u stays in
[-1, 1]. Every polynomial of degree D is a sum of D + 1 ridges in different directions [1]_. The
g are polynomials fitted to samples; each is then approximated on its own line.

References
----------
.. [1] A. Pinkus, "Ridge functions", Cambridge University Press, 2015, chapter 5.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import NamedTuple

import numpy as np
from numpy.polynomial import chebyshev
from threadpoolctl import threadpool_limits

from gradatim.approximation.lines import LineUnits, build_row, count_units
from gradatim.approximation.samples import sample
from gradatim.approximation.units import Terms, even_directions

_MOST_DIRECTIONS = 16
_DEGREES = (1, 2, 3, 4, 5, 6, 8, 10, 12, 16, 20, 24)
_MOST_COLUMNS = 160
_SIDE = 33


class RidgeFunctions(NamedTuple):
    """A sum of ridges."""

    directions: np.ndarray  # (n_directions, 2): d of every ridge
    coefficients: np.ndarray  # (n_directions, degree + 1): Chebyshev coefficients of every g
    constant: float  # What is added
    error: float  # Largest error on the samples


# Tables this small are solved sooner on one thread, the more so on a busy machine.
@threadpool_limits.wrap(limits=1, user_api="blas")
def find_ridge_functions(
    function: Callable[[np.ndarray], np.ndarray], tolerance: float, activation: str
) -> RidgeFunctions | float:
    """Find a sum of ridges that costs few units."""
    nodes = np.cos(np.pi * (np.arange(_SIDE) + 0.5) / _SIDE)
    s = np.stack([g.ravel() for g in np.meshgrid(nodes, nodes)], axis=1)
    y = function(s)
    best, cost, smallest = None, np.inf, np.inf
    for directions in _candidates():
        degrees = [d for d in _DEGREES if len(directions) * d <= _MOST_COLUMNS]
        least = _fit(s, y, directions, degrees[-1]).error
        smallest = min(smallest, least)
        # No lower degree comes closer.
        for degree in degrees if least <= 0.5 * tolerance else ():
            ridges = _fit(s, y, directions, degree)
            if ridges.error > 0.5 * tolerance:
                continue
            needed = sum(_costs(ridges, tolerance - ridges.error, activation))
            if needed < cost:
                best, cost = ridges, needed
            if ridges.error < 0.1 * tolerance:
                break
        if best is not None and len(directions) > len(best.directions) + 3:
            break
    return smallest if best is None else best


def _candidates() -> Iterator[np.ndarray]:
    """Yield sets of directions, few first."""
    for n in range(1, _MOST_DIRECTIONS + 1):
        for offset in (0.0, 0.5):
            yield even_directions(n, offset)


def _fit(s: np.ndarray, y: np.ndarray, directions: np.ndarray, degree: int) -> RidgeFunctions:
    # Least norm among equal fits then prefers low degrees, which bend less.
    scale = 1.0 / np.arange(1, degree + 1) ** 2
    columns = [np.ones((len(s), 1))]
    columns += [chebyshev.chebvander(s @ d, degree)[:, 1:] * scale for d in directions]
    design = np.concatenate(columns, axis=1)
    solution = np.linalg.lstsq(design, y, rcond=1e-9)[0]
    error = float(np.max(np.abs(design @ solution - y)))
    shares = solution[1:].reshape(len(directions), degree) * scale
    coefficients = np.concatenate([np.zeros((len(directions), 1)), shares], axis=1)
    used = np.max(np.abs(shares), axis=1) > 1e-9 * (1e-300 + np.max(np.abs(y)))
    return RidgeFunctions(directions[used], coefficients[used], float(solution[0]), error)


def _share(ridges: RidgeFunctions, tolerance: float, activation: str) -> list[tuple[float, float]]:
    """Return for every ridge its part of the tolerance, and the units that it then costs.

    With units n_k = A_k t_k^(-p), their sum is least where t_k is proportional to A_k^(1/(1+p)).
    """
    power = 0.5 if activation == "relu" else 1.0
    amounts = []
    for coefficients in ridges.coefficients:
        found = sample(_ridge(coefficients), -1.0, 1.0, 400, order=2 if activation == "relu" else 1)
        amounts.append(count_units(found, 1.0, activation) + 1e-9)
    parts = np.array(amounts) ** (1 / (1 + power))
    shares = tolerance * parts / parts.sum()
    return [
        (float(t), float(amount * t**-power)) for t, amount in zip(shares, amounts, strict=True)
    ]


def _costs(ridges: RidgeFunctions, tolerance: float, activation: str) -> list[float]:
    return [max(1.0, units) for _, units in _share(ridges, tolerance, activation)]


def _ridge(coefficients: np.ndarray) -> Callable[[np.ndarray], np.ndarray]:
    return lambda u: chebyshev.chebval(u, coefficients)


def build_ridge_functions(ridges: RidgeFunctions, tolerance: float, activation: str) -> Terms:
    """Build the hidden units of a sum of ridges."""
    rows: list[LineUnits] = [
        build_row(_ridge(coefficients), -1.0, 1.0, part, activation)
        for coefficients, (part, _) in zip(
            ridges.coefficients, _share(ridges, tolerance, activation), strict=True
        )
    ]
    if not rows:
        return Terms(np.zeros((1, 2)), np.zeros(1), np.zeros(1), ridges.constant)
    return Terms(
        np.concatenate(
            [np.outer(r.weight, d) for r, d in zip(rows, ridges.directions, strict=True)]
        ),
        np.concatenate([r.bias for r in rows]),
        np.concatenate([r.output for r in rows]),
        ridges.constant + sum(r.constant for r in rows),
    )
