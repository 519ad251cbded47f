"""The kernel rung: support vector machines with polynomial and RBF kernels (L11).

Conventions: scikit-learn's SVC and SVR on precomputed kernels of standardized inputs; ``gamma``
is relative to 1 / n_features, so that 1 is scikit-learn's "scale" for standardized inputs.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import NamedTuple

import numpy as np
from sklearn.svm import SVC, SVR

from gradatim.climb.problem import Problem
from gradatim.climb.rungs.base import Family, Fit, Fitted

__all__ = ["Kernel", "Machine"]


class Machine(NamedTuple):
    """One kernel machine."""

    degree: int  # Degree of the polynomial kernel; 0 for RBF
    # Factor of the squared distance, or of the inner product, in units of 1 / n_features
    gamma: float
    C: float  # Weight of the errors against the margin


class Kernel(Family):
    """Polynomial and RBF support vector machines."""

    name = "kernel"
    thorough = False

    def candidates(self, problem: Problem, input: str) -> Sequence[Machine]:
        """List machines; polynomial before RBF, small C first."""
        polynomial = [Machine(d, 1.0, C) for d in (2, 3) for C in (0.1, 1.0, 10.0)]
        rbf = [Machine(0, g, C) for g in (0.3, 1.0, 3.0) for C in (1.0, 10.0, 100.0)]
        return polynomial + rbf

    def describe(self, candidate: Machine) -> str:
        """Name kernel, gamma and C."""
        if candidate.degree:
            return f"polynomial of degree {candidate.degree}, C {candidate.C:g}"
        return f"RBF, gamma {candidate.gamma:g}/d, C {candidate.C:g}"

    def seconds(self, problem: Problem, input: str) -> float:
        """Guess from the number of kernel entries."""
        n, d = problem.collection.X[input].shape
        n_fits = problem.folds.repeats * (
            len(problem.folds.pairs(False)) * 15 + problem.folds.folds
        )
        outputs = problem.targets.n_outputs if problem.task != "classification" else 1
        return 0.2 + n_fits * n**2 * (60 * outputs + d / 15) / 2e9

    def fit(
        self, problem: Problem, input: str, fits: Sequence[Fit], report: Callable[[float], None]
    ) -> list[Fitted]:
        """Fit the machines of each split on common inner products, in threads."""
        splits: dict[tuple, list[int]] = {}
        for i, fit in enumerate(fits):
            splits.setdefault((fit.train.tobytes(), fit.test.tobytes()), []).append(i)
        fitted: dict[int, Fitted] = {}

        def one(i: int, common: _Common) -> Fitted:
            machine = _fit_machine(problem, common.take(), fits[i])
            common.leave()
            fits[i].keep(machine)
            return machine

        with ThreadPoolExecutor(problem.n_jobs) as pool:
            # One split after the other, so that few have their products in memory at once.
            waiting = {}
            for members in splits.values():
                common = _Common(problem, input, fits[members[0]], len(members))
                waiting |= {i: pool.submit(one, i, common) for i in members}
            try:
                for i, future in waiting.items():
                    fitted[i] = future.result()
                    report(len(fitted) / len(fits))
            except BaseException:
                pool.shutdown(wait=False, cancel_futures=True)
                raise
        return [fitted[i] for i in range(len(fits))]


class _Common:
    """The inner products of a split, computed for its first machine and let go with its last."""

    def __init__(self, problem: Problem, input: str, fit: Fit, n_machines: int) -> None:
        self._make = lambda: _Products(problem.scaled(input, fit.train, "standard"), fit)
        self._left, self._turn = n_machines, threading.Lock()
        self._products: _Products | None = None

    def take(self) -> _Products:
        """Return the products."""
        with self._turn:
            if self._products is None:
                self._products = self._make()
            return self._products

    def leave(self) -> None:
        """Say that one of the machines is done with them."""
        with self._turn:
            self._left -= 1
            if not self._left:
                self._products = None


class _Products:
    """Inner products of the rows to learn from, and of the rows to predict with them."""

    def __init__(self, X: np.ndarray, fit: Fit) -> None:
        A, B = X[fit.train].astype(np.float64), X[fit.test].astype(np.float64)
        self.n_features = X.shape[1]
        self.train, self.test = A @ A.T, B @ A.T
        self.squares, self.test_squares = (A**2).sum(axis=1), (B**2).sum(axis=1)

    def kernels(self, machine: Machine) -> tuple[np.ndarray, np.ndarray]:
        """Compute the kernel among training rows, and of test rows with them."""
        gamma = machine.gamma / self.n_features
        if machine.degree:
            return (gamma * self.train + 1.0) ** machine.degree, (
                gamma * self.test + 1.0
            ) ** machine.degree
        train = self.squares[:, None] + self.squares - 2 * self.train
        test = self.test_squares[:, None] + self.squares - 2 * self.test
        return np.exp(-gamma * np.maximum(train, 0)), np.exp(-gamma * np.maximum(test, 0))


def _fit_machine(problem: Problem, products: _Products, fit: Fit) -> Fitted:
    train, test = products.kernels(fit.candidate)
    if problem.task == "classification":
        labels = _codes(problem)
        outputs, n = _classify(train, labels[fit.train], test, fit.candidate.C)
        if problem.targets.n_outputs > 1:
            outputs = np.eye(problem.targets.n_outputs)[outputs]
        return Fitted(outputs.reshape(len(fit.test), -1), n)
    columns, n_parameters = [], 0
    for y in problem.targets.matrix.T:
        if problem.task == "multilabel":
            column, n = _classify(train, y[fit.train].astype(int), test, fit.candidate.C)
        else:
            column, n = _regress(train, y[fit.train], test, fit.candidate.C)
        columns.append(column)
        n_parameters += n
    return Fitted(np.stack(columns, axis=1), n_parameters)


def _codes(problem: Problem) -> np.ndarray:
    matrix = problem.targets.matrix
    return matrix[:, 0].astype(int) if matrix.shape[1] == 1 else matrix.argmax(axis=1)


def _classify(
    train: np.ndarray, codes: np.ndarray, test: np.ndarray, C: float
) -> tuple[np.ndarray, int]:
    if len(np.unique(codes)) == 1:
        return np.full(len(test), codes[0]), 1
    model = SVC(C=C, kernel="precomputed", cache_size=500).fit(train, codes)
    return model.predict(test), model.dual_coef_.size + model.intercept_.size


def _regress(
    train: np.ndarray, y: np.ndarray, test: np.ndarray, C: float
) -> tuple[np.ndarray, int]:
    mean, spread = float(y.mean()), float(y.std()) or 1.0
    model = SVR(C=C, kernel="precomputed", cache_size=500).fit(train, (y - mean) / spread)
    return model.predict(test) * spread + mean, model.dual_coef_.size + 1
