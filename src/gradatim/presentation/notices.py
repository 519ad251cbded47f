"""What else a person should know of any result, as lines.

Conventions: a notice is one line that begins with its kind, in yellow.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from gradatim._text import show_sentence
from gradatim.collection import Notice
from gradatim.presentation.lines import Line

__all__ = ["notes"]


def notes(notices: Iterable[Notice]) -> Iterator[Line]:
    """Yield what else a person should know."""
    yield from ([("note: ", "yellow"), show_sentence(notice.message)] for notice in notices)
