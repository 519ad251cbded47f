"""The kinds of sources: datasets in the package, folders of audio, tables.

Conventions: readers are imported when they read, since each brings its libraries along.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from gradatim._progress import Progress, silent
from gradatim.collection import Collection
from gradatim.errors import SpecError, TableError

__all__ = ["DATASET", "FOLDER", "TABLE", "TABLES", "Kind", "Options"]

#: Endings of tables.
TABLES = (".csv", ".tsv", ".parquet")


@dataclass(frozen=True)
class Options:
    """How a source is to be read; what its kind does not take is refused."""

    target: Sequence[str] = ()  # Columns of a table to learn
    groups: str | None = None  # A manifest for a folder, a column for a table
    drop: Sequence[str] = ()  # Columns of a table to leave out
    impute: str | None = None  # How to fill missing values of a table
    task: str | None = None  # How to read the targets of a table
    n_jobs: int | None = field(default=None, repr=False)  # Threads; None: one per core
    progress: Progress = field(default=silent, repr=False)


@dataclass(frozen=True)
class Kind:
    """A kind of source: which texts it claims, and how it reads one into a collection."""

    claims: Callable[[str], bool]
    read: Callable[[str, Options], Collection]
    phrase: str  # What such a source is, after its name, where an option is refused
    takes: Sequence[str] = ()  # Options of reading that go with it
    names: Callable[[], Iterable[str]] = tuple  # Names that it knows, to suggest one


def _dataset_names() -> Iterable[str]:
    from gradatim.datasets import DATASETS

    return DATASETS


def _read_dataset(text: str, options: Options) -> Collection:
    from gradatim import datasets

    if not options.target:
        return datasets.load_dataset(text)
    if text == "world" and len(options.target) == 1:
        return datasets.load_world(target=options.target[0])
    raise SpecError(
        f"{text} brings what is to be learnt; leave out --target "
        f"(for a folder of that name, write ./{text})"
    )


def _read_folder(text: str, options: Options) -> Collection:
    from gradatim.music import read_folder

    n_jobs = options.n_jobs or os.cpu_count() or 1
    path = Path(text).expanduser()
    return read_folder(path, options.groups, n_jobs=n_jobs, progress=options.progress)


def _read_table(text: str, options: Options) -> Collection:
    from gradatim.tables import read_table

    if not options.target:
        raise TableError(
            f"{text} is a table: name the column that is to be learnt with --target COLUMN"
        )
    target = options.target[0] if len(options.target) == 1 else list(options.target)
    return read_table(
        Path(text).expanduser(),
        target,
        options.groups,
        tuple(options.drop),
        impute=options.impute,
        task=options.task,
    )


DATASET = Kind(
    claims=lambda text: text in _dataset_names(),
    read=_read_dataset,
    phrase="a dataset in the package",
    takes=("target",),
    names=_dataset_names,
)

FOLDER = Kind(
    claims=lambda text: Path(text).expanduser().is_dir(),
    read=_read_folder,
    phrase="a folder, whose classes are its folders",
    takes=("groups",),
)

TABLE = Kind(
    claims=lambda text: Path(text).suffix.lower() in TABLES and Path(text).expanduser().exists(),
    read=_read_table,
    phrase="a table",
    takes=("target", "groups", "drop", "impute", "task"),
)
