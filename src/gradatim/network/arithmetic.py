"""Products, quotients and powers of sums, as far as they are weighted sums or units.

Conventions: parts of the text are named in errors, so what is computed keeps where it stands.
"""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from math import exp

from lark import Token

from gradatim.errors import EquationError
from gradatim.language.names import call_name
from gradatim.network.exponentials import ExponentialSum, logarithm, quotient
from gradatim.network.expression import WeightedSum
from gradatim.network.functions import UnitFunctions
from gradatim.network.scope import Value

# What a number begins with.
_NUMERAL = frozenset("0123456789.")

# Size of a number's power: room for 1e400, the largest number that is read.
_MOST_BITS = 1600


class ValueArithmetic:
    """Computes with the values of one text."""

    def __init__(self, text: str, units: UnitFunctions) -> None:
        self._text = text
        self._units = units

    def refuse_two_numbers(self, left: Value | None, right: Value) -> None:
        """Refuse 2 3x1, 1 000 x1 and 2.5.3x1, which are slips more often than products."""
        if left is None or not all(self._text[v.start] in _NUMERAL for v in (left, right)):
            return
        a, b = (_short(self._text[v.start : v.end].strip()) for v in (left, right))
        raise right.error(
            self._text,
            f"two numbers, {a} and {b}, stand side by side; write {a} * {b} for a product, or one "
            "number without a space and with one decimal point",
        )

    def product(self, left: Value, right: Value) -> Value:
        """Return a product with a number, or what units make of one."""
        for number, other in ((left, right), (right, left)):
            if number.problem is None and number.total.is_constant:
                scaled = other.times(number.total.constant)
                return replace(scaled, start=left.start, end=right.end)
        problem = left.problem or right.problem
        if problem is not None:
            return Value(left.start, right.end, problem=problem)
        silu = self._units.silu(left.total, right.total) or self._units.silu(
            right.total, left.total
        )
        if silu is not None:
            return Value(left.start, right.end, silu)
        a, b = (self._text[v.start : v.end].strip() for v in (left, right))
        example = "x2 = x1^2" if left.total == right.total else "x3 = x1 x2"
        raise right.error(
            self._text,
            f"a product of {_short(a)} and {_short(b)} is no weighted sum; add the product as "
            f"a feature, an input of its own such as {example}",
        )

    def quotient(self, left: Value, right: Value) -> Value:
        """Return a quotient by a number, or the sigmoid that it is."""
        start, end = left.start, right.end
        above, below = left.as_exponentials, right.as_exponentials
        if right.exponentials is not None and below is not None:
            found = quotient(above or ExponentialSum.constant(Fraction(1)), below, self._units.unit)
            if found is not None and above is not None:
                return Value(start, end, found)
            if found is not None:
                return self.product(left, Value(right.start, end, found))
            if above is not None and len(below.parts) == 1:
                [(exponent, value)] = below.parts
                moved = [(z, c / value) for z, c in above.parts]
                minus = exponent.times(Fraction(-1))
                powers = ExponentialSum(tuple((WeightedSum.total([z, minus]), c) for z, c in moved))
                return self.exponential(powers, start, end)
        problem = left.problem or right.problem
        if right.problem is None and right.total.is_constant:
            if not right.total.constant:
                raise right.error(self._text, "division by zero; write another number")
            return replace(left.times(1 / right.total.constant), start=start, end=end)
        if problem is not None:
            return Value(start, end, problem=problem)
        raise right.error(
            self._text,
            "a quotient by an input or a unit is no weighted sum; add it as a feature, an "
            "input of its own",
        )

    def exponential(self, powers: ExponentialSum, start: int, end: int) -> Value:
        """Return a sum of exponentials: a number, or what only a sigmoid may hold."""
        if all(exponent.is_constant for exponent, _ in powers.parts):
            try:
                value = sum(float(c) * exp(z.constant) for z, c in powers.parts)
                total = WeightedSum({}, Fraction(repr(float(value))))
            except (OverflowError, ValueError):
                sentence = f"column {start + 1}: the exponential of this is too large"
                raise EquationError(sentence, self._text, start) from None
            return Value(start, end, total, exponentials=powers)
        sentence = (
            f"column {start + 1}: {_short(self._text[start:end].strip())} is no unit of a network; "
            "an exponential stands in a sigmoid, as in 1/(1 + exp(-x1))"
        )
        problem = EquationError(sentence, self._text, start)
        return Value(start, end, problem=problem, exponentials=powers)

    def number_power(self, base: Fraction, exponent: Fraction, sign: Token) -> Fraction:
        """Return the power of a number."""
        if exponent.denominator != 1:
            sentence = "the power of a number is a whole number here, as in 10^{-7}"
            raise error_at(self._text, sign, sentence)
        if not base and exponent < 0:
            raise error_at(self._text, sign, "division by zero; write another number")
        # Estimated before it is computed: 9^{9^9} would fill the memory.
        bits = max(base.numerator.bit_length(), base.denominator.bit_length()) * abs(exponent)
        if bits > _MOST_BITS:
            sentence = "the power is too large or too small; use another unit"
            raise error_at(self._text, sign, sentence)
        return base ** int(exponent)

    def no_power(self, raised: str, sign: Token) -> EquationError:
        """Return the error that no power of this is a sum."""
        return error_at(
            self._text,
            sign,
            f"a power of {_short(raised)} is no weighted sum; add it as a feature, an input of its "
            "own such as x2 = x1^2",
        )

    def logarithm(self, body: Value, token: Token, end: int) -> Value:
        """Return the softplus that a logarithm is."""
        start = token.start_pos or 0
        if body.exponentials is not None:
            found = logarithm(body.exponentials, self._units.unit)
            if found is not None:
                return Value(start, end, found)
        if body.problem is not None:
            return Value(start, end, problem=body.problem)
        raise error_at(self._text, token, no_unit(call_name(str(token))))


def _short(text: str) -> str:
    return text if len(text) <= 20 else f"{text[:18]}..."


def no_unit(name: str) -> str:
    """Return the sentence for a function that is no unit."""
    return (
        f"{name} is no unit, so this is no network; gradatim approximate builds one that is close "
        f'to a function such as "{name}(x)"'
    )


def error_at(text: str, token: Token, sentence: str) -> EquationError:
    """Return the error that says a sentence about a token."""
    position = token.start_pos or 0
    return EquationError(f"column {position + 1}: {sentence}", text, position)
