"""Placement of a network: where every unit, edge and label goes, decided once for all formats.

Conventions: lengths are SVG user units (CSS pixels at scale 1), x to the right, y downwards; a
column a layer, inputs first (layer 0). Nothing here knows about SVG, DOT or TikZ: a writer only
writes a `Placement` out. A missing edge is not placed; the bias belongs to its unit as w0. Text
widths are estimated from the number of characters, so a placement depends on no font.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from gradatim.activations import get_activation
from gradatim.errors import SpecError
from gradatim.network.graph import Layer, Network

__all__ = [
    "Form",
    "PlacedBox",
    "PlacedEdge",
    "PlacedGap",
    "PlacedUnit",
    "Placement",
    "Point",
    "format_number",
    "place",
    "shorten",
]

Form = Literal["auto", "units", "layers"]
Point = tuple[float, float]

MINUS = "\N{MINUS SIGN}"
RADIUS = 20.0
ROW = 68.0
MARGIN = 14.0
CHARACTER = 7.2  # mean advance of a wide 12 px sans-serif
_LABELED_COLUMN = 190.0
_PLAIN_COLUMN = 150.0
_MOST_LABELED_EDGES = 24
_BOX_WIDTH = 92.0
_BOX_COLUMN = 152.0


@dataclass(frozen=True)
class PlacedUnit:
    """A unit, or an input, as a circle.

    Parameters
    ----------
    layer, index : int
        Layer (0 for inputs) and position in it.
    center : Point
        Center of the circle.
    symbol : str
        Symbol of the activation; empty for inputs.
    name : str
        Name of an input or output; empty for hidden units.
    bias : float or None
        w0; None for inputs.
    """

    layer: int
    index: int
    center: Point
    symbol: str
    name: str
    bias: float | None


@dataclass(frozen=True)
class PlacedEdge:
    """An edge that exists, from the rim of its source to the rim of its target.

    Parameters
    ----------
    layer : int
        Layer of the target, 1 for the first layer of weights.
    source, target : int
        Positions in their layers.
    weight : float
        Weight of the edge.
    strength : float
        Size of the weight relative to the largest of its layer, in [0, 1].
    start, end : Point
        Ends of the line.
    label : Point or None
        Center of the weight's label; None if the drawing is too dense for labels.
    """

    layer: int
    source: int
    target: int
    weight: float
    strength: float
    start: Point
    end: Point
    label: Point | None


@dataclass(frozen=True)
class PlacedGap:
    """Units left out of a wide layer.

    Parameters
    ----------
    layer : int
        The layer that is too wide.
    center : Point
        Where the dots go.
    n_units : int
        How many units the whole layer has.
    """

    layer: int
    center: Point
    n_units: int


@dataclass(frozen=True)
class PlacedBox:
    """A whole layer as one box.

    Parameters
    ----------
    layer : int
        0 for the inputs.
    corner : Point
        Top left.
    width, height : float
        Size of the box; its height grows with the logarithm of the number of units.
    n_units : int
        Units, or inputs.
    kind : {"inputs", "hidden", "outputs"}
        What the layer is.
    symbols : str
        Symbols of the activations, empty for inputs.
    n_parameters : int
        Weights and biases on the way into the box, 0 for inputs.
    """

    layer: int
    corner: Point
    width: float
    height: float
    n_units: int
    kind: str
    symbols: str
    n_parameters: int


@dataclass(frozen=True)
class Placement:
    """A network laid out.

    Parameters
    ----------
    width, height : float
        Size of the whole drawing.
    units, edges, gaps : sequence
        What the form ``"units"`` draws.
    boxes : sequence of PlacedBox
        What the form ``"layers"`` draws.
    """

    width: float
    height: float
    units: Sequence[PlacedUnit] = ()
    edges: Sequence[PlacedEdge] = ()
    gaps: Sequence[PlacedGap] = ()
    boxes: Sequence[PlacedBox] = ()


def format_number(value: float) -> str:
    """Write a weight with at most three digits and a true minus sign.

    Parameters
    ----------
    value : float
        A weight or a bias.

    Returns
    -------
    str
        What a drawing writes.

    Examples
    --------
    >>> format_number(0.12345), format_number(2.0), format_number(12345.6)
    ('0.123', '2', '1.23e+04')
    """
    return f"{value:.3g}".replace("-", MINUS, 1) if value else "0"


def shorten(name: str, limit: int = 22) -> str:
    """Cut a long name and mark the cut.

    Parameters
    ----------
    name : str
        A name from the data.
    limit : int, default 22
        Most characters to keep, the mark included.

    Returns
    -------
    str
        The name, or its beginning and an ellipsis.

    Examples
    --------
    >>> shorten("spectral_centroid_standard_deviation")
    'spectral_centroid_sta…'
    """
    return name if len(name) <= limit else name[: limit - 1] + "…"


def place(network: Network, *, max_units: int = 12, form: Form = "units") -> Placement:
    """Lay a network out, unit by unit or layer by layer.

    Parameters
    ----------
    network : Network
        What to draw.
    max_units : int, default 12, at least 3
        A wider layer is drawn with its first and last units, `max_units` - 1 in all, and a gap.
    form : {"units", "layers", "auto"}, default "units"
        Circles and edges, or one box a layer; ``"auto"`` takes boxes as soon as a layer is
        wider than `max_units`.

    Returns
    -------
    Placement
        Where everything goes.

    Raises
    ------
    SpecError
        If `max_units` is below 3 or `form` is unknown.

    Examples
    --------
    >>> from gradatim.network.graph import Layer, Network
    >>> placement = place(Network([Layer([[0.8]], [0.4])]))
    >>> [unit.name for unit in placement.units], placement.edges[0].weight
    (['x1', 'y1'], 0.8)
    """
    if max_units < 3:
        raise SpecError(f"max_units is {max_units}; a layer needs at least 3 places")
    if form == "auto":
        form = "units" if max(network.layer_sizes) <= max_units else "layers"
    if form == "units":
        return _place_units(network, max_units)
    if form == "layers":
        return _place_boxes(network)
    raise SpecError(f"there is no form {form!r}; choose units, layers or auto")


def _rows(n_units: int, max_units: int) -> list[int | None]:
    """Return the index of the unit in each row of a column, None for the gap."""
    if n_units <= max_units:
        return list(range(n_units))
    tail = (max_units - 1) // 2
    head = max_units - 1 - tail
    return [*range(head), None, *range(n_units - tail, n_units)]


def _place_units(network: Network, max_units: int) -> Placement:
    columns = [_rows(size, max_units) for size in network.layer_sizes]
    labeled = _n_edges_between(columns, network) <= _MOST_LABELED_EDGES
    step = _LABELED_COLUMN if labeled else _PLAIN_COLUMN
    left = MARGIN + RADIUS + _names_width(network.input_names, columns[0])
    right = MARGIN + RADIUS + 22 + _names_width(network.output_names, columns[-1])
    height = 2 * MARGIN + ROW * max(len(column) for column in columns)

    units: list[PlacedUnit] = []
    gaps: list[PlacedGap] = []
    for layer, column in enumerate(columns):
        top = (height - ROW * (len(column) - 1)) / 2
        for row, index in enumerate(column):
            center = (left + layer * step, top + row * ROW)
            if index is None:
                gaps.append(PlacedGap(layer, center, network.layer_sizes[layer]))
            else:
                units.append(_unit(network, layer, index, center))
    return Placement(
        width=left + step * network.depth + right,
        height=height,
        units=units,
        edges=[edge for layer in network.layers for edge in _edges(network, layer, units, labeled)],
        gaps=gaps,
    )


def _unit(network: Network, layer: int, index: int, center: Point) -> PlacedUnit:
    if layer == 0:
        return PlacedUnit(0, index, center, "", network.input_names[index], None)
    owner = network.layers[layer - 1]
    name = network.output_names[index] if layer == network.depth else ""
    symbol = get_activation(owner.activations[index]).symbol
    return PlacedUnit(layer, index, center, symbol, name, float(owner.bias[index]))


def _names_width(names: Sequence[str], column: Sequence[int | None]) -> float:
    shown = [shorten(names[i]) for i in column if i is not None]
    return 8 + CHARACTER * max(map(len, shown))


def _n_edges_between(columns: Sequence[Sequence[int | None]], network: Network) -> int:
    """Count the edges that the drawing will have."""
    total = 0
    for layer, sources, targets in zip(network.layers, columns, columns[1:], strict=False):
        shown = np.ix_([i for i in targets if i is not None], [i for i in sources if i is not None])
        mask = np.ones(layer.weight.shape, dtype=bool) if layer.mask is None else layer.mask
        total += int(mask[shown].sum())
    return total


def _edges(
    network: Network, layer: Layer, units: Sequence[PlacedUnit], labeled: bool
) -> Iterator[PlacedEdge]:
    depth = next(i for i, one in enumerate(network.layers, 1) if one is layer)
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
            start, end = _rim(source.center, target.center), _rim(target.center, source.center)
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


def _rim(center: Point, towards: Point) -> Point:
    return _between(center, towards, RADIUS / math.dist(center, towards))


def _place_boxes(network: Network) -> Placement:
    heights = [64 + 9 * math.log2(size) for size in network.layer_sizes]
    tallest = max(heights)
    boxes = []
    for i, (size, height) in enumerate(zip(network.layer_sizes, heights, strict=True)):
        layer = network.layers[i - 1] if i else None
        names = dict.fromkeys(layer.activations) if layer else {}
        boxes.append(
            PlacedBox(
                layer=i,
                corner=(MARGIN + i * _BOX_COLUMN, MARGIN + (tallest - height) / 2),
                width=_BOX_WIDTH,
                height=height,
                n_units=size,
                kind="inputs" if i == 0 else "outputs" if i == network.depth else "hidden",
                symbols=", ".join(get_activation(name).symbol for name in names),
                n_parameters=layer.n_parameters if layer else 0,
            )
        )
    width = 2 * MARGIN + network.depth * _BOX_COLUMN + _BOX_WIDTH
    return Placement(width=width, height=tallest + 2 * MARGIN + 22, boxes=boxes)
