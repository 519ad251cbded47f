"""What is said of a network: every number of every unit at given inputs, and how well it fits.

Conventions: numbers have six digits, or the decimals that were asked for, and are marked where that
is not all of them (`gradatim._text`); inputs are written as they were given, and fractions stay
fractions. Units that only pass a value on are not shown.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction
from typing import Any

from gradatim._text import ABOUT, DIGITS, is_told, mark, number_text, plural, show_name
from gradatim.network import Network, Product, Trace, UnitTrace
from gradatim.network.exact import PIECEWISE
from gradatim.network.notation import spoken_activation
from gradatim.network.numbers import format_fraction, to_fraction
from gradatim.network.rounding import rounded
from gradatim.presentation.lines import Column, Grid, Line

# Digits with which every float is itself.
_MOST_DIGITS = 17

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
    if isinstance(value, Fraction):
        return format_fraction(value)
    if digits is None:
        return f"{value:f}" if isinstance(value, Decimal) else number_text(value)
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


def marked(value: Any, digits: int | None = None) -> str:
    """Return a number as it is shown, with a mark if that is not all of it."""
    return "-" if value is None else mark(value, shown(value, digits))


def relation(*values: Any) -> str:
    """Return the sign before a text of numbers: that of almost equal if one of them is rounded."""
    return "=" if all(is_told(value, shown(value)) for value in values) else ABOUT


def equals(value: Any, digits: int | None = None) -> str:
    """Write that something is a number, or about it if that is rounded."""
    text = shown(value, digits)
    return f"{'=' if is_told(value, text) else ABOUT} {text}"


def output(unit: UnitTrace, digits: int | None = None) -> tuple[str, str]:
    """Return the sign before the value of a unit, and the value.

    What a sigmoid, say, makes of a number other than 0 is no fraction, even where floats round it
    to 1.
    """
    text = shown(unit.value, digits)
    if unit.activation == "softmax":
        # Equal scores have equal shares.
        is_fraction = 0 < unit.value < 1
    else:
        is_fraction = unit.activation in PIECEWISE or not unit.pre_activation
    return (
        "="
        if is_told(unit.value, text) and (is_fraction or isinstance(unit.value, Fraction))
        else ABOUT
    ), text


def given(value: Any) -> str:
    """Return an input as it was given, with every digit."""
    return shown(value) if value is None else format_fraction(to_fraction(value))


def equation_lines(trace: Trace, digits: int | None, network: Any = None) -> list[str]:
    """Return the equation of what was traced, or of `network`, and a note if it is rounded.

    Weights have six digits or those asked for, and all of them in an exact trace.
    """
    network = network or trace.network
    if digits is None and isinstance(trace.outputs[0].bias, Fraction):
        return [equation_of(network)]
    digits = digits or DIGITS
    short, is_rounded = rounded(network, digits)
    note = f"(weights rounded to {digits} digits; --json has all)"
    return [equation_of(short), *([note] if is_rounded else [])]


def trace_lines(traces: Sequence[Trace], digits: int | None) -> Iterator[Line | Grid]:
    """Yield a network at some rows: its units for up to twelve rows, then all outputs."""
    is_exact = isinstance(traces[0].outputs[0].bias, Fraction)
    equation, *note = equation_lines(traces[0], None if is_exact else max(DIGITS, digits or 0))
    yield [(equation, "bold")]
    yield from ([(line, "dim")] for line in [*note, traces[0].rule])
    if len(traces) <= _MOST_ROWS:
        for trace in traces:
            yield [""]
            yield [f"at {point}" if (point := point_of(trace)) else "without inputs"]
            yield _units(trace, digits)
    yield [""]
    yield _outputs(traces, digits)


def point_of(trace: Trace) -> str:
    """Return the inputs that are known."""
    pairs = zip(trace.network.input_names, trace.inputs, strict=True)
    return ", ".join(
        f"{show_name(name)} = {given(value)}" for name, value in pairs if value is not None
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
    factors = [(shown(edge.weight), _read(unit, edge, digits)) for edge in unit.products]
    products = " + ".join(f"{w}·{f'({x})' if x.startswith('-') else x}" for w, x in factors)
    is_whole = all(
        is_told(edge.weight, w) and is_told(edge.value, x)
        for edge, (w, x) in zip(unit.products, factors, strict=True)
    )
    # A function of a number needs the digits of the number, however few it is to be shown with.
    z = shown(unit.pre_activation, None if digits is None or digits < DIGITS else digits)
    name = spoken_activation(unit.activation)
    sign, value = output(unit, digits)
    applied = (
        f"e^{f'({z})' if z.startswith('-') else z} / sum e^z"
        if name == "softmax"
        else f"{name}({z})"
    )
    return [
        show_name(unit.name),
        ("" if is_whole else f"{ABOUT} ") + products.replace("+ -", "- ") or "-",
        marked(unit.sum, digits),
        marked(unit.bias, digits),
        marked(unit.pre_activation, digits),
        f"{sign.removeprefix('=')}{value}" if name == "identity" else f"{applied} {sign} {value}",
        "" if unit.predicted is None else str(unit.predicted),
    ]


def _read(unit: UnitTrace, edge: Product, digits: int | None) -> str:
    """Write what an edge reads: an input as it was given."""
    return given(edge.value) if unit.layer == 1 else shown(edge.value, digits)


def _outputs(traces: Sequence[Trace], digits: int | None) -> Grid:
    network = traces[0].network
    decided = any(c is not None for c in (*traces[0].classes, *traces[0].thresholds))
    several = network.n_outputs > 1
    inputs, outputs = (
        map(show_name, network.input_names),
        list(map(show_name, network.output_names)),
    )
    is_softmax = all(trace.classes.count(1) == 1 for trace in traces) and (
        network.layers[-1].activation == "softmax"
    )
    heads = [*inputs, *outputs]
    heads += (
        ["class"]
        if is_softmax
        else [f"class of {n}" if several else "class" for n in outputs] * decided
    )
    rows = []
    for trace in traces:
        cells = [given(value) for value in trace.inputs]
        cells += ["".join(output(unit, digits)).removeprefix("=") for unit in trace.outputs]
        if is_softmax:
            rows.append([[cell] for cell in [*cells, outputs[trace.classes.index(1)]]])
            continue
        cells += [
            shown(c) if c is not None or limit is None else "undecided"
            for c, limit in zip(trace.classes, trace.thresholds, strict=True)
        ] * decided
        rows.append([[cell] for cell in cells])
    return Grid([Column(head, right=True) for head in heads], rows)


def rounded_equation(
    network: Network, holds: Callable[[Network], bool], digits: int | None = None
) -> tuple[Network, list[str]]:
    """Return a network rounded to the digits asked for, or with which `holds` is true; its text."""
    for n in range(DIGITS, _MOST_DIGITS) if digits is None else (digits,):
        short, is_rounded = rounded(network, n)
        if digits is not None or short == network or holds(short):
            note = f"(weights rounded to {plural(n, 'digit')}; --json and -o FILE.txt have all)"
            return short, [equation_of(short), *([note] if is_rounded else [])]
    return network, [equation_of(network)]


def fit_lines(found: dict[str, Any]) -> list[str]:
    """Return how `found`, the object that ``gradatim fit`` prints, was fitted, and how well."""
    method = "least squares" if found["loss"] == "squared" else "maximum likelihood"
    penalty = f" with alpha = {found['alpha']:g}" if found["alpha"] else ""
    lines = [
        f"{method}{penalty} on {plural(found['n_rows'], 'row')} of "
        f"{show_name(found['data']['file'])}"
    ]
    classes = [show_name(name) for name in found["classes"] or ()]
    if found["activation"] == "sigmoid":
        lines.append(f"class {classes[1]} where the output >= 0.5, else class {classes[0]}")
    names = {"r2": "R^2", "root_mean_squared_error": "root mean squared error"}
    scores = ", ".join(
        f"{names.get(name, name.replace('_', ' '))} {score_text(value)}"
        for name, value in found["scores"].items()
    )
    return [*lines, f"on the same rows: {scores}"]


def score_text(value: float | None) -> str:
    """Write a score with four digits."""
    if value is None:
        return "undefined, since the target is the same in every row"
    return mark(value, number_text(value, 4))
