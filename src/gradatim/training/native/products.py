"""Products of the small and middling matrices that networks are made of.

Conventions: matrices are pointers to float32; activations and slopes are (units, n), n a multiple
of `tiles.HALF`; weights are (n_out, n_in). Written for `gradatim.training.native.kernels`.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from numba import njit

from gradatim.training.native.tiles import (
    HALF,
    LANES,
    MOST_LANES,
    MOST_ROWS,
    at,
    dot_tile,
    product_tile,
    transpose_tile,
)

_DOT_4X2, _DOT_4X1 = dot_tile(4, 2), dot_tile(4, 1)
_DOT_1X2, _DOT_1X1 = dot_tile(1, 2), dot_tile(1, 1)


def _strip(n_rows: int) -> Callable[..., None]:
    """Make the product of `n_rows` rows of A, tile after tile."""
    two, one = product_tile(n_rows, 2, MOST_LANES), product_tile(n_rows, 1, MOST_LANES)
    eight, four = product_tile(n_rows, 1, LANES), product_tile(n_rows, 1, HALF)

    @njit(nogil=True, error_model="numpy")
    def strip(
        C: Any, c_row: int, A: Any, a_row: int, a_step: int, B: Any, b_row: int, n_sum: int, n: int
    ) -> None:
        i = 0
        while i + 2 * MOST_LANES <= n:
            two(at(C, i), c_row, A, a_row, a_step, at(B, i), b_row, n_sum)
            i += 2 * MOST_LANES
        if i + MOST_LANES <= n:
            one(at(C, i), c_row, A, a_row, a_step, at(B, i), b_row, n_sum)
            i += MOST_LANES
        if i + LANES < n and n >= MOST_LANES:
            # Of the last vector some columns are there already: cheaper than two smaller tiles.
            i = n - MOST_LANES
            one(at(C, i), c_row, A, a_row, a_step, at(B, i), b_row, n_sum)
            return
        if i + LANES <= n:
            eight(at(C, i), c_row, A, a_row, a_step, at(B, i), b_row, n_sum)
            i += LANES
        if i < n:
            four(at(C, i), c_row, A, a_row, a_step, at(B, i), b_row, n_sum)

    return strip


_MOST_ROWS, _FOUR_ROWS, _ONE_ROW = _strip(MOST_ROWS), _strip(4), _strip(1)


def product(
    C: Any,
    c_row: int,
    A: Any,
    a_row: int,
    a_step: int,
    B: Any,
    b_row: int,
    n_rows: int,
    n_sum: int,
    n: int,
) -> None:
    """Compute C (n_rows, n) = A (n_rows, n_sum) times B (n_sum, n), for n a multiple of `HALF`.

    Rows of C and B lie `c_row` and `b_row` apart, A's entries `a_row` and `a_step`.
    """
    r = 0
    # Of the last eight rows, four and four are better than six and twice one.
    while n_rows - r >= MOST_ROWS and (MOST_ROWS == 8 or n_rows - r not in (8, 9)):
        _MOST_ROWS(at(C, r * c_row), c_row, at(A, r * a_row), a_row, a_step, B, b_row, n_sum, n)
        r += MOST_ROWS
    while r + 4 <= n_rows:
        _FOUR_ROWS(at(C, r * c_row), c_row, at(A, r * a_row), a_row, a_step, B, b_row, n_sum, n)
        r += 4
    while r < n_rows:
        _ONE_ROW(at(C, r * c_row), c_row, at(A, r * a_row), a_row, a_step, B, b_row, n_sum, n)
        r += 1


def product_of_rows(
    C: Any, c_row: int, A: Any, B: Any, n_rows: int, n_columns: int, n: int
) -> None:
    """Compute C (n_rows, n_columns) = A (n_rows, n) times transposed B (n_columns, n)."""
    r = 0
    while r + 4 <= n_rows:
        i = 0
        while i + 2 <= n_columns:
            _DOT_4X2(at(C, r * c_row + i), c_row, at(A, r * n), n, at(B, i * n), n, n)
            i += 2
        if i < n_columns:
            _DOT_4X1(at(C, r * c_row + i), c_row, at(A, r * n), n, at(B, i * n), n, n)
        r += 4
    while r < n_rows:
        i = 0
        while i + 2 <= n_columns:
            _DOT_1X2(at(C, r * c_row + i), c_row, at(A, r * n), n, at(B, i * n), n, n)
            i += 2
        if i < n_columns:
            _DOT_1X1(at(C, r * c_row + i), c_row, at(A, r * n), n, at(B, i * n), n, n)
        r += 1


def transpose(A: Any, a_row: int, B: Any, n_rows: int, n_columns: int) -> None:
    """Compute B (n_columns, n_rows) = transposed A (n_rows, n_columns).

    Rows of A lie `a_row` apart.
    """
    r = 0
    # Two tiles at once: the rows of B may be far apart, and cost more to reach than to write.
    while r + LANES <= n_rows:
        for c in range(0, n_columns, HALF):
            left = at(B, c * n_rows + r)
            transpose_tile(at(A, r * a_row + c), a_row, left, n_rows)
            transpose_tile(at(A, (r + HALF) * a_row + c), a_row, at(left, HALF), n_rows)
        r += LANES
    if r < n_rows:
        for c in range(0, n_columns, HALF):
            transpose_tile(at(A, r * a_row + c), a_row, at(B, c * n_rows + r), n_rows)
