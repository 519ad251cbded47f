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

from gradatim.errors import InputError

if TYPE_CHECKING:
    from gradatim.network import Network, Trace, UnitTrace

__all__ = ["eval"]

_INPUT = Group("What is evaluated", sort_key=1)
_OUTPUT = Group("What comes out", sort_key=2)

_Flag = Parameter(negative=(), show_default=False)

# Rows whose units are shown one by one.
_MOST_ROWS = 12

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
    activation: Annotated[str | None, Parameter(group=_INPUT, metavar="NAME")] = None,
    let: Annotated[
        list[str] | None, Parameter(group=_INPUT, metavar="w_1=0.5", negative=())
    ] = None,
    threshold: Annotated[
        str | None, Parameter(group=_INPUT, metavar="T", allow_leading_hyphen=True)
    ] = None,
    exact: Annotated[bool, _Flag, Parameter(group=_OUTPUT)] = False,
    digits: Annotated[
        int | None, Parameter(group=_OUTPUT, metavar="N", validator=Number(gte=0, lte=1000))
    ] = None,
    json: Annotated[bool, _Flag, Parameter(group=_OUTPUT)] = False,
    debug: Annotated[bool, _Flag, Parameter(group=_OUTPUT)] = False,
) -> None:
    """Evaluate an equation, with every product, sum, activation and class.

    Parameters
    ----------
    equation
        Such as "sigmoid(x1 - 2.5)", a text file (.txt) that holds one, or a model (.safetensors);
        docs/guides/equations.md tells the language.
    at
        Values of the inputs; may be repeated.
    table
        A table (csv, tsv, parquet) with one column per input; a row is evaluated each.
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
    debug
        Show the traceback of an error.
    """
    from gradatim.cli._network import read_network

    network = read_network(equation, activation, let)
    rows = _rows(network, at or [], table)
    places = _EXACT_DIGITS if digits is None else digits
    traces = [network.trace(row, exact=exact, digits=places, threshold=threshold) for row in rows]
    if json:
        _print_json(traces, exact, places if exact else None, table)
    else:
        _print_text(traces, digits if digits is not None or not exact else places)


def _rows(network: Network, at: Sequence[str], table: Path | None) -> list[dict[str, Any]]:
    from gradatim.cli._equation import read_point, read_rows, read_table_file

    rows: list[dict[str, Any]] = [read_point(text, network) for text in at]
    if table is not None:
        rows += read_rows(read_table_file(table), network)
    if not rows and any(unit.weights for unit in network.layers[0].units):
        example = ",".join(f"{name}=1" for name in network.input_names[:3])
        raise InputError(f"there is nothing to evaluate at; add --at {example} or --data TABLE")
    return rows or [{}]


# JSON


def _print_json(
    traces: Sequence[Trace], exact: bool, digits: int | None, table: Path | None
) -> None:
    from importlib.metadata import version
    from json import dumps

    from gradatim.cli._equation import table_record

    network = traces[0].network
    result = {
        "schema": 1,
        "gradatim": version("gradatim"),
        "equation": str(network),
        "inputs": list(network.input_names),
        "exact": exact,
        "digits": digits,
        "data": None if table is None else table_record(table),
        "rule": traces[0].rule,
        "rows": [trace.to_dict() for trace in traces],
    }
    print(dumps(result, indent=2, ensure_ascii=False))


# Text


def _print_text(traces: Sequence[Trace], digits: int | None) -> None:
    from rich.console import Console
    from rich.text import Text

    console = Console(highlight=False)
    console.print(Text(str(traces[0].network), style="bold"), soft_wrap=True)
    console.print(Text(traces[0].rule, style="dim"), soft_wrap=True)
    if len(traces) <= _MOST_ROWS:
        for trace in traces:
            _print_units(console, trace, digits)
    console.print()
    _print_outputs(console, traces, 2 if digits is None else digits)


def _print_units(console: Any, trace: Trace, digits: int | None) -> None:
    from rich.text import Text

    from gradatim.cli._equation import plain_table, print_table, shown

    names = trace.network.input_names
    point = ", ".join(
        f"{name} = {shown(value)}"
        for name, value in zip(names, trace.inputs, strict=True)
        if value is not None
    )
    console.print()
    console.print(Text(f"at {point}" if point else "without inputs"), soft_wrap=True)
    table = plain_table(
        {"unit": "left", "products": "left"}
        | dict.fromkeys(["sum", "w0", "z"], "right")
        | {"a(z)": "left", "class": "right"}
    )
    for layer in trace.layers:
        for unit in layer:
            if not unit.passes:
                table.add_row(*(Text(cell) for cell in _cells(unit, digits)))
    print_table(console, table)


def _cells(unit: UnitTrace, digits: int | None) -> list[str]:
    from gradatim.cli._equation import shown, signed
    from gradatim.network.notation import spoken_activation

    products = [
        f"{shown(edge.weight)}·{signed(shown(edge.value, digits))}" for edge in unit.products
    ]
    z, value = shown(unit.pre_activation, digits), shown(unit.value, digits)
    name = spoken_activation(unit.activation)
    applied = value if name == "identity" else f"{name}({z}) = {value}"
    return [
        unit.name,
        " + ".join(products).replace("+ -", "- ") or "-",
        shown(unit.sum, digits),
        shown(unit.bias),
        z,
        applied,
        "" if unit.predicted is None else str(unit.predicted),
    ]


def _print_outputs(console: Any, traces: Sequence[Trace], digits: int) -> None:
    from rich.text import Text

    from gradatim.cli._equation import plain_table, print_table, rounded, shown

    network = traces[0].network
    decided = any(c is not None for c in traces[0].classes)
    several = network.n_outputs > 1
    headings = [*network.input_names, *network.output_names]
    headings += [f"class of {n}" if several else "class" for n in network.output_names] * decided
    # Spaces keep headings of one name apart.
    unique = [name + " " * headings[:i].count(name) for i, name in enumerate(headings)]
    table = plain_table(dict.fromkeys(unique, "right"))
    for trace in traces:
        cells = [shown(value) for value in trace.inputs]
        cells += [rounded(value, digits) for value in trace.values]
        cells += [shown(c) for c in trace.classes] * decided
        table.add_row(*(Text(cell) for cell in cells))
    print_table(console, table)
