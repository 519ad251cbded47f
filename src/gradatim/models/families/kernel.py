"""The kernel rung: support vector machines with polynomial and RBF kernels (L11).

Conventions: scikit-learn's SVC and SVR on precomputed kernels of standardized inputs; ``gamma``
is relative to 1 / n_features, so that 1 is scikit-learn's "scale" for standardized inputs. Beyond
`MOST_EXACT` rows machines stand on landmarks.
"""

from __future__ import annotations

import threading
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any, NamedTuple

import numpy as np

from gradatim._progress import Progress
from gradatim.collection import Notice
from gradatim.models.families.base import Family, Fit, Fitted, by_rows, make_model
from gradatim.models.families.landmarks import (
    LANDMARKS,
    LANDMARKS_TO_CHOOSE,
    MOST_ROWS_TO_CHOOSE,
    choose_landmarks,
    fit_on_landmarks,
)
from gradatim.models.learners import KernelMachines, LandmarkMachine, SupportVectors
from gradatim.models.training_set import Plan, TrainingSet
from gradatim.scalers import Scaler
from gradatim.training.target_units import TargetUnits

__all__ = ["MOST_EXACT", "Kernel", "KernelSetting"]

#: Rows up to which a machine may stand on any of them; time and memory grow with their square.
MOST_EXACT = 4_000

#: What scikit-learn may keep of a kernel, at most.
_CACHE_BYTES = 500_000_000


class KernelSetting(NamedTuple):
    """What one kernel machine is given."""

    degree: int  # Degree of the polynomial kernel; 0 for RBF
    # Factor of the squared distance, or of the inner product, in units of 1 / n_features
    gamma: float
    C: float  # Weight of the errors against the margin
    landmarks: int = 0  # Rows on which the machine stands; 0 if on any


#: The machines to choose from.
_SETTINGS = [
    *(KernelSetting(d, 1.0, C) for d in (2, 3) for C in (0.1, 1.0, 10.0)),
    *(KernelSetting(0, g, C) for g in (0.3, 1.0, 3.0) for C in (1.0, 10.0, 100.0)),
]


class Kernel(Family):
    """Polynomial and RBF support vector machines."""

    name = "kernel"
    title = "the kernel machine"
    thorough = False

    def candidates(self, data: TrainingSet, input: str) -> Sequence[KernelSetting]:
        """List machines; polynomial before RBF, small C first."""
        if data.collection.n_samples > MOST_EXACT:
            return [one._replace(landmarks=LANDMARKS) for one in _SETTINGS]
        return _SETTINGS

    def describe(self, candidate: KernelSetting) -> str:
        """Name kernel, gamma and C."""
        kernel = f"polynomial of degree {candidate.degree}"
        if not candidate.degree:
            kernel = f"RBF, gamma {candidate.gamma:g}/d"
        on = f" on {candidate.landmarks:,} landmarks" if candidate.landmarks else ""
        return f"{kernel}, C {candidate.C:g}{on}"

    def notices(self, data: TrainingSet) -> Sequence[Notice]:
        """Say that machines stand on landmarks."""
        n = data.collection.n_samples
        if n <= MOST_EXACT:
            return ()
        text = (
            f"kernel machines stand on {LANDMARKS:,} landmarks (Nystroem), since {n:,} "
            f"samples are more than {MOST_EXACT:,}; their settings are chosen on fewer"
        )
        return (Notice("landmarks", text),)

    def seconds(self, data: TrainingSet, input: str, plan: Plan) -> float:
        """Guess from the number of kernel entries."""
        n, d = data.collection.X[input].shape
        if n > MOST_EXACT:
            return _landmark_seconds(data, plan, d)
        n_fits = plan.n_choosing * len(self.candidates(data, input)) + plan.n_scored
        outputs = data.targets.n_outputs if data.task != "classification" else 1
        return 0.2 + n_fits * n**2 * (60 * outputs + d / 15) / 2e9

    def bytes(self, data: TrainingSet, input: str, plan: Plan) -> int:
        """Estimate inner products, the kernel, a temporary on the way, and the solver's cache."""
        n, d = data.collection.X[input].shape
        if n > MOST_EXACT:
            m = LANDMARKS
            # The kernel, the squared hinge's temporaries, and four matrices of landmarks.
            rows = 8 * plan.n_train * (m + d + 6 * data.targets.n_outputs)
            return data.n_jobs * (rows + 8 * 4096 * m + 32 * m**2) + 16 * n * d
        products = 8 * plan.n_train * n + 16 * n * d
        machine = 16 * plan.n_train * n + min(_CACHE_BYTES, 4 * plan.n_train**2)
        return data.n_jobs * (products + machine) + 4 * n * d

    def fit(
        self, data: TrainingSet, input: str, fits: Sequence[Fit], progress: Progress
    ) -> list[Fitted]:
        """Fit the machines of each split on common inner products, in threads."""
        if fits[0].candidate.landmarks:
            return self._fit_on_landmarks(data, input, fits, progress)
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

    def _fit_on_landmarks(
        self, data: TrainingSet, input: str, fits: Sequence[Fit], progress: Progress
    ) -> list[Fitted]:
        """Fit the machines of each split and kernel together, in threads."""
        fitted: dict[int, Fitted] = {}
        together: dict[tuple[int, int, float], list[int]] = {}
        for k, split in enumerate(by_rows(fits)):
            for i in split:
                setting = fits[i].candidate
                together.setdefault((k, setting.degree, setting.gamma), []).append(i)

        def several(places: list[int]) -> dict[int, Fitted]:
            scaler, learners, outputs = _on_landmarks(data, input, [fits[i] for i in places])
            found = {}
            for i, learner, out in zip(places, learners, outputs, strict=True):
                found[i] = Fitted(make_model(self, data, input, learner, scaler), out)
                fits[i].keep(found[i])
            return found

        with ThreadPoolExecutor(data.n_jobs) as pool:
            waiting = [pool.submit(several, places) for places in together.values()]
            try:
                for future in waiting:
                    fitted |= future.result()
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
    matrix, weights = data.targets.matrix[fit.train], data.weights(fit.train)
    if data.task == "classification":
        found = [_classify(products, train, data.codes[fit.train], fit.candidate, weights)]
    else:
        learn = _classify if data.task == "multilabel" else _regress
        found = [learn(products, train, y, fit.candidate, weights) for y in matrix.T]
    learner = KernelMachines(tuple(m for m, _ in found), data.targets.n_outputs)
    return learner, learner.outputs_of([test[:, support] for _, support in found])


def _classify(
    products: _Products,
    kernel: np.ndarray,
    codes: np.ndarray,
    setting: KernelSetting,
    weights: np.ndarray | None,
) -> tuple[SupportVectors, np.ndarray]:
    from sklearn.svm import SVC

    codes = codes.astype(int)
    present = np.unique(codes)
    if len(present) == 1:
        none = np.zeros(0, dtype=int)
        empty = {"coefficients": np.zeros((0, 0)), "intercepts": np.zeros(0)}
        return products.vectors(setting, none, codes=(int(present[0]),), **empty), none
    model = SVC(C=setting.C, kernel="precomputed", cache_size=500)
    model.fit(kernel, codes, weights)
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
    products: _Products,
    kernel: np.ndarray,
    y: np.ndarray,
    setting: KernelSetting,
    weights: np.ndarray | None,
) -> tuple[SupportVectors, np.ndarray]:
    from sklearn.svm import SVR

    units = TargetUnits.learn(y[:, None], weights)
    mean, spread = float(units.center[0]), float(units.spread[0])
    model = SVR(C=setting.C, kernel="precomputed", cache_size=500)
    model.fit(kernel, (y - mean) / spread, weights)
    machine = products.vectors(
        setting,
        model.support_,
        coefficients=np.array(model.dual_coef_),
        intercepts=np.array(model.intercept_),
        mean=mean,
        spread=spread,
    )
    return machine, model.support_


def _on_landmarks(
    data: TrainingSet, input: str, fits: Sequence[Fit]
) -> tuple[Scaler, list[LandmarkMachine], list[np.ndarray]]:
    """Fit the machines of one split and kernel; return them with outputs for the rows to judge."""
    first, X = fits[0], data.collection.X[input]
    scaler = data.scaler(input, first.train, "standard")
    # A machine that is judged here serves to choose a setting, and none other.
    drawn, places = choose_landmarks(len(first.train), bool(len(first.test)), data.seed)
    rows = first.train[drawn]
    landmarks = scaler.transform(X[first.train[places]], np.float64)
    values, codes, units = _values(data, rows)
    degree, gamma = first.candidate.degree, first.candidate.gamma / X.shape[1]
    n_outputs, decides = data.targets.n_outputs, data.task != "regression"
    if values.shape[1] == 0:
        empty = np.zeros((0, X.shape[1])), np.zeros((0, 0)), np.zeros(0)
        learners = [LandmarkMachine(degree, gamma, *empty, n_outputs, codes)] * len(fits)
    else:
        Z, Cs = scaler.transform(X[rows], np.float64), [fit.candidate.C for fit in fits]
        learners = [
            LandmarkMachine(
                degree,
                gamma,
                landmarks,
                coefficients * units.spread[:, None],
                intercepts * units.spread + units.center,
                n_outputs,
                codes,
                decides,
            )
            for coefficients, intercepts in fit_on_landmarks(
                Z, landmarks, degree, gamma, Cs, values, decides, data.weights(rows)
            )
        ]
    Z = scaler.transform(X[first.test], np.float64)
    return scaler, learners, [learner.outputs(Z) for learner in learners]


def _values(data: TrainingSet, rows: np.ndarray) -> tuple[np.ndarray, tuple[int, ...], TargetUnits]:
    """Return what machines learn, a column each, the classes that they know, and their units."""
    if data.task == "regression":
        matrix = data.targets.matrix[rows].astype(np.float64)
        units = TargetUnits.learn(matrix, data.weights(rows))
        return (matrix - units.center) / units.spread, (), units
    if data.task == "multilabel":
        on, codes = data.targets.matrix[rows] > 0.5, ()
    else:
        present = np.unique(data.codes[rows])
        codes = tuple(present.tolist())
        # One class needs no machine, two need one.
        asked = {1: present[:0], 2: present[1:]}.get(len(present), present)
        on = data.codes[rows][:, None] == asked
    return np.where(on, 1.0, -1.0), codes, TargetUnits.none(on.shape[1])


def _landmark_seconds(data: TrainingSet, plan: Plan, n_features: int) -> float:
    """Guess from the products of rows and landmarks, at 2e10 operations per second and core."""
    n_outputs = data.targets.n_outputs

    def seconds(judging: bool, n_machines: int) -> float:
        n = min(plan.n_train, MOST_ROWS_TO_CHOOSE) if judging else plan.n_train
        m = min(n, LANDMARKS_TO_CHOOSE if judging else LANDMARKS)
        common = n * m * (2 * n_features + 2 * m + 100)
        return (common + n_machines * (m**3 + 100 * n * m * n_outputs)) / 2e10

    kernels = len({one[:2] for one in _SETTINGS})
    choosing = plan.n_choosing * kernels * seconds(True, len(_SETTINGS) // kernels)
    return 0.2 + (choosing + plan.n_scored * seconds(False, 1)) / 2
