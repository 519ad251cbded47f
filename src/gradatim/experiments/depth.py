r"""Depth on the sawtooth: what is built, what a theorem allows, and what training finds.

Conventions: a *budget* is a number of parameters that no network trained under it exceeds. Shallow
networks are as wide as it allows; deep ones have the hidden layers of the construction, all as wide
as it allows. Errors are those of `gradatim.theory.sawtooth_error`, computed exactly for trained
networks too. Intervals are for the median over seeds, with at least 95 % confidence if there
are six seeds or more, from order statistics [1]_.

References
----------
.. [1] W. J. Conover, "Practical nonparametric statistics", 3rd ed., 1999, section 3.2.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

from gradatim.errors import SpecError
from gradatim.experiments.sawtooth_fits import (
    BATCH_SIZE,
    LEARNING_RATES,
    N_PILOTS,
    Start,
    Wanted,
    fit_sawtooth,
    sawtooth_rows,
)
from gradatim.network.graph import Network
from gradatim.network.numbers import format_fraction
from gradatim.theory import (
    Proof,
    SawtoothError,
    deep_sawtooth,
    lower_bound,
    prove_sawtooth,
    sawtooth_error,
    shallow_sawtooth,
)
from gradatim.theory.sawtooth import teeth_exponent

__all__ = ["Built", "DepthComparison", "TrainedShape", "compare_depth"]

Kind = Literal["shallow", "deep"]


@dataclass(frozen=True)
class Built:
    """A network that was built.

    Parameters
    ----------
    kind : {"deep", "shallow"}
        Whether it has several hidden layers.
    network : Network
        The network.
    error : SawtoothError
        Its errors and pieces, exactly.
    proof : Proof or None
        That it is the sawtooth, if it has units enough to be.
    """

    kind: Kind
    network: Network
    error: SawtoothError
    proof: Proof | None


@dataclass(frozen=True)
class TrainedShape:
    """Networks of one shape, trained from many seeds.

    Parameters
    ----------
    kind : {"deep", "shallow"}
        Whether it has several hidden layers.
    budget : int
        Parameters that were allowed.
    start : {"drawn", "spread", "near"}
        Where training began; see `gradatim.experiments.sawtooth_fits`.
    learning_rate : float
        Learning rate of Adam.
    networks : tuple of Network
        One a seed.
    errors : tuple of SawtoothError
        One a seed.
    bound : SawtoothError
        What no network of this shape can do better than.
    """

    kind: Kind
    budget: int
    start: Start
    learning_rate: float
    networks: tuple[Network, ...]
    errors: tuple[SawtoothError, ...]
    bound: SawtoothError

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
        """Return what was found as JSON holds it.

        Returns
        -------
        dict of str to object
            Numbers, texts and lists; bounds as fractions in text.
        """
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


@dataclass(frozen=True)
class DepthComparison:
    """Networks built and trained to be one sawtooth.

    Parameters
    ----------
    teeth : int
        Number of teeth.
    built : tuple of Built
        The deep construction, the shallow one, and a shallow one of the deep one's parameters.
    trained : tuple of TrainedShape
        Shapes that were trained, by budget; empty if none was.
    n_seeds : int
        Networks a shape.
    max_epochs : int
        Epochs of each.
    random_state : int
        First seed.
    """

    teeth: int
    built: tuple[Built, ...]
    trained: tuple[TrainedShape, ...]
    n_seeds: int
    max_epochs: int
    random_state: int

    @property
    def deep(self) -> Network:
        """The deep construction."""
        return self.built[0].network

    @property
    def bound(self) -> SawtoothError:
        """What no shallow network of the deep construction's parameters can do better than."""
        return lower_bound(self.teeth, hidden_layer_sizes=[_shallow(self.deep.n_parameters)])

    def at(self, budget: int, kind: Kind) -> TrainedShape | None:
        """Return a shape that was trained under a budget.

        Parameters
        ----------
        budget : int
            Parameters that were allowed.
        kind : {"deep", "shallow"}
            Which shape.

        Returns
        -------
        TrainedShape or None
            The shape; None if there is none, and not the one that began near the construction.
        """
        for shape in self.trained:
            if (shape.budget, shape.kind) == (budget, kind) and shape.start != "near":
                return shape
        return None

    def to_dict(self) -> dict[str, Any]:
        """Return everything as JSON holds it.

        Returns
        -------
        dict of str to object
            With version, seed, protocol, and a hash of the rows trained on.
        """
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
            "sha256": hashlib.sha256(rows.astype("<f8").tobytes()).hexdigest(),
        }


def compare_depth(
    teeth: int,
    *,
    n_seeds: int = 50,
    budgets: Sequence[int] | None = None,
    max_epochs: int = 500,
    random_state: int = 0,
    callback: Callable[[float], None] | None = None,
) -> DepthComparison:
    """Build a sawtooth, deep and shallow, and train networks of equal budgets to be one.

    Parameters
    ----------
    teeth : int
        Number of teeth, a power of two.
    n_seeds : int, default 50
        Networks a shape; 0 trains none.
    budgets : sequence of int, optional
        Numbers of parameters; by default those of the deep construction, doubled until the shallow
        one is near, those of the shallow one, and twice as many. Under the first, networks that
        begin near the deep construction are trained too.
    max_epochs : int, default 500
        Epochs.
    random_state : int, default 0
        First seed.
    callback : callable, optional
        Called with the finished share of the training, in [0, 1].

    Returns
    -------
    DepthComparison
        What was built and proved, bounded, and trained.

    Raises
    ------
    SpecError
        If `teeth` is no power of two or too large, or another number is out of its range.

    Examples
    --------
    >>> comparison = compare_depth(64, n_seeds=0)
    >>> [(one.network.n_parameters, one.error.n_pieces) for one in comparison.built]
    [(43, 128), (385, 128), (43, 14)]
    >>> str(comparison.bound.mean_absolute)
    '25/128'
    """
    k = teeth_exponent(teeth)
    deep = deep_sawtooth(teeth)
    least = deep.n_parameters
    chosen = tuple(budgets) if budgets else _budgets(least, 6 * teeth + 1)
    if n_seeds < 0:
        raise SpecError(f"the number of seeds cannot be {n_seeds}; 0 trains no network")
    if max_epochs < 1 or random_state < 0:
        raise SpecError("epochs must be at least 1, and the seed at least 0")
    if min(chosen) < 4:
        raise SpecError(f"a hidden unit takes 4 parameters; a budget of {min(chosen)} has none")
    shapes = _shapes(chosen, k, least) if n_seeds else []
    fits = (
        []
        if not shapes
        else fit_sawtooth(
            [wanted for _, _, wanted in shapes],
            teeth,
            n_seeds=n_seeds,
            max_epochs=max_epochs,
            random_state=random_state,
            callback=callback,
        )
    )
    trained = [
        TrainedShape(
            kind,
            budget,
            start,
            rate,
            tuple(networks),
            tuple(sawtooth_error(network, teeth) for network in networks),
            lower_bound(teeth, hidden_layer_sizes=wanted.hidden_layer_sizes),
        )
        for (kind, budget, wanted), (start, rate, networks) in zip(shapes, fits, strict=True)
    ]
    return DepthComparison(
        teeth, _built(teeth, deep), tuple(trained), n_seeds, max_epochs, random_state
    )


def _built(teeth: int, deep: Network) -> tuple[Built, ...]:
    kinds: list[tuple[Kind, Network]] = [("deep", deep), ("shallow", shallow_sawtooth(teeth))]
    equal = _shallow(deep.n_parameters)
    if equal < 2 * teeth:
        kinds.append(("shallow", shallow_sawtooth(teeth, equal)))
    built = []
    for kind, network in kinds:
        error = sawtooth_error(network, teeth)
        proof = prove_sawtooth(network, teeth) if error.n_pieces == 2 * teeth else None
        built.append(Built(kind, network, error, proof))
    return tuple(built)


def _budgets(deep: int, shallow: int) -> tuple[int, ...]:
    """Return numbers of parameters from those of one construction to twice those of the other."""
    chosen = [deep]
    while 3 * chosen[-1] < shallow:
        chosen.append(2 * chosen[-1])
    return (*chosen, max(shallow, deep), 2 * max(shallow, deep))


def _shallow(budget: int) -> int:
    """Return the units that a hidden layer may have: three parameters each, and an output bias."""
    return (budget - 1) // 3


def _deep(budget: int, k: int) -> int:
    """Return the units that each of k + 1 hidden layers may have."""
    width = 0
    while k * (width + 1) ** 2 + (k + 3) * (width + 1) + 1 <= budget:
        width += 1
    return width


def _shapes(budgets: Sequence[int], k: int, least: int) -> list[tuple[Kind, int, Wanted]]:
    shapes: list[tuple[Kind, int, Wanted]] = []
    for budget in sorted(set(budgets)):
        shapes.append(("shallow", budget, Wanted((_shallow(budget),))))
        # Of one tooth, the construction itself has one hidden layer.
        if k and _deep(budget, k):
            shapes.append(("deep", budget, Wanted((_deep(budget, k),) * (k + 1))))
        if k and budget == least:
            shapes.append(("deep", budget, Wanted((2,) * (k + 1), starts=("near",))))
    return shapes
