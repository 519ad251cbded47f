"""The figures of a climb as files: an SVG each, and a Markdown file that shows and explains them.

Conventions: file names are fixed, so that a later climb replaces the figures of an earlier one,
and those that it does not have are removed; names from the data are plain text in Markdown too.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from pathlib import Path

from gradatim._files import make_folder, read_regular, write_atomically
from gradatim._text import show_sentence
from gradatim.climb.result import Climb
from gradatim.drawing.svg import draw_svg
from gradatim.presentation import climbs
from gradatim.presentation.climb_figures import ClimbFigure
from gradatim.presentation.view_figures import figures_of

# A drawing in the page that this module writes, and how a drawing begins.
_SHOWN = re.compile(r"^!\[.*\]\(([a-z0-9-]+\.svg)\)$", re.MULTILINE)
_OURS = b'<svg xmlns="http://www.w3.org/2000/svg"'

_MARKDOWN = re.compile(r"[\\`*_{}\[\]<>#|&!]")


def write_figures(climb: Climb, folder: str | os.PathLike[str]) -> list[Path]:
    """Write all figures of a climb as SVG files, and ``figures.md``, which shows them.

    The folder is made if it is not there, inside one that is. What an earlier ``figures.md`` shows
    and this climb does not have is removed. Paths are absolute, ``figures.md`` the last.
    """
    place = make_folder(folder)
    figures = [*figures_of(climb), *_network(climb)]
    before = _written_before(place / "figures.md")
    paths = [write_atomically(place / f"{one.name}.svg", one.svg) for one in figures]
    text = "\n".join(_markdown(climb, figures))
    page = write_atomically(place / "figures.md", text.encode("utf-8", errors="replace"))
    for stale in before - {f"{one.name}.svg" for one in figures}:
        (place / stale).unlink(missing_ok=True)
    return [*paths, page]


def _written_before(page: Path) -> set[str]:
    """Name the drawings that an earlier climb wrote, as its page shows them."""
    try:
        text = read_regular(page).decode("utf-8", errors="replace")
    except OSError:
        return set()
    return {name for name in _SHOWN.findall(text) if _is_drawing(page.parent / name)}


def _is_drawing(path: Path) -> bool:
    """Tell whether a file is one of ours: whatever else has such a name stays."""
    try:
        return read_regular(path).startswith(_OURS)
    except OSError:
        return False


def _network(climb: Climb) -> Iterator[ClimbFigure]:
    networks = climb.model.networks if climb.models else ()
    if networks:
        name = climbs.capitalized(climbs.in_sentence(climb.winner, climb.collection))
        which = " to learn from" if climb.protocol.split == "fixed" else ""
        svg = draw_svg(networks[0], title=f"The winner: {climb.winner.rung} network")
        words = f"{name}, trained again on every sample{which}."
        yield ClimbFigure("network", "Where to stop", words, svg)


def _markdown(climb: Climb, figures: list[ClimbFigure]) -> Iterator[str]:
    yield f"# {_plain(climbs.headline(climb))}\n"
    yield f"{_plain(climb.collection.in_words)}. {_plain(climb.verdict.sentence)}\n"
    if climb.command:
        # Indented, it is shown as it is, whatever is in it.
        yield f"    {climb.command}\n"
    for one in figures:
        yield f"## {_plain(one.title)}\n"
        yield f"![{_plain(one.title)}]({one.name}.svg)\n"
        yield f"{_plain(one.caption)}\n"


def _plain(text: str) -> str:
    return _MARKDOWN.sub(r"\\\g<0>", show_sentence(text))
