r"""Statistics of fold scores: intervals and comparisons that know folds share training rows.

Conventions: ``scores`` are ordered repeat by repeat; J is their number, K the folds per repeat.
Scores of different folds are correlated because their training sets overlap; the variance of a
mean is therefore :math:`(1/J + 1/(K-1)) s^2` rather than :math:`s^2 / J` [1]_, and a difference
has a Student t posterior with J - 1 degrees of freedom [2]_.

References
----------
.. [1] C. Nadeau, Y. Bengio, "Inference for the generalization error", Machine Learning 52,
   pp. 239-281, 2003.
.. [2] G. Corani, A. Benavoli, "A Bayesian approach for comparing cross-validated algorithms on
   multiple data sets", Machine Learning 100, pp. 285-304, 2015.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy import stats

from gradatim.errors import ShapeError

__all__ = ["Posterior", "mean_posterior"]


@dataclass(frozen=True)
class Posterior:
    """Student t belief about a mean score or a mean difference."""

    mean: float  # Centre
    scale: float  # Standard error, corrected for shared training rows; 0 if all scores are equal
    df: int  # Degrees of freedom

    def interval(self, level: float = 0.95) -> tuple[float, float]:
        """Return the central interval of the given probability."""
        half = self.scale * float(stats.t.ppf(0.5 + level / 2.0, self.df))
        return self.mean - half, self.mean + half

    def upper(self, level: float = 0.95) -> float:
        """Return the value that is not exceeded with the given probability."""
        return self.mean + self.scale * float(stats.t.ppf(level, self.df))

    def probability_above(self, value: float) -> float:
        """Return the probability that the quantity is larger than `value`."""
        if self.scale == 0:
            return float(self.mean > value)
        return float(stats.t.sf((value - self.mean) / self.scale, self.df))


def mean_posterior(scores: ArrayLike, folds: int) -> Posterior:
    """Infer the mean of correlated fold scores, or of their differences. `scores` (n_scores,).

    Examples
    --------
    Four scores from two folds, by hand: s^2 = 0.02 / 3, SE^2 = (1/4 + 1) s^2.

    >>> belief = mean_posterior([0.5, 0.6, 0.5, 0.6], folds=2)
    >>> round(belief.mean, 3), round(belief.scale ** 2, 6), belief.df
    (0.55, 0.004167, 3)
    """
    scores = np.asarray(scores, dtype=float)
    if scores.ndim != 1 or len(scores) < 2 or folds < 2:
        raise ShapeError("an interval needs the scores of at least two folds")
    n = len(scores)
    variance = float(scores.var(ddof=1)) * (1.0 / n + 1.0 / (folds - 1.0))
    return Posterior(float(scores.mean()), float(np.sqrt(variance)), n - 1)
