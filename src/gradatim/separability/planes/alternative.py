"""From a guess in floats to a proof in integers, by the shortest way that holds.

Conventions: see `gradatim.separability.planes.rows`. First two equal rows of different classes are
looked for, then floats are asked; what they say is solved for exactly, and only if that does not
hold the exact search begins, from where they ended.
"""

from __future__ import annotations

from fractions import Fraction

import numpy as np

from gradatim._progress import Progress, silent
from gradatim.separability.planes.gordan import Alternative, combination, decide
from gradatim.separability.planes.initial_guess import guess
from gradatim.separability.planes.rows import ExactRows


def alternative(rows: ExactRows, signs: np.ndarray, progress: Progress = silent) -> Alternative:
    """Find a plane that separates the rows strictly, or rows with weights that forbid one.

    `signs` (n_samples,).
    """
    twins = _twins(rows, signs)
    if twins is not None:
        return Alternative(None, twins, [Fraction(1, 2)] * 2)
    progress(None, "looking for a hyperplane")
    guessed = guess(rows.about, signs)
    if guessed.plane is not None:
        plane = _whole(guessed.plane)
        if any(plane) and bool((rows.signs(plane) == signs).all()):
            return Alternative(plane)
    support = guessed.support.tolist()
    if guessed.plane is None and support:
        progress(None, f"solving in whole numbers for the weights of {len(support):,} rows")
        found = combination(rows, signs, support)
        if found is not None:
            return found
    progress(None, "searching in whole numbers")
    if support:
        return decide(rows, signs, support, guessed.weights.tolist())
    return decide(rows, signs, [int((signs > 0).argmax()), int((signs < 0).argmax())])


def _twins(rows: ExactRows, signs: np.ndarray) -> list[int] | None:
    """Return two equal rows of different classes, the negative one first."""
    if not len(rows.columns):
        return [int((signs < 0).argmax()), int((signs > 0).argmax())]
    about = np.ascontiguousarray(rows.about + 0.0)
    factors = np.random.default_rng(0).integers(1, 2**63, about.shape[1], dtype=np.uint64) | 1
    keys = np.zeros(len(about), dtype=np.uint64)
    for j, factor in enumerate(factors):
        keys += about[:, j].copy().view(np.uint64) * factor
    order = np.lexsort((signs, keys))
    same = keys[order[1:]] == keys[order[:-1]]
    pairs = np.flatnonzero(same & (signs[order[1:]] != signs[order[:-1]]))
    for k in pairs:
        first, second = int(order[k]), int(order[k + 1])
        if rows.integers([first]) == rows.integers([second]):
            return [first, second]
    return None


def _whole(plane: np.ndarray) -> list[int]:
    """Return a plane of floats times a power of two that makes all of it whole."""
    fractions = [Fraction(value) for value in plane.tolist()]
    scale = max(value.denominator for value in fractions)
    return [int(value * scale) for value in fractions]
