"""Runners: every contender trained on every seed, as scores and something that can predict.

Conventions: settings are chosen on the rows to choose on, seed by seed: the learning rate of a
network by log loss, everything else by accuracy, the first of equals. A decision is (n,) for two
classes, class 1 where it is above 0, else (n, n_classes), the largest wins.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import product
from typing import TYPE_CHECKING, Any

import numpy as np

from gradatim.experiments.racing.contenders import (
    Contender,
    Shape,
    kernel_parameters,
    shape_for,
)
from gradatim.experiments.racing.course import Course, Heat
from gradatim.network.evaluate import forward
from gradatim.network.graph import Network
from gradatim.scalers import Scaler

if TYPE_CHECKING:
    from gradatim.training.result import FitResult
    from gradatim.training.specs import NetworkSpec
    from gradatim.training.store import Store

__all__ = ["BATCH_SIZE", "Run", "Start", "decide", "network_decision", "starts", "train"]

Decision = Callable[[np.ndarray], np.ndarray]
Progress = Callable[[float, str], None]

#: Rows a step of a network.
BATCH_SIZE = 50

#: Inverse penalties of the logistic regression on polynomial features.
_PENALTIES = (1.0, 100.0, 10_000.0)

#: Widths of the kernel, per feature, and costs of the kernel machines.
_WIDTHS = (0.5, 2.0, 8.0, 32.0)
_COSTS = (1.0, 100.0)


@dataclass(frozen=True)
class Start:
    """A contender with a budget and the shape that it has then.

    Parameters
    ----------
    contender : Contender
        Who.
    budget : int or None
        Parameters at most.
    shape : Shape or None
        None for a kernel machine without a limit.
    """

    contender: Contender
    budget: int | None
    shape: Shape | None


@dataclass(frozen=True)
class Run:
    """What a contender made of one seed.

    Parameters
    ----------
    accuracy : float
        Share of the scored rows that it gets right.
    n_parameters : int
        Numbers that it keeps.
    setting : str
        What was chosen.
    decision : callable
        Takes rows in their own units.
    result : FitResult or None
        The trained network.
    """

    accuracy: float
    n_parameters: int
    setting: str
    decision: Decision
    result: FitResult | None = None


def starts(
    contenders: Sequence[Contender], course: Course, budgets: Sequence[int]
) -> Iterator[Start]:
    """Yield every contender with every budget that it fits into.

    Parameters
    ----------
    contenders : sequence of Contender
        Who.
    course : Course
        Tells features and classes.
    budgets : sequence of int
        Parameters at most.

    Yields
    ------
    Start
        In the order of the contenders, then of the budgets.
    """
    for contender in contenders:
        for budget in budgets if contender.budgeted else [None]:
            shape = shape_for(contender, course.n_features, course.n_outputs, budget)
            if shape is not None or (contender.kind == "kernel" and budget is None):
                yield Start(contender, budget, shape)


def decide(decision: np.ndarray) -> np.ndarray:
    """Turn decisions into labels."""
    return (decision > 0).astype(int) if decision.ndim == 1 else decision.argmax(axis=1)


def train(
    field: Sequence[Start],
    course: Course,
    *,
    learning_rates: Sequence[float],
    max_epochs: int,
    seed: int,
    n_jobs: int | None,
    store: Store | None,
    progress: Progress,
) -> list[list[Run]]:
    """Train every start on every seed.

    Parameters
    ----------
    field : sequence of Start
        Who starts.
    course : Course
        Rows of each seed.
    learning_rates : sequence of float
        Rates that every network is trained at.
    max_epochs : int
        Epochs of a network.
    seed : int
        Seed of initial weights and centers; added to the number of each seed.
    n_jobs : int or None
        Threads.
    store : Store or None
        Where finished networks are kept and looked up.
    progress : callable
        Hears the finished share of the work, and what is done.

    Returns
    -------
    list of list of Run
        One list a start, one run a seed.
    """
    networks = [start for start in field if start.contender.kind == "network"]
    machines = [start for start in field if start.contender.kind != "network"]
    # Measured: the machines take about a fifth of the time that the networks take.
    share = len(networks) / (len(networks) + 0.25 * len(machines))
    trained: dict[int, list[Run]] = {}
    if networks:
        specs = [_specs(start, learning_rates, max_epochs) for start in networks]
        runs = _train_networks(
            specs, course, seed, n_jobs, store, lambda done: progress(share * done, "networks")
        )
        trained |= {id(start): run for start, run in zip(networks, runs, strict=True)}
    if machines:
        runs = _train_machines(
            machines,
            course,
            seed,
            n_jobs,
            lambda done: progress(share + (1 - share) * done, "kernels and polynomials"),
        )
        trained |= {id(start): run for start, run in zip(machines, runs, strict=True)}
    return [trained[id(start)] for start in field]


def _specs(start: Start, learning_rates: Sequence[float], max_epochs: int) -> list[NetworkSpec]:
    from gradatim.training.specs import NetworkSpec

    contender = start.contender
    return [
        NetworkSpec(
            hidden_layer_sizes=() if start.shape is None else start.shape.size,
            activation=contender.activation,
            learning_rate=rate,
            schedule="cosine",
            initialization="he" if contender.activation == "relu" else "glorot",
            max_epochs=max_epochs,
        )
        for rate in learning_rates
    ]


def _train_networks(
    specs: Sequence[Sequence[NetworkSpec]],
    course: Course,
    seed: int,
    n_jobs: int | None,
    store: Store | None,
    progress: Callable[[float], None],
) -> list[list[Run]]:
    from dataclasses import replace

    from gradatim.training.fit import FitJob, fit_jobs

    flat = [spec for group in specs for spec in group]
    jobs = [
        FitJob(
            [replace(spec, seed=seed + number) for spec in flat],
            heat.scaled,
            heat.y,
            heat.training,
            1 - heat.training,
        )
        for number, heat in enumerate(course.heats)
    ]
    results = fit_jobs(
        jobs,
        max_epochs=flat[0].max_epochs or 1,
        batch_size=BATCH_SIZE,
        random_state=seed,
        n_jobs=n_jobs,
        callback=progress,
        store=store,
    )
    n_rates = len(specs[0])
    return [
        [
            _network_run(min(found[first : first + n_rates], key=_validation_loss), heat)
            for found, heat in zip(results, course.heats, strict=True)
        ]
        for first in range(0, len(flat), n_rates)
    ]


def _validation_loss(result: FitResult) -> float:
    finite = result.validation_curve[np.isfinite(result.validation_curve)]
    return float(finite.min(initial=np.inf))


def _network_run(result: FitResult, heat: Heat) -> Run:
    decision = network_decision(result.network, heat.scaler)
    return Run(
        accuracy=_accuracy(decision, heat.X_test, heat.y_test),
        n_parameters=result.network.n_parameters,
        setting=f"rate {result.spec.learning_rate:g}",
        decision=decision,
        result=result,
    )


def network_decision(network: Network, scaler: Scaler) -> Decision:
    """Return what a network decides by: the pre-activations of its outputs.

    Parameters
    ----------
    network : Network
        Reads standardized rows.
    scaler : Scaler
        Standardizes them.

    Returns
    -------
    callable
        Takes rows in their own units.
    """

    def decision(X: np.ndarray) -> np.ndarray:
        z = forward(network, scaler.transform(X)).pre_activations[-1]
        return z[:, 0] if z.shape[1] == 1 else z

    return decision


def _accuracy(decision: Decision, X: np.ndarray, y: np.ndarray) -> float:
    return float(np.mean(decide(decision(X)) == y))


def _train_machines(
    field: Sequence[Start],
    course: Course,
    seed: int,
    n_jobs: int | None,
    progress: Callable[[float], None],
) -> list[list[Run]]:
    """Train what is solved at once rather than by epochs, a seed a thread."""
    import os

    from threadpoolctl import threadpool_limits

    tasks = [(start, number) for start in field for number in range(len(course.heats))]

    def one(task: tuple[Start, int]) -> Run:
        start, number = task
        fit = _polynomial if start.contender.kind == "polynomial" else _kernel
        return fit(start, course.heats[number], course, seed + number)

    found = []
    # Warnings are muted here, not in a thread: the setting is the whole process's.
    with threadpool_limits(1), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        with ThreadPoolExecutor(n_jobs or os.cpu_count() or 1) as pool:
            for run in pool.map(one, tasks):
                found.append(run)
                progress(len(found) / len(tasks))
    n_seeds = len(course.heats)
    return [found[i : i + n_seeds] for i in range(0, len(found), n_seeds)]


def _best(candidates: Iterator[tuple[str, int, Decision]], heat: Heat) -> Run:
    """Return the candidate that gets most of the rows to choose on right, the first of equals."""
    X, y = heat.X[heat.n_train :], heat.y[heat.n_train :]
    scored = [(_accuracy(decision, X, y), -i, row) for i, row in enumerate(candidates)
              for decision in [row[2]]]  # fmt: skip
    _, _, (setting, n_parameters, decision) = max(scored, key=lambda one: one[:2])
    return Run(_accuracy(decision, heat.X_test, heat.y_test), n_parameters, setting, decision)


def _polynomial(start: Start, heat: Heat, course: Course, seed: int) -> Run:
    from sklearn.linear_model import LogisticRegression

    assert start.shape is not None
    degree = start.shape.size[0]
    low, high = heat.X[: heat.n_train].min(axis=0), heat.X[: heat.n_train].max(axis=0)
    exponents = _exponents(course.n_features, degree)

    def features(X: np.ndarray) -> np.ndarray:
        return _chebyshev(X, low, high, exponents)

    rows, labels = features(heat.X[: heat.n_train]), heat.y[: heat.n_train]

    def candidates() -> Iterator[tuple[str, int, Decision]]:
        for penalty in _PENALTIES:
            model: Any = LogisticRegression(C=penalty, solver="newton-cholesky", max_iter=200)
            model.fit(rows, labels)
            yield f"C {penalty:g}", start.shape.n_parameters, _behind(features, model, course)

    return _best(candidates(), heat)


def _behind(features: Callable[[np.ndarray], np.ndarray], model: Any, course: Course) -> Decision:
    """Return the decision of a model that reads features of the rows."""
    classes = model.classes_

    def decision(X: np.ndarray) -> np.ndarray:
        found = np.asarray(model.decision_function(features(X)))
        if found.ndim == 2 and len(classes) < len(course.classes):
            # A class that the rows to learn from lack is never named.
            whole = np.full((len(found), len(course.classes)), -np.inf)
            whole[:, classes] = found
            return whole
        return found

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


def _support_vectors(heat: Heat, course: Course) -> Iterator[tuple[str, int, Decision]]:
    """Yield support vector machines, which keep as many rows as they want."""
    from sklearn.svm import SVC

    rows, labels = heat.scaled[: heat.n_train], heat.y[: heat.n_train]
    n_pairs = len(course.classes) * (len(course.classes) - 1) // 2
    for width, cost in product(_WIDTHS, _COSTS):
        model = SVC(C=cost, gamma=width / course.n_features, decision_function_shape="ovr")
        model.fit(rows, labels)
        weights = len(model.support_) * (course.n_features + len(course.classes) - 1)
        yield (
            f"gamma {width:g}/d, C {cost:g}",
            weights + n_pairs,
            _behind(heat.scaler.transform, model, course),
        )


def _centers(
    shape: Shape, heat: Heat, course: Course, seed: int
) -> Iterator[tuple[str, int, Decision]]:
    """Yield machines with a given number of centers, found by k-means among the rows learnt from.

    This is the reduced support vector machine of Lee and Mangasarian (SIAM Data Mining, 2001) with
    the centers of Zhang, Tsang and Kwok (ICML 2008): a linear machine on the kernels' values.
    """
    from sklearn.cluster import KMeans
    from sklearn.svm import LinearSVC

    rows, labels = heat.scaled[: heat.n_train], heat.y[: heat.n_train]
    n_centers = min(shape.size[0], len(np.unique(rows, axis=0)))
    centers = KMeans(n_centers, n_init=1, random_state=seed).fit(rows).cluster_centers_
    n_parameters = kernel_parameters(course.n_features, n_centers, course.n_outputs)
    for width, cost in product(_WIDTHS, _COSTS):
        gamma = width / course.n_features

        def features(X: np.ndarray, gamma: float = gamma) -> np.ndarray:
            return _gaussians(heat.scaler.transform(X), centers, gamma)

        model = LinearSVC(C=cost, dual=False, random_state=0)
        model.fit(_gaussians(rows, centers, gamma), labels)
        yield f"gamma {width:g}/d, C {cost:g}", n_parameters, _behind(features, model, course)


def _gaussians(X: np.ndarray, centers: np.ndarray, gamma: float) -> np.ndarray:
    squares = (X**2).sum(axis=1)[:, None] - 2 * X @ centers.T + (centers**2).sum(axis=1)
    return np.exp(-gamma * np.maximum(squares, 0))
