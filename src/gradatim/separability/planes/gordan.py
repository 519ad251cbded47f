r"""Gordan's alternative, decided in integers: a plane for all rows, or rows that forbid one.

Conventions: rows are normalized vectors a (`gradatim.separability.planes.rows`) times their sign.
Either a plane v has :math:`a_i \cdot v > 0` for all i, or weights :math:`\lambda \ge 0`, not all 0,
have :math:`\sum_i \lambda_i a_i = 0` [1]_. Nothing is rounded but where a row is looked for.

References
----------
.. [1] P. Gordan, "Über die Auflösung linearer Gleichungen mit reellen Coefficienten",
   Mathematische Annalen, vol. 6, pp. 23-28, 1873.
.. [2] P. Wolfe, "Finding the nearest point in a polytope", Mathematical Programming, vol. 11,
   pp. 128-149, 1976.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import gcd, lcm
from typing import Any

import numpy as np
from flint import fmpz_mat, nmod_mat

from gradatim.separability.planes.rows import ExactRows

_PRIME = (1 << 61) - 1
# Steps of the exact search times the cube of the points that it holds: about a minute.
_MOST_WORK = 5e7


@dataclass(frozen=True)
class Alternative:
    """One of Gordan's two, or neither within the work allowed."""

    # A plane in normalized coordinates with every signed row on its positive side
    plane: list[int] | None = None
    support: Sequence[int] = ()  # Rows with a weight, if there is no such plane
    # Their weights, positive, of sum 1; the signed rows add up to the zero vector
    weights: Sequence[Fraction] = ()


def combination(rows: ExactRows, signs: np.ndarray, support: Sequence[int]) -> Alternative | None:
    """Solve for the weights of some rows, if one solution there is and it is not negative.

    `signs` (n_samples,).
    """
    vectors = _signed(rows, signs, support)
    kernel = _kernel(vectors)
    if kernel is None:
        return None
    if all(value <= 0 for value in kernel):
        kernel = [-value for value in kernel]
    if any(value < 0 for value in kernel):
        return None
    total = sum(kernel)
    kept = [k for k, value in enumerate(kernel) if value > 0]
    return Alternative(
        None, [int(support[k]) for k in kept], [Fraction(kernel[k], total) for k in kept]
    )


def _signed(rows: ExactRows, signs: np.ndarray, index: Sequence[int] | np.ndarray) -> fmpz_mat:
    vectors = rows.normalized(index)
    table = [
        [int(s) * value for value in row]
        for s, row in zip(signs[np.asarray(index)], vectors.tolist(), strict=True)
    ]
    return fmpz_mat(table)


def _kernel(vectors: fmpz_mat) -> list[int] | None:
    """Return the integers, unique up to a factor, by which the vectors add up to zero."""
    n_points, size = vectors.nrows(), vectors.ncols()
    columns = independent(vectors)
    if n_points < 2 or len(columns) != n_points - 1:
        return None
    free = _dependent(vectors)
    others = [i for i in range(n_points) if i != free]
    table = vectors.tolist()
    square = fmpz_mat([[table[i][j] for i in others] for j in columns])
    right = fmpz_mat([[-table[free][j]] for j in columns])
    try:
        solved: Any = square.solve(right)
    except ZeroDivisionError:
        return None
    numerators, denominator = solved.numer_denom()
    kernel = [int(value) for value in numerators.entries()]
    kernel.insert(free, int(denominator))
    left = fmpz_mat([kernel]) * vectors
    return kernel if left == fmpz_mat(1, size) else None


def independent(vectors: fmpz_mat) -> list[int]:
    """Choose columns that are independent."""
    reduced, rank = nmod_mat(vectors, _PRIME).rref()
    table, pivots, j = reduced.tolist(), [], 0
    for i in range(rank):
        while not int(table[i][j]):
            j += 1
        pivots.append(j)
    return pivots


def _dependent(vectors: fmpz_mat) -> int:
    """Return a vector that depends on the others, modulo a prime."""
    pivots = independent(vectors.transpose())
    return next(i for i in range(vectors.nrows()) if i not in pivots)


def decide(
    rows: ExactRows, signs: np.ndarray, start: Sequence[int], weights: Sequence[float] = ()
) -> Alternative:
    r"""Decide by Wolfe's search for the shortest vector in the hull of the signed rows [2]_.

    The search holds affinely independent rows and the shortest combination x of them, and adds a
    row with :math:`a_i \cdot x \le 0`. If there is none, x is a plane; if x is 0, the rows held
    have the weights. Each combination is shorter than the one before, so the search ends.

    `signs` (n_samples,).
    """
    corral = _independent(rows, signs, start)
    given = dict(zip(start, weights, strict=False))
    guessed = [Fraction(max(given.get(i, 1.0), 1e-6)).limit_denominator(1 << 20) for i in corral]
    total = sum(guessed)
    point = [weight / total for weight in guessed]
    work = (len(corral) + 4.0) ** 3
    while work <= _MOST_WORK:
        work += (len(corral) + 4.0) ** 3
        corral, point, vectors = _shorten(rows, signs, corral, point)
        x = _combine(vectors, point)
        if not any(x):
            return Alternative(None, corral, point)
        enters = _first_wrong(rows, signs, x)
        if enters is None:
            return Alternative(x)
        corral, point = [*corral, enters], [*point, Fraction(0)]
    return Alternative()


def _independent(rows: ExactRows, signs: np.ndarray, start: Sequence[int]) -> list[int]:
    """Return affinely independent ones of the rows."""
    table = _signed(rows, signs, start).tolist()
    # Columns are now rows (1, a); independent ones stand at the pivots.
    homogeneous = fmpz_mat([[*row, 1] for row in table]).transpose()
    return [int(start[k]) for k in independent(homogeneous)]


def _shorten(
    rows: ExactRows, signs: np.ndarray, corral: list[int], point: list[Fraction]
) -> tuple[list[int], list[Fraction], fmpz_mat]:
    """Go to the shortest combination, dropping rows that would get a negative weight."""
    while True:
        vectors = _signed(rows, signs, corral)
        best = affine_minimum(vectors)
        if best is None:
            raise AssertionError("the rows held are affinely independent")
        if all(weight > 0 for weight in best):
            return corral, best, vectors
        point = step_towards(point, best)
        kept = [k for k, weight in enumerate(point) if weight > 0]
        corral, point = [corral[k] for k in kept], [point[k] for k in kept]


def affine_minimum(vectors: fmpz_mat) -> list[Fraction] | None:
    """Find the shortest vector in the affine hull of some vectors."""
    gram = (vectors * vectors.transpose()).tolist()
    n = len(gram)
    system = fmpz_mat([[0, *[1] * n], *([1, *row] for row in gram)])
    try:
        solved = system.solve(fmpz_mat([[1], *([0] for _ in range(n))])).entries()[1:]
    except ZeroDivisionError:
        return None
    return [Fraction(int(value.p), int(value.q)) for value in solved]


def step_towards(point: Sequence[Fraction], best: Sequence[Fraction]) -> list[Fraction]:
    """Go from weights that are not negative towards others, until the first is 0."""
    step = min(
        now / (now - then)
        for now, then in zip(point, best, strict=True)
        if then < now and then <= 0
    )
    return [now + step * (then - now) for now, then in zip(point, best, strict=True)]


def _combine(vectors: fmpz_mat, point: Sequence[Fraction]) -> list[int]:
    """Return the combination of vectors, times the positive number that makes it short."""
    scale = lcm(*(weight.denominator for weight in point))
    whole = fmpz_mat([[int(weight * scale) for weight in point]]) * vectors
    values = [int(value) for value in whole.entries()]
    common = gcd(*values)
    return [value // common for value in values] if common else values


def _first_wrong(rows: ExactRows, signs: np.ndarray, plane: Sequence[int]) -> int | None:
    """Return the row farthest on the wrong side, about, or None if all are on the right one."""
    scores, error = rows.scores(plane)
    scores = scores * signs
    worst = int(scores.argmin())
    if scores[worst] < -error:
        return worst
    close: Any = np.flatnonzero(scores <= error)
    products = rows.products(close, plane)
    exact = [int(signs[i]) * value for i, value in zip(close, products, strict=True)]
    wrong = [k for k, value in enumerate(exact) if value <= 0]
    return int(close[min(wrong, key=lambda k: exact[k])]) if wrong else None
