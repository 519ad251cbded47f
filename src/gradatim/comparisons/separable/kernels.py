r"""Kernel machines beside features: what the polynomial and the RBF kernel separate (L11).

Conventions: scikit-learn's SVC on standardized inputs z, with
:math:`k(z, z') = (z \cdot z' / n + 1)^d` or :math:`\exp(-\lVert z - z' \rVert^2 / n)`, n the number
of inputs. The polynomial kernel's plane lives in the space of all monomials up to its degree, so it
can be right on every row if and only if these monomials together make the classes separable. The
RBF kernel separates any rows of which no two are equal, in exact arithmetic and with a C that is
large enough. C is given, not chosen.
"""

from __future__ import annotations

import warnings
from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from gradatim.certificates.labels import read_table_labels
from gradatim.errors import LabelError, SpecError

__all__ = ["KernelMachine", "fit_kernels"]

# Steps of the solver after which a machine is taken as it is.
_MOST_STEPS = 2_000_000
# Sums of products may be off by this share of the sum of their sizes, with much to spare.
_ROUNDING = 1e-12


@dataclass(frozen=True, eq=False)
class KernelMachine:
    """A trained support vector machine, on standardized inputs."""

    kernel: str  # Its kernel
    degree: int  # Degree of the polynomial; 0 for RBF
    C: float  # Weight of errors against the margin
    classes: tuple[Hashable, ...]  # The classes in ascending order
    # Rows that it gets wrong among those it was trained on, from 0; rows whose score is 0 within
    # rounding count as wrong, because their side is chance
    errors: tuple[int, ...]
    n_support: int  # Number of support vectors
    n_rows: int  # Number of rows
    converged: bool  # Whether the solver came to its end
    # Mean share of right rows among those left out, over `folds` parts; None if not asked for
    accuracy: float | None
    folds: int  # Number of parts
    model: Any  # What standardizes the inputs, and the machine

    @property
    def name(self) -> str:
        """What it is called in a table."""
        if self.kernel == "rbf":
            return "RBF kernel"
        return f"polynomial kernel, degree {self.degree}"

    def to_dict(self) -> dict[str, Any]:
        """Return what was trained as JSON holds it."""
        return {
            "name": self.name,
            "kernel": self.kernel,
            "degree": self.degree,
            "C": self.C,
            "errors": list(self.errors),
            "n_support": self.n_support,
            "converged": self.converged,
            "accuracy_left_out": self.accuracy,
            "folds": self.folds,
        }

    def codes(self, X: ArrayLike) -> np.ndarray:
        """Return the numbers of the classes (n_samples,) of other rows (n_samples, n_inputs)."""
        return self.model.predict(np.asarray(X, dtype=np.float64))

    def scores(self, X: ArrayLike) -> np.ndarray:
        """Return scores (n_samples, n_classes); of two classes one, positive on the second."""
        return self.model.decision_function(np.asarray(X, dtype=np.float64))


def fit_kernels(
    X: ArrayLike,
    y: Sequence[Hashable] | np.ndarray,
    *,
    degree: int = 3,
    C: float = 1000.0,
    folds: int = 0,
    random_state: int = 0,
) -> tuple[KernelMachine, ...]:
    """Train support vector machines with polynomial kernels up to a degree and the RBF kernel.

    `X` (n_samples, n_inputs).
    """
    table, classes, codes = read_table_labels(X, y)
    if degree < 1 or not C > 0 or folds < 0 or folds == 1:
        raise SpecError("degree must be at least 1, C above 0, and folds 0 or at least 2")
    if folds and np.bincount(codes).min() < folds:
        raise LabelError(f"a class has fewer than {folds} rows; ask for fewer parts")
    kinds = [("polynomial", d) for d in range(2, degree + 1)] + [("rbf", 0)]
    return tuple(
        _fit(table, codes, classes, kernel, d, C, folds, random_state) for kernel, d in kinds
    )


def _fit(
    table: np.ndarray,
    codes: np.ndarray,
    classes: tuple[Hashable, ...],
    kernel: str,
    degree: int,
    C: float,
    folds: int,
    seed: int,
) -> KernelMachine:
    from sklearn.exceptions import ConvergenceWarning

    with warnings.catch_warnings(record=True) as said:
        warnings.simplefilter("always")
        model = _machine(kernel, degree, C, table.shape[1]).fit(table, codes)
    converged = not any(issubclass(one.category, ConvergenceWarning) for one in said)
    return KernelMachine(
        kernel=kernel,
        degree=degree,
        C=C,
        classes=classes,
        errors=tuple(_wrong(model, table, codes, degree).tolist()),
        n_support=int(model[-1].n_support_.sum()),
        n_rows=len(table),
        converged=converged,
        accuracy=_left_out(model, table, codes, folds, seed) if folds else None,
        folds=folds,
        model=model,
    )


def _wrong(machine: Any, table: np.ndarray, codes: np.ndarray, degree: int) -> np.ndarray:
    """Return rows of another class, or with a score that rounding may have made what it is."""
    Z, model = machine[:-1].transform(table), machine[-1]
    # A kernel that cannot separate may end with all scores 0 but for rounding, and look right.
    largest = ((Z**2).sum(axis=1).max() / Z.shape[1] + 1.0) ** degree
    rounding = _ROUNDING * float(np.abs(model.dual_coef_).sum()) * largest
    model.set_params(decision_function_shape="ovo")
    scores = model.decision_function(Z).reshape(len(Z), -1)
    model.set_params(decision_function_shape="ovr")
    pairs = np.array(list(combinations(range(int(codes.max()) + 1), 2)))
    own = (pairs == codes[:, None, None]).any(axis=2)
    unsure = (own & (np.abs(scores) <= rounding)).any(axis=1)
    return np.flatnonzero(unsure | (model.predict(Z) != codes))


def _machine(kernel: str, degree: int, C: float, n_inputs: int) -> Any:
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler
    from sklearn.svm import SVC

    model = SVC(
        C=C,
        kernel="poly" if kernel == "polynomial" else "rbf",
        degree=max(degree, 1),
        gamma=1.0 / n_inputs,
        coef0=1.0,
        cache_size=500,
        max_iter=_MOST_STEPS,
    )
    return make_pipeline(StandardScaler(), model)


def _left_out(model: Any, table: np.ndarray, codes: np.ndarray, folds: int, seed: int) -> float:
    """Return the share of right rows of parts that were left out of training and scaling."""
    from sklearn.model_selection import StratifiedKFold, cross_val_predict

    parts = StratifiedKFold(folds, shuffle=True, random_state=seed)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return float((cross_val_predict(model, table, codes, cv=parts) == codes).mean())
