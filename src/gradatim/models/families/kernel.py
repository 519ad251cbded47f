"""The kernel rung: support vector machines with polynomial and RBF kernels (L11).

Conventions: scikit-learn's SVC and SVR on precomputed kernels of standardized inputs; ``gamma``
is relative to 1 / n_features, so that 1 is scikit-learn's "scale" for standardized inputs.
"""

from __future__ import annotations

import threading
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any, NamedTuple

import numpy as np

from gradatim._progress import Progress
from gradatim.models.families.base import Family, Fit, Fitted, by_rows, make_model
from gradatim.models.learners import KernelMachines, SupportVectors
from gradatim.models.training_set import Plan, TrainingSet
from gradatim.scalers import Scaler
from gradatim.training.target_units import TargetUnits

__all__ = ["Kernel", "KernelSetting"]


#: What scikit-learn may keep of a kernel, at most.
_CACHE_BYTES = 500_000_000


class KernelSetting(NamedTuple):
    """What one kernel machine is given."""

    degree: int  # Degree of the polynomial kernel; 0 for RBF
    # Factor of the squared distance, or of the inner product, in units of 1 / n_features
    gamma: float
    C: float  # Weight of the errors against the margin


class Kernel(Family):
    """Polynomial and RBF support vector machines."""

    name = "kernel"
    title = "the kernel machine"
    thorough = False

    def candidates(self, data: TrainingSet, input: str) -> Sequence[KernelSetting]:
        """List machines; polynomial before RBF, small C first."""
        polynomial = [KernelSetting(d, 1.0, C) for d in (2, 3) for C in (0.1, 1.0, 10.0)]
        rbf = [KernelSetting(0, g, C) for g in (0.3, 1.0, 3.0) for C in (1.0, 10.0, 100.0)]
        return polynomial + rbf

    def describe(self, candidate: KernelSetting) -> str:
        """Name kernel, gamma and C."""
        if candidate.degree:
            return f"polynomial of degree {candidate.degree}, C {candidate.C:g}"
        return f"RBF, gamma {candidate.gamma:g}/d, C {candidate.C:g}"

    def seconds(self, data: TrainingSet, input: str, plan: Plan) -> float:
        """Guess from the number of kernel entries."""
        n, d = data.collection.X[input].shape
        n_fits = plan.n_choosing * len(self.candidates(data, input)) + plan.n_scored
        outputs = data.targets.n_outputs if data.task != "classification" else 1
        return 0.2 + n_fits * n**2 * (60 * outputs + d / 15) / 2e9

    def bytes(self, data: TrainingSet, input: str, plan: Plan) -> int:
        """Estimate inner products, the kernel, a temporary on the way, and the solver's cache."""
        n, d = data.collection.X[input].shape
        products = 8 * plan.n_train * n + 16 * n * d
        machine = 16 * plan.n_train * n + min(_CACHE_BYTES, 4 * plan.n_train**2)
        return data.n_jobs * (products + machine) + 4 * n * d

    def fit(
        self, data: TrainingSet, input: str, fits: Sequence[Fit], progress: Progress
    ) -> list[Fitted]:
        """Fit the machines of each split on common inner products, in threads."""
        fitted: dict[int, Fitted] = {}

        def one(i: int, common: _Common) -> Fitted:
            scaler, products = common.take()
            learner, outputs = _fit_machines(data, products, fits[i])
            common.leave()
            machine = Fitted(make_model(self, data, input, learner, scaler), outputs)
            fits[i].keep(machine)
            return machine

        with ThreadPoolExecutor(data.n_jobs) as pool:
            # One split after the other, so that few have their products in memory at once.
            waiting = {}
            for split in by_rows(fits):
                common = _Common(data, input, fits[split[0]], len(split))
                waiting |= {i: pool.submit(one, i, common) for i in split}
            try:
                for i, future in waiting.items():
                    fitted[i] = future.result()
                    progress(len(fitted) / len(fits), "fitting")
            except BaseException:
                pool.shutdown(wait=False, cancel_futures=True)
                raise
        return [fitted[i] for i in range(len(fits))]


class _Common:
    """The inner products of a split, computed for its first machine and let go with its last."""

    def __init__(self, data: TrainingSet, input: str, fit: Fit, n_machines: int) -> None:
        def make() -> tuple[Scaler, _Products]:
            scaler, X = data.scaler(input, fit.train, "standard"), data.collection.X[input]
            return scaler, _Products(*(scaler.transform(X[rows]) for rows in (fit.train, fit.test)))

        self._make = make
        self._left, self._turn = n_machines, threading.Lock()
        self._made: tuple[Scaler, _Products] | None = None

    def take(self) -> tuple[Scaler, _Products]:
        """Return the scaler and the products."""
        with self._turn:
            if self._made is None:
                self._made = self._make()
            return self._made

    def leave(self) -> None:
        """Say that one of the machines is done with them."""
        with self._turn:
            self._left -= 1
            if not self._left:
                self._made = None


class _Products:
    """Inner products of the rows to learn from, and of the rows to judge with them."""

    def __init__(self, train: np.ndarray, test: np.ndarray) -> None:
        A, B = train.astype(np.float64), test.astype(np.float64)
        self.rows, self.n_features = train, train.shape[1]
        self.train, self.test = A @ A.T, B @ A.T
        self.squares, self.test_squares = (A**2).sum(axis=1), (B**2).sum(axis=1)

    def kernels(self, setting: KernelSetting) -> tuple[np.ndarray, np.ndarray]:
        """Compute the kernel among training rows, and of the rows to judge with them."""
        gamma = setting.gamma / self.n_features
        if setting.degree:
            return (gamma * self.train + 1.0) ** setting.degree, (
                gamma * self.test + 1.0
            ) ** setting.degree
        train = self.squares[:, None] + self.squares - 2 * self.train
        test = self.test_squares[:, None] + self.squares - 2 * self.test
        return np.exp(-gamma * np.maximum(train, 0)), np.exp(-gamma * np.maximum(test, 0))

    def vectors(self, setting: KernelSetting, support: np.ndarray, **found: Any) -> SupportVectors:
        """Make a machine of the training rows that support it."""
        gamma = setting.gamma / self.n_features
        return SupportVectors(setting.degree, gamma, self.rows[support], **found)


def _fit_machines(
    data: TrainingSet, products: _Products, fit: Fit
) -> tuple[KernelMachines, np.ndarray]:
    """Fit the machines of a setting; return them with their outputs for the rows to judge."""
    train, test = products.kernels(fit.candidate)
    matrix = data.targets.matrix[fit.train]
    if data.task == "classification":
        found = [_classify(products, train, data.codes[fit.train], fit.candidate)]
    elif data.task == "multilabel":
        found = [_classify(products, train, y.astype(int), fit.candidate) for y in matrix.T]
    else:
        found = [_regress(products, train, y, fit.candidate) for y in matrix.T]
    learner = KernelMachines(tuple(m for m, _ in found), data.targets.n_outputs)
    return learner, learner.outputs_of([test[:, support] for _, support in found])


def _classify(
    products: _Products, kernel: np.ndarray, codes: np.ndarray, setting: KernelSetting
) -> tuple[SupportVectors, np.ndarray]:
    from sklearn.svm import SVC

    present = np.unique(codes)
    if len(present) == 1:
        none = np.zeros(0, dtype=int)
        empty = {"coefficients": np.zeros((0, 0)), "intercepts": np.zeros(0)}
        return products.vectors(setting, none, codes=(int(present[0]),), **empty), none
    model = SVC(C=setting.C, kernel="precomputed", cache_size=500).fit(kernel, codes)
    machine = products.vectors(
        setting,
        model.support_,
        coefficients=np.array(model.dual_coef_),
        intercepts=np.array(model.intercept_),
        codes=tuple(present.tolist()),
        counts=tuple(model.n_support_.tolist()),
    )
    return machine, model.support_


def _regress(
    products: _Products, kernel: np.ndarray, y: np.ndarray, setting: KernelSetting
) -> tuple[SupportVectors, np.ndarray]:
    from sklearn.svm import SVR

    units = TargetUnits.learn(y[:, None])
    mean, spread = float(units.center[0]), float(units.spread[0])
    model = SVR(C=setting.C, kernel="precomputed", cache_size=500).fit(kernel, (y - mean) / spread)
    machine = products.vectors(
        setting,
        model.support_,
        coefficients=np.array(model.dual_coef_),
        intercepts=np.array(model.intercept_),
        mean=mean,
        spread=spread,
    )
    return machine, model.support_
