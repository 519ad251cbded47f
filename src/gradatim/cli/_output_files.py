"""Files that a verb is asked to write, looked at before it begins.

Conventions: a kind is a check of a file's name; what could only fail after long work is refused
first, in the order in which the options stand.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from gradatim.errors import OutputError

__all__ = [
    "anything",
    "check_outputs",
    "check_targets",
    "drawing",
    "film",
    "model",
    "network",
    "page",
    "plot",
]

Kind = Callable[[Path], object]


def check_targets(
    files: dict[str, tuple[Path | None, Kind]], *, source: Path | None = None
) -> None:
    """Refuse files of the wrong kind, that cannot be written, or that go over one another."""
    wanted = [(option, path, kind) for option, (path, kind) in files.items()]
    check_outputs(wanted, {} if source is None else {source.expanduser().resolve(): source})


def check_outputs(
    files: Sequence[tuple[str, Path | None, Kind]], sources: Mapping[Path, Path]
) -> None:
    """Do so for options that may be repeated; `sources` are read: absolute paths, as called."""
    from gradatim._files import check_writable

    options: dict[Path, str] = {}
    for option, path, kind in files:
        if path is None:
            continue
        kind(path)
        target = check_writable(path)
        if target in sources:
            called = sources[target]
            raise OutputError(f"{called} is read as input; write the result to another file")
        if target in options:
            raise OutputError(f"{options[target]} and {option} both name {target}; give two files")
        options[target] = option


def anything(path: Path) -> None:
    """Take a file of any name."""


def model(path: Path) -> None:
    """Refuse what can hold no model of a climb."""
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
    """Refuse what can hold neither the equation of a network nor a model."""
    from gradatim.cli._network import check_network_format

    check_network_format(path)
