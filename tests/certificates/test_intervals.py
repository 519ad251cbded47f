"""Intervals hold every result of their members, and are exact where floats are."""

from fractions import Fraction

import numpy as np
import pytest
from flint import arb, ctx
from hypothesis import given, settings
from hypothesis import strategies as st

from gradatim.certificates.balls import BallAlgebra
from gradatim.certificates.intervals import Interval, IntervalAlgebra

ALGEBRA = IntervalAlgebra()
numbers = st.floats(-50, 50, allow_subnormal=False)
BINARY = ["add", "sub", "mul", "div", "min", "max"]
UNARY = ["exp", "log", "sqrt", "sin", "cos", "tan", "abs", "floor", "ceil", "sign", "step", "neg"]


def interval(a, b):
    return Interval(np.array([min(a, b)]), np.array([max(a, b)]))


def holds(found, exact):
    low, high = found.low[0], found.high[0]
    # A ball of 300 bits is wrong by nothing that matters, but is no single number.
    below = low == -np.inf or not arb(float(low)) > exact
    return below and (high == np.inf or not exact > arb(float(high)))


@pytest.mark.parametrize("name", BINARY)
@given(numbers, numbers, numbers, numbers, st.floats(0, 1), st.floats(0, 1))
@settings(max_examples=40, deadline=None)
def test_two_intervals_hold_the_results_of_their_members(name, a, b, c, d, s, t):
    first, second = interval(a, b), interval(c, d)
    x = float(np.clip(a + s * (b - a), first.low, first.high)[0])
    y = float(np.clip(c + t * (d - c), second.low, second.high)[0])
    if name == "div" and y == 0:
        return
    with np.errstate(all="ignore"), ctx.workprec(300):
        found = getattr(ALGEBRA, name)(first, second)
        assert holds(found, getattr(BallAlgebra(), name)(arb(x), arb(y)))


@pytest.mark.parametrize("name", UNARY)
@given(numbers, numbers, st.floats(0, 1))
@settings(max_examples=40, deadline=None)
def test_an_interval_holds_the_results_of_its_members(name, a, b, s):
    given_ = interval(a, b)
    x = float(np.clip(a + s * (b - a), given_.low, given_.high)[0])
    with np.errstate(all="ignore"), ctx.workprec(300):
        exact = getattr(BallAlgebra(), name)(arb(x))
        if exact.is_finite():
            assert holds(getattr(ALGEBRA, name)(given_), exact)


@given(numbers, numbers, st.floats(0, 1), st.integers(-4, 9))
@settings(max_examples=80, deadline=None)
def test_whole_powers_hold_the_powers_of_their_members(a, b, s, n):
    given_ = interval(a, b)
    x = float(np.clip(a + s * (b - a), given_.low, given_.high)[0])
    if n < 0 and x == 0:
        return
    with np.errstate(all="ignore"), ctx.workprec(600):
        assert holds(ALGEBRA.power(given_, n), arb(x) ** n)


def test_what_floats_compute_exactly_stays_exact():
    one = interval(1, 1)
    assert ALGEBRA.sub(one, ALGEBRA.power(one, 2)) == (0.0, 0.0)
    assert ALGEBRA.sqrt(interval(4, 9)) == (2.0, 3.0)
    assert ALGEBRA.div(interval(3, 3), interval(2, 2)) == (1.5, 1.5)


def test_a_fraction_that_is_no_float_lies_strictly_between_two():
    low, high = ALGEBRA.number(Fraction(1, 10))
    assert Fraction(float(low)) < Fraction(1, 10) < Fraction(float(high))
    assert high == np.nextafter(low, 1)


def test_dividing_by_what_may_be_zero_gives_the_whole_line():
    with np.errstate(all="ignore"):
        assert ALGEBRA.div(interval(1, 1), interval(-1, 1)) == (-np.inf, np.inf)
