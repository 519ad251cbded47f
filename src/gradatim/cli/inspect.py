"""``gradatim inspect``: what is in a collection, and what is wrong with it.

Conventions: it reads what ``climb`` reads and takes the same options; columns that climb would
refuse are left out with a word on what they hold, and gaps are counted. Whatever is found, the exit
status is 0.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from cyclopts import Parameter

from gradatim._text import list_text, option, plural, show_name
from gradatim.cli._interrupt import interruptible
from gradatim.cli._json import header
from gradatim.cli._options import DebugLibraries, JsonFile
from gradatim.cli._output_files import check_files, deliver_object, json_file
from gradatim.cli._reading import READING, Reading, TableOptions

if TYPE_CHECKING:
    from gradatim.collection import Collection
    from gradatim.inspection import Finding
    from gradatim.sources.registry import Options

_READING = Reading()


def inspect(
    path: Annotated[str, Parameter(group=READING)],
    /,
    *,
    reading: Reading = _READING,
    table: TableOptions | None = None,
    json: JsonFile = None,
    debug: DebugLibraries = False,
) -> None:
    """Say what is in a dataset, a folder of audio or scores, or a table, and what is wrong.

    Looks for rows that belong together and would stand on both sides of a split, copies of one
    sound or row, columns that give the target away, and labels that are written in two ways or
    probably wrong.

    Parameters
    ----------
    path
        A dataset's name, a folder of audio or scores with a folder per class, a book of tunes
        (abc), or a table (csv, csv.gz, tsv, parquet, arrow, arff).
    json
        Write what was found as JSON; - is standard output, and nothing else goes there.
    """
    from gradatim.cli._silence import silent_libraries
    from gradatim.sources.registry import files_of

    how = reading.options(table)
    check_files(json_file(json), files_of(path, how))
    with silent_libraries(debug):
        from gradatim.cli._screen import Screen
        from gradatim.presentation.inspections import inspection_lines, inspection_object

        screen = Screen(to_stderr=json == "-", quiet=False)
        with screen.reading(path) as progress:
            told = replace(how, progress=progress, lenient=True)
            collection, findings = interruptible(lambda: _inspected(path, told))
        found = {**header(), **inspection_object(collection, findings)}
        deliver_object(json, lambda: found, lambda: inspection_lines(collection, findings), screen)


def _inspected(path: str, reading: Options) -> tuple[Collection, list[Finding]]:
    from gradatim.inspection import Finding, inspect_collection
    from gradatim.inspection.mislabeled import find_mislabeled
    from gradatim.sources.registry import SOURCES, find_kind, read_source

    findings, to_type = [], {}
    if find_kind(path) is SOURCES["table"]:
        left = _unusable(path, reading)
        findings += map(_left_out, *zip(*left.items(), strict=True)) if left else ()
        if reading.impute is None:
            to_type = {"imputed": "climb asks for --impute median"}
        names = [name for names in left.values() for name in names]
        reading = replace(reading, drop=(*reading.drop, *names), impute="median")
    collection = read_source(path, reading)
    findings += [
        Finding(notice.code, notice.message, to_type.get(notice.code, ""))
        for notice in collection.notices
    ]
    return collection, [*findings, *inspect_collection(collection), *find_mislabeled(collection)]


def _unusable(path: str, reading: Options) -> dict[str, list[str]]:
    """Return the columns of a table that nobody named and that cannot be features, by kind."""
    from gradatim.errors import TableError
    from gradatim.tables.columns import Dialect, read_columns
    from gradatim.tables.features import select_dropped, unusable_columns

    written = (reading.decimal, reading.delimiter, reading.header, reading.encoding)
    table = read_columns(Path(path).expanduser(), Dialect(*written))
    groups = reading.groups or ""
    if groups not in table.columns:
        groups = groups.removeprefix("stem:")
    others = (reading.fold_column, reading.split_column, reading.weights, reading.id)
    dropped = select_dropped(table, reading.drop)[0]
    named = {*table.select(reading.target, "target"), groups, *dropped, *others}
    found: dict[str, list[str]] = {}
    for name, kind in unusable_columns(table).items():
        if name not in named:
            found.setdefault(kind, []).append(name)
    if found and named.union(*found.values()).issuperset(table.names):
        held = "; ".join(f"{kind} in {list_text(names)}" for kind, names in found.items())
        raise TableError(
            f"{table.source} has no column of numbers to learn from: there is {held}; write "
            "numbers, or say how they are written (--decimal, --delimiter)"
        )
    return found


def _left_out(kind: str, names: list[str]) -> Finding:
    from gradatim.inspection import Finding

    what, holds, was = (
        (plural(len(names), "column"), "hold", "were")
        if names[1:]
        else ("1 column", "holds", "was")
    )
    listed = ", ".join(map(show_name, names[:5])) + (", ..." if names[5:] else "")
    asked = ", and so on" if names[5:] else ""
    return Finding(
        "left-out",
        f"{what} {holds} {kind} and {was} left out: {listed}",
        f"climb asks for {' '.join(option('--drop', name) for name in names[:5])}{asked}",
    )
