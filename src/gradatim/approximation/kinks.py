r"""Where a function of two variables bends sharply: lines that touch its kinks.

Conventions: variables are brought to the square [-1, 1]^2 as in `ridge_functions`; a line is
:math:`d \cdot s + c = 0` with :math:`|d_1| + |d_2| = 1`. An ``abs`` bends where its argument is 0,
``min`` and ``max`` where their arguments are equal; a straight kink has one line, a curved one a
tangent at each of many points.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from gradatim.certificates.calculus import float_steps
from gradatim.certificates.programs import Formula

_SIDE = 81
# Lines closer than this to another are the same.
_SAME = 0.01


class Lines(NamedTuple):
    """Straight lines."""

    weight: np.ndarray  # (n_lines, 2): d of every line
    bias: np.ndarray  # (n_lines,): c of every line


def find_kinks(formula: Formula, middle: np.ndarray, half: np.ndarray) -> Lines:
    """Find lines that touch the kinks of a formula. `middle`, `half` (2,).

    Examples
    --------
    >>> from gradatim.certificates.formulas import parse_formula
    >>> lines = find_kinks(parse_formula("max(x, y) + abs(x - 0.5)"), np.zeros(2), np.ones(2))
    >>> (lines.weight + 0.0).tolist(), lines.bias.tolist()
    ([[0.5, -0.5], [1.0, 0.0]], [0.0, -0.5])
    """
    side = np.linspace(-1, 1, _SIDE)
    square = np.stack([g.ravel() for g in np.meshgrid(side, side)], axis=1)
    steps = float_steps(formula, middle + square * half)
    found = []
    for op in formula.program:
        if op.kind in ("abs", "min", "max"):
            values = steps[op.sources[0]]
            if op.kind != "abs":
                values = values - steps[op.sources[1]]
            found.append(_tangents(values.reshape(_SIDE, _SIDE), side))
    if not found:
        return Lines(np.empty((0, 2)), np.empty(0))
    lines = np.concatenate(found)
    marks = np.rint(lines / _SAME)
    first = np.unique(marks, axis=0, return_index=True)[1]
    lines = lines[np.sort(first)]
    return Lines(lines[:, :2], lines[:, 2])


def _tangents(values: np.ndarray, side: np.ndarray) -> np.ndarray:
    """Return the tangents (d1, d2, c) where a function on the grid changes its sign."""
    by_y, by_x = np.gradient(values, side, side)
    found = []
    for axis in (0, 1):
        cut = [slice(None), slice(None)]
        cut[axis] = slice(None, -1)
        left = values[tuple(cut)]
        cut[axis] = slice(1, None)
        right = values[tuple(cut)]
        i, j = np.nonzero((left * right < 0) | ((left == 0) & (right != 0)))
        share = left[i, j] / (left[i, j] - right[i, j])
        next_i, next_j = i + (axis == 0), j + (axis == 1)
        point = np.stack(
            [
                side[j] + share * (side[next_j] - side[j]),
                side[i] + share * (side[next_i] - side[i]),
            ],
            axis=1,
        )
        slope = np.stack(
            [(1 - share) * by[i, j] + share * by[next_i, next_j] for by in (by_x, by_y)], axis=1
        )
        found.append(_lines(slope, point))
    return np.concatenate(found)


def _lines(slope: np.ndarray, point: np.ndarray) -> np.ndarray:
    size = np.abs(slope).sum(axis=1)
    known = np.isfinite(size) & (size > 1e-9)
    direction = slope[known] / size[known, None]
    # Differences of floats: what is 1/2 should say so.
    direction = np.round(direction, 12)
    first = np.where(direction[:, 0] != 0, direction[:, 0], direction[:, 1])
    direction *= np.sign(first)[:, None]
    bias = -np.sum(direction * point[known], axis=1)
    return np.column_stack([direction, np.round(bias, 12)]) + 0.0
