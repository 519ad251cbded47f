r"""Evidence: how sure scores of several rungs on the same rows are, and their differences.

Conventions: scores are larger for better rungs, on a scale on which 1 is a lot; a *unit* is what is
independent, a group or else a row; ``without`` has the score without each unit. Variances are the
jackknife's [1]_, :math:`A = \frac{G-1}{G} \sum_g (L_g - \bar L)(L_g - \bar L)^T`, times a factor
for what it misses (the training sets differ too), plus a term that keeps ties from being certain.
Unequal groups have fewer degrees of freedom, :math:`n^2 / \sum n_g^2 - 1`. Several differences are
judged by their largest t, whose distribution is drawn with their correlation [2]_. A score of one
fixed split has the expanded percentile interval of the bootstrap over its units [3]_.

References
----------
.. [1] B. Efron, C. Stein, "The jackknife estimate of variance", Annals of Statistics 9,
   pp. 586-596, 1981.
.. [2] T. Hothorn, F. Bretz, P. Westfall, "Simultaneous inference in general parametric models",
   Biometrical Journal 50, pp. 346-363, 2008.
.. [3] T. C. Hesterberg, "What teachers should know about the bootstrap: resampling in the
   undergraduate statistics curriculum", The American Statistician 69, pp. 371-386, 2015.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

import numpy as np
import scipy.special

# The jackknife misses that other training rows vary, too.
_FACTOR = 1.5

_DRAWS = 4000
_ARRANGEMENTS = 400

# Of the logarithm of an error: with one degree of freedom there is no end otherwise.
_WIDEST = 20.0


def jackknife(without: np.ndarray) -> np.ndarray:
    """Return the covariance of scores from what they are without each unit, (S, G) to (S, S).

    Examples
    --------
    A mean of 0, 1, 1: without each unit it is 1, 1/2, 1/2, and the variance s^2 / 3 = 1/9.

    >>> round(float(jackknife(np.array([[1.0, 0.5, 0.5]]))[0, 0]), 6)
    0.111111
    """
    n_units = without.shape[1]
    away = without - without.mean(axis=1, keepdims=True)
    return (n_units - 1) / n_units * (away @ away.T)


def degrees_of_freedom(sizes: np.ndarray) -> float:
    """Return how many equal units, less one, unequal ones are worth; `sizes` (G,) in rows."""
    n = np.asarray(sizes, dtype=float)
    return float(max(1.0, n.sum() ** 2 / (n**2).sum() - 1.0))


def t_quantile(p: float, df: float) -> float:
    """Return the quantile of Student's t."""
    return float(scipy.special.stdtrit(df, p))


@dataclass(frozen=True, eq=False)
class Evidence:
    """Scores of rungs, and what tells how sure they are."""

    scores: np.ndarray  # (S,)
    without: np.ndarray  # (S, G)
    sizes: np.ndarray  # (G,): rows of each unit, or rows of one weight that it is worth

    @cached_property
    def covariance(self) -> np.ndarray:
        """Jackknife covariance of the scores, (S, S)."""
        return jackknife(self.without)

    @property
    def n_rows(self) -> float:
        """Number of rows, or rows of one weight that they are worth."""
        return float(np.sum(self.sizes))

    @cached_property
    def df(self) -> float:
        """Degrees of freedom."""
        return degrees_of_freedom(self.sizes)

    def differences(
        self, low: int, others: np.ndarray, factor: float
    ) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Return others minus a rung, their standard errors, and their covariance."""
        A = self.covariance
        covariance = factor * (
            A[np.ix_(others, others)] - A[others, low][:, None] - A[low, others] + A[low, low]
        )
        variance = np.maximum(np.diag(covariance), 0.0) + 2.0 / (self.n_rows + 2.0) ** 2
        return self.scores[others] - self.scores[low], np.sqrt(variance), covariance


def draw_largest(covariance: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Draw the largest of standard normal numbers with the correlation of `covariance`, (4000,)."""
    spread = np.sqrt(np.maximum(np.diag(covariance), 0.0))
    there = np.where(spread > 0, spread, 1.0)
    correlation = covariance / np.outer(there, there)
    np.fill_diagonal(correlation, 1.0)
    values, vectors = np.linalg.eigh(correlation)
    root = vectors * np.sqrt(np.maximum(values, 0.0))
    return (rng.standard_normal((_DRAWS, len(root))) @ root.T).max(axis=1)


def draw_spread(df: float, rng: np.random.Generator) -> np.ndarray:
    """Draw what normal numbers are divided by to be Student's t, (4000,)."""
    return np.sqrt(rng.chisquare(df, _DRAWS) / df)


def p_of_largest(t: np.ndarray, covariance: np.ndarray, df: float, seed: int = 0) -> float:
    """Return the probability that the largest of correlated t is at least the largest of `t`.

    What was found counts as one of the draws: a probability that is drawn is never 0 [1]_.

    References
    ----------
    .. [1] B. Phipson, G. K. Smyth, "Permutation p-values should never be zero", Statistical
       Applications in Genetics and Molecular Biology 9, article 39, 2010.
    """
    rng = np.random.default_rng(seed)
    drawn = draw_largest(covariance, rng) / draw_spread(df, rng)
    return float((1 + np.count_nonzero(drawn >= np.max(t))) / (1 + len(drawn)))


def p_of_arrangements(said: np.ndarray, true: np.ndarray, seed: int = 0) -> float:
    """Return how often labels dealt anew over groups of one class each score as well.

    `said` (S, G, C) counts what each rung said of the rows of a group, `true` (G,) has the class of
    each group; the score is the largest balanced accuracy. It is at least one over the number of
    arrangements.
    """
    counts = np.bincount(true)
    ways = math.factorial(len(true)) // math.prod(math.factorial(n) for n in counts.tolist())
    sizes = said.sum(axis=2)
    rng = np.random.default_rng(seed)
    dealt = np.stack([true, *(rng.permutation(true) for _ in range(_ARRANGEMENTS))])
    each = np.arange(len(true))
    best = np.full(len(dealt), -np.inf)
    onehot = np.eye(len(counts))[dealt]  # (arrangements, G, C)
    for rung in range(len(said)):
        right = said[rung][each, dealt]  # (arrangements, G)
        by_class = np.einsum("agc,ag->ac", onehot, right)[:, counts > 0]
        n = np.einsum("agc,g->ac", onehot, sizes[rung])[:, counts > 0]
        best = np.maximum(best, np.mean(by_class / n, axis=1))
    share = np.mean(best >= best[0] - 1e-12)
    return float(max(share, 1 / ways))


def score_bounds(
    value: float,
    variance: float,
    n_rows: float,
    df: float,
    kind: Literal["share", "up to 1", "positive"],
    factor: float = _FACTOR,
) -> tuple[float, float]:
    """Return the 95 % interval of one score, inside its range and never of zero width.

    Shares are transformed by the logit, R² by the logarithm of what it leaves unexplained, and
    losses by the logarithm. `variance` is the jackknife's.

    Examples
    --------
    >>> [round(end, 3) for end in score_bounds(1.0, 0.0, 50, 9.0, "share")]
    [0.799, 1.0]
    """
    t, spread = t_quantile(0.975, df), np.sqrt(factor * variance)
    if not np.isfinite(value):
        return value, value
    if kind == "share":
        m = min(max(value, 0.5 / n_rows), 1.0 - 0.5 / n_rows)
        slope = m * (1.0 - m)
        half = t * max(spread, np.sqrt(slope / n_rows)) / slope
        ends = scipy.special.expit(scipy.special.logit(m) + np.array([-half, half]))
        return float(min(ends[0], value)), float(max(ends[1], value))
    left = max(1.0 - value if kind == "up to 1" else value, 1e-12)
    half = min(t * max(spread / left, np.sqrt(1.0 / n_rows)), _WIDEST)
    ends = float(left * np.exp(-half)), float(left * np.exp(half))
    low, high = (1.0 - ends[1], 1.0 - ends[0]) if kind == "up to 1" else ends
    # What is within rounding of perfect is itself the end.
    return min(low, value), max(high, value)


def difference_bounds(value: float, without: np.ndarray, df: float) -> tuple[float, float]:
    """Return the 95 % interval of a difference of scores, by that without each unit, (G,).

    Examples
    --------
    >>> low, high = difference_bounds(0.2, np.array([0.1, 0.2, 0.3]), 2.0)
    >>> round(low, 3), round(high, 3)
    (-0.408, 0.808)
    """
    # Without some unit a score may be undefined.
    known = np.where(np.isfinite(without), without, value)
    variance = _FACTOR * float(jackknife(known[None])[0, 0])
    half = t_quantile(0.975, df) * math.sqrt(max(variance, 0.0))
    return value - half, value + half


def bootstrap_bounds(
    value: float, drawn: np.ndarray, n_units: int, kind: Literal["share", "up to 1", "positive"]
) -> tuple[float, float]:
    r"""Return the 95 % interval of a score that was drawn anew from its units, `drawn` (n_draws,).

    The ends are percentiles, further out where units are few: a normal tail beyond
    :math:`t_{.975} \sqrt{G / (G - 1)}` instead of .025. Where all draws agree, they would claim
    certainty, and the interval is that of `score_bounds` for as many rows as there are units.
    """
    known = drawn[np.isfinite(drawn)]
    if not np.isfinite(value) or not len(known) or n_units < 2:
        return math.nan, math.nan
    if known.min() == known.max():
        return score_bounds(value, 0.0, n_units, n_units - 1.0, kind)
    reach = t_quantile(0.975, n_units - 1.0) * math.sqrt(n_units / (n_units - 1.0))
    tail = float(scipy.special.ndtr(-reach))
    low, high = np.quantile(known, [tail, 1.0 - tail])
    return min(float(low), value), max(float(high), value)
