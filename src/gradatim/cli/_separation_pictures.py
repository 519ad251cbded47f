"""What goes into the pictures of ``gradatim separate``.

Conventions: points are drawn as floats; what is exact about them has been decided before.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from gradatim.drawing import Film
    from gradatim.separability import PerceptronRun, Separation
    from gradatim.sources.points import Points

__all__ = ["film_of", "picture_of"]


def picture_of(points: Points, found: Separation) -> Figure:
    """Draw the points with what was found about them."""
    from gradatim.drawing import plot_separation

    witness = found.witness
    exact = found.touching_plane if found.separable is False else found.hyperplane
    return plot_separation(
        points.floats,
        points.labels,
        found.classes,
        plane=exact,
        widest=found.max_margin,
        witness=None if witness is None else (witness.negative, witness.positive),
        common=() if witness is None else [float(value) for value in witness.point],
        input_names=points.names,
        ids=points.ids,
    )


def film_of(points: Points, run: PerceptronRun) -> Film:
    """Choose the frames of the perceptron's film."""
    import numpy as np

    from gradatim.drawing import choose_frames, film_perceptron

    counts = choose_frames(run.n_mistakes)
    weights = np.array([run.weights(count) for count in counts])
    rows = [int(run.mistakes[count - 1]) if count else -1 for count in counts]
    return film_perceptron(points.floats, points.labels, run.found.classes, weights, rows, counts)
