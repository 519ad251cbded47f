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
from gradatim._pictures import Shown
from gradatim._progress import Progress, scaled, steady
from gradatim.certificates.labels import name_columns
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
from gradatim.separability.features import AddedFeatures, find_features
from gradatim.separability.hidden import HiddenLayer, build_hidden

__all__ = ["MethodComparison", "find_methods"]


@dataclass(frozen=True, eq=False, repr=False)
class MethodComparison(Shown):
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

    def __repr__(self) -> str:
        n_rows, n_classes = len(self.labels), len(self.classes)
        ways = ", ".join(method.name for method in self.rows())
        return f"MethodComparison: {n_rows} rows of {n_classes} classes: {ways}"

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
        """Return everything as JSON holds it, with what it takes to find it again."""
        from importlib.metadata import version

        return {
            "gradatim": version("gradatim"),
            "kind": "ways",
            "seed": self.seed,
            "data": {
                "n_samples": len(self.table),
                "inputs": list(self.names),
                "classes": list(map(str, self.classes)),
                "sha256": _digest(self.table, self.labels),
            },
            "proved": self.verify(),
            "ways": [vars(method) for method in self.rows()],
            "features": self.features and self.features.to_dict(self.names),
            "kernels": [machine.to_dict() for machine in self.kernels],
            "built": self.built and self.built.to_dict(),
            "trained": self.trained and self.trained.to_dict(),
        }


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
    names = name_columns(input_names, table.shape[1])
    features = None
    if degree is not None:
        features = find_features(
            table, labels, degree=degree, input_names=names, progress=next(parts)
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
            table, labels, random_state=random_state, input_names=names, progress=next(parts)
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


def _digest(table: np.ndarray, labels: Sequence[Hashable]) -> str:
    said = "\n".join([*map(str, table.ravel().tolist()), *map(str, labels)])
    return sha256(f"{table.shape}\n{said}")
