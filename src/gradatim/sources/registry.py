"""Every kind of source: a dataset in the package, scores, a folder of audio, a table.

Conventions: the first kind that claims a text reads it, so the name of a dataset in the package
wins over a folder of that name, which is then written ``./timbre``. An option that does not go with
what was named is an error, never ignored. Readers are imported when they read, since each brings
its libraries along.
"""

from __future__ import annotations

import difflib
import os
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, fields, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from gradatim._progress import Progress, silent
from gradatim.collection import Collection
from gradatim.errors import InputError, SpecError, TableError
from gradatim.executors.cluster import Cluster

if TYPE_CHECKING:
    from gradatim.music import FeatureTable
    from gradatim.music.recipes import Recipe

#: Endings of tables.
TABLES = (".csv", ".tsv", ".parquet", ".arrow", ".feather", ".arff", ".csv.gz", ".tsv.gz")


@dataclass(frozen=True)
class Options:
    """How a source is to be read; what its kind does not take is refused."""

    target: Sequence[str] = ()  # Columns of a table to learn
    groups: str | None = None  # A manifest for a folder, a column for a table
    drop: Sequence[str] = ()  # Columns of a table to leave out
    impute: str | None = None  # How to fill missing values of a table
    task: str | None = None  # How to read the targets of a table
    labels: str | None = None  # A table of labels beside audio, or a fact of its files
    path: str | None = None  # Column of that table which names the files
    label_pattern: str | None = None  # Regular expression that finds a label in a file's path
    fold_column: str | None = None  # Column of published folds, or a fact of files
    split_column: str | None = None  # Column of train and test, or a fact of files
    weights: str | None = None  # Column that says how much a sample counts
    segment: float | None = None  # Seconds of the pieces of a sound
    seconds: float | None = None  # Seconds that are read of a file
    place: str | float | None = None  # Where in a file these lie
    follow_links: bool = False  # Whether links out of a folder are followed
    lenient: bool = False  # Whether files may be unreadable as long as one is not
    single_class: bool = False  # Whether one class is enough
    features: Sequence[str] = ()  # Inputs that are computed from sounds; none: the usual one
    ignore_notation: bool = False  # Whether what depends on a score's notation is left out
    id: str | None = None  # Column by which rows are called
    drop_rows_without: Sequence[str] = ()  # Columns whose gaps cost the row
    min_class_size: int = 0  # Rows that a class must have
    decimal: Literal[".", ","] | None = None  # How text is written; None: found
    delimiter: str | None = None
    header: str | None = None
    encoding: str | None = None
    n_jobs: int | None = field(default=None, repr=False)  # Threads; None: one per core
    progress: Progress = field(default=silent, repr=False)
    recipe: Recipe | None = field(default=None, repr=False)  # Of features; None: the usual
    input: str = field(default="", repr=False)  # What that recipe gives; empty: the usual
    # Where features are kept, a folder or a URL; None: nowhere
    cache: Path | str | None = field(default=None, repr=False)
    cluster: Cluster | None = field(default=None, repr=False)  # Where sounds are analyzed


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
    from gradatim.music import RECIPE, FeatureRecipe, read_folder
    from gradatim.music.recipes import set_name, with_cut

    given = _cut(options)
    recipe = RECIPE if options.recipe is None else options.recipe
    recipe = with_cut(recipe, **given) if given else recipe
    if options.input or not isinstance(recipe, FeatureRecipe):
        recipe = {options.input or set_name(recipe): recipe}
    return read_folder(
        Path(text).expanduser(),
        options.groups,
        recipe=recipe,
        features=options.features,
        cache=options.cache,
        cluster=options.cluster,
        **_of_files(options),
    )


def _of_files(options: Options) -> dict[str, Any]:
    """Return how files of any kind are found, labelled and worked through."""
    return {
        "labels": options.labels,
        "target": tuple(options.target),
        "path_column": options.path,
        "label_pattern": options.label_pattern,
        "fold_column": options.fold_column,
        "split_column": options.split_column,
        "weights": options.weights,
        "task": options.task,
        "follow_links": options.follow_links,
        "lenient": options.lenient,
        "single_class": options.single_class,
        "n_jobs": options.n_jobs or os.cpu_count() or 1,
        "progress": options.progress,
    }


def _cut(options: Options) -> dict[str, Any]:
    """Return which part of a file is read, and in how long pieces, as far as that was said."""
    chosen = {
        "segment_seconds": options.segment,
        "max_seconds": options.seconds,
        "place": options.place,
    }
    return {name: value for name, value in chosen.items() if value is not None}


def _are_scores(text: str) -> bool:
    from gradatim.music.scores.files import is_score_path

    return is_score_path(text)


def _read_scores(text: str, options: Options) -> Collection:
    from gradatim.music import ScoreRecipe, read_scores

    return read_scores(
        Path(text).expanduser(),
        options.groups,
        min_class_size=options.min_class_size,
        recipe=ScoreRecipe(notation=not options.ignore_notation),
        **_of_files(options),
    )


def is_table_name(text: str) -> bool:
    """Tell whether a name is that of a table."""
    return text.lower().endswith(TABLES)


def _is_table(text: str) -> bool:
    return is_table_name(text) and Path(text).expanduser().exists()


def _read_table(text: str, options: Options) -> Collection:
    from gradatim.tables import read_table

    if not options.target:
        raise TableError(
            f"{text} is a table: name the column that is to be learnt with --target COLUMN"
        )
    target = options.target[0] if len(options.target) == 1 else list(options.target)
    told = (*_OF_TABLES, "single_class")
    return read_table(
        Path(text).expanduser(),
        target,
        options.groups,
        tuple(options.drop),
        **{name: value for name in told if (value := getattr(options, name))},
        fold_column=options.fold_column,
        split_column=options.split_column,
        weights=options.weights,
    )


def is_feature_table(text: str) -> bool:
    """Tell whether a name is that of a table which ``gradatim features`` wrote as Parquet."""
    if not (text.lower().endswith(".parquet") and _is_table(text)):
        return False
    from gradatim.music.feature_tables import read_recipes

    return read_recipes(text) is not None


def _read_feature_table(text: str, options: Options) -> Collection:
    from gradatim.music.feature_reading import read_feature_table

    chosen = None
    if options.input and options.recipe is not None:
        chosen = {options.input: options.recipe}
    return read_feature_table(
        text,
        target=tuple(options.target),
        groups=options.groups,
        features=tuple(options.features),
        recipes=chosen,
        task=options.task,
        min_class_size=options.min_class_size,
        single_class=options.single_class,
    )


_OF_TABLES = (
    "impute",
    "task",
    "id",
    "drop_rows_without",
    "min_class_size",
    "decimal",
    "delimiter",
    "header",
    "encoding",
)

#: Kinds of sources by a short name; whoever can read another kind adds it here.
SOURCES: dict[str, Kind] = {
    "dataset": Kind(
        claims=lambda text: text in _dataset_names(),
        read=_read_dataset,
        phrase="a dataset in the package",
        takes=("target",),
        names=_dataset_names,
    ),
    "scores": Kind(
        claims=_are_scores,
        read=_read_scores,
        phrase="scores",
        takes=(
            *("groups", "target", "task", "labels", "path", "label_pattern", "fold_column"),
            *("split_column", "weights", "min_class_size", "follow_links", "ignore_notation"),
        ),
    ),
    "folder": Kind(
        # The path of an empty text is the current folder, which nobody named.
        claims=lambda text: text != "" and Path(text).expanduser().is_dir(),
        read=_read_folder,
        phrase="a folder of audio",
        takes=(
            *("groups", "target", "task", "labels", "path", "label_pattern", "fold_column"),
            *("split_column", "weights", "segment", "seconds", "place", "follow_links"),
            "features",
        ),
    ),
    "features": Kind(
        claims=is_feature_table,
        read=_read_feature_table,
        phrase="a table of features with its recipe",
        takes=("target", "groups", "features", "task", "min_class_size"),
    ),
    "table": Kind(
        claims=_is_table,
        read=_read_table,
        phrase="a table",
        takes=("target", "groups", "drop", "fold_column", "split_column", "weights", *_OF_TABLES),
    ),
}

_UNTYPED = ("n_jobs", "progress", "recipe", "input", "cache", "cluster", "lenient", "single_class")

# Options that say what is read, as they are typed.
_TYPED = {
    field.name: f"--{field.name.replace('_', '-')}"
    for field in fields(Options)
    if field.name not in _UNTYPED
} | {"place": "--from"}


def find_kind(text: str) -> Kind | None:
    """Find the kind of source that a text names."""
    return next((kind for kind in SOURCES.values() if kind.claims(text)), None)


def read_source(text: str, options: Options) -> Collection:
    """Read what a text names."""
    kind = find_kind(text)
    if kind is None:
        raise InputError(_unclaimed(text))
    refuse_options(options, kind.takes, f"{text}, {kind.phrase}")
    if options.fold_column is not None and options.split_column is not None:
        raise SpecError(
            "--fold-column and --split-column exclude each other: samples are scored fold by fold, "
            "or those of one part once; give one of them"
        )
    return kind.read(text, options)


def refuse_options(options: Options, takes: Sequence[str], what: str) -> None:
    """Refuse options that were given and do not go with what is read."""
    given = [
        typed
        for name, typed in _TYPED.items()
        if name not in takes and getattr(options, name) not in (None, False, 0, (), [])
    ]
    if given:
        raise SpecError(f"{', '.join(given)} does not go with {what}; leave it out")


def read_split(train: str, test: str, options: Options) -> Collection:
    """Read what is learnt from and what is scored, from two folders or tables."""
    from gradatim.tables.parts import join_parts

    for name in ("fold_column", "split_column"):
        if getattr(options, name) is not None:
            raise SpecError(f"--split and {_TYPED[name]} exclude each other; give one of them")
    parts = [read_source(text, options) for text in (train, test)]
    # Names of files, which are the groups of pieces, are below their own folder only.
    return join_parts(*parts, shared_groups=options.groups is not None)


_OF_EXTRACTION = (
    *("groups", "target", "task", "labels", "path", "label_pattern", "segment", "seconds", "place"),
    *("follow_links", "features"),
)


def extract_source(text: str, options: Options, *, verify: bool = False) -> FeatureTable:
    """Compute the features of a folder of audio, or of an audio file."""
    from gradatim.music import RECIPE, extract_table
    from gradatim.music.formats import reader_of

    where = Path(text).expanduser()
    if not text or not (where.is_dir() or (where.is_file() and reader_of(where) is not None)):
        what = (
            f"{text} is no audio"
            if text and where.exists()
            else f"there is no file or folder {text!r}"
        )
        raise InputError(f"{what}; give a folder of audio, or an audio file")
    refuse_options(options, _OF_EXTRACTION, f"{text}, of which features are computed")
    return extract_table(
        where,
        options.groups,
        features=tuple(options.features) or ("classical",),
        labels=options.labels,
        target=tuple(options.target),
        path_column=options.path,
        label_pattern=options.label_pattern,
        task=options.task,
        follow_links=options.follow_links,
        recipe=replace(RECIPE, **_cut(options)),
        n_jobs=options.n_jobs or os.cpu_count() or 1,
        progress=options.progress,
        cache=options.cache,
        cluster=options.cluster,
        verify=verify,
    )


def files_of(text: str, options: Options) -> list[Path]:
    """Return the files that are read and must not be written over."""
    named = (text, options.groups, options.labels)
    return [Path(name) for name in named if name and os.path.isfile(name)]


def _unclaimed(text: str) -> str:
    if not text:
        return "the path is empty; name a file, a folder or a dataset, . for the current folder"
    path = Path(text).expanduser()
    if path.suffix.lower() in (".npz", ".npy") and path.is_file():
        return (
            f"{text} holds NumPy arrays, which have no names of columns; write a table of them, "
            "with the labels as one column (.csv or .parquet), or climb them from Python"
        )
    if path.exists():
        if not (path.is_file() or path.is_dir()):
            return (
                f"{text} is a pipe or a device, and an input is read more than once; write it to a "
                f"file first, and name that ({', '.join(TABLES)})"
            )
        return (
            f"{text} is neither a folder of audio nor a table ({', '.join(TABLES)}), nor a score; "
            "give the folder whose sub-folders are the classes, or a table"
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
