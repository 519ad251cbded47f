r"""Statistics of scores: intervals and comparisons that know which splits share training rows.

Conventions: ``scores`` are those of J splits, fold by fold and repeat by repeat, or seed by seed.
Where splits share rows their scores are correlated, so the variance of a mean is
:math:`(1/J + n_{test}/n_{train}) s^2` rather than :math:`s^2 / J` [1]_; that share, the *overlap*,
is :math:`1/(K-1)` for K folds, and 0 for seeds with rows of their own. A difference has a Student t
posterior with J - 1 degrees of freedom [2]_. Shares have Wilson's interval [3]_, which holds at 0
and 1 too.

References
----------
.. [1] C. Nadeau, Y. Bengio, "Inference for the generalization error", Machine Learning 52,
   pp. 239-281, 2003.
.. [2] G. Corani, A. Benavoli, "A Bayesian approach for comparing cross-validated algorithms on
   multiple data sets", Machine Learning 100, pp. 285-304, 2015.
.. [3] E. B. Wilson, "Probable inference, the law of succession, and statistical inference", Journal
   of the American Statistical Association 22, pp. 209-212, 1927.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import scipy
from numpy.typing import ArrayLike

from gradatim.errors import ShapeError

_TOO_FEW = "an interval needs the scores of at least two folds"


@dataclass(frozen=True)
class Posterior:
    """Student t belief about a mean score or a mean difference."""

    mean: float  # Centre
    scale: float  # Standard error, corrected for shared training rows; 0 if all scores are equal
    df: int  # Degrees of freedom

    def interval(self, level: float = 0.95) -> tuple[float, float]:
        """Return the central interval of the given probability."""
        half = self.scale * float(scipy.stats.t.ppf(0.5 + level / 2.0, self.df))
        return self.mean - half, self.mean + half

    def upper(self, level: float = 0.95) -> float:
        """Return the value that is not exceeded with the given probability."""
        return self.mean + self.scale * float(scipy.stats.t.ppf(level, self.df))

    def probability_above(self, value: float) -> float:
        """Return the probability that the quantity is larger than `value`."""
        if self.scale == 0:
            return float(self.mean > value)
        return float(scipy.stats.t.sf((value - self.mean) / self.scale, self.df))


def posterior(scores: ArrayLike, overlap: float = 0.0) -> Posterior:
    """Infer the mean of scores, or of their differences, whose splits share rows by an overlap.

    `scores` is (n_scores,).

    Examples
    --------
    By hand: the mean is 0.5, its error 0.0577, and t with 3 degrees of freedom 3.182.

    >>> low, high = posterior([0.4, 0.6, 0.4, 0.6]).interval()
    >>> round(low, 3), round(high, 3)
    (0.316, 0.684)
    """
    values = np.asarray(scores, dtype=float)
    if values.ndim != 1 or len(values) < 2:
        raise ShapeError(_TOO_FEW)
    variance = float(values.var(ddof=1)) * (1.0 / len(values) + overlap)
    return Posterior(float(values.mean()), float(np.sqrt(variance)), len(values) - 1)


def score_interval(
    scores: ArrayLike, n_rows: int, overlap: float = 0.0, level: float = 0.95
) -> tuple[float, float]:
    """Return an interval of a mean accuracy: Student's t on the logit, so inside [0, 1].

    It includes Wilson's interval of `n_rows`, so equal scores are not certain.

    Examples
    --------
    >>> [round(end, 3) for end in score_interval([1.0, 1.0, 1.0], n_rows=50)]
    [0.929, 1.0]
    """
    belief = posterior(scores, overlap)
    low, high = share_interval(belief.mean * n_rows, n_rows, level)
    if belief.scale == 0:
        return low, high
    mean = min(max(belief.mean, 0.5 / n_rows), 1.0 - 0.5 / n_rows)
    half = (
        belief.scale / (mean * (1.0 - mean)) * float(scipy.stats.t.ppf(0.5 + level / 2, belief.df))
    )
    ends = scipy.special.expit(scipy.special.logit(mean) + np.array([-half, half]))
    return min(low, float(ends[0])), max(high, float(ends[1]))


def share_interval(count: float, total: int, level: float = 0.95) -> tuple[float, float]:
    """Return Wilson's interval of a share.

    Examples
    --------
    >>> [round(end, 3) for end in share_interval(0, 10)]
    [0.0, 0.278]
    """
    z = float(scipy.stats.norm.ppf(0.5 + level / 2))
    share, spread = count / total, z * z / total
    center = (share + spread / 2) / (1 + spread)
    half = z * np.sqrt(share * (1 - share) / total + spread / total / 4) / (1 + spread)
    return max(0.0, float(center - half)), min(1.0, float(center + half))
