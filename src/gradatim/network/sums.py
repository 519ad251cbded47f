"""What the sums of a text mean: coefficients, names, activations of sums.

Conventions: `Sums` walks lark's tree from the leaves up without recursion; what the words on the
leaves mean is a matter of `gradatim.network.scope`.
"""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction
from math import exp
from typing import Any

from lark import Token, Transformer_NonRecursive, Tree, v_args
from lark.exceptions import VisitError

from gradatim.activations import get_activation
from gradatim.errors import EquationError, SpecError
from gradatim.language.names import (
    LOGIC,
    call_name,
    input_order,
    plain_name,
    raised_call,
    transposed_names,
)
from gradatim.language.parsing import heading, split_products
from gradatim.network.exponentials import ExponentialSum, logarithm, quotient
from gradatim.network.expression import Expression, Output, WeightedSum
from gradatim.network.grammar import activation_of
from gradatim.network.graph import Network
from gradatim.network.layering import MOST_UNITS, layered
from gradatim.network.numbers import to_fraction
from gradatim.network.scope import (
    CONSTANTS,
    FUNCTIONS,
    Equation,
    Label,
    Scope,
    Several,
    Side,
    Value,
)
from gradatim.network.writing import to_text

__all__ = ["Sums"]

_MINUS = Fraction(-1)
_ONE = WeightedSum({}, Fraction(1))
_HALF = Fraction(1, 2)
_LEAK = Fraction(1, 100)

_COMPARISONS = {
    **dict.fromkeys(("<", r"\lt"), "<"),
    **dict.fromkeys(("<=", "=<", "≤", "⩽", r"\le", r"\leq", r"\leqslant"), "<="),
    **dict.fromkeys((">", r"\gt"), ">"),
    **dict.fromkeys((">=", "=>", "≥", "⩾", r"\ge", r"\geq", r"\geqslant"), ">="),
}

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
        self._read_heading(tree)
        split_products(tree, self._is_factor)
        try:
            return self.transform(tree)
        except VisitError as error:
            raise error.orig_exc from None

    def _read_heading(self, tree: Any) -> None:
        """Put f in the place of f(x) where it stands before a sign of equality."""
        found = heading(tree)
        if found is None or self._scope.knows(name := _plain(found.name)):
            return
        if activation_of(call_name(str(found.name))) is not None and found.name != "h":
            return
        self._scope.head(name, [plain_name(str(argument)) for argument in found.arguments])
        label = Tree("name", [Token.new_borrow_pos("NAME", str(found.name), found.name)])
        for kind in ("power", "term", "sum", "side"):
            label = Tree(kind, [label])
        tree.children[0] = label

    def _is_factor(self, token: str) -> bool:
        """Tell whether what stands before a bracket is multiplied with it."""
        name = _plain(token)
        return name not in self._scope.headings and self._scope.knows(name)

    def equation(self, children: list[Any]) -> Equation:
        """Leave out the signs of equality."""
        return Equation([child for child in children if not isinstance(child, Token)])

    def comparison(self, children: list[Any]) -> Side:
        """Tell which unit a comparison is."""
        left, sign, right = children[:3]
        raise self._comparison(left, sign, right)

    def _comparison(self, left: Side, sign: Token, right: Side) -> EquationError:
        """Return the error that names the step unit of a comparison."""
        kind = _COMPARISONS.get(str(sign))
        if kind is None:
            hint = "equality is written =" if sign == "==" else "no unit says it"
            return self._at(sign, f"{sign} is no part of a network; {hint}")
        a, b = (self._scope.one(side) for side in (left, right))
        problem = a.problem or b.problem
        if problem is not None:
            return problem
        gap = WeightedSum.total([a.total, b.total.times(_MINUS)])
        # A step is 1 at 0, so what is strict is the opposite of what is not.
        step = self._step(gap if kind in (">=", "<") else gap.times(_MINUS))
        found = step if kind in (">=", "<=") else _opposite(step)
        return self._at(
            sign,
            "a comparison is a step unit, 1 where it holds and 0 elsewhere; write "
            f"{self._written(found)}",
        )

    def _written(self, total: WeightedSum) -> str:
        """Write a sum as an equation."""
        inputs = tuple(self._scope.declared or sorted(self._scope.inputs, key=input_order))
        layers, names, _ = layered(Expression(inputs, self._scope.units.all, [Output(total)]))
        return to_text(Network(layers, inputs, names))

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
        for child in children:
            if isinstance(child, int):
                sign = child
                continue
            part = self._scope.one(child)
            if part.problem is not None and part.exponentials is None:
                return part
            parts.append(part if sign > 0 else _scaled(part, _MINUS))
            sign = 1
        powers = [_exponentials(part) for part in parts]
        return Value(
            parts[0].start,
            parts[-1].end,
            WeightedSum.total(part.total for part in parts),
            next((part.problem for part in parts if part.problem is not None), None),
            None
            if None in powers or all(part.exponentials is None for part in parts)
            else ExponentialSum.total(power for power in powers if power is not None),
            is_number=len(parts) == 1 and parts[0].is_number,
        )

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
                factor = _scaled(factor, _MINUS)
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
        for number, other in ((left, right), (right, left)):
            if number.problem is None and number.total.is_constant:
                scaled = _scaled(other, number.total.constant)
                return replace(scaled, start=left.start, end=right.end)
        problem = left.problem or right.problem
        if problem is not None:
            return Value(left.start, right.end, problem=problem)
        silu = self._silu(left.total, right.total) or self._silu(right.total, left.total)
        if silu is not None:
            return Value(left.start, right.end, silu)
        a, b = (self._text[v.start : v.end].strip() for v in (left, right))
        example = "x2 = x1^2" if left.total == right.total else "x3 = x1 x2"
        raise right.error(
            self._text,
            f"a product of {_short(a)} and {_short(b)} is no weighted sum; add the product as "
            f"a feature, an input of its own such as {example}",
        )

    def _silu(self, factor: WeightedSum, gate: WeightedSum) -> WeightedSum | None:
        """Return a sum times its own sigmoid, which is a unit."""
        if len(gate.terms) != 1 or gate.constant:
            return None
        [(source, weight)] = gate.terms.items()
        unit = self._scope.units.all[source] if isinstance(source, int) else None
        if unit is None or unit.activation != "logistic":
            return None
        ratio = _ratio(factor, unit.body)
        return None if ratio is None else self._unit("silu", unit.body).times(ratio * weight)

    def _quotient(self, left: Value, right: Value) -> Value:
        start, end = left.start, right.end
        above, below = _exponentials(left), _exponentials(right)
        if right.exponentials is not None and below is not None:
            found = quotient(above or ExponentialSum.constant(Fraction(1)), below, self._unit)
            if found is not None and above is not None:
                return Value(start, end, found)
            if found is not None:
                return self._product(left, Value(right.start, end, found))
            if above is not None and len(below.parts) == 1:
                [(exponent, value)] = below.parts
                moved = [(z, c / value) for z, c in above.parts]
                minus = exponent.times(_MINUS)
                powers = ExponentialSum(tuple((WeightedSum.total([z, minus]), c) for z, c in moved))
                return self._exponential(powers, start, end)
        problem = left.problem or right.problem
        if right.problem is None and right.total.is_constant:
            if not right.total.constant:
                raise right.error(self._text, "division by zero; write another number")
            return replace(_scaled(left, 1 / right.total.constant), start=start, end=end)
        if problem is not None:
            return Value(start, end, problem=problem)
        raise right.error(
            self._text,
            "a quotient by an input or a unit is no weighted sum; add it as a feature, an "
            "input of its own",
        )

    def _exponential(self, powers: ExponentialSum, start: int, end: int) -> Value:
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

    def power(self, children: list[Any]) -> Side:
        """Let nothing pass but a factor alone, powers of numbers such as 10^{-7}, and e^z."""
        if len(children) == 1:
            return children[0]
        base, sign, *raised = children
        end = raised[-1].end if raised else sign.end_pos or 0
        if raised and self._is_e(base):
            power = self._scope.one(raised[-1])
            power = _scaled(power, _MINUS) if raised[0] == -1 else power
            if power.problem is not None:
                return Value(base.start, end, problem=power.problem)
            return self._exponential(ExponentialSum.of(power.total), base.start, end)
        exponent = self._exponent(sign, raised)
        if exponent is not None and isinstance(base, Value) and base.exponentials is not None:
            if exponent == -1:
                one = Value(base.start, base.start, _ONE)
                return replace(self._quotient(one, base), start=base.start, end=end)
            powers = base.exponentials.raised(exponent)
            if powers is not None:
                return self._exponential(powers, base.start, end)
        if exponent is not None and isinstance(base, Label) and base.text in CONSTANTS:
            base = self._scope.one(base)
        if exponent is not None and isinstance(base, Value) and base.total.is_constant:
            if base.problem is not None:
                return base
            value = self._number_power(base.total.constant, exponent, sign)
            return Value(base.start, end, WeightedSum({}, value))
        raise self._no_power(self._text[base.start : base.end].strip(), sign)

    def _is_e(self, base: Side) -> bool:
        """Tell whether what is raised is Euler's number."""
        if not isinstance(base, Label) or base.token != "e":
            return False
        value = self._scope.one(base)
        return isinstance(value, Value) and value.exponentials is not None

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

    def short_fraction(self, children: list[Token]) -> Value:
        r"""Read ``\frac12``."""
        [token] = children
        above, below = re.findall("[0-9]", str(token))
        if below == "0":
            raise self._at(token, "division by zero; write another number")
        value = WeightedSum({}, Fraction(int(above), int(below)))
        return Value(token.start_pos or 0, token.end_pos or 0, value)

    def root(self, children: list[Any]) -> Value:
        """Refuse a root."""
        raise self._at(children[0], _no_unit("sqrt"))

    def absolute(self, children: list[Any]) -> Value:
        """Read bars as the two units that they are."""
        opening, inner, closing = children
        value = self._scope.one(inner)
        return self._made(value, self._absolute, opening.start_pos or 0, closing.end_pos or 0)

    def opposite(self, children: list[Any]) -> Value:
        """Read NOT before what it turns around."""
        sign, inner = children
        value = self._scope.one(inner)
        return self._made(value, self._not, sign.start_pos or 0, value.end)

    def conjunction(self, children: list[Any]) -> Value:
        """Read AND, OR and their kin between what they join."""
        sides, words = children[::2], [str(word.type) for word in children[1::2]]
        values = [self._scope.one(side) for side in sides]
        start, end = values[0].start, values[-1].end
        problem = next((v.problem for v in values if v.problem is not None), None)
        if problem is not None:
            return Value(start, end, problem=problem)
        bodies = [value.total for value in values]
        if len(set(words)) == 1 and words[0] in ("AND", "OR"):
            return Value(start, end, self._logic(words[0], bodies))
        found = bodies[0]
        for word, body in zip(words, bodies[1:], strict=True):
            found = self._logic(word, [found, body])
        return Value(start, end, found)

    expression = conjunction

    def _logic(self, word: str, bodies: list[WeightedSum]) -> WeightedSum:
        """Return the unit that is 1 where a statement on zeros and ones is true."""
        total, n = WeightedSum.total(bodies), len(bodies)
        if word == "NOT":
            return self._not(total)
        if word in ("AND", "OR"):
            least = n - _HALF if word == "AND" else _HALF
            return self._step(_plus(total, -least))
        if word in ("NAND", "NOR"):
            most = n - _HALF if word == "NAND" else _HALF
            return self._step(_plus(total.times(_MINUS), most))
        some, every = self._logic("OR", bodies), self._logic("AND", bodies)
        return self._step(_plus(WeightedSum.total([some, every.times(_MINUS)]), -_HALF))

    def _not(self, body: WeightedSum) -> WeightedSum:
        return self._step(_plus(body.times(_MINUS), _HALF))

    def _step(self, body: WeightedSum) -> WeightedSum:
        return self._unit("heaviside", body)

    def _absolute(self, body: WeightedSum) -> WeightedSum:
        if body.is_constant:
            return WeightedSum({}, abs(body.constant))
        both = [self._unit("relu", body), self._unit("relu", body.times(_MINUS))]
        return WeightedSum.total(both)

    def _larger(self, a: WeightedSum, b: WeightedSum) -> WeightedSum:
        """Return the larger of two sums."""
        if a.is_constant and b.is_constant:
            return WeightedSum({}, max(a.constant, b.constant))
        for one, other in ((a, b), (b, a)):
            ratio = _ratio(one, other)
            if ratio is not None and 0 < ratio < 1:
                return self._leaky(other, ratio)
        # A number stands outside, so that no unit is needed to pass an input on.
        outside, inside = (b, a) if b.is_constant else (a, b)
        gap = WeightedSum.total([inside, outside.times(_MINUS)])
        return WeightedSum.total([self._unit("relu", gap), outside])

    def _leaky(self, body: WeightedSum, slope: Fraction) -> WeightedSum:
        """Return a leaky ReLU of any slope, as units there are."""
        if slope == _LEAK:
            return self._unit("leaky_relu", body)
        above = self._unit("relu", body)
        below = self._unit("relu", body.times(_MINUS)) if slope else WeightedSum()
        return WeightedSum.total([above, below.times(-slope)])

    def _elu(self, body: WeightedSum, scale: Fraction) -> WeightedSum:
        curve = self._unit("elu", body).times(scale)
        if scale == 1:
            return curve
        return WeightedSum.total([curve, self._unit("relu", body).times(1 - scale)])

    def _made(
        self, value: Value, make: Callable[[WeightedSum], WeightedSum], start: int, end: int
    ) -> Value:
        """Return a value made of another one, unless that has none."""
        if value.problem is not None:
            return Value(start, end, problem=value.problem)
        return Value(start, end, make(value.total))

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
        """Apply an activation, or a function that units make."""
        token, _, arguments, closing = children
        start, end = token.start_pos or 0, closing.end_pos or 0
        name, power = raised_call(str(token))
        if power != 1:
            raise self._no_power(f"{name}(...)", token)
        if _plain(token) in self._scope.headings:
            return self._defined(_plain(token), arguments, token)
        if name.upper() in LOGIC:
            return self._of_all(arguments, token, end, lambda z: self._logic(name.upper(), z))
        if name in ("max", "min"):
            return self._of_all(arguments, token, end, lambda z: self._extreme(name, z))
        activation = activation_of(name)
        if activation == "softmax":
            return self._softmax(arguments, start, end)
        if activation in ("leaky_relu", "elu") and len(arguments) == 2:
            return self._with_slope(activation, arguments, token, end)
        makes = {"abs": self._absolute, "exp": None, "ln": None, "log": None}
        if activation is None and name not in makes:
            raise self._at(token, _no_unit(name) if name in FUNCTIONS else _no_activation(token))
        body = self._argument(arguments, token)
        if name == "exp" and body.problem is None:
            return self._exponential(ExponentialSum.of(body.total), start, end)
        if name in ("ln", "log"):
            return self._logarithm(body, token, end)
        make = makes.get(name) or (lambda z: self._unit(str(activation), z))
        return self._made(body, make, start, end)

    def _unit(self, activation: str, body: WeightedSum) -> WeightedSum:
        if len(self._scope.units.all) >= MOST_UNITS:
            raise EquationError(f"more than {MOST_UNITS:,} units; write a smaller network")
        return self._scope.units.add(activation, body)

    def _defined(self, name: str, arguments: list[Equation], token: Token) -> Value:
        """Read f(x) where f(x) = ... stood before."""
        names = self._scope.headings[name]
        typed = [side for equation in arguments for side in equation.sides]
        if [side.text if isinstance(side, Label) else "" for side in typed] != names:
            heading = f"{name}({', '.join(names)})"
            raise self._at(token, f"{name} is known as {heading} only; write its sum out")
        return self._scope.one(Label(token.start_pos or 0, token.end_pos or 0, name))

    def _of_all(
        self,
        arguments: list[Equation],
        token: Token,
        end: int,
        make: Callable[[list[WeightedSum]], WeightedSum],
    ) -> Value:
        """Return a function of several sums."""
        values = [self._argument([one], token) for one in arguments]
        start = token.start_pos or 0
        problem = next((v.problem for v in values if v.problem is not None), None)
        if problem is not None:
            return Value(start, end, problem=problem)
        fits = len(values) == 1 if token == token.upper() == "NOT" else len(values) > 1
        if not fits and call_name(str(token)) != "not":
            example = f"{token}(0, x1)" if token[:1].islower() else f"{token}(x1, x2)"
            raise self._at(token, f"{token} takes two sums or more, as in {example}")
        return Value(start, end, make([value.total for value in values]))

    def _extreme(self, name: str, bodies: list[WeightedSum]) -> WeightedSum:
        sign = Fraction(1 if name == "max" else -1)
        found = bodies[0].times(sign)
        for body in bodies[1:]:
            found = self._larger(found, body.times(sign))
        return found.times(sign)

    def _with_slope(
        self, activation: str, arguments: list[Equation], token: Token, end: int
    ) -> Value:
        """Read leaky_relu(x, 0.2) and elu(x, 2)."""
        body, slope = (self._argument([one], token) for one in arguments)
        problem = body.problem or slope.problem
        if problem is not None:
            return Value(token.start_pos or 0, end, problem=problem)
        if not slope.total.is_constant:
            raise slope.error(self._text, f"the second argument of {token} is a number, its slope")
        make = self._leaky if activation == "leaky_relu" else self._elu
        return Value(token.start_pos or 0, end, make(body.total, slope.total.constant))

    def _logarithm(self, body: Value, token: Token, end: int) -> Value:
        start = token.start_pos or 0
        if body.exponentials is not None:
            found = logarithm(body.exponentials, self._unit)
            if found is not None:
                return Value(start, end, found)
        if body.problem is not None:
            return Value(start, end, problem=body.problem)
        raise self._at(token, _no_unit(call_name(str(token))))

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


def _plain(token: str) -> str:
    return plain_name(call_name(str(token)) if str(token).startswith("\\") else str(token))


def _short(text: str) -> str:
    return text if len(text) <= 20 else f"{text[:18]}..."


def _exponentials(value: Value) -> ExponentialSum | None:
    """Return a value as a sum of exponentials, if it is one or a number."""
    if value.exponentials is None and value.problem is None and value.total.is_constant:
        return ExponentialSum.constant(value.total.constant)
    return value.exponentials


def _scaled(value: Value, factor: Fraction) -> Value:
    powers = None if value.exponentials is None else value.exponentials.times(factor)
    return replace(value, total=value.total.times(factor), exponentials=powers)


def _plus(total: WeightedSum, constant: Fraction) -> WeightedSum:
    return WeightedSum(total.terms, total.constant + constant)


def _opposite(total: WeightedSum) -> WeightedSum:
    return WeightedSum.total([_ONE, total.times(_MINUS)])


def _ratio(one: WeightedSum, other: WeightedSum) -> Fraction | None:
    """Return by which number a sum is another one, if it is."""
    source = next((s for s, weight in other.terms.items() if weight), None)
    if source is None or source not in one.terms:
        return None
    ratio = one.terms[source] / other.terms[source]
    return ratio if other.times(ratio) == one else None


def _no_unit(name: str) -> str:
    return (
        f"{name} is no unit, so this is no network; gradatim approximate builds one that is close "
        f'to a function such as "{name}(x)"'
    )


def _no_activation(token: str) -> str:
    try:
        get_activation(call_name(token))
    except SpecError as error:
        return str(error).replace(repr(call_name(token)), token)
    return f"there is no activation {token}"
