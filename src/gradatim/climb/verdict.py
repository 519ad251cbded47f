"""The verdict: the simplest rung that may be as good as the best.

Conventions: rows come in the order of the ladder; a difference is the best row's score minus the
other's, fold by fold, so it is positive where the best is better. Differences up to the margin
are of no practical matter.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from gradatim.climb.result import Comparison, EvaluationProtocol, RungResult, Verdict
from gradatim.errors import SpecError
from gradatim.evaluation.statistics import mean_posterior
from gradatim.models.families.registry import get_family

__all__ = ["LEVEL", "compare", "decide", "describe"]

#: Probability from which a statement counts as shown.
LEVEL = 0.95


def describe(rung: str, input: str, task: str = "classification") -> str:
    """Name a row of the ladder in words."""
    name = get_family(rung).title_for(task)
    return f"{name} on {input}" if input else name


def compare(best: RungResult, other: RungResult, protocol: EvaluationProtocol) -> Comparison:
    """Compare the best row with another on the same folds."""
    differences = np.asarray(best.fold_scores) - np.asarray(other.fold_scores)
    belief = mean_posterior(differences, protocol.folds)
    return Comparison(
        rung=other.rung,
        input=other.input,
        difference=belief.mean,
        interval=belief.interval(LEVEL),
        p_better=belief.probability_above(protocol.margin),
        upper=belief.upper(LEVEL),
    )


def decide(
    rungs: Sequence[RungResult], protocol: EvaluationProtocol, task: str = "classification"
) -> Verdict:
    """Stop on the first rung that may be as good as the best, within the margin.

    From the simplest rung up, the first with a row for which P(difference > margin) is below
    0.95 is chosen; of several rows of that rung, the one with the highest mean. "Equivalent" is
    said only if P(difference <= margin) is at least 0.95.
    """
    if not rungs:
        raise SpecError("a verdict needs at least one rung")
    best = max(rungs, key=lambda row: row.mean)
    comparisons = [compare(best, row, protocol) for row in rungs if row is not best]
    evidence = {(c.rung, c.input): c for c in comparisons}

    def passes(row: RungResult) -> bool:
        return row is best or evidence[row.rung, row.input].p_better < LEVEL

    first = next(row.rung for row in rungs if passes(row))
    chosen = max((r for r in rungs if r.rung == first and passes(r)), key=lambda row: row.mean)
    kind = _kind(chosen, best, evidence)
    return Verdict(
        rung=chosen.rung,
        input=chosen.input,
        kind=kind,
        sentence=_sentence(chosen, best, kind, evidence, protocol, task),
        comparisons=tuple(comparisons),
    )


def _kind(chosen: RungResult, best: RungResult, evidence: dict) -> str:
    if chosen.rung == "majority":
        return "nothing"
    if chosen is best:
        return "best"
    equivalent = evidence[chosen.rung, chosen.input].p_better <= 1.0 - LEVEL
    return "equivalent" if equivalent else "not shown worse"


def _sentence(
    chosen: RungResult,
    best: RungResult,
    kind: str,
    evidence: dict,
    protocol: EvaluationProtocol,
    task: str,
) -> str:
    name = describe(chosen.rung, chosen.input, task)
    metric = {"r2": "R²"}.get(protocol.metric, protocol.metric.replace("_", " "))
    score = f"{metric} {chosen.mean:.3f}"
    rival = f"{describe(best.rung, best.input, task)} ({best.mean:.3f})"
    margin = f"{protocol.margin:g}"
    if kind == "nothing":
        if chosen is best:
            return f"Nothing learnable was found: no rung scores higher than {name} ({score})."
        upper = evidence[chosen.rung, chosen.input].upper
        return (
            f"Nothing learnable was found: {name} ({score}) may be as good as the best, {rival}; "
            f"the gap could be up to {upper:.3f}."
        )
    if kind == "best":
        return (
            f"Stop at {name} ({score}): every simpler rung is worse by more than {margin} with at "
            f"least 95 % probability, and no rung scores higher."
        )
    if kind == "equivalent":
        return (
            f"Stop at {name} ({score}): it is equivalent to the best, {rival}; the difference is "
            f"at most {margin} with at least 95 % probability."
        )
    upper = evidence[chosen.rung, chosen.input].upper
    return (
        f"Stop at {name} ({score}): it may be as good as the best, {rival}; the gap could be up to "
        f"{upper:.3f}."
    )
