"""Entries of a table as whole multiples of one number per column.

Conventions: entry (i, j) is ``origin(j) + unit(j) * m`` with an integer m of at most ``lengths[j]``
bits, and 0 in a constant column; see `gradatim.separability.planes.rows`.
"""

from __future__ import annotations

from fractions import Fraction
from math import inf, lcm
from typing import Any

import numpy as np

_DOUBLE = 53


class FloatEntries:
    """Entries that are float64: whole multiples of a power of two, one per column.

    `X` (n_samples, n_features).
    """

    def __init__(self, X: np.ndarray) -> None:
        self._X = X
        self._origin = X[len(X) // 2] + 0.0
        self._exponent = np.zeros(X.shape[1], dtype=np.int64)
        self.lengths = np.zeros(X.shape[1], dtype=np.int64)
        for j in range(X.shape[1]):
            self._measure(j)

    def _measure(self, j: int) -> None:
        """Find the largest power of two that divides a column, and the size of what is left."""
        values = np.unique(self._X[:, j])
        mantissa, exponent = _split(values)
        kept = mantissa != 0
        if len(values) < 2 or not kept.any():
            return
        lowest = np.frexp((mantissa & -mantissa)[kept].astype(float))[1] - 1
        self._exponent[j] = int((exponent[kept] + lowest).min())
        ends = [self._multiple(float(values[0]), j), self._multiple(float(values[-1]), j)]
        middle = self._multiple(float(self._origin[j]), j)
        self.lengths[j] = max(abs(end - middle).bit_length() for end in ends)

    def _multiple(self, value: float, j: int) -> int:
        return int(Fraction(value) / _power(int(self._exponent[j])))

    def origin(self, j: int) -> Fraction:
        """Return what is taken from a column."""
        return Fraction(float(self._origin[j]))

    def unit(self, j: int) -> Fraction:
        """Return what a column is whole multiples of, after that."""
        return _power(int(self._exponent[j]))

    def exact(self, index: int) -> list[Fraction]:
        """Return one row as it was given."""
        return [Fraction(value) for value in self._X[index].tolist()]

    def floats(self) -> np.ndarray:
        """Return the table as float64, infinite where floats end."""
        return self._X

    def about(self, columns: list[int]) -> np.ndarray:
        """Return the multiples of some columns, divided by two to their length."""
        down = -(self._exponent + self.lengths)[columns]
        origin = np.ldexp(self._origin[columns], down)
        if len(columns) == self._X.shape[1]:
            return np.ldexp(self._X, down) - origin
        return np.ldexp(self._X[:, columns], down) - origin

    def integers(self, index: np.ndarray, columns: list[int]) -> list[list[int]]:
        """Return the multiples of some rows and columns."""
        values, down = self._X[index][:, columns], -self._exponent[columns]
        with np.errstate(over="ignore"):
            scaled = np.ldexp(values, down)
            origin = np.ldexp(self._origin[columns], down)
        if np.abs(scaled).max(initial=0) < 2**_DOUBLE and np.abs(origin).max(initial=0) < (
            2**_DOUBLE
        ):
            return (scaled.astype(np.int64) - origin.astype(np.int64)).tolist()
        mantissa, exponent = _split(values)
        middle = [
            self._multiple(value, j)
            for j, value in zip(columns, self._origin[columns], strict=True)
        ]
        moved = exponent - self._exponent[columns]
        return [
            [
                (m << e if e >= 0 else m >> -e) - o
                for m, e, o in zip(row, moves, middle, strict=True)
            ]
            for row, moves in zip(mantissa.tolist(), moved.tolist(), strict=True)
        ]


class ObjectEntries:
    """Entries that are integers or fractions: whole multiples of one fraction per column.

    `X` (n_samples, n_features).
    """

    def __init__(self, X: np.ndarray) -> None:
        rows = X.tolist()
        self._rows = rows
        n_columns = X.shape[1]
        self._denominators = [lcm(*(row[j].denominator for row in rows)) for j in range(n_columns)]
        self._origin = rows[len(rows) // 2]
        self._integers = [
            [
                int((x - o) * d)
                for x, o, d in zip(row, self._origin, self._denominators, strict=True)
            ]
            for row in rows
        ]
        self.lengths = np.array(
            [max(abs(row[j]).bit_length() for row in self._integers) for j in range(n_columns)],
            dtype=np.int64,
        )

    def origin(self, j: int) -> Fraction:
        """Return what is taken from a column."""
        return Fraction(self._origin[j])

    def unit(self, j: int) -> Fraction:
        """Return what a column is whole multiples of, after that."""
        return Fraction(1, self._denominators[j])

    def exact(self, index: int) -> list[Fraction]:
        """Return one row as it was given."""
        return [Fraction(value) for value in self._rows[index]]

    def floats(self) -> np.ndarray:
        """Return the table as float64, infinite where floats end."""
        return np.array([[_float(value) for value in row] for row in self._rows])

    def about(self, columns: list[int]) -> np.ndarray:
        """Return the multiples of some columns, divided by two to their length."""
        ones = [1 << int(self.lengths[j]) for j in columns]
        about = [
            [row[j] / one for j, one in zip(columns, ones, strict=True)] for row in self._integers
        ]
        return np.array(about, dtype=float).reshape(len(self._integers), len(columns))

    def integers(self, index: np.ndarray, columns: list[int]) -> list[list[int]]:
        """Return the multiples of some rows and columns."""
        return [[self._integers[i][j] for j in columns] for i in index]


def _split(values: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return integers and exponents of two whose products are the values."""
    mantissa, exponent = np.frexp(values)
    return np.ldexp(mantissa, _DOUBLE).astype(np.int64), exponent.astype(np.int64) - _DOUBLE


def _float(value: Any) -> float:
    try:
        return float(value)
    except OverflowError:
        return inf if value > 0 else -inf


def _power(exponent: int) -> Fraction:
    return Fraction(2) ** exponent
