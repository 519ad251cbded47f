"""Networks that were built and trained to be one sawtooth, and how wrong each is.

Conventions: see `gradatim.comparisons.depth`. Intervals are for the median over seeds, with at
least 95 % confidence if there are six seeds or more, from order statistics [1]_.

References
----------
.. [1] W. J. Conover, "Practical nonparametric statistics", 3rd ed., 1999, section 3.2.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

from gradatim._digest import sha256
from gradatim._pictures import Shown
from gradatim._text import plural
from gradatim.certificates import Proof
from gradatim.comparisons.sawtooth_fits import (
    BATCH_SIZE,
    LEARNING_RATES,
    N_PILOTS,
    Start,
    sawtooth_rows,
)
from gradatim.depth import SawtoothError, lower_bound
from gradatim.network.graph import Network
from gradatim.network.numbers import format_fraction

Kind = Literal["shallow", "deep"]


@dataclass(frozen=True)
class Built:
    """A network that was built."""

    kind: Kind
    network: Network
    error: SawtoothError  # Its errors and pieces, exactly
    proof: Proof | None  # That it is the sawtooth, if it has units enough to be


@dataclass(frozen=True)
class TrainedShape:
    """Networks of one shape, trained from many seeds."""

    kind: Kind
    budget: int  # Parameters that were allowed
    start: Start  # Where training began; see `gradatim.comparisons.sawtooth_fits`
    learning_rate: float  # Of Adam
    networks: tuple[Network, ...]  # One per seed
    errors: tuple[SawtoothError, ...]  # One per seed
    bound: SawtoothError  # What no network of this shape can do better than

    @property
    def hidden_layer_sizes(self) -> tuple[int, ...]:
        """Units of each hidden layer."""
        return self.networks[0].layer_sizes[1:-1]

    @property
    def n_parameters(self) -> int:
        """Weights and biases."""
        return self.networks[0].n_parameters

    @property
    def mean_absolute(self) -> np.ndarray:
        """Mean absolute error of every seed, rounded to floats, ascending."""
        return np.sort([float(error.mean_absolute) for error in self.errors])

    @property
    def median(self) -> float:
        """Median over seeds of the mean absolute error."""
        return float(np.median(self.mean_absolute))

    @property
    def interval(self) -> tuple[float, float]:
        """Confidence interval of that median."""
        from scipy import stats

        ordered = self.mean_absolute
        n = len(ordered)
        # The median lies outside the r-th smallest and largest with twice P(fewer than r heads).
        r = max(int(stats.binom.ppf(0.025, n, 0.5)), 1)
        return float(ordered[r - 1]), float(ordered[n - r])

    @property
    def best(self) -> int:
        """Position of the seed of the smallest mean absolute error."""
        return min(range(len(self.errors)), key=lambda i: self.errors[i].mean_absolute)

    @property
    def n_solved(self) -> int:
        """Seeds that have every alternating point on the right side of 1/2."""
        return sum(error.misclassified == 0 for error in self.errors)

    def to_dict(self) -> dict[str, Any]:
        """Return what was found as JSON holds it, bounds as fractions in text."""
        best = self.errors[self.best]
        return {
            "kind": self.kind,
            "budget": self.budget,
            "hidden_layer_sizes": list(self.hidden_layer_sizes),
            "n_parameters": self.n_parameters,
            "start": self.start,
            "learning_rate": self.learning_rate,
            "n_seeds": len(self.errors),
            "n_solved": self.n_solved,
            "mean_absolute": {
                "median": self.median,
                "interval": list(self.interval),
                "best": float(best.mean_absolute),
                "all": [float(error.mean_absolute) for error in self.errors],
            },
            "best": _errors(best, exact=False),
            "bound": _errors(self.bound),
        }


def _errors(error: SawtoothError, *, exact: bool = True) -> dict[str, Any]:
    write = format_fraction if exact else float
    return {
        "n_pieces": error.n_pieces,
        "largest": write(error.largest),
        "mean_absolute": write(error.mean_absolute),
        "mean_squared": write(error.mean_squared),
        "misclassified": error.misclassified,
        "n_points": 2 * error.teeth,
    }


@dataclass(frozen=True, repr=False)
class DepthComparison(Shown):
    """Networks built and trained to be one sawtooth."""

    teeth: int
    # The deep construction, the shallow one, and a shallow one of the deep one's parameters
    built: tuple[Built, ...]
    trained: tuple[TrainedShape, ...]  # Shapes that were trained, by budget
    n_seeds: int  # Networks per shape
    max_epochs: int  # Epochs of each
    random_state: int  # First seed

    def __repr__(self) -> str:
        sizes = ", ".join(str(one.network.n_parameters) for one in self.built)
        trained = plural(len(self.trained), "shape")
        return f"DepthComparison: {self.teeth} teeth; parameters built: {sizes}; {trained} trained"

    @property
    def deep(self) -> Network:
        """The deep construction."""
        return self.built[0].network

    @property
    def bound(self) -> SawtoothError:
        """What no shallow network of the deep construction's parameters can do better than."""
        return lower_bound(self.teeth, hidden_layer_sizes=[shallow_width(self.deep.n_parameters)])

    def at(self, budget: int, kind: Kind) -> TrainedShape | None:
        """Return a shape trained under a budget, not the one that began near the construction."""
        for shape in self.trained:
            if (shape.budget, shape.kind) == (budget, kind) and shape.start != "near":
                return shape
        return None

    def to_dict(self) -> dict[str, Any]:
        """Return everything as JSON holds it, with version, seed, protocol and hash of rows."""
        from importlib.metadata import version

        return {
            "schema": 1,
            "gradatim": version("gradatim"),
            "teeth": self.teeth,
            "built": [
                {
                    "kind": one.kind,
                    "hidden_layer_sizes": list(one.network.layer_sizes[1:-1]),
                    "n_parameters": one.network.n_parameters,
                    "proved": None if one.proof is None else one.proof.holds,
                    **_errors(one.error),
                }
                for one in self.built
            ],
            "equation": str(self.deep),
            "bound": _errors(self.bound),
            "protocol": self._protocol() if self.trained else None,
            "trained": [shape.to_dict() for shape in self.trained],
        }

    def _protocol(self) -> dict[str, Any]:
        rows = np.stack(sawtooth_rows(self.teeth), axis=1)
        return {
            "seed": self.random_state,
            "seeds": self.n_seeds,
            "optimizer": "adam",
            "schedule": "cosine",
            "learning_rates": list(LEARNING_RATES),
            "pilots": min(N_PILOTS, self.n_seeds),
            "epochs": self.max_epochs,
            "batch_size": BATCH_SIZE,
            "rows": len(rows),
            "sha256": sha256(rows.astype("<f8")),
        }


def shallow_width(budget: int) -> int:
    """Return the units that one hidden layer may have: three parameters each, one output bias."""
    return (budget - 1) // 3
