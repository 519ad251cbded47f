"""Results as figures: what of each goes into which plot.

Conventions: exact numbers are drawn as floats; what is exact about them has been decided before.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from gradatim import drawing
from gradatim._text import plural
from gradatim.errors import OutputError

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from gradatim.approximation import Approximation
    from gradatim.comparisons import DepthComparison
    from gradatim.comparisons.approximations import Rates, TrainedUnits
    from gradatim.separability import Capacity, PerceptronRun, Separation, Transformation
    from gradatim.tagging import Explanation


def plot_separation(found: Separation, labels: Sequence[str], ids: Sequence[str]) -> Figure:
    """Draw the points with the planes between them, or with the witness."""
    witness = found.witness
    return drawing.plot_separation(
        found.rows.floats(),
        labels,
        found.classes,
        plane=found.touching_plane if found.separable is False else found.hyperplane,
        widest=found.max_margin,
        witness=None if witness is None else (witness.negative, witness.positive),
        common=() if witness is None else [float(value) for value in witness.point],
        input_names=found.input_names,
        ids=ids,
    )


def film_run(run: PerceptronRun, labels: Sequence[str]) -> drawing.Film:
    """Choose the frames of the perceptron's film."""
    import numpy as np

    counts = drawing.choose_frames(run.n_mistakes)
    weights = np.array([run.weights(count) for count in counts])
    rows = [int(run.mistakes[count - 1]) if count else -1 for count in counts]
    points = run.found.rows.floats()
    return drawing.film_perceptron(points, labels, run.found.classes, weights, rows, counts)


def plot_transformation(line: Transformation) -> Figure:
    """Draw x-space beside z-space."""
    return drawing.plot_spaces(line.network, [float(x) for x in line.points], line.labels)


def plot_capacity(found: Sequence[Capacity]) -> Figure:
    """Draw chances against points, theory and trials."""
    return drawing.plot_capacity(
        [
            (one.n_features, one.n_points, float(one.chance), one.share, one.interval)
            for one in found
        ]
    )


def plot_approximation(found: Approximation, beside: TrainedUnits | None = None) -> Figure:
    """Draw a function, the network built to it and the best trained one, with their errors."""
    from gradatim.certificates.targets import as_target
    from gradatim.presentation.approximation import function_text

    return drawing.plot_approximation(
        found.network,
        as_target(found.function, len(found.on)).values,
        found.on,
        found.tolerance,
        name=function_text(found),
        trained=None if beside is None or len(found.on) > 1 else beside.best,
    )


def plot_rates(rates: Rates) -> Figure:
    """Draw errors against widths."""
    from gradatim.network.notation import spoken_activation
    from gradatim.presentation.approximation import function_text

    return drawing.plot_rates(
        [(n, found.bound.upper) for n, found in zip(rates.widths, rates.built, strict=True)],
        [(one.n_units, *one.quartiles) for one in rates.trained],
        order=rates.order,
        name=function_text(rates.built[0]),
        activation=spoken_activation(rates.built[0].activation),
    )


def plot_depth(found: DepthComparison) -> Figure:
    """Draw the sawtooth, networks over it, and errors against sizes."""
    from gradatim.depth import lower_bound

    n = found.deep.n_parameters
    networks = {f"deep, built: {n} parameters": found.deep}
    for kind in ("shallow", "deep"):
        shape = found.at(n, kind)
        if shape is not None:
            title = f"{kind}, best of {len(shape.errors)} trained: {shape.n_parameters} parameters"
            networks[title] = shape.networks[shape.best]
    if not found.trained:
        last = found.built[-1].network
        networks[f"shallow, built: {last.n_parameters} parameters"] = last
    errors = [
        drawing.ErrorBar(one.kind, one.network.n_parameters, float(one.error.mean_absolute))
        for one in found.built
    ]
    errors += [
        drawing.ErrorBar(
            shape.kind,
            shape.n_parameters,
            shape.median,
            shape.interval,
            float(shape.errors[shape.best].mean_absolute),
        )
        for shape in found.trained
        if shape.start != "near"
    ]
    units = _units(max(bar.n_parameters for bar in errors))
    least = [float(lower_bound(found.teeth, hidden_layer_sizes=[m]).mean_absolute) for m in units]
    return drawing.plot_depth(found.deep, networks, errors, ([3 * m + 1 for m in units], least))


def _units(n_parameters: int) -> list[int]:
    """Return widths of a hidden layer up to a number of parameters, evenly on a log scale."""
    most = max((n_parameters - 1) // 3, 2)
    return sorted({round(most ** (i / 200)) for i in range(201)})


def plot_explanation(found: Explanation, top: int) -> Figure:
    """Draw the largest contributions, and the others in one bar."""
    from gradatim.presentation.explanations import explanation_title, input_names, measured

    if found.method == "constant":
        raise OutputError("no input moved this decision, so there is nothing to draw; leave out -o")
    shown, others = found.order[:top], found.order[top:]
    names = input_names(found, shown)
    values = found.contributions[shown].tolist()
    if len(others):
        names.append(plural(len(others), "other input"))
        values.append(float(found.contributions[others].sum()))
    axis = f"contribution to the {measured(found, 22)}\n"
    axis += f"(baseline: the {found.baseline} of the training rows)"
    return drawing.plot_contributions(names, values, title=explanation_title(found, 22), axis=axis)
