"""What the files of a folder are labelled, grouped and dealt by: folders, names, tags, a table.

Conventions: a *fact* of files is written ``folder:N`` (the N-th folder below the root, from 1; -1
is the one that a file lies in), ``tag:NAME``, ``pattern:REGEX``, or the name of a column of the
table beside the audio. Of a pattern the group that is called as the fact is counts (``label``,
``group``, ``fold``), else its first group, else all that it matches; it is searched in the path
below the root.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from gradatim._text import option, plural, show_name
from gradatim.collection import Notice, Task
from gradatim.errors import AudioError, InputError, LabelError, SpecError, TableError
from gradatim.music.listing import readable_path, subfolders
from gradatim.music.matching import FileFinder
from gradatim.music.tags import read_tag, require_tag
from gradatim.tables.columns import Columns, read_columns
from gradatim.tables.parts import are_parts
from gradatim.tables.targets import read_targets

_FACT = re.compile(r"(folder|tag|pattern):(.+)", re.DOTALL)

# Folders so called are parts of a split, not classes.
_PART = re.compile(
    r"(train|test|valid|val|dev|eval)(ing|uation|idation|elopment)?([-_ ]?(set|data|files|\d+))?"
    r"|(fold|split|cv|part)[-_ ]?\d+",
    re.IGNORECASE,
)

# A column is taken for that of the paths if this share of its cells name a file.
_ENOUGH = 0.5

_ARTIST_ELSE = {"artist": "album"}


@dataclass(frozen=True)
class SampleKind:
    """What the samples of a folder are: their name in messages, and who reads their tags."""

    noun: str  # One sample: "audio file"
    material: str  # What they are made of: "audio"
    genre: str  # The tag that is proposed for the labels
    error: type[InputError]  # What is raised where there are none, or none has a label
    require_tag: Callable[[str], str]  # The name of a tag as it is looked up
    read_tag: Callable[[Path, str], str | None]  # A tag of the sample at a path
    # The file of a sample, by which a table may name all samples of the file
    file_of: Callable[[str], str] = lambda sample: sample
    fate: str = "left out"  # What becomes of a sample without a label


AUDIO = SampleKind("audio file", "audio", "genre", AudioError, require_tag, read_tag)


@dataclass(frozen=True)
class LabelSource:
    """Where labels come from: the first folder below the root unless something is given."""

    labels: str | os.PathLike[str] | None = None  # A table beside the audio, or a fact
    target: Sequence[str] = ()  # Columns of the table to learn
    path: str | None = None  # Column of the table that names files; found if None
    pattern: str | None = None  # Regular expression that finds the label in a path
    task: str | None = None  # How to read the targets
    single_class: bool = False  # Whether one class is enough

    def __post_init__(self) -> None:
        if self.pattern is not None and self.labels is not None:
            raise SpecError("--labels and --label-pattern exclude each other; give one of them")
        if self.table is None and (self.target or self.path or self.task):
            name = "target" if self.target else "path" if self.path else "task"
            raise SpecError(
                f"--{name} goes with a table of labels; name it with --labels FILE (without one, "
                "the classes are the folders)"
            )
        if self.table is not None and not self.target:
            if not self.table.exists():
                raise SpecError(
                    f"there is no table of labels {show_name(str(self.labels))}; name a file, or "
                    "tag:NAME or folder:N"
                )
            raise SpecError(
                f"name the column of {show_name(Path(self.table).name)} that is to be learnt with "
                "--target COLUMN"
            )

    @property
    def table(self) -> Path | None:
        """The table beside the audio."""
        if self.labels is None or is_fact(os.fspath(self.labels)):
            return None
        return Path(self.labels).expanduser()

    @property
    def fact(self) -> str | None:
        """The fact that labels are, if they are not the folders and in no table."""
        if self.pattern is not None:
            return f"pattern:{self.pattern}"
        return None if self.labels is None or self.table is not None else os.fspath(self.labels)


@dataclass(frozen=True, eq=False)
class Labelled:
    """Files with what is to be learnt of them."""

    files: tuple[str, ...]  # Those that have a label
    y: np.ndarray  # (n_files,) or (n_files, n_targets)
    task: Task
    table: Columns | None = None  # The table beside the audio, row for row as the files
    target_names: tuple[str, ...] = ()
    notices: tuple[Notice, ...] = ()


def is_fact(text: str) -> bool:
    """Whether a text is a fact, not a file or column."""
    return _FACT.fullmatch(text) is not None


def label_files(
    root: Path, files: Sequence[str], source: LabelSource, kind: SampleKind = AUDIO
) -> Labelled:
    """Give every file its label, or leave it out with a notice."""
    if source.table is not None:
        return _label_by_table(root, files, source.table, source, kind)
    if source.fact is not None:
        labels = read_fact(source.fact, "label", root, files, kind=kind)
        what = source.fact
    else:
        labels = [file.split("/")[0] if "/" in file else None for file in files]
        _refuse_loose(root, files, labels, kind)
        refuse_parts(root, files)
        what = "a folder of a class"
    with_label = [k for k, label in enumerate(labels) if label is not None]
    y = np.array([labels[k] for k in with_label], dtype=str)
    if not source.single_class:
        _require_classes(root, files, y, kind, by_folder=source.fact is None)
    lost = [file for file, label in zip(files, labels, strict=True) if label is None]
    if source.fact is None:
        notices = _left_out(lost, "in no class's sub-folder", kind) + _empty(root, y, kind)
    else:
        notices = _left_out(lost, f"without a label by {show_name(what)}", kind)
    return Labelled(tuple(files[k] for k in with_label), y, "classification", notices=notices)


def read_fact(
    fact: str,
    role: str,
    root: Path,
    files: Sequence[str],
    table: Columns | None = None,
    kind: SampleKind = AUDIO,
) -> list[str | None]:
    """Return a fact of every file: texts, None where a file has none."""
    parsed = _FACT.fullmatch(fact)
    if parsed is None:
        if table is None:
            raise SpecError(
                f"{fact!r} is neither folder:N, tag:NAME nor pattern:REGEX; a column needs a table "
                "of labels (--labels FILE)"
            )
        cells = table.columns[table.require(fact, role)].to_pylist()
        held = [cell is not None and cell == cell for cell in cells]
        alone = replace(table, columns={fact: table.columns[fact]})
        texts = iter(alone.keep(np.array(held, dtype=bool)).texts(fact))
        return [next(texts) if there else None for there in held]
    way, argument = parsed.groups()
    if way == "tag":
        found = _tags(argument, role, root, files, kind)
    else:
        found = {"folder": _folders, "pattern": _matches}[way](argument, role, files)
    if not any(value is not None for value in found):
        raise kind.error(
            f"none of {plural(len(files), kind.noun)} in {show_name(root)} has a {role} by "
            f"{show_name(fact)}, for example {show_name(files[0])}"
        )
    return found


def _folders(argument: str, role: str, files: Sequence[str]) -> list[str | None]:
    try:
        number = int(argument)
    except ValueError:
        number = 0
    if number == 0:
        raise SpecError(
            f"folder:{argument} is no folder; folder:1 is the first below the root, folder:-1 the "
            "one that a file lies in"
        )
    found: list[str | None] = []
    for file in files:
        parts = file.split("/")[:-1]
        at = number - 1 if number > 0 else number
        found.append(parts[at] if -len(parts) <= at < len(parts) else None)
    return found


def _tags(
    argument: str, role: str, root: Path, files: Sequence[str], kind: SampleKind
) -> list[str | None]:
    name = kind.require_tag(argument)
    found = [kind.read_tag(root / file, name) for file in files]
    other = _ARTIST_ELSE.get(name)
    if role == "group" and other:
        pairs = zip(files, found, strict=True)
        found = [tag or kind.read_tag(root / file, other) for file, tag in pairs]
    return found


def _matches(argument: str, role: str, files: Sequence[str]) -> list[str | None]:
    try:
        pattern = re.compile(argument)
    except (re.error, RecursionError, OverflowError) as error:
        raise SpecError(
            f"pattern {show_name(argument)} is no regular expression ({error}); write for example "
            r"'_(?P<label>[a-z]+)\.wav$'"
        ) from error
    group: str | int = role if role in pattern.groupindex else min(1, pattern.groups)
    matches = [pattern.search(file) for file in files]
    return [match[group] or None if match else None for match in matches]


def _label_by_table(
    root: Path, files: Sequence[str], path: Path, source: LabelSource, kind: SampleKind
) -> Labelled:
    table = read_columns(path)
    for name in source.target:
        table.require(name, "target")
    column, rows_of = _match_rows(table, root, path.parent, files, source.path, kind)
    row_of, notices = _row_of_file(table, column, rows_of, source.target, kind)
    for sample in files:
        if (row := row_of.get(kind.file_of(sample))) is not None:
            row_of.setdefault(sample, row)
    chosen = np.array([row_of[file] for file in files if file in row_of], dtype=int)
    found = table.keep(chosen)
    named = [file for file in files if file in row_of]
    kept = np.ones(len(named), dtype=bool)
    for target in source.target:
        cells = found.columns[target].to_pylist()
        kept &= [cell is not None and cell == cell for cell in cells]
    if not kept.any():
        raise TableError(
            f"column {source.target[0]!r} of {table.source} has no value for any of "
            f"{plural(len(named), kind.noun)}"
        )
    if not kept.all():
        lost = [file for file, there in zip(named, kept, strict=True) if not there]
        notices += _left_out(lost, f"without a value of {source.target[0]} in {table.source}", kind)
        found = found.keep(kept)
    read = read_targets(found, list(source.target), source.task, single_class=source.single_class)
    without = [file for file in files if file not in row_of]
    return Labelled(
        tuple(file for file, there in zip(named, kept, strict=True) if there),
        read.y,
        read.task,
        found,
        read.names,
        (*notices, *read.notices, *_left_out(without, f"without a row in {table.source}", kind)),
    )


def _match_rows(
    table: Columns,
    root: Path,
    home: Path,
    files: Sequence[str],
    column: str | None,
    kind: SampleKind,
) -> tuple[str, list[str | None]]:
    """Return the column of the paths, and the file that every row names."""
    named = dict.fromkeys([*files, *map(kind.file_of, files)])
    find = FileFinder(root, home, named, loosely=True)

    def match(name: str) -> list[str | None]:
        # A path of a zip file from Windows, or a number such as FMA's, is a text here.
        cells = table.columns[name].to_pylist()
        return [None if c is None or c != c else find(_as_path(c)) for c in cells]

    if column is not None:
        found = match(table.require(column, "paths"))
        share = 1.0 if any(found) else 0.0
    else:
        matched = {name: match(name) for name in table.names}
        column = max(matched, key=lambda name: len({*matched[name]}))
        found = matched[column]
        share = sum(file is not None for file in found) / max(1, min(len(found), len(files)))
    if share < _ENOUGH:
        cells = table.columns[column].to_pylist()
        example = next((_as_path(c) for c in cells if c is not None), "nothing")
        hint = "" if share else f" (a row says {show_name(example)!r}, a file is {files[0]!r})"
        raise TableError(
            f"{table.source} has no column that names the {kind.noun}s of {show_name(root)}{hint}; "
            "name the column with --path COLUMN"
            if share == 0 and column is None
            else f"column {column!r} of {table.source} names no {kind.noun} of {show_name(root)}: "
            f"{table.place(0)} says {show_name(example)!r}, but a file is called "
            f"{show_name(files[0])!r}; name the column of the paths with --path COLUMN"
        )
    return column, found


def _as_path(cell: object) -> str:
    return str(int(cell)) if isinstance(cell, float) and cell.is_integer() else str(cell)


def _row_of_file(
    table: Columns,
    column: str,
    rows_of: Sequence[str | None],
    targets: Sequence[str],
    kind: SampleKind,
) -> tuple[dict[str, int], tuple[Notice, ...]]:
    """Map files to their row; the same file in two rows must have the same targets."""
    cells = {name: table.columns[name].to_pylist() for name in targets}
    row_of: dict[str, int] = {}
    strays = []
    for row, file in enumerate(rows_of):
        if file is None:
            strays.append(row)
            continue
        first = row_of.setdefault(file, row)
        for name in targets:
            if cells[name][first] != cells[name][row]:
                raise TableError(
                    f"{table.source} names {show_name(file)} in {table.place(first)}, and "
                    f"in {table.place(row)}, with different values of {name!r}; keep one of them"
                )
    if not strays:
        return row_of, ()
    count = plural(len(strays), "row")
    example = table.columns[column].to_pylist()[strays[0]]
    text = (
        f"{count} of {table.source} {'names' if len(strays) == 1 else 'name'} no {kind.noun} of "
        f"the folder, such as {show_name(example)} in {table.place(strays[0])}"
    )
    return row_of, (Notice("left-out", text),)


def _left_out(files: Sequence[str], why: str, kind: SampleKind) -> tuple[Notice, ...]:
    if not files:
        return ()
    text = f"{plural(len(files), kind.noun)} {why} {kind.fate}, such as {show_name(files[0])}"
    return (Notice("left-out", text),)


def _empty(root: Path, y: np.ndarray, kind: SampleKind) -> tuple[Notice, ...]:
    """Tell of folders in the place of classes in which there is nothing to read."""
    names = sorted(set(subfolders(root)) - {*map(readable_path, y.tolist())})
    if not names:
        return ()
    count, hold = (plural(len(names), "folder"), "hold") if names[1:] else ("the folder", "holds")
    what = f"{count} {_some(names)} {hold} no {kind.material} and {'are' if names[1:] else 'is'}"
    return (Notice("left-out", f"{what} no class"),)


def _refuse_loose(
    root: Path, files: Sequence[str], labels: Sequence[str | None], kind: SampleKind
) -> None:
    if not any(label is not None for label in labels):
        raise kind.error(
            f"the {kind.noun}s lie in {show_name(root)} itself; put those of each class into a "
            f"sub-folder with the class's name, such as {show_name(root / 'piano' / files[0])}, "
            "or say where the labels are: --labels TABLE --target COLUMN, "
            f"--labels tag:{kind.genre} or "
            "--label-pattern REGEX"
        )


def refuse_parts(root: Path, files: Sequence[str], *, advise_split: bool = True) -> None:
    """Refuse folders that are parts of a split, not classes."""
    below: dict[str, set[str]] = {}
    for file in files:
        first, *deeper = file.split("/")[:-1] or [""]
        below.setdefault(first, set()).add(deeper[0] if deeper else "")
    below.pop("", None)
    if len(below) < 2:
        return
    inner = set.union(*below.values()) - {""}
    alike = all(held == inner for held in below.values()) and len(inner) > 1
    parts = [name for name in below if _PART.fullmatch(name)]
    if not (alike or len(parts) == len(below)):
        return
    named = _some(sorted(below))
    if len(inner) < 2:
        advice = "say where the labels are with --labels, or --labels folder:1 if they are classes"
    else:
        advice = (
            f"type --labels folder:2 to learn what lies below them ({_some(sorted(inner))}), or "
            "--labels folder:1 if they are classes"
        )
        if advise_split and are_parts([*below]):
            advice += "; --split-column folder:1 learns from train and scores test"
        elif advise_split and parts and len(below) >= 3:
            advice += "; --fold-column folder:1 keeps them as folds"
    if len(parts) == len(below):
        why = "are called as parts of a split are, not as classes"
    else:
        why = "hold folders of the same names, so they seem to be no classes"
    raise LabelError(f"the folders of {show_name(root)} ({named}) {why}; {advice}")


def _require_classes(
    root: Path, files: Sequence[str], y: np.ndarray, kind: SampleKind, *, by_folder: bool
) -> None:
    classes = np.unique(y)
    if len(classes) >= 2:
        return
    only = str(classes[0])
    if not by_folder:
        raise LabelError(f"all {len(y)} {kind.noun}s have the one label {only!r}; two are needed")
    folders = [file.split("/")[:-1] for file in files if "/" in file]
    depth = 1
    while len(below := sorted({names[depth] for names in folders if len(names) > depth})) == 1:
        depth += 1
    if below:
        inner = "/".join(max(folders, key=len)[:depth])
        raise LabelError(
            f"{show_name(root)} has {kind.material} in the one folder {show_name(inner)}, "
            f"whose folders are {_some(below)}; give {show_name(root / inner)}"
        )
    raise LabelError(
        f"{show_name(root)} has {kind.material} of a single class, {show_name(only)!r}; "
        "there must be a sub-folder for each of two or more classes, or labels elsewhere "
        f"({option('--labels', 'TABLE')})"
    )


def _some(names: Sequence[str], most: int = 5) -> str:
    more = ", …" if len(names) > most else ""
    return ", ".join(show_name(name) for name in names[:most]) + more
