"""``gradatim transform``: separate a labeled line with one step unit a label change, and prove it.

Conventions: numbers are fractions from the typed text to the printed proof. Files are checked
before anything is computed; results are printed before they are written.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

from cyclopts import Group, Parameter

from gradatim.cli import _output_files
from gradatim.errors import SpecError

if TYPE_CHECKING:
    from fractions import Fraction

    from gradatim.separability import Transformation
    from gradatim.separability.line import Piece

__all__ = ["transform"]

_INPUT = Group("What is separated", sort_key=1)
_OUTPUT = Group("What comes out", sort_key=2)
_Flag = Parameter(negative=(), show_default=False)
_File = Parameter(group=_OUTPUT, metavar="FILE")


def transform(
    table: Annotated[Path | None, Parameter(group=_INPUT)] = None,
    /,
    *,
    points: Annotated[
        str | None, Parameter(group=_INPUT, metavar="X:LABEL,...", allow_leading_hyphen=True)
    ] = None,
    column: Annotated[str, Parameter(group=_INPUT, metavar="COLUMN")] = "x",
    target: Annotated[str, Parameter(group=_INPUT, metavar="COLUMN")] = "label",
    convention: Annotated[Literal["step", "sign"], Parameter(group=_INPUT)] = "step",
    thresholds: Annotated[
        str | None, Parameter(group=_INPUT, metavar="X,...", allow_leading_hyphen=True)
    ] = None,
    output: Annotated[Path | None, Parameter(name=("--output", "-o")), _File] = None,
    graph: Annotated[Path | None, _File] = None,
    network: Annotated[Path | None, _File] = None,
    json: Annotated[bool, _Flag, Parameter(group=_OUTPUT)] = False,
    debug: Annotated[bool, _Flag, Parameter(group=_OUTPUT)] = False,
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
    json
        Print JSON instead of text.
    debug
        Show the traceback of an error.
    """
    _output_files.check_targets(
        {
            "--output": (output, _output_files.plot),
            "--graph": (graph, _output_files.drawing),
            "--network": (network, _output_files.network),
        },
        source=table,
    )
    xs, labels = _read(table, points, column, target)
    from gradatim.separability import transform as build

    cuts = None if thresholds is None else thresholds.split(",")
    line = build(xs, labels, convention=convention, thresholds=cuts)
    if json:
        from json import dumps

        print(dumps(_to_dict(line), indent=2, ensure_ascii=False))
    else:
        print("\n".join(_in_words(line)))
    for path in _write(line, output, graph, network):
        if not json:
            print(f"wrote {path}")
    proof = line.verify()
    if not proof.holds:
        raise SpecError(f"the network is not right everywhere: {'; '.join(proof.failures)}")


def _read(
    table: Path | None, points: str | None, column: str, target: str
) -> tuple[list[str], list[str]]:
    """Return points and labels as text, from the table, from the option, or from both."""
    if table is None and points is None:
        raise SpecError('there are no points; give --points "10:0,30:1" or a table')
    xs, labels = [], []
    for pair in points.split(",") if points else []:
        x, colon, label = (part.strip() for part in pair.partition(":"))
        if not (x and colon and label):
            raise SpecError(f"{pair!r} is no point with a label; write 10:0,30:1")
        xs.append(x)
        labels.append(label)
    if table is not None:
        from gradatim.tables.columns import read_columns

        read = read_columns(table)
        xs += read.texts(read.require(column, "points"))
        labels += read.texts(read.require(target, "labels"))
    return xs, labels


def _write(
    line: Transformation, output: Path | None, graph: Path | None, network: Path | None
) -> list[Path]:
    from gradatim.cli._network import write_network
    from gradatim.drawing import draw, plot_spaces, save_plot

    written = []
    if output is not None:
        x = [float(point) for point in line.points]
        written.append(save_plot(plot_spaces(line.network, x, line.labels), output))
    if graph is not None:
        written.append(draw(line.network, graph))
    if network is not None:
        written.append(write_network(line.network, network))
    return written


def _in_words(line: Transformation) -> list[str]:
    unit = {"step": "0 or 1, step(0) = 1", "sign": "-1 or +1, sign(0) = 0"}[line.convention]
    lines = [f"Convention: {line.convention} units, {unit}.", ""]
    lines += [f"    {text}" for text in str(line.network).splitlines()]
    lines += ["", *_table(line), "", *_hyperplanes(line), str(line.verify())]
    return lines


def _hyperplanes(line: Transformation) -> list[str]:
    from gradatim.network.numbers import format_fraction

    names = line.network.output_names
    if len(line.classes) == 2:
        [(_, w0)] = line.hyperplanes
        rule = ">= 0" if line.convention == "step" else "> 0"
        signed = f"{'-' if w0 < 0 else '+'} {format_fraction(abs(w0))}"
        return [
            f"Hyperplane in z: w1 z + w0 = 0 with w1 = 1, w0 = {format_fraction(w0)}.",
            f"Class {line.classes[1]} where z {signed} {rule}, class {line.classes[0]} elsewhere.",
        ]
    return [
        f"Class {name}: w = ({', '.join(map(format_fraction, w))}), w0 = {format_fraction(w0)}."
        for name, (w, w0) in zip(names, line.hyperplanes, strict=True)
    ]


def _table(line: Transformation) -> list[str]:
    """Return the pieces of the line with what every unit gives there, as aligned columns."""
    from gradatim.network.numbers import format_fraction

    n_units = line.network.layers[0].n_out
    heads = ["x", *(f"h{j + 1}" for j in range(n_units))]
    heads += ["z"] if len(line.classes) == 2 else []
    rows = [[*heads, "class"]]
    for piece in line.pieces:
        label = line.label_of(piece.outputs)
        numbers = [*piece.layers[0], *([sum(piece.layers[0])] if len(line.classes) == 2 else [])]
        shown = [format_fraction(number) for number in numbers]
        rows.append([_where(piece), *shown, "undecided" if label is None else str(label)])
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return [
        "  ".join(
            [row[0].ljust(widths[0])]
            + [cell.rjust(width) for cell, width in zip(row[1:], widths[1:], strict=True)]
        )
        for row in rows
    ]


def _where(piece: Piece) -> str:
    from gradatim.network.numbers import format_fraction

    if piece.low is None:
        return "everywhere" if piece.high is None else f"x < {format_fraction(piece.high)}"
    low = format_fraction(piece.low)
    if piece.is_point:
        return f"x = {low}"
    return f"x > {low}" if piece.high is None else f"{low} < x < {format_fraction(piece.high)}"


def _to_dict(line: Transformation) -> dict[str, Any]:
    from gradatim.network.numbers import format_fraction

    def texts(values: Sequence[Fraction]) -> list[str]:
        return [format_fraction(value) for value in values]

    proof = line.verify()
    return {
        "schema": 1,
        "convention": line.convention,
        "equation": str(line.network),
        "classes": list(line.classes),
        "thresholds": texts(line.thresholds),
        "hyperplanes": [{"w": texts(w), "w0": format_fraction(w0)} for w, w0 in line.hyperplanes],
        "pieces": [
            {
                "low": None if piece.low is None else format_fraction(piece.low),
                "high": None if piece.high is None else format_fraction(piece.high),
                "hidden": texts(piece.layers[0]),
                "outputs": texts(piece.outputs),
                "class": line.label_of(piece.outputs),
            }
            for piece in line.pieces
        ],
        "proof": {
            "holds": proof.holds,
            "n_points": proof.n_points,
            "n_intervals": proof.n_gaps,
            "failures": list(proof.failures),
        },
    }
