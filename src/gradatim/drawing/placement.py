"""What a drawing consists of, before any format: units, edges, gaps and boxes with their places.

Conventions: lengths are SVG user units (CSS pixels at scale 1), x to the right, y downwards; one
column per layer, inputs first (layer 0). Nothing here knows about SVG, DOT or TikZ. A missing edge
is not placed; the bias belongs to its unit as w0.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

Point = tuple[float, float]

#: Radius of a unit.
RADIUS = 20.0


@dataclass(frozen=True)
class PlacedUnit:
    """A unit, or an input, as a circle."""

    layer: int  # Layer (0 for inputs) and position in it
    index: int
    center: Point  # Center of the circle
    symbol: str  # Symbol of the activation, or the arrow of what is passed on; empty for inputs
    name: str  # Name of an input or output, or what its author calls a hidden unit; may be empty
    bias: float | None  # w0; None for inputs, and for what is passed on
    pre_activation: float | None = None  # z, if values are shown; None for inputs
    value: float | None = None  # The input or the activation, if values are shown


@dataclass(frozen=True)
class PlacedEdge:
    """An edge that exists, from the rim of its source to the rim of its target."""

    layer: int  # Layer of the target, 1 for the first layer of weights
    source: int  # Positions in their layers
    target: int
    weight: float | None  # Weight of the edge; None in a sketch, which has no numbers
    strength: float  # Size of the weight relative to the largest of its layer, in [0, 1]
    start: Point  # Ends of the line
    end: Point
    label: Point | None  # Center of the weight's label; None if the drawing is too dense for labels


@dataclass(frozen=True)
class PlacedGap:
    """Units left out of a wide layer."""

    layer: int  # The layer that is too wide
    center: Point  # Where the dots go
    n_units: int | None  # How many units the whole layer has; None if its caption says it


@dataclass(frozen=True)
class PlacedCaption:
    """What stands below a column of a sketch."""

    layer: int  # The layer
    top: Point  # Middle of the first line's baseline
    lines: Sequence[str]  # How many units there are, then what they are


@dataclass(frozen=True)
class PlacedKey:
    """What the symbols inside the units mean, below the drawing."""

    corner: Point  # Start of the first line's baseline
    entries: Sequence[str]  # One for each symbol
    lines: Sequence[str]  # The same, as lines that fit the width


@dataclass(frozen=True)
class PlacedBox:
    """A whole layer as one box."""

    layer: int  # 0 for the inputs
    corner: Point  # Top left
    width: float  # Size of the box; its height grows with the logarithm of the number of units
    height: float
    n_units: int  # Units, or inputs
    kind: str  # What the layer is
    symbols: str  # Symbols of the activations, empty for inputs
    n_parameters: int  # Weights and biases on the way into the box, 0 for inputs


@dataclass(frozen=True)
class Placement:
    """A network laid out: units, edges and gaps, or boxes."""

    width: float
    height: float
    units: Sequence[PlacedUnit] = ()
    edges: Sequence[PlacedEdge] = ()
    gaps: Sequence[PlacedGap] = ()
    captions: Sequence[PlacedCaption] = ()  # What a sketch says of its layers
    boxes: Sequence[PlacedBox] = ()
    key: PlacedKey | None = None  # What the symbols mean, if one does not say so itself
