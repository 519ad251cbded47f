r"""Functions as text: a grammar of their own, read into a straight-line program.

Conventions: variables are ``x``, ``y`` (or ``x1``, ``x2``); numbers are kept as fractions, so that
0.1 is one tenth. ``-x^2`` is :math:`-(x^2)`, ``2^3^2`` is :math:`2^{(3^2)}`, and ``1/2x`` is
``(1/2)x``, as in equations. A program is a tuple of operations, each reading the results of earlier
ones; equal operations are one. Nothing is ever evaluated as Python.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from gradatim.certificates.language import read_tree
from gradatim.errors import EquationError

__all__ = ["FUNCTIONS", "MOST_CHARACTERS", "Formula", "Operation", "parse_formula"]

#: Characters that are read.
MOST_CHARACTERS = 2_000
_MOST_OPERATIONS = 1_000
_MOST_POWER = 1_000
# Fractions beyond this many bits are no constants anybody means.
_MOST_BITS = 4_000

#: Functions by name, with the number of their arguments; None for two or more.
FUNCTIONS = {
    "sin": 1,
    "cos": 1,
    "tan": 1,
    "exp": 1,
    "log": 1,
    "sqrt": 1,
    "abs": 1,
    "floor": 1,
    "ceil": 1,
    "sign": 1,
    "step": 1,
    "min": None,
    "max": None,
}
_OTHER_NAMES = {"ln": "log", "heaviside": "step"}
_VARIABLES = {"x": 0, "y": 1, "x1": 0, "x2": 1, "x_1": 0, "x_2": 1, "x₁": 0, "x₂": 1}
_CONSTANTS = {"pi": "pi", "π": "pi", "e": "e"}
_INFIX = {"add": "+", "sub": "-", "mul": "*", "div": "/"}


@dataclass(frozen=True)
class Operation:
    """One step of a program."""

    # ``number``, ``pi``, ``e``, ``variable``, ``add``, ``sub``, ``mul``, ``div``, ``neg``,
    # ``power`` (whole exponent), ``pow``, or a key of `FUNCTIONS`
    kind: str
    sources: tuple[int, ...] = ()  # Earlier operations that are read
    value: Fraction | int | None = None  # A number, the index of a variable, or a whole exponent


@dataclass(frozen=True)
class Formula:
    """A function that was written as text.

    Parameters
    ----------
    text : str
        As typed.
    program : tuple of Operation
        What is computed; the last is the result.
    positions : tuple of int
        Where in the text each operation stands.
    """

    text: str
    program: tuple[Operation, ...]
    positions: tuple[int, ...]

    @property
    def n_variables(self) -> int:
        """Number of variables: 2 if y is used, else 1."""
        used = [int(op.value or 0) for op in self.program if op.kind == "variable"]
        return max(used, default=0) + 1

    def __str__(self) -> str:
        """Write the function with brackets that leave no question."""
        texts: list[str] = []
        for op in self.program:
            texts.append(_written(op, [texts[i] for i in op.sources]))
        return texts[-1]


def _written(op: Operation, parts: list[str]) -> str:
    if op.kind == "number":
        assert op.value is not None
        if op.value.denominator == 1 and op.value >= 0:
            return str(op.value)
        return f"({op.value.numerator}/{op.value.denominator})"
    if op.kind == "variable":
        return "xy"[int(op.value or 0)]
    if op.kind in ("pi", "e"):
        return op.kind
    if op.kind in _INFIX:
        return f"({parts[0]} {_INFIX[op.kind]} {parts[1]})"
    if op.kind == "neg":
        return f"(-{parts[0]})"
    if op.kind == "power":
        return f"({parts[0]}^({op.value}))"
    if op.kind == "pow":
        return f"({parts[0]}^{parts[1]})"
    return f"{op.kind}({', '.join(parts)})"


def parse_formula(text: str) -> Formula:
    """Read a function of one or two variables.

    Numbers, ``pi``, ``e``; ``+ - * / ^``, brackets, coefficients such as ``2x`` and ``3sin(x)``;
    ``sin cos tan exp log sqrt abs min max``, and ``floor ceil sign step``, which jump; variables
    ``x`` and ``y``, or ``x1`` and ``x2``.

    Parameters
    ----------
    text : str
        The function, at most 2,000 characters.

    Returns
    -------
    Formula
        The function as a program.

    Raises
    ------
    EquationError
        If the text is no such function; the error points at the place.

    Examples
    --------
    >>> str(parse_formula("2x^2 - 0.5 sin(pi x)"))
    '((2 * (x^(2))) - ((1/2) * sin((pi * x))))'
    """
    if len(text) > MOST_CHARACTERS:
        raise EquationError(
            f"the function has {len(text):,} characters; at most {MOST_CHARACTERS:,} are read"
        )
    tree = read_tree(text)
    program = _Compiler(text)
    program.expression(tree.children[0])
    return Formula(text, *program.finished())


class _Compiler:
    """Collects operations; equal ones once, fractions folded."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._operations: list[Operation] = []
        self._positions: list[int] = []
        self._known: dict[Operation, int] = {}
        self._last = 0

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
            "signed": self._signed,
            "power": self._power,
            "number": self._number,
            "name": self._name,
            "call": self._call,
            "group": lambda group: self.expression(_trees(group)[0]),
        }
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
        if kind not in (*_INFIX, "neg") or None in values:
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
        parts = _trees(node)
        total = self.expression(parts[0])
        for added, term in zip(parts[1::2], parts[2::2], strict=True):
            [sign] = added.children
            kind = "add" if sign.type == "PLUS" else "sub"
            total = self._add(sign.start_pos, kind, total, self.expression(term))
        return total

    def _term(self, node: Any) -> int:
        product, kind, position = self.expression(node.children[0]), "mul", None
        for child in node.children[1:]:
            if not _is_tree(child):
                kind, position = ("mul" if child.type == "STAR" else "div"), child.start_pos
                continue
            if position is None and child.children[0].data == "number":
                raise self._error("write * between a factor and a number", _start(child))
            factor = self.expression(child)
            place = _start(child) if position is None else position
            product, kind, position = self._add(place, kind, product, factor), "mul", None
        return product

    def _signed(self, node: Any) -> int:
        *signs, power = node.children
        value = self.expression(power)
        if sum(sign.type == "MINUS" for sign in signs) % 2:
            return self._add(signs[0].start_pos, "neg", value)
        return value

    def _power(self, node: Any) -> int:
        base = self.expression(node.children[0])
        if len(node.children) == 1:
            return base
        mark = node.children[1]
        if mark.type == "SQUARED":
            return self._whole_power(mark.start_pos, base, "¹²³".index(mark) + 1)
        exponent = self.expression(node.children[2])
        whole = self._fraction(exponent)
        if whole is not None and whole.denominator == 1:
            return self._whole_power(mark.start_pos, base, int(whole))
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

    def _name(self, node: Any) -> int:
        [token] = node.children
        name = str(token)
        if name in _CONSTANTS:
            return self._add(token.start_pos, _CONSTANTS[name])
        if name in _VARIABLES:
            return self._add(token.start_pos, "variable", value=_VARIABLES[name])
        if _OTHER_NAMES.get(name, name) in FUNCTIONS:
            raise self._error(f"{name} needs its argument in brackets: {name}(x)", token.start_pos)
        raise self._error(
            f"there is no {name[:30]!r}; variables are x and y (or x1 and x2), constants pi and e, "
            "and products are written x*y",
            token.start_pos,
        )

    def _call(self, node: Any) -> int:
        token = node.children[0]
        arguments = [self.expression(tree) for tree in _trees(node)]
        name = _OTHER_NAMES.get(str(token).lower(), str(token).lower())
        if name not in FUNCTIONS:
            known = ", ".join(FUNCTIONS)
            raise self._error(
                f"there is no function {str(token)[:30]!r}; choose one of {known}", token.start_pos
            )
        if FUNCTIONS[name] == 1 and len(arguments) > 1:
            raise self._error(f"{name} takes one argument", token.start_pos)
        if FUNCTIONS[name] == 1:
            return self._add(token.start_pos, name, arguments[0])
        if len(arguments) < 2:
            raise self._error(f"{name} takes two arguments or more", token.start_pos)
        result = arguments[0]
        for argument in arguments[1:]:
            result = self._add(token.start_pos, name, result, argument)
        return result

    def _error(self, sentence: str, position: int) -> EquationError:
        return EquationError(f"column {position + 1}: {sentence}", self._text, position)


def _is_tree(child: Any) -> bool:
    return hasattr(child, "data")


def _trees(node: Any) -> list[Any]:
    return [child for child in node.children if _is_tree(child)]


def _start(node: Any) -> int:
    return int(node.meta.start_pos)
