"""``gradatim draw``: a network as a picture.

Conventions: the ending of the file chooses the format; what cannot be written is refused before
anything is drawn. The name of the written file goes to standard output.
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

from cyclopts import Parameter
from cyclopts.validators import Number

__all__ = ["draw"]

_Flag = Parameter(negative=(), show_default=False)


def draw(
    source: Annotated[str, Parameter(allow_leading_hyphen=True)],
    /,
    *,
    output: Annotated[Path, Parameter(name=("--output", "-o"), metavar="FILE")],
    at: Annotated[list[str] | None, Parameter(metavar="NAME=VALUE,...", negative=())] = None,
    activation: Annotated[str | None, Parameter(metavar="NAME")] = None,
    let: Annotated[list[str] | None, Parameter(metavar="NAME=VALUE,...", negative=())] = None,
    form: Literal["units", "layers", "auto"] = "units",
    max_units: Annotated[int, Parameter(metavar="N", validator=Number(gte=3))] = 8,
    title: Annotated[str | None, Parameter(metavar="TEXT")] = None,
    debug: Annotated[bool, _Flag] = False,
) -> None:
    """Draw a network: units as circles, weights on the edges, the bias as w0.

    A positive weight is blue and solid, a negative one orange and dashed; a thicker edge has a
    larger weight relative to its layer. The file ends in .svg, .pdf, .png, .dot (Graphviz), .mmd
    (Mermaid) or .tex (TikZ).

    Parameters
    ----------
    source
        An equation such as "tanh(x1 - 2x2) + 1", or a text file (.txt) that holds one.
    output
        The picture.
    at
        Inputs, such as x1=3,x2=1; every unit then shows what it computes.
    activation
        What a is in a(...).
    let
        Values of letters in the equation.
    form
        Circles and edges, or one box a layer; auto takes boxes for wide layers.
    max_units
        A wider layer is drawn with this many places and says how many units it has.
    title
        First line of the text for screen readers.
    debug
        Show the traceback of an error.
    """
    from gradatim._files import check_writable
    from gradatim.cli._network import read_network, read_numbers
    from gradatim.drawing.formats import check_format
    from gradatim.drawing.formats import draw as draw_file

    check_format(output)
    check_writable(output)
    network = read_network(source, activation, let)
    values = None if at is None else {k: float(v) for k, v in read_numbers(at).items()}
    path = draw_file(network, output, title=title, form=form, max_units=max_units, at=values)
    print(path)
