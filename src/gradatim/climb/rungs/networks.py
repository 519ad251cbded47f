"""The rungs that are networks: logistic regression, shallow nets, deep nets.

Conventions: every fit of a rung, over all folds, settings and members, is handed to
`gradatim.training.fit_jobs` at once. Inputs are scaled on the training rows, real targets too.
The recipe (robust scaling, input factors, SiLU, label smoothing, AdamW with a cosine) and its
constants were measured on seven music tables; see docs/decisions.md.
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
from gradatim.training.targets import Targets

__all__ = [
    "DEEP",
    "DEEP_WIDE",
    "SHALLOW",
    "SHALLOW_WIDE",
    "Logistic",
    "NetworkFamily",
    "Recipe",
]

#: Rows a step of the recipe.
BATCH_SIZE = 128

#: Networks whose outputs are averaged for the scored predictions.
MEMBERS = 2


@dataclass(frozen=True)
class Recipe:
    """Setting of a network rung: layers, and how hard they are trained.

    Parameters
    ----------
    hidden_layer_sizes : tuple of int
        Units of each hidden layer.
    gentle : bool, default False
        Low learning rate and much dropout for few epochs, instead of the opposite.
    """

    hidden_layer_sizes: tuple[int, ...]
    gentle: bool = False

    def spec(self, seed: int, task: str, final: bool = True) -> NetworkSpec:
        """Write the setting out; to choose among settings, a third of the epochs tells enough."""
        epochs = 21 if self.gentle else 42
        return NetworkSpec(
            hidden_layer_sizes=self.hidden_layer_sizes,
            activation="silu",
            optimizer="adamw",
            beta_2=0.95,
            learning_rate=0.004 if self.gentle else 0.012,
            max_epochs=epochs if final else epochs // 3,
            dropout=0.4 if self.gentle else 0.15,
            weight_decay=0.01,
            schedule="cosine",
            label_smoothing=0.0 if task == "regression" else 0.1,
            input_scale=6.0,
            initialization="variance",
            seed=seed,
        )


#: Features from which an input counts as wide: nearly all the work is then in the first layer,
#: and narrower networks did as well on the raw waves of ``timbre`` at half the price.
WIDE = 256

SHALLOW = (
    Recipe((8,)),
    Recipe((128,)),
    Recipe((256,)),
    Recipe((256,), gentle=True),
)

SHALLOW_WIDE = (
    Recipe((8,)),
    Recipe((64,)),
    Recipe((256,), gentle=True),
)

DEEP = (
    Recipe((64, 64)),
    Recipe((128, 128, 128)),
    Recipe((128, 128, 128), gentle=True),
    Recipe((128, 128, 128, 128)),
)

DEEP_WIDE = (
    Recipe((64, 64)),
    Recipe((64, 64, 64)),
    Recipe((64, 64, 64, 64)),
)


class NetworkFamily(Family):
    """Shallow or deep networks trained by the recipe.

    Parameters
    ----------
    name : str
        ``"shallow"`` or ``"deep"``.
    settings, wide_settings : sequence of Recipe
        Candidates, simplest first, for most inputs and for wide ones.
    """

    thorough = False
    trains_networks = True

    def __init__(
        self, name: str, settings: Sequence[Recipe], wide_settings: Sequence[Recipe]
    ) -> None:
        self.name, self.settings, self.wide_settings = name, settings, wide_settings

    def candidates(self, problem: Problem, input: str) -> Sequence[Recipe]:
        """List the settings."""
        n_features = problem.collection.X[input].shape[1]
        return self.wide_settings if n_features > WIDE else self.settings

    def describe(self, candidate: Recipe) -> str:
        """Name the layers and the training."""
        layers = "-".join(map(str, candidate.hidden_layer_sizes))
        return f"{layers} SiLU{', gentle' if candidate.gentle else ''}, {MEMBERS} averaged"

    def seconds(self, problem: Problem, input: str) -> float:
        """Guess from the multiplications, and two seconds of compiling a shape."""
        n, d = problem.collection.X[input].shape
        folds = problem.folds
        choosing = folds.repeats * len(folds.pairs(False)) / 3
        settings = self.candidates(problem, input)
        fits = choosing + MEMBERS * len(folds.outer) / len(settings)
        work = 0.0
        for setting in settings:
            sizes = (d, *setting.hidden_layer_sizes, problem.targets.n_outputs)
            n_parameters = sum(a * b for a, b in pairwise(sizes))
            work += n_parameters * n * setting.spec(0, problem.task).max_epochs * fits
        return 1.0 * len(settings) + work * 6 / 4e10

    def fit(
        self, problem: Problem, input: str, fits: Sequence[Fit], report: Callable[[float], None]
    ) -> list[Fitted]:
        """Train all fits; scored ones average several seeds."""
        specs = [
            [
                fit.candidate.spec(problem.seed * 1000 + member, problem.task, fit.final)
                for member in range(MEMBERS if fit.final else 1)
            ]
            for fit in fits
        ]
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
        batch_size=BATCH_SIZE,
        random_state=problem.seed,
        # One program for choosing and for scoring; L-BFGS would only multiply zeros.
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
