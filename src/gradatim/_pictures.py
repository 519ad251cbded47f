"""Who draws a value for a notebook: a register below all parts, filled from above all of them.

Conventions: a part that has values to be shown asks here by their kind, and knows nothing of
drawing; `gradatim` itself, which stands above every part, says who draws what. A drawer imports
its part when it is called, so that registering costs nothing.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

__all__ = ["Shown", "picture", "register"]

_DRAWERS: dict[str, Callable[[Any], str]] = {}


def register(kind: str, draw: Callable[[Any], str]) -> None:
    """Say who draws the values of a kind."""
    _DRAWERS[kind] = draw


def picture(kind: str, value: Any) -> str | None:
    """Draw a value."""
    return _DRAWERS[kind](value) if kind in _DRAWERS else None


class Shown:
    """A value that a notebook shows by whatever is registered under the name of its class."""

    __slots__ = ()

    def _repr_html_(self) -> str | None:
        """Show the value in a notebook."""
        return picture(type(self).__name__, self)
