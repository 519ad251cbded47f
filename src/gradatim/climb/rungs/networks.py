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

import numpy as np

from gradatim.climb.problem import Problem
from gradatim.climb.result import LearningCurve
from gradatim.climb.rungs.base import Family, Fit, Fitted
from gradatim.network.evaluate import evaluate
from gradatim.network.graph import Layer, Network
from gradatim.training import FitJob, FitResult, NetworkSpec, fit_jobs
from gradatim.training.targets import Targets

__all__ = ["DEEP", "SHALLOW", "Logistic", "NetworkFamily", "Recipe"]

#: Rows a step of the recipe.
BATCH_SIZE = 128

#: Networks whose outputs are averaged for the scored predictions.
MEMBERS = 3


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

    def spec(self, seed: int, task: str) -> NetworkSpec:
        """Write the setting out."""
        return NetworkSpec(
            hidden_layer_sizes=self.hidden_layer_sizes,
            activation="silu",
            optimizer="adamw",
            beta_2=0.95,
            learning_rate=0.004 if self.gentle else 0.012,
            max_epochs=30 if self.gentle else 60,
            dropout=0.4 if self.gentle else 0.15,
            weight_decay=0.01,
            schedule="cosine",
            label_smoothing=0.0 if task == "regression" else 0.1,
            input_scale=6.0,
            initialization="variance",
            seed=seed,
        )


SHALLOW = (
    Recipe((8,)),
    Recipe((32,)),
    Recipe((128,)),
    Recipe((256,)),
    Recipe((256,), gentle=True),
)

DEEP = (
    Recipe((64, 64)),
    Recipe((128, 128)),
    Recipe((128, 128, 128)),
    Recipe((128, 128, 128), gentle=True),
    Recipe((128, 128, 128, 128)),
)


class NetworkFamily(Family):
    """Shallow or deep networks trained by the recipe.

    Parameters
    ----------
    name : str
        ``"shallow"`` or ``"deep"``.
    settings : sequence of Recipe
        Candidates, simplest first.
    """

    thorough = False

    def __init__(self, name: str, settings: Sequence[Recipe]) -> None:
        self.name, self.settings = name, settings

    def candidates(self, problem: Problem, input: str) -> Sequence[Recipe]:
        """List the settings."""
        return self.settings

    def describe(self, candidate: Recipe) -> str:
        """Name the layers and the training."""
        layers = "-".join(map(str, candidate.hidden_layer_sizes))
        return f"{layers} SiLU{', gentle' if candidate.gentle else ''}, {MEMBERS} averaged"

    def seconds(self, problem: Problem, input: str) -> float:
        """Guess from the multiplications, and two seconds of compiling a shape."""
        n, d = problem.collection.X[input].shape
        folds = problem.folds
        fits = folds.repeats * len(folds.pairs(False)) + MEMBERS * len(folds.outer) / len(
            self.settings
        )
        work = 0.0
        for setting in self.settings:
            sizes = (d, *setting.hidden_layer_sizes, problem.targets.n_outputs)
            n_parameters = sum(a * b for a, b in pairwise(sizes))
            work += n_parameters * n * setting.spec(0, problem.task).max_epochs * fits
        return 1.0 * len(self.settings) + work * 6 / 3.5e10

    def judge(self, problem: Problem, outputs: np.ndarray, rows: np.ndarray) -> float:
        """Prefer the smaller loss: among networks it is less noisy than the score."""
        return -problem.loss(outputs, rows)

    def fit(
        self, problem: Problem, input: str, fits: Sequence[Fit], report: Callable[[float], None]
    ) -> list[Fitted]:
        """Train all fits; scored ones average several seeds."""
        specs = [
            [fit.candidate.spec(_seed(problem, m), problem.task) for m in range(_members(fit))]
            for fit in fits
        ]
        return _train(problem, input, fits, specs, "robust", BATCH_SIZE, report)


def _members(fit: Fit) -> int:
    return MEMBERS if fit.final else 1


def _seed(problem: Problem, member: int) -> int:
    return problem.seed * 1000 + member


class Logistic(Family):
    """Logistic regression: no hidden layer, maximum likelihood with an L2 penalty."""

    name = "logistic"
    tasks = ("classification", "multilabel")
    _strengths = (1e-3, 1e-2, 1e-1, 1.0, 10.0, 100.0)
    _max_iterations = 200

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
        return _train(problem, input, fits, specs, "standard", BATCH_SIZE, report)


def _train(
    problem: Problem,
    input: str,
    fits: Sequence[Fit],
    specs: Sequence[Sequence[NetworkSpec]],
    scaling: str,
    batch_size: int,
    report: Callable[[float], None],
) -> list[Fitted]:
    """Train the specs of every fit, all fits with the same training rows as one job."""
    splits: dict[bytes, list[int]] = {}
    for i, fit in enumerate(fits):
        splits.setdefault(fit.train.tobytes(), []).append(i)
    jobs, inputs, units = [], [], []
    for members in splits.values():
        train = fits[members[0]].train
        X = problem.scaled(input, train, scaling)
        targets, unit = _targets(problem, train)
        jobs.append(FitJob([s for i in members for s in specs[i]], X[train], targets))
        inputs.append(X)
        units.append(unit)
    results = fit_jobs(
        jobs,
        batch_size=batch_size,
        random_state=problem.seed,
        pad_rows=problem.collection.n_samples,
        n_jobs=problem.n_jobs,
        callback=report,
    )
    fitted: dict[int, Fitted] = {}
    for members, trained, X, unit in zip(splits.values(), results, inputs, units, strict=True):
        remaining = iter(trained)
        for i in members:
            ensemble = [next(remaining) for _ in specs[i]]
            fitted[i] = _fitted(ensemble, X[fits[i].test], unit)
    return [fitted[i] for i in range(len(fits))]


def _targets(problem: Problem, train: np.ndarray) -> tuple[Targets, tuple[np.ndarray, np.ndarray]]:
    """Take the targets of the training rows, real ones standardized; also their mean and spread."""
    matrix = problem.targets.matrix[train]
    mean, spread = np.zeros(matrix.shape[1]), np.ones(matrix.shape[1])
    if problem.task == "regression":
        mean, spread = matrix.mean(axis=0), matrix.std(axis=0)
        spread = np.where(spread > 0, spread, 1.0)
        matrix = ((matrix - mean) / spread).astype(np.float32)
    return replace(problem.targets, matrix=matrix), (mean, spread)


def _fitted(
    ensemble: Sequence[FitResult], X: np.ndarray, unit: tuple[np.ndarray, np.ndarray]
) -> Fitted:
    mean, spread = unit
    outputs = np.mean([evaluate(r.network, X, np.float32) for r in ensemble], axis=0)
    first = ensemble[0]
    layers = "-".join(map(str, first.spec.hidden_layer_sizes))
    label = layers or f"decay {first.spec.weight_decay:.3g}"
    return Fitted(
        outputs * spread + mean,
        sum(r.network.n_parameters for r in ensemble),
        LearningCurve(label, first.loss_curve),
        _in_units(first.network, mean, spread),
    )


def _in_units(network: Network, mean: np.ndarray, spread: np.ndarray) -> Network:
    """Give a regression network outputs in the units of its targets."""
    last = network.layers[-1]
    if last.activation != "identity":
        return network
    scaled = Layer(last.weight * spread[:, None], last.bias * spread + mean, "identity")
    return replace(network, layers=(*network.layers[:-1], scaled))
