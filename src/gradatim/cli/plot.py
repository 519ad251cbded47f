"""``gradatim plot``: activation functions, and the boundary of a network.

Conventions: one sub-command per plot; the ending of the file chooses SVG, PDF or PNG; what
cannot be written is refused before anything is plotted. The name of the written file goes to
standard output.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from cyclopts import App, Parameter

from gradatim.cli import _output_files
from gradatim.cli._numbers import to_float, to_floats
from gradatim.cli._options import FLAG
from gradatim.cli._reading import TextOptions, dialect_of

if TYPE_CHECKING:
    import numpy as np

    from gradatim.network import Network
    from gradatim.tables.columns import Dialect

__all__ = ["activations", "boundary", "plot"]

plot = App(name="plot", help="Plot activation functions, or where a network changes its mind.")

_Output = Parameter(name=("--output", "-o"), metavar="FILE")


@plot.command
def activations(
    names: Annotated[list[str] | None, Parameter(negative=())] = None,
    /,
    *,
    output: Annotated[Path, _Output],
    low: Annotated[float, Parameter(converter=to_float)] = -5.0,
    high: Annotated[float, Parameter(converter=to_float)] = 5.0,
    debug: Annotated[bool, FLAG] = False,
) -> None:
    """Plot activation functions with their derivatives.

    Parameters
    ----------
    names
        Activations such as tanh; all of them if none is named.
    output
        The picture: .svg, .pdf or .png.
    low
        Smallest pre-activation.
    high
        Largest pre-activation.
    debug
        Show the traceback of an error.
    """
    _output_files.check_targets({"--output": (output, _output_files.plot)})
    from gradatim.drawing import plot_activations, save_plot

    print(save_plot(plot_activations(names or (), low=low, high=high), output))


@plot.command
def boundary(
    source: Annotated[str, Parameter(allow_leading_hyphen=True)],
    /,
    *,
    output: Annotated[Path, _Output],
    data: Annotated[Path | None, Parameter(metavar="TABLE")] = None,
    target: Annotated[str | None, Parameter(metavar="COLUMN")] = None,
    text: TextOptions | None = None,
    limits: Annotated[
        tuple[float, float] | None, Parameter(metavar="LOW HIGH", negative=(), converter=to_floats)
    ] = None,
    activation: Annotated[str | None, Parameter(metavar="NAME")] = None,
    let: Annotated[list[str] | None, Parameter(metavar="w_1=0.5", negative=())] = None,
    debug: Annotated[bool, FLAG] = False,
) -> None:
    """Plot where a network changes its mind: a point, a line or a plane.

    Parameters
    ----------
    source
        An equation of one to three inputs, such as "step(x1 - 2x2 + 1)", or a file with such a
        network: .txt or .safetensors.
    output
        The picture: .svg, .pdf or .png.
    data
        Samples (csv, tsv, parquet) with one column per input.
    target
        Column of the labels.
    limits
        Smallest and largest input on every axis.
    activation
        Takes the place of a in a(x1 - 5).
    let
        Value of a letter, or values of W in W^T X; may be repeated.
    debug
        Show the traceback of an error.
    """
    _output_files.check_targets({"--output": (output, _output_files.plot)})
    from gradatim.cli._network import read_network
    from gradatim.drawing import plot_boundary, save_plot

    network = read_network(source, activation, let)
    X, y = (None, None) if data is None else _samples(data, network, target, dialect_of(text))
    print(save_plot(plot_boundary(network, X, y, limits=limits), output))


def _samples(
    path: Path, network: Network, target: str | None, dialect: Dialect | None
) -> tuple[np.ndarray, list[str] | None]:
    import numpy as np

    from gradatim.errors import TableError
    from gradatim.sources.equations import meet_columns
    from gradatim.tables.columns import NotANumberError, read_columns

    table = read_columns(path, dialect)
    columns = []
    for name in meet_columns(table, network.input_names).values():
        try:
            columns.append(table.numbers(table.require(name, "input")))
        except NotANumberError as error:
            raise TableError(
                f"column {name!r} of {path} holds {error.cell!r} in {table.place(error.index)}; "
                "only numbers can be plotted"
            ) from error
    y = None if target is None else table.texts(table.require(target, "target"))
    return np.stack(columns, axis=1), y
