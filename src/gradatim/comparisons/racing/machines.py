"""Machines of a race: all but networks, which are solved or taught a seed at a time.

Conventions: penalty, cost and width of a kernel are those that get most of the rows to choose on
right, the first of equals, seed by seed. Polynomials and machines with limited centers are linear
in features, so what is learnt is one layer.
"""

from __future__ import annotations

import os
import warnings
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from itertools import product
from typing import Any

import numpy as np

from gradatim._progress import Progress
from gradatim.comparisons.racing.contenders import ContenderShape, kernel_parameters
from gradatim.comparisons.racing.rule import train_rule
from gradatim.comparisons.racing.runs import (
    Candidate,
    Decision,
    Run,
    accuracy_of,
    decision_of,
    network_decision,
)
from gradatim.comparisons.racing.task import RaceTask, Split
from gradatim.feature_maps import monomials
from gradatim.network.graph import Layer, Network

__all__ = ["train_machines"]

#: Setting, number of parameters and decision.
Trial = tuple[str, int, Decision]

#: Inverse penalties of the logistic regression on polynomial features.
_PENALTIES = (1.0, 100.0, 10_000.0)

#: Widths of the kernel, per feature, and costs of the kernel machines.
_WIDTHS = (0.5, 2.0, 8.0, 32.0)
_COSTS = (1.0, 100.0)


def train_machines(
    field: Sequence[Candidate], task: RaceTask, seed: int, n_jobs: int | None, progress: Progress
) -> dict[Candidate, list[Run]]:
    """Train what is no network, one seed per thread."""
    from threadpoolctl import threadpool_limits

    jobs = [(candidate, number) for candidate in field for number in range(len(task.splits))]

    def one(job: tuple[Candidate, int]) -> Run:
        candidate, number = job
        split = task.splits[number]
        if candidate.contender.kind == "rule":
            return train_rule(split, task, seed + number)
        trials = _trials(candidate, split, task, seed + number)
        best = max(trials, key=lambda found: accuracy_of(found[2], *split.choosing))
        return Run.of(split, *best)

    found = []
    # Warnings are muted here, not in a thread: the setting is the whole process's.
    with threadpool_limits(1), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        with ThreadPoolExecutor(n_jobs or os.cpu_count() or 1) as pool:
            for run in pool.map(one, jobs):
                found.append(run)
                progress(len(found) / len(jobs), "training")
    n_seeds = len(task.splits)
    return {candidate: found[i * n_seeds : (i + 1) * n_seeds] for i, candidate in enumerate(field)}


def _trials(candidate: Candidate, split: Split, task: RaceTask, seed: int) -> Iterator[Trial]:
    if candidate.shape is None:
        return _support_vectors(split, task)
    if candidate.contender.kind == "polynomial":
        return _polynomials(candidate.shape, split, task)
    return _centers(candidate.shape, split, task, seed)


def _polynomials(shape: ContenderShape, split: Split, task: RaceTask) -> Iterator[Trial]:
    """Yield logistic regressions on all monomials up to a degree."""
    from sklearn.linear_model import LogisticRegression

    X, y = split.X[: split.n_train], split.y[: split.n_train]
    exponents = np.array(sorted(m.exponents for m in monomials(task.n_features, *shape.size)))
    features = partial(_chebyshev, low=X.min(axis=0), high=X.max(axis=0), exponents=exponents)
    rows = features(X)
    for penalty in _PENALTIES:
        model = LogisticRegression(C=penalty, solver="newton-cholesky", max_iter=200).fit(rows, y)
        yield f"C {penalty:g}", shape.n_parameters, _linear(model, features, task)


def _linear(model: Any, features: Callable[[np.ndarray], np.ndarray], task: RaceTask) -> Decision:
    """Return the decision of a model that is linear in features."""
    network = Network([Layer(model.coef_, model.intercept_)])
    return network_decision(network, features, model.classes_, task)


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


def _support_vectors(split: Split, task: RaceTask) -> Iterator[Trial]:
    """Yield support vector machines, which keep as many rows as they want."""
    from sklearn import svm

    # Its annotations know only the defaults' types.
    machine: Any = svm.SVC
    rows, labels = split.learning
    n_classes = len(task.classes)
    n_pairs = n_classes * (n_classes - 1) // 2
    for width, cost in product(_WIDTHS, _COSTS):
        model = machine(C=cost, gamma=width / task.n_features).fit(rows, labels)

        def scores(X: np.ndarray, model: Any = model) -> np.ndarray:
            return model.decision_function(split.scaler.transform(X))

        weights = len(model.support_) * (task.n_features + n_classes - 1)
        decision = decision_of(scores, model.classes_, task)
        yield _named(width, cost), weights + n_pairs, decision


def _centers(shape: ContenderShape, split: Split, task: RaceTask, seed: int) -> Iterator[Trial]:
    """Yield machines with a given number of centers, found by k-means among the rows learnt from.

    This is the reduced support vector machine of Lee and Mangasarian (SIAM Data Mining, 2001) with
    the centers of Zhang, Tsang and Kwok (ICML 2008): a linear machine on the kernels' values.
    """
    from sklearn import cluster, svm

    # Their annotations know only the defaults' types.
    means: Any = cluster.KMeans
    machine: Any = svm.LinearSVC
    rows, labels = split.learning
    n_centers = min(shape.size[0], len(np.unique(rows, axis=0)))
    centers = means(n_centers, n_init=1, random_state=seed).fit(rows).cluster_centers_
    n_parameters = kernel_parameters(task.n_features, n_centers, task.n_outputs)
    for width, cost in product(_WIDTHS, _COSTS):
        kernels = partial(_gaussians, centers=centers, gamma=width / task.n_features)
        model = machine(C=cost, dual=False, random_state=0).fit(kernels(rows), labels)

        def features(X: np.ndarray, kernels: Callable = kernels) -> np.ndarray:
            return kernels(split.scaler.transform(X))

        yield _named(width, cost), n_parameters, _linear(model, features, task)


def _named(width: float, cost: float) -> str:
    return f"gamma {width:g}/d, C {cost:g}"


def _gaussians(X: np.ndarray, centers: np.ndarray, gamma: float) -> np.ndarray:
    squares = (X**2).sum(axis=1)[:, None] - 2 * X @ centers.T + (centers**2).sum(axis=1)
    return np.exp(-gamma * np.maximum(squares, 0))
