"""What a model is asked about: rows of a table or dataset, scores, or files of sound.

Conventions: a sample has one row, or one for each piece that the recipe cuts it into. Sounds are
listed, not read: a folder may hold more of them than fit into memory.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np

from gradatim._progress import Progress
from gradatim._text import plural, show_name
from gradatim.collection import Notice
from gradatim.errors import AudioError, InputError, SpecError, TableError
from gradatim.models.model import Model
from gradatim.music.feature_reading import read_unlabelled
from gradatim.music.formats import has_media, reader_of
from gradatim.music.listing import Listing, list_audio_files
from gradatim.music.recipes import Recipe, read_recipe
from gradatim.music.scores.features import ScoreRecipe
from gradatim.music.scores.files import list_scores, read_score_files
from gradatim.music.scores.ngrams import NgramRecipe
from gradatim.sources.registry import SOURCES, Options, find_kind, is_table_name, read_source
from gradatim.tables.columns import Dialect
from gradatim.tables.features import read_features

# Recipes of what is made of scores, by their kind
_SCORE_RECIPES: dict[object, type[ScoreRecipe | NgramRecipe]] = {
    "ngrams": NgramRecipe,
    "scores": ScoreRecipe,
}


@dataclass(frozen=True, eq=False)
class SampleRows:
    """Rows in raw units, and what the samples are called."""

    X: np.ndarray  # (n_pieces, n_features)
    paths: Sequence[str]  # What each sample is called
    starts: np.ndarray | None = None  # (n_samples,): First piece of each; None: one piece each
    notices: Sequence[Notice] = ()
    noun: str = "row"  # What a sample is called among others


@dataclass(frozen=True, eq=False)
class SoundFiles:
    """Files of sound that are there."""

    root: Path
    listing: Listing  # Files below the root
    source: str  # What was asked for: a folder, or one file in the root

    @property
    def is_one_file(self) -> bool:
        """Whether a file was asked for, not a folder."""
        return not Path(self.source).expanduser().is_dir()

    @property
    def paths(self) -> list[Path]:
        """The files."""
        return [self.root / file for file in self.listing.files]


def find_samples(
    model: Model,
    text: str,
    id: str | None,
    dialect: Dialect | None,
    follow_links: bool,
    n_jobs: int | None,
    progress: Progress | None,
    id_option: str = "--id",
) -> SampleRows | SoundFiles:
    """Find what a model is asked about by a path or a dataset's name; scores take a while."""
    where = Path(text).expanduser()
    kind = find_kind(text)
    is_file = where.is_file()
    if kind is SOURCES["features"] and model.recipe is not None:
        if given := _given(id and id_option, dialect):
            raise SpecError(
                f"{text} says itself how it is read, and its rows are called by their path; leave "
                f"out {given}"
            )
        found = read_unlabelled(where, recipe_of(model, text))
        return SampleRows(found.X, found.paths, found.starts, found.notices, "file")
    if kind in (SOURCES["features"], SOURCES["table"]) or (is_file and is_table_name(text)):
        return _read_table(model, where, id, dialect)
    if (kind is not None or where.exists()) and (given := _given(id and id_option, dialect)):
        what = "no table" if kind is None else kind.phrase
        raise SpecError(f"{given} does not go with {text}, {what}; leave it out")
    if kind is SOURCES["scores"]:
        return _read_scores(model, where, follow_links, n_jobs, progress)
    if kind is SOURCES["folder"]:
        return _found(where, list_audio_files(where, follow_links=follow_links), text)
    if kind is None and is_file and (reader := reader_of(where)) is not None:
        unread = reader == "FFmpeg" and not has_media()
        name = (where.name,)
        return _found(where.parent, Listing((), name) if unread else Listing(name), text)
    collection = read_source(text, Options())
    if model.scaler is None:
        X = np.empty((collection.n_samples, 0))
    elif model.input in collection.X:
        X = collection.X[model.input]
    else:
        known = ", ".join(map(show_name, collection.X))
        raise InputError(f"the model reads {show_name(model.input)}, and {text} has {known}")
    return SampleRows(X, collection.ids.tolist())


def _given(id_option: str | None, dialect: Dialect | None) -> str:
    """Return what is typed for the options of a table that were given."""
    written = {} if dialect is None else asdict(dialect)
    typed = [f"--{name}" for name, value in written.items() if value is not None]
    return ", ".join([*filter(None, [id_option]), *typed])


def _found(root: Path, listing: Listing, source: str) -> SoundFiles:
    if not listing.files:
        said = (notice.message for notice in listing.notices)
        why = "; ".join(said) or "give a folder with audio in it"
        raise AudioError(f"there is no audio that can be read in {show_name(root)}: {why}")
    return SoundFiles(root, listing, source)


def _read_table(model: Model, path: Path, id: str | None, dialect: Dialect | None) -> SampleRows:
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
    return SampleRows(X, ids.tolist(), notices=notices)


def _read_scores(
    model: Model, path: Path, follow_links: bool, n_jobs: int | None, progress: Progress | None
) -> SampleRows:
    recipe = None if model.scaler is None else score_recipe_of(model, str(path))
    root, listing = list_scores(path, follow_links=follow_links)
    read = read_score_files(root, listing.files, n_jobs=n_jobs, progress=progress)
    read.require_any(root)
    # A constant answers without a look at the notes.
    X = np.empty((len(read.ids), 0)) if recipe is None else read.compute(recipe)
    return SampleRows(X, read.ids, notices=[*listing.notices, *read.notices], noun="score")


def recipe_of(model: Model, source: str) -> Recipe:
    """Return the recipe of a model's features, or say that it reads no audio."""
    if model.recipe is None or _reads_scores(model):
        raise InputError(_of_another_kind(model, source, "audio"))
    recipe = read_recipe(model.recipe)
    _require_length(model, recipe.names)
    return recipe


def score_recipe_of(model: Model, source: str) -> ScoreRecipe | NgramRecipe:
    """Return the recipe of what a model reads of scores, or say that it reads none."""
    kind = None if model.recipe is None else _SCORE_RECIPES.get(model.recipe.get("kind"))
    if model.recipe is None or kind is None:
        raise InputError(_of_another_kind(model, source, "scores"))
    recipe = kind.from_dict(model.recipe)
    _require_length(model, recipe.names)
    return recipe


def _reads_scores(model: Model) -> bool:
    return model.recipe is not None and model.recipe.get("kind") in _SCORE_RECIPES


def _of_another_kind(model: Model, source: str, material: str) -> str:
    verb = "is audio" if material == "audio" else "holds scores"
    if model.recipe is not None:
        other = "scores" if _reads_scores(model) else "audio"
        return f"{show_name(source)} {verb}, and the model reads {other}; give it {other}"
    return (
        f"{show_name(source)} {verb}, and the model reads {show_name(model.input)}, "
        f"{plural(model.n_features or 0, 'column')} that no recipe computes from {material}; "
        "give a table with these columns"
    )


def _require_length(model: Model, names: Sequence[str]) -> None:
    if model.n_features != len(names):
        raise InputError(
            f"the recipe inside the model gives {len(names)} features, and the model reads "
            f"{model.n_features}; save the model again from its climb"
        )


def output_names(model: Model, n_outputs: int) -> tuple[str, ...]:
    """Return the names of classes, labels or targets, numbers where they have none."""
    if model.classes is not None:
        return tuple(str(label) for label in model.classes)
    return model.target_names or tuple(f"output {k + 1}" for k in range(n_outputs))
