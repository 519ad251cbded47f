"""Machines of a race: all but networks, which are solved or taught a seed at a time.

Conventions: penalty, cost and width of a kernel are those that get most of the rows to choose on
right, the first of equals, seed by seed.
"""

from __future__ import annotations

import os
import warnings
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from itertools import product
from typing import Any

import numpy as np

from gradatim._progress import Progress
from gradatim.comparisons.racing.contenders import Shape, kernel_parameters
from gradatim.comparisons.racing.rule import train_rule
from gradatim.comparisons.racing.runs import Decision, Run, Start, accuracy_of, spread_classes
from gradatim.comparisons.racing.task import Course, Heat

__all__ = ["train_machines"]

Candidate = tuple[str, int, Decision]

#: Inverse penalties of the logistic regression on polynomial features.
_PENALTIES = (1.0, 100.0, 10_000.0)

#: Widths of the kernel, per feature, and costs of the kernel machines.
_WIDTHS = (0.5, 2.0, 8.0, 32.0)
_COSTS = (1.0, 100.0)


def train_machines(
    field: Sequence[Start],
    course: Course,
    seed: int,
    n_jobs: int | None,
    progress: Progress,
) -> list[list[Run]]:
    """Train what is no network, one seed per thread."""
    from threadpoolctl import threadpool_limits

    tasks = [(start, number) for start in field for number in range(len(course.heats))]

    def one(task: tuple[Start, int]) -> Run:
        start, number = task
        heat = course.heats[number]
        if start.contender.kind == "rule":
            return train_rule(heat, course, seed + number)
        fit = _polynomial if start.contender.kind == "polynomial" else _kernel
        return fit(start, heat, course, seed + number)

    found = []
    # Warnings are muted here, not in a thread: the setting is the whole process's.
    with threadpool_limits(1), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        with ThreadPoolExecutor(n_jobs or os.cpu_count() or 1) as pool:
            for run in pool.map(one, tasks):
                found.append(run)
                progress(len(found) / len(tasks), "training")
    n_seeds = len(course.heats)
    return [found[i : i + n_seeds] for i in range(0, len(found), n_seeds)]


def _best(candidates: Iterable[Candidate], heat: Heat) -> Run:
    """Return the candidate that gets most of the rows to choose on right, the first of equals."""
    found = list(candidates)
    right = [accuracy_of(decision, *heat.choosing) for _, _, decision in found]
    setting, n_parameters, decision = found[int(np.argmax(right))]
    accuracy = accuracy_of(decision, heat.X_test, heat.y_test)
    return Run(accuracy, max(right), n_parameters, setting, decision)


def _polynomial(start: Start, heat: Heat, course: Course, seed: int) -> Run:
    from sklearn.linear_model import LogisticRegression

    assert start.shape is not None
    (degree,), n_parameters = start.shape.size, start.shape.n_parameters
    low, high = heat.X[: heat.n_train].min(axis=0), heat.X[: heat.n_train].max(axis=0)
    exponents = _exponents(course.n_features, degree)

    def features(X: np.ndarray) -> np.ndarray:
        return _chebyshev(X, low, high, exponents)

    rows, labels = features(heat.X[: heat.n_train]), heat.y[: heat.n_train]

    def candidates() -> Iterator[Candidate]:
        for penalty in _PENALTIES:
            model: Any = LogisticRegression(C=penalty, solver="newton-cholesky", max_iter=200)
            model.fit(rows, labels)
            yield f"C {penalty:g}", n_parameters, _behind(features, model, course)

    return _best(candidates(), heat)


def _new(kind: Any, **parameters: Any) -> Any:
    """Make a scikit-learn estimator, whose annotations know only the defaults' types."""
    return kind(**parameters)


def _behind(features: Callable[[np.ndarray], np.ndarray], model: Any, course: Course) -> Decision:
    """Return the decision of a model that reads features of the rows."""
    classes = model.classes_

    def decision(X: np.ndarray) -> np.ndarray:
        found = np.asarray(model.decision_function(features(X)))
        return spread_classes(found, classes, len(course.classes))

    return decision


def _exponents(n_features: int, degree: int) -> np.ndarray:
    """Return the exponents of all monomials up to a degree, without the constant."""
    rows = [()]
    for _ in range(n_features):
        rows = [(*row, k) for row in rows for k in range(degree - sum(row) + 1)]
    return np.array(rows[1:], dtype=int).reshape(-1, n_features)


def _chebyshev(
    X: np.ndarray, low: np.ndarray, high: np.ndarray, exponents: np.ndarray
) -> np.ndarray:
    """Return products of Chebyshev polynomials, which span the monomials and are well conditioned.

    Outside of the range that was seen, a row counts as on its edge.
    """
    spread = np.where(high > low, high - low, 1.0)
    place = np.clip(2 * (X - low) / spread - 1, -1, 1)
    angle = np.arccos(place)
    powers = np.cos(np.arange(exponents.max() + 1)[:, None, None] * angle)
    columns = [powers[exponents[:, j], :, j] for j in range(X.shape[1])]
    return np.prod(columns, axis=0).T


def _kernel(start: Start, heat: Heat, course: Course, seed: int) -> Run:
    if start.shape is None:
        return _best(_support_vectors(heat, course), heat)
    return _best(_centers(start.shape, heat, course, seed), heat)


def _support_vectors(heat: Heat, course: Course) -> Iterator[Candidate]:
    """Yield support vector machines, which keep as many rows as they want."""
    from sklearn.svm import SVC

    rows, labels = heat.scaled[: heat.n_train], heat.y[: heat.n_train]
    n_pairs = len(course.classes) * (len(course.classes) - 1) // 2
    for width, cost in product(_WIDTHS, _COSTS):
        model: Any = _new(
            SVC, C=cost, gamma=width / course.n_features, decision_function_shape="ovr"
        )
        model.fit(rows, labels)
        weights = len(model.support_) * (course.n_features + len(course.classes) - 1)
        yield (
            f"gamma {width:g}/d, C {cost:g}",
            weights + n_pairs,
            _behind(heat.scaler.transform, model, course),
        )


def _centers(shape: Shape, heat: Heat, course: Course, seed: int) -> Iterator[Candidate]:
    """Yield machines with a given number of centers, found by k-means among the rows learnt from.

    This is the reduced support vector machine of Lee and Mangasarian (SIAM Data Mining, 2001) with
    the centers of Zhang, Tsang and Kwok (ICML 2008): a linear machine on the kernels' values.
    """
    from sklearn.cluster import KMeans
    from sklearn.svm import LinearSVC

    rows, labels = heat.scaled[: heat.n_train], heat.y[: heat.n_train]
    n_centers = min(shape.size[0], len(np.unique(rows, axis=0)))
    centers = (
        _new(KMeans, n_clusters=n_centers, n_init=1, random_state=seed).fit(rows).cluster_centers_
    )
    n_parameters = kernel_parameters(course.n_features, n_centers, course.n_outputs)
    for width, cost in product(_WIDTHS, _COSTS):
        gamma = width / course.n_features

        def features(X: np.ndarray, gamma: float = gamma) -> np.ndarray:
            return _gaussians(heat.scaler.transform(X), centers, gamma)

        model: Any = _new(LinearSVC, C=cost, dual=False, random_state=0)
        model.fit(_gaussians(rows, centers, gamma), labels)
        yield f"gamma {width:g}/d, C {cost:g}", n_parameters, _behind(features, model, course)


def _gaussians(X: np.ndarray, centers: np.ndarray, gamma: float) -> np.ndarray:
    squares = (X**2).sum(axis=1)[:, None] - 2 * X @ centers.T + (centers**2).sum(axis=1)
    return np.exp(-gamma * np.maximum(squares, 0))
