"""What the sums of a text mean: coefficients, names, activations of sums.

Conventions: `Sums` walks lark's tree from the leaves up without recursion; what the words on the
leaves mean is a matter of `gradatim.network.scope`.
"""

from __future__ import annotations

import difflib
import json
import unicodedata
from dataclasses import replace
from fractions import Fraction
from typing import Any

from lark import Token, Transformer_NonRecursive, v_args
from lark.exceptions import VisitError

from gradatim.activations import ACTIVATIONS
from gradatim.errors import EquationError, SpecError
from gradatim.network.expression import WeightedSum
from gradatim.network.grammar import (
    activation_of,
    call_name,
    plain_name,
    transposed_names,
)
from gradatim.network.layering import MOST_UNITS
from gradatim.network.numbers import to_fraction
from gradatim.network.scope import Equation, Label, Scope, Several, Side, Value

__all__ = ["Sums"]

# What a number begins with.
_NUMERAL = frozenset("0123456789.")

# Size of a number's power: room for 1e400, the largest number that is read.
_MOST_BITS = 1600


@v_args(inline=False)
class Sums(Transformer_NonRecursive):
    """Turns the tree of an equation into its sides."""

    def __init__(self, text: str, scope: Scope) -> None:
        super().__init__(visit_tokens=False)
        self._text = text
        self._scope = scope

    def read(self, tree: Any) -> Equation:
        """Return the sides of an equation."""
        try:
            return self.transform(tree)
        except VisitError as error:
            raise error.orig_exc from None

    def equation(self, children: list[Any]) -> Equation:
        """Leave out the signs of equality."""
        return Equation([child for child in children if not isinstance(child, Token)])

    def side(self, children: list[Any]) -> Side:
        """Tell a name, quoted or not, from a value."""
        first, last = children[0], children[-1]
        if not isinstance(last, Token):
            return first
        quoted = self._unquoted(last)
        if first is last:
            return Label(last.start_pos or 0, last.end_pos or 0, None, quoted)
        if not isinstance(first, Label):
            raise self._at(last, "a quoted name may follow an input before the arrow only")
        return replace(first, end=last.end_pos or 0, quoted=quoted)

    def nothing(self, children: list[Token]) -> Label:
        """Read ``()``."""
        return Label(children[0].start_pos or 0, children[1].end_pos or 0)

    def sum(self, children: list[Any]) -> Side:
        """Add up signed terms."""
        if len(children) == 1:
            return children[0]
        parts, sign = [], 1
        first: Value | None = None
        last: Value | None = None
        for child in children:
            if isinstance(child, int):
                sign = child
                continue
            last = self._scope.one(child)
            if last.problem is not None:
                return last
            first = first or last
            parts.append(last.total if sign > 0 else last.total.times(Fraction(-1)))
            sign = 1
        assert first is not None
        assert last is not None
        is_number = len(parts) == 1 and first.is_number
        return Value(first.start, last.end, WeightedSum.total(parts), is_number=is_number)

    def sign(self, children: list[Token]) -> int:
        """Return what several signs make together."""
        return (-1) ** sum(token.type == "MINUS" for token in children)

    def times(self, children: list[Any]) -> tuple[str, int]:
        """Read a sign of multiplication."""
        return ("*", children[1] if len(children) > 1 else 1)

    def over(self, children: list[Any]) -> tuple[str, int]:
        """Read a sign of division."""
        return ("/", children[1] if len(children) > 1 else 1)

    def term(self, children: list[Any]) -> Side:
        """Multiply and divide from left to right."""
        if len(children) == 1:
            return children[0]
        result: Value | None = None
        before: Value | None = None
        operation, sign = "*", 1
        for child in children:
            if isinstance(child, tuple):
                (operation, sign), before = child, None
                continue
            factor = self._scope.one(child)
            self._refuse_two_numbers(before, factor)
            before = factor
            if sign < 0:
                factor = replace(factor, total=factor.total.times(Fraction(-1)))
            if result is None:
                result = factor
            elif operation == "*":
                result = self._product(result, factor)
            else:
                result = self._quotient(result, factor)
            operation, sign = "*", 1
        assert result is not None
        return replace(result, is_number=False)

    def _refuse_two_numbers(self, left: Value | None, right: Value) -> None:
        """Refuse 2 3x1, 1 000 x1 and 2.5.3x1, which are slips more often than products."""
        if left is None or not all(self._text[v.start] in _NUMERAL for v in (left, right)):
            return
        a, b = (_short(self._text[v.start : v.end].strip()) for v in (left, right))
        raise right.error(
            self._text,
            f"two numbers, {a} and {b}, stand side by side; write {a} * {b} for a product, or one "
            "number without a space and with one decimal point",
        )

    def _product(self, left: Value, right: Value) -> Value:
        problem = left.problem or right.problem
        if problem is not None:
            return Value(left.start, right.end, problem=problem)
        if left.total.is_constant:
            total = right.total.times(left.total.constant)
        elif right.total.is_constant:
            total = left.total.times(right.total.constant)
        else:
            a, b = (self._text[v.start : v.end].strip() for v in (left, right))
            example = "x2 = x1^2" if left.total == right.total else "x3 = x1 x2"
            raise right.error(
                self._text,
                f"a product of {_short(a)} and {_short(b)} is no weighted sum; add the product as "
                f"a feature, an input of its own such as {example}",
            )
        return Value(left.start, right.end, total)

    def _quotient(self, left: Value, right: Value) -> Value:
        problem = left.problem or right.problem
        if problem is not None:
            return Value(left.start, right.end, problem=problem)
        if not right.total.is_constant:
            raise right.error(
                self._text,
                "a quotient by an input or a unit is no weighted sum; add it as a feature, an "
                "input of its own",
            )
        if not right.total.constant:
            raise right.error(self._text, "division by zero; write another number")
        return Value(left.start, right.end, left.total.times(1 / right.total.constant))

    def power(self, children: list[Any]) -> Side:
        """Let nothing pass but a factor alone, and powers of numbers such as 10^{-7}."""
        if len(children) == 1:
            return children[0]
        base, sign, *raised = children
        exponent = self._exponent(sign, raised)
        if exponent is not None and isinstance(base, Value) and base.total.is_constant:
            if base.problem is not None:
                return base
            value = self._number_power(base.total.constant, exponent, sign)
            end = raised[-1].end if raised else sign.end_pos or 0
            return Value(base.start, end, WeightedSum({}, value))
        raise self._no_power(self._text[base.start : base.end].strip(), sign)

    def _exponent(self, sign: Token, raised: list[Any]) -> Fraction | None:
        """Return the number to whose power something is raised, if it is one."""
        if not raised:
            return Fraction(unicodedata.normalize("NFKC", str(sign)))
        *minus, power = raised
        if not isinstance(power, Value) or power.problem is not None or power.total.terms:
            return None
        return power.total.constant * (minus[0] if minus else 1)

    def _number_power(self, base: Fraction, exponent: Fraction, sign: Token) -> Fraction:
        if exponent.denominator != 1:
            raise self._at(sign, "the power of a number is a whole number here, as in 10^{-7}")
        if not base and exponent < 0:
            raise self._at(sign, "division by zero; write another number")
        # Estimated before it is computed: 9^{9^9} would fill the memory.
        bits = max(base.numerator.bit_length(), base.denominator.bit_length()) * abs(exponent)
        if bits > _MOST_BITS:
            raise self._at(sign, "the power is too large or too small; use another unit")
        return base ** int(exponent)

    def _no_power(self, raised: str, sign: Token) -> EquationError:
        return self._at(
            sign,
            f"a power of {_short(raised)} is no weighted sum; add it as a feature, an input of its "
            "own such as x2 = x1^2",
        )

    def number(self, children: list[Token]) -> Value:
        """Read a number, exactly."""
        [token] = children
        try:
            value = to_fraction(str(token))
        except SpecError as error:
            raise self._at(token, str(error)) from None
        start, end = token.start_pos or 0, token.end_pos or 0
        return Value(start, end, WeightedSum({}, value), is_number=True)

    def name(self, children: list[Token]) -> Label:
        """Keep a name for whoever reads it."""
        [token] = children
        return Label(token.start_pos or 0, token.end_pos or 0, str(token))

    def group(self, children: list[Any]) -> Value:
        """Read what stands in brackets."""
        opening, inner, closing = children
        value = self._scope.one(inner)
        return replace(
            value, start=opening.start_pos or 0, end=closing.end_pos or 0, is_number=False
        )

    def fraction(self, children: list[Any]) -> Value:
        """Read LaTeX's fractions."""
        above, below = self._scope.one(children[2]), self._scope.one(children[5])
        quotient = self._quotient(above, below)
        return replace(quotient, start=children[0].start_pos or 0, end=children[-1].end_pos or 0)

    def transposed(self, children: list[Token]) -> Value:
        """Write the scalar product ``W^T X`` out."""
        [token] = children
        weights, inputs = transposed_names(str(token))
        label = Label(token.start_pos or 0, token.end_pos or 0, weights)
        values = self._scope.letters.get(weights)
        if not isinstance(values, tuple):
            problem = label.error(
                self._text,
                f"{weights} has no values; give them with let, as in {weights}=0.5,-1,2",
            )
            return Value(label.start, label.end, problem=problem)
        self._scope.read.add(weights)
        terms = []
        for i, weight in enumerate(values, start=1):
            read = Label(label.start, label.end, f"{inputs.lower()}{i}")
            terms.append(self._scope.one(read).total.times(weight))
        return Value(label.start, label.end, WeightedSum.total(terms))

    def arguments(self, children: list[Any]) -> list[Equation]:
        """Leave out the commas."""
        return [child for child in children if not isinstance(child, Token)]

    def call(self, children: list[Any]) -> Value | Several:
        """Apply an activation, or multiply a letter with what stands in brackets."""
        token, _, arguments, closing = children
        start, end = token.start_pos or 0, closing.end_pos or 0
        if self._scope.knows(plain := _plain(token)):
            factor = self._scope.one(Label(start, token.end_pos or 0, plain))
            return replace(self._product(factor, self._argument(arguments, token)), end=end)
        activation = activation_of(call_name(str(token)))
        if activation is None:
            raise self._at(token, _no_activation(str(token)))
        if activation == "softmax":
            return self._softmax(arguments, start, end)
        body = self._argument(arguments, token)
        if body.problem is not None:
            return Value(start, end, problem=body.problem)
        return Value(start, end, self._unit(activation, body.total, token))

    def _unit(self, activation: str, body: WeightedSum, token: Token) -> WeightedSum:
        if len(self._scope.units.all) >= MOST_UNITS:
            raise self._at(token, f"more than {MOST_UNITS:,} units; write a smaller network")
        return self._scope.units.add(activation, body)

    def _argument(self, arguments: list[Equation], token: Token) -> Value:
        if len(arguments) > 1:
            position = arguments[1].sides[0].start
            raise EquationError(
                f"column {position + 1}: {token} takes one sum; a decimal is written with a point",
                self._text,
                position,
                ('")"',),
            )
        [equation] = arguments
        if len(equation.sides) > 1:
            raise equation.sides[1].error(
                self._text, f'expected ")" before "=": {token} takes one sum'
            )
        return self._scope.one(equation.sides[0])

    def _softmax(self, arguments: list[Equation], start: int, end: int) -> Value | Several:
        labels: list[Label | None] = []
        bodies: list[WeightedSum] = []
        for equation in arguments:
            *named, last = equation.sides
            if len(named) > 1 or (named and not isinstance(named[0], Label)):
                raise last.error(self._text, "expected one name before the =, as in p = x1 - 2")
            value = self._scope.one(last)
            if value.problem is not None:
                return Value(start, end, problem=value.problem)
            labels.append(named[0] if named else None)  # pyright: ignore[reportArgumentType]
            bodies.append(value.total)
        members = self._scope.units.add_softmax(bodies)
        if len(members) == 1 and labels == [None]:
            return Value(start, end, members[0])
        return Several(start, end, list(zip(labels, members, strict=True)))

    def _unquoted(self, token: Token) -> str:
        try:
            return json.loads(str(token), strict=False)
        except ValueError:
            raise self._at(token, "an escape in a quoted name is none of JSON's") from None

    def _at(self, token: Token, sentence: str) -> EquationError:
        position = token.start_pos or 0
        return EquationError(f"column {position + 1}: {sentence}", self._text, position)


def _plain(token: Token) -> str:
    return plain_name(call_name(str(token)) if str(token).startswith("\\") else str(token))


def _short(text: str) -> str:
    return text if len(text) <= 20 else f"{text[:18]}..."


def _no_activation(token: str) -> str:
    name = call_name(token)
    close = difflib.get_close_matches(name, [*ACTIVATIONS, "sigmoid", "step"], 1)
    hint = f"did you mean {close[0]}?" if close else f"choose one of {', '.join(ACTIVATIONS)}"
    return f"there is no activation {token}; {hint}"
