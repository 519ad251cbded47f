"""Which files of a folder belong together or lie in one fold or part, and how much each counts.

Conventions: as in `labeling`; what is returned has an entry for each labelled file, in order.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from gradatim._stems import find_stems
from gradatim._text import option, plural, show_name
from gradatim.collection import Notice
from gradatim.errors import LabelError, SpecError
from gradatim.music.labeling import AUDIO, Labelled, SampleKind, is_fact, read_fact
from gradatim.music.listing import readable_path
from gradatim.music.manifests import read_manifest
from gradatim.tables.parts import read_parts
from gradatim.tables.weights import read_weights

# What is typed for the groups that the files' names give; a manifest that may lie in the folder
_STEM = "stem:name"
_MANIFEST = "groups.csv"


def read_groups(
    root: Path,
    groups: str | os.PathLike[str] | None,
    labelled: Labelled,
    kind: SampleKind = AUDIO,
) -> tuple[np.ndarray | None, tuple[Notice, ...]]:
    """Return the group of every file (n_files,), if there are any, and what is to be known."""
    if groups is None:
        return None, (_unused_manifest(root),) if (root / _MANIFEST).is_file() else ()
    text = os.fspath(groups)
    if text == _STEM:
        return _stem_groups(root, labelled.files, labelled.y, kind), ()
    in_table = labelled.table is not None and text in labelled.table.names
    if not is_fact(text) and not in_table:
        file = Path(groups).expanduser()
        if labelled.table is not None and not file.exists():
            labelled.table.require(text, "groups")
        labels = dict(zip(labelled.files, labelled.y.tolist(), strict=True))
        found, strays = read_manifest(file, root, labels, kind.noun, kind.file_of)
        return found, tuple(strays)
    facts = read_fact(text, "group", root, labelled.files, labelled.table, kind)
    alone = [f for f, fact in zip(labelled.files, facts, strict=True) if fact is None]
    notices = ()
    if alone:
        notices = (
            Notice(
                "few-groups",
                f"{plural(len(alone), kind.noun.split()[-1])} without a group by "
                f"{show_name(text)}, such as {show_name(alone[0])}: each is a group of its own",
            ),
        )
    # No tag can hold a slash's place at its start, so that nobody shares a lone file's group.
    pairs = zip(labelled.files, facts, strict=True)
    return np.array([fact or f"/{readable_path(file)}" for file, fact in pairs]), notices


def read_folds(
    root: Path, fold_column: str | None, labelled: Labelled, kind: SampleKind = AUDIO
) -> np.ndarray | None:
    """Return the published fold of every file (n_files,)."""
    if fold_column is None:
        return None
    return np.array(_facts(root, fold_column, "fold", labelled, kind))


def read_file_parts(
    root: Path, split_column: str | None, labelled: Labelled, kind: SampleKind = AUDIO
) -> tuple[np.ndarray | None, tuple[Notice, ...]]:
    """Return train or test for every file (n_files,), if a split is published."""
    if split_column is None:
        return None, ()
    facts = _facts(root, split_column, "part", labelled, kind)
    return read_parts(facts, split_column, [readable_path(file) for file in labelled.files])


def read_file_weights(
    weights: str | None, labelled: Labelled
) -> tuple[np.ndarray | None, tuple[Notice, ...]]:
    """Return how much every file counts (n_files,), by a column of the table of labels."""
    if weights is None:
        return None, ()
    if labelled.table is None:
        raise SpecError("--weights names a column of the table of labels; give it with --labels")
    found, told = read_weights(labelled.table, weights)
    return found, (told,)


def _facts(root: Path, fact: str, role: str, labelled: Labelled, kind: SampleKind) -> list[str]:
    """Return a fact that every file must have."""
    found = []
    facts = read_fact(fact, role, root, labelled.files, labelled.table, kind)
    for file, value in zip(labelled.files, facts, strict=True):
        if value is None:
            raise LabelError(
                f"{show_name(file)} has no {role} by {show_name(fact)}; every file needs one"
            )
        found.append(value)
    return found


def _stem_groups(root: Path, files: Sequence[str], y: np.ndarray, kind: SampleKind) -> np.ndarray:
    stems = find_stems(files, y)
    if stems is None:
        raise kind.error(
            f"the names of the files in {show_name(root)} share no stems, such as the song.0001 "
            f"of song.0001.3.wav; the first is {show_name(files[0])}"
        )
    return stems


def _unused_manifest(root: Path) -> Notice:
    typed = option("--groups", str(root / _MANIFEST))
    return Notice(
        "groups-proposed",
        f"{_MANIFEST} lies in the folder and was not used; if it says which files belong together, "
        f"keep them together with {typed}",
    )
