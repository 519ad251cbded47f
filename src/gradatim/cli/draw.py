"""``gradatim draw``: a network as a picture.

Conventions: the ending of the file chooses the format; what cannot be written is refused before
anything is drawn. The name of the written file goes to standard output.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Literal

from cyclopts import Parameter
from cyclopts.validators import Number

from gradatim.cli import _output_files
from gradatim.cli._options import FLAG
from gradatim.errors import SpecError

__all__ = ["draw"]

_PLACES = 8
_SIZES = re.compile(r"\s*\d+(\s*-\s*\d+)+\s*")


def draw(
    source: Annotated[str | None, Parameter(name="SOURCE", allow_leading_hyphen=True)] = None,
    /,
    *,
    output: Annotated[Path, Parameter(name=("--output", "-o"), metavar="FILE")],
    at: Annotated[
        list[str] | None, Parameter(metavar="x1=3,x2=1", negative=(), allow_leading_hyphen=True)
    ] = None,
    activation: Annotated[str | None, Parameter(metavar="NAME")] = None,
    let: Annotated[list[str] | None, Parameter(metavar="w_1=0.5", negative=())] = None,
    layers: Annotated[str | None, Parameter(metavar="784-128-64-10")] = None,
    form: Literal["units", "layers", "auto"] = "units",
    max_units: Annotated[int | None, Parameter(metavar="N", validator=Number(gte=3))] = None,
    title: Annotated[str | None, Parameter(metavar="TEXT")] = None,
    debug: Annotated[bool, FLAG] = False,
) -> None:
    """Draw a network: units as circles, weights on the edges, the bias as w0.

    A positive weight is blue and solid, a negative one orange and dashed; a thicker edge has a
    larger weight relative to its layer. The file ends in .svg, .pdf, .png, .dot (Graphviz), .mmd
    (Mermaid), .tex (TikZ, a document) or .tikz (the picture alone, for a frame of Beamer).

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
        Takes the place of a in a(x1 - 5). With --layers, one for all hidden layers, or one per
        layer of units, as in relu,relu,softmax.
    let
        Value of a letter, or values of W in W^T X; may be repeated.
    layers
        Instead of SOURCE, the sizes of a network without weights, inputs first: a few units of
        each layer, dots, and the counts.
    form
        Circles and edges, or one box per layer; auto takes boxes for wide layers.
    max_units
        A wider layer is drawn with this many places and says how many units it has; 8 if left
        out, 6 with --layers.
    title
        First line of the text for screen readers.
    debug
        Show the traceback of an error.
    """
    _output_files.check_targets({"--output": (output, _output_files.drawing)})
    if layers is not None:
        _refuse_beside_layers({"SOURCE": source, "--at": at, "--let": let})
        _sketch(layers, output, activation, title=title, form=form, max_units=max_units)
        return
    if source is None:
        raise SpecError(
            "there is nothing to draw; give an equation, a file with a network, or "
            "--layers 784-128-64-10"
        )
    from gradatim.cli._network import read_network, read_values
    from gradatim.drawing.formats import draw as draw_file

    network = read_network(source, activation, let)
    values = None if at is None else read_values(at, network)
    places = _PLACES if max_units is None else max_units
    path = draw_file(network, output, title=title, form=form, max_units=places, at=values)
    print(path)
    if not network.n_inputs and _SIZES.fullmatch(source):
        _hint(source.strip(), output)


def _refuse_beside_layers(others: Mapping[str, object]) -> None:
    for name, given in others.items():
        if given is not None:
            raise SpecError(f"--layers draws a network without weights; leave {name} out")


def _sketch(layers: str, output: Path, activation: str | None, **options: Any) -> None:
    """Draw a network of which only the sizes are known."""
    from gradatim.drawing.sketch import draw_layers, read_sizes

    names = [name.strip() for name in activation.split(",")] if activation else []
    known = {name: value for name, value in options.items() if value is not None}
    print(draw_layers(read_sizes(layers), output, activations=names, **known))


def _hint(source: str, output: Path) -> None:
    """Say how sizes are drawn that were read as a difference of numbers."""
    from gradatim._text import shell_word
    from gradatim.cli._print import SafeConsole

    command = f"gradatim draw --layers {shell_word(source)} -o {shell_word(str(output))}"
    SafeConsole(stderr=True).print(
        f"{source} was read as a number; for a network of these layers: {command}"
    )
