"""Exact arithmetic: fractions, certain signs, and digits that mpmath confirms at any precision."""

from decimal import Decimal, localcontext
from fractions import Fraction

import mpmath
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gradatim.errors import SpecError
from gradatim.network import parse
from gradatim.network.exact import Reals
from gradatim.network.expression import WeightedSum

REFERENCES = {
    "logistic": lambda z: 1 / (1 + mpmath.exp(-z)),
    "tanh": mpmath.tanh,
    "elu": lambda z: z if z >= 0 else mpmath.expm1(z),
    "gelu": lambda z: z * mpmath.ncdf(z),
    "silu": lambda z: z / (1 + mpmath.exp(-z)),
    "softplus": lambda z: mpmath.log1p(mpmath.exp(z)),
}


def number(value):
    return WeightedSum({}, Fraction(value))


@settings(max_examples=80, deadline=None)
@given(
    st.sampled_from(sorted(REFERENCES)),
    st.fractions(-40, 40, max_denominator=1000),
    st.integers(0, 60),
)
def test_values_are_rounded_as_mpmath_rounds_them_from_a_hundred_digits_more(name, z, digits):
    reals = Reals()
    value = reals.rounded(reals.apply(name, number(z)), digits)
    with mpmath.workdps(digits + 120):
        reference = REFERENCES[name](mpmath.mpf(z.numerator) / z.denominator)
        error = (
            abs(mpmath.mpf(str(value.numerator)) / value.denominator - reference)
            if isinstance(value, Fraction)
            else abs(mpmath.mpf(str(value)) - reference)
        )
        assert error <= mpmath.mpf(10) ** -digits / 2
    assert isinstance(value, Fraction) or -value.as_tuple().exponent == digits


def test_a_known_value_to_fifty_digits():
    value = parse("sigmoid(x)").trace([1], exact=True, digits=50).values[0]
    with localcontext(prec=80):  # Python's own decimals
        reference = 1 / (1 + Decimal(-1).exp())
        assert value == reference.quantize(Decimal(10) ** -50)


@pytest.mark.parametrize("name", sorted(REFERENCES))
def test_signs_and_zeros_are_exact(name):
    reals = Reals()
    assert reals.sign(reals.apply(name, number("1e-30"))) == 1
    at_zero = reals.rounded(reals.apply(name, number(0)), 5)
    expected = {"logistic": Fraction(1, 2), "softplus": Decimal("0.69315")}
    assert at_zero == expected.get(name, 0)


def test_equal_irrational_values_cancel():
    assert parse("step(tanh(x1) - tanh(x2))").trace(["1/3", "1/3"], exact=True).values == (1,)
    assert parse("sigmoid(x) + sigmoid(-x)").trace(["1/3"], exact=True).values == (1,)
    assert parse("tanh(x) + tanh(-x)").trace(["1/3"], exact=True).values == (0,)


def test_values_that_float_rounds_to_a_jump_are_on_the_right_side():
    network = parse("step(sigmoid(x) - 1)")
    assert network.trace([100]).values == (1.0,)
    assert network.trace([100], exact=True).values == (0,)


def test_a_softmax_of_equal_values_is_a_fraction():
    assert parse("softmax(x, x, x)").trace([7], exact=True).values == (Fraction(1, 3),) * 3


def test_huge_and_tiny_arguments_are_no_trouble():
    assert parse("sigmoid(x)").trace(["1e300"], exact=True, digits=3).values == (Decimal("1.000"),)
    assert parse("sigmoid(x)").trace(["-1e300"], exact=True, digits=3).values == (Decimal("0.000"),)
    tiny = parse("tanh(x)").trace(["1e-30"], exact=True, digits=40).values[0]
    assert tiny == Decimal("1E-30")


def test_what_no_precision_decides_is_said():
    # tanh(z) = 2 sigmoid(2z) - 1, of which nobody told the arithmetic
    with pytest.raises(SpecError, match="cannot be decided"):
        parse("step(tanh(x) - 2sigmoid(2x) + 1)").trace(["1/3"], exact=True)
