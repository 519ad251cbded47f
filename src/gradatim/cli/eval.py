"""``gradatim eval``: an equation at given inputs, with every number of every unit.

Conventions: a row is an ``--at`` or a row of the table. Units are shown for up to twelve rows, the
outputs of all rows in a table below. ``--json`` prints the object of docs/guides/equations.md.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

from cyclopts import Group, Parameter
from cyclopts.validators import Number

from gradatim._text import option
from gradatim.cli._options import FLAG, OUTPUT, Debug
from gradatim.cli._reading import TextOptions, dialect_of, note_lines
from gradatim.errors import InputError, SpecError

if TYPE_CHECKING:
    from gradatim.network import Network, Trace
    from gradatim.presentation.homework import Marks
    from gradatim.tables.columns import Columns

_INPUT = Group("What is evaluated", sort_key=1)


# Decimals of irrational values, if exact ones are asked for and --digits is not given.
_EXACT_DIGITS = 20


def eval(  # the verb's name; Python's eval is not used anywhere
    equation: Annotated[str, Parameter(group=_INPUT, allow_leading_hyphen=True)],
    /,
    *,
    at: Annotated[
        list[str] | None,
        Parameter(group=_INPUT, metavar="x1=0.5,x2=1", negative=(), allow_leading_hyphen=True),
    ] = None,
    table: Annotated[
        Path | None, Parameter(name=("--data", "--table"), group=_INPUT, metavar="TABLE")
    ] = None,
    target: Annotated[str | None, Parameter(group=_INPUT, metavar="COLUMN")] = None,
    text: TextOptions | None = None,
    activation: Annotated[str | None, Parameter(group=_INPUT, metavar="NAME")] = None,
    let: Annotated[
        list[str] | None, Parameter(group=_INPUT, metavar="w_1=0.5", negative=())
    ] = None,
    threshold: Annotated[
        str | None, Parameter(group=_INPUT, metavar="T", allow_leading_hyphen=True)
    ] = None,
    exact: Annotated[bool, FLAG, Parameter(group=OUTPUT)] = False,
    digits: Annotated[
        int | None, Parameter(group=OUTPUT, metavar="N", validator=Number(gte=0, lte=1000))
    ] = None,
    json: Annotated[bool, FLAG, Parameter(group=OUTPUT)] = False,
    debug: Debug = False,
) -> None:
    """Evaluate an equation, with every product, sum, activation and class.

    Parameters
    ----------
    equation
        Such as "sigmoid(x1 - 2.5)", a text file (.txt) that holds one, or a saved
        network (.safetensors); docs/guides/equations.md tells the language.
    at
        Values of the inputs; may be repeated.
    table
        A table (csv, tsv, parquet) with one column per input; a row is evaluated each.
    target
        Column of the table with what the network should give; tells how many rows it gets
        right, and those that it misses.
    activation
        Takes the place of a in a(x1 - 5).
    let
        Value of a letter, or values of W in W^T X; may be repeated.
    threshold
        Outputs from here on are of class 1; if left out, the middle of the output's range.
    exact
        Compute with fractions; what is no fraction is rounded correctly.
    digits
        Decimals that are shown.
    json
        Print JSON instead of tables.
    """
    from gradatim.cli._network import read_network
    from gradatim.tables.columns import read_columns

    network = read_network(equation, activation, let)
    if target is not None and (table is None or at):
        raise SpecError("--target marks the rows of a table; give --data TABLE, and no --at")
    columns = None if table is None else read_columns(table, dialect_of(text))
    rows = _rows(network, at or [], columns)
    places = _EXACT_DIGITS if digits is None else digits
    traces = [network.trace(row, exact=exact, digits=places, threshold=threshold) for row in rows]
    marks = None if target is None or columns is None else _marks(traces, columns, target)
    if json:
        from gradatim.sources.equations import table_record

        record = None if table is None else table_record(table, columns)
        _print_json(traces, exact, places if exact else None, record, marks)
    else:
        from gradatim.cli._print import SafeConsole, print_lines
        from gradatim.presentation.homework import mark_lines
        from gradatim.presentation.networks import trace_lines

        shown = digits if digits is not None or not exact else places
        lines = trace_lines(traces, shown) if marks is None else mark_lines(traces, marks, shown)
        print_lines(SafeConsole(), [*lines, *note_lines(columns)], soft_wrap=True)


def _rows(network: Network, at: Sequence[str], table: Columns | None) -> list[dict[str, Any]]:
    from gradatim.sources.equations import read_point, read_rows

    rows: list[dict[str, Any]] = [read_point(text, network) for text in at]
    if table is not None:
        rows += read_rows(table, network)
    if not rows and any(unit.weights for unit in network.layers[0].units):
        example = ",".join(f"{name}=1" for name in network.input_names[:3])
        raise InputError(
            f"there is nothing to evaluate at; add {option('--at', example)} or --data TABLE"
        )
    return rows or [{}]


def _marks(traces: Sequence[Trace], table: Columns, target: str) -> Marks:
    from gradatim.presentation.homework import mark_rows

    texts = table.texts(table.require(target, "the target"))
    lines = None if table.lines is None else table.lines.tolist()
    return mark_rows(traces, texts, target, lines)


def _print_json(
    traces: Sequence[Trace],
    exact: bool,
    digits: int | None,
    data: dict[str, Any] | None,
    marks: Marks | None,
) -> None:
    from gradatim.cli._json import header, print_json

    network = traces[0].network
    result = {
        **header(),
        "equation": str(network),
        "inputs": list(network.input_names),
        "exact": exact,
        "digits": digits,
        "data": data,
        "rule": traces[0].rule,
        "rows": [trace.to_dict() for trace in traces],
        **({} if marks is None else {"marks": marks.to_dict()}),
    }
    print_json(result)
