"""From one neuron to a deep network on your own music, and on which step to stop.

Conventions: the names below are the public interface; each is loaded from its part when it is
first used, so that ``import gradatim`` costs nothing. Everything else may change without notice.
"""

from __future__ import annotations

from functools import partial
from importlib import import_module
from typing import TYPE_CHECKING, Any

import lazy_loader

from gradatim import _pictures

if TYPE_CHECKING:
    from gradatim.network import Network

_load, _, __all__ = lazy_loader.attach_stub(__name__, __file__)
__all__ += ["__version__"]  # pyright: ignore[reportUnsupportedDunderAll]


def _draw_network(network: Network) -> str:
    return import_module("gradatim.drawing").draw_svg(network)


def _show(kind: str, value: Any) -> str:
    return import_module("gradatim.presentation.notebooks").notebook_html(kind, value)


_pictures.register("network", _draw_network)
for _kind in (
    *("Approximation", "ClassSeparations", "Climb", "ClimbComparison", "Collection"),
    *("DepthComparison", "Exam", "Explanation", "MethodComparison", "ModelScore", "Predictions"),
    *("Layers", "Race", "Rates", "Separation", "Trace", "Transformation"),
):
    _pictures.register(_kind, partial(_show, _kind))


def __getattr__(name: str) -> Any:
    if name == "__version__":
        from importlib.metadata import version

        return version("gradatim")
    if name not in __all__:
        raise AttributeError(f"module 'gradatim' has no attribute {name!r}")
    return _load(name)


def __dir__() -> list[str]:
    return sorted(__all__)
