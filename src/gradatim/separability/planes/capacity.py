r"""Cover's counting theorem: how many labelings of points a hyperplane can make, and how often.

Conventions: hyperplanes have a bias, so in d dimensions there are d + 1 free numbers and the
capacity is 2 (d + 1) points; Cover [1]_ writes N for points and counts hyperplanes through the
origin, in one dimension more. Points are in general position: no d + 1 of them lie on a hyperplane.
Counts are integers and chances are fractions; a simulation decides every labeling with a proof.

References
----------
.. [1] T. M. Cover, "Geometrical and statistical properties of systems of linear inequalities with
   applications in pattern recognition", IEEE Transactions on Electronic Computers, vol. EC-14,
   pp. 326-334, 1965.
.. [2] C. J. Clopper and E. S. Pearson, "The use of confidence or fiducial limits illustrated in
   the case of the binomial", Biometrika, vol. 26, pp. 404-413, 1934.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import comb
from typing import Any

import numpy as np

from gradatim._progress import Progress, steady
from gradatim.errors import SpecError
from gradatim.separability.planes.alternative import alternative
from gradatim.separability.planes.rows import ExactRows

__all__ = ["Capacity", "capacity", "n_separable_labelings", "simulate_capacity"]

# Points as multiples of d + 1.
_GRID = (1, 1.25, 1.5, 1.75, 2, 2.25, 2.5, 3, 4)


def n_separable_labelings(n_points: int, n_features: int) -> int:
    r"""Count the labelings of points in general position that a hyperplane separates.

    Of the :math:`2^n` ways to give n points one of two labels,
    :math:`C(n, d) = 2 \sum_{k=0}^{d} \binom{n-1}{k}` can be had by a hyperplane with a bias [1]_;
    the two with equal labels are among them.

    References
    ----------
    .. [1] T. M. Cover, "Geometrical and statistical properties of systems of linear inequalities
       with applications in pattern recognition", IEEE Transactions on Electronic Computers,
       vol. EC-14, pp. 326-334, 1965.

    Examples
    --------
    Of the 16 labelings of four points in a plane, only the two XORs are out of reach:

    >>> n_separable_labelings(4, 2)
    14
    """
    if n_points < 1 or n_features < 1:
        raise SpecError(
            f"{n_points} points in {n_features} dimensions make no sense; both begin at 1"
        )
    return 2 * sum(comb(n_points - 1, k) for k in range(n_features + 1))


@dataclass(frozen=True)
class Capacity:
    """The chance that random labels are separable, by theory and by trials."""

    n_features: int  # Dimensions d
    n_points: int  # Points n
    n_trials: int = 0  # Random labelings that were decided
    n_separable: int = 0  # How many of them a hyperplane separates
    n_undecided: int = 0  # How many could not be decided; the interval holds whatever they are

    @property
    def chance(self) -> Fraction:
        """Cover's probability: labelings that are separable, of all."""
        return Fraction(n_separable_labelings(self.n_points, self.n_features), 2**self.n_points)

    @property
    def share(self) -> float:
        """Share of the trials that are separable; NaN without any."""
        return self.n_separable / self.n_trials if self.n_trials else float("nan")

    @property
    def interval(self) -> tuple[float, float]:
        """Clopper and Pearson's 95 % interval of the share."""
        return _interval(self.n_separable, self.n_separable + self.n_undecided, self.n_trials)

    @property
    def agrees(self) -> bool:
        """Whether the theory lies in the interval."""
        low, high = self.interval
        return low <= float(self.chance) <= high

    def to_dict(self) -> dict[str, Any]:
        """Return theory and trials as JSON holds them; the interval is None without trials."""
        return {
            "dimensions": self.n_features,
            "points": self.n_points,
            "chance": str(self.chance),
            "separable": self.n_separable,
            "undecided": self.n_undecided,
            "interval": list(self.interval) if self.n_trials else None,
        }


def _interval(least: int, most: int, n_trials: int) -> tuple[float, float]:
    from scipy.special import betaincinv

    low = 0.0 if least == 0 else float(betaincinv(least, n_trials - least + 1, 0.025))
    high = 1.0 if most == n_trials else float(betaincinv(most + 1, n_trials - most, 0.975))
    return low, high


def simulate_capacity(
    n_points: int, n_features: int, *, n_trials: int = 200, seed: int = 0
) -> Capacity:
    """Label random points at random, and decide with a proof how often a hyperplane separates.

    Coordinates are normal, so points are in general position with probability 1; every trial has
    new points and new labels.

    Examples
    --------
    >>> found = simulate_capacity(6, 2, n_trials=40)
    >>> found.chance, found.n_trials, found.n_undecided, found.agrees
    (Fraction(1, 2), 40, 0, True)
    """
    n_separable_labelings(n_points, n_features)
    if n_trials < 1 or seed < 0:
        raise SpecError(
            f"{n_trials} trials with seed {seed}; give at least 1 trial and a seed >= 0"
        )
    rng = np.random.default_rng([seed, n_features, n_points])
    verdicts = [_is_separable(rng, n_points, n_features) for _ in range(n_trials)]
    return Capacity(n_features, n_points, n_trials, verdicts.count(True), verdicts.count(None))


def _is_separable(rng: np.random.Generator, n_points: int, n_features: int) -> bool | None:
    points = rng.normal(size=(n_points, n_features))
    signs = rng.choice(np.array([-1, 1], dtype=np.int8), size=n_points)
    if abs(int(signs.sum())) == n_points:
        return True  # a hyperplane that leaves all points on one side
    found = alternative(ExactRows(points), signs)
    if found.plane is not None:
        return True
    return False if found.support else None


def capacity(
    dimensions: Sequence[int] = (1, 2, 5, 10),
    points: Sequence[int] = (),
    *,
    n_trials: int = 200,
    seed: int = 0,
    progress: Progress | None = None,
) -> list[Capacity]:
    """Compare Cover's theorem with simulation over dimensions and numbers of points.

    By default there are 1 to 4 times d + 1 points for each dimension d. Each pair has `n_trials`
    labelings; 0 is the theory alone.

    Examples
    --------
    Half of all labelings of 2 (d + 1) points are separable, in every dimension:

    >>> [str(found.chance) for found in capacity([1, 2, 3], [4, 6, 8], n_trials=0)]
    ['1/2', '3/16', '1/16', '7/8', '1/2', '29/128', '1', '13/16', '1/2']
    """
    wanted = [
        (d, n) for d in dimensions for n in (points or sorted({round(m * (d + 1)) for m in _GRID}))
    ]
    for d, n in wanted:
        n_separable_labelings(n, d)
    found, tell = [], steady(progress)
    for d, n in wanted:
        known = Capacity(d, n)
        if n_trials:
            known = simulate_capacity(n, d, n_trials=n_trials, seed=seed)
        found.append(known)
        tell(len(found) / len(wanted), f"{len(found)} of {len(wanted)}")
    return found
