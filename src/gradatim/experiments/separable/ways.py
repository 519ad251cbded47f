"""All ways to make classes separable on one table: what each adds, and what is proved about it.

Conventions: a *way* is a row of the table that is printed; margins are in the space that the plane
lives in, so they cannot be compared between ways. The same table and seed give the same result.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Hashable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from gradatim.errors import ShapeError
from gradatim.experiments.separable.kernels import KernelMachine, fit_kernels
from gradatim.experiments.separable.trained import TrainedLayer, train_hidden
from gradatim.theory.features import AddedFeatures, find_features
from gradatim.theory.hidden import HiddenLayer, build_hidden

__all__ = ["Way", "Ways", "find_ways"]

Progress = Callable[[str, float], None]


@dataclass(frozen=True)
class Way:
    """One way to separate the classes, as a row of a table.

    Parameters
    ----------
    name : str
        What it is.
    added : str
        What it adds to the inputs.
    separable : bool or None
        Whether it has every row on its side; None if that was not decided.
    proof : str
        What is proved, or that nothing is.
    size : str
        Units and parameters, or support vectors.
    margin : float or None
        Distance from its plane to the nearest row, in the plane's space.
    """

    name: str
    added: str
    separable: bool | None
    proof: str
    size: str
    margin: float | None = None


@dataclass(frozen=True, eq=False)
class Ways:
    """What was tried on one table.

    Parameters
    ----------
    table : array of shape (n_samples, n_inputs)
        The rows.
    labels : tuple of hashable
        Label of each row.
    names : tuple of str
        Names of the inputs.
    seed : int
        Seed of all that is drawn.
    alone : AddedFeatures
        The inputs alone.
    features : AddedFeatures or None
        Monomials; None if not asked for.
    kernels : tuple of KernelMachine
        Kernel machines; empty if not asked for.
    built : HiddenLayer or None
        Step units; None if not asked for.
    trained : TrainedLayer or None
        A trained hidden layer; None if not asked for.
    """

    table: np.ndarray
    labels: tuple[Hashable, ...]
    names: tuple[str, ...]
    seed: int
    alone: AddedFeatures
    features: AddedFeatures | None = None
    kernels: tuple[KernelMachine, ...] = ()
    built: HiddenLayer | None = None
    trained: TrainedLayer | None = None

    @property
    def classes(self) -> tuple[Hashable, ...]:
        """The classes in ascending order."""
        return self.alone.classes

    def rows(self) -> list[Way]:
        """Return the table: the plane alone, then every way that was asked for."""
        ways = [_alone(self.alone, len(self.names))]
        if self.features is not None:
            ways.append(_features(self.features, self.names))
        ways += [_kernel(machine) for machine in self.kernels]
        if self.built is not None:
            ways.append(_built(self.built))
        if self.trained is not None:
            ways.append(_trained(self.trained))
        return ways

    def verify(self) -> bool:
        """Check every proof again.

        Returns
        -------
        bool
            Whether all that the rows say is proved, is.
        """
        proofs = [self.alone, *(one for one in (self.features, self.built) if one is not None)]
        if self.trained is not None and self.trained.network is not None:
            proofs.append(self.trained)
        return all(one.verify() for one in proofs)

    def to_dict(self) -> dict[str, Any]:
        """Return everything as JSON holds it.

        Returns
        -------
        dict
            Version, data, seed, protocol, and the ways with their numbers.
        """
        from importlib.metadata import version

        return {
            "gradatim": version("gradatim"),
            "kind": "ways",
            "seed": self.seed,
            "data": {
                "n_samples": len(self.table),
                "inputs": list(self.names),
                "classes": [str(label) for label in self.classes],
                "sha256": _digest(self.table, self.labels),
            },
            "proved": self.verify(),
            "ways": [vars(way) for way in self.rows()],
            "features": None if self.features is None else _features_dict(self),
            "kernels": [_kernel_dict(machine) for machine in self.kernels],
            "built": None if self.built is None else _built_dict(self.built),
            "trained": None if self.trained is None else _trained_dict(self.trained),
        }


def find_ways(
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
) -> Ways:
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
        Called with what is being done and the finished share of it.

    Returns
    -------
    Ways
        The table of ways, with their networks.

    Raises
    ------
    InputError
        As `find_features`, `build_hidden`, `train_hidden` and `fit_kernels`.

    Examples
    --------
    >>> found = find_ways([[0, 0], [0, 1], [1, 0], [1, 1]], [0, 1, 1, 0], kernels=False)
    >>> for way in found.rows():
    ...     print(way.name, "|", way.added, "|", way.separable)
    plane | nothing | False
    features | x1 x2 | True
    hidden layer, built | 2 step units | True
    hidden layer, trained | 2 tanh units | True
    """
    tell = progress or (lambda what, share: None)
    table = np.asarray(X)
    labels = y.tolist() if isinstance(y, np.ndarray) else list(y)
    alone = find_features(table, labels, degree=1, input_names=input_names)
    names = tuple(input_names) or tuple(f"x{j + 1}" for j in range(table.shape[1]))
    if len(names) != table.shape[1]:
        raise ShapeError(f"{len(names)} names for {table.shape[1]} columns; give one for each")
    features = None
    if degree is not None:
        features = find_features(
            table,
            labels,
            degree=degree,
            input_names=names,
            progress=lambda done, total: tell("sets of monomials", done / total),
        )
    machines = ()
    if kernels:
        tell("kernel machines", 0.0)
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
            progress=lambda share: tell("building a hidden layer", share),
        )
        trained = train_hidden(
            table,
            labels,
            activation=activation,
            n_seeds=n_seeds,
            random_state=random_state,
            input_names=names,
            progress=lambda width, share: tell(f"training hidden layers of {width}", share),
        )
    return Ways(
        table, tuple(labels), names, random_state, alone, features, machines, built, trained
    )


def _plural(n: int, one: str, many: str = "") -> str:
    return f"{n:,} {one if n == 1 else many or one + 's'}"


def _alone(found: AddedFeatures, n_inputs: int) -> Way:
    size = _plural((n_inputs + 1) * max(len(found.separations), 1), "parameter")
    if found.added is not None:
        return Way("plane", "nothing", True, "checked on every row", size, found.margin)
    if not found.refuted:
        return Way("plane", "nothing", None, found.reason, "")
    return Way("plane", "nothing", False, _why_not(found), "")


def _why_not(found: AddedFeatures) -> str:
    last = found.refuted[-1]
    n_points = _plural(last.witness.n_points, "row")
    rest = f" of {last.positive} and the rest" if len(found.classes) > 2 else ""
    return f"{n_points}{rest} prove that no plane can"


def _features(found: AddedFeatures, names: Sequence[str]) -> Way:
    if found.added is None:
        n = len(found.candidates)
        if not found.is_impossible:
            return Way("features", "", None, found.reason, "")
        added = f"all {n} monomials up to degree {found.degree}" if n else "nothing to add"
        return Way("features", added, False, f"{_why_not(found)}, nor with fewer of them", "")
    added = ", ".join(monomial.name(names) for monomial in found.added) or "nothing"
    n_parameters = (len(names) + len(found.added) + 1) * len(found.separations)
    size = _plural(n_parameters, "parameter")
    return Way("features", added, True, "; ".join(_about_sets(found)), size, found.margin)


def _about_sets(found: AddedFeatures) -> Iterator[str]:
    yield "checked on every row"
    if not found.added:
        return
    if found.is_smallest:
        n = sum(len(one.added) < found.at_least for one in found.refuted)
        yield f"no smaller set does ({_plural(n, 'witness', 'witnesses')})"
    else:
        yield f"greedy: none can be left out, and at least {found.at_least} are needed"


def _kernel(machine: KernelMachine) -> Way:
    n_wrong = len(machine.errors)
    said = "no proof: trained, " + (
        "no error" if not n_wrong else f"{_plural(n_wrong, 'error')} in {machine.n_rows:,} rows"
    )
    if not machine.converged:
        said += ", stopped before its end"
    if machine.accuracy is not None:
        said += f"; {100 * machine.accuracy:.0f} % right when left out ({machine.folds} parts)"
    size = f"{machine.n_support:,} support vectors"
    return Way(machine.name, f"C = {machine.C:g}", not n_wrong, said, size)


def _built(found: HiddenLayer) -> Way:
    size = _plural(found.network.n_parameters, "parameter")
    along = "every direction" if found.all_directions else _plural(found.n_directions, "direction")
    said = "every row, exactly"
    if found.is_smallest:
        said += "; no smaller layer of step units does"
    elif found.construction == "line":
        said += f"; label changes along the best of {along}"
    else:
        said += f"; by cuts (along one line: {found.line_units:,}, the best of {along})"
    return Way(
        "hidden layer, built", _plural(found.n_units, "step unit"), found.verify(), said, size
    )


def _trained(found: TrainedLayer) -> Way:
    last = found.tried[-1]
    if found.network is None:
        fewest = min(found.tried, key=lambda one: one.fewest_errors)
        said = (
            f"no proof: none of {last.n_seeds} seeds up to {last.width} units; the best has "
            f"{_plural(fewest.fewest_errors, 'error')}"
        )
        return Way("hidden layer, trained", f"{found.activation} units", False, said, "")
    said = f"every row, in ball arithmetic; {last.n_solved} of {last.n_seeds} seeds"
    if last.width > 1:
        said += f", none with {last.width - 1}"
    size = _plural(found.network.n_parameters, "parameter")
    added = _plural(last.width, f"{found.activation} unit")
    return Way("hidden layer, trained", added, found.verify(), said, size)


def _digest(table: np.ndarray, labels: Sequence[Hashable]) -> str:
    said = "\n".join([*map(str, table.ravel().tolist()), *map(str, labels)])
    return hashlib.sha256(f"{table.shape}\n{said}".encode()).hexdigest()


def _features_dict(ways: Ways) -> dict[str, Any]:
    found = ways.features
    assert found is not None
    added = None if found.added is None else [one.name(ways.names) for one in found.added]
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
                "added": [monomial.name(ways.names) for monomial in one.added],
                "positive": str(one.positive),
                "rows": list(one.witness.rows),
                "negative": list(one.witness.negative),
                "negative_weights": [str(weight) for weight in one.witness.negative_weights],
                "positive_weights": [str(weight) for weight in one.witness.positive_weights],
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
