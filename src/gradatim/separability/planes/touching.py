r"""Telling hulls that only touch from hulls that overlap.

Conventions: signed vectors are :math:`a_i = s_i (x_i, 1)`. A plane v is *weak* if
:math:`a_i \cdot v \ge 0` for all rows and > 0 for one. A combination of rows that is 0 forces every
weak plane through its rows, and so through all that these rows span; what is left is the same
question in the quotient, of lower dimension, until a plane is found or nothing is left. With a
plane the hulls touch; without one they overlap, and adding up the combinations, the earlier ones
large enough, gives one of positive weights whose rows span everything (Steinitz [1]_).

References
----------
.. [1] E. Steinitz, "Bedingt konvergente Reihen und konvexe Systeme", Journal für die reine und
   angewandte Mathematik, vol. 143, pp. 128-176, 1913.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import lcm

import numpy as np
from flint import fmpz_mat

from gradatim.separability.planes.alternative import alternative
from gradatim.separability.planes.gordan import Alternative, independent
from gradatim.separability.planes.rows import ExactRows
from gradatim.separability.planes.short import shorten, whole_weights

# Entries of the quotients up to which the question is asked.
_MOST_ENTRIES = 2_000_000
_MOST_COLUMNS = 120


@dataclass(frozen=True)
class Touching:
    """Whether two hulls with a common point only touch."""

    touching: bool | None  # None if that was not decided
    weights: tuple[Fraction, ...] | None = None  # Weights of a weak plane
    bias: Fraction | None = None  # Its w0
    overlap: Alternative | None = None  # A combination of positive weights whose rows span all rows
    reason: str = ""  # Why it was not decided


def touching(rows: ExactRows, signs: np.ndarray, found: Alternative) -> Touching:
    """Tell touching hulls from overlapping ones. `signs` (n_samples,)."""
    while True:
        if len(found.support) > rows.size and _rank(rows, found.support) == rows.size:
            return Touching(False, overlap=found)
        if rows.size > _MOST_COLUMNS or rows.n_rows * rows.size > _MOST_ENTRIES:
            return Touching(None, reason="too large to tell touching hulls from overlapping ones")
        basis = _normal_space(rows, found.support)
        if not basis:
            return Touching(False, overlap=found)
        quotient = _quotient(rows, signs, basis)
        left = np.flatnonzero([any(row) for row in quotient])
        if not len(left):
            return Touching(False, overlap=found)
        table = np.empty((len(left) + 1, len(basis)), dtype=object)
        table[:-1] = [quotient[i] for i in left]
        table[-1] = 0
        reduced = ExactRows(table)
        sides = np.append(np.ones(len(left), dtype=np.int8), np.int8(-1))
        next_found = alternative(reduced, sides)
        if next_found.plane is not None:
            return _weak_plane(rows, basis, reduced, sides, next_found.plane)
        if not next_found.support:
            return Touching(None, reason="touching hulls could not be told from overlapping ones")
        found = _together(rows, signs, found, left, next_found)


def spans_all(rows: ExactRows, index: Sequence[int]) -> bool:
    """Check that every row's vector is in the span of some rows' vectors."""
    vectors = rows.normalized(index)
    space, nullity = vectors.nullspace()
    if not nullity:
        return True
    planes = [[int(space[i, k]) for i in range(space.nrows())] for k in range(nullity)]
    return all(not rows.signs(plane).any() for plane in planes)


def _rank(rows: ExactRows, support: Sequence[int]) -> int:
    return len(independent(rows.normalized(support).transpose()))


def _normal_space(rows: ExactRows, support: Sequence[int]) -> list[list[Fraction]]:
    """Return short planes (weights of all columns, then w0) that hold all rows of a support."""
    vectors = []
    for i in support:
        exact = rows.exact(i)
        values = [*(exact[j] for j in rows.columns), Fraction(1)]
        scale = lcm(*(value.denominator for value in values))
        vectors.append([int(value * scale) for value in values])
    space, nullity = fmpz_mat(vectors).nullspace()
    if not nullity:
        return []
    columns = [[int(space[i, k]) for i in range(space.nrows())] for k in range(nullity)]
    planes = []
    for plane in fmpz_mat(columns).lll().tolist():
        full = [Fraction(0)] * (rows.n_columns + 1)
        for j, value in zip([*rows.columns, rows.n_columns], plane, strict=True):
            full[j] = Fraction(int(value))
        planes.append(full)
    return planes


def _quotient(
    rows: ExactRows, signs: np.ndarray, basis: Sequence[Sequence[Fraction]]
) -> list[list]:
    """Return the scores of all signed rows on every plane of a basis, times one number."""
    normalized = [rows.normalized_fractions(plane[:-1], plane[-1]) for plane in basis]
    scale = lcm(*(value.denominator for plane in normalized for value in plane))
    planes = fmpz_mat([[int(value * scale) for value in plane] for plane in normalized])
    scores = (rows.normalized(range(rows.n_rows)) * planes.transpose()).tolist()
    return [[int(s) * int(value) for value in row] for s, row in zip(signs, scores, strict=True)]


def _weak_plane(
    rows: ExactRows,
    basis: Sequence[Sequence[Fraction]],
    reduced: ExactRows,
    sides: np.ndarray,
    plane: Sequence[int],
) -> Touching:
    """Add up the basis with the weights of a strict plane in the quotient."""
    weights = reduced.plane(plane)[0]
    short = shorten(reduced, sides, [weights])
    factors = weights if short is None else short[0]
    total = [
        sum((f * v[j] for f, v in zip(factors, basis, strict=True)), start=Fraction(0))
        for j in range(rows.n_columns + 1)
    ]
    total = whole_weights(total)
    return Touching(True, tuple(total[:-1]), total[-1])


def _together(
    rows: ExactRows, signs: np.ndarray, old: Alternative, left: np.ndarray, new: Alternative
) -> Alternative:
    """Add a combination that is 0 in the quotient to one that is 0, so that the sum is 0."""
    kept = [
        (int(left[k]), w) for k, w in zip(new.support, new.weights, strict=True) if k < len(left)
    ]
    vectors = _signed_table(rows, signs, [i for i, _ in kept])
    rest = _combine([w for _, w in kept], vectors)
    old_vectors = _signed_table(rows, signs, old.support)
    factors = _express(old_vectors, rest)
    # The old combination often enough that no weight of its rows becomes negative.
    often = max((f / w for f, w in zip(factors, old.weights, strict=True)), default=Fraction(0))
    often = Fraction(max(0, int(often)) + 1)
    weights = dict.fromkeys(old.support, Fraction(0))
    for i, w, f in zip(old.support, old.weights, factors, strict=True):
        weights[i] = often * w - f
    for i, w in kept:
        weights[i] = weights.get(i, Fraction(0)) + w
    total = sum(weights.values())
    return Alternative(None, list(weights), [w / total for w in weights.values()])


def _signed_table(rows: ExactRows, signs: np.ndarray, index: Sequence[int]) -> list[list[int]]:
    return [
        [int(signs[i]) * int(value) for value in row]
        for i, row in zip(index, rows.normalized(index).tolist(), strict=True)
    ]


def _combine(weights: Sequence[Fraction], vectors: Sequence[Sequence[int]]) -> list[Fraction]:
    return [
        sum((w * v[j] for w, v in zip(weights, vectors, strict=True)), start=Fraction(0))
        for j in range(len(vectors[0]))
    ]


def _express(vectors: Sequence[Sequence[int]], target: Sequence[Fraction]) -> list[Fraction]:
    """Return factors by which vectors add up to a target that is in their span."""
    table = fmpz_mat(vectors)
    chosen = independent(table.transpose())
    columns = independent(fmpz_mat([vectors[i] for i in chosen]))
    scale = lcm(*(value.denominator for value in target))
    square = fmpz_mat([[vectors[i][j] for i in chosen] for j in columns])
    solved = square.solve(fmpz_mat([[int(target[j] * scale)] for j in columns])).entries()
    factors = [Fraction(0)] * len(vectors)
    for i, value in zip(chosen, solved, strict=True):
        factors[i] = Fraction(int(value.p), int(value.q)) / scale
    return factors
