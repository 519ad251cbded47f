r"""Single units: what tells most of the classes, and what excites a unit most and least.

Conventions: a unit is a column of a layer, ``activations`` (n_samples, n_units). How *telling* a
unit is: the share of its variance that lies between classes (eta squared), or for real targets the
squared rank correlation. An optimized input is the one, among all as long as a usual row, for which
a unit's pre-activation is largest, as far as gradient ascent from two starts finds it [1]_. It and
the weights are taken within the *span* of the samples, the directions that hold 99 % of their
squares: what lies outside is what no sample reaches, and was left by the initial weights.

References
----------
.. [1] D. Erhan, Y. Bengio, A. Courville and P. Vincent, "Visualizing higher-layer features of a
   deep network", Technical Report 1341, University of Montreal, 2009.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from gradatim.models.axes import principal_axes
from gradatim.models.margins import back_to_inputs
from gradatim.network.evaluate import forward
from gradatim.network.graph import Layer, Network
from gradatim.probing.concepts import Concept
from gradatim.scalers import Scaler

_STEPS = 80
_TRIED = 500  # Random inputs, of which the best is a start besides the best sample
_SPAN = 0.99
# A value at the end of the scaler's range is infinite before it.
_INSIDE = 0.95


def telling(activations: np.ndarray, label: Concept | None) -> np.ndarray:
    """Return how much each unit tells of the label, (n_units,) in [0, 1]; without labels 0.

    Examples
    --------
    >>> label = Concept("label", "label", "classification", np.array(["a", "a", "b", "b"]),
    ...                 np.ones(4, dtype=bool))
    >>> telling(np.array([[0.0, 1.0], [0.0, 3.0], [1.0, 1.0], [1.0, 3.0]]), label)
    array([1., 0.])
    """
    if label is None:
        return np.zeros(activations.shape[1])
    if label.task != "classification":
        y = np.asarray(label.y, dtype=float).reshape(len(activations), -1)
        return np.max([_spearman(activations, column) ** 2 for column in y.T], axis=0)
    centered = activations - activations.mean(axis=0)
    codes = np.unique(label.y, return_inverse=True)[1]
    sizes = np.bincount(codes)
    sums = np.zeros((len(sizes), activations.shape[1]))
    np.add.at(sums, codes, centered)
    between = (sums**2 / sizes[:, None]).sum(axis=0)
    whole = (centered**2).sum(axis=0)
    return np.divide(between, whole, out=np.zeros_like(whole), where=whole > 1e-12)


def choose_units(
    activations: np.ndarray, scores: np.ndarray, label: Concept | None, n: int
) -> list[int]:
    """Choose the most telling units, each for another class as long as there are others."""
    spread = activations.std(axis=0)
    # Without a label: what varies most among the samples.
    order = np.argsort(-(scores if label is not None else spread), kind="stable")
    order = order[spread[order] > 1e-9]
    if label is None or label.task != "classification":
        return order[:n].tolist()
    codes = np.unique(label.y, return_inverse=True)[1]
    means = np.stack([activations[codes == c].mean(axis=0) for c in range(codes.max() + 1)])
    best = means.argmax(axis=0)
    first, seen, rest = [], set(), []
    for unit in order.tolist():
        (rest if best[unit] in seen else first).append(unit)
        seen.add(best[unit])
    return [*first, *rest][:n]


def correlations(activations: np.ndarray, concepts: Sequence[Concept]) -> dict[str, np.ndarray]:
    """Return Spearman's rank correlation of each unit with each concept of numbers."""
    return {
        concept.name: _spearman(activations[concept.there], concept.y[concept.there])
        for concept in concepts
        if concept.task == "regression" and concept.y.ndim == 1
    }


def _spearman(activations: np.ndarray, y: np.ndarray) -> np.ndarray:
    from scipy.stats import rankdata

    ranks = rankdata(activations, axis=0)
    ranks -= ranks.mean(axis=0)
    own = rankdata(y) - (len(y) + 1) / 2
    size = np.sqrt((ranks**2).sum(axis=0) * (own**2).sum())
    return np.divide(own @ ranks, size, out=np.zeros(ranks.shape[1]), where=size > 0)


def extremes(values: np.ndarray, units: np.ndarray, n: int) -> tuple[list[int], list[int]]:
    """Return the samples of the highest and the lowest values, one per group each.

    `units` (n_samples,) numbers groups, or samples where there are none.

    Examples
    --------
    >>> extremes(np.array([3.0, 2.0, 1.0, 0.0]), np.array([0, 0, 1, 2]), 2)
    ([0, 2], [3, 2])
    """
    order = np.argsort(-values, kind="stable")
    return _of_groups(order, units, n), _of_groups(order[::-1], units, n)


def _of_groups(order: np.ndarray, units: np.ndarray, n: int) -> list[int]:
    chosen: dict[int, int] = {}
    for row in order.tolist():
        chosen.setdefault(int(units[row]), row)
        if len(chosen) == n:
            break
    return list(chosen.values())


def span_of(Z: np.ndarray) -> np.ndarray:
    """Return the directions that hold 99 % of the squares of rows, (n_inputs, n_directions)."""
    axes, squares = principal_axes(Z)
    enough = np.searchsorted(np.cumsum(squares), _SPAN * squares.sum()) + 1
    return axes[:, :enough]


def first_weights(network: Network, span: np.ndarray) -> np.ndarray:
    """Return the weights of the first layer on scaled inputs within a span, (n_units, n_inputs)."""
    return network.layers[0].weight.astype(np.float64) @ span @ span.T


def maximize(
    network: Network,
    depth: int,
    chosen: Sequence[int],
    Z: np.ndarray,
    span: np.ndarray,
    seed: int = 0,
) -> tuple[np.ndarray, np.ndarray]:
    """Find the inputs within a span that excite units of a layer most, and how much.

    `depth` counts weight layers from 1; `Z` (n_samples, n_inputs) are scaled rows, whose median
    length an input has. Returns scaled inputs (n_chosen, n_inputs) and pre-activations (n_chosen,).
    """
    last, picked = network.layers[depth - 1], np.asarray(chosen)
    # Pre-activations, since where an activation is flat nothing leads uphill.
    top = Layer(last.weight[picked], last.bias[picked], "identity")
    part = Network([*network.layers[: depth - 1], top])
    radius = float(np.median(np.linalg.norm(Z, axis=1))) or 1.0
    rng = np.random.default_rng([seed, depth])
    seen = forward(part, Z).pre_activations[-1]
    tried = _on_sphere(rng.standard_normal((_TRIED, Z.shape[1])) @ span @ span.T, radius)
    starts = [
        Z[seen.argmax(axis=0)],
        tried[forward(part, tried).pre_activations[-1].argmax(axis=0)],
    ]
    best, most = np.zeros((len(picked), Z.shape[1])), np.full(len(picked), -np.inf)
    for start in starts:
        z = _ascend(part, _on_sphere(start @ span @ span.T, radius), radius, span)
        reached = np.diagonal(forward(part, z).pre_activations[-1])
        better = reached > most
        best[better], most[better] = z[better], reached[better]
    return best, most


def _ascend(network: Network, z: np.ndarray, radius: float, span: np.ndarray) -> np.ndarray:
    """Follow each row's own unit uphill on the sphere, with steps that get shorter."""
    own = np.eye(len(z))
    for step in np.geomspace(0.5, 0.02, _STEPS).tolist():
        slope = back_to_inputs(network, forward(network, z), own) @ span @ span.T
        size = np.linalg.norm(slope, axis=1, keepdims=True)
        z = _on_sphere(z + step * radius * slope / np.where(size > 0, size, 1.0), radius)
    return z


def _on_sphere(z: np.ndarray, radius: float) -> np.ndarray:
    size = np.linalg.norm(z, axis=1, keepdims=True)
    return radius * z / np.where(size > 0, size, 1.0)


def unscale(z: np.ndarray, scaler: Scaler) -> np.ndarray:
    """Return raw rows that a scaler makes `z` of; what it never gives is cut to its range."""
    if scaler.clip is not None:
        z = np.clip(z, -_INSIDE * scaler.clip, _INSIDE * scaler.clip)
        z = z / np.sqrt(1.0 - (z / scaler.clip) ** 2)
    return scaler.center + scaler.scale * z
