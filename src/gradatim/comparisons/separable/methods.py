"""All ways to make classes separable on one table: what each adds, and what is proved about it.

Conventions: a *way* is a row of the table that is printed; margins are in the space that the plane
lives in, so they cannot be compared between methods. The same table and seed give the same result.
"""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from gradatim._digest import sha256
from gradatim._progress import Progress, scaled, steady
from gradatim._text import name_inputs
from gradatim.comparisons.separable.kernels import KernelMachine, fit_kernels
from gradatim.comparisons.separable.summary import (
    Method,
    alone_row,
    built_row,
    features_row,
    kernel_row,
    trained_row,
)
from gradatim.comparisons.separable.trained import TrainedLayer, train_hidden
from gradatim.errors import ShapeError
from gradatim.network.numbers import exact_text
from gradatim.separability.features import AddedFeatures, find_features
from gradatim.separability.hidden import HiddenLayer, build_hidden

__all__ = ["MethodComparison", "find_methods"]


@dataclass(frozen=True, eq=False)
class MethodComparison:
    """What was tried on one table."""

    table: np.ndarray  # (n_samples, n_inputs): The rows
    labels: tuple[Hashable, ...]  # Label of each row
    names: tuple[str, ...]  # Names of the inputs
    seed: int  # Seed of all that is drawn
    alone: AddedFeatures  # The inputs alone
    features: AddedFeatures | None = None  # Monomials; None if not asked for
    kernels: tuple[KernelMachine, ...] = ()  # Kernel machines; empty if not asked for
    built: HiddenLayer | None = None  # Step units; None if not asked for
    trained: TrainedLayer | None = None  # A trained hidden layer; None if not asked for

    @property
    def classes(self) -> tuple[Hashable, ...]:
        """The classes in ascending order."""
        return self.alone.classes

    def rows(self) -> list[Method]:
        """Return the table: the plane alone, then every way that was asked for."""
        methods = [alone_row(self.alone, len(self.names))]
        if self.features is not None:
            methods.append(features_row(self.features, self.names))
        methods += [kernel_row(machine) for machine in self.kernels]
        if self.built is not None:
            methods.append(built_row(self.built))
        if self.trained is not None:
            methods.append(trained_row(self.trained))
        return methods

    def verify(self) -> bool:
        """Check every proof again."""
        proofs = [self.alone, *(one for one in (self.features, self.built) if one is not None)]
        if self.trained is not None and self.trained.network is not None:
            proofs.append(self.trained)
        return all(one.verify() for one in proofs)

    def to_dict(self) -> dict[str, Any]:
        """Return everything as JSON holds it."""
        return _to_dict(self)


def find_methods(
    X: ArrayLike,
    y: Sequence[Hashable] | np.ndarray,
    *,
    degree: int | None = 3,
    kernels: bool = True,
    hidden: bool = True,
    folds: int = 0,
    n_seeds: int = 20,
    activation: str = "tanh",
    random_state: int = 0,
    input_names: Sequence[str] = (),
    progress: Progress | None = None,
) -> MethodComparison:
    """Make classes separable by features, kernels and hidden units, and say what each takes.

    Parameters
    ----------
    X : array-like of shape (n_samples, n_inputs)
        Rows, as `separate` takes them.
    y : sequence of hashable of length n_samples
        Labels of two or more classes.
    degree : int, default 3
        Highest degree of monomials and polynomial kernels; None for no monomials.
    kernels : bool, default True
        Whether to train kernel machines.
    hidden : bool, default True
        Whether to build and to train hidden layers.
    folds : int, default 0
        Parts of the kernel machines' cross-validation; 0 for none.
    n_seeds : int, default 20
        Trained networks a width.
    activation : {"tanh", "relu", "sigmoid"}, default "tanh"
        Activation of the trained hidden units.
    random_state : int, default 0
        Seed of directions, networks and parts.
    input_names : sequence of str, optional
        Names of the inputs.
    progress : callable, optional
        Called with the finished share, about, in [0, 1], and what is being done.

    Returns
    -------
    MethodComparison
        The table of methods, with their networks.

    Raises
    ------
    InputError
        As `find_features`, `build_hidden`, `train_hidden` and `fit_kernels`.

    Examples
    --------
    >>> found = find_methods([[0, 0], [0, 1], [1, 0], [1, 1]], [0, 1, 1, 0], kernels=False)
    >>> for method in found.rows():
    ...     print(method.name, "|", method.added, "|", method.separable)
    plane | nothing | False
    features | x1 x2 | True
    hidden layer, built | 2 step units | True
    hidden layer, trained | 2 tanh units | True
    """
    tell, n_parts = steady(progress), (degree is not None) + kernels + 2 * hidden
    parts = (scaled(tell, k / n_parts, (k + 1) / n_parts) for k in range(n_parts))
    table = np.asarray(X)
    labels = y.tolist() if isinstance(y, np.ndarray) else list(y)
    alone = find_features(table, labels, degree=1, input_names=input_names)
    names = name_inputs(input_names, table.shape[1])
    if len(names) != table.shape[1]:
        raise ShapeError(f"{len(names)} names for {table.shape[1]} columns; give one for each")
    features = None
    if degree is not None:
        features = find_features(
            table,
            labels,
            degree=degree,
            input_names=names,
            progress=next(parts),
        )
    machines = ()
    if kernels:
        next(parts)(0.0, "kernel machines")
        machines = fit_kernels(
            table, labels, degree=degree or 3, folds=folds, random_state=random_state
        )
    built = trained = None
    if hidden:
        built = build_hidden(
            table,
            labels,
            random_state=random_state,
            input_names=names,
            progress=next(parts),
        )
        trained = train_hidden(
            table,
            labels,
            activation=activation,
            n_seeds=n_seeds,
            random_state=random_state,
            input_names=names,
            progress=next(parts),
        )
    return MethodComparison(
        table, tuple(labels), names, random_state, alone, features, machines, built, trained
    )


# -- as JSON holds them -----------------------------------------------------------------------


def _to_dict(methods: MethodComparison) -> dict[str, Any]:
    """Return everything that was found, with what it takes to find it again."""
    from importlib.metadata import version

    return {
        "gradatim": version("gradatim"),
        "kind": "ways",
        "seed": methods.seed,
        "data": {
            "n_samples": len(methods.table),
            "inputs": list(methods.names),
            "classes": [str(label) for label in methods.classes],
            "sha256": _digest(methods.table, methods.labels),
        },
        "proved": methods.verify(),
        "ways": [vars(method) for method in methods.rows()],
        "features": None if methods.features is None else _features_dict(methods),
        "kernels": [_kernel_dict(machine) for machine in methods.kernels],
        "built": None if methods.built is None else _built_dict(methods.built),
        "trained": None if methods.trained is None else _trained_dict(methods.trained),
    }


def _digest(table: np.ndarray, labels: Sequence[Hashable]) -> str:
    said = "\n".join([*map(str, table.ravel().tolist()), *map(str, labels)])
    return sha256(f"{table.shape}\n{said}")


def _features_dict(methods: MethodComparison) -> dict[str, Any]:
    found = methods.features
    assert found is not None
    added = None if found.added is None else [one.name(methods.names) for one in found.added]
    return {
        "degree": found.degree,
        "added": added,
        "is_smallest": found.is_smallest,
        "is_impossible": found.is_impossible,
        "at_least": found.at_least,
        "n_sets": found.n_sets,
        "reason": found.reason,
        "planes": [
            {"positive": str(one.classes[1]), "equation": str(one.hyperplane)}
            for one in found.separations
        ],
        "refuted": [
            {
                "added": [monomial.name(methods.names) for monomial in one.added],
                "positive": str(one.positive),
                "rows": list(one.witness.rows),
                "negative": list(one.witness.negative),
                "negative_weights": list(map(exact_text, one.witness.negative_weights)),
                "positive_weights": list(map(exact_text, one.witness.positive_weights)),
            }
            for one in found.refuted
        ],
    }


def _kernel_dict(machine: KernelMachine) -> dict[str, Any]:
    return {
        "name": machine.name,
        "kernel": machine.kernel,
        "degree": machine.degree,
        "C": machine.C,
        "errors": list(machine.errors),
        "n_support": machine.n_support,
        "converged": machine.converged,
        "accuracy_left_out": machine.accuracy,
        "folds": machine.folds,
    }


def _built_dict(found: HiddenLayer) -> dict[str, Any]:
    return {
        "equation": str(found.network),
        "n_units": found.n_units,
        "construction": found.construction,
        "line_units": found.line_units,
        "n_directions": found.n_directions,
        "all_directions": found.all_directions,
        "at_least": found.at_least,
        "wrong_in_floats": found.wrong_in_floats(),
    }


def _trained_dict(found: TrainedLayer) -> dict[str, Any]:
    return {
        "equation": None if found.network is None else str(found.network),
        "n_units": found.n_units,
        "seed": found.seed,
        "activation": found.activation,
        "max_epochs": found.max_epochs,
        "tried": [vars(one) for one in found.tried],
    }
