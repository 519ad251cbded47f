"""Files that a verb is asked to write: looked at before it begins, and written after its work.

Conventions: a kind is a check of a file's name; what could only fail after long work is refused
first, in the order in which the options stand. Files come before words: what was asked for is
written, then what was found is shown, then what was written is said, unless JSON is printed. So
nobody who stops reading loses a file, and a file that fails keeps neither the others nor the words
from coming.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from gradatim._text import show_name
from gradatim.errors import OutputError

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from gradatim.cli._screen import Screen
    from gradatim.network import Network
    from gradatim.presentation.lines import Grid, Line

Kind = Callable[[Path], object]

#: What the name of a page ends in.
PAGE_ENDINGS = (".html", ".htm")

#: Writes a file and returns the line that says so.
Writer = Callable[[], str]


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


def deliver(
    writers: Iterable[Writer], show: Callable[[], object], say: Callable[[str], object] | None
) -> None:
    """Write files, show what was found, say what was written, and tell what went wrong."""
    written: list[str] = []
    errors: list[Exception] = []
    for write in writers:
        try:
            written.append(write())
        except Exception as error:
            errors.append(error)
    try:
        show()
        if say is not None:
            for line in written:
                say(line)
    finally:
        # Also where nobody reads what is shown: no verb ends well without its file.
        if len(errors) == 1:
            raise errors[0]
        if errors:
            raise OutputError("; ".join(map(str, errors)))


def json_file(json: str | None) -> list[tuple[str, Path, Kind]]:
    """Return the file of ``--json`` as `check_files` takes it; standard output is none."""
    return [] if json in (None, "-") else [("--json", Path(json), ending(".json"))]


def deliver_object(
    json: str | None,
    whole: Callable[[], Any],
    lines: Callable[[], Iterable[Line | Grid]],
    screen: Screen,
    writers: Iterable[Writer] = (),
) -> None:
    """Write files and the JSON object, and show the object or, in its place, lines."""
    from gradatim._files import write_atomically
    from gradatim.cli._json import json_text, print_json

    def write(path: Path) -> str:
        return f"json: {show_name(write_atomically(path, json_text(whole()) + chr(10)))}"

    def show() -> None:
        if json == "-":
            print_json(whole())
        else:
            screen.show_lines(lines())

    objects = [partial(write, path) for _, path, _ in json_file(json)]
    deliver([*writers, *objects], show, screen.say)


def deliver_words(
    json: bool,
    whole: Callable[[], Any],
    words: Callable[[], Iterable[str]],
    writers: Iterable[Writer],
) -> None:
    """Write files, and print the JSON object or, in its place, lines of text."""
    from gradatim.cli._json import print_json

    def show() -> None:
        if json:
            print_json(whole())
        else:
            print("\n".join(words()))

    deliver(writers, show, None if json else print)


def writer(path: Path | None, save: Callable[[Path], Path]) -> list[Writer]:
    """Return what writes a file if it was asked for."""
    return [] if path is None else [lambda: f"wrote {show_name(save(path))}"]


def plot_writer(path: Path | None, draw: Callable[[], Figure]) -> list[Writer]:
    """Return what draws a picture and writes it, if it was asked for."""
    from gradatim.drawing import save_plot

    return writer(path, lambda path: save_plot(draw(), path))


def network_writers(network: Network, graph: Path | None, path: Path | None) -> list[Writer]:
    """Return what writes the drawing of a network and the network, as far as asked for."""
    from gradatim.cli import _network
    from gradatim.drawing import draw

    return [
        *writer(graph, lambda path: draw(network, path)),
        *writer(path, lambda path: _network.write_network(network, path)),
    ]


def ending(*endings: str) -> Kind:
    """Return what refuses files whose names end in nothing of what they are to hold."""

    def check(path: Path) -> None:
        if path.suffix.lower() not in endings and not path.is_dir():
            name = show_name(path.name)
            raise OutputError(f"{name} names another format; end it in {' or '.join(endings)}")

    return check


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

    check_format(path, (*PAGE_ENDINGS, *PLOT_FORMATS))


def html(path: Path) -> None:
    """Refuse what is no page."""
    if path.suffix.lower() not in PAGE_ENDINGS:
        raise OutputError(f"{path} cannot hold a page; end it in .html")


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
