"""A labeled line and the network that separates it, in words.

Conventions: every number is exact.
"""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from typing import TYPE_CHECKING

from gradatim._text import show_name, show_sentence
from gradatim.network.numbers import format_fraction
from gradatim.presentation.lines import align
from gradatim.presentation.networks import equation_of
from gradatim.separability.line import MOST_HIDDEN

if TYPE_CHECKING:
    from gradatim.separability import Transformation
    from gradatim.separability.line import Piece

__all__ = ["transformation_in_words"]

_UNITS = {"step": "0 or 1, step(0) = 1", "sign": "-1 or +1, sign(0) = 0"}


def transformation_in_words(line: Transformation) -> list[str]:
    """Say which network was built, what it gives on every piece of the line, and the proof."""
    return [
        f"Convention: {line.convention} units, {_UNITS[line.convention]}.",
        "",
        *(f"    {text}" for text in equation_of(line.network).splitlines()),
        "",
        *_pieces(line),
        "",
        *_hyperplanes(line),
        show_sentence(str(line.verify())),
    ]


def _hyperplanes(line: Transformation) -> Iterator[str]:
    if len(line.classes) == 2:
        [(_, w0)] = line.hyperplanes
        rule, other = ">= 0", "elsewhere"
        if line.convention == "sign":
            rule, other = "> 0", "where it is < 0"
        signed = f"{'-' if w0 < 0 else '+'} {format_fraction(abs(w0))}"
        yield f"Hyperplane in z: w1 z + w0 = 0 with w1 = 1, w0 = {format_fraction(w0)}."
        no, yes = map(show_name, line.classes)
        yield f"Class {yes} where z {signed} {rule}, class {no} {other}."
        return
    for name, (w, w0) in zip(line.network.output_names, line.hyperplanes, strict=True):
        weights = ", ".join(map(format_fraction, w))
        yield f"Class {show_name(name)}: w = ({weights}), w0 = {format_fraction(w0)}."


def _pieces(line: Transformation) -> list[str]:
    """Return the pieces of the line with what every unit gives there, unless there are many."""
    n_hidden = line.network.layers[0].n_out
    if n_hidden > MOST_HIDDEN:
        rows = [["x", "class"], *([_where(piece), _label(line, piece)] for piece in line.pieces)]
        return align(rows, right_from=1)
    has_sum = len(line.classes) == 2
    heads = [f"h{j + 1}" for j in range(n_hidden)]
    rows = [["x", *heads, *(["z"] if has_sum else []), "class"]]
    for piece in line.pieces:
        hidden = piece.layers[0]
        numbers = map(format_fraction, [*hidden, sum(hidden, Fraction(0))] if has_sum else hidden)
        rows.append([_where(piece), *numbers, _label(line, piece)])
    return align(rows, right_from=1)


def _label(line: Transformation, piece: Piece) -> str:
    label = line.label_of(piece.outputs)
    return "undecided" if label is None else show_name(label)


def _where(piece: Piece) -> str:
    if piece.low is None:
        return "everywhere" if piece.high is None else f"x < {format_fraction(piece.high)}"
    low = format_fraction(piece.low)
    if piece.is_point:
        return f"x = {low}"
    return f"x > {low}" if piece.high is None else f"{low} < x < {format_fraction(piece.high)}"
