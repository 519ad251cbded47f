"""Pictures of networks: `place` decides where everything goes, `draw_svg` writes it out.

Conventions: see `gradatim.drawing.layout`; further formats are further writers of the same
`Placement`. Names are loaded when first used, so that importing this part does not import NumPy.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from gradatim.drawing.layout import Placement, place
    from gradatim.drawing.svg import draw_svg

__all__ = ["Placement", "draw_svg", "place"]

_HOMES = {"Placement": "layout", "draw_svg": "svg", "place": "layout"}


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)


def __dir__() -> list[str]:
    return __all__
