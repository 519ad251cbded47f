r"""What is approximated: a formula or a callable, enclosed on boxes.

Conventions: a box is a row of `low` and a row of `high`, one column per variable. An enclosure has
the value on the box, the value at the box's center, and the slopes on the box; what is not known is
infinite. A callable is called with one `flint.arb` per variable and returns one; it is tried with
power series (`flint.arb_series`) as well, which give its slopes.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from typing import Any, NamedTuple, Protocol

import numpy as np

from gradatim.certificates.balls import PRECISION, BallAlgebra, ball, ends
from gradatim.certificates.calculus import Jet, float_values, run_jets, run_values
from gradatim.certificates.formulas import parse_formula
from gradatim.certificates.intervals import Interval, IntervalAlgebra
from gradatim.certificates.programs import Formula
from gradatim.errors import EquationError, ShapeError, SpecError
from gradatim.network.numbers import to_float

__all__ = [
    "BallFormula",
    "CallableTarget",
    "Enclosure",
    "FormulaTarget",
    "Target",
    "as_box",
    "as_target",
    "centers",
    "parse_numbers",
]


class Enclosure(NamedTuple):
    """What is known of a function on boxes."""

    value: Interval  # (n_boxes,): Values on each box
    # (n_boxes,): Value at its center; for step units that change inside the box, both of their
    # values
    center: Interval
    # (n_boxes, n_variables): Generalized gradient on the box; with step units held fixed
    slopes: Interval
    steady: np.ndarray  # (n_boxes,): Whether no step unit changes inside the box


class Target(Protocol):
    """A function that can be enclosed."""

    n_variables: int

    def values(self, X: np.ndarray) -> np.ndarray:
        """Compute values at points in float64, without a guarantee."""
        ...

    def enclose(self, low: np.ndarray, high: np.ndarray) -> Enclosure:
        """Enclose values and slopes on boxes."""
        ...

    def at(self, X: np.ndarray) -> Interval:
        """Enclose values at points."""
        ...


def centers(low: np.ndarray, high: np.ndarray) -> np.ndarray:
    """Return the floats half way, which lie inside."""
    return np.clip(low + 0.5 * (high - low), low, high)


class FormulaTarget:
    """A formula in float64 intervals, all boxes at once."""

    def __init__(self, formula: Formula, n_variables: int) -> None:
        self.formula, self.n_variables = formula, n_variables
        self._algebra = IntervalAlgebra()

    def values(self, X: np.ndarray) -> np.ndarray:
        """Compute values at points in float64, without a guarantee."""
        return float_values(self.formula, X)

    def enclose(self, low: np.ndarray, high: np.ndarray) -> Enclosure:
        """Enclose values and slopes on boxes."""
        n = len(low)
        with np.errstate(all="ignore"):
            jet = run_jets(self.formula, self._algebra, _columns(low, high))
        zero = Interval(np.float64(0.0), np.float64(0.0))
        columns = [_wide(zero if slope is None else slope, n) for slope in jet.slopes]
        slopes = Interval(*(np.stack(bounds, axis=1) for bounds in zip(*columns, strict=True)))
        value = _wide(jet.value, n)
        return Enclosure(value, self.at(centers(low, high)), slopes, np.ones(n, dtype=bool))

    def at(self, X: np.ndarray) -> Interval:
        """Enclose values at points."""
        return self.on_boxes(X, X)

    def on_boxes(self, low: np.ndarray, high: np.ndarray) -> Interval:
        """Enclose values on boxes, without slopes."""
        with np.errstate(all="ignore"):
            value = run_values(self.formula, self._algebra, _columns(low, high))[-1]
        return _wide(value, len(low))

    def steps(self, low: np.ndarray, high: np.ndarray) -> list[Interval]:
        """Enclose the result of every operation on boxes."""
        with np.errstate(all="ignore"):
            results = run_values(self.formula, self._algebra, _columns(low, high))
        return [_wide(result, len(low)) for result in results]


def _columns(low: np.ndarray, high: np.ndarray) -> list[Interval]:
    return [Interval(low[:, j], high[:, j]) for j in range(low.shape[1])]


def _wide(value: Interval, n: int) -> Interval:
    low, high = (np.broadcast_to(bound, (n,)) for bound in value)
    unknown = np.isnan(low) | np.isnan(high)
    return Interval(np.where(unknown, -np.inf, low), np.where(unknown, np.inf, high))


def _balls(low: np.ndarray, high: np.ndarray) -> Iterator[list[Any]]:
    """Yield the balls of each box."""
    # Floats of Python: those of NumPy are slow one by one.
    for box in zip(low.tolist(), high.tolist(), strict=True):
        yield list(map(ball, *box))


class _BallTarget:
    """What formulas and callables share when boxes are enclosed one by one in balls."""

    n_variables: int

    def jet(self, balls: Sequence[Any]) -> Jet:
        """Return value and slopes on one box of balls."""
        raise NotImplementedError

    def value(self, balls: Sequence[Any]) -> Any:
        """Return the value on one box of balls."""
        raise NotImplementedError

    def enclose(self, low: np.ndarray, high: np.ndarray) -> Enclosure:
        """Enclose values and slopes on boxes."""
        from flint import ctx

        values, slopes = [], []
        with ctx.workprec(PRECISION):
            for balls in _balls(low, high):
                jet = self.jet(balls)
                values.append(ends(jet.value))
                slopes.append([(0.0, 0.0) if s is None else ends(s) for s in jet.slopes])
        slope_array = np.array(slopes).reshape(len(low), self.n_variables, 2)
        return Enclosure(
            Interval(*np.array(values).reshape(-1, 2).T),
            self.at(centers(low, high)),
            Interval(slope_array[..., 0], slope_array[..., 1]),
            np.ones(len(low), dtype=bool),
        )

    def at(self, X: np.ndarray) -> Interval:
        """Enclose values at points."""
        return self.on_boxes(X, X)

    def on_boxes(self, low: np.ndarray, high: np.ndarray) -> Interval:
        """Enclose values on boxes, without slopes."""
        from flint import ctx

        with ctx.workprec(PRECISION):
            values = [ends(self.value(balls)) for balls in _balls(low, high)]
        return Interval(*np.array(values).reshape(-1, 2).T)

    def values(self, X: np.ndarray) -> np.ndarray:
        """Compute values at points, rounded from balls."""
        low, high = self.at(np.asarray(X, dtype=np.float64))
        return np.where(np.isfinite(low + high), 0.5 * (low + high), np.nan)


class BallFormula(_BallTarget):
    """A formula in balls."""

    def __init__(self, formula: Formula, n_variables: int) -> None:
        self.formula, self.n_variables = formula, n_variables

    def jet(self, balls: Sequence[Any]) -> Jet:
        """Return value and slopes on one box of balls."""
        return run_jets(self.formula, BallAlgebra(), balls)

    def value(self, balls: Sequence[Any]) -> Any:
        """Return the value on one box of balls."""
        return run_values(self.formula, BallAlgebra(), balls)[-1]


class CallableTarget(_BallTarget):
    """A Python callable over balls."""

    def __init__(self, function: Callable[..., Any], n_variables: int) -> None:
        self._function, self.n_variables = function, n_variables
        self._has_series = True

    def value(self, balls: Sequence[Any]) -> Any:
        """Return the value on one box of balls."""
        import flint

        try:
            result = self._function(*balls)
        except ZeroDivisionError:
            return flint.arb.nan()
        if isinstance(result, flint.arb):
            return result
        if not isinstance(result, int | float) or isinstance(result, bool):
            raise SpecError(
                f"the function returned {type(result).__name__} for a ball; compute with the "
                "methods of flint.arb, as in lambda x: (3 * x).sin()"
            )
        return flint.arb(result)

    def jet(self, balls: Sequence[Any]) -> Jet:
        """Return value and slopes on one box of balls."""
        from flint import arb

        slopes = [
            self._slope(balls, j) if self._has_series else arb.nan() for j in range(len(balls))
        ]
        return Jet(self.value(balls), slopes)

    def _slope(self, balls: Sequence[Any], j: int) -> Any:
        from flint import arb, arb_series

        series = [arb_series([x, int(i == j)], 2) for i, x in enumerate(balls)]
        try:
            result = self._function(*series)
        except (TypeError, AttributeError, NotImplementedError):
            # Written for balls only: enclosures then shrink with the box alone.
            self._has_series = False
            return arb.nan()
        except (ValueError, ZeroDivisionError):
            return arb.nan()
        return result[1] if isinstance(result, arb_series) else arb(0)


def parse_numbers(texts: Sequence[str]) -> list[float]:
    """Read numbers such as ``-pi``, ``1/3`` or ``0,5``, from one text or several.

    Examples
    --------
    >>> parse_numbers(["-1,5", "pi/2"]), parse_numbers(["[0, 1]"])
    ([-1.5, 1.5707963267948966], [0.0, 1.0])
    """
    if len(texts) == 1:
        # One number is no interval, so here a comma parts two.
        texts = re.split(r"\s*;\s*" if ";" in texts[0] else r"\s*[,\s]\s*", texts[0].strip("[]() "))
    return [_number(text.strip("[], ")) for text in texts]


def _number(text: str) -> float:
    try:
        # A comma is a decimal comma for whoever does not write functions.
        return to_float(text)
    except SpecError as error:
        if re.fullmatch(r"(?:[-+0-9.,\s/]|(?<=[0-9])[eE](?=[-+0-9]))*", text):
            raise SpecError(str(error)) from None
    try:
        formula = parse_formula(text)
    except EquationError:
        formula = None
    if formula is None or any(op.kind == "variable" for op in formula.program):
        raise SpecError(f"{text!r} is no number; write one such as -1.5, 1/3 or 2*pi")
    return float(float_values(formula, np.zeros((1, 1)))[0])


def as_box(box: Any) -> np.ndarray:
    """Read an interval, or one per variable. Returns (n_variables, 2)."""
    try:
        found = np.atleast_2d(np.array(box, dtype=np.float64))
    except (TypeError, ValueError):
        found = np.empty(0)
    if found.shape not in ((1, 2), (2, 2)):
        raise SpecError(
            f"{box!r} is no interval; give (0, 1), or ((0, 1), (0, 1)) for two variables"
        )
    if not np.all(np.isfinite(found)) or np.any(np.abs(found) > 1e100):
        raise SpecError(f"{box!r} is not bounded; no network is close to a function out there")
    if np.any(found[:, 0] >= found[:, 1]):
        said = " and ".join(f"from {low:g} to {high:g}" for low, high in zip(*found.T, strict=True))
        raise SpecError(f"the interval {said} is empty; give the smaller end first")
    return found


def as_target(function: Any, n_variables: int, *, arithmetic: str = "float") -> Any:
    """Make what can be enclosed from a text, a formula or a callable."""
    if isinstance(function, str):
        function = parse_formula(function)
    if isinstance(function, Formula):
        if function.n_variables > n_variables:
            raise ShapeError(
                f"{function.text} is a function of x and y; give an interval for each, as in "
                "((0, 1), (0, 1))"
            )
        kind = BallFormula if arithmetic == "arb" else FormulaTarget
        return kind(function, n_variables)
    if callable(function):
        return CallableTarget(function, n_variables)
    raise SpecError(f"{function!r} is no function; give text such as 'sin(2*pi*x)' or a callable")
