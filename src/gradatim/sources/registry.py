"""Every kind of source, and what to say of a text that none of them claims.

Conventions: the first kind that claims a text reads it, so the name of a dataset in the package
wins over a folder of that name, which is then written ``./timbre``. An option that does not go with
what was named is an error, never ignored.
"""

from __future__ import annotations

import difflib
import os
from pathlib import Path

from gradatim.collection import Collection
from gradatim.errors import InputError, SpecError
from gradatim.sources.kinds import DATASET, FOLDER, TABLE, TABLES, Kind, Options

__all__ = ["SOURCES", "files_of", "find_kind", "read_source"]

#: Kinds of sources by a short name; whoever can read another kind adds it here.
SOURCES: dict[str, Kind] = {"dataset": DATASET, "folder": FOLDER, "table": TABLE}

_REFUSED = ("target", "groups", "drop", "impute", "task")


def find_kind(text: str) -> Kind | None:
    """Find the kind of source that a text names."""
    return next((kind for kind in SOURCES.values() if kind.claims(text)), None)


def read_source(text: str, options: Options) -> Collection:
    """Read what a text names."""
    kind = find_kind(text)
    if kind is None:
        raise InputError(_unclaimed(text))
    given = [f"--{o}" for o in _REFUSED if o not in kind.takes and getattr(options, o)]
    if given:
        raise SpecError(f"{', '.join(given)} does not go with {text}, {kind.phrase}; leave it out")
    return kind.read(text, options)


def files_of(text: str, options: Options) -> list[Path]:
    """Return the files that are read and must not be written over."""
    return [Path(name) for name in (text, options.groups) if name and os.path.isfile(name)]


def _unclaimed(text: str) -> str:
    if Path(text).expanduser().exists():
        return (
            f"{text} is neither a folder of audio nor a table ({', '.join(TABLES)}); give the "
            "folder whose sub-folders are the classes, or a table"
        )
    folder, name = os.path.split(os.path.expanduser(text))
    try:
        neighbours = os.listdir(folder or ".")
    except OSError:
        neighbours = []
    beside = [os.path.join(folder, n) for n in difflib.get_close_matches(name, neighbours, 2)]
    known = [name for kind in SOURCES.values() for name in kind.names()]
    close = [*difflib.get_close_matches(text, known, 1), *beside]
    hint = f"did you mean {' or '.join(close)}?" if close else "`gradatim data` lists the datasets"
    return f"there is no file, folder or dataset {text!r}; {hint}"
