"""A table whose every entry is known twice: exactly, as integers, and about, as floats.

Conventions: entry (i, j) is ``origin[j] + unit[j] * m`` with an integer m, and nothing is rounded:
a float is its exact binary value, not the shortest decimal that reads as it. All work is done in
*normalized* coordinates, where a shift and a power of two bring every column to the same size: a
normalized vector is ``(m << shift[j], ..., 1 << bits)``, and ``about`` holds the same divided by
``1 << bits``, so that its entries are in [-1, 1] and wrong by at most one rounding each. A plane in
normalized coordinates is a sequence of d + 1 integers.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from math import gcd, lcm
from typing import Any

import numpy as np
from flint import fmpz_mat

from gradatim.separability.planes.entries import FloatEntries, ObjectEntries

_ROUNDING = 2.0**-53
# Far above what products of numbers in [-1, 1] can lose to underflow, far below what matters.
_UNDERFLOW = 1e-290


@dataclass(frozen=True)
class Metric:
    """One unit of length for all columns that vary."""

    unit: Fraction  # The unit; distances are whole multiples of it along every column
    factors: list[int]  # Units of the metric in a unit of each column
    # (n_columns,): What `ExactRows.about` is multiplied by to have all columns in one unit; up to 1
    ratios: np.ndarray


class ExactRows:
    """The rows of a table, exact and approximate. `X` (n_samples, n_features)."""

    def __init__(self, X: np.ndarray) -> None:
        self._table = ObjectEntries(X) if X.dtype == object else FloatEntries(X)
        lengths = self._table.lengths
        #: Columns that are not constant; the others cannot help to separate.
        self.columns: list[int] = np.flatnonzero(lengths).tolist()
        self.constant: list[int] = np.flatnonzero(lengths == 0).tolist()
        self.n_rows, self.n_columns = len(X), X.shape[1]
        self.bits = int(max(lengths.max(initial=0), 1))
        self.shift = [self.bits - int(lengths[j]) for j in self.columns]
        self.origins = [self._table.origin(j) for j in range(X.shape[1])]
        self.origin = [self.origins[j] for j in self.columns]
        self.unit = [self._table.unit(j) for j in self.columns]

    @property
    def size(self) -> int:
        """Entries of a normalized vector: the columns that vary, and one for the bias."""
        return len(self.columns) + 1

    @cached_property
    def about(self) -> np.ndarray:
        """Normalized coordinates without the last, divided by ``1 << bits``, rounded once."""
        return self._table.about(self.columns)

    def integers(self, index: Sequence[int] | np.ndarray) -> list[list[int]]:
        """Return m of some rows, for the columns that vary."""
        return self._table.integers(np.asarray(index, dtype=np.intp), self.columns)

    def normalized(self, index: Sequence[int] | np.ndarray) -> fmpz_mat:
        """Return normalized vectors, one per row."""
        one = 1 << self.bits
        return fmpz_mat(
            [
                [m << s for m, s in zip(row, self.shift, strict=True)] + [one]
                for row in self.integers(index)
            ]
        )

    def exact(self, index: int) -> list[Fraction]:
        """Return one row as it was given, all columns."""
        return self._table.exact(index)

    def totals(self, index: Sequence[int], weights: Sequence[Fraction]) -> tuple[list[int], int]:
        """Return sums of weight times m of the columns that vary, times a scale; and the scale."""
        scale = lcm(*(weight.denominator for weight in weights))
        # No common divisors are looked for: the numbers may have ten thousands of digits.
        whole = fmpz_mat([[w.numerator * (scale // w.denominator) for w in weights]])
        if not len(self.columns):
            return [], scale
        return [int(v) for v in (whole * fmpz_mat(self.integers(index))).entries()], scale

    def combine(self, index: Sequence[int], weights: Sequence[Fraction]) -> list[Fraction]:
        """Return a combination of rows whose weights have the sum 1, all columns."""
        totals, scale = self.totals(index, weights)
        point = list(self.origins)
        for j, unit, total in zip(self.columns, self.unit, totals, strict=True):
            point[j] += Fraction(total * unit.numerator, scale * unit.denominator)
        return point

    def floats(self) -> np.ndarray:
        """Return the table as float64, all columns; infinite where floats end."""
        return self._table.floats()

    def metric(self) -> Metric:
        """Return what brings the columns that vary to one unit of length."""
        denominator = lcm(*(unit.denominator for unit in self.unit))
        whole = [int(unit * denominator) for unit in self.unit]
        common = gcd(*whole)
        factors = [value // common for value in whole]
        sizes = [f << (self.bits - s) for f, s in zip(factors, self.shift, strict=True)]
        largest = max(sizes)
        ratios = np.array([size / largest for size in sizes])
        return Metric(Fraction(common, denominator), factors, ratios)

    def plane(self, normalized: Sequence[Any]) -> tuple[list[Fraction], Fraction]:
        """Turn a plane in normalized coordinates into weights of all columns, and w0."""
        weights = [Fraction(0)] * self.n_columns
        bias = Fraction(int(normalized[-1])) * (1 << self.bits)
        for k, j in enumerate(self.columns):
            weights[j] = Fraction(int(normalized[k])) * (1 << self.shift[k]) / self.unit[k]
            bias -= weights[j] * self.origin[k]
        return weights, bias

    def normalized_plane(self, weights: Sequence[Fraction], bias: Fraction) -> list[int]:
        """Turn weights and w0 into a positive multiple of that plane, in normalized coordinates."""
        normalized = self.normalized_fractions(weights, bias)
        scale = lcm(*(value.denominator for value in normalized))
        return [int(value * scale) for value in normalized]

    def normalized_fractions(self, weights: Sequence[Fraction], bias: Fraction) -> list[Fraction]:
        """Turn weights and w0 into a plane whose products with normalized vectors are scores."""
        normalized, last = [], bias
        for k, j in enumerate(self.columns):
            normalized.append(weights[j] * self.unit[k] / (1 << self.shift[k]))
            last += weights[j] * self.origin[k]
        # A column that never changes is a part of w0.
        for j in self.constant:
            last += weights[j] * self.origins[j]
        return [*normalized, last / (1 << self.bits)]

    def scores(self, plane: Sequence[int]) -> tuple[np.ndarray, float]:
        """Return the side of every row, about, and by how much it may be wrong.

        Returns (n_samples,).
        """
        weights = _small_floats(plane)
        scores = self.about @ weights[:-1] + weights[-1]
        roundings = (len(weights) + 8) * _ROUNDING
        return scores, float(1.01 * roundings * np.abs(weights).sum() + _UNDERFLOW)

    def signs(self, plane: Sequence[int]) -> np.ndarray:
        """Return the exact sign of every row's product with a plane: -1, 0 or 1.

        Floats decide where they provably can, integers elsewhere.
        """
        scores, error = self.scores(plane)
        signs = np.sign(scores).astype(np.int8)
        close = np.flatnonzero(np.abs(scores) <= error)
        for part in _chunks(close):
            signs[part] = [_sign(value) for value in self.products(part, plane)]
        return signs

    def products(self, index: Sequence[int] | np.ndarray, plane: Sequence[int]) -> list[Any]:
        """Return exact products of some rows with a plane, in normalized coordinates."""
        if not len(index):
            return []
        return (self.normalized(index) * fmpz_mat([[value] for value in plane])).entries()


def _small_floats(plane: Sequence[int]) -> np.ndarray:
    """Return a plane as floats, the largest near 1, each rounded once."""
    length = max(abs(int(value)).bit_length() for value in plane)
    one = 1 << max(length, 1)
    return np.array([int(value) / one for value in plane])


def _chunks(index: np.ndarray, size: int = 4096) -> list[np.ndarray]:
    return [index[start : start + size] for start in range(0, len(index), size)]


def _sign(value: Any) -> int:
    return int(value > 0) - int(value < 0)
