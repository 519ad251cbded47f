"""Whether a function is continuous and bounded on a box, and if not, why and where.

Conventions: the box is cut until the function is enclosed on every part. What is still unbounded,
or still jumps, on parts of some millionth of a millionth of the box, is refused; the message names
the operation and the place.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from gradatim.certificates.targets import FormulaTarget, centers
from gradatim.errors import EquationError, SpecError

_WORDS = {
    "div": "the denominator is 0, or cannot be told from 0,",
    "power": "what has a negative power is 0, or cannot be told from 0,",
    "log": "the logarithm is taken of 0 or of a negative number",
    "sqrt": "the root is taken of a negative number",
    "pow": "the base of a power is 0 or negative",
    "tan": "the tangent has a pole",
    "floor": "floor jumps",
    "ceil": "ceil jumps",
    "sign": "sign jumps",
    "step": "step jumps",
    "exp": "the exponential is beyond 1e307",
}
_ELSEWHERE = "the function has no value there; give an interval on which it has one everywhere"
_REASONS = {
    "sqrt": _ELSEWHERE,
    "pow": _ELSEWHERE,
    "exp": "give an interval on which it is smaller",
}
_UNBOUNDED = (
    "a network is bounded on every interval, and only a function that is continuous on all of it "
    "is approximated everywhere"
)
_JUMPS = ("floor", "ceil", "sign", "step")
_MOST_CHECKS = 40_000


def require_continuous(target: Any, box: np.ndarray) -> None:
    """Refuse a function that is not shown to be bounded and continuous on a box.

    The box is cut until the function is enclosed on every part; what is still unbounded, or still
    jumps, on a part of a millionth of a millionth of the box is named.

    `box` (n_variables, 2).
    """
    low, high = box[None, :, 0], box[None, :, 1]
    checked = 0
    for _ in range(42 * len(box)):
        bad = _unproven(target, low, high)
        low, high = low[bad], high[bad]
        checked += len(bad)
        if not len(low):
            return
        if checked > _MOST_CHECKS:
            break
        widest = np.argmax((high - low) / (box[:, 1] - box[:, 0]), axis=1)
        rows, middle = np.arange(len(low)), centers(low, high)
        upper, lower = high.copy(), low.copy()
        upper[rows, widest] = lower[rows, widest] = middle[rows, widest]
        low, high = np.concatenate([low, lower]), np.concatenate([upper, high])
    worst = int(np.argmax(_unproven(target, low, high)))
    raise _refusal(target, low[worst : worst + 1], high[worst : worst + 1], box)


def _unproven(target: Any, low: np.ndarray, high: np.ndarray) -> np.ndarray:
    if isinstance(target, FormulaTarget):
        steps = target.steps(low, high)
        bad = np.zeros(len(low), dtype=bool)
        for op, step in zip(target.formula.program, steps, strict=True):
            bad |= ~(np.isfinite(step.low) & np.isfinite(step.high))
            bad |= (op.kind in _JUMPS) & (step.low != step.high)
        return bad
    value = target.on_boxes(low, high)
    return ~(np.isfinite(value.low) & np.isfinite(value.high))


def _refusal(target: Any, low: np.ndarray, high: np.ndarray, box: np.ndarray) -> Exception:
    # To a billionth of the box, so that 0 is not called 1e-13.
    unit = 1e-9 * (box[:, 1] - box[:, 0])
    where = _place(np.rint(centers(low, high)[0] / unit) * unit + 0.0)
    if not isinstance(target, FormulaTarget):
        return SpecError(
            f"the function is not bounded near {where}, or its balls do not show it; a network is "
            "bounded on every interval, so none is close to it"
        )
    formula = target.formula
    for op, position, step in zip(
        formula.program, formula.positions, target.steps(low, high), strict=True
    ):
        jumps = op.kind in _JUMPS and step.low != step.high
        if jumps or not (np.isfinite(step.low) and np.isfinite(step.high)):
            what = _WORDS.get(op.kind, "the value is beyond 1e307")
            why = (
                "a sum of continuous units comes no closer to a jump than half of its height"
                if jumps
                else _REASONS.get(op.kind, _UNBOUNDED)
            )
            return EquationError(f"{what} near {where}; {why}", formula.text, position)
    return EquationError(f"the function is not shown to be continuous near {where}")


def _place(point: np.ndarray) -> str:
    return ", ".join(f"{name} = {value:.6g}" for name, value in zip("xy", point, strict=False))
