r"""Outlook: how many units in all would settle what a climb cannot decide.

Conventions: scores on more units are drawn from those on these. With nothing known before, true
scores vary about the seen ones with the jackknife's covariance *A* times a factor, and scores on
all units, of which these are a share *w*, with :math:`(1 - w)` times that [1]_; *A* itself is known
to its degrees of freedom only. Each draw is judged by the rules of the decision, with errors that
are smaller by :math:`\sqrt w`. That rungs may learn more from more samples is not in it.

References
----------
.. [1] A. Gelman, J. B. Carlin, H. S. Stern, D. B. Dunson, A. Vehtari, D. B. Rubin, "Bayesian Data
   Analysis", third edition, Chapman & Hall, 2013, section 2.5.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

import numpy as np

from gradatim.evaluation.evidence import Evidence, draw_largest, draw_spread, t_quantile

#: Share of the draws that must be settled.
SETTLED = 0.8

_DRAWS = 400

#: Times as many units as there are, up to more than anybody collects.
_TIMES = 1.05 * 1.25 ** np.arange(32)


class Factors(NamedTuple):
    """What jackknife variances are multiplied by, since other training rows vary too."""

    test: float = 1.25  # To climb
    bound: float = 1.5  # Of the gap, and of what was found


class Rule(NamedTuple):
    """What differences are held against, and how surely."""

    margin: float
    tolerance: float
    level: float  # Probability from which a statement counts as shown
    factors: Factors


class _Future(NamedTuple):
    """Scores that a climb on more units may have."""

    scores: np.ndarray  # (draws, S)
    variances: np.ndarray  # (draws, 1): times those of these units
    ties: float  # The same, of what keeps ties from being certain
    spread: np.ndarray  # (4000,): what normal numbers are divided by to be t
    t: float


class _Stop(NamedTuple):
    """A row at which a climb may stop."""

    row: int
    above: np.ndarray  # Rows of higher levels
    variance: np.ndarray  # Of their differences to it
    largest: np.ndarray  # (4000,): draws of their largest difference, of errors 1

    def judge(self, future: _Future, rule: Rule) -> tuple[np.ndarray, np.ndarray]:
        """Return which draws climb on, and which have a gap within the tolerance, (draws,)."""
        difference = future.scores[:, self.above] - future.scores[:, [self.row]]
        error = np.sqrt(future.variances * self.variance)
        t = (difference - rule.margin) / (np.sqrt(rule.factors.test) * error)
        upper = difference + future.t * np.sqrt(rule.factors.bound) * error
        critical = np.quantile(self.largest / future.spread, rule.level)
        return t.max(axis=1) > critical, upper.max(axis=1) <= rule.tolerance


def outlook_of_climb(evidence: Evidence, levels: np.ndarray, rule: Rule) -> int | None:
    """Say how many units would lead to an answer; `levels` (S,) are 0 for rows that learn nothing.

    None where a thousand times as many would not.
    """
    steps = [_steps(evidence, levels, level) for level in np.unique(levels[levels > 0])[:-1]]

    def settled(future: _Future) -> np.ndarray:
        climbing = np.full(len(future.scores), True)
        done = ~climbing
        for peers in steps:
            highest = future.scores[:, [step.row for step in peers]].argmax(axis=1)
            for k, step in enumerate(peers):
                climbs, within = step.judge(future, rule)
                stops = climbing & (highest == k) & ~climbs
                done |= stops & within
                climbing &= ~stops
        return done | climbing

    return _first(evidence, rule, settled)


def _steps(evidence: Evidence, levels: np.ndarray, level: int) -> Sequence[_Stop]:
    above, steps = np.flatnonzero(levels > level), []
    for row in np.flatnonzero(levels == level).tolist():
        _, error, covariance = evidence.differences(row, above, 1.0)
        largest = draw_largest(covariance, np.random.default_rng(0))
        steps.append(_Stop(row, above, error**2, largest))
    return steps


def outlook_of_gate(evidence: Evidence, chance: float, ties: float, rule: Rule) -> int | None:
    """Say how many units would find something, or show that there is nothing to be found.

    None where a thousand times as many would not.
    """
    variance = rule.factors.bound * np.diag(evidence.covariance)
    largest = draw_largest(evidence.covariance, np.random.default_rng(0))

    def settled(future: _Future) -> np.ndarray:
        difference = future.scores - chance
        error = np.sqrt(future.variances * variance + future.ties)
        critical = np.quantile(largest / future.spread, rule.level)
        found = ((difference - rule.margin) / error).max(axis=1) > critical
        return found | ((difference + future.t * error).max(axis=1) <= rule.tolerance)

    return _first(evidence, rule, settled, ties, chance)


def _first(
    evidence: Evidence,
    rule: Rule,
    settled: Callable[[_Future], np.ndarray],
    ties: float = 0.0,
    chance: float | None = None,
) -> int | None:
    """Return the smallest number of units with which enough of the draws are settled."""
    rng, df = np.random.default_rng(0), evidence.df
    values, vectors = np.linalg.eigh(rule.factors.test * evidence.covariance)
    root = vectors * np.sqrt(np.maximum(values, 0.0))
    scale = df / rng.chisquare(df, (_DRAWS, 1))
    unsure, noise = np.sqrt(scale) * (rng.standard_normal((2, _DRAWS, len(root))) @ root.T)
    # Whatever is true: that there is nothing is no rare case, as the draws would have it.
    truths = [evidence.scores + unsure]
    if chance is not None:
        truths.append(np.full_like(unsure, chance))
    for times in _TIMES:
        df_then, share = (df + 1.0) * times - 1.0, 1.0 / times
        common = (
            share * scale,
            ties * share**2,
            draw_spread(df_then, rng),
            t_quantile(rule.level, df_then),
        )
        away = share * evidence.scores + np.sqrt(share * (1.0 - share)) * noise
        futures = [_Future(away + (1.0 - share) * true, *common) for true in truths]
        if all(settled(future).mean() >= SETTLED for future in futures):
            return int(np.ceil(times * len(evidence.sizes)))
    return None
