"""A step of gradient descent in lines of text, as it is written on a blackboard.

Conventions: L is the loss of one row; z, a and w0 of a unit stand with its name in brackets. A
line that begins without a blank is a heading. Where a number of a line is rounded, its sides are
almost equal; inputs, targets and the learning rate are written as they were given.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import chain
from typing import Any

from gradatim._text import show_name
from gradatim.network.descent import RowStep, Step, UnitSlopes
from gradatim.network.notation import spoken_activation
from gradatim.network.trace import Product, UnitTrace
from gradatim.presentation.lines import Line
from gradatim.presentation.networks import (
    equals,
    equation_lines,
    given,
    output,
    point_of,
    relation,
    shown,
    signed,
)

_LOSSES = {
    "squared": "1/2 (a - y)^2, summed over the outputs",
    "binary": "-y ln(a) - (1 - y) ln(1 - a) = ln(1 + e^z) - y z, summed over the outputs",
    "multiclass": "-y ln(a) = y (ln(sum of e^z) - z), summed over the outputs",
}


# Rows, over all steps, that are spelled out.
_MOST_ROWS = 12


def descent_lines(
    taken: Sequence[Step], loss: str, rate: str, digits: int | None = None
) -> Iterator[Line]:
    """Yield the lines of all steps, and the network after them, its weights with some digits."""
    n_rows = len(taken[0].rows)
    for number, step in enumerate(taken, start=1):
        in_full = number * n_rows <= _MOST_ROWS or number == 1
        yield [(f"step {number}", "bold")]
        yield from ([f"  {line}"] for line in equation_lines(step.rows[0].trace, digits))
        for line in _step_lines(step, number, loss, rate, _MOST_ROWS if in_full else 0):
            yield [line]
    yield [f"after {len(taken)} steps" if taken[1:] else "after this step"]
    last = taken[-1]
    yield from ([f"  {line}"] for line in equation_lines(last.rows[0].trace, digits, last.after))


def _step_lines(step: Step, number: int, loss: str, rate: str, most_rows: int) -> Iterator[str]:
    """Yield the lines of one step."""
    if number == 1:
        yield f"  L = {_LOSSES[loss]}; the loss is the mean of L over the rows"
    for i, row in enumerate(step.rows[:most_rows], start=1):
        yield from _row_lines(row, i, loss)
    if most_rows and len(step.rows) > most_rows:
        yield f"  ... and {len(step.rows) - most_rows} rows more"
    yield f"  loss {equals(step.loss)}"
    yield from _change_lines(step, rate)


def _row_lines(row: RowStep, number: int, loss: str) -> Iterator[str]:
    goals = [
        f"y({show_name(unit.name)}) = {given(y)}"
        for unit, y in zip(row.trace.outputs, row.target, strict=True)
    ]
    point = point_of(row.trace)
    yield f"  row {number}: {', '.join([*([point] if point else []), *goals])}"
    yield "    forward"
    for layer in row.trace.layers:
        for unit in layer:
            if not unit.passes:
                yield from _forward_lines(unit)
    yield f"      L {equals(row.loss)}"
    yield "    back"
    layers = list(zip(row.trace.layers, row.slopes, strict=True))
    for depth in range(len(layers) - 1, -1, -1):
        above = layers[depth + 1] if depth + 1 < len(layers) else None
        for i, (unit, slopes) in enumerate(zip(*layers[depth], strict=True)):
            if not unit.passes:
                source = _output_rule(unit, row.target[i], loss) if above is None else ""
                yield from _back_lines(unit, slopes, source or _hidden_rule(i, above))


def _forward_lines(unit: UnitTrace) -> Iterator[str]:
    parts = [f"{shown(edge.weight)}·{_read(unit, edge)}" for edge in unit.products]
    if unit.bias or not parts:
        parts.append(shown(unit.bias))
    total = " + ".join(parts).replace("+ -", "- ")
    z, numbers = shown(unit.pre_activation), [unit.bias, *(edge.weight for edge in unit.products)]
    if unit.layer > 1:
        numbers += [edge.value for edge in unit.products]
    left = f"      z({show_name(unit.name)}) {relation(*numbers)} {total}"
    yield left if total == z else f"{left} {equals(unit.pre_activation)}"
    name = spoken_activation(unit.activation)
    applied = "" if name == "identity" else f"{relation(unit.pre_activation)} {name}({z}) "
    yield f"      a({show_name(unit.name)}) {applied}{' '.join(output(unit))}"


def _read(unit: UnitTrace, edge: Product) -> str:
    """Write what an edge reads, after a sign: an input as it was given."""
    text = given(edge.value) if unit.layer == 1 else shown(edge.value)
    return f"({text})" if text.startswith("-") else text


def _output_rule(unit: UnitTrace, y: Any, loss: str) -> str:
    if loss == "squared":
        goal = given(y)
        goal = f"({goal})" if goal.startswith("-") else goal
        return f"a - y {output(unit)[0]} {shown(unit.value)} - {goal}"
    return "(a - y) / (a (1 - a))" if loss == "binary" else ""


def _hidden_rule(index: int, above: Any) -> str:
    """Write dL/da of a hidden unit as a sum over the units that read it."""
    if above is None:
        return ""
    factors = [
        (slopes.by_pre_activation, edge.weight)
        for unit, slopes in zip(*above, strict=True)
        for edge in unit.products
        if edge.source == index
    ]
    terms = " + ".join(f"{signed(slope)}·{signed(weight)}" for slope, weight in factors) or "0"
    return f"sum of dL/dz·w above {relation(*chain.from_iterable(factors))} {terms}"


def _back_lines(unit: UnitTrace, slopes: UnitSlopes, rule: str) -> Iterator[str]:
    name, by_z = show_name(unit.name), slopes.by_pre_activation
    if slopes.by_value is None:
        yield f"      dL/dz({name}) = a - y {equals(by_z)}"
    else:
        slope = spoken_activation(unit.activation)
        z, is_z = shown(unit.pre_activation), relation(unit.pre_activation)
        yield f"      dL/da({name}) = {rule} {equals(slopes.by_value)}"
        yield f"      da/dz({name}) {is_z} {slope}'({z}) {equals(slopes.slope)}"
        product = f"{signed(slopes.by_value)}·{signed(slopes.slope)}"
        is_product = relation(slopes.by_value, slopes.slope)
        yield f"      dL/dz({name}) = dL/da · da/dz {is_product} {product} {equals(by_z)}"
    for edge, by_weight in zip(unit.products, slopes.by_weights, strict=True):
        product = f"{signed(by_z)}·{_read(unit, edge)}"
        is_product = relation(by_z) if unit.layer == 1 else relation(by_z, edge.value)
        source = show_name(edge.name)
        yield (
            f"      dL/dw({source} -> {name}) = dL/dz · {source} {is_product} {product} "
            f"{equals(by_weight)}"
        )
    yield f"      dL/dw0({name}) = dL/dz {equals(by_z)}"


def _change_lines(step: Step, rate: str) -> Iterator[str]:
    yield f"  new weights = old - {rate} · mean of dL/dw over the rows"
    trace = step.rows[0].trace
    for layer, changes in zip(trace.layers, step.changes, strict=True):
        for unit, change in zip(layer, changes, strict=True):
            if change.is_fixed:
                continue
            moved = [
                (f"w({show_name(edge.name)} -> {show_name(unit.name)})", *numbers)
                for edge, (_, *numbers) in zip(unit.products, change.weights, strict=True)
            ]
            for label, old, gradient, new in [
                *moved,
                (f"w0({show_name(unit.name)})", *change.bias),
            ]:
                change_text = f"{shown(old)} - {rate}·{signed(gradient)}"
                yield f"    {label} {relation(old, gradient)} {change_text} {equals(new)}"
