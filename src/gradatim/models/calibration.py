r"""Calibration: how far a model was off on rows that it had not learnt from, by group.

Conventions: a *score* says how badly a row fits what was said of it: one minus the probability of
the true class, or the absolute residual of a number. Every group weighs the same, however many
rows it has, so that what is covered is the average over groups like these. With :math:`G` groups a
new group is one of :math:`G + 1`, and where it ranks among them is unknown: the scores have
:math:`G / (G + 1)` of all weight, and infinity has the rest. That is the hierarchical rule of
[1]_ and [2]_; with one row per group it is the usual rank of split conformal prediction. It is
exact for one model and groups that it has not learnt from. Here the scores are of the models of a
climb's folds, and the model that is kept learns from all rows: docs/calibration.md has what was
measured.

References
----------
.. [1] R. Dunn, L. Wasserman, A. Ramdas, "Distribution-free prediction sets for two-layer
   hierarchical models", Journal of the American Statistical Association 118, pp. 2491-2502, 2023.
.. [2] Y. Lee, R. F. Barber, R. Willett, "Distribution-free inference with hierarchical data",
   arXiv:2306.06342, 2023.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from gradatim.errors import InputError, SpecError
from gradatim.persistence.container import Tensors

#: Scores that a model keeps; of more, runs of neighbors become their largest.
MOST_SCORES = 2**15

#: Rounding of weights and of a coverage that was typed in decimals.
_ROUNDING = 1e-9

_KIND = "scores by group"


@dataclass(frozen=True, eq=False, repr=False)
class Calibration:
    """Scores of rows that were held out, with weights that make groups equal."""

    n_groups: int  # Groups, or rows where there are none; each weighs 1
    scores: np.ndarray  # (n_scores, n_columns), ascending: one column, or one per target
    weights: np.ndarray  # (n_scores, n_columns): share of its group that a score stands for
    grouped: bool = True  # Whether rows had groups

    @property
    def highest(self) -> float:
        """The largest coverage that so few groups can promise."""
        return 1.0 - 1.0 / self.n_groups

    def promises(self, coverage: float) -> bool:
        """Whether there are at least ``1 / (1 - coverage)`` groups."""
        return coverage <= self.highest + _ROUNDING

    def thresholds(self, coverage: float) -> np.ndarray:
        """Return the score below which a new group's rows are in `coverage` of all cases.

        It is (n_columns,), and infinite where there are fewer than
        ``coverage / (1 - coverage)`` groups.
        """
        if not 0 < coverage < 1:
            raise SpecError(f"a coverage is a share between 0 and 1, not {coverage:g}")
        needed = (self.n_groups + 1) * coverage - _ROUNDING * (self.n_groups + 1)
        reached = np.cumsum(self.weights, axis=0)
        place = (reached < needed).sum(axis=0)
        padded = np.vstack([self.scores, np.full((1, self.scores.shape[1]), np.inf)])
        return np.take_along_axis(padded, place[None], axis=0)[0]

    def to_record(self) -> tuple[dict[str, Any], dict[str, np.ndarray]]:
        """Write it out as plain values and named arrays."""
        record = {"kind": _KIND, "n_groups": self.n_groups, "grouped": self.grouped}
        return record, {"calibration.scores": self.scores, "calibration.weights": self.weights}


def calibrate(scores: np.ndarray, groups: np.ndarray, *, grouped: bool = True) -> Calibration:
    """Keep scores (repeats, n_rows, n_columns) of rows with the groups `groups` (n_rows,)."""
    _, codes, sizes = np.unique(groups, return_inverse=True, return_counts=True)
    repeats, n_rows, n_columns = scores.shape
    weight = np.tile(1.0 / (repeats * sizes[codes]), repeats)
    columns = scores.reshape(repeats * n_rows, n_columns)
    order = np.argsort(columns, axis=0, kind="stable")
    ordered, weights = np.take_along_axis(columns, order, axis=0), weight[order]
    if len(ordered) > MOST_SCORES:
        # The largest stands for its run: a threshold may only become more careful.
        ends = np.linspace(0, len(ordered), MOST_SCORES + 1).astype(int)
        weights = np.add.reduceat(weights, ends[:-1], axis=0)
        ordered = ordered[ends[1:] - 1]
    return Calibration(len(sizes), ordered.astype(np.float64), weights, grouped)


def calibration_from_record(record: Any, tensors: Tensors, n_columns: int) -> Calibration | None:
    """Read what `Calibration.to_record` wrote; another kind is ignored."""
    if not isinstance(record, Mapping) or record.get("kind") != _KIND:
        return None
    n_groups, grouped = record["n_groups"], record["grouped"]
    if type(n_groups) is not int or n_groups < 1 or type(grouped) is not bool:
        raise InputError("the calibration has no number of groups")
    scores = tensors.get("calibration.scores", (None, n_columns), finite=True)
    weights = tensors.get("calibration.weights", scores.shape, finite=True)
    if (np.diff(scores, axis=0) < 0).any():
        raise InputError("the scores of the calibration do not ascend")
    if (weights <= 0).any() or not np.allclose(weights.sum(axis=0), n_groups):
        raise InputError(f"the weights of the calibration are not those of {n_groups} groups")
    return Calibration(n_groups, scores, weights, grouped)
