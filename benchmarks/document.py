"""Results as files: JSON for programs, marked sections of a Markdown document, a drawing.

Conventions: the suffix of the file says which. In a document the results of a bench replace
what stood between ``<!-- bench NAME -->`` and ``<!-- /bench NAME -->``, and its row in the table
between the marks of ``summary``; everything else is left alone. A document that does not exist yet
is made.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

from benchmarks.curves import check_drawing, draw_curves
from benchmarks.machine import describe_machine, one_line
from benchmarks.registry import BENCHES
from benchmarks.result import SCHEMA, Options, Result, Table
from gradatim._files import check_writable, write_atomically
from gradatim.errors import OutputError

__all__ = ["check_document", "to_document", "to_markdown", "write_document"]

DRAWINGS = (".svg", ".png", ".pdf")

_HEADER = "| bench | result | target | met |\n|-------|--------|--------|-----|"


def to_document(results: Sequence[Result], options: Options) -> dict[str, Any]:
    """Put results into one object for JSON.

    Parameters
    ----------
    results : sequence of Result
        What was found.
    options : Options
        How it was measured.

    Returns
    -------
    dict
        ``schema``, ``gradatim``, ``measured`` (date), ``machine``, ``seed``, ``rounds``,
        ``quick``, ``results``.
    """
    return {
        "schema": SCHEMA,
        "gradatim": version("gradatim"),
        "measured": datetime.now(UTC).date().isoformat(),
        "machine": describe_machine(),
        "seed": options.seed,
        "rounds": options.rounds,
        "quick": options.quick,
        "results": [result.to_dict() for result in results],
    }


def to_markdown(result: Result, document: dict[str, Any]) -> str:
    """Write one result as Markdown.

    Parameters
    ----------
    result : Result
        What was found.
    document : dict
        As `to_document` makes it, for machine, version and date.

    Returns
    -------
    str
        Headline, tables, notes, and where it was measured.
    """
    parts = [f"**{result.headline}.** {_judged(result)}".strip()]
    parts += [_table(table) for table in result.tables]
    parts.append("\n".join(f"- {note}" for note in result.notes))
    quick = " (`--quick`: the times mean nothing)" if document["quick"] else ""
    parts.append(
        f"Measured {document['measured']} with gradatim {document['gradatim']}, "
        f"{document['rounds']} rounds{quick}, on {one_line(document['machine'])}."
    )
    return "\n\n".join(parts)


def check_document(path: Path, names: Sequence[str]) -> None:
    """Make sure, before anything is measured, that results can be written to a file.

    Parameters
    ----------
    path : pathlib.Path
        Where they are to go.
    names : sequence of str
        Benches that are to be run.

    Raises
    ------
    OutputError
        If the suffix is unknown, the file cannot be written, a document has no place for a bench,
        or a drawing is wanted of benches that have none.
    MissingExtraError
        If a drawing is wanted and matplotlib is missing.
    """
    suffix = path.suffix.lower()
    if suffix not in (".json", ".md", *DRAWINGS):
        raise OutputError(
            f"{path} cannot be written: its name must end in .json, .md or, for the curves of "
            f"cost, {', '.join(DRAWINGS)}"
        )
    check_writable(path)
    if suffix in DRAWINGS:
        if "cost" not in names:
            raise OutputError(f"{path} is a drawing, which only the bench cost has")
        check_drawing()
    elif suffix == ".md" and path.exists():
        text = path.read_text(encoding="utf-8")
        for name in names:
            _replaced(text, name, "", path)


def write_document(path: Path, results: Sequence[Result], options: Options) -> Path | None:
    """Write results into a file by its suffix.

    Parameters
    ----------
    path : pathlib.Path
        ``.json``, ``.md``, or ``.svg``, ``.png``, ``.pdf`` for the curves of ``cost``.
    results : sequence of Result
        What was found.
    options : Options
        How it was measured.

    Returns
    -------
    pathlib.Path or None
        The file; None if it is a drawing and ``cost`` is not among the results yet.

    Raises
    ------
    OutputError
        If it cannot be written.
    """
    document = to_document(results, options)
    suffix = path.suffix.lower()
    if suffix in DRAWINGS:
        curves = [result.data for result in results if result.name == "cost"]
        return write_atomically(path, draw_curves(curves[-1], suffix[1:])) if curves else None
    if suffix == ".md":
        return write_atomically(path, _document_text(path, results, document))
    text = json.dumps(document, indent=2, allow_nan=False, ensure_ascii=False)
    return write_atomically(path, text + "\n")


def _document_text(path: Path, results: Sequence[Result], document: dict[str, Any]) -> str:
    names = [result.name for result in results]
    text = path.read_text(encoding="utf-8") if path.exists() else _blank(names)
    for result in results:
        text = _replaced(text, result.name, to_markdown(result, document), path)
    if _section("summary").search(text):
        text = _replaced(text, "summary", _summary(text, results), path)
    return text


def _blank(names: Sequence[str]) -> str:
    sections = [f"## {name}\n\n{_marks(name)[0]}\n{_marks(name)[1]}\n" for name in names]
    summary = "\n".join(_marks("summary"))
    return "\n".join(["# Benchmarks", "", summary, "", *sections])


def _marks(name: str) -> tuple[str, str]:
    return f"<!-- bench {name} -->", f"<!-- /bench {name} -->"


def _section(name: str) -> re.Pattern[str]:
    first, last = map(re.escape, _marks(name))
    return re.compile(f"(?<={first}\n)(.*?)(?={last})", re.S)


def _replaced(text: str, name: str, content: str, path: Path) -> str:
    # A function, since a string would be read for backslashes.
    text, n = _section(name).subn(lambda match: f"\n{content}\n\n", text, count=1)
    if n == 0:
        first, last = _marks(name)
        raise OutputError(
            f"{path} has no place for the results of {name}: put the lines {first} and {last} "
            "where they are to go, or name another file"
        )
    return text


def _summary(text: str, results: Sequence[Result]) -> str:
    """Replace the rows of the benches that were run, and keep the others."""
    found = _section("summary").search(text)
    old = found[1] if found else ""
    rows = {line.split("`")[1]: line for line in old.splitlines() if line.startswith("| `")}
    rows |= {result.name: _summary_row(result) for result in results}
    return "\n".join([_HEADER, *(rows[name] for name in BENCHES if name in rows)])


def _summary_row(result: Result) -> str:
    met = {True: "yes", False: "no", None: ""}[result.met]
    return f"| `{result.name}` | {result.headline} | {result.target} | {met} |"


def _judged(result: Result) -> str:
    if result.met is None:
        return ""
    return f"Target: {result.target}: {'met' if result.met else 'not met'}."


def _table(table: Table) -> str:
    align = ["---", *("--:" for _ in table.columns[1:])]
    rows = [table.columns, align, *table.rows]
    lines = ["| " + " | ".join(row) + " |" for row in rows]
    return f"{table.title}:\n\n" + "\n".join(lines)
