"""Files that a verb is asked to write, looked at before it begins.

Conventions: a kind is a check of a file's name; what could only fail after long work is refused
first, in the order in which the options stand.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from gradatim.errors import OutputError, SpecError

__all__ = ["check_targets", "drawing", "film", "network", "page", "plot"]

Kind = Callable[[Path], object]


def check_targets(
    files: dict[str, tuple[Path | None, Kind]], *, source: Path | None = None
) -> None:
    """Refuse files of the wrong kind, that cannot be written, or that go over one another."""
    from gradatim._files import check_writable

    options: dict[Path, str] = {}
    for option, (path, kind) in files.items():
        if path is None:
            continue
        kind(path)
        target = check_writable(path)
        if target in options:
            raise SpecError(f"{options[target]} and {option} both name {target}; give two files")
        options[target] = option
    if source is not None and source.expanduser().resolve() in options:
        raise OutputError(f"{source} is read as input; write the result to another file")


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
