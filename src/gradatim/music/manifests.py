"""Manifests: a table that says which files of a folder belong to one group.

Conventions: the columns are ``path`` and ``group``, and possibly ``label``; a path is relative to
the folder of audio, or to the manifest itself, or absolute; either slash separates its parts.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from gradatim._text import plural
from gradatim.collection import Notice
from gradatim.errors import TableError
from gradatim.music.matching import FileFinder
from gradatim.tables.columns import Columns, read_columns


@dataclass(frozen=True)
class _ManifestRow:
    """One row of a manifest: where it stands, and what it says."""

    place: str
    path: str
    group: str
    label: str | None


def read_manifest(
    path: str | os.PathLike[str],
    folder: Path,
    labels: Mapping[str, str],
    noun: str = "audio file",
    file_of: Callable[[str], str] = str,
) -> tuple[np.ndarray, list[Notice]]:
    """Read the group of every file, or of the samples that it holds. Returns (n_files,)."""
    name = Path(path).name
    find = FileFinder(folder, Path(path).parent, dict.fromkeys([*labels, *map(file_of, labels)]))
    groups: dict[str, str] = {}
    strays: list[_ManifestRow] = []
    for row in _rows(read_columns(path)):
        file = find(row.path)
        if file is None:
            strays.append(row)
            continue
        if groups.setdefault(file, row.group) != row.group:
            raise TableError(
                f"{name} puts {file} into two groups, {groups[file]!r} and, in {row.place}, "
                f"{row.group!r}; a file belongs to one group"
            )
        if row.label is not None and row.label != labels.get(file, row.label):
            raise TableError(
                f"{name} labels {file} {row.label!r} in {row.place}, but it lies in the "
                f"folder of class {labels[file]!r}; move the file or correct the label"
            )
    for sample in labels:
        if (group := groups.get(file_of(sample))) is not None:
            groups.setdefault(sample, group)
    _refuse_missing(name, [file for file in labels if file not in groups])
    return np.array([groups[file] for file in labels]), _stray_notices(name, strays, noun)


def _rows(table: Columns) -> list[_ManifestRow]:
    columns = {key: table.texts(table.require(key, "manifest")) for key in ("path", "group")}
    labels: Sequence[str | None] = [None] * len(table.rows)
    if "label" in table.names:
        labels = table.texts("label")
    places = map(table.place, range(len(table.rows)))
    together = zip(places, columns["path"], columns["group"], labels, strict=True)
    return [_ManifestRow(*row) for row in together]


def _refuse_missing(name: str, missing: Sequence[str]) -> None:
    if missing:
        others = f" and {plural(len(missing) - 1, 'other file')}" if len(missing) > 1 else ""
        raise TableError(
            f"{name} gives no group for {missing[0]}{others}; add a row with its path and group"
        )


def _stray_notices(name: str, strays: Sequence[_ManifestRow], noun: str) -> list[Notice]:
    if not strays:
        return []
    count = plural(len(strays), "row")
    first = strays[0]
    return [
        Notice(
            "manifest-without-file",
            f"{count} of {name} {'names' if len(strays) == 1 else 'name'} no {noun} of the "
            f"folder, such as {first.path} in {first.place}",
        )
    ]
