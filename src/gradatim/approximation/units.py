r"""Hidden units on a square: values of their columns, and candidates among which to choose.

Conventions: a unit is :math:`a(w \cdot s + b)` with s in [-1, 1]^2. Candidates lie on straight
lines :math:`d \cdot s + c = 0`, :math:`|d_1| + |d_2| = 1`; sigmoids have several steepnesses per
line, :math:`w = k d`. Hyperbolic tangents are chosen as sigmoids, their other notation.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from gradatim.activations import get_activation
from gradatim.approximation.kinks import Lines

# How steep sigmoids are, with the number of their lines a direction and how far these reach.
_STEEP = ((2.0, 5, 1.2), (4.0, 9, 1.1), (8.0, 17, 1.0), (16.0, 31, 1.0), (32.0, 47, 1.0))
# How steep they are on lines that are known to matter.
_STEEP_ON_LINES = (8.0, 16.0, 32.0, 64.0)
# Multiples of the golden section, but for whole numbers, are spread evenly.
_GOLDEN = 0.5 * (5**0.5 - 1)
# How far steps on lines that are known to matter are moved.
_APART = 0.01


class Terms(NamedTuple):
    """Hidden units of two variables with their sum."""

    weight: np.ndarray  # (n_units, 2): Weights
    bias: np.ndarray  # (n_units,): w0, and weight in the output
    output: np.ndarray
    constant: float  # w0 of the output


def values_of(lines: Lines, s: np.ndarray, name: str) -> np.ndarray:
    """Return one column per unit. `s` (n_points, 2); returns (n_points, n_units)."""
    return get_activation(name).function(s @ lines.weight.T + lines.bias)


def joined(*parts: Lines) -> Lines:
    """Return all of several sets of units."""
    return Lines(
        np.concatenate([part.weight for part in parts]),
        np.concatenate([part.bias for part in parts]),
    )


def even_directions(n: int, offset: float = 0.0) -> np.ndarray:
    """Return directions at equal angles. Returns (n, 2).

    Examples
    --------
    >>> even_directions(2).tolist()
    [[1.0, 0.0], [0.0, 1.0]]
    """
    angles = np.pi * (np.arange(n) + offset) / n
    # Any directions will do; these have equal parts where they are meant to.
    found = np.round(np.stack([np.cos(angles), np.sin(angles)], axis=1), 12) + 0.0
    return found / np.abs(found).sum(axis=1, keepdims=True)


def candidates(name: str, n_directions: int, n_lines: int) -> Lines:
    """Return units at equal angles and distances."""
    directions = even_directions(n_directions)
    if name == "logistic":
        return joined(
            *(
                _all_pairs(directions, np.linspace(-reach, reach, n), steepness)
                for steepness, n, reach in _STEEP
            )
        )
    found = _all_pairs(directions, np.linspace(-1, 1, n_lines + 2)[1:-1], 1.0)
    return _apart(found, 1.0 / n_lines) if name == "heaviside" else found


def _apart(lines: Lines, width: float) -> Lines:
    """Move lines a little, so that steps do not meet three in a point."""
    moves = (np.arange(len(lines.bias)) * _GOLDEN) % 1 - 0.5
    return Lines(lines.weight, lines.bias + width * moves)


def _all_pairs(directions: np.ndarray, offsets: np.ndarray, steepness: float) -> Lines:
    weight = np.repeat(directions, len(offsets), axis=0)
    return Lines(steepness * weight, -steepness * np.tile(offsets, len(directions)))


def on_lines(lines: Lines, name: str) -> Lines:
    """Return units on given lines."""
    if name == "heaviside":
        return _apart(lines, _APART)
    if name == "relu":
        return lines
    return joined(*(Lines(k * lines.weight, k * lines.bias) for k in _STEEP_ON_LINES))


def through(points: np.ndarray, n_directions: int) -> Lines:
    """Return lines through points, at equal angles. `points` (n_points, 2)."""
    weight = np.tile(even_directions(n_directions), (len(points), 1))
    places = np.repeat(points, n_directions, axis=0)
    return Lines(weight, -np.sum(weight * places, axis=1))
