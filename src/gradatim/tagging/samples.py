"""What a model is asked about: rows of a table or dataset, or files of sound.

Conventions: a sample has one row, or one for each piece that the recipe cuts it into. Sounds are
listed, not read: a folder may hold more of them than fit into memory.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from gradatim._text import plural, show_name
from gradatim.collection import Notice
from gradatim.errors import AudioError, InputError, SpecError, TableError
from gradatim.models.model import Model
from gradatim.music.features import FeatureRecipe
from gradatim.music.formats import has_media, reader_of
from gradatim.music.listing import Listing, list_audio_files
from gradatim.sources.registry import SOURCES, Options, find_kind, is_table_name, read_source
from gradatim.tables.collections import read_features
from gradatim.tables.columns import Dialect

__all__ = ["Samples", "SoundFiles", "find_samples", "output_names", "recipe_of"]


@dataclass(frozen=True, eq=False)
class Samples:
    """Rows in raw units, and what the samples are called."""

    X: np.ndarray  # (n_pieces, n_features)
    paths: Sequence[str]  # What each sample is called
    starts: np.ndarray | None = None  # (n_samples,): First piece of each; None: one piece each
    notices: Sequence[Notice] = ()


@dataclass(frozen=True, eq=False)
class SoundFiles:
    """Files of sound that are there."""

    root: Path
    listing: Listing  # Files below the root

    @property
    def paths(self) -> list[Path]:
        """The files."""
        return [self.root / file for file in self.listing.files]


def find_samples(
    model: Model, text: str, id: str | None, dialect: Dialect | None, follow_links: bool
) -> Samples | SoundFiles:
    """Find what a model is asked about by a path or a dataset's name."""
    where = Path(text).expanduser()
    kind = find_kind(text)
    is_file = where.is_file()
    if kind is SOURCES["table"] or (is_file and is_table_name(text)):
        return _read_table(model, where, id, dialect)
    if id is not None or dialect is not None:
        raise SpecError(f"{text} is no table, so how a table is read does not go with it")
    if kind is SOURCES["folder"]:
        return _found(where, list_audio_files(where, follow_links=follow_links))
    if kind is None and is_file and (reader := reader_of(where)) is not None:
        unread = reader == "FFmpeg" and not has_media()
        return _found(where.parent, Listing(*([(), (where.name,)] if unread else [(where.name,)])))
    collection = read_source(text, Options())
    if model.scaler is None:
        X = np.empty((collection.n_samples, 0))
    elif model.input in collection.X:
        X = collection.X[model.input]
    else:
        known = ", ".join(map(show_name, collection.X))
        raise InputError(f"the model reads {show_name(model.input)}, and {text} has {known}")
    return Samples(X, collection.ids.tolist())


def _found(root: Path, listing: Listing) -> SoundFiles:
    if not listing.files:
        said = (notice.message for notice in listing.notices)
        why = "; ".join(said) or "give a folder with audio in it"
        raise AudioError(f"there is no audio that can be read in {show_name(root)}: {why}")
    return SoundFiles(root, listing)


def _read_table(model: Model, path: Path, id: str | None, dialect: Dialect | None) -> Samples:
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
    return Samples(X, ids.tolist(), notices=notices)


def recipe_of(model: Model, source: str) -> FeatureRecipe:
    """Return the recipe of a model's features, or say that it reads no audio."""
    if model.recipe is None:
        raise InputError(
            f"{show_name(source)} is audio, and the model reads {show_name(model.input)}, "
            f"{plural(model.n_features or 0, 'column')} that no recipe computes from audio; give a "
            "table with these columns"
        )
    recipe = FeatureRecipe.from_dict(model.recipe)
    if model.n_features != len(recipe.names):
        raise InputError(
            f"the recipe inside the model gives {len(recipe.names)} features, and the model reads "
            f"{model.n_features}; save the model again from its climb"
        )
    return recipe


def output_names(model: Model, n_outputs: int) -> tuple[str, ...]:
    """Return the names of classes, labels or targets, numbers where they have none."""
    if model.classes is not None:
        return tuple(str(label) for label in model.classes)
    return model.target_names or tuple(f"output {k + 1}" for k in range(n_outputs))
