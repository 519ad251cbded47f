"""The decision: from the scores of all rungs, and of all without each unit, to one of five answers.

Conventions: a row is a rung on an input; rows of one rung have one *level*, and higher levels are
less simple. Scores are larger for better rows; margin and tolerance are on their scale. The
constants were chosen on simulated collections; ``docs/calibration.md`` has the error rates.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal, NamedTuple

import numpy as np
import scipy.special

from gradatim.climb.outlook import Factors, Rule, outlook_of_climb, outlook_of_gate
from gradatim.evaluation.evidence import Evidence, p_of_arrangements, p_of_largest, t_quantile

__all__ = ["Answer", "Decision", "Factors", "Gate", "decide_rows"]

Answer = Literal["best", "equivalent", "good enough", "cannot decide", "nothing learnable"]

#: Probability from which a statement counts as shown.
LEVEL = 0.95

#: What a test must stay below to count; 1 - 0.95 is a little more than 1/20.
_ALPHA = 0.05

_GATE_MARGIN = 0.01


DEFAULT_FACTORS = Factors()


@dataclass(frozen=True, eq=False)
class Gate:
    """Whether trained rows do better than chance: their score that chance is known of."""

    evidence: Evidence  # Of the trained rows
    chance: float  # 1 / classes of balanced accuracy, 1/2 of AUC, 0 of R²
    ties: float  # Variance that keeps ties from being certain
    said: np.ndarray | None = None  # (S, G, C): where every group is of one class: its predictions
    classes: np.ndarray | None = None  # (G,): and its class


@dataclass(frozen=True, eq=False)
class Decision:
    """What the scores show."""

    answer: Answer
    row: int | None  # Where to stop; None where nothing is shown to be better than chance
    gap: float  # What a higher row could add at most; above chance where nothing was found
    rival: int | None = None  # The row that could add it
    level_rows: tuple[int, ...] = ()  # Rows above that are not shown to differ from it
    units: int | None = None  # Units in all that would settle it in four of five cases, about
    power: float | None = None  # Chance to be told of equality, were there no difference
    p_found: float = 0.0  # Probability that chance alone finds as much


def decide_rows(
    evidence: Evidence,
    levels: np.ndarray,
    gate: Gate,
    margin: float = 0.01,
    tolerance: float = 0.05,
    factors: Factors = DEFAULT_FACTORS,
) -> Decision:
    """Climb from the simplest trained level, and bound what is left.

    `levels` (S,) has 0 for rows that learn nothing; the gate has the others.
    """
    p, above_chance, gap = _found(gate, factors)
    trained = np.flatnonzero(levels > 0)
    if not p < _ALPHA:
        answer: Answer = "nothing learnable" if gap <= tolerance else "cannot decide"
        rival = int(trained[np.argmax(above_chance.upper)])
        units = None
        # Scores below chance alone do not tell how many units would bound what is above it.
        seen = above_chance.difference + t_quantile(LEVEL, gate.evidence.df) * above_chance.error
        if gap > tolerance and seen.max() > tolerance:
            rule = Rule(_GATE_MARGIN, tolerance, LEVEL, factors)
            units = outlook_of_gate(gate.evidence, gate.chance, gate.ties, rule)
        return Decision(answer, None, gap, rival, tuple(trained.tolist()), units, None, p)
    for level in np.unique(levels[trained]):
        row = _highest(evidence, np.flatnonzero(levels == level))
        above = np.flatnonzero(levels > level)
        if not len(above):
            break
        difference, error, covariance = evidence.differences(row, above, factors.test)
        if p_of_largest((difference - margin) / error, covariance, evidence.df) > _ALPHA:
            found = _stopped(evidence, row, above, margin, tolerance, factors, p)
            if found.answer != "cannot decide":
                return found
            rule = Rule(margin, tolerance, LEVEL, factors)
            return replace(found, units=outlook_of_climb(evidence, levels, rule))
    return Decision(
        "best", _highest(evidence, np.flatnonzero(levels == levels.max())), 0.0, p_found=p
    )


def _highest(evidence: Evidence, rows: np.ndarray) -> int:
    return int(rows[np.argmax(np.round(evidence.scores[rows], 12))])


class _Bounds(NamedTuple):
    difference: np.ndarray
    error: np.ndarray
    upper: np.ndarray


def _found(gate: Gate, factors: Factors) -> tuple[float, _Bounds, float]:
    """Test whether any row is better than chance, and bound by how much it could be."""
    evidence = gate.evidence
    covariance = factors.bound * evidence.covariance
    difference = evidence.scores - gate.chance
    error = np.sqrt(np.diag(covariance) + gate.ties)
    p = p_of_largest((difference - _GATE_MARGIN) / error, covariance, evidence.df)
    if gate.said is not None and gate.classes is not None:
        p = max(p, p_of_arrangements(gate.said, gate.classes))
    # Groups of one class, left out, push scores below chance: no evidence that all is at chance.
    from_chance = difference if gate.said is None else np.maximum(difference, 0.0)
    upper = np.minimum(from_chance + t_quantile(LEVEL, evidence.df) * error, 1.0 - gate.chance)
    return p, _Bounds(difference, error, upper), max(0.0, float(upper.max()))


def _stopped(
    evidence: Evidence,
    row: int,
    above: np.ndarray,
    margin: float,
    tolerance: float,
    factors: Factors,
    p: float,
) -> Decision:
    difference, error, _ = evidence.differences(row, above, factors.bound)
    t = t_quantile(LEVEL, evidence.df)
    upper = difference + t * error
    gap = max(0.0, float(upper.max()))
    answer: Answer
    if gap > tolerance:
        answer = "cannot decide"
    elif gap <= margin:
        answer = "equivalent"
    else:
        best = row == _highest(evidence, np.arange(len(evidence.scores)))
        answer = "best" if best else "good enough"
    two_sided = t_quantile(0.5 + LEVEL / 2, evidence.df) * error
    alike = tuple(int(s) for s in above[np.abs(difference) <= two_sided])
    hardest = float(error.max())
    power = scipy.special.ndtr((margin - t * hardest) / (hardest / np.sqrt(factors.bound)))
    return Decision(answer, row, gap, int(above[np.argmax(upper)]), alike, None, float(power), p)
