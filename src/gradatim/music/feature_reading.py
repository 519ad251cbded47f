"""From a table of features to a `Collection`: what is learnt, grouped and left out is in the table.

Conventions: the target is the column ``label``, the groups the column ``group``; a row without a
group has one of its own. Rows with an error, or without a label, are left out with a notice.
Each input has the columns that its recipe names, wherever they stand.
"""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from gradatim._text import plural, show_name
from gradatim.collection import Collection, Notice
from gradatim.errors import SpecError, TableError
from gradatim.music.feature_tables import ROLES, FileRecipes, read_recipes
from gradatim.music.plans import InputPlan
from gradatim.music.recipes import Recipe
from gradatim.tables.arrow_columns import column
from gradatim.tables.collections import read_table
from gradatim.tables.columns import Columns, NotANumberError, read_columns

_STEM = "stem:"


@dataclass(frozen=True, eq=False)
class UnlabelledFeatures:
    """What a model is given of a table of features."""

    X: np.ndarray  # (n_rows, n_features)
    paths: tuple[str, ...]  # (n_files,): Each file once
    starts: np.ndarray | None  # (n_files,): First row of each; None: one row each
    notices: tuple[Notice, ...]


def read_feature_table(
    path: str | os.PathLike[str],
    *,
    target: Sequence[str] = (),
    groups: str | None = None,
    features: Sequence[str] = (),
    recipes: Mapping[str, Recipe] | None = None,
    task: str | None = None,
    min_class_size: int = 0,
    single_class: bool = False,
) -> Collection:
    """Read a table of features that `write_features` wrote as Parquet.

    Parameters
    ----------
    path : path-like
        The file.
    target : sequence of str
        Nothing, or the one column ``label``.
    groups : str, optional
        ``path``, ``group`` or ``stem:path``; by default the column ``group`` if it says something.
    features : sequence of str
        Inputs, or other unions of the sets that are there; all inputs of the file if empty.
    recipes : mapping of str to recipe, optional
        Inputs with the recipes by which they must have been computed.
    task : {"classification", "multilabel", "regression"}, optional
        How the labels are read; as they were extracted if None.
    min_class_size : int, default 0
        Rows that a class, or a tag, must have; smaller ones are left out.
    single_class : bool
        Whether one class is enough, for whoever only scores.

    Returns
    -------
    Collection
        Inputs with their recipes, labels and groups; notices tell of rows that were left out.

    Raises
    ------
    TableError
        If the file is no such table, its recipe is damaged or another one, it has no labels, or
        none of its sounds could be read.
    SpecError
        If another target or grouping is named, or features that the file does not hold.
    LabelError
        If all rows are of one class, unless `single_class`.
    """
    file = Path(path).expanduser()
    told = _require(file)
    if tuple(target) not in ((), ("label",)):
        raise SpecError(
            f"what is learnt of {told.source} is its column label, not {show_name(target[0])}; "
            "leave --target out"
        )
    inputs = dict(recipes) if recipes is not None else told.choose(features)
    for recipe in inputs.values():
        told.require(recipe)
    plan = InputPlan(inputs)
    table = _with_features(read_columns(file), plan)
    prints = told.fingerprints(len(table.rows))
    if prints is not None:
        prints = prints[table.is_missing("error") & ~table.is_missing("label")]
    table, notices = _readable(table)
    unlabelled = table.is_missing("label")
    if unlabelled.all():
        raise TableError(
            f"{told.source} has no labels; extract the features with --labels, or predict for them"
        )
    if unlabelled.any():
        text = f"{plural(int(unlabelled.sum()), 'row')} without a label left out"
        notices = (*notices, Notice("left-out", text))
        table = table.keep(~unlabelled)
    _require_values(table, plan.whole.names)
    kept, paths = _for_reading(table, plan, groups), table.texts("path")
    _require_once(table, kept.texts("id"))
    collection = read_table(
        kept,
        "label",
        _group_name(kept, groups),
        id="id",
        task=task or told.task,
        min_class_size=min_class_size,
        single_class=single_class,
    )
    place = {name: k for k, name in enumerate(collection.feature_names["features"])}
    row_of = {name: k for k, name in enumerate(kept.texts("id"))}
    rows = [row_of[name] for name in collection.ids.tolist()]
    X = collection.X["features"].astype(np.float32)
    return replace(
        collection,
        X=plan.cut(X[:, [place[name] for name in plan.whole.names]]),
        feature_names=plan.feature_names,
        recipes=plan.to_dict(),
        cycles=plan.cycles,
        texts={"path": np.array(paths)[rows]},
        fingerprints=None if prints is None else prints[rows],
        notices=(*collection.notices, *notices, *plan.notices),
    )


def read_unlabelled(path: str | os.PathLike[str], recipe: Recipe) -> UnlabelledFeatures:
    """Read the features of every sound in a table that were computed by a recipe."""
    file = Path(path).expanduser()
    told = _require(file)
    told.require(recipe)
    table, notices = _readable(_with_features(read_columns(file), InputPlan({"": recipe})))
    _require_values(table, recipe.names)
    X = np.stack([table.numbers(name) for name in recipe.names], axis=1)
    paths = table.texts("path")
    first = [k for k, name in enumerate(paths) if k == 0 or name != paths[k - 1]]
    starts = None if len(first) == len(paths) else np.array(first)
    return UnlabelledFeatures(X, tuple(paths[k] for k in first), starts, notices)


def _require(file: Path) -> FileRecipes:
    told = read_recipes(file)
    if told is None:
        raise TableError(f"{file.name} is no table that gradatim features wrote as Parquet")
    return told


def _with_features(table: Columns, plan: InputPlan) -> Columns:
    """Leave out the columns that no recipe names, and make sure that the others are there."""
    wanted = [*(name for name in ROLES if name in table.names), *plan.whole.names]
    lost = [name for name in (*ROLES[:4], *plan.whole.names) if name not in table.columns]
    if lost:
        raise TableError(
            f"{table.source} lacks the column {show_name(lost[0])}, which its recipe names; "
            "extract the features anew"
        )
    return replace(table, columns={name: table.columns[name] for name in wanted})


def _readable(table: Columns) -> tuple[Columns, tuple[Notice, ...]]:
    """Leave out the rows of files that could not be read."""
    errors = table.columns["error"].to_pylist()
    bad = np.array([error is not None for error in errors], dtype=bool)
    if bad.all():
        raise TableError(f"no file of {table.source} could be read; the first: {errors[0]}")
    if not bad.any():
        return table, ()
    first = int(np.argmax(bad))
    name = show_name(str(table.columns["path"].to_pylist()[first]))
    reason = str(errors[first]).removeprefix(f"{name} ")
    text = f"{plural(int(bad.sum()), 'file')} that could not be read left out, such as {name}"
    return table.keep(~bad), (Notice("left-out", f"{text}: {reason}"),)


def _require_values(table: Columns, names: Sequence[str]) -> None:
    """Refuse gaps, which no recipe leaves in a sound that could be read."""
    for name in names:
        try:
            finite = np.isfinite(table.numbers(name))
        except NotANumberError:
            continue  # Whoever reads the table says so.
        if not finite.all():
            index = int(finite.argmin())
            raise TableError(
                f"column {show_name(name)} of {table.source} has no finite number for "
                f"{show_name(table.texts('path')[index])}, though no error is told of it; extract "
                "the features anew"
            )


def _require_once(table: Columns, ids: Sequence[str]) -> None:
    """Refuse a sound, or a piece of one, that has two rows."""
    twice = next((name for name, count in Counter(ids).items() if count > 1), None)
    if twice is not None:
        raise TableError(
            f"column path of {table.source} names {show_name(twice)} in two rows; leave one of "
            "them out"
        )


def _for_reading(table: Columns, plan: InputPlan, groups: str | None) -> Columns:
    """Return id, label, groups and features, as `read_table` takes them."""
    import pyarrow as pa

    paths, columns = table.texts("path"), dict[str, Any]()
    starts = table.columns["start"].to_pylist() if "start" in table.names else None
    ids = (
        paths if starts is None else [f"{p} {s:.6g} s" for p, s in zip(paths, starts, strict=True)]
    )
    columns["id"] = pa.chunked_array([column(ids, pa.string())])
    columns["label"] = table.columns["label"]
    if groups is None:
        named = table.columns["group"].to_pylist()
        if any(group is not None for group in named):
            columns["group"] = pa.chunked_array([column(_lone_groups(named, paths), pa.string())])
    else:
        name = groups.removeprefix(_STEM)
        if name not in ("path", "group"):
            raise SpecError(
                f"a table of features is grouped by path, group or {_STEM}path, not by "
                f"{show_name(groups)}"
            )
        columns[name] = table.columns[name]
    columns |= {name: table.columns[name] for name in plan.whole.names}
    return replace(table, columns=columns)


def _lone_groups(groups: Sequence[str | None], paths: Sequence[str]) -> list[str]:
    """Give a sound without a group one of its own, by a name that no group has."""
    return [group or f"/{path}" for group, path in zip(groups, paths, strict=True)]


def _group_name(table: Columns, groups: str | None) -> str | None:
    if groups is not None:
        return groups
    return "group" if "group" in table.names else None
