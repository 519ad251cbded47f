from fractions import Fraction
from math import prod

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gradatim.errors import ShapeError, SpecError
from gradatim.feature_maps import Monomial, add_monomials, monomials, n_monomials


def test_monomials_come_in_graded_order_by_the_names_of_the_lecture():
    names = [str(monomial) for monomial in monomials(2, 3, lowest=2)]
    assert names == ["x1^2", "x1 x2", "x2^2", "x1^3", "x1^2 x2", "x1 x2^2", "x2^3"]
    assert [str(monomial) for monomial in monomials(1, 2, lowest=0)] == ["1", "x1", "x1^2"]


def test_inputs_lend_a_monomial_their_names():
    assert Monomial((2, 1)).name(["tempo", "energy"]) == "tempo^2 energy"


@pytest.mark.parametrize("n_inputs", [1, 2, 3, 5])
@pytest.mark.parametrize(("lowest", "degree"), [(0, 0), (0, 3), (1, 4), (2, 2), (3, 5)])
def test_the_count_is_the_length_of_the_list_and_no_monomial_comes_twice(n_inputs, lowest, degree):
    listed = monomials(n_inputs, degree, lowest)
    assert n_monomials(n_inputs, degree, lowest) == len(listed) == len(set(listed))
    assert all(lowest <= monomial.degree <= degree for monomial in listed)


@given(
    st.lists(st.floats(-1e6, 1e6), min_size=2, max_size=3),
    st.lists(st.integers(0, 3), min_size=3, max_size=3),
)
def test_exact_values_are_products_of_fractions(row, exponents):
    monomial = Monomial(tuple(exponents[: len(row)]))
    expected = prod((Fraction(x) ** e for x, e in zip(row, exponents, strict=False)), start=1)
    assert monomial([Fraction(x) for x in row]) == expected
    [[*_, value]] = add_monomials([row], [monomial], exact=True).tolist()
    assert Fraction(value) == expected
    [[*_, about]] = add_monomials([row], [monomial]).tolist()
    assert about == pytest.approx(float(expected), rel=1e-12, abs=1e-300)


def test_exact_values_are_floats_only_where_nothing_is_rounded():
    square = [Monomial((2,))]
    assert add_monomials([[3.0], [0.5]], square, exact=True).dtype == np.float64
    assert add_monomials([[0.1]], square, exact=True).dtype == object
    assert add_monomials([[1e200]], square, exact=True)[0, 1] == Fraction(1e200) ** 2


@pytest.mark.parametrize("arguments", [(0, 2), (2, 0), (2, 2, 3), (2, 1.5), (2, True), (2, 3, -1)])
def test_numbers_out_of_their_range_are_refused(arguments):
    with pytest.raises(SpecError, match="must be a whole number"):
        monomials(*arguments)


def test_what_would_fill_the_memory_is_refused():
    with pytest.raises(SpecError, match="choose a lower degree"):
        monomials(1000, 3)


def test_tables_and_monomials_must_fit():
    with pytest.raises(ShapeError, match="of 1 inputs, not of 2"):
        add_monomials([[1.0, 2.0]], [Monomial((2,))])
    with pytest.raises(ShapeError, match="must be a table"):
        add_monomials([1.0, 2.0], [])
    with pytest.raises(ShapeError, match="1 names for 2 inputs"):
        Monomial((1, 1)).name(["x"])
    with pytest.raises(SpecError, match="whole numbers from 0"):
        Monomial((-1,))
