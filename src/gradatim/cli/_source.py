"""What PATH on the command line names, read into a collection.

Conventions: the name of a dataset in the package wins over a folder of that name, which is then
written ``./timbre``. An option that does not go with what was named is an error, never ignored.
"""

from __future__ import annotations

import difflib
import os
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from gradatim.collection import Collection
from gradatim.errors import InputError, SpecError, TableError

__all__ = ["TABLES", "Source", "read_source"]

#: Endings of tables.
TABLES = (".csv", ".tsv", ".parquet")

Progress = Callable[[int, int], None]


@dataclass(frozen=True)
class Source:
    """What a person asked to be read."""

    path: str  # A dataset's name, a folder of audio, or a table
    target: Sequence[str] = ()  # Columns of a table to learn
    groups: str | None = None  # A manifest for a folder, a column for a table
    drop: Sequence[str] = ()  # Columns of a table to leave out
    impute: str | None = None  # How to fill missing values of a table
    task: str | None = None  # How to read the targets of a table

    def files(self) -> list[Path]:
        """Return the files that are read and must not be written over."""
        named = [self.path, *([self.groups] if self.groups else [])]
        return [Path(name) for name in named if os.path.isfile(name)]


def read_source(source: Source, *, n_jobs: int | None, progress: Progress) -> Collection:
    """Read what PATH names."""
    from gradatim.datasets import DATASETS

    path = Path(source.path).expanduser()
    if source.path in DATASETS:
        return _read_dataset(source)
    if path.is_dir():
        return _read_folder(source, path, n_jobs, progress)
    if not path.exists():
        raise InputError(_nothing_there(source.path, DATASETS))
    if path.suffix.lower() in TABLES:
        return _read_table(source, path)
    raise InputError(
        f"{source.path} is neither a folder of audio nor a table ({', '.join(TABLES)}); give the "
        "folder whose sub-folders are the classes, or a table"
    )


def _read_dataset(source: Source) -> Collection:
    from gradatim import datasets

    _refuse(source, ("groups", "drop", "impute", "task"), "a dataset in the package")
    if not source.target:
        return datasets.load_dataset(source.path)
    if source.path == "world" and len(source.target) == 1:
        return datasets.load_world(target=source.target[0])
    raise SpecError(
        f"{source.path} brings what is to be learnt; leave out --target "
        f"(for a folder of that name, write ./{source.path})"
    )


def _read_folder(source: Source, path: Path, n_jobs: int | None, progress: Progress) -> Collection:
    from gradatim.music import read_folder

    _refuse(source, ("target", "drop", "impute", "task"), "a folder, whose classes are its folders")
    n_jobs = n_jobs or os.cpu_count() or 1
    return read_folder(path, source.groups, n_jobs=n_jobs, progress=progress)


def _read_table(source: Source, path: Path) -> Collection:
    from gradatim.tables import read_table

    if not source.target:
        raise TableError(
            f"{source.path} is a table: name the column that is to be learnt with --target COLUMN"
        )
    target = source.target[0] if len(source.target) == 1 else list(source.target)
    return read_table(
        path, target, source.groups, tuple(source.drop), impute=source.impute, task=source.task
    )


def _refuse(source: Source, options: Sequence[str], kind: str) -> None:
    given = [f"--{option}" for option in options if getattr(source, option)]
    if given:
        raise SpecError(f"{', '.join(given)} does not go with {source.path}, {kind}; leave it out")


def _nothing_there(path: str, datasets: Iterable[str]) -> str:
    folder, name = os.path.split(os.path.expanduser(path))
    try:
        neighbours = os.listdir(folder or ".")
    except OSError:
        neighbours = []
    beside = [os.path.join(folder, n) for n in difflib.get_close_matches(name, neighbours, 2)]
    close = [*difflib.get_close_matches(path, datasets, 1), *beside]
    hint = f"did you mean {' or '.join(close)}?" if close else "`gradatim data` lists the datasets"
    return f"there is no file, folder or dataset {path!r}; {hint}"
