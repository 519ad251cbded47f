"""Functions as straight-line programs, written out with brackets.

Conventions: a program is a tuple of operations, each reading the results of earlier ones; equal
operations are one, and the last is the result.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

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
#: Operations that stand between what they read.
INFIX = {"add": "+", "sub": "-", "mul": "*", "div": "/"}


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
    if op.kind in INFIX:
        return f"({parts[0]} {INFIX[op.kind]} {parts[1]})"
    if op.kind == "neg":
        return f"(-{parts[0]})"
    if op.kind == "power":
        return f"({parts[0]}^({op.value}))"
    if op.kind == "pow":
        return f"({parts[0]}^{parts[1]})"
    return f"{op.kind}({', '.join(parts)})"
