import math
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gradatim.errors import InputError
from gradatim.exercises import numbers

F = Fraction

FRACTIONS = st.fractions(min_value=-50, max_value=50, max_denominator=400)


@pytest.mark.parametrize(
    ("typed", "value"),
    [
        ("0.5", F(1, 2)),
        (".5", F(1, 2)),
        ("1/2", F(1, 2)),
        ("50e-2", F(1, 2)),
        ("0,5", F(1, 2)),
        (" - 1 / 2 ", F(-1, 2)),
        ("\N{MINUS SIGN}3", F(-3)),
        ("+7", F(7)),
        ("5.", F(5)),
        ("1/-2", F(-1, 2)),
        ("0.25/0.5", F(1, 2)),
        ("1E2", F(100)),
    ],
)
def test_the_ways_in_which_students_write_numbers_are_read(typed, value):
    assert numbers.parse_number(typed) == value


@pytest.mark.parametrize(
    "typed",
    ["", "x", "1/0", "1/2/3", "1.2.3", "--1", "nan", "inf", "1e9999", "٣", "9" * 300, "1,2,3", "/"],
)
def test_what_is_no_number_is_refused_in_one_sentence(typed):
    with pytest.raises(InputError, match=r"^'.*write it like 0\.5, 1/2 or -3$"):
        numbers.parse_number(typed)


@given(value=FRACTIONS)
def test_a_number_that_is_shown_is_read_back(value):
    assert numbers.parse_number(numbers.show(value)) == value


@given(value=FRACTIONS, digits=st.integers(0, 4))
def test_rounding_moves_a_number_by_half_a_unit_at_most(value, digits):
    rounded = numbers.round_to(value, digits)
    assert abs(rounded - value) <= F(1, 2 * 10**digits)
    assert numbers.parse_number(numbers.show(value, digits)) == rounded


def test_a_number_is_written_as_a_decimal_only_if_three_decimals_are_exact():
    shown = [numbers.show(F(1, n)) for n in (1, 2, 3, 4, 8, 16, 40)]
    assert shown == ["1", "0.5", "1/3", "0.25", "0.125", "1/16", "0.025"]


@given(z=st.fractions(min_value=-20, max_value=20, max_denominator=50))
def test_irrational_functions_agree_with_floats(z):
    assert float(numbers.exp(z)) == pytest.approx(math.exp(z))
    assert float(numbers.tanh(z)) == pytest.approx(math.tanh(z), abs=1e-15)
    assert float(numbers.logistic(z)) == pytest.approx(0.5 + 0.5 * math.tanh(z / 2), abs=1e-15)


@given(z=st.fractions(min_value=-20, max_value=20, max_denominator=50))
def test_the_logarithm_undoes_the_exponential_to_40_digits(z):
    assert abs(numbers.ln(numbers.exp(z)) - z) < F(1, 10**40)


@given(z=st.fractions(min_value=-20, max_value=20, max_denominator=50))
def test_the_logistic_function_and_its_mirror_image_add_to_one(z):
    assert abs(numbers.logistic(z) + numbers.logistic(-z) - 1) < F(1, 10**40)


def test_a_number_close_to_where_rounding_turns_does_not_round_clearly():
    assert [numbers.rounds_clearly(F(n, 10000), 2) for n in (6200, 6244, 6246, 6250, 6256)] == [
        True,
        True,
        False,
        False,
        True,
    ]
