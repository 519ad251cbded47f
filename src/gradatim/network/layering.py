"""From units that read what they like to layers that read only the layer before.

Conventions: a hidden unit sits as low as it can, outputs in the last layer. A value that is needed
further up is passed on by identity units of weight 1 and bias 0, which compute it exactly. In a
layer, what is passed on stands in the order of the inputs, then of the units in the text.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

import numpy as np

from gradatim.errors import SpecError
from gradatim.network.expression import Expression, Source, UnitSum, WeightedSum
from gradatim.network.layer import Layer

#: Units that a network from text may have, those that pass a value on included.
MOST_UNITS = 10_000

#: Digits that the numerator or denominator of a coefficient may have.
MOST_DIGITS = 400


def layered(expression: Expression) -> tuple[list[Layer], list[str], list[list[Source]]]:
    """Cut an expression into layers; return them, the names of outputs, and what is hidden."""
    outputs = _output_units(expression)
    columns = _columns(expression, outputs)
    layers = []
    for depth, column in enumerate(columns[1:], start=1):
        units = [_unit_or_pass(expression, source, columns[depth - 1]) for source in column]
        layers.append(make_layer(units, columns[depth - 1]))
    layers.append(make_layer(outputs, columns[-1]))
    names = [
        f"y{i}" if output.name is None else output.name
        for i, output in enumerate(expression.outputs, start=1)
    ]
    return layers, names, columns[1:]


def make_layer(units: Sequence[UnitSum], sources: Sequence[Source]) -> Layer:
    """Make a layer of units that read the given sources."""
    position = {source: j for j, source in enumerate(sources)}
    weight = np.zeros((len(units), len(sources)))
    bias = np.zeros(len(units))
    mask = np.zeros(weight.shape, dtype=bool)
    exact: dict[tuple[int, int], Fraction] = {}
    for i, unit in enumerate(units):
        bias[i] = _stored(unit.body.constant, (i, -1), exact)
        for source, value in unit.body.terms.items():
            j = position[source]
            weight[i, j], mask[i, j] = _stored(value, (i, j), exact), True
    _check_softmax(units)
    return Layer(weight, bias, tuple(unit.activation for unit in units), mask, exact or None)


def _stored(
    value: Fraction, place: tuple[int, int], exact: dict[tuple[int, int], Fraction]
) -> float:
    """Round a coefficient to a float, and keep it where the float does not tell it."""
    try:
        number = float(value)
    except OverflowError:
        number = np.inf
    most = max(abs(value.numerator), value.denominator)
    if np.isinf(number) or (value and not number) or most >= 10**MOST_DIGITS:
        raise SpecError(
            "a number is too large, too small or too long; write weights between 1e-300 and "
            f"1e300 in at most {MOST_DIGITS} digits"
        )
    if Fraction(repr(number)) != value:
        exact[place] = value
    return number


def _check_softmax(units: Sequence[UnitSum]) -> None:
    groups = {unit.group for unit in units}
    if groups != {None} and len(groups) > 1:
        raise SpecError(
            "a softmax needs a layer of its own, but another value would have to stand beside it; "
            "let every output read the softmax alone"
        )


def _output_units(expression: Expression) -> list[UnitSum]:
    """Return the units of the last layer."""
    units = expression.units
    read = _read_units(expression)
    result = []
    for output in expression.outputs:
        source = output.body.only_source
        if isinstance(source, int) and source not in read:
            result.append(units[source])
        else:
            result.append(UnitSum("identity", output.body))
    return result


def _read_units(expression: Expression) -> set[int]:
    """Return the units that another unit or a weighted sum reads; a softmax is read whole."""
    read: set[int] = set()
    groups: dict[int | None, list[int]] = {}
    for number, unit in enumerate(expression.units):
        groups.setdefault(unit.group, []).append(number)
    waiting: list[WeightedSum] = []
    direct = [output.body.only_source for output in expression.outputs]
    for output, source in zip(expression.outputs, direct, strict=True):
        # A softmax is the last layer whole and in order, or it is hidden.
        group = expression.units[source].group if isinstance(source, int) else None
        is_unit = isinstance(source, int) and (group is None or groups[group] == direct)
        waiting.append(expression.units[source].body if is_unit else output.body)  # pyright: ignore
    while waiting:
        for source in waiting.pop().terms:
            if isinstance(source, int) and source not in read:
                group = expression.units[source].group
                together = [source] if group is None else groups[group]
                read.update(together)
                waiting.extend(expression.units[number].body for number in together)
    return read


def _columns(expression: Expression, outputs: Sequence[UnitSum]) -> list[list[Source]]:
    """Return what stands in each layer but the last, the inputs first."""
    read = sorted(_read_units(expression))
    depth = _depths(expression, read)
    last = max(_depth_of(unit.body, depth) for unit in outputs)
    needed: dict[Source, int] = dict(depth)
    for source in expression.inputs:
        needed[source] = 0
    for number in read:
        for source in expression.units[number].body.terms:
            needed[source] = max(needed[source], depth[number] - 1)
    for unit in outputs:
        for source in unit.body.terms:
            needed[source] = max(needed[source], last - 1)
    if sum(until - depth[source] + 1 for source, until in needed.items()) > MOST_UNITS:
        raise SpecError(
            f"this takes more than {MOST_UNITS:,} units, those that pass a value on to a higher "
            "layer included; write a smaller network"
        )
    columns: list[list[Source]] = [list(expression.inputs), *([] for _ in range(last - 1))]
    for source in [*expression.inputs, *read]:
        for layer in range(max(1, depth[source]), needed[source] + 1):
            columns[layer].append(source)
    return columns


def _depths(expression: Expression, read: Sequence[int]) -> dict[Source, int]:
    """Return the lowest layer in which each source can stand; a softmax stands together."""
    depth: dict[Source, int] = dict.fromkeys(expression.inputs, 0)
    members: dict[int, list[int]] = {}
    for number in read:
        group = expression.units[number].group
        if group is not None:
            members.setdefault(group, []).append(number)
    for number in read:  # what a unit reads has a smaller number
        unit = expression.units[number]
        depth[number] = _depth_of(unit.body, depth)
        if unit.group is not None:
            together = members[unit.group]
            if number == together[-1]:
                deepest = max(depth[i] for i in together)
                depth.update(dict.fromkeys(together, deepest))
    return depth


def _depth_of(body: WeightedSum, depth: dict[Source, int]) -> int:
    return 1 + max((depth[source] for source in body.terms), default=0)


def _unit_or_pass(expression: Expression, source: Source, below: Sequence[Source]) -> UnitSum:
    if isinstance(source, str) or source in below:
        return UnitSum("identity", WeightedSum({source: Fraction(1)}))
    return expression.units[source]
