"""Building a hidden layer of step units for labeled rows: along one line, or by cuts.

Conventions: see `gradatim.separability.hidden.layer`. The same table and seed give the same
network. Of the two constructions the one of fewer units is taken, along one line if they are equal.
"""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise

import numpy as np
from numpy.typing import ArrayLike

from gradatim._progress import Progress, scaled, steady
from gradatim.certificates.labels import name_columns, read_labels
from gradatim.certificates.rationals import weighted_sum
from gradatim.errors import LabelError, SpecError
from gradatim.network.graph import Layer, Network
from gradatim.separability.hidden.decision_list import cut_off, cuts_network, round_between
from gradatim.separability.hidden.directions import Directions, label_changes
from gradatim.separability.hidden.layer import HiddenLayer, step_layer
from gradatim.separability.hidden.plane import MOST_PAIRS, changes_along, fewest_changes
from gradatim.separability.planes.decide import separate
from gradatim.separability.planes.table import as_table
from gradatim.separability.transformation import transform

_GRIDS = (1, 2, 3, 5, 10, 30, 100, 1000, 1_000_000)
_MOST_CUTS = 200
_SPREADS = (0.3, 0.1, 0.03, 0.01)

Row = Sequence[Fraction]


@dataclass(frozen=True)
class _CutLine:
    """The best direction that was found."""

    weights: list[Fraction]
    n_changes: int
    n_directions: int
    all_directions: bool


def build_hidden(
    X: ArrayLike,
    y: Sequence[Hashable] | np.ndarray,
    *,
    n_directions: int = 1000,
    random_state: int = 0,
    input_names: Sequence[str] = (),
    progress: Progress | None = None,
) -> HiddenLayer:
    """Build a small hidden layer of step units that gives every row its class, and prove it.

    *Along one line*: rows are projected on a direction, one step unit stands at each label change,
    as `transform` builds it; the direction is the one with the fewest changes. On a line and in a
    plane (up to 20,000 pairs of rows of different classes) every direction is compared, elsewhere
    axes, their sums, discriminants, principal axes, differences of rows, and random ones, and
    what is near the best. *By cuts*: each unit has a direction of its own and cuts off as many of
    the remaining rows as it can, all of one class. A row that several units see belongs to the
    first.

    Parameters
    ----------
    X : array-like of shape (n_samples, n_inputs)
        ExactRows, as `separate` takes them.
    y : sequence of hashable of length n_samples
        Labels of two or more classes.
    n_directions : int, default 1000
        Directions to draw beside the obvious ones.
    random_state : int, default 0
        Seed of these.
    input_names : sequence of str, optional
        Names of the inputs, for the network.
    progress : callable, optional
        Called with the finished share of the work, about, in [0, 1], and what is done.

    Returns
    -------
    HiddenLayer
        The network, which is right on every row, with what is known about smaller ones.

    Raises
    ------
    ShapeError
        If `X` is no table or there is not one label per row.
    InputError
        If an entry of `X` is no number, missing or infinite.
    LabelError
        If there is only one class, or equal rows have different labels.
    SpecError
        If an option is out of its range, or rows are too close to be told apart.

    Examples
    --------
    >>> built = build_hidden([[0, 0], [0, 1], [1, 0], [1, 1]], [0, 1, 1, 0])
    >>> print(built.network)
    y = step(step(-x1 + x2 - 0.5) + step(x1 - x2 - 0.5) - 1)
    >>> built.verify(), built.is_smallest
    (True, True)
    """
    if n_directions < 2 or random_state < 0:
        raise SpecError("n_directions must be at least 2 and random_state at least 0")
    table = as_table(X)
    labels, classes, codes = read_labels(y, len(table))
    names = name_columns(input_names, table.shape[1])
    rows = [[Fraction(value) for value in row] for row in table.tolist()]
    _refuse_twins(rows, labels)
    tell = scaled(steady(progress), 0.0, 1.0, "building a hidden layer")
    directions = Directions(table.astype(np.float64), codes, n_directions, random_state)
    line = _best_line(rows, codes, directions)
    tell(0.3, "")
    most = min(line.n_changes - 1, _MOST_CUTS)
    cuts = cut_off(rows, directions, most, scaled(tell, 0.3, 1.0))
    outputs = ("y",) if len(classes) == 2 else tuple(map(str, classes))
    if cuts is None:
        network = _line_network(line.weights, rows, labels, (names, outputs))
    else:
        network = cuts_network(*cuts, classes, (names, outputs))
    found = HiddenLayer(
        network=network,
        table=table,
        labels=tuple(labels),
        classes=classes,
        construction="line" if cuts is None else "cuts",
        n_directions=line.n_directions,
        line_units=line.n_changes,
        all_directions=line.all_directions,
        at_least=_at_least(table, labels, directions, line),
    )
    tell(1.0, "")
    return found


def _refuse_twins(rows: Sequence[Row], labels: Sequence[Hashable]) -> None:
    seen: dict[tuple[Fraction, ...], int] = {}
    for i, (row, label) in enumerate(zip(rows, labels, strict=True)):
        first = seen.setdefault(tuple(row), i)
        if labels[first] != label:
            raise LabelError(
                f"rows {first + 1} and {i + 1} are equal, but one is labeled {labels[first]} and "
                f"one {label}; no network can tell them apart"
            )


def _at_least(
    table: np.ndarray, labels: list[Hashable], directions: Directions, line: _CutLine
) -> int:
    if len(directions.varies) == 1:
        # A unit changes at one point of a line, so there must be one at each label change.
        return line.n_changes
    known = set(labels)
    if len(known) > 2:
        # k units have 2^k patterns, of which every class needs one.
        return (len(known) - 1).bit_length()
    return 2 if separate(table, labels, margin=False).separable is False else 1


def _best_line(rows: Sequence[Row], codes: np.ndarray, directions: Directions) -> _CutLine:
    varies = directions.varies.tolist()
    n = len(rows[0])
    if len(varies) == 1:
        weights = [Fraction(int(j == varies[0])) for j in range(n)]
        changes = changes_along([row[varies[0]] for row in rows], codes)
        assert changes is not None
        return _CutLine(weights, changes, 1, True)
    n_pairs = (len(codes) ** 2 - int((np.bincount(codes) ** 2).sum())) // 2
    if len(varies) == 2 and n_pairs <= MOST_PAIRS:
        points = [(row[varies[0]], row[varies[1]]) for row in rows]
        best, changes, compared = fewest_changes(points, codes)
        weights = [Fraction(0)] * n
        # Whole numbers read better than a fraction beside a 1.
        for j, value in zip(varies, best, strict=True):
            weights[j] = value * best[1].denominator
        return _CutLine(weights, changes, compared, True)
    return _searched(rows, codes, directions)


def _searched(rows: Sequence[Row], codes: np.ndarray, directions: Directions) -> _CutLine:
    candidates = directions.candidates()
    counts = label_changes(directions.Z, codes, candidates)
    compared = len(candidates)
    best = candidates[np.argsort(counts, kind="stable")[:5]]
    for spread in _SPREADS:
        near = np.vstack([best, *(directions.near(one, spread, 100) for one in best)])
        compared += len(near) - len(best)
        best = near[np.argsort(label_changes(directions.Z, codes, near), kind="stable")[:5]]
    for direction in best:
        found = _shortest(rows, codes, directions, direction)
        if found is not None:
            return _CutLine(*found, compared, False)
    raise SpecError(
        "rows of different classes lie too close to be told apart along any direction that was "
        "tried; try more directions or another seed"
    )


def _shortest(
    rows: Sequence[Row], codes: np.ndarray, directions: Directions, direction: np.ndarray
) -> tuple[list[Fraction], int] | None:
    """Round a direction to as few digits as do not add label changes."""
    wanted = label_changes(directions.Z, codes, direction[None])[0]
    for grid in _GRIDS:
        weights = directions.weights(direction, grid)
        if weights is None:
            continue
        about = directions.standardized(weights)[None]
        if label_changes(directions.Z, codes, about)[0] > wanted:
            continue
        changes = changes_along([weighted_sum(weights, row) for row in rows], codes)
        if changes is not None and changes <= wanted:
            return weights, changes
    return None


def _line_network(
    weights: list[Fraction],
    rows: Sequence[Row],
    labels: Sequence[Hashable],
    names: tuple[Sequence[str], Sequence[str]],
) -> Network:
    """Put the network of a line behind a projection."""
    along = [weighted_sum(weights, row) for row in rows]
    known = dict(sorted(zip(along, labels, strict=True)))
    gaps = [(a, b) for a, b in pairwise(known) if known[a] != known[b]]
    line = transform(along, labels, thresholds=[round_between(*gap) for gap in gaps])
    units = line.network.layers[0].exact_units
    hidden = step_layer(
        [[unit.weights[0] * weight for weight in weights] for unit in units],
        [unit.bias for unit in units],
    )
    output: Layer = line.network.layers[1]
    return Network([hidden, output], *names)
