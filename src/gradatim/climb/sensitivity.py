"""What the score of the verdict's rung depends on: single inputs, and the size of the training set.

Conventions: scores are the protocol's metric on held-out rows; in JSON what is undefined is None.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class FeatureDrop:
    """How much worse the verdict's rung scores without what one feature, or several, say.

    Parameters
    ----------
    name : str
        Name of the feature, or of what several features have in common.
    n_features : int
        Columns that were shuffled together.
    drop : float
        How much worse the score is, in the metric; below 0 where shuffling does no harm.
    interval : tuple of float
        95 % interval of the drop, by a jackknife over groups (or samples).
    """

    name: str
    n_features: int
    drop: float
    interval: tuple[float, float]


@dataclass(frozen=True)
class Importance:
    """Which inputs the verdict's rung goes by: permutation importance on held-out folds.

    The values of a feature are shuffled among the held-out rows of each fold, and the fold's
    model, which has not seen these rows, is asked again. What other features say too is not missed.

    Parameters
    ----------
    score : float
        Score of the same models with nothing shuffled: that of the first repeat.
    n_shuffles : int
        Times that each was shuffled; scores are averaged over them.
    features : sequence of FeatureDrop
        Feature by feature, in the order of the input; empty where there are too many.
    groups : sequence of FeatureDrop
        Features whose names begin alike together, or neighboring ones; empty where there are few.
    """

    score: float
    n_shuffles: int
    features: Sequence[FeatureDrop] = ()
    groups: Sequence[FeatureDrop] = ()

    def to_dict(self) -> dict[str, Any]:
        """Return everything as a JSON object."""

        def drops(found: Sequence[FeatureDrop]) -> list[dict[str, Any]]:
            return [
                {
                    "name": one.name,
                    "n_features": one.n_features,
                    "drop": json_number(one.drop),
                    "interval": [json_number(end) for end in one.interval],
                }
                for one in found
            ]

        return {
            "score": json_number(self.score),
            "n_shuffles": self.n_shuffles,
            "features": drops(self.features),
            "groups": drops(self.groups),
        }


@dataclass(frozen=True)
class TrainingSize:
    """The score of the verdict's rung when it learns from part of the training rows.

    Parameters
    ----------
    n_samples : float
        Rows that a fold learns from, averaged over the folds of the first repeat.
    n_groups : float, optional
        Groups that these are of, averaged likewise; None without groups.
    mean : float
        Score on the held-out rows, which are the same for every size.
    interval : tuple of float
        95 % interval of the score.
    gain : float
        How much better it is than with the size before; NaN for the smallest.
    gain_interval : tuple of float
        95 % interval of the gain.
    """

    n_samples: float
    n_groups: float | None
    mean: float
    interval: tuple[float, float]
    gain: float
    gain_interval: tuple[float, float]

    def to_dict(self) -> dict[str, Any]:
        """Return everything as a JSON object."""
        pairs = {"interval": self.interval, "gain_interval": self.gain_interval}
        numbers = {"mean": json_number(self.mean), "gain": json_number(self.gain)}
        ends = {name: [json_number(end) for end in pair] for name, pair in pairs.items()}
        return {"n_samples": self.n_samples, "n_groups": self.n_groups, **numbers, **ends}


def json_number(value: float) -> float | None:
    """Write what is undefined as None: JSON has no NaN."""
    return float(value) if math.isfinite(value) else None
