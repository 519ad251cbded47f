"""Products: every shape against NumPy's in double precision."""

import os
import subprocess
import sys

import numpy as np
import pytest
from numba import njit

from gradatim.training.native import kernels
from gradatim.training.native.kernels import product, product_of_rows, transpose
from gradatim.training.native.tiles import MOST_LANES, start_of

RNG = np.random.default_rng(0)
ROWS = (*range(1, 16), 20, 33)
COLUMNS = [4, 8, 12, 16, 20, 24, 28, 40, 52, 92]


@njit
def _product(C, A, B, a_row, a_step, n_rows, n_sum, n):
    product(start_of(C), n, start_of(A), a_row, a_step, start_of(B), n, n_rows, n_sum, n)


@njit
def _product_of_rows(C, A, B, n_rows, n_columns, n):
    product_of_rows(start_of(C), n_columns, start_of(A), start_of(B), n_rows, n_columns, n)


@njit
def _transpose(A, B, n_rows, n_columns):
    transpose(start_of(A), A.shape[1], start_of(B), n_rows, n_columns)


def _matrix(*shape):
    return RNG.normal(size=shape).astype(np.float32)


def _close(found, expected):
    np.testing.assert_allclose(found, expected, rtol=1e-5, atol=1e-5)


@pytest.mark.parametrize("n_rows", ROWS)
@pytest.mark.parametrize("n", COLUMNS)
def test_a_product_and_that_of_a_transposed_matrix_are_numpys(n_rows, n):
    for n_sum in (1, 2, 7, 33):
        A, B, C = _matrix(n_rows, n_sum), _matrix(n_sum, n), np.empty((n_rows, n), np.float32)
        expected = A.astype(float) @ B.astype(float)
        _product(C, A, B, n_sum, 1, n_rows, n_sum, n)
        _close(C, expected)
        turned = np.ascontiguousarray(A.T)
        C[:] = np.nan
        _product(C, turned, B, 1, n_rows, n_rows, n_sum, n)
        _close(C, expected)


@pytest.mark.parametrize("n_rows", ROWS)
@pytest.mark.parametrize("n_columns", ROWS)
def test_a_product_of_rows_is_numpys(n_rows, n_columns):
    for n in COLUMNS:
        A, B = _matrix(n_rows, n), _matrix(n_columns, n)
        C = np.full((n_rows, n_columns), np.nan, np.float32)
        _product_of_rows(C, A, B, n_rows, n_columns, n)
        _close(C, A.astype(float) @ B.astype(float).T)


@pytest.mark.parametrize("shape", [(4, 4), (4, 12), (12, 4), (16, 52)])
def test_a_transposed_matrix_is_numpys(shape):
    A, B = _matrix(*shape), np.empty(shape[::-1], np.float32)
    _transpose(A, B, *shape)
    np.testing.assert_array_equal(B, A.T)


def test_rows_to_be_transposed_may_lie_apart():
    A, B = _matrix(8, 15), np.full((12, 8), np.nan, np.float32)
    _transpose(A, B, 8, 12)
    np.testing.assert_array_equal(B, A[:, :12].T)


def test_nan_and_infinity_stay_what_they_are():
    A, B, C = _matrix(2, 3), _matrix(3, 8), np.empty((2, 8), np.float32)
    A[0, 1], B[2, 5] = np.inf, np.nan
    _product(C, A, B, 3, 1, 2, 3, 8)
    assert np.isnan(C[:, 5]).all()
    assert np.isinf(C[0, :5]).all()
    assert np.isfinite(C[1, :5]).all()


def test_tiles_are_chosen_by_what_numba_compiles_for():
    # Told to forget what this processor has, numba gets the smaller tiles and keeps them apart.
    code = (
        "import numpy as np; from tests.training.native import test_products as t;"
        "t.test_a_product_and_that_of_a_transposed_matrix_are_numpys(15, 52);"
        "from gradatim.training.native import kernels, tiles;"
        "print(tiles.MOST_LANES, tiles.MOST_ROWS, kernels._digest())"
    )
    env = os.environ | {"NUMBA_CPU_NAME": "generic", "NUMBA_CPU_FEATURES": ""}
    run = subprocess.run([sys.executable, "-c", code], env=env, capture_output=True, text=True)
    lanes, rows, digest = run.stdout.split()
    assert (lanes, rows) == ("8", "6")
    assert (digest == kernels._digest()) == (MOST_LANES == 8)
