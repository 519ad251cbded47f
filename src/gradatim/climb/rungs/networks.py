"""The rungs that are networks: logistic regression, shallow nets, deep nets.

Conventions: every fit of a rung, over all folds, settings and members, is handed to
`gradatim.training.fit_jobs` at once. Inputs are scaled on the training rows, real targets too.
Shallow and deep nets follow `gradatim.training.recipes`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import NamedTuple

import numpy as np

from gradatim.climb.problem import Problem
from gradatim.climb.result import LearningCurve
from gradatim.climb.rungs.base import Family, Fit, Fitted
from gradatim.network.evaluate import evaluate
from gradatim.network.graph import Layer, Network
from gradatim.training import FitJob, FitResult, NetworkSpec, fit_jobs
from gradatim.training.recipes import PRESETS, Ensemble, choose_batch_size
from gradatim.training.targets import Targets

__all__ = ["Logistic", "NetworkFamily"]


class NetworkFamily(Family):
    """Shallow or deep networks by the strong recipe, averaged; nothing is chosen."""

    trains_networks = True

    def __init__(self, name: str, hidden_layer_sizes: tuple[int, ...]) -> None:
        self.name, self.hidden_layer_sizes = name, hidden_layer_sizes

    def candidates(self, problem: Problem, input: str) -> Sequence[Ensemble]:
        """List the one setting."""
        return (PRESETS[problem.preset],)

    def describe(self, candidate: Ensemble) -> str:
        """Name the layers and how many networks are averaged."""
        layers = "-".join(map(str, self.hidden_layer_sizes))
        return f"{layers} SiLU, {candidate.n_members} averaged"

    def specs(self, problem: Problem, candidate: Ensemble) -> list[NetworkSpec]:
        """Write the networks of a fit out."""
        return candidate.specs(self.hidden_layer_sizes, problem.task, problem.seed * 1000)

    def seconds(self, problem: Problem, input: str) -> float:
        """Guess from the multiplications."""
        n, d = problem.collection.X[input].shape
        sizes = (d, *self.hidden_layer_sizes, problem.targets.n_outputs)
        n_parameters = sum(a * b for a, b in pairwise(sizes))
        [candidate] = self.candidates(problem, input)
        epochs = sum(spec.max_epochs or 0 for spec in self.specs(problem, candidate))
        return 1.0 + len(problem.folds.outer) * epochs * n * n_parameters * 6 / 8e10

    def fit(
        self, problem: Problem, input: str, fits: Sequence[Fit], report: Callable[[float], None]
    ) -> list[Fitted]:
        """Train all fits."""
        specs = [self.specs(problem, fit.candidate) for fit in fits]
        return _train(problem, input, fits, specs, _Layout("robust"), report)


class Logistic(Family):
    """Logistic regression: no hidden layer, maximum likelihood with an L2 penalty."""

    name = "logistic"
    tasks = ("classification", "multilabel")
    trains_networks = True
    _strengths = (1e-3, 1e-2, 1e-1, 1.0, 10.0)
    _max_iterations = 100

    def candidates(self, problem: Problem, input: str) -> Sequence[float]:
        """List scikit-learn's C, the strongest penalty first."""
        return self._strengths

    def describe(self, candidate: float) -> str:
        """Name C."""
        return f"C {candidate:g}"

    def seconds(self, problem: Problem, input: str) -> float:
        """Guess from the multiplications."""
        n, d = problem.collection.X[input].shape
        folds = problem.folds
        fits = folds.repeats * (len(folds.pairs(True)) * len(self._strengths) + folds.folds)
        return 2.0 + fits * n * d * problem.targets.n_outputs * 80 * 6 / 3e10

    def fit(
        self, problem: Problem, input: str, fits: Sequence[Fit], report: Callable[[float], None]
    ) -> list[Fitted]:
        """Solve all fits by L-BFGS."""
        specs = [
            [
                NetworkSpec(
                    optimizer="lbfgs",
                    initialization="zeros",
                    # C multiplies the summed loss; here the mean loss has factor 1.
                    weight_decay=1.0 / (fit.candidate * len(fit.train)),
                    max_epochs=self._max_iterations,
                )
            ]
            for fit in fits
        ]
        return _train(problem, input, fits, specs, _Layout("standard", rotated=True), report)


class _Layout(NamedTuple):
    """How a rung wants its inputs: scaled how, and turned into principal axes or not."""

    scaling: str
    rotated: bool = False


def _train(
    problem: Problem,
    input: str,
    fits: Sequence[Fit],
    specs: Sequence[Sequence[NetworkSpec]],
    layout: _Layout,
    report: Callable[[float], None],
) -> list[Fitted]:
    """Train the specs of every fit, all fits with the same training rows as one job."""
    splits: dict[bytes, list[int]] = {}
    for i, fit in enumerate(fits):
        splits.setdefault(fit.train.tobytes(), []).append(i)
    learnt = [
        _Split.learn(problem, input, fits[members[0]].train, layout) for members in splits.values()
    ]
    width = _common_width(learnt)
    jobs = [
        FitJob([s for i in members for s in specs[i]], split.inputs(width), split.targets)
        for members, split in zip(splits.values(), learnt, strict=True)
    ]
    results = fit_jobs(
        jobs,
        batch_size=choose_batch_size(problem.collection.n_samples),
        random_state=problem.seed,
        # One program for folds of any size; L-BFGS would only multiply zeros.
        pad_rows=0 if layout.rotated else problem.collection.n_samples,
        n_jobs=problem.n_jobs,
        callback=report,
        store=problem.store,
        max_nets=problem.max_nets,
    )
    fitted: dict[int, Fitted] = {}
    for members, trained, split in zip(splits.values(), results, learnt, strict=True):
        remaining = iter(trained)
        for i in members:
            ensemble = [next(remaining) for _ in specs[i]]
            fitted[i] = _fitted(ensemble, split, fits[i].test)
    return [fitted[i] for i in range(len(fits))]


@dataclass(frozen=True, eq=False)
class _Split:
    """What is learnt about some training rows before any network sees them."""

    X: np.ndarray  # all rows, scaled
    train: np.ndarray
    axes: np.ndarray | None  # (n_features, n_axes)
    targets: Targets
    mean: np.ndarray  # of real targets
    spread: np.ndarray

    @classmethod
    def learn(cls, problem: Problem, input: str, train: np.ndarray, layout: _Layout) -> _Split:
        X = problem.scaled(input, train, layout.scaling)
        axes = problem.axes(input, train)[0] if layout.rotated else None
        targets, mean, spread = _targets(problem, train)
        return cls(X, train, axes, targets, mean, spread)

    def inputs(self, width: int) -> np.ndarray:
        """Return the training rows, in principal axes filled up with zeros to a width."""
        if self.axes is None:
            return self.X[self.train]
        turned = self.X[self.train] @ self.axes
        return np.pad(turned, ((0, 0), (0, width - turned.shape[1])))

    def network(self, network: Network) -> Network:
        """Turn a network back to the scaled inputs, and its outputs to the targets' units."""
        layers = list(network.layers)
        if self.axes is not None:
            first = layers[0]
            weight = first.weight[:, : self.axes.shape[1]] @ self.axes.T
            layers[0] = Layer(weight, first.bias, first.activation)
        last = layers[-1]
        if last.activation == "identity":
            weight, bias = last.weight * self.spread[:, None], last.bias * self.spread + self.mean
            layers[-1] = Layer(weight, bias, "identity")
        return Network(layers, output_names=network.output_names)


def _common_width(splits: Sequence[_Split]) -> int:
    """Round the largest number of axes up, so that few programs serve all splits."""
    n_axes = max((0 if s.axes is None else s.axes.shape[1] for s in splits), default=0)
    return -(-n_axes // 64) * 64


def _targets(problem: Problem, train: np.ndarray) -> tuple[Targets, np.ndarray, np.ndarray]:
    """Take the targets of the training rows, real ones standardized; also their mean and spread."""
    matrix = problem.targets.matrix[train]
    mean, spread = np.zeros(matrix.shape[1]), np.ones(matrix.shape[1])
    if problem.task == "regression":
        mean, spread = matrix.mean(axis=0), matrix.std(axis=0)
        spread = np.where(spread > 0, spread, 1.0)
        matrix = ((matrix - mean) / spread).astype(np.float32)
    return replace(problem.targets, matrix=matrix), mean, spread


def _fitted(ensemble: Sequence[FitResult], split: _Split, test: np.ndarray) -> Fitted:
    networks = [split.network(result.network) for result in ensemble]
    outputs = np.mean([evaluate(n, split.X[test], np.float32) for n in networks], axis=0)
    spec, curve = ensemble[0].spec, ensemble[0].loss_curve
    layers = "-".join(map(str, spec.hidden_layer_sizes))
    return Fitted(
        outputs,
        sum(network.n_parameters for network in networks),
        LearningCurve(layers or f"decay {spec.weight_decay:.3g}", curve),
        networks[0],
    )
