r"""Statistics over seeds: means, shares, and paired differences, each with an interval.

Conventions: a score is one seed's. Where seeds share rows, the variance of a mean over J seeds is
:math:`(1/J + n_{test}/n_{train}) s^2` instead of :math:`s^2/J` [1]_. Shares have Wilson's interval
[2]_, which holds at 0 and 1 too.

References
----------
.. [1] C. Nadeau, Y. Bengio, "Inference for the generalization error", Machine Learning 52,
   pp. 239-281, 2003.
.. [2] E. B. Wilson, "Probable inference, the law of succession, and statistical inference", Journal
   of the American Statistical Association 22, pp. 209-212, 1927.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

__all__ = ["mean_interval", "share_interval"]

Interval = tuple[float, float]


def mean_interval(scores: ArrayLike, overlap: float = 0.0, level: float = 0.95) -> Interval:
    """Return Student's interval of a mean over seeds. `scores` (n_seeds,).

    Examples
    --------
    By hand: the mean is 0.5, its error 0.0577, and t with 3 degrees of freedom 3.182.

    >>> low, high = mean_interval([0.4, 0.6, 0.4, 0.6])
    >>> round(low, 3), round(high, 3)
    (0.316, 0.684)
    """
    from scipy.stats import t

    values = np.asarray(scores, dtype=float)
    error = np.sqrt(values.var(ddof=1) * (1 / len(values) + overlap))
    half = float(error * t.ppf(0.5 + level / 2, len(values) - 1))
    mean = float(values.mean())
    return mean - half, mean + half


def share_interval(count: float, total: int, level: float = 0.95) -> Interval:
    """Return Wilson's interval of a share.

    Examples
    --------
    >>> [round(end, 3) for end in share_interval(0, 10)]
    [0.0, 0.278]
    """
    from scipy.stats import norm

    z = float(norm.ppf(0.5 + level / 2))
    share, spread = count / total, z * z / total
    center = (share + spread / 2) / (1 + spread)
    half = z * np.sqrt(share * (1 - share) / total + spread / total / 4) / (1 + spread)
    return max(0.0, float(center - half)), min(1.0, float(center + half))
