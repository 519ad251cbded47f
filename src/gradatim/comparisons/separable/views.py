"""Ways to separate classes as one picture: what each gives in x-space, and where its plane lies.

Conventions: the plane of two classes is shown in two coordinates in which it is exactly a straight
line: the two features that it reads, or what its inputs and what its added features contribute, or
the units of a hidden layer of two; else the score of the rows, of which the sign is the class. Of
several classes, by how much the score of a row's own class exceeds the highest of the others.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

import numpy as np

from gradatim._text import plural
from gradatim.comparisons.separable.kernels import KernelMachine
from gradatim.comparisons.separable.methods import MethodComparison
from gradatim.drawing import Panel, plot_panels
from gradatim.feature_maps import add_monomials
from gradatim.network.evaluate import forward
from gradatim.network.graph import Network
from gradatim.separability.features import AddedFeatures

if TYPE_CHECKING:
    from matplotlib.figure import Figure

Scores = Callable[[np.ndarray], np.ndarray]


def plot_methods(methods: MethodComparison) -> Figure:
    r"""Plot all methods that were tried beside each other.

    Parameters
    ----------
    methods : MethodComparison
        What was found.

    Returns
    -------
    matplotlib.figure.Figure
        A column a way: x-space above (one or two inputs), the space of its plane below.

    Examples
    --------
    >>> from gradatim.comparisons.separable import find_methods
    >>> methods = find_methods([[20], [75], [130]], [1, 0, 1], kernels=False, hidden=False)
    >>> [axes.get_title() for axes in plot_methods(methods).axes if axes.get_title()]
    ['the plane alone\nnone separates', 'x1^2 added\nseparated']
    """
    table = methods.table.astype(np.float64)
    codes = np.array([methods.classes.index(label) for label in methods.labels])
    panels = [_alone(methods, table, codes)]
    if methods.features is not None and methods.features.added != ():
        panels.append(_features(methods, methods.features, table, codes))
    panels += [_kernel(machine, methods, table, codes) for machine in methods.kernels]
    if methods.built is not None:
        title = f"{methods.built.n_units} step units, built\nproved on every row"
        panels.append(_hidden(title, methods.built.network, methods, table, codes))
    if methods.trained is not None and methods.trained.network is not None:
        title = f"{methods.trained.n_units} {methods.trained.activation} units, trained\n"
        panels.append(
            _hidden(title + "proved on every row", methods.trained.network, methods, table, codes)
        )
    return plot_panels(table, methods.labels, methods.classes, panels, input_names=methods.names)


def _decide(scores: Scores) -> Callable[[np.ndarray], np.ndarray]:
    def decide(X: np.ndarray) -> np.ndarray:
        values = scores(X)
        return (values[:, 0] >= 0).astype(int) if values.shape[1] == 1 else values.argmax(axis=1)

    return decide


def _panel(
    title: str,
    scores: Scores,
    name: str,
    table: np.ndarray,
    codes: np.ndarray,
    input_name: str = "x1",
) -> Panel:
    """Show scores: over x if that is a line, else along a line with one lane per class."""
    values, decide = scores(table), _decide(scores)
    if values.shape[1] > 1:
        name, values = "lead over the other classes", _lead(values, codes)[:, None]
    elif table.shape[1] == 1:
        grid = _grid(table)
        curve = np.column_stack([grid, scores(grid)])
        z = np.column_stack([table, values])
        names = (input_name, name)
        return Panel(title, decide, z=z, z_names=names, line=(0.0, 1.0, 0.0), curve=curve)
    spread = 0.35 if len(codes) > 8 else 0.0
    lanes = codes + spread * np.random.default_rng(0).uniform(-1, 1, len(codes))
    z = np.column_stack([values[:, 0], lanes])
    return Panel(title, decide, z=z, z_names=(name, ""), line=(1.0, 0.0, 0.0))


def _grid(table: np.ndarray) -> np.ndarray:
    low, high = float(table.min()), float(table.max())
    margin = 0.1 * (high - low)
    return np.linspace(low - margin, high + margin, 2001)[:, None]


def _lead(values: np.ndarray, codes: np.ndarray) -> np.ndarray:
    """Return by how much the score of a row's own class exceeds the highest of the others."""
    rows, others = np.arange(len(codes)), values.copy()
    others[rows, codes] = -np.inf
    return values[rows, codes] - others.max(axis=1)


def _alone(methods: MethodComparison, table: np.ndarray, codes: np.ndarray) -> Panel:
    found = methods.alone
    if found.added is not None:
        panel = _features(methods, found, table, codes)
        return Panel("the plane alone\nseparates", panel.decide, panel.z, panel.z_names, panel.line)
    if not found.refuted:
        return Panel("the plane alone\nundecided", note="not decided")
    rows = found.refuted[-1].witness.rows
    note = f"{len(rows)} rows (ringed) prove\nthat no plane separates"
    return Panel("the plane alone\nnone separates", ringed=rows, note=note)


def _features(
    methods: MethodComparison, found: AddedFeatures, table: np.ndarray, codes: np.ndarray
) -> Panel:
    if found.added is None:
        n = len(found.candidates)
        return Panel(
            f"all {n} monomials\nup to degree {found.degree}",
            note="no plane separates,\nproved by a witness" if found.is_impossible else "undecided",
        )
    planes = [one.hyperplane for one in found.separations]
    networks = [plane for plane in planes if plane is not None]
    added = ", ".join(monomial.name(methods.names) for monomial in found.added)
    title = f"{_wrapped(added)} added\nseparated"

    def scores(X: np.ndarray) -> np.ndarray:
        features = add_monomials(X, found.added or ())
        return np.hstack([forward(network, features).pre_activations[0] for network in networks])

    if len(networks) > 1:
        return _panel(title, scores, "", table, codes, methods.names[0])
    features = add_monomials(table, found.added)
    unit = networks[0].layers[0]
    weights, bias = unit.weight[0], float(unit.bias[0])
    names = networks[0].input_names
    n_inputs = table.shape[1]
    used = np.flatnonzero(weights).tolist()
    if len(used) < 2 and len(weights) > 1:
        # A plane that reads one feature only is shown over another one.
        used = sorted({*used, 0, 1})[:1] + used if used and used[0] > 1 else [0, 1]
    if n_inputs == 1 and len(found.added) == 1:
        used = [0, 1]
    if len(used) == 2:
        curve = None
        if n_inputs == 1:
            curve = add_monomials(_grid(table), found.added)[:, used]
        return Panel(
            title,
            _decide(scores),
            z=features[:, used],
            z_names=(names[used[0]], names[used[1]]),
            line=(float(weights[used[0]]), float(weights[used[1]]), bias),
            curve=curve,
        )
    if len(used) == 1 or not any(weights[:n_inputs]) or not any(weights[n_inputs:]):
        return _panel(title, scores, "score", table, codes, methods.names[0])
    parts = [
        features[:, :n_inputs] @ weights[:n_inputs],
        features[:, n_inputs:] @ weights[n_inputs:],
    ]
    z_names = (_sum(weights[:n_inputs], names), _sum(weights[n_inputs:], names[n_inputs:]))
    return Panel(
        title, _decide(scores), z=np.column_stack(parts), z_names=z_names, line=(1.0, 1.0, bias)
    )


def _wrapped(text: str, width: int = 26) -> str:
    """Cut a list that is too long for a title."""
    if len(text) <= width:
        return text
    return f"{len(text.split(', '))} monomials"


def _sum(weights: np.ndarray, names: Sequence[str]) -> str:
    from gradatim.drawing.words import signed

    text = signed([(float(w), name) for w, name in zip(weights, names, strict=False)])
    return text if len(text) <= 34 else "weighted sum"


def _kernel(
    machine: KernelMachine, methods: MethodComparison, table: np.ndarray, codes: np.ndarray
) -> Panel:
    def scores(X: np.ndarray) -> np.ndarray:
        return machine.scores(X).reshape(len(X), -1)

    n_wrong = len(machine.errors)
    said = "no error" if not n_wrong else plural(n_wrong, "error")
    panel = _panel(
        f"{machine.name}\n{said}, {machine.n_support} support vectors",
        scores,
        "score of the machine",
        table,
        codes,
        methods.names[0],
    )
    return Panel(
        panel.title, machine.codes, panel.z, panel.z_names, panel.line, panel.curve, machine.errors
    )


def _hidden(
    title: str, network: Network, methods: MethodComparison, table: np.ndarray, codes: np.ndarray
) -> Panel:
    def scores(X: np.ndarray) -> np.ndarray:
        return forward(network, X).pre_activations[1]

    if network.layers[0].n_out == 2 and network.n_outputs == 1 and table.shape[1] > 1:
        hidden = forward(network, table).activations[1]
        spread = np.random.default_rng(0).uniform(-0.04, 0.04, hidden.shape)
        shown = hidden + (spread if set(network.layers[0].activations) == {"heaviside"} else 0)
        weight, bias = network.layers[1].weight[0], network.layers[1].bias[0]
        line = (float(weight[0]), float(weight[1]), float(bias))
        return Panel(title, _decide(scores), z=shown, z_names=("h1", "h2"), line=line)
    return _panel(title, scores, "z + w0 of the output", table, codes, methods.names[0])
