"""Pictures: `place` decides where the units of a network go, every format only writes it out.

Conventions: see `gradatim.drawing.placement`; plots of functions and boundaries are in
`gradatim.drawing.plots`. Names are loaded when first used, so that importing this part imports
neither NumPy nor matplotlib.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from gradatim.drawing.dot import draw_dot
    from gradatim.drawing.film import Film, save_film
    from gradatim.drawing.formats import draw
    from gradatim.drawing.layout import place
    from gradatim.drawing.mermaid import draw_mermaid
    from gradatim.drawing.placement import Placement
    from gradatim.drawing.plots.activations import plot_activations
    from gradatim.drawing.plots.approximation import plot_approximation, plot_rates
    from gradatim.drawing.plots.boundary import plot_boundary
    from gradatim.drawing.plots.capacity import plot_capacity
    from gradatim.drawing.plots.depth import ErrorBar, plot_depth
    from gradatim.drawing.plots.files import save_plot
    from gradatim.drawing.plots.panels import Panel, plot_panels
    from gradatim.drawing.plots.perceptron_film import choose_frames, film_perceptron
    from gradatim.drawing.plots.response import plot_response
    from gradatim.drawing.plots.separation import plot_separation
    from gradatim.drawing.plots.spaces import plot_spaces
    from gradatim.drawing.svg import draw_svg
    from gradatim.drawing.tikz import draw_tikz

__all__ = [
    "ErrorBar",
    "Film",
    "Panel",
    "Placement",
    "choose_frames",
    "draw",
    "draw_dot",
    "draw_mermaid",
    "draw_svg",
    "draw_tikz",
    "film_perceptron",
    "place",
    "plot_activations",
    "plot_approximation",
    "plot_boundary",
    "plot_capacity",
    "plot_depth",
    "plot_panels",
    "plot_rates",
    "plot_response",
    "plot_separation",
    "plot_spaces",
    "save_film",
    "save_plot",
]

_HOMES = {
    "Film": "film",
    "Panel": "plots.panels",
    "ErrorBar": "plots.depth",
    "Placement": "placement",
    "choose_frames": "plots.perceptron_film",
    "draw": "formats",
    "draw_dot": "dot",
    "draw_mermaid": "mermaid",
    "draw_svg": "svg",
    "draw_tikz": "tikz",
    "film_perceptron": "plots.perceptron_film",
    "place": "layout",
    "plot_activations": "plots.activations",
    "plot_approximation": "plots.approximation",
    "plot_boundary": "plots.boundary",
    "plot_response": "plots.response",
    "plot_capacity": "plots.capacity",
    "plot_panels": "plots.panels",
    "plot_separation": "plots.separation",
    "plot_depth": "plots.depth",
    "plot_rates": "plots.approximation",
    "plot_spaces": "plots.spaces",
    "save_film": "film",
    "save_plot": "plots.files",
}


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)


def __dir__() -> list[str]:
    return __all__
