"""Why a model says what it says of one sample: contributions of its inputs, and training rows.

Conventions: the baseline is the center of the model's scaler, the mean of the training rows (their
median where the scaler is robust, as for shallow and deep networks). Of classes, one is explained
against the strongest other class. A sound in pieces has the means of theirs.
"""

from __future__ import annotations

import difflib
import os
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from gradatim._progress import Progress
from gradatim._text import list_text, name_inputs, plural, show_name
from gradatim.collection import Collection, Notice
from gradatim.errors import AudioError, InputError, ShapeError, SpecError
from gradatim.models.contributions import Contributions, contribute
from gradatim.models.margins import Margin, find_margin
from gradatim.models.model import Model
from gradatim.models.rows import count_rows, read_rows, require_present, require_recipe
from gradatim.music.analyses import FileAnalysis
from gradatim.music.listing import below_root, readable_path
from gradatim.music.many_files import analyze_files
from gradatim.sources.registry import SOURCES, find_kind
from gradatim.tables.columns import Dialect
from gradatim.tagging.explanations import Explanation, NearRow
from gradatim.tagging.samples import SampleRows, SoundFiles, find_samples, output_names, recipe_of
from gradatim.training.targets import both_tails, decide, probabilities

#: Training rows that are named, unless asked otherwise.
N_NEAREST = 5


def explain(
    model: Model, x: Any, *, class_name: str | None = None, n_nearest: int = N_NEAREST
) -> Explanation:
    """Say which inputs moved what a model says of one row, and by how much.

    Contributions add up to the model's output for the row minus its output for the baseline, the
    center of its scaler. They are exact where the output is linear in the scaled inputs (linear,
    logistic, perceptron), else integrated gradients [1]_ along the straight line between both,
    refined until the sum fits and the values stay.

    Parameters
    ----------
    model : Model
        What decides.
    x : array of shape (n_features,) or (1, n_features), mapping, data frame or Collection
        One row in raw units, as `Model.predict` takes it.
    class_name : str, optional
        Class, label or target to explain; if None the predicted class, the surest label or the
        first target. A class is compared with the strongest other one.
    n_nearest : int, default 5
        Training rows to name, if the model keeps them.

    Returns
    -------
    Explanation
        Contributions, values, and the nearest training rows.

    Raises
    ------
    ShapeError
        If `x` is not one row of the model's columns.
    InputError
        If a column is missing or holds no number.
    SpecError
        If the model knows no such class, or has never met it.

    References
    ----------
    .. [1] M. Sundararajan, A. Taly and Q. Yan, "Axiomatic attribution for deep networks", ICML
       2017.

    Examples
    --------
    >>> from gradatim import climb_collection, load_world
    >>> world = load_world()
    >>> found = climb_collection(world, rungs=["majority", "linear"], repeats=1)
    >>> why = explain(found.model, world.X["features"][0])
    >>> why.explained, why.method, why.is_complete
    ('China', 'exact', True)
    """
    if isinstance(x, Collection):
        require_recipe(x, model.input, model.recipe)
    row = x[None, :] if isinstance(x, np.ndarray) and x.ndim == 1 else x
    if isinstance(x, list | tuple) and (not x or not np.ndim(x[0])):
        row = [x]
    if model.scaler is None:
        if count_rows(row) != 1:
            raise ShapeError(f"explain takes one row, not {count_rows(row)}; choose one")
        return _explain(model, np.empty((1, 0)), class_name, n_nearest)
    rows = _checked(model, row)
    if len(rows) != 1:
        raise ShapeError(f"explain takes one row, not {len(rows)}; choose one")
    return _explain(model, rows, class_name, n_nearest)


def explain_path(
    model: Model,
    path: str | os.PathLike[str],
    *,
    id: str | None = None,
    row: int | None = None,
    id_column: str | None = None,
    class_name: str | None = None,
    n_nearest: int = N_NEAREST,
    dialect: Dialect | None = None,
    progress: Progress | None = None,
) -> Explanation:
    """Explain what a model says of an audio file, a score, or one row of a table or dataset.

    Parameters
    ----------
    model : Model
        What decides; audio is analyzed by the recipe inside it.
    path : path-like
        An audio file, a file or folder of scores, a table, or the name of a dataset in the package.
    id : str, optional
        Which row: what it is called, in `id_column` or, without one, as `predict_path` calls it.
    row : int, optional
        Which row or score, counted from 1.
    id_column : str, optional
        Column of a table that holds what rows are called.
    class_name : str, optional
        Class, label or target to explain; see `explain`.
    n_nearest : int, default 5
        Training rows to name, if the model keeps them.
    dialect : Dialect, optional
        How a table of text is written; found if None.
    progress : callable, optional
        Called with the share that is done, and how much this is.

    Returns
    -------
    Explanation
        See `explain`.

    Raises
    ------
    InputError
        If there is nothing at `path`, it has no such row, or it does not fit the model.
    AudioError
        If the sound cannot be read.
    TableError
        If a column that the model reads is missing.
    SpecError
        If it is not said which row, or a folder is named, or the model knows no such class.
    """
    text = os.fspath(path)
    if find_kind(text) is SOURCES["folder"]:
        raise SpecError(f"{show_name(text)} is a folder, and explain takes one sound; name a file")
    if id is not None and row is not None:
        raise SpecError("--id and --row exclude each other; give one of them")
    found = find_samples(model, text, id_column, dialect, False, 1, progress, "--id-column")
    is_sound = isinstance(found, SoundFiles)
    if isinstance(found, SoundFiles):
        found = _analyzed(model, found, progress)
    place = 0
    if is_sound:
        if id is not None or row is not None:
            raise SpecError(f"{show_name(text)} is one sound; leave out --id and --row")
    else:
        place = _place(list(found.paths), show_name(text), found.noun, id, row)
    starts = range(len(found.paths)) if found.starts is None else found.starts.tolist()
    stop = [*starts, len(found.X)][place + 1]
    rows = found.X[starts[place] : stop]
    if model.scaler is not None:
        rows = _checked(model, rows)
    explanation = _explain(model, rows, class_name, n_nearest)
    return replace(
        explanation,
        source=readable_path(Path(text).name or text),
        sample=str(found.paths[place]),
        notices=(*found.notices, *explanation.notices),
    )


def _analyzed(model: Model, sounds: SoundFiles, progress: Progress | None) -> SampleRows:
    """Compute what a model reads of one sound."""
    [file], notices = sounds.listing.files, tuple(sounds.listing.notices)
    if model.scaler is None:
        # A constant answers without a look.
        return SampleRows(np.empty((1, 0)), [readable_path(file)], notices=notices)
    [outcome] = analyze_files(
        sounds.paths, recipe_of(model, sounds.source), n_jobs=1, progress=progress
    )
    if not isinstance(outcome, FileAnalysis):
        raise AudioError(below_root(sounds.root, outcome))
    X = np.stack([piece.features for piece in outcome.pieces])
    return SampleRows(X, [readable_path(file)], np.zeros(1, dtype=int), notices)


def _place(paths: list[str], name: str, noun: str, id: str | None, row: int | None) -> int:
    """Return which sample is meant; `noun` is what samples are, `name` what they are in."""
    if id is not None:
        if id in paths:
            return paths.index(id)
        close = difflib.get_close_matches(id, paths, 1)
        meant = f'did you mean "{show_name(close[0])}"? ' if close else ""
        raise InputError(
            f"{name} has no {noun} called {show_name(id)}; {meant}its "
            f"{plural(len(paths), noun)} are {list_text(paths)}"
        )
    if row is not None:
        if not 1 <= row <= len(paths):
            raise InputError(f"{name} has no {noun} {row}; its {noun}s go from 1 to {len(paths)}")
        return row - 1
    if len(paths) != 1:
        raise SpecError(
            f"{name} has {plural(len(paths), noun)}, and explain takes one; choose it by --id or "
            "--row"
        )
    return 0


def _checked(model: Model, X: Any) -> np.ndarray:
    """Read rows of the model's columns, in raw units."""
    assert model.scaler is not None
    rows = read_rows(X, model.input, model.n_features, model.feature_names)
    require_present(rows, model.scaler.fill, model.feature_names)
    return rows.astype(np.float64)  # They are averaged.


def _explain(model: Model, rows: np.ndarray, class_name: str | None, n_nearest: int) -> Explanation:
    """Explain the mean over the rows of a sample, (n_pieces, n_features) in raw units."""
    Z = np.empty((len(rows), 0))
    if model.scaler is not None:
        Z = model.scaler.transform(rows, np.float64)
    outputs = model.learner.outputs(Z).mean(axis=0, keepdims=True)
    names = output_names(model, outputs.shape[1])
    first, second = _choose(model, Z, outputs, names, class_name)
    real = model.task == "regression"
    margin = find_margin(model.learner, first, second, real=real)
    measure = "value" if real else "log-odds" if model.learner.probabilistic else "score"
    scaler = model.scaler
    found = Explanation(
        source="",
        sample="",
        task=model.task,
        rung=model.rung,
        input=model.input,
        prediction=_prediction(model, outputs, names),
        explained=names[first],
        rival=None if second is None else names[second],
        measure=measure,
        output=0.0,
        baseline_output=0.0,
        baseline="none" if scaler is None else "mean" if scaler.clip is None else "median",
        method="constant",
        feature_names=name_inputs(model.feature_names, Z.shape[1]),
        values=_mean_present(rows),
        filled=np.empty(0) if scaler is None else _filled(rows, scaler.fill),
        baseline_values=np.empty(0) if scaler is None else scaler.center,
        contributions=np.zeros(Z.shape[1]),
        n_pieces=len(rows),
        probabilities=_probabilities(model, Z, outputs, first, second),
        unit=model.units[first] if real and model.units else "",
    )
    if margin is None:
        value = float(outputs[0, first]) if real else 0.0
        return replace(found, output=value, baseline_output=value)
    return replace(found, **_contributions(margin, Z), **_nearest(model, Z, n_nearest))


def _choose(
    model: Model, Z: np.ndarray, outputs: np.ndarray, names: tuple[str, ...], wanted: str | None
) -> tuple[int, int | None]:
    """Return the numbers of what is explained and of what it is compared with."""
    if wanted is not None and wanted not in names:
        kind = {"classification": "class", "multilabel": "label"}.get(model.task, "target")
        close = difflib.get_close_matches(wanted, names, 1)
        meant = f'did you mean "{show_name(close[0])}"? ' if close else ""
        raise SpecError(
            f"the model knows no {kind} {show_name(wanted)}; {meant}it knows {list_text(names)}"
        )
    chosen = None if wanted is None else names.index(wanted)
    if model.task == "regression":
        return chosen or 0, None
    scores = model.learner.scores(Z).mean(axis=0)
    if model.task == "multilabel":
        surest = int(np.where(np.isfinite(scores), scores, -np.inf).argmax())
        return surest if chosen is None else chosen, None
    shares = probabilities(outputs, model.classes)[0]
    if len(names) == 2:
        scores = np.array([-scores[0], scores[0]])
    # Decisions are 0 and 1; scores tell those apart that are equal.
    best = np.lexsort((-np.arange(len(names)), scores, shares))[::-1].tolist()
    first = best[0] if chosen is None else chosen
    if chosen is not None and np.isneginf(scores[chosen]):
        raise SpecError(
            f"no row from which the model has learnt was of class {show_name(names[chosen])}, so "
            "nothing speaks for it; name another with --class"
        )
    return first, next(k for k in best if k != first)


def _prediction(model: Model, outputs: np.ndarray, names: tuple[str, ...]) -> str | float:
    said = decide(outputs, model.classes, model.task, model.flat)[0]
    if model.task == "classification":
        return str(said)
    values = np.atleast_1d(said).tolist()
    if model.task == "multilabel":
        return "|".join(name for name, on in zip(names, values, strict=True) if on)
    if len(values) == 1:
        return float(values[0])
    return ", ".join(f"{name} {value:.6g}" for name, value in zip(names, values, strict=True))


def _probabilities(
    model: Model, Z: np.ndarray, outputs: np.ndarray, first: int, second: int | None
) -> tuple[float, float] | None:
    """Return the probabilities of what is explained and of its rival or its absence."""
    if model.task == "regression" or not model.learner.probabilistic:
        return None
    if second is None:
        return float(outputs[0, first]), float(1.0 - outputs[0, first])
    shares = probabilities(outputs, model.classes)
    if outputs.shape[1] == 1 and model.scaler is not None:
        shares = both_tails(model.learner.scores(Z)).mean(axis=0, keepdims=True)
    return float(shares[0, first]), float(shares[0, second])


def _contributions(margin: Margin, Z: np.ndarray) -> dict[str, Any]:
    found = [contribute(margin, z) for z in Z]
    whole = Contributions(
        np.mean([one.values for one in found], axis=0),
        float(np.mean([one.output for one in found])),
        found[0].baseline_output,
        sum(one.n_gradients for one in found),
    )
    notices = ()
    if not whole.is_complete:
        notices = (
            Notice(
                "incomplete",
                f"the contributions miss {abs(whole.gap):.2g} of what they should add up to; read "
                "them as estimates",
            ),
        )
    return {
        "output": whole.output,
        "baseline_output": whole.baseline_output,
        "method": "exact" if margin.is_affine else "integrated gradients",
        "contributions": whole.values,
        "gap": whole.gap,
        "is_complete": whole.is_complete,
        "n_gradients": whole.n_gradients,
        "notices": notices,
    }


def _nearest(model: Model, Z: np.ndarray, count: int) -> dict[str, Any]:
    kept = model.training_rows
    if kept is None:
        return {}
    near = [NearRow(kept.ids[k], kept.labels[k], d) for k, d in kept.nearest(Z, max(0, count))]
    return {"nearest": tuple(near), "n_training": kept.n_all, "n_searched": len(kept.ids)}


def _mean_present(rows: np.ndarray) -> np.ndarray:
    """Average what is there, NaN where nothing is."""
    present = ~np.isnan(rows)
    counts = present.sum(axis=0)
    sums = np.where(present, rows, 0.0).sum(axis=0)
    return np.divide(sums, counts, out=np.full(rows.shape[1], np.nan), where=counts > 0)


def _filled(rows: np.ndarray, fill: np.ndarray) -> np.ndarray:
    return np.where(np.isnan(rows), fill, rows).mean(axis=0)
