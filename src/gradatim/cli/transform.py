"""``gradatim transform``: separate a labeled line with one step unit a label change, and prove it.

Conventions: numbers are fractions from the typed text to the printed proof. Files are checked
before anything is computed; what is asked for is written before anything is
printed.
"""

from __future__ import annotations

import re
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

from cyclopts import Group, Parameter

from gradatim.cli import _output_files
from gradatim.cli._json import SCHEMA, print_json
from gradatim.cli._options import OUTPUT, Debug, Json, Output
from gradatim.cli._reading import TextOptions, dialect_of, note_lines
from gradatim.errors import SpecError
from gradatim.presentation import pictures

if TYPE_CHECKING:
    from gradatim.tables.columns import Columns, Dialect

__all__ = ["transform"]

_INPUT = Group("What is separated", sort_key=1)
_File = Parameter(group=OUTPUT, metavar="FILE")


def transform(
    table: Annotated[Path | None, Parameter(group=_INPUT)] = None,
    /,
    *,
    points: Annotated[
        str | None, Parameter(group=_INPUT, metavar="X:LABEL,...", allow_leading_hyphen=True)
    ] = None,
    column: Annotated[str, Parameter(group=_INPUT, metavar="COLUMN")] = "x",
    target: Annotated[str, Parameter(group=_INPUT, metavar="COLUMN")] = "label",
    text: TextOptions | None = None,
    convention: Annotated[Literal["step", "sign"], Parameter(group=_INPUT)] = "step",
    thresholds: Annotated[
        str | None, Parameter(group=_INPUT, metavar="X,...", allow_leading_hyphen=True)
    ] = None,
    output: Output = None,
    graph: Annotated[Path | None, _File] = None,
    network: Annotated[Path | None, _File] = None,
    json: Json = False,
    debug: Debug = False,
) -> None:
    """Build the network that separates a labeled line, and prove it right everywhere.

    One step unit stands at each label change; their sum z has one value per class, and a hyperplane
    in z separates them. With the convention step a unit is 0 or 1, with sign -1 or +1.

    Parameters
    ----------
    table
        Points and labels (csv, tsv, parquet).
    points
        Points and labels as text, such as "10:0,30:1,40:1,90:0".
    column
        Column of the points in the table.
    target
        Column of the labels in the table.
    convention
        What the two values of a unit are.
    thresholds
        Where the label changes; half way if not given.
    output
        Picture of x-space beside z-space: .svg, .pdf or .png.
    graph
        Picture of the network: .svg, .pdf, .png, .dot, .mmd or .tex.
    network
        The network for other verbs: .txt (its equation) or .safetensors.
    """
    _output_files.check_built(output, graph, network, source=table)
    xs, labels, read = _read(table, points, column, target, dialect_of(text))
    from gradatim.separability import transform as build

    line = build(xs, labels, convention=convention)
    if thresholds is not None:
        cuts = _cuts(thresholds, len(line.thresholds))
        line = build(xs, labels, convention=convention, thresholds=cuts)

    def show() -> None:
        from gradatim.presentation.transformation import transformation_in_words

        if json:
            print_json({"schema": SCHEMA, **line.to_dict()})
        else:
            notes = [line for [line] in note_lines(read)]
            print("\n".join([*transformation_in_words(line), *notes]))

    writers = [
        *_output_files.plot_writer(output, lambda: pictures.plot_transformation(line)),
        *_output_files.network_writers(line.network, graph, network),
    ]
    _output_files.deliver(writers, show, None if json else print)
    proof = line.verify()
    if not proof.holds:
        raise SpecError(f"the network is not right everywhere: {'; '.join(proof.failures)}")


def _read(
    table: Path | None, points: str | None, column: str, target: str, dialect: Dialect | None
) -> tuple[list[str | Fraction], list[str], Columns | None]:
    """Return points and labels, from the table, from the option, or from both."""
    if table is None and points is None:
        raise SpecError(
            'there are no points; give --points "10:0,30:1", or a table with a column of points '
            "and one of labels"
        )
    xs: list[str | Fraction] = []
    labels, read = [], None
    for pair in _pairs(points or ""):
        x, colon, label = (part.strip() for part in pair.partition(":"))
        if not (x and colon and label):
            raise SpecError(f"{pair!r} is no point with a label; write 10:0,30:1")
        xs.append(x)
        labels.append(label)
    if table is not None:
        from gradatim.sources.equations import meet_columns, read_column
        from gradatim.tables.columns import read_columns

        read = read_columns(table, dialect)
        meant = meet_columns(read, [column, target])
        xs += read_column(read, meant[column], "--column")
        labels += read.texts(read.require(meant[target], "--target"))
    return xs, labels, read


def _cuts(text: str, n_changes: int) -> list[str]:
    """Return the thresholds; twice as many pieces as label changes have decimal commas."""
    parted = re.split(r"\s*;\s*|,?\s+" if re.search(r"[;\s]", text.strip()) else ",",
                      text.strip(" ;,"))  # fmt: skip
    if len(parted) == 2 * n_changes and all(map(str.isdigit, parted[1::2])):
        return [",".join(pair) for pair in zip(parted[::2], parted[1::2], strict=True)]
    return parted


def _pairs(points: str) -> list[str]:
    """Return points with their labels; a comma that parts no two of them is a decimal comma."""
    if re.search(r"[;\n]", points):
        return [pair for pair in re.split(r"\s*[;\n]\s*", points) if pair.strip(" ,")]
    pairs: list[str] = []
    for piece in re.split(r"\s*,\s*|\s+(?=[-+0-9.,/]+:)", points.strip(" ,")) if points else []:
        if pairs and ":" not in pairs[-1]:
            pairs[-1] += f",{piece}"
        else:
            pairs.append(piece)
    return pairs
