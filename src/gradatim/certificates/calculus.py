r"""Programs run over any arithmetic, with derivatives carried along.

Conventions: an *algebra* has the operations by the names of `gradatim.certificates.programs`, on
intervals or balls. A *jet* is a value and its partial derivatives (forward mode); None stands for a
derivative that is 0. Over a box, the derivatives are enclosures of the generalized gradient: at a
kink they hold both slopes, at a jump everything.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, NamedTuple

import numpy as np

from gradatim.certificates.programs import Formula, Operation

_PIECEWISE_CONSTANT = ("floor", "ceil", "sign", "step")


class Jet(NamedTuple):
    """A value and its slopes."""

    value: Any  # An element of an algebra
    slopes: list[Any]  # Partial derivatives; None for 0


def run_values(formula: Formula, algebra: Any, variables: Sequence[Any]) -> list[Any]:
    """Run a program without derivatives."""
    results: list[Any] = []
    for op in formula.program:
        results.append(_value(op, algebra, variables, [results[i] for i in op.sources]))
    return results


def _value(op: Operation, algebra: Any, variables: Sequence[Any], sources: list[Any]) -> Any:
    if op.kind == "variable":
        return variables[int(op.value or 0)]
    operation = getattr(algebra, op.kind)
    return operation(*sources) if op.value is None else operation(*sources, op.value)


def run_jets(formula: Formula, algebra: Any, variables: Sequence[Any]) -> Jet:
    """Run a program with the derivatives of its result."""
    rules = _Rules(algebra)
    n = len(variables)
    one = algebra.number(Fraction(1))
    jets: list[Jet] = []
    for op in formula.program:
        sources = [jets[i] for i in op.sources]
        value = _value(op, algebra, variables, [jet.value for jet in sources])
        if op.kind == "variable":
            slopes: list[Any] = [one if j == op.value else None for j in range(n)]
        else:
            factors = rules.factors(op, value, sources)
            slopes = [rules.total(factors, [jet.slopes[j] for jet in sources]) for j in range(n)]
            if op.kind in ("min", "max"):
                slopes = [rules.chosen(op.kind, sources, j) for j in range(n)]
        jets.append(Jet(value, slopes))
    return jets[-1]


@dataclass(frozen=True)
class _Rules:
    """The derivative of every operation by its operands."""

    algebra: Any

    def factors(self, op: Operation, value: Any, sources: list[Jet]) -> list[Callable[[], Any]]:
        """Return the partial derivatives by the operands, computed when they are needed."""
        a = self.algebra
        parts = [jet.value for jet in sources]
        number = a.number
        x = parts[0] if parts else None
        y = parts[-1] if parts else None
        rules: dict[str, list[Callable[[], Any]]] = {
            "add": [lambda: None, lambda: None],
            "sub": [lambda: None, lambda: number(Fraction(-1))],
            "neg": [lambda: number(Fraction(-1))],
            "mul": [lambda: y, lambda: x],
            "div": [
                lambda: a.div(number(Fraction(1)), y),
                lambda: a.neg(a.div(value, y)),
            ],
            "power": [lambda: self._power_slope(x, int(op.value or 0))],
            "pow": [
                lambda: a.mul(y, a.div(value, x)),
                lambda: a.mul(value, a.log(x)),
            ],
            "exp": [lambda: value],
            "log": [lambda: a.div(number(Fraction(1)), x)],
            "sqrt": [lambda: a.div(number(Fraction(1, 2)), value)],
            "sin": [lambda: a.cos(x)],
            "cos": [lambda: a.neg(a.sin(x))],
            "tan": [lambda: a.add(number(Fraction(1)), a.power(value, 2))],
            "abs": [lambda: a.hull(number(Fraction(-1)), number(Fraction(1)), x)],
        }
        if op.kind in _PIECEWISE_CONSTANT:
            return [lambda: a.jump(value)]
        return rules.get(op.kind, [lambda: None for _ in parts])

    def _power_slope(self, x: Any, n: int) -> Any:
        if n == 0:
            return self.algebra.number(Fraction(0))
        power = self.algebra.power(x, n - 1)
        return self.algebra.mul(self.algebra.number(Fraction(n)), power)

    def total(self, factors: list[Callable[[], Any]], slopes: list[Any]) -> Any:
        """Apply the chain rule; a factor of None is 1."""
        result = None
        for factor, slope in zip(factors, slopes, strict=True):
            if slope is None:
                continue
            by = factor()
            term = slope if by is None else self.algebra.mul(by, slope)
            result = term if result is None else self.algebra.add(result, term)
        return result

    def chosen(self, kind: str, sources: list[Jet], j: int) -> Any:
        """Return the slope of the smaller or larger of two."""
        a = self.algebra
        left, right = sources
        zero = a.number(Fraction(0))
        first = zero if left.slopes[j] is None else left.slopes[j]
        second = zero if right.slopes[j] is None else right.slopes[j]
        difference = a.sub(left.value, right.value)
        return a.hull(first, second, difference if kind == "min" else a.neg(difference))


class _FloatRules:
    """Operations on float64 arrays, rounded to nearest."""

    def number(self, value: Fraction) -> Any:
        return float(value)

    def __getattr__(self, name: str) -> Any:
        return _FLOAT_OPERATIONS[name]


_FLOAT_OPERATIONS: dict[str, Callable[..., Any]] = {
    "pi": lambda: np.pi,
    "e": lambda: np.e,
    "add": np.add,
    "sub": np.subtract,
    "mul": np.multiply,
    "div": np.divide,
    "neg": np.negative,
    "power": lambda a, n: np.power(np.asarray(a, dtype=np.float64), float(n)),
    "pow": np.power,
    "step": lambda a: np.where(np.asarray(a) >= 0, 1.0, 0.0),
    "min": np.minimum,
    "max": np.maximum,
    **{name: getattr(np, name) for name in ("exp", "log", "sqrt", "sin", "cos", "tan", "abs")},
    **{name: getattr(np, name) for name in ("floor", "ceil", "sign")},
}


def float_values(formula: Formula, X: np.ndarray) -> np.ndarray:
    """Compute a function at points in float64. `X` (n_points, n_variables); returns (n_points,)."""
    return _spread(_run_floats(formula, X)[-1], len(X))


def float_steps(formula: Formula, X: np.ndarray) -> list[np.ndarray]:
    """Compute the result of every operation at points in float64.

    `X` (n_points, n_variables); returns (n_points,).
    """
    return [_spread(value, len(X)) for value in _run_floats(formula, X)]


def _run_floats(formula: Formula, X: np.ndarray) -> list[Any]:
    with np.errstate(all="ignore"):
        return run_values(formula, _FloatRules(), list(np.asarray(X, dtype=np.float64).T))


def _spread(value: Any, n: int) -> np.ndarray:
    return np.broadcast_to(np.asarray(value, dtype=np.float64), (n,)).copy()
