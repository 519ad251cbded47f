"""The rungs that are networks: logistic regression, shallow nets, deep nets.

Conventions: every fit of a rung, over all folds, settings and members, is handed to
`gradatim.training.fit_jobs` at once. Inputs are scaled on the training rows, real targets too.
Networks may be trained on other axes than those of the input; their first weights are turned back.
Shallow and deep nets follow `gradatim.training.recipes`; whether they lean on the line is chosen by
trials that are small, and the same for both.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import NamedTuple

import numpy as np

from gradatim._progress import Progress, scaled
from gradatim.collection import Notice
from gradatim.models.axes import CYCLE_POINTS, cycle_axes, whitened
from gradatim.models.families.base import (
    MOST_BYTES,
    Family,
    Fit,
    Fitted,
    LearningCurve,
    by_rows,
    make_model,
)
from gradatim.models.learners import AveragedNetworks
from gradatim.models.training_set import Plan, TrainingSet
from gradatim.network.graph import Layer, Network
from gradatim.scalers import Scaler, blocks
from gradatim.training import FitJob, FitResult, NetworkSpec, fit_jobs
from gradatim.training.recipes import (
    CYCLES,
    DEEP,
    DEEP_TRIAL,
    LINEAR,
    MOST_STEPS_ROWS,
    NEAR_LINEAR,
    PRESETS,
    SHALLOW,
    TRIAL,
    Ensemble,
    choose_batch_size,
    convex_spec,
)
from gradatim.training.target_units import TargetUnits
from gradatim.training.targets import Targets

__all__ = ["Deep", "Logistic", "NetworkFamily", "Shallow"]


#: Hidden layers, and the networks of them, that are trained to choose.
_Trial = tuple[tuple[int, ...], Ensemble]

#: Shifts of a cycle over which a network is averaged that learnt to ignore where it begins.
N_SHIFTS = 16


class NetworkFamily(Family):
    """Networks by the recipe of their input, averaged; with the line, where that does better."""

    hidden_layer_sizes: tuple[int, ...]
    trains_networks = True
    needs_engine = True
    thorough = False

    def candidates(self, data: TrainingSet, input: str) -> Sequence[Ensemble]:
        """List the recipe, and the one for what is nearly linear; of cycles the recipe alone."""
        if data.preset == "strong" and input in data.collection.cycles:
            return (CYCLES,)
        return PRESETS[data.preset], NEAR_LINEAR[data.preset]

    def rivals(self, data: TrainingSet, input: str) -> Sequence[_Trial]:
        """Lean on the line only where it is better than one answer for all."""
        return ()

    def describe(self, candidate: Ensemble) -> str:
        """Name the layers and how many networks are averaged."""
        layers = "-".join(map(str, self.hidden_layer_sizes))
        over = f", half of them over {N_SHIFTS} shifts" if candidate == CYCLES else ""
        linear = " and linear" if _is_near_linear(candidate) else ""
        return f"{layers} SiLU{linear}, {candidate.n_members} averaged{over}"

    def specs(self, data: TrainingSet, candidate: Ensemble, n_rows: int) -> list[NetworkSpec]:
        """Write the networks of a fit out."""
        bounded = candidate.bounded(data.collection.n_samples)
        return bounded.specs(self.hidden_layer_sizes, data.task, data.seed * 1000, n_rows)

    def notices(self, data: TrainingSet) -> Sequence[Notice]:
        """Say that many rows are gone through less often."""
        n, whole = data.collection.n_samples, PRESETS[data.preset]
        bound = whole.bounded(n).bound
        if bound == 1.0:
            return ()
        text = (
            f"shallow and deep networks take as many steps as on {MOST_STEPS_ROWS:,} rows, since "
            f"{n:,} samples are more: {100 * bound * whole.length:.0f} % of the recipe's epochs "
            f"instead of {100 * whole.length:.0f} %"
        )
        return (Notice("fewer-epochs", text),)

    def seconds(self, data: TrainingSet, input: str, plan: Plan) -> float:
        """Guess from the multiplications."""
        n, d = data.collection.X[input].shape
        first, *others = self.candidates(data, input)
        d = min(d, CYCLE_POINTS) if first == CYCLES else d

        def work(layers: tuple[int, ...], ensemble: Ensemble) -> float:
            sizes = (d, *layers, data.targets.n_outputs)
            epochs = sum(s.max_epochs or 0 for s in ensemble.bounded(n).specs(layers, data.task, 0))
            return epochs * sum(a * b for a, b in pairwise(sizes))

        scored = plan.n_scored * work(self.hidden_layer_sizes, first)
        choosing = plan.n_choosing * work(*TRIAL) if others else 0.0
        return 1.0 + (scored + choosing) * n * 6 / 8e10

    def fit(
        self, data: TrainingSet, input: str, fits: Sequence[Fit], progress: Progress
    ) -> list[Fitted]:
        """Train all fits; those that are judged here serve to choose, and are small."""
        if fits and len(fits[0].test):
            return self._try(data, input, fits, progress)
        specs = [self.specs(data, fit.candidate, len(fit.train)) for fit in fits]
        cycles = any(fit.candidate == CYCLES for fit in fits)
        layout = _Layout("signal", _cycle_axes) if cycles else _Layout("robust")
        return _train(self, data, input, fits, specs, layout, progress)

    def _try(
        self, data: TrainingSet, input: str, fits: Sequence[Fit], progress: Progress
    ) -> list[Fitted]:
        """Train what stands for the candidates; the rungs of networks ask for the same."""
        trials = [_trial_of(fit.candidate) for fit in fits]
        keys = [
            (input, trial, fit.train.tobytes(), fit.test.tobytes())
            for trial, fit in zip(trials, fits, strict=True)
        ]
        if not all(key in data.trials for key in keys):
            n = data.collection.n_samples
            specs = [
                networks.bounded(n).specs(layers, data.task, data.seed * 1000, len(fit.train))
                for (layers, networks), fit in zip(trials, fits, strict=True)
            ]
            found = _train(self, data, input, fits, specs, _Layout("robust"), progress)
            data.trials.update(zip(keys, found, strict=True))
        return [data.trials[key] for key in keys]


def _is_near_linear(candidate: Ensemble | _Trial) -> bool:
    return candidate in NEAR_LINEAR.values()


def _trial_of(candidate: Ensemble | _Trial) -> _Trial:
    """Return what stands for a candidate; a rival stands for itself."""
    if isinstance(candidate, tuple):
        return candidate
    return ((), LINEAR) if _is_near_linear(candidate) else TRIAL


class Shallow(NetworkFamily):
    """Networks of one hidden layer."""

    name, title = "shallow", "the shallow network"
    hidden_layer_sizes = SHALLOW


class Deep(NetworkFamily):
    """Networks of three hidden layers."""

    name, title = "deep", "the deep network"
    hidden_layer_sizes = DEEP

    def rivals(self, data: TrainingSet, input: str) -> Sequence[_Trial]:
        """Lean on the line only where it is better than small deep networks, too."""
        return (DEEP_TRIAL,)


class Logistic(Family):
    """Logistic regression: no hidden layer, maximum likelihood with an L2 penalty."""

    name = "logistic"
    title = "logistic regression"
    tasks = ("classification", "multilabel")
    trains_networks = True
    _strengths = (1e-3, 1e-2, 1e-1, 1.0, 10.0)

    def candidates(self, data: TrainingSet, input: str) -> Sequence[float]:
        """List scikit-learn's C, the strongest penalty first."""
        return self._strengths

    def describe(self, candidate: float) -> str:
        """Name C."""
        return f"C {candidate:g}"

    def seconds(self, data: TrainingSet, input: str, plan: Plan) -> float:
        """Guess from the multiplications."""
        n, d = data.collection.X[input].shape
        fits = plan.n_choosing * len(self._strengths) + plan.n_scored
        return 2.0 + fits * n * d * data.targets.n_outputs * 80 * 6 / 3e10

    def fit(
        self, data: TrainingSet, input: str, fits: Sequence[Fit], progress: Progress
    ) -> list[Fitted]:
        """Solve all fits by L-BFGS."""
        specs = [[convex_spec(fit.candidate, len(fit.train))] for fit in fits]
        return _train(
            self, data, input, fits, specs, _Layout("standard", _principal_axes), progress
        )


class _Layout(NamedTuple):
    """How a rung wants its inputs: scaled how, and in which axes, of which there may be several."""

    scaling: str
    # Axes by name, learnt from some rows of an input; a network is trained in those of `_axes_of`
    axes: Callable[[TrainingSet, str, np.ndarray, np.ndarray], dict[str, np.ndarray]] | None = None


def _principal_axes(
    data: TrainingSet, input: str, train: np.ndarray, Z: np.ndarray
) -> dict[str, np.ndarray]:
    """Convex rungs are solved in principal axes."""
    return {"": data.axes(input, train)[0]}


def _cycle_axes(
    data: TrainingSet, input: str, train: np.ndarray, Z: np.ndarray
) -> dict[str, np.ndarray]:
    """Cycles are points; for networks that ignore phases all harmonics have one level."""
    points = cycle_axes(Z.shape[1])
    found = {"": points, "whitened": whitened(Z, points)}
    return {name: axes / (np.sqrt(np.mean((Z @ axes) ** 2)) or 1.0) for name, axes in found.items()}


def _is_blind(spec: NetworkSpec) -> bool:
    """Whether a network is taught to ignore where a cycle begins."""
    return spec.augmentation is not None and spec.augmentation.shift == 0.5


def _axes_of(spec: NetworkSpec) -> str:
    """Name the axes in which a network is trained."""
    return "whitened" if _is_blind(spec) else ""


def _train(
    family: Family,
    data: TrainingSet,
    input: str,
    fits: Sequence[Fit],
    specs: Sequence[Sequence[NetworkSpec]],
    layout: _Layout,
    progress: Progress,
) -> list[Fitted]:
    """Train the specs of every fit, as many splits at once as their scaled rows leave room for."""
    groups = by_rows(fits)
    size = max(len(fit.train) for fit in fits) * data.collection.X[input].shape[1]
    at_once = max(data.n_jobs, MOST_BYTES // (8 * size if layout.axes else 4 * size))
    fitted: dict[int, Fitted] = {}
    for start in range(0, len(groups), at_once):
        stop = min(start + at_once, len(groups))
        part = scaled(progress, start / len(groups), stop / len(groups))
        fitted |= _train_splits(family, data, input, fits, groups[start:stop], specs, layout, part)
    return [fitted[i] for i in range(len(fits))]


def _train_splits(
    family: Family,
    data: TrainingSet,
    input: str,
    fits: Sequence[Fit],
    groups: Sequence[Sequence[int]],
    specs: Sequence[Sequence[NetworkSpec]],
    layout: _Layout,
    progress: Progress,
) -> dict[int, Fitted]:
    """Train the specs of some splits, all fits with the same training rows and axes as one job."""
    splits = [_ScaledSplit.learn(data, input, fits[group[0]].train, layout) for group in groups]
    width = _common_width(splits) if layout.axes is _principal_axes else None
    jobs = [
        FitJob(
            [s for i in group for s in specs[i] if _axes_of(s) == name],
            split.inputs(name, width),
            split.targets,
            split.weights,
        )
        for group, split in zip(groups, splits, strict=True)
        for name in split.axes
    ]
    results = fit_jobs(
        jobs,
        batch_size=choose_batch_size(data.collection.n_samples),
        random_state=data.seed,
        # One program for folds of any size; L-BFGS would only multiply zeros.
        pad_rows=0 if width is not None else data.collection.n_samples,
        n_jobs=data.n_jobs,
        progress=progress,
        store=data.store,
        max_nets=data.max_nets,
        engine=data.engine,
        cluster=data.cluster,
    )
    fitted: dict[int, Fitted] = {}
    trained = map(iter, results)
    for group, split in zip(groups, splits, strict=True):
        X, test = data.collection.X[input], fits[group[0]].test
        remaining = {name: next(trained) for name in split.axes}
        for i in group:
            ensemble = [next(remaining[_axes_of(spec)]) for spec in specs[i]]
            learner = split.learner(ensemble)
            model = make_model(family, data, input, learner, split.scaler)
            judged = [
                learner.outputs(split.scaler.transform(X, rows=test[part]).astype(np.float64))
                for part in blocks(len(test), X.shape[1])
            ]
            fitted[i] = Fitted(model, np.concatenate(judged), _curve(ensemble[0]))
    return fitted


def _curve(result: FitResult) -> LearningCurve:
    layers = "-".join(map(str, result.spec.hidden_layer_sizes))
    label = layers or f"decay {result.spec.weight_decay:.3g}"
    return LearningCurve(label, result.loss_curve)


@dataclass(frozen=True, eq=False)
class _ScaledSplit:
    """What is learnt about some training rows before any network sees them."""

    Z: np.ndarray  # (n_train, n_features): scaled training rows, float32
    scaler: Scaler
    axes: Mapping[str, np.ndarray | None]  # (n_features, n_axes) each; None for the input's own
    targets: Targets
    units: TargetUnits
    weights: np.ndarray | None  # (n_train,): how much each row counts

    @classmethod
    def learn(
        cls, data: TrainingSet, input: str, train: np.ndarray, layout: _Layout
    ) -> _ScaledSplit:
        scaler = data.scaler(input, train, layout.scaling)
        Z = scaler.transform(data.collection.X[input], rows=train)
        axes = layout.axes(data, input, train, Z) if layout.axes else {"": None}
        return cls(Z, scaler, axes, *_targets(data, train), data.weights(train))

    def inputs(self, name: str, width: int | None) -> np.ndarray:
        """Return the training rows in some axes, filled up with zeros to a width."""
        axes = self.axes[name]
        if axes is None:
            return self.Z
        turned = self.Z @ axes
        missing = 0 if width is None else width - turned.shape[1]
        return np.pad(turned, ((0, 0), (0, missing)))

    def learner(self, ensemble: Sequence[FitResult]) -> AveragedNetworks:
        """Average networks, turned back to the scaled inputs and to the targets' units."""
        networks = tuple(self._restored(result) for result in ensemble)
        shifts = tuple(N_SHIFTS if _is_blind(result.spec) else 1 for result in ensemble)
        return AveragedNetworks(
            networks,
            networks[0].layers[-1].activation != "identity",
            tuple(min(n, networks[0].n_inputs) for n in shifts) if max(shifts) > 1 else (),
        )

    def _restored(self, result: FitResult) -> Network:
        layers = list(result.network.layers)
        axes = self.axes[_axes_of(result.spec)]
        if axes is not None:
            first = layers[0]
            weight = first.weight[:, : axes.shape[1]] @ axes.T
            layers[0] = Layer(weight, first.bias, first.activation)
        return self.units.restore(Network(layers, output_names=result.network.output_names))


def _common_width(splits: Sequence[_ScaledSplit]) -> int:
    """Round the largest number of axes up, so that few programs serve all splits."""
    n_axes = max((axes.shape[1] for s in splits for axes in s.axes.values() if axes is not None),
                 default=0)  # fmt: skip
    return -(-n_axes // 64) * 64


def _targets(data: TrainingSet, train: np.ndarray) -> tuple[Targets, TargetUnits]:
    """Take the targets of the training rows, real ones in standard units."""
    matrix = data.targets.matrix[train]
    if data.task != "regression":
        return replace(data.targets, matrix=matrix), TargetUnits.none(matrix.shape[1])
    units = TargetUnits.learn(matrix, data.weights(train))
    return units.standard(matrix, data.targets), units
