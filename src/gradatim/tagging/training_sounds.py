"""The sounds of an explanation, to be played: what is explained, and training sounds near to it.

Conventions: a model knows what its training sounds are called, not where they lie. What it calls
them is never followed out of the folder that a person names, since a model may be anybody's.
"""

from __future__ import annotations

import os
import re
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path, PurePosixPath

from gradatim._text import show_name
from gradatim.collection import Collection, Sound
from gradatim.datasets import DATASETS, load_dataset
from gradatim.errors import InputError
from gradatim.models.model import Model
from gradatim.music.audio import FileSound
from gradatim.sources.registry import SOURCES, find_kind
from gradatim.tagging.explanations import Explanation

# What follows the name of a file where the sample is a piece of it.
_PIECE = re.compile(r"(?P<name>.+) (?P<start>[0-9.e+]+) s")


def find_sounds(
    model: Model, found: Explanation, path: str, folder: str | os.PathLike[str] | None
) -> tuple[Sound | None, list[Sound | None]]:
    """Return the sound that is explained, and those of the nearest training rows.

    `folder` is what the model has learnt from; without it, datasets of the package are found.
    """
    ids = [one.id for one in found.nearest]
    if folder is not None:
        near = _below(Path(folder).expanduser(), ids)
    else:
        about = model.about.get("collection", {})
        near = _of_dataset(about.get("name", ""), ids, about.get("sha256"), model.input)
    if find_kind(path) is SOURCES["dataset"]:
        return _of_dataset(path, [found.sample])[0], near
    is_sound = Path(path).is_file() and found.sample == found.source
    return FileSound(Path(path)) if is_sound else None, near


def _of_dataset(
    name: str, ids: Sequence[str], sha256: str | None = None, input: str = ""
) -> list[Sound | None]:
    """Look for sounds in a dataset of the package, of this content if it is said."""
    collection = load_dataset(name) if name in DATASETS else None
    if collection is None or collection.media is None:
        return [None] * len(ids)
    if sha256 not in (None, collection.sha256, _with_only(collection, input).sha256):
        return [None] * len(ids)
    media = dict(zip(map(str, collection.ids), collection.media, strict=True))
    return [media.get(id) for id in ids]


def _with_only(collection: Collection, input: str) -> Collection:
    """Return the collection as a climb with this input alone has seen it."""
    X = {name: values for name, values in collection.X.items() if name == input}
    return replace(collection, X=X or collection.X, feature_names={}, recipes={}, cycles=[])


def _below(root: Path, ids: Sequence[str]) -> list[Sound | None]:
    if not root.is_dir():
        raise InputError(
            f"{show_name(str(root))} is no folder; name the one of the training sounds"
        )
    sounds: list[Sound | None] = [_file(root, id) for id in ids]
    if ids and not any(sounds):
        raise InputError(
            f"{show_name(str(root))} has none of the nearest training sounds, such as "
            f"{show_name(ids[0])}; name the folder that the model was trained on"
        )
    return sounds


def _file(root: Path, id: str) -> FileSound | None:
    piece = _PIECE.fullmatch(id)
    names = [(id, 0.0), *([(piece["name"], float(piece["start"]))] if piece else [])]
    for name, start in names:
        inner = PurePosixPath(name)
        if not inner.is_absolute() and ".." not in inner.parts and (root / inner).is_file():
            return FileSound(root / inner, start=start)
    return None
