"""What a climb found, as one HTML file that opens anywhere; see `write_report`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from gradatim.reports.html import render_report, write_report

__all__ = ["render_report", "write_report"]


def __getattr__(name: str) -> Any:
    # Loaded when first asked for: a command that writes no report imports no template engine.
    if name in __all__:
        from gradatim.reports import html

        return getattr(html, name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
