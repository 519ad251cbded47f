"""What a model is given to predict from: audio by the recipe inside it, or a table by its columns.

Conventions: a sound that the recipe cuts into segments has the mean of their outputs, so that a
file is one row. What cannot be read is left out with a notice; if nothing can, it is an error.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from gradatim._progress import Progress
from gradatim._text import plural, show_name
from gradatim.collection import Notice
from gradatim.errors import AudioError, InputError, SpecError, TableError
from gradatim.models.model import Model
from gradatim.music.analysis import analyze_files
from gradatim.music.cache import FeatureCache
from gradatim.music.feature_reading import read_unlabelled
from gradatim.music.formats import has_media, reader_of
from gradatim.music.listing import Listing, below_root, list_audio_files, readable_path
from gradatim.music.pieces import FileAnalysis
from gradatim.music.recipes import Recipe, read_recipe
from gradatim.sources.registry import SOURCES, Options, find_kind, is_table_name, read_source
from gradatim.tables.collections import read_features
from gradatim.tables.columns import Dialect
from gradatim.tagging.predictions import Predictions
from gradatim.training.targets import decide

__all__ = ["mean_of_pieces", "predict_path", "recipe_of"]

_SKIPPED_SHOWN = 5


@dataclass(frozen=True, eq=False)
class _Unlabelled:
    """Samples as they were read."""

    X: np.ndarray  # (n_pieces, n_features)
    paths: Sequence[str]  # What each sample is called
    starts: np.ndarray | None = None  # (n_samples,): First piece of each; None: one piece each
    files: Sequence[Path] = ()
    notices: Sequence[Notice] = ()


def predict_path(
    model: Model,
    path: str | os.PathLike[str],
    *,
    abstain_below: float | None = None,
    id: str | None = None,
    dialect: Dialect | None = None,
    follow_links: bool = False,
    n_jobs: int | None = None,
    progress: Progress | None = None,
    cache: str | os.PathLike[str] | None = None,
) -> Predictions:
    """Predict for an audio file, a folder of audio, a table, or a dataset in the package.

    Parameters
    ----------
    model : Model
        What predicts; audio is analyzed by the recipe inside it.
    path : path-like
        The file, folder or table. Sounds need no labels and may lie at any depth; columns of a
        table are matched by name, in any order, and others are passed over.
    abstain_below : float in [0, 1], optional
        Predict no class whose probability is below.
    id : str, optional
        Column by whose values the rows of a table are called.
    dialect : Dialect, optional
        How a table of text is written; found if None.
    follow_links : bool
        Also follow links that lead out of a folder.
    n_jobs : int, optional
        Threads that decode and analyze; one per core if None.
    progress : callable, optional
        Called with the share of the files that are done, and how many these are.
    cache : path-like, optional
        Folder in which features of files are kept, so that they are computed once.

    Returns
    -------
    Predictions
        A row for each file or row of the table.

    Raises
    ------
    InputError
        If there is nothing at `path`, or the model reads columns of a table and gets audio.
    AudioError
        If there is no audio, or none of it can be read.
    TableError
        If a column that the model reads is missing or has a gap that nothing fills.
    SpecError
        If the model gives no probabilities of classes to abstain by.

    Examples
    --------
    >>> from gradatim import climb_collection, read_folder
    >>> drums = read_folder("examples/drums")
    >>> found = climb_collection(drums, rungs=["majority", "linear"], repeats=1, folds=3)
    >>> said = predict_path(found.find_model("linear"), "examples/drums/kick")
    >>> said.n_samples, said.values[0].item()
    (20, 'kick')
    """
    _check_abstention(model, abstain_below)
    text = os.fspath(path)
    kept = None if cache is None else Path(cache)
    found = _read(model, text, id, dialect, follow_links, n_jobs, progress, kept)
    outputs, probabilities = _outputs(model, found)
    return Predictions(
        source=readable_path(Path(text).name or text),
        task=model.task,
        names=_names(model, outputs.shape[1]),
        paths=tuple(found.paths),
        values=decide(outputs, model.classes, model.task, model.flat),
        probabilities=probabilities,
        abstain_below=abstain_below,
        files=tuple(found.files),
        notices=tuple(found.notices),
    )


def recipe_of(model: Model, source: str) -> Recipe:
    """Return the recipe of a model's features, or say that it reads no audio."""
    if model.recipe is None:
        raise InputError(
            f"{show_name(source)} is audio, and the model reads {show_name(model.input)}, "
            f"{plural(model.n_features or 0, 'column')} that no recipe computes from audio; give a "
            "table with these columns"
        )
    recipe = read_recipe(model.recipe)
    if model.n_features != len(recipe.names):
        raise InputError(
            f"the recipe inside the model gives {len(recipe.names)} features, and the model reads "
            f"{model.n_features}; save the model again from its climb"
        )
    return recipe


def _check_abstention(model: Model, level: float | None) -> None:
    if level is None:
        return
    if not 0 <= level <= 1:
        raise SpecError(f"a model abstains below a probability from 0 to 1, not {level:g}")
    if model.task != "classification":
        raise SpecError(f"only a model of classes abstains; this one is for {model.task}")
    if not model.learner.probabilistic:
        raise SpecError(
            f"the {model.rung} model gives no probabilities to abstain by; save a rung that has "
            "them (logistic, shallow, deep)"
        )


def _read(
    model: Model,
    text: str,
    id: str | None,
    dialect: Dialect | None,
    follow_links: bool,
    n_jobs: int | None,
    progress: Progress | None,
    cache: Path | None,
) -> _Unlabelled:
    where = Path(text).expanduser()
    kind = find_kind(text)
    is_file = where.is_file()
    if kind is SOURCES["features"] and model.recipe is not None and id is None and dialect is None:
        found = read_unlabelled(where, recipe_of(model, text))
        return _Unlabelled(found.X, found.paths, found.starts, notices=found.notices)
    if kind in (SOURCES["features"], SOURCES["table"]) or (is_file and is_table_name(text)):
        return _read_table(model, where, id, dialect)
    if id is not None or dialect is not None:
        raise SpecError(f"{text} is no table, so how a table is read does not go with it")
    if kind is SOURCES["folder"]:
        listing = list_audio_files(where, follow_links=follow_links)
        return _read_sounds(model, where, listing, n_jobs, progress, cache)
    if kind is None and is_file and (reader := reader_of(where)) is not None:
        if reader == "FFmpeg" and not has_media():
            listing = Listing((), (where.name,))
        else:
            listing = Listing((where.name,))
        return _read_sounds(model, where.parent, listing, n_jobs, progress, cache)
    collection = read_source(text, Options())
    if model.scaler is None:
        X = np.empty((collection.n_samples, 0))
    elif model.input in collection.X:
        X = collection.X[model.input]
    else:
        known = ", ".join(map(show_name, collection.X))
        raise InputError(f"the model reads {show_name(model.input)}, and {text} has {known}")
    return _Unlabelled(X, collection.ids.tolist())


def _read_table(model: Model, path: Path, id: str | None, dialect: Dialect | None) -> _Unlabelled:
    if model.scaler is not None and not model.feature_names:
        raise InputError(
            "the model's columns have no names, so none can be found in a table; give it an array "
            "in Python"
        )
    X, ids, notices = read_features(path, model.feature_names, id, dialect)
    if model.scaler is not None:
        gaps = np.isnan(X) & np.isnan(model.scaler.fill)
        if gaps.any():
            row, column = np.argwhere(gaps)[0]
            raise TableError(
                f"{show_name(str(ids[row]))} of {show_name(path.name)} has no value in column "
                f"{show_name(model.feature_names[column])}, and the model was trained without "
                "gaps; fill it in, or train with --impute median"
            )
    return _Unlabelled(X, ids.tolist(), notices=notices)


def _read_sounds(
    model: Model,
    root: Path,
    listing: Listing,
    n_jobs: int | None,
    progress: Progress | None,
    cache: Path | None,
) -> _Unlabelled:
    notices = list(listing.notices)
    if not listing.files:
        why = "; ".join(notice.message for notice in notices) or "give a folder with audio in it"
        raise AudioError(f"there is no audio that can be read in {show_name(root)}: {why}")
    if model.scaler is None:
        # A constant answers without a look.
        files = [root / file for file in listing.files]
        named = [readable_path(file) for file in listing.files]
        return _Unlabelled(np.empty((len(files), 0)), named, files=files, notices=notices)
    recipe = recipe_of(model, str(root))
    outcomes = analyze_files(
        [root / file for file in listing.files],
        recipe,
        n_jobs=n_jobs or os.cpu_count() or 1,
        progress=progress,
        cache=None if cache is None else FeatureCache(cache, root),
    )
    read, errors = [], []
    for file, outcome in zip(listing.files, outcomes, strict=True):
        if isinstance(outcome, FileAnalysis):
            read.append((file, outcome))
        else:
            errors.append(outcome)
    if not read:
        raise AudioError(
            f"none of {plural(len(errors), 'audio file')} in {show_name(root)} can be read; the "
            f"first: {below_root(root, errors[0])}"
        )
    notices += [
        Notice("left-out", f"{below_root(root, e)}; it was skipped")
        for e in errors[:_SKIPPED_SHOWN]
    ]
    if more := len(errors) - min(len(errors), _SKIPPED_SHOWN):
        notices.append(Notice("left-out", f"{plural(more, 'more file')} skipped in the same way"))
    lengths = [len(outcome.pieces) for _, outcome in read]
    return _Unlabelled(
        X=np.stack([piece.features for _, outcome in read for piece in outcome.pieces]),
        paths=[readable_path(file) for file, _ in read],
        starts=None if max(lengths) == 1 else np.cumsum([0, *lengths[:-1]]),
        files=[root / file for file, _ in read],
        notices=notices,
    )


def _outputs(model: Model, found: _Unlabelled) -> tuple[np.ndarray, np.ndarray | None]:
    """Return outputs and probabilities of each sample, over its pieces."""
    outputs = mean_of_pieces(model.outputs(found.X), found.starts)
    if model.task == "regression" or not model.learner.probabilistic:
        return outputs, None
    return outputs, mean_of_pieces(model.predict_proba(found.X), found.starts)


def mean_of_pieces(values: np.ndarray, starts: np.ndarray | None) -> np.ndarray:
    """Average rows from each start to the next, (n_pieces, n) to (n_samples, n)."""
    if starts is None:
        return values
    lengths = np.diff([*starts, len(values)])
    return np.add.reduceat(values, starts, axis=0) / lengths[:, None]


def _names(model: Model, n_outputs: int) -> tuple[str, ...]:
    if model.classes is not None:
        return tuple(str(label) for label in model.classes)
    return model.target_names or tuple(f"output {k + 1}" for k in range(n_outputs))
