"""What is said of a network: every number of every unit at given inputs, and how well it fits.

Conventions: numbers have six digits, or the decimals that were asked for; fractions stay fractions.
Units that only pass a value on are not shown.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction
from typing import Any, cast

from gradatim._text import show_name
from gradatim.network import Network, Trace, UnitTrace
from gradatim.network.notation import spoken_activation
from gradatim.presentation.lines import Column, Grid, Line

__all__ = ["equation_of", "fit_lines", "point_of", "rounded", "shown", "signed", "trace_lines"]

# Rows whose units are shown one by one.
_MOST_ROWS = 12


def signed(value: Any, digits: int | None = None) -> str:
    """Write a number that follows a sign: in brackets if it is negative."""
    text = shown(value, digits)
    return f"({text})" if text.startswith("-") else text


def shown(value: Any, digits: int | None = None) -> str:
    """Return a number as a person reads it: six digits, or `digits` decimals."""
    if value is None:
        return "-"
    if digits is not None and not isinstance(value, Fraction):
        return rounded(value, digits)
    if isinstance(value, float):
        return f"{value + 0.0:.6g}".replace("-0", "0") if value == 0 else f"{value:.6g}"
    return str(value) if not isinstance(value, Decimal) else f"{value:f}"


def rounded(value: Any, digits: int) -> str:
    """Return a number with a fixed count of decimals; fractions stay fractions."""
    if value is None or isinstance(value, Fraction):
        return shown(value)
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    text = f"{value:.{digits}f}"
    return text.removeprefix("-") if float(text) == 0 else text


def equation_of(network: Network) -> str:
    """Write a network as an equation, with its names as they may be shown."""
    return str(
        replace(
            network,
            input_names=[show_name(name) for name in network.input_names],
            output_names=[show_name(name) for name in network.output_names],
        )
    )


def trace_lines(traces: Sequence[Trace], digits: int | None) -> Iterator[Line | Grid]:
    """Yield a network at some rows: its units for up to twelve rows, then all outputs."""
    yield [(equation_of(cast("Network", traces[0].network)), "bold")]
    yield [(traces[0].rule, "dim")]
    if len(traces) <= _MOST_ROWS:
        for trace in traces:
            yield [""]
            yield [f"at {point}" if (point := point_of(trace)) else "without inputs"]
            yield _units(trace, digits)
    yield [""]
    yield _outputs(traces, 2 if digits is None else digits)


def point_of(trace: Trace) -> str:
    """Return the inputs that are known."""
    pairs = zip(trace.network.input_names, trace.inputs, strict=True)
    return ", ".join(
        f"{show_name(name)} = {shown(value)}" for name, value in pairs if value is not None
    )


def _units(trace: Trace, digits: int | None) -> Grid:
    heads = ["unit", "products", "sum", "w0", "z", "a(z)", "class"]
    columns = [
        Column(head, right=head in ("sum", "w0", "z", "class"), names=head == "unit")
        for head in heads
    ]
    units = [unit for layer in trace.layers for unit in layer if not unit.passes]
    return Grid(columns, [[[cell] for cell in _cells(unit, digits)] for unit in units])


def _cells(unit: UnitTrace, digits: int | None) -> list[str]:
    products = [f"{shown(edge.weight)}·{signed(edge.value, digits)}" for edge in unit.products]
    z, value = shown(unit.pre_activation, digits), shown(unit.value, digits)
    name = spoken_activation(unit.activation)
    applied = value if name == "identity" else f"{name}({z}) = {value}"
    return [
        show_name(unit.name),
        " + ".join(products).replace("+ -", "- ") or "-",
        shown(unit.sum, digits),
        shown(unit.bias),
        z,
        applied,
        "" if unit.predicted is None else str(unit.predicted),
    ]


def _outputs(traces: Sequence[Trace], digits: int) -> Grid:
    network = traces[0].network
    decided = any(c is not None for c in traces[0].classes)
    several = network.n_outputs > 1
    inputs, outputs = (
        map(show_name, network.input_names),
        list(map(show_name, network.output_names)),
    )
    heads = [*inputs, *outputs]
    heads += [f"class of {n}" if several else "class" for n in outputs] * decided
    rows = []
    for trace in traces:
        cells = [shown(value) for value in trace.inputs]
        cells += [rounded(value, digits) for value in trace.values]
        cells += [shown(c) for c in trace.classes] * decided
        rows.append([[cell] for cell in cells])
    return Grid([Column(head, right=True) for head in heads], rows)


def fit_lines(found: dict[str, Any]) -> list[str]:
    """Return how `found`, the object that ``gradatim fit`` prints, was fitted, and how well."""
    method = "least squares" if found["loss"] == "squared" else "maximum likelihood"
    penalty = f" with alpha = {found['alpha']:g}" if found["alpha"] else ""
    lines = [f"{method}{penalty} on {found['n_rows']} rows of {show_name(found['data']['file'])}"]
    classes = [show_name(name) for name in found["classes"] or ()]
    if found["activation"] == "sigmoid":
        lines.append(f"class {classes[1]} where the output >= 0.5, else class {classes[0]}")
    names = {"r2": "R^2", "root_mean_squared_error": "root mean squared error"}
    scores = ", ".join(
        f"{names.get(name, name.replace('_', ' '))} {_score_text(value)}"
        for name, value in found["scores"].items()
    )
    return [*lines, f"on the same rows: {scores}"]


def _score_text(value: float | None) -> str:
    if value is None:
        return "undefined, since the target is the same in every row"
    return f"{value:.4g}"
