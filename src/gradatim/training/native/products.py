"""Products of the small and middling matrices that networks are made of.

Conventions: matrices are pointers to float32; activations and slopes are (units, n), n a multiple
of `tiles.HALF`; weights are (n_out, n_in). Written for `gradatim.training.native.kernels`.
"""

from __future__ import annotations

from typing import Any

from gradatim.training.native.tiles import HALF, at, dot_tile, product_tile, transpose_tile

__all__ = ["product", "product_of_rows", "transpose"]

# Six rows of two vectors are twelve sums, a vector of each column and one number: what the sixteen
# registers of AVX hold. Quicker by an eighth than four rows, at 256 units and 128 rows.
_TILE_6X2, _TILE_6X1, _END_6 = product_tile(6, 2), product_tile(6, 1), product_tile(6, 1, HALF)
_TILE_4X2, _TILE_4X1 = product_tile(4, 2), product_tile(4, 1)
_TILE_1X2, _TILE_1X1 = product_tile(1, 2), product_tile(1, 1)
_END_4, _END_1 = product_tile(4, 1, HALF), product_tile(1, 1, HALF)
_DOT_4X2, _DOT_4X1 = dot_tile(4, 2), dot_tile(4, 1)
_DOT_1X2, _DOT_1X1 = dot_tile(1, 2), dot_tile(1, 1)


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
    while n_rows - r >= 6 and n_rows - r != 8 and n_rows - r != 9:
        left = at(A, r * a_row)
        i = 0
        while i + 16 <= n:
            _TILE_6X2(at(C, r * c_row + i), c_row, left, a_row, a_step, at(B, i), b_row, n_sum)
            i += 16
        if i + 8 <= n:
            _TILE_6X1(at(C, r * c_row + i), c_row, left, a_row, a_step, at(B, i), b_row, n_sum)
            i += 8
        if i < n:
            _END_6(at(C, r * c_row + i), c_row, left, a_row, a_step, at(B, i), b_row, n_sum)
        r += 6
    while r + 4 <= n_rows:
        left = at(A, r * a_row)
        i = 0
        while i + 16 <= n:
            _TILE_4X2(at(C, r * c_row + i), c_row, left, a_row, a_step, at(B, i), b_row, n_sum)
            i += 16
        if i + 8 <= n:
            _TILE_4X1(at(C, r * c_row + i), c_row, left, a_row, a_step, at(B, i), b_row, n_sum)
            i += 8
        if i < n:
            _END_4(at(C, r * c_row + i), c_row, left, a_row, a_step, at(B, i), b_row, n_sum)
        r += 4
    while r < n_rows:
        left = at(A, r * a_row)
        i = 0
        while i + 16 <= n:
            _TILE_1X2(at(C, r * c_row + i), c_row, left, a_row, a_step, at(B, i), b_row, n_sum)
            i += 16
        if i + 8 <= n:
            _TILE_1X1(at(C, r * c_row + i), c_row, left, a_row, a_step, at(B, i), b_row, n_sum)
            i += 8
        if i < n:
            _END_1(at(C, r * c_row + i), c_row, left, a_row, a_step, at(B, i), b_row, n_sum)
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
    for r in range(0, n_rows, HALF):
        for c in range(0, n_columns, HALF):
            transpose_tile(at(A, r * a_row + c), a_row, at(B, c * n_rows + r), n_rows)
