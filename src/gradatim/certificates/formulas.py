r"""Functions as text, read by the grammar of equations into a straight-line program.

Conventions: variables are ``x``, ``y`` (or ``x1``, ``x2``), or those of a heading such as
``f(t) =``; numbers are kept as fractions, so that
0.1 is one tenth. ``-x^2`` is :math:`-(x^2)`, ``2^3^2`` is :math:`2^{(3^2)}`, and ``1/2x`` is
``(1/2)x``, as in equations. Nothing is ever evaluated as Python.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from fractions import Fraction
from typing import Any

from gradatim.activations import get_activation
from gradatim.certificates.programs import FUNCTIONS, INFIX, Formula, Operation
from gradatim.errors import EquationError, SpecError
from gradatim.language.names import call_name, plain_name, raised_call
from gradatim.language.parsing import heading, only_factor, read_tree, split_products

#: Characters that are read.
MOST_CHARACTERS = 2_000
_MOST_OPERATIONS = 1_000
_MOST_POWER = 1_000
# Fractions beyond this many bits are no constants anybody means.
_MOST_BITS = 4_000

_OTHER_NAMES = {"ln": "log", "sgn": "sign"}
_VARIABLES = {"x": 0, "y": 1, "x1": 0, "x2": 1}
_CONSTANTS = {"pi": "pi", "π": "pi", "e": "e"}
# Brackets in each other, and powers, that the reader's recursion holds.
_MOST_LEVELS = 60
_EMPTY = "there is no function; write one such as sin(2*pi*x)"


def parse_formula(text: str) -> Formula:
    """Read a function of one or two variables, at most 2,000 characters.

    Numbers, ``pi``, ``e``; ``+ - * / ^``, brackets, coefficients such as ``2x`` and ``3sin(x)``;
    ``sin cos tan exp log sqrt abs min max``, activations such as ``tanh`` and ``relu``, and ``floor
    ceil sign step``, which jump; variables ``x`` and ``y``, ``x1`` and ``x2``, or those of ``f(t)
    =``. LaTeX is read as in equations.

    Examples
    --------
    >>> str(parse_formula("2x^2 - 0.5 sin(pi x)"))
    '((2 * (x^(2))) - ((1/2) * sin((pi * x))))'
    """
    if len(text) > MOST_CHARACTERS:
        raise EquationError(
            f"the function has {len(text):,} characters; at most {MOST_CHARACTERS:,} are read"
        )
    tree = read_tree(text, _MOST_LEVELS, _EMPTY, "a function")
    program = _Compiler(text)
    program.expression(_right_side(text, tree, program))
    return Formula(text, *program.finished())


def _right_side(text: str, tree: Any, program: _Compiler) -> Any:
    """Return the expression of y = x^2 or f(x) = x^2, whose variables the program then knows."""

    def error(node: Any, sentence: str) -> EquationError:
        position = _start(node)
        return EquationError(f"column {position + 1}: {sentence}", text, position)

    signs = list(tree.scan_values(lambda t: t.type in ("ARROW", "SEMICOLON", "COMPARED")))
    if signs:
        raise error(signs[0], f"{signs[0]} has no place in a function; write one sum, such as x^2")
    segments = [child for child in tree.children if _is_tree(child)]
    if not segments[0].children:
        # Spaces of LaTeX alone
        raise EquationError(_EMPTY)
    parts = [child for child in segments[0].children if child.data == "equation"]
    if len(parts) != 1 or len(segments[0].children) != 1:
        sentence = "one function is read; a decimal is written with a point, as in 0.5x"
        raise error(segments[0].children[-1], sentence)
    [equation] = parts
    sides = [side for side in equation.children if _is_tree(side)]
    head = heading(equation)
    if head is not None and len(head.arguments) > 2:
        raise error(head.name, "functions of one or two variables are read; leave one out")
    if len(sides) > 2 or (len(sides) == 2 and not program.take_heading(equation)):
        raise error(sides[-1], "a function stands after one = at most, as in f(x) = x^2")
    inner = sides[-1].children[0] if sides[-1].data == "side" else None
    if not _is_tree(inner) or len(sides[-1].children) > 1:
        raise error(sides[-1], "expected a function here")
    split_products(equation, program.is_value)
    return inner


class _Compiler:
    """Collects operations; equal ones once, fractions folded."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._operations: list[Operation] = []
        self._positions: list[int] = []
        self._known: dict[Operation, int] = {}
        self._last = 0
        self._variables = _VARIABLES

    def take_heading(self, equation: Any) -> bool:
        """Tell whether the left side is a name or f(x), and take the variables of the latter."""
        found = heading(equation)
        if found is None:
            factor = only_factor(equation.children[0])
            return factor is not None and factor.data == "name"
        names = [plain_name(str(argument)) for argument in found.arguments]
        if call_name(str(found.name)) in FUNCTIONS or not 1 <= len(names) <= 2:
            return False
        # x2 is the second variable even where it is the only one.
        if not set(names) <= set(_VARIABLES):
            self._variables = {name: i for i, name in enumerate(names)}
        return True

    def is_value(self, token: str) -> bool:
        """Tell whether what stands before a bracket is multiplied with it."""
        name = plain_name(token) if not token.startswith("\\") else call_name(token)
        return name in self._variables or name in _CONSTANTS

    def finished(self) -> tuple[tuple[Operation, ...], tuple[int, ...]]:
        """Return the operations that the result needs, in the order of their use."""
        order: list[int] = []
        place: dict[int, int] = {}
        waiting = [self._last]
        while waiting:
            i = waiting[-1]
            missing = [j for j in self._operations[i].sources if j not in place]
            if missing:
                waiting.append(missing[0])
                continue
            waiting.pop()
            if i not in place:
                place[i] = len(order)
                order.append(i)
        program = tuple(
            Operation(op.kind, tuple(place[i] for i in op.sources), op.value)
            for op in (self._operations[i] for i in order)
        )
        return program, tuple(self._positions[i] for i in order)

    def expression(self, node: Any) -> int:
        """Add what a node of lark's tree says and return its number."""
        read: dict[str, Callable[[Any], int]] = {
            "sum": self._sum,
            "term": self._term,
            "power": self._power,
            "number": self._number,
            "name": self._name,
            "call": self._call,
            "group": lambda group: self.expression(_trees(group)[0]),
            "fraction": self._fraction_of,
            "short_fraction": self._short_fraction,
            "root": lambda root: self._applied(root, "sqrt"),
            "absolute": lambda bars: self._applied(bars, "abs"),
        }
        if node.data not in read:
            raise self._error(
                "AND, OR, NOT and W^T X belong to networks; a function has numbers", _start(node)
            )
        self._last = read[node.data](node)
        return self._last

    def _add(self, position: int, kind: str, *sources: int, value: Any = None) -> int:
        folded = self._folded(position, kind, sources)
        op = Operation("number", (), folded) if folded is not None else None
        op = op or Operation(kind, sources, value)
        if op not in self._known:
            if len(self._operations) >= _MOST_OPERATIONS:
                raise self._error(f"more than {_MOST_OPERATIONS:,} operations", position)
            self._known[op] = len(self._operations)
            self._operations.append(op)
            self._positions.append(position)
        return self._known[op]

    def _folded(self, position: int, kind: str, sources: tuple[int, ...]) -> Fraction | None:
        """Return the result of an operation on fractions, if that is all it is."""
        values = [self._fraction(i) for i in sources]
        if kind not in (*INFIX, "neg") or None in values:
            return None
        a, b = Fraction(values[0] or 0), Fraction(values[-1] or 0)
        if kind == "div" and not b:
            raise self._error("division by 0", position)
        results: dict[str, Callable[[], Fraction]] = {
            "add": lambda: a + b,
            "sub": lambda: a - b,
            "mul": lambda: a * b,
            "div": lambda: a / b,
            "neg": lambda: -a,
        }
        return self._checked(results[kind](), position)

    def _checked(self, number: Fraction, position: int) -> Fraction:
        bits = max(number.numerator.bit_length(), number.denominator.bit_length())
        magnitude = number.numerator.bit_length() - number.denominator.bit_length()
        if bits > _MOST_BITS or magnitude > 1_000:
            raise self._error("a number beyond 1e300, or of too many digits", position)
        return number

    def _fraction(self, i: int) -> Fraction | None:
        op = self._operations[i]
        return Fraction(op.value or 0) if op.kind == "number" else None

    def _sum(self, node: Any) -> int:
        total, sign = None, None
        for child in node.children:
            if child.data == "sign":
                sign = child
                continue
            part = self.expression(child)
            minus = sign is not None and _is_minus(sign)
            place = _start(child) if sign is None else _start(sign)
            if total is not None:
                total = self._add(place, "sub" if minus else "add", total, part)
            else:
                total = self._add(place, "neg", part) if minus else part
            sign = None
        assert total is not None
        return total

    def _term(self, node: Any) -> int:
        product, kind, position, minus = None, "mul", None, False
        for child in node.children:
            if child.data in ("times", "over"):
                kind, position = ("mul" if child.data == "times" else "div"), _start(child)
                minus = any(_is_tree(part) and _is_minus(part) for part in child.children)
                continue
            if product is not None and position is None and child.children[0].data == "number":
                raise self._error("write * between a factor and a number", _start(child))
            factor = self.expression(child)
            place = _start(child) if position is None else position
            if minus:
                factor = self._add(place, "neg", factor)
            product = factor if product is None else self._add(place, kind, product, factor)
            kind, position, minus = "mul", None, False
        assert product is not None
        return product

    def _power(self, node: Any) -> int:
        base = self.expression(node.children[0])
        if len(node.children) == 1:
            return base
        mark = node.children[1]
        if mark.type == "RAISED":
            power = int(unicodedata.normalize("NFKC", str(mark)))
            return self._whole_power(mark.start_pos, base, power)
        exponent = self.expression(node.children[-1])
        if len(node.children) == 4 and _is_minus(node.children[2]):
            exponent = self._add(_start(node.children[2]), "neg", exponent)
        whole = self._fraction(exponent)
        if whole is not None and whole.denominator == 1:
            return self._whole_power(mark.start_pos, base, int(whole))
        if self._operations[base].kind == "e":
            return self._add(mark.start_pos, "exp", exponent)
        return self._add(mark.start_pos, "pow", base, exponent)

    def _whole_power(self, position: int, base: int, exponent: int) -> int:
        if abs(exponent) > _MOST_POWER:
            raise self._error(f"the exponent {exponent} is beyond {_MOST_POWER:,}", position)
        number = self._fraction(base)
        if number is None:
            return self._add(position, "power", base, value=exponent)
        if not number and exponent < 0:
            raise self._error("division by 0", position)
        # Before computing, so that no exponent makes a number that fills memory.
        bits = max(number.numerator.bit_length(), number.denominator.bit_length())
        if bits * abs(exponent) > _MOST_BITS:
            raise self._error("a number beyond 1e300, or of too many digits", position)
        folded = self._checked(Fraction(number**exponent), position)
        return self._add(position, "number", value=folded)

    def _number(self, node: Any) -> int:
        [token] = node.children
        mantissa, _, exponent = str(token).lower().partition("e")
        if abs(int(exponent or 0)) > 300 or len(mantissa) > 300:
            raise self._error("a number beyond 1e300, or of too many digits", token.start_pos)
        value = self._checked(
            Fraction(mantissa) * Fraction(10) ** int(exponent or 0), token.start_pos
        )
        return self._add(token.start_pos, "number", value=value)

    def _fraction_of(self, node: Any) -> int:
        above, below = (self.expression(tree) for tree in _trees(node))
        return self._add(_start(node), "div", above, below)

    def _short_fraction(self, node: Any) -> int:
        [token] = node.children
        above, below = re.findall("[0-9]", str(token))
        if below == "0":
            raise self._error("division by 0", token.start_pos)
        return self._add(token.start_pos, "number", value=Fraction(int(above), int(below)))

    def _applied(self, node: Any, name: str) -> int:
        return self._add(_start(node), name, self.expression(_trees(node)[0]))

    def _name(self, node: Any) -> int:
        [token] = node.children
        name, known = plain_name(str(token)), ", ".join(self._variables)
        if name in self._variables:
            return self._add(token.start_pos, "variable", value=self._variables[name])
        if name in _CONSTANTS:
            return self._add(token.start_pos, _CONSTANTS[name])
        if _OTHER_NAMES.get(name, name) in FUNCTIONS or _activation(name):
            raise self._error(f"{name} needs its argument in brackets: {name}(x)", token.start_pos)
        if self._variables is _VARIABLES:
            known = "x and y (or x1 and x2), or those of f(t) ="
        raise self._error(
            f"there is no {str(token)[:30]!r}; variables are {known}, constants pi and e, "
            "and products are written x*y",
            token.start_pos,
        )

    def _call(self, node: Any) -> int:
        token = node.children[0]
        name, power = raised_call(str(token))
        name, position = _OTHER_NAMES.get(name, name), token.start_pos
        activation = None if name in FUNCTIONS else _activation(name)
        if name not in FUNCTIONS and activation not in _ACTIVATIONS and activation != "heaviside":
            known = ", ".join([*FUNCTIONS, "sigmoid", *list(_ACTIVATIONS)[1:]])
            raise self._error(
                f"there is no function {str(token)[:30]!r}; choose one of {known}", position
            )
        arguments = []
        for equation in _trees(node.children[2]):
            if len(equation.children) != 1 or len(equation.children[0].children) != 1:
                raise self._error(f"{name} takes one sum between its brackets", _start(equation))
            arguments.append(self.expression(equation.children[0].children[0]))
        if activation == "heaviside":
            name = "step"
        if activation in ("leaky_relu", "elu") and len(arguments) == 2:
            return _ACTIVATIONS[activation](self, position, *arguments)
        if FUNCTIONS.get(name, 1) == 1 and len(arguments) > 1:
            raise self._error(f"{name} takes one argument", position)
        if name not in FUNCTIONS:
            return _ACTIVATIONS[str(activation)](self, position, arguments[0])
        if FUNCTIONS[name] == 1:
            applied = self._add(position, name, arguments[0])
            return applied if power == 1 else self._whole_power(position, applied, power)
        if len(arguments) < 2:
            raise self._error(f"{name} takes two arguments or more", position)
        result = arguments[0]
        for argument in arguments[1:]:
            result = self._add(position, name, result, argument)
        return result

    # Activations, by operations that are enclosed; what stands twice is one operation.

    def _one(self, position: int) -> int:
        return self._add(position, "number", value=Fraction(1))

    def _logistic(self, position: int, z: int) -> int:
        grown = self._add(position, "exp", self._add(position, "neg", z))
        one = self._one(position)
        return self._add(position, "div", one, self._add(position, "add", one, grown))

    def _tanh(self, position: int, z: int) -> int:
        two = self._add(position, "number", value=Fraction(2))
        grown = self._add(position, "exp", self._add(position, "mul", two, z))
        one = self._one(position)
        rest = self._add(position, "div", two, self._add(position, "add", grown, one))
        return self._add(position, "sub", one, rest)

    def _relu(self, position: int, z: int) -> int:
        return self._add(position, "max", self._add(position, "number", value=Fraction(0)), z)

    def _leaky(self, position: int, z: int, slope: int | None = None) -> int:
        if slope is None:
            slope = self._add(position, "number", value=Fraction(1, 100))
        below = self._below(position, z)
        return self._add(
            position, "add", self._relu(position, z), self._add(position, "mul", slope, below)
        )

    def _elu(self, position: int, z: int, scale: int | None = None) -> int:
        grown = self._add(position, "exp", self._below(position, z))
        below = self._add(position, "sub", grown, self._one(position))
        if scale is not None:
            below = self._add(position, "mul", scale, below)
        return self._add(position, "add", self._relu(position, z), below)

    def _below(self, position: int, z: int) -> int:
        return self._add(position, "min", self._add(position, "number", value=Fraction(0)), z)

    def _softplus(self, position: int, z: int) -> int:
        # The larger part outside, so that nothing overflows.
        fallen = self._add(position, "neg", self._add(position, "abs", z))
        inner = self._add(position, "add", self._one(position), self._add(position, "exp", fallen))
        return self._add(
            position, "add", self._relu(position, z), self._add(position, "log", inner)
        )

    def _silu(self, position: int, z: int) -> int:
        return self._add(position, "mul", z, self._logistic(position, z))

    def _identity(self, position: int, z: int) -> int:
        return z

    def _error(self, sentence: str, position: int) -> EquationError:
        return EquationError(f"column {position + 1}: {sentence}", self._text, position)


#: How activations are computed by the operations of a program, by standard name.
_ACTIVATIONS: dict[str, Callable[..., int]] = {
    "logistic": _Compiler._logistic,
    "tanh": _Compiler._tanh,
    "relu": _Compiler._relu,
    "leaky_relu": _Compiler._leaky,
    "elu": _Compiler._elu,
    "softplus": _Compiler._softplus,
    "silu": _Compiler._silu,
    "identity": _Compiler._identity,
}


def _activation(name: str) -> str | None:
    try:
        return get_activation(name).name
    except SpecError:
        return None


def _is_minus(sign: Any) -> bool:
    return sum(token.type == "MINUS" for token in sign.children) % 2 == 1


def _is_tree(child: Any) -> bool:
    return hasattr(child, "data")


def _trees(node: Any) -> list[Any]:
    return [child for child in node.children if _is_tree(child)]


def _start(node: Any) -> int:
    token = next(node.scan_values(lambda _: True)) if _is_tree(node) else node
    return int(token.start_pos)
