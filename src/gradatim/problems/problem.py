"""A problem: where its points lie, what they are labeled, and what it takes to tell them apart.

Conventions: labels are the integers 0 and 1; points are float64 rows. Without noise the classes
never touch, so that a rule exists that is right everywhere; noise moves points after they were
labeled. NumPy, and the same seed gives the same points.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np

from gradatim.errors import SpecError

Draw = Callable[[np.random.Generator, np.ndarray], np.ndarray]

#: Points without noise from which the density of the noisy ones is computed.
_CENTERS = 4000

#: Squared distances held at once.
_BLOCK = 4_000_000


@dataclass(frozen=True)
class Problem:
    """Two classes of points, and a statement of what it takes to tell them apart.

    Parameters
    ----------
    name : str
        What the command line calls it.
    title : str
        What a picture calls it.
    slides : str
        Slides of the lecture that it belongs to, such as ``"L18"``.
    n_features : int
        Dimensions of the points.
    takes : str
        What it takes to be solved, in one sentence.
    because : str
        Why that is so: a construction, a theorem, or a measurement.
    draw : callable
        Takes a generator and labels of shape (n,), and returns points of shape (n, n_features).
    noise : float, default 0
        Standard deviation of what is added to every coordinate unless something else is asked for.
    equation : str, default ""
        A network that is right on every point without noise, as `gradatim.parse` reads it; empty if
        none is known in closed form.
    line : bool, default False
        Whether one hyperplane separates the classes.
    """

    name: str
    title: str
    slides: str
    n_features: int
    takes: str
    because: str
    draw: Draw = field(repr=False)
    noise: float = 0.0
    equation: str = field(default="", repr=False)
    line: bool = False

    def sample(
        self, n_samples: int = 400, *, noise: float | None = None, seed: int = 0
    ) -> tuple[np.ndarray, np.ndarray]:
        """Draw points (n_samples, n_features) with labels 0 and 1, both equally often.

        The options are those of `load_problem`.
        """
        spread = self._check(n_samples, noise, seed)
        rng = np.random.default_rng([seed, 0])
        y = rng.permutation(np.arange(n_samples) % 2)
        X = self.draw(rng, y)
        # A stream of its own, so that the same seed with other noise has the same centers.
        shift = np.random.default_rng([seed, 1]).normal(size=X.shape)
        return X + spread * shift, y

    def _check(self, n_samples: int, noise: float | None, seed: int) -> float:
        spread = self.noise if noise is None else noise
        if n_samples < 2:
            raise SpecError(f"{self.name} needs at least 2 samples, a class each, not {n_samples}")
        if not (np.isfinite(spread) and spread >= 0):
            raise SpecError(f"the noise of {self.name} must be finite and >= 0, not {spread}")
        if seed < 0:
            raise SpecError(f"a seed must be >= 0, not {seed}")
        return float(spread)

    def ceiling(self, noise: float | None = None, *, seed: int = 0) -> float:
        r"""Estimate the accuracy of the rule that knows how the points are drawn.

        Without noise it is 1. With it, a point is given to the class whose density is larger there,
        :math:`p(x \mid y) = \mathbb{E}_c\, N(x; c, \sigma^2)` over the points :math:`c` without
        noise; both the densities and the accuracy are means over samples.

        What is returned is the share of points that the rule gets right, in [0.5, 1]; too low
        rather than too high, since estimated densities cost accuracy.
        """
        spread = self._check(2, noise, seed)
        if spread == 0:
            return 1.0
        centers, labels = self.sample(_CENTERS, noise=0.0, seed=seed)
        X, y = self.sample(_CENTERS, noise=spread, seed=seed + 1)
        densities = [_log_density(X, centers[labels == label], spread) for label in (0, 1)]
        return max(0.5, float(np.mean((densities[1] > densities[0]) == y)))


def _log_density(X: np.ndarray, centers: np.ndarray, spread: float) -> np.ndarray:
    """Return the logarithm of a mean of normal densities, up to a constant."""
    found = []
    for rows in np.array_split(X, max(1, X.shape[0] * len(centers) * X.shape[1] // _BLOCK)):
        squares = ((rows[:, None, :] - centers[None]) ** 2).sum(axis=2) / (-2 * spread**2)
        top = squares.max(axis=1)
        found.append(top + np.log(np.exp(squares - top[:, None]).sum(axis=1)))
    return np.concatenate(found)
