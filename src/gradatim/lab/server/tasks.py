"""What the server computes for a page: kernel machines, proofs, climbs, walls, files.

Conventions: run in a worker process, one at a time; an error of `gradatim.errors` is the answer.
A held out point is never learnt from, and no setting is chosen on it. Of pictures, pixels are those
of the page: rows from above, 100 times 100, or 200 on a line.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from gradatim._progress import Progress
from gradatim._text import show_name
from gradatim.climb.observer import Observer
from gradatim.climb.result import RungResult
from gradatim.collection import Collection
from gradatim.errors import InputError, SpecError
from gradatim.lab.lesson import feature_names, flat_parameters, input_name
from gradatim.lab.server import protocol

_SIDE = 100
_CURVE = 400
_MOST_COLUMNS = 200
_SHAPES = ([1], [2], [4], [8], [16], [4, 4], [8, 8], [4, 4, 4])
_FOLDS = 3
# Of points that no kernel can tell apart, more change nothing.
_MOST_STEPS = 20_000
# Units up to which a network is written out.
_WRITTEN = 24


def run_task(ask: Any, data: Any, progress: Progress) -> Any:
    """Answer what a page asks; `data` is the session's collection or folder where one is needed."""
    return TASKS[type(ask)](ask, data, progress)


def _points(ask: Any) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return coordinates, labels and which points are held out, checked against each other."""
    X, labels = np.asarray(ask.X, dtype=float), np.asarray(ask.labels)
    held = np.asarray(ask.held, dtype=bool)
    if len(X) != len(labels) * ask.dims or len(held) != len(labels):
        raise SpecError(f"{len(labels)} labels do not fit {len(X)} numbers; send them again")
    if len(np.unique(labels[~held])) < 2:
        raise SpecError("all points to learn from are of one class; add another or hold out fewer")
    return X.reshape(len(labels), ask.dims), labels, held


def _accuracies(
    said: np.ndarray, labels: np.ndarray, held: np.ndarray
) -> tuple[float, float | None]:
    right = said == labels
    return float(right[~held].mean()), float(right[held].mean()) if held.any() else None


def _pixels(window: Sequence[float], dims: int) -> np.ndarray:
    """Return the coordinates of every pixel."""
    low, high = window
    n = _SIDE if dims == 2 else 2 * _SIDE
    axis = low + (np.arange(n) + 0.5) / n * (high - low)
    if dims == 1:
        return axis[:, None]
    across, down = np.meshgrid(axis, low + high - axis)
    return np.column_stack([across.ravel(), down.ravel()])


def _fit_kernel(ask: protocol.FitKernel, data: object, progress: Progress) -> protocol.KernelFitted:
    from sklearn.model_selection import GridSearchCV
    from sklearn.svm import SVC

    X, labels, held = _points(ask)
    progress(None, "choosing the kernel's setting")
    is_rbf = ask.kernel == "rbf"
    kernel: dict[str, Any] = {"kernel": "rbf"} if is_rbf else {"kernel": "poly", "coef0": 1.0}
    settings = {"gamma": [0.5, 2, 8]} if is_rbf else {"degree": [2, 3, 4], "gamma": [1]}
    machine = SVC(**kernel, max_iter=_MOST_STEPS)
    rarest = np.unique(labels[~held], return_counts=True)[1].min()
    if rarest >= _FOLDS:
        search = GridSearchCV(machine, settings | {"C": [1, 10, 100]}, cv=_FOLDS)
        chosen = search.fit(X[~held], labels[~held]).best_params_
    else:
        # Too few of a class to choose anything by.
        chosen = {name: values[0] for name, values in settings.items()} | {"C": 10}
    machine.set_params(**chosen).fit(X[~held], labels[~held])
    pixels = _pixels(ask.window, ask.dims)
    if len(machine.classes_) == 2:
        value = machine.decision_function(pixels)
        plane = np.round(50 + 50 * np.tanh(value)).astype(int)
    else:
        plane = machine.predict(pixels)
    words = ", ".join(f"{name} {value}" for name, value in sorted(chosen.items()))
    return protocol.KernelFitted(
        plane.tolist(),
        words,
        int(machine.n_support_.sum()),
        *_accuracies(machine.predict(X), labels, held),
    )


def _decide(
    ask: protocol.DecideSeparation, data: Collection, progress: Progress
) -> protocol.SeparationDecided:
    from gradatim.presentation.separation import classes_in_words, separation_in_words
    from gradatim.separability import separate, separate_classes

    if data.task != "classification":
        raise SpecError("a number is learnt here, and only classes can be separated")
    name = input_name(data, ask.input or None, data.name)
    X, labels, ids = data.X[name], [str(one) for one in data.y], [str(one) for one in data.ids]
    if X.shape[1] > _MOST_COLUMNS:
        raise SpecError(
            f"{show_name(name)} has {X.shape[1]} columns, and a proof is looked for among at most "
            f"{_MOST_COLUMNS}; choose another input"
        )
    if ask.positive and ask.positive not in labels:
        raise SpecError(f"no row is of the class {show_name(ask.positive)}; choose another")
    options = {"input_names": feature_names(data, name), "progress": progress}
    if len(set(labels)) > 2 and not ask.positive:
        several = separate_classes(X, labels, **options)
        verdicts = [one.separable for one in several.pairs.values()]
        everyone = None if None in verdicts else all(verdicts)
        # The page has a choice of classes where the command has an option.
        lines = [line for line in classes_in_words(several, ids) if "--positive" not in line]
        return protocol.SeparationDecided(everyone, lines)
    found = separate(X, labels, positive=ask.positive or None, **options)
    return protocol.SeparationDecided(found.separable, separation_in_words(found, labels, ids))


def _approximate(
    ask: protocol.BuildApproximation, data: object, progress: Progress
) -> protocol.ApproximationBuilt:
    from gradatim.approximation import approximate
    from gradatim.certificates.targets import as_target
    from gradatim.presentation.approximation import approximation_in_words

    if not ask.low < ask.high:
        raise SpecError(f"the interval from {ask.low:g} to {ask.high:g} is empty; turn it around")
    found = approximate(
        ask.function, (ask.low, ask.high), ask.tolerance, ask.activation, progress=progress
    )
    x = np.linspace(ask.low, ask.high, _CURVE)
    values = found.network(x[:, None])[:, 0]
    # Short weights, whose certificate is their own; the words then point at no other option.
    found = found.rounded() if found.n_units <= _WRITTEN else found
    return protocol.ApproximationBuilt(
        found.n_units,
        float(found.bound.upper),
        str(found.network),
        [line for line in approximation_in_words(found) if "--" not in line],
        x.tolist(),
        as_target(found.function, 1).values(x[:, None]).tolist(),
        values.tolist(),
    )


class _ClimbWatcher(Observer):
    """Tells the page how a climb goes on."""

    def __init__(self, progress: Progress) -> None:
        self._progress = progress

    def progressed(self, rung: str, input: str, fraction: float, doing: str, total: float) -> None:
        self._progress(total, f"{rung}: {doing}" if doing else rung)

    def finished(self, result: RungResult, total: float) -> None:
        self._progress(total, f"{result.rung} is finished")


def _climb(ask: protocol.StartClimb, data: Collection, progress: Progress) -> Any:
    from gradatim.climb import climb_collection
    from gradatim.evaluation.metrics import METRICS
    from gradatim.presentation import climbs

    found = climb_collection(
        data, repeats=ask.repeats, seed=ask.seed, observer=_ClimbWatcher(progress)
    )
    rungs = [
        protocol.ClimbedRung(
            " ".join(filter(None, [climbs.title_of(one.rung, data.task), one.input])),
            one.model,
            climbs.score(one.mean),
            climbs.score_range(one.interval),
        )
        for one in found.rungs
    ]
    metric = METRICS[found.protocol.metric].title
    return protocol.ClimbFinished(
        climbs.headline(found), climbs.explain_verdict(found), metric, rungs
    )


def _train_wall(ask: protocol.TrainWall, data: object, progress: Progress) -> protocol.WallTrained:
    from gradatim.training import NetworkSpec, fit_many

    X, labels, held = _points(ask)
    wanted = [(shape, seed) for seed in range(1, ask.seeds + 1) for shape in _SHAPES]
    if len(wanted) > protocol.MOST_NETS:
        raise SpecError(
            f"{len(wanted)} networks are more than the {protocol.MOST_NETS} of a wall; take at "
            f"most {protocol.MOST_NETS // len(_SHAPES)} seeds"
        )
    specs = [
        NetworkSpec(tuple(shape), activation=ask.activation, learning_rate=0.01, seed=seed)
        for shape, seed in wanted
    ]
    began = time.monotonic()
    results = fit_many(
        specs, X[~held], labels[~held], max_epochs=ask.epochs, batch_size=25, progress=progress
    )
    nets = []
    for (shape, seed), result in zip(wanted, results, strict=True):
        outputs = result.network(X)
        codes = outputs.argmax(axis=1) if outputs.shape[1] > 1 else (outputs[:, 0] >= 0.5) * 1
        said = np.unique(labels[~held])[codes]
        layers = [(layer.weight, layer.bias) for layer in result.network.layers]
        shares = _accuracies(said, labels, held)
        nets.append(protocol.TrainedNet(shape, seed, flat_parameters(layers), *shares))
    return protocol.WallTrained(nets, time.monotonic() - began)


def _read_files(ask: protocol.ReadFiles, data: Path, progress: Progress) -> Collection:
    from gradatim.sources.registry import Options, is_table_name, read_source

    tables = [path for path in data.rglob("*") if is_table_name(path.name)]
    if len(tables) > 1:
        raise InputError("several tables were dropped; drop one, or sounds")
    if not tables:
        return read_source(str(data), Options(seconds=30.0, progress=progress))
    if not ask.target:
        raise InputError(f"name the column of {show_name(tables[0].name)} that is to be learnt")
    return read_source(str(tables[0]), Options(target=(ask.target,), impute="median"))


TASKS: dict[type, Callable[[Any, Any, Progress], Any]] = {
    protocol.FitKernel: _fit_kernel,
    protocol.DecideSeparation: _decide,
    protocol.BuildApproximation: _approximate,
    protocol.StartClimb: _climb,
    protocol.TrainWall: _train_wall,
    protocol.ReadFiles: _read_files,
}
