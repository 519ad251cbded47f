"""A sketch of a network of which only the sizes are known, such as 784-128-64-10.

Conventions: those of `gradatim.drawing.placement`; sizes begin with the inputs. A wide layer shows
its first and last units around dots, and below each column stand its size, its activation and the
parameters on the way into it, every unit reading all units before it and having a bias. There are
no weights, so all edges are alike.
"""

from __future__ import annotations

import os
import re
from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path

from gradatim._text import plural, show_name
from gradatim.activations import get_activation
from gradatim.drawing.formats import check_format, save_placement
from gradatim.drawing.layout import CHARACTER, MARGIN, Form, column_rows, place_boxes, rim, with_key
from gradatim.drawing.placement import (
    RADIUS,
    PlacedCaption,
    PlacedEdge,
    PlacedGap,
    PlacedUnit,
    Placement,
    Point,
)
from gradatim.errors import SpecError
from gradatim.network.notation import spoken_activation

__all__ = ["draw_layers", "place_layers", "read_sizes"]

_ROW = 54.0
_COLUMN = 158.0
_LINE = 17.0
_STRENGTH = 0.12
_MOST_LAYERS = 40
_MOST_UNITS = 10**12
_SIZES = re.compile(r"\s*(?:->|[-\u2010-\u2015\u2212,;x×→]|\s)\s*")


def read_sizes(text: str) -> list[int]:
    """Read the sizes of layers, inputs first; commas, arrows, blanks and × part them too.

    Examples
    --------
    >>> read_sizes("784-128-64-10"), read_sizes("4 → 3 → 1")
    ([784, 128, 64, 10], [4, 3, 1])
    """
    parts = _SIZES.split(text.strip().strip("()[]"))
    if not all(part.isascii() and part.isdigit() and len(part) < 20 for part in parts):
        wrong = next(p for p in parts if not (p.isascii() and p.isdigit() and len(p) < 20))
        found = (
            f"{show_name(wrong)!r}, which is no whole number" if wrong else "a part that is empty"
        )
        raise SpecError(
            f"the layers {show_name(text)!r} have {found}; write sizes such as 784-128-64-10"
        )
    sizes = [int(part) for part in parts]
    _check(sizes)
    return sizes


def draw_layers(
    sizes: Sequence[int],
    path: str | os.PathLike[str],
    *,
    activations: Sequence[str] = (),
    title: str | None = None,
    form: Form = "units",
    max_units: int = 6,
) -> Path:
    """Draw a network of which only the sizes are known into a file.

    `sizes` counts inputs, then units of each layer; the ending of `path` chooses the format, as in
    `draw`. `activations` has one name per layer of units, or one for all hidden layers; none leaves
    the units empty. `title` is the first line of the text alternative. `form` is circles and edges,
    one box per layer, or ``"auto"``: boxes as soon as a layer is wider than `max_units`, the places
    of a column, at least 3.
    """
    check_format(path)
    placement = place_layers(sizes, activations, form=form, max_units=max_units)
    n_parameters = sum((n_in + 1) * n_out for n_in, n_out in pairwise(sizes))
    headline = f"Network {'-'.join(map(str, sizes))} with {n_parameters:,} parameters"
    details = "; ".join(map(", ".join, _captions(sizes, activations)))
    return save_placement(placement, path, title or headline, f"{details}.")


def place_layers(
    sizes: Sequence[int],
    activations: Sequence[str] = (),
    *,
    form: Form = "units",
    max_units: int = 6,
) -> Placement:
    """Lay out a network of which only sizes are known, inputs first.

    `activations` has one name per layer of units, or one for all hidden layers; a column has
    `max_units` places, at least 3.
    """
    _check(sizes)
    if max_units < 3:
        raise SpecError(f"max_units is {max_units}; a layer needs at least 3 places")
    if form not in ("units", "layers", "auto"):
        raise SpecError(f"there is no form {form!r}; choose units, layers or auto")
    symbols = [
        get_activation(name).symbol if name else ""
        for name in _activation_names(sizes, activations)
    ]
    if form == "layers" or (form == "auto" and max(sizes) > max_units):
        return place_boxes(sizes, symbols, [(a + 1) * b for a, b in pairwise(sizes)])
    columns = [column_rows(size, max_units) for size in sizes]
    captions = _captions(sizes, activations)
    longest = max(len(line) for lines in captions for line in lines)
    left = max(MARGIN + RADIUS, CHARACTER * len(captions[0][0]) / 2)
    step = max(_COLUMN, CHARACTER * longest)
    right = max(MARGIN + RADIUS + 24, CHARACTER * max(map(len, captions[-1])) / 2)
    below = MARGIN + _ROW * max(map(len, columns)) + 20
    units: list[PlacedUnit] = []
    gaps: list[PlacedGap] = []
    for layer, column in enumerate(columns):
        top = (MARGIN + below - 20 - _ROW * (len(column) - 1)) / 2
        for row, index in enumerate(column):
            center = (left + layer * step, top + row * _ROW)
            if index is None:
                # The three dots of a gap stand above its middle, where a count may be.
                gaps.append(PlacedGap(layer, (center[0], center[1] + 11), None))
            else:
                symbol = symbols[layer - 1] if layer else ""
                units.append(PlacedUnit(layer, index, center, symbol, "", None))
    placement = Placement(
        width=left + step * (len(sizes) - 1) + right,
        height=below + _LINE * max(map(len, captions)),
        units=units,
        edges=[
            PlacedEdge(b.layer, a.index, b.index, None, _STRENGTH, *_ends(a.center, b.center), None)
            for a in units
            for b in units
            if b.layer == a.layer + 1
        ],
        gaps=gaps,
        captions=[
            PlacedCaption(layer, (left + layer * step, below), lines)
            for layer, lines in enumerate(captions)
        ],
    )
    return with_key(placement, symbols)


def _ends(a: Point, b: Point) -> tuple[Point, Point]:
    return rim(a, b), rim(b, a)


def _check(sizes: Sequence[int]) -> None:
    shown = show_name("-".join(map(str, sizes)))
    if not 2 <= len(sizes) <= _MOST_LAYERS:
        raise SpecError(
            f"{shown!r} has {plural(len(sizes), 'size')}; give from 2 to {_MOST_LAYERS}, inputs "
            "first, as in 784-128-64-10"
        )
    for size in sizes:
        if not 1 <= size <= _MOST_UNITS:
            raise SpecError(
                f"the layers {shown!r} have one of {size:,} units; give each from 1 to "
                f"{_MOST_UNITS:,}"
            )


def _activation_names(sizes: Sequence[int], activations: Sequence[str]) -> list[str]:
    """Return a name for every layer of units, empty where there is none."""
    names = [get_activation(name).name for name in activations]
    n_layers = len(sizes) - 1
    if len(names) == n_layers:
        return names
    if len(names) <= 1:
        return names * (n_layers - 1) + [""] if names else [""] * n_layers
    raise SpecError(
        f"{len(names)} activations for {n_layers} layers of units; give {n_layers}, or one for "
        "all hidden layers"
    )


def _captions(sizes: Sequence[int], activations: Sequence[str]) -> list[list[str]]:
    """Return what stands below each column: its size, its activation, its parameters."""
    names = _activation_names(sizes, activations)
    nouns = ["input", *["unit"] * (len(sizes) - 2), "output"]
    result = []
    for layer, (size, noun) in enumerate(zip(sizes, nouns, strict=True)):
        lines = [f"{size:,} {noun}{'' if size == 1 else 's'}"]
        if layer:
            name = names[layer - 1]
            n_parameters = (sizes[layer - 1] + 1) * size
            lines += [spoken_activation(name) if name else "", f"{n_parameters:,} parameters"]
        result.append([line for line in lines if line])
    return result
