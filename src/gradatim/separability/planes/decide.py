"""Deciding whether a plane separates two classes: floats guess, integers prove.

Conventions: see `gradatim.separability.planes.result`. The same table gives the same result.
"""

from __future__ import annotations

import time
from collections.abc import Hashable, Sequence
from dataclasses import replace
from fractions import Fraction

import numpy as np
from numpy.typing import ArrayLike

from gradatim._progress import Progress, steady
from gradatim._text import list_text
from gradatim.certificates.labels import name_columns, read_labels
from gradatim.errors import LabelError
from gradatim.separability.planes.alternative import alternative
from gradatim.separability.planes.gordan import Alternative
from gradatim.separability.planes.result import Separation, Witness
from gradatim.separability.planes.rows import ExactRows
from gradatim.separability.planes.short import shorten
from gradatim.separability.planes.table import as_table
from gradatim.separability.planes.touching import touching
from gradatim.separability.planes.widest import widest


def separate(
    X: ArrayLike,
    y: Sequence[Hashable] | np.ndarray,
    *,
    positive: Hashable = None,
    input_names: Sequence[str] = (),
    margin: bool = True,
    progress: Progress | None = None,
) -> Separation:
    r"""Decide whether a hyperplane separates two classes, and prove it either way.

    Either some :math:`w, w_0` have :math:`w \cdot x + w_0 > 0` on one class and :math:`< 0` on the
    other, or a point lies in the convex hulls of both [1]_; at most n_features + 2 rows show it
    [2]_. A quadratic program in floats guesses which; what it guesses is solved for in integers and
    checked on every row. Where floats mislead, a search in integers goes on from there.

    Parameters
    ----------
    X : array-like of shape (n_samples, n_features)
        Points. Floats are taken as their exact binary values; lists and arrays of objects may also
        hold int, fractions.Fraction and decimal.Decimal, none of which is rounded.
    y : sequence of hashable of length n_samples
        Labels of two classes.
    positive : hashable, optional
        The class on the side where the unit is 1; by default the greater of the two. If there are
        more classes, the others together are the negative class.
    input_names : sequence of str, optional
        Names of the columns, for the networks.
    margin : bool, default True
        Whether to look for the widest margin too.
    progress : callable, optional
        Called with None, since nobody knows how long it takes, and what is done next.

    Returns
    -------
    Separation
        The verdict with a plane or a witness.

    Raises
    ------
    ShapeError
        If `X` is no table, has no row or column, or there is not one label per row.
    InputError
        If an entry of `X` is no number, missing or infinite.
    LabelError
        If there are not two classes.

    References
    ----------
    .. [1] P. Gordan, "Über die Auflösung linearer Gleichungen mit reellen Coefficienten",
       Mathematische Annalen, vol. 6, pp. 23-28, 1873.
    .. [2] P. Kirchberger, "Über Tchebychefsche Annäherungsmethoden", Mathematische Annalen,
       vol. 57, pp. 509-540, 1903.

    Examples
    --------
    AND can be separated, XOR cannot:

    >>> X = [[0, 0], [0, 1], [1, 0], [1, 1]]
    >>> found = separate(X, [0, 0, 0, 1])
    >>> found.separable, str(found.hyperplane), round(found.margin, 4), found.verify()
    (True, 'y = step(x1 + x2 - 1.5)', 0.3536, True)
    >>> found = separate(X, [0, 1, 1, 0])
    >>> found.separable, found.witness.rows, [str(value) for value in found.witness.point]
    (False, (0, 1, 2, 3), ['1/2', '1/2'])
    >>> found.verify()
    True
    """
    start = time.perf_counter()
    progress = steady(progress)
    progress(None, "reading every number exactly")
    table = as_table(X)
    signs, classes = _signs(y, len(table), positive)
    rows = ExactRows(table)
    names = name_columns(input_names, table.shape[1]) if len(input_names) else ()
    found = _with_evidence(Separation(classes, None, rows, signs, names), margin, progress)
    return replace(found, seconds=time.perf_counter() - start)


def _signs(
    y: Sequence[Hashable] | np.ndarray, n_rows: int, positive: Hashable
) -> tuple[np.ndarray, tuple[Hashable, Hashable]]:
    labels, known, _ = read_labels(y, n_rows)
    if positive is None:
        if len(known) > 2:
            raise LabelError(
                f"there are {len(known)} classes; name the one to tell from the others with "
                "positive=, or use separate_classes"
            )
        positive = list(known)[1]
    elif positive not in known:
        raise LabelError(f"no row is labeled {positive}; the labels are {list_text(known)}")
    others = [label for label in known if label != positive]
    negative = others[0] if len(others) == 1 else "others"
    signs = np.where([label == positive for label in labels], 1, -1).astype(np.int8)
    return signs, (negative, positive)


def _with_evidence(found: Separation, margin: bool, progress: Progress) -> Separation:
    decided = alternative(found.rows, found.signs, progress)
    if decided.plane is not None:
        return _separable(found, decided.plane, margin, progress)
    if not decided.support:
        return replace(
            found,
            reason=(
                "floats could not tell, and the exact search was given up after the work allowed"
            ),
        )
    witness = _witness(found, decided)
    progress(None, "telling hulls that touch from hulls that overlap")
    weak = touching(found.rows, found.signs, decided)
    return replace(
        found,
        separable=False,
        witness=witness,
        touching=weak.touching,
        touching_weights=weak.weights,
        touching_bias=weak.bias,
        overlap=_overlap(found, witness, decided, weak.overlap),
        reason=weak.reason,
    )


def _witness(found: Separation, decided: Alternative) -> Witness:
    sides: dict[int, dict[int, Fraction]] = {-1: {}, 1: {}}
    for i, weight in zip(decided.support, decided.weights, strict=True):
        # Every vector ends in the row's sign, so either side has half of the weight.
        sides[int(found.signs[i])][i] = 2 * weight
    negative, positive = dict(sorted(sides[-1].items())), dict(sorted(sides[1].items()))
    point = found.rows.combine(list(positive), list(positive.values()))
    return Witness(
        tuple(negative),
        tuple(positive),
        tuple(negative.values()),
        tuple(positive.values()),
        tuple(point),
    )


def _overlap(
    found: Separation, witness: Witness, decided: Alternative, overlap: Alternative | None
) -> Witness | None:
    """Return the witness that spans all rows, which often is the first one."""
    if overlap is None:
        return None
    return witness if overlap is decided else _witness(found, overlap)


def _separable(
    found: Separation, plane: Sequence[int], margin: bool, progress: Progress
) -> Separation:
    rows, signs = found.rows, found.signs
    weights, bias = rows.plane(plane)
    planes = [weights]
    if margin:
        progress(None, "looking for the widest margin")
    best = widest(rows, signs, plane) if margin else None
    if best is not None:
        planes.insert(0, list(best.weights))
    progress(None, "rounding the weights as far as they still separate")
    short = shorten(rows, signs, planes) or (tuple(weights), bias)
    return replace(found, separable=True, weights=short[0], bias=short[1], widest=best)
