"""Files that a verb is asked to write: looked at before it begins, and written after its work.

Conventions: a kind is a check of a file's name; what could only fail after long work is refused
first, in the order in which the options stand. What was written is said, unless JSON is printed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from gradatim.errors import OutputError

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from gradatim.network import Network

__all__ = [
    "any_file",
    "check_built",
    "check_files",
    "check_targets",
    "drawing",
    "film",
    "model",
    "network",
    "page",
    "plot",
    "write",
    "write_network",
    "write_plot",
]

Kind = Callable[[Path], object]


def check_targets(
    files: Mapping[str, tuple[Path | None, Kind]], *, source: Path | None = None
) -> None:
    """Refuse files of the wrong kind, that cannot be written, or that go over one another."""
    wanted = [(option, path, kind) for option, (path, kind) in files.items() if path is not None]
    check_files(wanted, [] if source is None else [source])


def check_built(
    output: Path | None, graph: Path | None, file: Path | None, *, source: Path | None = None
) -> None:
    """Check the picture, the drawing and the file of a network that a verb builds."""
    files = {"--output": (output, plot), "--graph": (graph, drawing), "--network": (file, network)}
    check_targets(files, source=source)


def check_files(files: Iterable[tuple[str, Path, Kind]], sources: Iterable[Path] = ()) -> None:
    """Refuse what `check_targets` refuses; an option may name several files."""
    from gradatim._files import check_writable

    read = {source.expanduser().resolve(): source for source in sources}
    options: dict[Path, str] = {}
    for option, path, kind in files:
        kind(path)
        target = check_writable(path)
        if target in read:
            raise OutputError(f"{read[target]} is read as input; write the result to another file")
        if target in options:
            raise OutputError(f"{options[target]} and {option} both name {target}; give two files")
        options[target] = option


def write(path: Path | None, writer: Callable[[Path], Path], *, quiet: bool) -> None:
    """Write a file if it was asked for, and say so."""
    if path is not None:
        written = writer(path)
        if not quiet:
            print(f"wrote {written}")


def write_plot(path: Path | None, draw: Callable[[], Figure], *, quiet: bool) -> None:
    """Draw a picture and write it, if it was asked for."""
    from gradatim.drawing import save_plot

    write(path, lambda path: save_plot(draw(), path), quiet=quiet)


def write_network(network: Network, graph: Path | None, path: Path | None, *, quiet: bool) -> None:
    """Write the drawing of a network and the network itself, as far as they were asked for."""
    from gradatim.cli import _network
    from gradatim.drawing import draw

    write(graph, lambda path: draw(network, path), quiet=quiet)
    write(path, lambda path: _network.write_network(network, path), quiet=quiet)


def any_file(path: Path) -> None:
    """Take whatever the file is called."""


def model(path: Path) -> None:
    """Refuse what cannot hold the model of a rung."""
    from gradatim.models.records import MODEL_SUFFIX

    if path.suffix.lower() != MODEL_SUFFIX:
        raise OutputError(f"{path} cannot hold a model; end it in {MODEL_SUFFIX}")


def plot(path: Path) -> None:
    """Refuse what is no picture of data."""
    from gradatim.drawing.formats import check_format
    from gradatim.drawing.plots.files import PLOT_FORMATS

    check_format(path, PLOT_FORMATS)


def page(path: Path) -> None:
    """Refuse what is neither a page nor a picture of data."""
    from gradatim.drawing.formats import check_format
    from gradatim.drawing.plots.files import PLOT_FORMATS

    check_format(path, (".html", ".htm", *PLOT_FORMATS))


def drawing(path: Path) -> None:
    """Refuse what is no drawing of a network."""
    from gradatim.drawing.formats import check_format

    check_format(path)


def film(path: Path) -> None:
    """Refuse what is no film."""
    from gradatim.drawing.film import FILM_FORMATS
    from gradatim.drawing.formats import check_format

    check_format(path, FILM_FORMATS)


def network(path: Path) -> None:
    """Refuse what can hold neither the equation of a network nor the network."""
    from gradatim.cli._network import check_network_format

    check_network_format(path)
