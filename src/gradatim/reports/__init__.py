"""What a climb or a race found, as one HTML file that opens anywhere.

Conventions: see `gradatim.reports.page`. Names are loaded when first used, so that a command that
writes no report imports no template engine.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from gradatim.reports.html import render_report, write_report
    from gradatim.reports.race import render_race, write_race

__all__ = ["render_race", "render_report", "write_race", "write_report"]


def __getattr__(name: str) -> Any:
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    home = "race" if name.endswith("race") else "html"
    return getattr(import_module(f"{__name__}.{home}"), name)


def __dir__() -> list[str]:
    return __all__
