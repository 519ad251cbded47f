"""How good a kept model is on another collection, whose labels are known.

Conventions: a file is one sample, also where the recipe cuts it into segments. Every labelled
sample counts; one of a class that the model has never heard is wrong. The interval is 95 %, by a
jackknife over groups, or over samples where there are none.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from gradatim._pictures import Shown
from gradatim._text import find_twins, list_text, plural, show_name
from gradatim.collection import Collection, Notice
from gradatim.errors import InputError, SpecError, TableError
from gradatim.evaluation.evidence import degrees_of_freedom, jackknife, score_bounds
from gradatim.models.model import Model
from gradatim.music.pieces import first_pieces, mean_of_pieces
from gradatim.music.scores.features import ScoreRecipe
from gradatim.sources.registry import SOURCES, Options, find_kind, read_source
from gradatim.tables.columns import Dialect, read_columns
from gradatim.tables.features import feature_columns, unusable_columns
from gradatim.tagging.samples import recipe_of, score_recipe_of
from gradatim.training.targets import decide

_STEM = "stem:"


@dataclass(frozen=True, eq=False, repr=False)
class ModelScore(Shown):
    """What a kept model got right in a collection.

    Parameters
    ----------
    source : str
        Name of the collection.
    classes : sequence of str
        Classes of the collection, sorted.
    n_samples : sequence of int
        Samples of each class.
    n_right : sequence of int
        How many of these the model named.
    interval : tuple of float or None
        95 % interval of the accuracy; None where there is only one group.
    n_groups : int or None
        Groups; None where there are none.
    unheard : sequence of str
        Classes of which the model has never heard; all their samples are wrong.
    notices : sequence of Notice
        What a person should know.
    """

    source: str
    classes: Sequence[str]
    n_samples: Sequence[int]
    n_right: Sequence[int]
    interval: tuple[float, float] | None
    n_groups: int | None = None
    unheard: Sequence[str] = ()
    notices: Sequence[Notice] = ()

    def __repr__(self) -> str:
        right = f"{sum(self.n_right):,} of {plural(sum(self.n_samples), 'sample')} right"
        return f"ModelScore: {show_name(self.source)}: accuracy {self.accuracy:.3f}, {right}"

    @property
    def accuracy(self) -> float:
        """Share of all samples that are right."""
        return sum(self.n_right) / sum(self.n_samples)

    @property
    def balanced_accuracy(self) -> float:
        """Share that is right, averaged over the classes of the collection."""
        pairs = zip(self.n_right, self.n_samples, strict=True)
        return sum(right / n for right, n in pairs) / len(self.n_samples)

    def to_dict(self) -> dict[str, Any]:
        """Return everything as a JSON object."""
        rows = zip(self.classes, self.n_samples, self.n_right, strict=True)
        return {
            "source": self.source,
            "metric": "accuracy",
            "accuracy": self.accuracy,
            "interval": None if self.interval is None else list(self.interval),
            "balanced_accuracy": self.balanced_accuracy,
            "n_samples": sum(self.n_samples),
            "n_right": sum(self.n_right),
            "n_groups": self.n_groups,
            "unheard": list(self.unheard),
            "classes": [{"class": c, "n_samples": n, "n_right": right} for c, n, right in rows],
            "warnings": [{"code": one.code, "message": one.message} for one in self.notices],
        }


def score_path(
    model: Model, path: str | os.PathLike[str], options: Options | None = None
) -> ModelScore:
    """Score a model of classes on a labelled folder of audio or scores, table or dataset.

    Parameters
    ----------
    model : Model
        A model of classes; audio and scores are analyzed by the recipe inside it.
    path : path-like
        What is read; columns of a table that are neither read by the model nor named in the
        options are passed over.
    options : Options, optional
        Where labels and groups are found, as `gradatim.sources` reads them.

    Returns
    -------
    ModelScore
        Accuracy with its interval, what is right of each class, and classes never heard.

    Raises
    ------
    SpecError
        If the model is of labels or numbers, or options do not go with `path`.
    InputError
        If the collection is not of classes, or lacks the model's input.
    TableError
        If a column that the model reads is missing.
    """
    if model.task != "classification" or model.classes is None:
        raise SpecError(f"score is for models of classes, and this one is for {model.task}")
    if options is not None and options.weights is not None:
        raise SpecError("score counts every sample once; leave --weights out")
    text = os.fspath(path)
    collection = read_source(
        text, options_for(model, text, replace(options or Options(), single_class=True))
    )
    if collection.task != "classification":
        raise InputError(
            f"{show_name(text)} has targets for {collection.task}, and the model names classes; "
            "name a column of classes with --target"
        )
    starts = first_pieces(collection)
    outputs = mean_of_pieces(model.outputs(rows_for(model, collection)), starts)
    said = decide(outputs, model.classes, model.task, model.flat)
    first = np.arange(collection.n_samples) if starts is None else starts
    groups = None if collection.groups is None else collection.groups[first]
    return _scored(model, collection, collection.y[first].astype(str), said.astype(str), groups)


def options_for(model: Model, text: str, options: Options) -> Options:
    """Return how a collection is read so that it gives what the model reads."""
    kind = find_kind(text)
    if options.features:
        raise SpecError("features are computed as the model reads them; leave --features out")
    if kind in (SOURCES["folder"], SOURCES["features"], SOURCES["scores"]):
        if model.scaler is None:
            return options
        task = model.task if options.target else options.task
        if kind is SOURCES["features"] and model.recipe is None:
            raise InputError(
                f"{show_name(text)} is a table of features with its recipe, and the model holds "
                "none, since it was climbed on a plain table; give it such a table, or climb this "
                "one"
            )
        if kind is not SOURCES["scores"]:
            recipe = recipe_of(model, text)
            return replace(options, recipe=recipe, input=model.input, task=task)
        recipe = score_recipe_of(model, text)
        plain = isinstance(recipe, ScoreRecipe) and not recipe.notation
        return replace(options, ignore_notation=plain, task=task)
    if kind is not SOURCES["table"] or not options.target:
        return options
    dialect = Dialect(options.decimal, options.delimiter, options.header, options.encoding)
    table = read_columns(Path(text).expanduser(), dialect)
    targets = table.select(options.target, "target")
    read = set(feature_columns(table, model.feature_names).values())
    if taken := [name for name in targets if name in read]:
        raise TableError(f"the model reads column {show_name(taken[0])}, so it is no target")
    groups = options.groups or ""
    if groups not in table.columns:
        groups = groups.removeprefix(_STEM)
    named = {*targets, groups, options.fold_column, options.id}
    # A constant reads no column, but a collection has one.
    read = read or set(table.names) - unusable_columns(table).keys()
    drop = [name for name in table.names if name not in named | read]
    return replace(options, drop=drop, impute="median", task=model.task)


def rows_for(model: Model, collection: Collection) -> Any:
    """Return what the model reads, its columns in its own order."""
    if model.scaler is None:
        return collection
    if model.input not in collection.X:
        has = ", ".join(map(show_name, collection.X))
        raise InputError(
            f"the model reads {show_name(model.input)}, and {show_name(collection.name)} has {has}"
        )
    X, names = collection.X[model.input], list(collection.feature_names.get(model.input, ()))
    if not names or not model.feature_names or names == list(model.feature_names):
        return collection
    place = {name: k for k, name in enumerate(names)}
    if missing := [name for name in model.feature_names if name not in place]:
        raise InputError(
            f"{show_name(collection.name)} lacks {list_text(missing)}, which the model reads"
        )
    return X[:, [place[name] for name in model.feature_names]]


def _scored(
    model: Model,
    collection: Collection,
    true: np.ndarray,
    said: np.ndarray,
    groups: np.ndarray | None,
) -> ModelScore:
    right = true == said
    classes, codes, sizes = np.unique(true, return_inverse=True, return_counts=True)
    assert model.classes is not None
    heard = set(map(str, model.classes))
    unheard = [name for name in classes.tolist() if name not in heard]
    notices = list(collection.notices)
    if unheard:
        twins = find_twins(unheard, heard)
        named = [f"{name}, like {twins[name]}" if name in twins else name for name in unheard]
        lost = plural(int(np.isin(true, unheard).sum()), "sample")
        what = "class that the model has" if len(unheard) == 1 else "classes that the model has"
        notices.insert(
            0,
            Notice(
                "unheard-classes",
                f"{len(unheard)} {what} never heard of, all counted as wrong: "
                f"{list_text(named)} ({lost})",
            ),
        )
    return ModelScore(
        source=collection.name,
        classes=classes.tolist(),
        n_samples=sizes.tolist(),
        n_right=np.bincount(codes, right, len(classes)).astype(int).tolist(),
        interval=_interval(right, groups),
        n_groups=None if groups is None else len(np.unique(groups)),
        unheard=unheard,
        notices=notices,
    )


def _interval(right: np.ndarray, groups: np.ndarray | None) -> tuple[float, float] | None:
    units = np.arange(len(right)) if groups is None else np.unique(groups, return_inverse=True)[1]
    sizes = np.bincount(units)
    if len(sizes) < 2:
        return None
    sums = np.bincount(units, right)
    without = (sums.sum() - sums) / (sizes.sum() - sizes)
    variance = float(jackknife(without[None])[0, 0])
    # The factor of folds is for models that are trained on each other's rows.
    df = degrees_of_freedom(sizes)
    return score_bounds(float(right.mean()), variance, len(right), df, "share", factor=1.0)
