"""Options of every verb that reads a collection: what is learnt, grouped and left out.

Conventions: a verb takes one `Reading` and one `TableOptions`, whose fields are options of the
command line; a name that begins with @ is that of a file, which holds one name on each line.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

from cyclopts import Group, Parameter
from cyclopts.validators import Number

from gradatim._files import read_regular
from gradatim.cli._numbers import read_number, to_float
from gradatim.errors import SpecError

if TYPE_CHECKING:
    from gradatim.sources.registry import Options
    from gradatim.tables.columns import Columns, Dialect

READING = Group("What is read", sort_key=1)

TaskName = Literal["classification", "multilabel", "regression", "geo"]


def _option(metavar: str | None, help: str, **more: Any) -> Parameter:
    return Parameter(group=READING, metavar=metavar, help=help, negative=(), **more)


@Parameter(name="*")
@dataclass(frozen=True)
class SoundReading:
    """How a folder of audio is read."""

    target: Annotated[
        list[str] | None,
        _option(
            "COLUMN",
            "Column that is to be learnt; may be repeated, be a pattern ('tag_*') or @FILE.",
        ),
    ] = None
    groups: Annotated[
        str | None,
        _option(
            "COLUMN|FILE",
            "What is never split: a column, or stem:COLUMN for the stems of its names; for a "
            "folder a CSV of path and group, stem:name, tag:artist, folder:1 or pattern:REGEX.",
        ),
    ] = None
    labels: Annotated[
        str | None,
        _option(
            "TABLE|tag:NAME|folder:N",
            "Labels of audio or scores: a table with a row for each file, tag:genre or folder:2.",
        ),
    ] = None
    path: Annotated[
        str | None,
        _option("COLUMN", "Column of that table which names the files; found if left out."),
    ] = None
    label_pattern: Annotated[
        str | None,
        _option(
            "REGEX",
            "Regular expression with a group called label, searched in the path of each file.",
        ),
    ] = None
    segment: Annotated[
        float | None,
        _option(
            "SECONDS",
            "Cut sounds into pieces of this length, those of a file being one group.",
            converter=to_float,
        ),
    ] = None
    seconds: Annotated[
        float | None,
        _option(
            "SECONDS",
            "Length of what is read of each audio file, at most (120 if left out).",
            converter=to_float,
        ),
    ] = None
    place: Annotated[
        str | None,
        _option(
            "WHERE",
            "Where in a longer file these lie: start, middle, end, or a number of seconds.",
            name="--from",
        ),
    ] = None
    follow_links: Annotated[
        bool, _option(None, "Follow links that lead out of a folder.", show_default=False)
    ] = False
    features: Annotated[
        list[str] | None,
        _option(
            "SET...",
            "What is computed of sounds: classical, mel, classical+mel, musicnn, tempo, raw, or "
            "all; cycle of single cycles; each is an input of its own. If left out, classical, "
            "called features.",
            consume_multiple=(1, None),
        ),
    ] = None
    task: Annotated[
        TaskName | None,
        _option(
            None,
            "How to read the target; if left out, its values tell. geo: latitude and longitude, "
            "in this order, whatever the columns are called.",
        ),
    ] = None
    cache: Annotated[
        str | None,
        _option(
            "FOLDER|URL",
            "Where features of sounds are kept, also s3:// or gs://; if left out, the folder of "
            "GRADATIM_CACHE, or of the system.",
        ),
    ] = None

    def options(self, table: TableOptions | None = None, n_jobs: int | None = None) -> Options:
        """Return what the readers are told."""
        from gradatim.sources.registry import Options

        given = {field.name: getattr(self, field.name) for field in fields(self)}
        for name in ("target", "drop"):
            given[name] = expand_names(given.get(name))
        given["place"] = None if self.place is None else _place(self.place)
        given["features"] = tuple(self.features or ())
        given |= {} if table is None else table.given()
        given["cache"] = self.cache or feature_folder()
        return Options(**given, n_jobs=n_jobs)


@Parameter(name="*")
@dataclass(frozen=True)
class Reading(SoundReading):
    """How a collection is read."""

    fold_column: Annotated[
        str | None,
        _option(
            "COLUMN",
            "Published folds to score by: a column, or for a folder folder:1 or pattern:REGEX.",
        ),
    ] = None
    split_column: Annotated[
        str | None,
        _option(
            "COLUMN",
            "A published split, train or test for each sample: a column, or for a folder folder:1 "
            "or pattern:REGEX. Rungs learn from train (and valid) and are scored once, on test.",
        ),
    ] = None
    weights: Annotated[
        str | None,
        _option(
            "COLUMN",
            "How much each sample counts, in training and in scores: a column of numbers of 0 or "
            "more, of a table or of the table of labels. It is never an input.",
        ),
    ] = None
    ignore_notation: Annotated[
        bool,
        _option(
            None,
            "Leave out what depends on how a score is written: meter, bars, note values, key.",
            show_default=False,
        ),
    ] = False
    drop: Annotated[
        list[str] | None,
        _option(
            "COLUMN...",
            "Columns of a table to leave out; patterns and @FILE too.",
            consume_multiple=(1, None),
        ),
    ] = None
    impute: Annotated[
        Literal["median"] | None,
        _option(None, "Fill a table's missing values with its columns' medians."),
    ] = None


def feature_folder() -> Path | None:
    """Return where features of sounds are kept; None if the cache is turned off."""
    from gradatim._cache import cache_folder

    cache = cache_folder()
    return None if cache is None else cache / "features"


def _place(text: str) -> str | float:
    if text in ("start", "middle", "end"):
        return text
    try:
        return read_number(text)
    except SpecError:
        raise SpecError(
            f"--from {text!r} is no place; choose start, middle, end, or a number of seconds"
        ) from None


_TABLE = Group("How a table is read", sort_key=1.5)


def _table_option(metavar: str, text: str, **more: Any) -> Parameter:
    return Parameter(group=_TABLE, metavar=metavar, help=text, negative=(), **more)


@Parameter(name="*")
@dataclass(frozen=True)
class TextOptions:
    """How a table of text is written; what is left out is found, and said where not the usual."""

    decimal: Annotated[
        Literal[".", ","] | None, _table_option("MARK", "Mark before decimals: a point or a comma.")
    ] = None
    delimiter: Annotated[
        str | None,
        _table_option(
            "CHARACTER",
            "What separates cells: a character, or comma, semicolon, tab, bar, space.",
            allow_leading_hyphen=True,
        ),
    ] = None
    header: Annotated[
        str | None,
        _table_option("N", "Lines that hold the names of the columns; none for no line."),
    ] = None
    encoding: Annotated[
        str | None, _table_option("NAME", "Encoding of the text, such as cp1252 or utf-16.")
    ] = None

    def given(self) -> dict[str, Any]:
        """Return what was given, as `Options` names it."""
        return {name: value for name, value in asdict(self).items() if value is not None}


def dialect_of(text: TextOptions | None) -> Dialect | None:
    """Return how a table of text is written, as far as that was given."""
    from gradatim.tables.columns import Dialect

    return None if text is None else Dialect(**text.given())


def note_lines(table: Columns | None) -> list[list[str]]:
    """Return what is to be said of how a table was read."""
    return [] if table is None else [[f"note: {text}"] for text in table.notes]


@Parameter(name="*")
@dataclass(frozen=True)
class TableOptions(TextOptions):
    """How a table is read; what is left out is found, and said where it is not the usual."""

    id: Annotated[
        str | None,
        _table_option("COLUMN", "Column by whose values the rows are called in reports."),
    ] = None
    drop_rows_without: Annotated[
        list[str] | None,
        _table_option(
            "COLUMN...",
            "Leave out rows without a value in these columns; target and groups mean theirs.",
            consume_multiple=(1, None),
        ),
    ] = None
    min_class_size: Annotated[
        int | None,
        _table_option("N", "Leave out classes and tags of fewer rows.", validator=Number(gte=1)),
    ] = None


def expand_names(names: Sequence[str] | None) -> list[str]:
    """Replace each @FILE among names by the names in the file."""
    expanded: list[str] = []
    for name in names or ():
        expanded += _names_of(name[1:]) if name.startswith("@") else [name]
    return expanded


def _names_of(file: str) -> list[str]:
    try:
        lines = read_regular(file).decode("utf-8-sig").splitlines()
    except OSError as error:
        raise SpecError(f"{file} cannot be read ({error.strerror}); @ is before a file") from error
    except UnicodeDecodeError as error:
        raise SpecError(f"{file} is not text in UTF-8; save it as UTF-8") from error
    names = [line.strip() for line in lines if line.strip()]
    if not names:
        raise SpecError(f"{file} holds no name; write one a line")
    return names
