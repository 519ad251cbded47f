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
from gradatim.network.arithmetic import ValueArithmetic, error_at, no_unit
from gradatim.network.exponentials import ExponentialSum
from gradatim.network.expression import Expression, Output, WeightedSum
from gradatim.network.functions import UnitFunctions
from gradatim.network.grammar import activation_of
from gradatim.network.graph import Network
from gradatim.network.layering import layered
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

_COMPARISONS = {
    **dict.fromkeys(("<", r"\lt"), "<"),
    **dict.fromkeys(("<=", "=<", "≤", "⩽", r"\le", r"\leq", r"\leqslant"), "<="),
    **dict.fromkeys((">", r"\gt"), ">"),
    **dict.fromkeys((">=", "=>", "≥", "⩾", r"\ge", r"\geq", r"\geqslant"), ">="),
}


@v_args(inline=False)
class Sums(Transformer_NonRecursive):
    """Turns the tree of an equation into its sides."""

    def __init__(self, text: str, scope: Scope) -> None:
        super().__init__(visit_tokens=False)
        self._text = text
        self._scope = scope
        self._units = UnitFunctions(scope.units)
        self._arithmetic = ValueArithmetic(text, self._units)

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
        step = self._units.step(gap if kind in (">=", "<") else gap.times(_MINUS))
        found = step if kind in (">=", "<=") else self._units.opposite(step)
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
            parts.append(part if sign > 0 else part.times(_MINUS))
            sign = 1
        powers = [part.as_exponentials for part in parts]
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
            self._arithmetic.refuse_two_numbers(before, factor)
            before = factor
            if sign < 0:
                factor = factor.times(_MINUS)
            if result is None:
                result = factor
            elif operation == "*":
                result = self._arithmetic.product(result, factor)
            else:
                result = self._arithmetic.quotient(result, factor)
            operation, sign = "*", 1
        assert result is not None
        return replace(result, is_number=False)

    def power(self, children: list[Any]) -> Side:
        """Let nothing pass but a factor alone, powers of numbers such as 10^{-7}, and e^z."""
        if len(children) == 1:
            return children[0]
        base, sign, *raised = children
        end = raised[-1].end if raised else sign.end_pos or 0
        if raised and self._is_e(base):
            power = self._scope.one(raised[-1])
            power = power.times(_MINUS) if raised[0] == -1 else power
            if power.problem is not None:
                return Value(base.start, end, problem=power.problem)
            return self._arithmetic.exponential(ExponentialSum.of(power.total), base.start, end)
        exponent = self._exponent(sign, raised)
        if exponent is not None and isinstance(base, Value) and base.exponentials is not None:
            if exponent == -1:
                one = Value(base.start, base.start, _ONE)
                return replace(self._arithmetic.quotient(one, base), start=base.start, end=end)
            powers = base.exponentials.raised(exponent)
            if powers is not None:
                return self._arithmetic.exponential(powers, base.start, end)
        if exponent is not None and isinstance(base, Label) and base.text in CONSTANTS:
            base = self._scope.one(base)
        if exponent is not None and isinstance(base, Value) and base.total.is_constant:
            if base.problem is not None:
                return base
            value = self._arithmetic.number_power(base.total.constant, exponent, sign)
            return Value(base.start, end, WeightedSum({}, value))
        raise self._arithmetic.no_power(self._text[base.start : base.end].strip(), sign)

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
        quotient = self._arithmetic.quotient(above, below)
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
        raise self._at(children[0], no_unit("sqrt"))

    def absolute(self, children: list[Any]) -> Value:
        """Read bars as the two units that they are."""
        opening, inner, closing = children
        value = self._scope.one(inner)
        return self._made(value, self._units.absolute, opening.start_pos or 0, closing.end_pos or 0)

    def opposite(self, children: list[Any]) -> Value:
        """Read NOT before what it turns around."""
        sign, inner = children
        value = self._scope.one(inner)
        return self._made(value, self._units.negation, sign.start_pos or 0, value.end)

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
            return Value(start, end, self._units.logic(words[0], bodies))
        found = bodies[0]
        for word, body in zip(words, bodies[1:], strict=True):
            found = self._units.logic(word, [found, body])
        return Value(start, end, found)

    expression = conjunction

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
                self._text, f"{weights} has no values; give them with let, as in {weights}=0.5,-1,2"
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
            raise self._arithmetic.no_power(f"{name}(...)", token)
        if _plain(token) in self._scope.headings:
            return self._defined(_plain(token), arguments, token)
        if name.upper() in LOGIC:
            return self._of_all(arguments, token, end, lambda z: self._units.logic(name.upper(), z))
        if name in ("max", "min"):
            return self._of_all(arguments, token, end, lambda z: self._units.extreme(name, z))
        activation = activation_of(name)
        if activation == "softmax":
            return self._softmax(arguments, start, end)
        if activation in ("leaky_relu", "elu") and len(arguments) == 2:
            return self._with_slope(activation, arguments, token, end)
        makes = {"abs": self._units.absolute, "exp": None, "ln": None, "log": None}
        if activation is None and name not in makes:
            raise self._at(token, no_unit(name) if name in FUNCTIONS else _no_activation(token))
        body = self._argument(arguments, token)
        if name == "exp" and body.problem is None:
            return self._arithmetic.exponential(ExponentialSum.of(body.total), start, end)
        if name in ("ln", "log"):
            return self._arithmetic.logarithm(body, token, end)
        make = makes.get(name) or (lambda z: self._units.unit(str(activation), z))
        return self._made(body, make, start, end)

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
        make = self._units.leaky_relu if activation == "leaky_relu" else self._units.elu
        return Value(token.start_pos or 0, end, make(body.total, slope.total.constant))

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
        return error_at(self._text, token, sentence)


def _plain(token: str) -> str:
    return plain_name(call_name(str(token)) if str(token).startswith("\\") else str(token))


def _no_activation(token: str) -> str:
    try:
        get_activation(call_name(token))
    except SpecError as error:
        return str(error).replace(repr(call_name(token)), token)
    return f"there is no activation {token}"
