from decimal import Decimal
from fractions import Fraction

import numpy as np
import pytest

from gradatim.errors import InputError, ShapeError
from gradatim.separability import separate
from gradatim.separability.planes.table import as_table


@pytest.mark.parametrize(
    "column",
    [
        [2.0**60, 2**60 + 1],
        [2**63, 2**63 - 1, -1],
        [10**400, 10**400 + 1],
        [Fraction(1, 10), 0.1],
        [Decimal("0.1"), 0.1],
        np.array([np.int64(2**62), np.int64(-(2**62))], dtype=object),
    ],
)
def test_no_number_of_a_mixed_table_is_rounded(column):
    X = [[value, 0.5] for value in column]
    found = separate(X, [0, *[1] * (len(column) - 1)])
    assert found.separable
    assert found.verify()


def test_a_long_double_keeps_its_last_bit():
    step = np.finfo(np.longdouble).eps
    table = as_table(np.array([[1], [1 + step]], dtype=np.longdouble))
    assert table[1, 0] - table[0, 0] == Fraction(*step.as_integer_ratio())


def test_what_floats_hold_are_floats():
    table = as_table([[0.5, 1], [Fraction(1, 4), np.float32(3)]])
    assert table.dtype == float
    assert table.tolist() == [[0.5, 1.0], [0.25, 3.0]]


@pytest.mark.parametrize(
    ("X", "error", "words"),
    [
        (np.array([[1j], [2j]]), InputError, "no number"),
        ([[1j], [2j]], InputError, "no number"),
        (
            np.array([["2026-01-01"], ["2026-01-02"]], dtype="datetime64[D]"),
            InputError,
            "no number",
        ),
        ([[10**400], [np.nan]], InputError, "no number"),
        ([[1.0, 2.0], [1.0]], ShapeError, r"not \(2,\)"),
        ([np.ones((2, 2)), np.ones((2, 3))], ShapeError, "rows are of one length"),
    ],
)
def test_what_is_no_table_of_numbers_is_refused_in_words(X, error, words):
    with pytest.raises(error, match=words):
        as_table(X)
