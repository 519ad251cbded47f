"""Pictures: `place` decides where the units of a network go, every format only writes it out.

Conventions: see `gradatim.drawing.placement`; plots of functions and boundaries are in
`gradatim.drawing.plots`. Names are loaded when first used, so that importing this part imports
neither NumPy nor matplotlib.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import lazy_loader

if TYPE_CHECKING:
    from gradatim.drawing.dot import draw_dot as draw_dot
    from gradatim.drawing.film import Film as Film
    from gradatim.drawing.film import save_film as save_film
    from gradatim.drawing.formats import draw as draw
    from gradatim.drawing.layout import place as place
    from gradatim.drawing.mermaid import draw_mermaid as draw_mermaid
    from gradatim.drawing.placement import Placement as Placement
    from gradatim.drawing.plots.activations import plot_activations as plot_activations
    from gradatim.drawing.plots.approximation import plot_approximation as plot_approximation
    from gradatim.drawing.plots.approximation import plot_rates as plot_rates
    from gradatim.drawing.plots.boundary import plot_boundary as plot_boundary
    from gradatim.drawing.plots.capacity import plot_capacity as plot_capacity
    from gradatim.drawing.plots.contributions import plot_contributions as plot_contributions
    from gradatim.drawing.plots.depth import ErrorBar as ErrorBar
    from gradatim.drawing.plots.depth import plot_depth as plot_depth
    from gradatim.drawing.plots.files import save_plot as save_plot
    from gradatim.drawing.plots.panels import Panel as Panel
    from gradatim.drawing.plots.panels import plot_panels as plot_panels
    from gradatim.drawing.plots.perceptron_film import choose_frames as choose_frames
    from gradatim.drawing.plots.perceptron_film import film_perceptron as film_perceptron
    from gradatim.drawing.plots.response import plot_response as plot_response
    from gradatim.drawing.plots.separation import plot_separation as plot_separation
    from gradatim.drawing.plots.spaces import plot_spaces as plot_spaces
    from gradatim.drawing.sketch import draw_layers as draw_layers
    from gradatim.drawing.sketch import place_layers as place_layers
    from gradatim.drawing.sketch import read_sizes as read_sizes
    from gradatim.drawing.svg import draw_svg as draw_svg
    from gradatim.drawing.tikz import draw_tikz as draw_tikz

__getattr__, __dir__, __all__ = lazy_loader.attach(
    __name__,
    submod_attrs={
        "dot": ["draw_dot"],
        "film": ["Film", "save_film"],
        "formats": ["draw"],
        "layout": ["place"],
        "mermaid": ["draw_mermaid"],
        "placement": ["Placement"],
        "plots.activations": ["plot_activations"],
        "plots.approximation": ["plot_approximation", "plot_rates"],
        "plots.boundary": ["plot_boundary"],
        "plots.capacity": ["plot_capacity"],
        "plots.contributions": ["plot_contributions"],
        "plots.depth": ["ErrorBar", "plot_depth"],
        "plots.files": ["save_plot"],
        "plots.panels": ["Panel", "plot_panels"],
        "plots.perceptron_film": ["choose_frames", "film_perceptron"],
        "plots.response": ["plot_response"],
        "plots.separation": ["plot_separation"],
        "plots.spaces": ["plot_spaces"],
        "sketch": ["draw_layers", "place_layers", "read_sizes"],
        "svg": ["draw_svg"],
        "tikz": ["draw_tikz"],
    },
)
