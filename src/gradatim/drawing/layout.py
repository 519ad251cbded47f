"""Placement of a network: where every unit and edge goes, decided once for all formats.

Conventions: those of `gradatim.drawing.placement`. Text widths are estimated from the number of
characters, so a placement depends on no font. A labeled drawing has its columns further apart; one
that shows values also its rows.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Literal

import numpy as np

from gradatim.activations import get_activation
from gradatim.drawing.marks import KEY_LINE
from gradatim.drawing.placement import (
    RADIUS,
    PlacedBox,
    PlacedEdge,
    PlacedGap,
    PlacedKey,
    PlacedUnit,
    Placement,
    Point,
)
from gradatim.drawing.words import PASSES, equals, meanings, shorten
from gradatim.errors import SpecError
from gradatim.network.decompose import passes_on
from gradatim.network.evaluate import ForwardPass, forward
from gradatim.network.graph import OPEN_ACTIVATION, Layer, Network
from gradatim.network.writing import value_names

__all__ = ["Form", "Values", "column_rows", "place", "place_boxes", "rim", "with_key"]

Form = Literal["auto", "units", "layers"]
Values = Mapping[str, float] | Sequence[float]

ROW = 72.0
MARGIN = 14.0
CHARACTER = 8.4  # mean advance of a wide 14 px sans-serif
_KEY_CHARACTER = 6.6  # and of lower case in 12 px
_ROW_OF_VALUES = 96.0  # one more line of text between units
_LABELED_COLUMN = 190.0
_COLUMN_OF_VALUES = 220.0
_PLAIN_COLUMN = 150.0
_MOST_LABELED_EDGES = 24
_BOX_WIDTH = 104.0
_BOX_COLUMN = 168.0


def place(
    network: Network, *, max_units: int = 12, form: Form = "units", at: Values | None = None
) -> Placement:
    """Lay a network out, unit by unit or layer by layer.

    A layer of more than `max_units` (at least 3) is drawn with its first and last units,
    `max_units` - 1 in all, and a gap. The form ``"auto"`` takes boxes as soon as a layer is wider,
    unless values are shown: `at` has inputs by name, or in order, and every unit then shows what it
    computes there.
    """
    if max_units < 3:
        raise SpecError(f"max_units is {max_units}; a layer needs at least 3 places")
    if form == "auto":
        few = max(network.layer_sizes) <= max_units
        form = "units" if few or at is not None else "layers"
    if form == "units":
        # A network without inputs is a number, which is then shown.
        at = [] if at is None and not network.n_inputs and not network.is_open else at
        return _place_units(network, max_units, None if at is None else _computed(network, at))
    if form == "layers":
        if at is not None:
            raise SpecError("one box per layer shows no values; choose the form units")
        return place_boxes(
            network.layer_sizes,
            [
                ", ".join(_symbol(name) for name in dict.fromkeys(layer.activations))
                for layer in network.layers
            ],
            [layer.n_parameters for layer in network.layers],
        )
    raise SpecError(f"there is no form {form!r}; choose units, layers or auto")


def _computed(network: Network, at: Values) -> ForwardPass:
    """Evaluate the network at one point, given by names or in order."""
    if network.is_open:
        raise SpecError("the activation a is left open; name one to see what units compute")
    names = list(network.input_names)
    if isinstance(at, Mapping):
        unknown = [name for name in at if name not in names]
        missing = [name for name in _names_read(network) if name not in at]
        if unknown or missing:
            problem = f"no input {unknown[0]!r}" if unknown else f"no value for {missing[0]!r}"
            raise SpecError(f"there is {problem}; give a value for each of {', '.join(names)}")
        at = [at.get(name, math.nan) for name in names]
    if len(at) != len(names):
        raise SpecError(f"{len(at)} values for {len(names)} inputs; give one for each")
    x = np.array([[float(value) for value in at]])
    # An input that nobody reads may be left out, and must not turn everything into NaN.
    computed = forward(network, np.nan_to_num(x))
    computed.activations[0] = x
    return computed


def _names_read(network: Network) -> list[str]:
    """Return the inputs that some unit has an edge from."""
    mask = network.layers[0].mask
    names = network.input_names
    return [name for i, name in enumerate(names) if mask is None or mask[:, i].any()]


def column_rows(n_units: int, max_units: int) -> list[int | None]:
    """Return the index of the unit in each row of a column, None for the gap."""
    if n_units <= max_units:
        return list(range(n_units))
    tail = (max_units - 1) // 2
    head = max_units - 1 - tail
    return [*range(head), None, *range(n_units - tail, n_units)]


def _place_units(network: Network, max_units: int, computed: ForwardPass | None) -> Placement:
    columns = [column_rows(size, max_units) for size in network.layer_sizes]
    labeled = _n_edges_between(columns, network) <= _MOST_LABELED_EDGES
    step = _LABELED_COLUMN if labeled else _PLAIN_COLUMN
    step = _COLUMN_OF_VALUES if computed else step
    names = _hidden_names(network, columns)
    row_height = _ROW_OF_VALUES if computed or any(map(any, names)) else ROW
    left = MARGIN + RADIUS + _names_width(network.input_names, columns[0])
    right = MARGIN + RADIUS + 22 + _names_width(network.output_names, columns[-1])
    if computed:
        right += _value_width(computed, columns[-1])
    first = 0 if network.n_inputs else 1
    height = 2 * MARGIN + row_height * max(len(column) for column in columns)

    units: list[PlacedUnit] = []
    gaps: list[PlacedGap] = []
    for layer, column in enumerate(columns):
        top = (height - row_height * (len(column) - 1)) / 2
        for row, index in enumerate(column):
            center = (left + (layer - first) * step, top + row * row_height)
            if index is None:
                gaps.append(PlacedGap(layer, center, network.layer_sizes[layer]))
            else:
                units.append(_unit(network, layer, index, center, computed, names[layer][index]))
    return with_key(
        Placement(
            width=left + step * (network.depth - first) + right,
            height=height,
            units=units,
            edges=[
                edge
                for depth, layer in enumerate(network.layers, 1)
                for edge in _edges(depth, layer, units, labeled)
            ],
            gaps=gaps,
        ),
        [unit.symbol for unit in units],
    )


def with_key(placement: Placement, symbols: Iterable[str]) -> Placement:
    """Add what symbols mean, in lines that are no wider than the drawing if words allow."""
    entries = meanings(symbols)
    if not entries:
        return placement
    lines: list[str] = []
    for entry in entries:
        longer = f"{lines[-1]};  {entry}" if lines else entry
        if lines and _KEY_CHARACTER * len(longer) <= placement.width - 2 * MARGIN:
            lines[-1] = longer
        else:
            lines.append(entry)
    key = PlacedKey((MARGIN, placement.height + 12), entries, lines)
    return replace(
        placement,
        width=max(placement.width, 2 * MARGIN + _KEY_CHARACTER * max(map(len, lines))),
        height=placement.height + KEY_LINE * len(lines) + 4,
        key=key,
    )


def _hidden_names(network: Network, columns: Sequence[Sequence[int | None]]) -> list[list[str]]:
    """Return what stands above hidden units: names of their author, and of what is passed on."""
    result = [[""] * size for size in network.layer_sizes]
    called = value_names(network)
    for depth, layer in enumerate(network.layers[:-1], start=1):
        given = network.hidden_names[depth - 1] if network.hidden_names else result[depth]
        for i in (index for index in columns[depth] if index is not None):
            result[depth][i] = called[depth][i] if passes_on(layer.units[i]) else given[i]
    return result


def _unit(
    network: Network, layer: int, index: int, center: Point, computed: ForwardPass | None, name: str
) -> PlacedUnit:
    value = float(computed.activations[layer][0, index]) if computed else None
    if layer == 0:
        name = network.input_names[index]
        known = value if value is not None and not math.isnan(value) else None
        return PlacedUnit(0, index, center, "", name, None, value=known)
    owner = network.layers[layer - 1]
    passes = layer < network.depth and passes_on(owner.units[index])
    return PlacedUnit(
        layer,
        index,
        center,
        symbol=PASSES if passes else _symbol(owner.activations[index]),
        name=network.output_names[index] if layer == network.depth else name,
        bias=None if passes else float(owner.bias[index]),
        pre_activation=float(computed.pre_activations[layer - 1][0, index]) if computed else None,
        value=value,
    )


def _names_width(names: Sequence[str], column: Sequence[int | None]) -> float:
    shown = [shorten(names[i]) for i in column if i is not None]
    return 8 + CHARACTER * max(map(len, shown), default=0)


def _symbol(activation: str) -> str:
    """Return what stands inside a unit; an activation left open is its own symbol."""
    return activation if activation == OPEN_ACTIVATION else get_activation(activation).symbol


def _value_width(computed: ForwardPass, column: Sequence[int | None]) -> float:
    """Return the width of the longest value of an output and the sign before it."""
    outputs = computed.activations[-1][0]
    shown = [f" {equals(float(outputs[i]))}" for i in column if i is not None]
    return CHARACTER * max(map(len, shown))


def _n_edges_between(columns: Sequence[Sequence[int | None]], network: Network) -> int:
    """Count the edges that the drawing will have."""
    total = 0
    for layer, sources, targets in zip(network.layers, columns, columns[1:], strict=False):
        shown = np.ix_([i for i in targets if i is not None], [i for i in sources if i is not None])
        mask = np.ones(layer.weight.shape, dtype=bool) if layer.mask is None else layer.mask
        total += int(mask[shown].sum())
    return total


def _edges(
    depth: int, layer: Layer, units: Sequence[PlacedUnit], labeled: bool
) -> Iterator[PlacedEdge]:
    sources = [unit for unit in units if unit.layer == depth - 1]
    targets = [unit for unit in units if unit.layer == depth]
    largest = float(np.abs(layer.weight).max(initial=0.0)) or 1.0
    share = _label_share(len(sources), len(targets))
    for target in targets:
        for source in sources:
            if layer.mask is not None and not layer.mask[target.index, source.index]:
                continue
            weight = float(layer.weight[target.index, source.index])
            label = _between(source.center, target.center, share) if labeled else None
            start, end = rim(source.center, target.center), rim(target.center, source.center)
            strength = abs(weight) / largest
            yield PlacedEdge(depth, source.index, target.index, weight, strength, start, end, label)


def _label_share(n_sources: int, n_targets: int) -> float:
    """Return how far along the edges labels sit, so that no two of a layer overlap.

    At share t the n labels of one source lie t rows apart, and the last of them is
    1 - n t rows above the first of the next source; both are equal at t = 1 / (n + 1). With
    fewer sources than targets the same holds from the other end.
    """
    share = max(0.2, 1 / (min(n_sources, n_targets) + 1))
    return share if n_targets <= n_sources else 1.0 - share


def _between(a: Point, b: Point, share: float) -> Point:
    return (a[0] + share * (b[0] - a[0]), a[1] + share * (b[1] - a[1]))


def rim(center: Point, towards: Point) -> Point:
    """Return where the line from a unit towards a point leaves its circle."""
    return _between(center, towards, RADIUS / math.dist(center, towards))


def place_boxes(
    sizes: Sequence[int], symbols: Sequence[str], n_parameters: Sequence[int]
) -> Placement:
    """Lay a network out as one box per layer; symbols and parameters are of layers of weights."""
    heights = [68 + 9 * math.log2(max(size, 1)) for size in sizes]
    tallest, last = max(heights), len(sizes) - 1
    shown = [i for i in range(len(sizes)) if i or sizes[0]]
    boxes = [
        PlacedBox(
            layer=i,
            corner=(MARGIN + place * _BOX_COLUMN, MARGIN + (tallest - heights[i]) / 2),
            width=_BOX_WIDTH,
            height=heights[i],
            n_units=sizes[i],
            kind="inputs" if i == 0 else "outputs" if i == last else "hidden",
            symbols=symbols[i - 1] if i else "",
            n_parameters=n_parameters[i - 1] if i else 0,
        )
        for place, i in enumerate(shown)
    ]
    # A number of parameters may be wider than the box above it.
    wide = max(len(f"{n:,} parameters") for n in n_parameters) * _KEY_CHARACTER
    width = (
        2 * MARGIN + (len(shown) - 1) * _BOX_COLUMN + _BOX_WIDTH + max(0.0, wide - _BOX_WIDTH) / 2
    )
    placement = Placement(width=width, height=tallest + 2 * MARGIN + 24, boxes=boxes)
    return with_key(placement, [symbol for text in symbols for symbol in text.split(", ")])
