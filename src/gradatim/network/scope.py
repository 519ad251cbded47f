"""What the words of a text mean: names, values, and what stands between signs of equality.

Conventions: a bare name stays a `Label` until something reads it, because it may turn out to be
what a statement is called. A letter without a value makes a value with a ``problem``, which is
raised unless a later form replaces it.
"""

from __future__ import annotations

import difflib
import math
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from fractions import Fraction

from gradatim.errors import EquationError
from gradatim.language.names import call_name, plain_name
from gradatim.network.exponentials import ExponentialSum
from gradatim.network.expression import UnitTable, WeightedSum
from gradatim.network.grammar import COEFFICIENT, IMPLICIT_INPUT, activation_of

#: Functions that are made of units, or known to `gradatim approximate` only.
FUNCTIONS = ("max", "min", "abs", "exp", "log", "ln", "sin", "cos", "tan", "sqrt", "floor", "ceil")

#: Numbers that have a name, unless the text or a letter gives it another meaning.
CONSTANTS = {"pi": math.pi, "π": math.pi, "e": math.e}


@dataclass(frozen=True)
class _ScopePart:
    """A part of the text, from `start` up to `end`."""

    start: int
    end: int

    def error(self, text: str, sentence: str, start: int | None = None) -> EquationError:
        """Return the error that says a sentence about this part."""
        position = self.start if start is None else start
        return EquationError(f"column {position + 1}: {sentence}", text, position)


@dataclass(frozen=True)
class Label(_ScopePart):
    """A bare name, a quoted one, or ``()``, of which nobody knows yet what it is for."""

    token: str | None = None  # A name as typed
    quoted: str | None = None  # What stands between quotes

    @property
    def nothing(self) -> bool:
        """Whether it is ``()``."""
        return self.token is None and self.quoted is None

    @property
    def text(self) -> str:
        """What an output of this name is called."""
        return self.quoted if self.token is None else plain_name(self.token)  # pyright: ignore


@dataclass(frozen=True)
class Value(_ScopePart):
    """A weighted sum."""

    total: WeightedSum = field(default_factory=WeightedSum)  # What it is
    problem: EquationError | None = None  # Why it has no value
    exponentials: ExponentialSum | None = None  # What it is, where it is a sum of exponentials
    is_number: bool = False  # Whether it is a plain number, as in ``= 0.08``

    @property
    def as_exponentials(self) -> ExponentialSum | None:
        """The value as a sum of exponentials, if it is one or a number."""
        if self.exponentials is None and self.problem is None and self.total.is_constant:
            return ExponentialSum.constant(self.total.constant)
        return self.exponentials

    def times(self, factor: Fraction) -> Value:
        """Return the value multiplied by a number."""
        powers = None if self.exponentials is None else self.exponentials.times(factor)
        return replace(self, total=self.total.times(factor), exponentials=powers)

    def decimals(self, text: str) -> int:
        """Return how many decimals a plain number was typed with; fewer than none in 2e3."""
        mantissa, _, exponent = text[self.start : self.end].lower().partition("e")
        return len(mantissa.partition(".")[2]) - int(exponent or 0)


@dataclass(frozen=True)
class Several(_ScopePart):
    """The values of a softmax."""

    parts: list[tuple[Label | None, WeightedSum]] = field(default_factory=list)  # Names and values


Side = Label | Value | Several


@dataclass(frozen=True)
class Equation:
    """Sides that stand between signs of equality."""

    sides: list[Side]  # From left to right


class Scope:
    """What names mean."""

    def __init__(
        self,
        text: str,
        units: UnitTable,
        letters: Mapping[str, Fraction | tuple[Fraction, ...]],
        declared: list[str] | None = None,
    ) -> None:
        self.text = text
        self.units = units
        self.letters = letters
        self.declared = None if declared is None else dict.fromkeys(declared)
        self.inputs: dict[str, None] = {}
        self.bound: dict[str, Fraction] = {}
        self.definitions: dict[str, WeightedSum] = {}
        self.read: set[str] = set()
        self.headings: dict[str, list[str]] = {}

    def head(self, name: str, arguments: list[str]) -> None:
        """Take f(x, y), before a sign of equality, for the name of what follows."""
        self.headings[name] = arguments
        if self.declared is None:
            self.inputs |= dict.fromkeys(arguments)

    def is_input(self, name: str) -> bool:
        """Tell whether a name is that of an input."""
        if self.declared is not None:
            return name in self.declared
        return name in self.inputs or IMPLICIT_INPUT.fullmatch(name) is not None

    def reads_input(self, total: WeightedSum) -> bool:
        """Tell whether a sum depends on an input."""
        waiting, seen = [total], set()
        while waiting:
            for source in waiting.pop().terms:
                if isinstance(source, str):
                    return True
                if source not in seen:
                    seen.add(source)
                    waiting.append(self.units.all[source].body)
        return False

    def softmax_of(self, total: WeightedSum) -> int | None:
        """Return the softmax of which a sum is a member."""
        source = total.only_source
        return self.units.all[source].group if isinstance(source, int) else None

    def define(self, label: Label, total: WeightedSum) -> None:
        """Let later statements read a sum by its name."""
        name = label.text
        if name in self.definitions:
            raise label.error(self.text, f"{name} is defined twice; use another name")
        if name in self.inputs:
            raise label.error(
                self.text, f"{name} was read as an input before; define it first, or rename it"
            )
        self.definitions[name] = total

    def value(self, side: Side) -> Value | Several:
        """Return what a side of an equation is worth."""
        return side if isinstance(side, Several) else self.one(side)

    def one(self, side: Side) -> Value:
        """Return the one value of a side; a name is looked up."""
        if isinstance(side, Value):
            return side
        if isinstance(side, Several):
            raise side.error(
                self.text,
                "a softmax gives several values; name them in a statement of its own, as in "
                "softmax(p = x1, q = x2); p - q",
            )
        if side.token is None:
            raise side.error(self.text, "expected a sum here")
        if side.quoted is not None:
            raise side.error(self.text, "a quoted name may follow an input before the arrow only")
        return self._looked_up(side, plain_name(side.token))

    def knows(self, name: str) -> bool:
        """Tell whether a name has a meaning as a value, or could have had one."""
        return (
            name in self.letters
            or name in self.bound
            or name in self.definitions
            or self.is_input(name)
            or name in CONSTANTS
            or (self.declared is None and COEFFICIENT.fullmatch(name) is not None)
        )

    def _looked_up(self, side: Label, name: str) -> Value:
        total = None
        if name in (self.declared or ()):
            total = WeightedSum({name: Fraction(1)})
        elif name in self.definitions:
            self.read.add(name)
            total = self.definitions[name]
        elif name in self.letters or name in self.bound:
            total = WeightedSum({}, self._number(side, name))
        elif self.is_input(name):
            self.inputs[name] = None
            total = WeightedSum({name: Fraction(1)})
        elif name in CONSTANTS:
            return self._constant(side, name)
        if total is not None:
            return Value(side.start, side.end, total)
        if COEFFICIENT.fullmatch(name):
            problem = side.error(
                self.text, f"{side.token} has no value; give it one with let, as in {name}=0.5"
            )
            return Value(side.start, side.end, problem=problem)
        raise side.error(self.text, self._unknown(side.token or name, name))

    def _constant(self, side: Label, name: str) -> Value:
        """Return pi or e, as the float next to it; e is also the exponential of 1."""
        total = WeightedSum({}, Fraction(repr(CONSTANTS[name])))
        one = ExponentialSum.of(WeightedSum({}, Fraction(1)))
        return Value(side.start, side.end, total, exponentials=one if name == "e" else None)

    def _number(self, side: Label, name: str) -> Fraction:
        self.read.add(name)
        value = self.bound[name] if name in self.bound else self.letters[name]
        if isinstance(value, tuple):
            raise side.error(
                self.text, f"{name} has {len(value)} values; read them as in {name}^T X"
            )
        return value

    def _unknown(self, token: str, name: str) -> str:
        if activation_of(call_name(token)) is not None or name in FUNCTIONS:
            return f'expected "(" after {token}, as in {token}(x1)'
        close = difflib.get_close_matches(name, [*self.definitions, *(self.declared or ())], 1)
        if close:
            return f"there is no {token}; did you mean {close[0]}?"
        if self.declared is not None:
            known = ", ".join(list(self.declared)[:8]) or "nothing"
            return f"there is no {token} here; what can be read is {known}"
        return (
            f"{token} is unknown; inputs are x, x1, z2 and the like, others are declared as in "
            f"{name} -> 2 {name} + 1, and letters get a value with let"
        )
