"""Feature maps: monomials of the inputs, by name and by value.

Conventions: a monomial is its exponents, one per input; its name is ``x1^2 x3``. Monomials are in
graded order: lower degrees first, and within a degree higher powers of earlier inputs. Exact values
are those of the given floats (`fractions.Fraction` of each), multiplied without rounding.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import combinations_with_replacement
from math import comb

import numpy as np
from numpy.typing import ArrayLike

from gradatim._text import name_inputs
from gradatim.errors import ShapeError, SpecError

__all__ = ["Monomial", "add_monomials", "monomials", "n_monomials"]

# Far above what anybody looks through, far below what fills a memory.
_MOST = 1_000_000


@dataclass(frozen=True)
class Monomial:
    r"""A product of powers of inputs, :math:`\prod_j x_j^{e_j}`.

    Parameters
    ----------
    exponents : tuple of int
        Power of every input, >= 0.

    Raises
    ------
    SpecError
        If an exponent is no whole number from 0 on.

    Examples
    --------
    >>> monomial = Monomial((2, 0, 1))
    >>> monomial.name(), monomial.degree, str(monomial([Fraction(1, 3), 7, 2]))
    ('x1^2 x3', 3, '2/9')
    """

    exponents: tuple[int, ...]

    def __post_init__(self) -> None:
        if not all(isinstance(e, int) and e >= 0 for e in self.exponents):
            raise SpecError(f"exponents must be whole numbers from 0 on, not {self.exponents}")

    @property
    def degree(self) -> int:
        """Sum of the exponents."""
        return sum(self.exponents)

    def name(self, input_names: Sequence[str] = ()) -> str:
        """Write the monomial, such as ``x1^2 x3``, with the names of the inputs."""
        names = name_inputs(input_names, len(self.exponents))
        if len(names) != len(self.exponents):
            raise ShapeError(f"{len(names)} names for {len(self.exponents)} inputs")
        powers = [(name, e) for name, e in zip(names, self.exponents, strict=True) if e]
        return " ".join(name if e == 1 else f"{name}^{e}" for name, e in powers) or "1"

    def __call__(self, row: Sequence[Fraction | int]) -> Fraction:
        """Return the exact value at one row."""
        value = Fraction(1)
        for x, e in zip(row, self.exponents, strict=True):
            if e:
                value *= x**e
        return value

    def __str__(self) -> str:
        return self.name()


def n_monomials(n_inputs: int, degree: int, lowest: int = 1) -> int:
    r"""Count monomials: :math:`\binom{n + d}{d}` of degree 0 to d in n inputs.

    Examples
    --------
    >>> n_monomials(2, 3, lowest=2), len(monomials(2, 3, lowest=2))
    (7, 7)
    """
    below = comb(n_inputs + lowest - 1, n_inputs) if lowest > 0 else 0
    return max(comb(n_inputs + degree, n_inputs) - below, 0)


def monomials(n_inputs: int, degree: int, lowest: int = 1) -> tuple[Monomial, ...]:
    """List all monomials of degree `lowest` to `degree`, a million at most, in graded order.

    Examples
    --------
    >>> [str(monomial) for monomial in monomials(2, 2)]
    ['x1', 'x2', 'x1^2', 'x1 x2', 'x2^2']
    """
    for name, value, least in (
        ("n_inputs", n_inputs, 1),
        ("lowest", lowest, 0),
        ("degree", degree, lowest),
    ):
        if not isinstance(value, int | np.integer) or isinstance(value, bool) or value < least:
            raise SpecError(f"{name} must be a whole number from {least} on, not {value!r}")
    found = n_monomials(n_inputs, degree, lowest)
    if found > _MOST:
        raise SpecError(
            f"{n_inputs} inputs have {found:,} monomials up to degree {degree}; choose a lower "
            "degree or fewer inputs"
        )
    return tuple(_in_graded_order(n_inputs, range(lowest, degree + 1)))


def _in_graded_order(n_inputs: int, degrees: Sequence[int]) -> Iterator[Monomial]:
    for degree in degrees:
        for chosen in combinations_with_replacement(range(n_inputs), degree):
            yield Monomial(tuple(chosen.count(j) for j in range(n_inputs)))


def add_monomials(X: ArrayLike, added: Sequence[Monomial], *, exact: bool = False) -> np.ndarray:
    """Append monomials to a table (n_samples, n_inputs), a column each.

    If `exact`, nothing is rounded: the array then holds fractions unless float64 has every value.

    Examples
    --------
    >>> add_monomials([[0.5, 3.0]], monomials(2, 2, lowest=2))
    array([[0.5 , 3.  , 0.25, 1.5 , 9.  ]])
    >>> add_monomials([[0.1]], [Monomial((2,))], exact=True)[0, 1] == Fraction(0.1) ** 2
    True
    """
    table = np.asarray(X)
    if table.ndim != 2:
        raise ShapeError(f"X must be a table (n_samples, n_inputs), not {table.shape}")
    for monomial in added:
        if len(monomial.exponents) != table.shape[1]:
            raise ShapeError(
                f"{monomial} is of {len(monomial.exponents)} inputs, not of {table.shape[1]}"
            )
    if exact:
        return _exactly(table, added)
    table = table.astype(np.float64)
    columns = [np.prod(table ** np.array(m.exponents, dtype=float), axis=1) for m in added]
    return np.column_stack([table, *columns])


def _exactly(table: np.ndarray, added: Sequence[Monomial]) -> np.ndarray:
    rows = [[Fraction(value) for value in row] for row in table.tolist()]
    columns = [[monomial(row) for row in rows] for monomial in added]
    values = (
        [[*row, *new] for row, new in zip(rows, zip(*columns, strict=True), strict=True)]
        if added
        else rows
    )
    floats = _as_floats(values)
    if floats is not None:
        return floats
    exact = np.empty((len(rows), table.shape[1] + len(added)), dtype=object)
    for i, row in enumerate(values):
        exact[i] = row
    return exact


def _as_floats(values: Sequence[Sequence[Fraction]]) -> np.ndarray | None:
    """Return values as float64 if that rounds none of them."""
    try:
        floats = [[float(value) for value in row] for row in values]
    except OverflowError:
        return None
    same = all(
        Fraction(a) == b
        for row, exact in zip(floats, values, strict=True)
        for a, b in zip(row, exact, strict=True)
    )
    return np.array(floats) if same else None
