"""``gradatim draw``: a network as a picture.

Conventions: the ending of the file chooses the format; what cannot be written is refused before
anything is drawn. The name of the written file goes to standard output.
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

from cyclopts import Parameter
from cyclopts.validators import Number

from gradatim.cli import _output_files

__all__ = ["draw"]

_Flag = Parameter(negative=(), show_default=False)


def draw(
    source: Annotated[str, Parameter(allow_leading_hyphen=True)],
    /,
    *,
    output: Annotated[Path, Parameter(name=("--output", "-o"), metavar="FILE")],
    at: Annotated[
        list[str] | None,
        Parameter(metavar="x1=3,x2=1", negative=(), allow_leading_hyphen=True),
    ] = None,
    activation: Annotated[str | None, Parameter(metavar="NAME")] = None,
    let: Annotated[list[str] | None, Parameter(metavar="w_1=0.5", negative=())] = None,
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
        An equation such as "tanh(x1 - 2x2) + 1", a text file (.txt) that holds one, or a
        saved network (.safetensors).
    output
        The picture.
    at
        Values of the inputs; every unit then shows what it computes.
    activation
        Takes the place of a in a(x1 - 5).
    let
        Value of a letter, or values of W in W^T X; may be repeated.
    form
        Circles and edges, or one box per layer; auto takes boxes for wide layers.
    max_units
        A wider layer is drawn with this many places and says how many units it has.
    title
        First line of the text for screen readers.
    debug
        Show the traceback of an error.
    """
    from gradatim.cli._network import read_network, read_values
    from gradatim.drawing.formats import draw as draw_file

    _output_files.check_targets({"--output": (output, _output_files.drawing)})
    network = read_network(source, activation, let)
    values = None if at is None else read_values(at, network)
    path = draw_file(network, output, title=title, form=form, max_units=max_units, at=values)
    print(path)
