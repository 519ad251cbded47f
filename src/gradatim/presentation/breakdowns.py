"""What a score is made of: the winner's scores class by class and group by group.

Conventions: rows of tables, written as they are shown; long tables keep their hardest rows and say
how many there are in all. Of a fixed split, all of it is of the scored part.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from gradatim.climb.result import Climb
from gradatim.climb.task import Units
from gradatim.collection import Collection
from gradatim.evaluation.metrics import METRICS, Truth
from gradatim.evaluation.shares import Share, class_scores
from gradatim.presentation.climbs import capitalized, score, score_range

_MOST_CLASSES = 40
_MOST_GROUPS = 12


def class_table(climb: Climb) -> dict[str, Any] | None:
    """Return recall, precision and F1 of each class or label; None where there are no classes."""
    collection = climb.scored
    if collection.task == "regression":
        return None
    # What is said of the scored samples may be a class that none of them has.
    truth = Truth(collection.task, np.asarray(collection.y), climb.collection.classes)
    units = Units.of(collection.groups, collection.n_samples)
    found = class_scores(truth, np.asarray(climb.winner.predictions), units.codes)
    names = [str(name) for name in climb.collection.classes]
    if collection.task == "multilabel":
        names = list(collection.target_names) or [f"label {k + 1}" for k in range(len(found))]
    hardest = np.argsort([np.nan_to_num(one.f1.value, nan=2.0) for one in found], kind="stable")
    shown = sorted(hardest[:_MOST_CLASSES].tolist())
    return {
        "rows": [
            {
                "name": names[c],
                "samples": f"{found[c].n_rows:,}",
                "groups": f"{found[c].n_units:,}" if units.grouped else "",
                "recall": _written(found[c].recall),
                "precision": _written(found[c].precision),
                "f1": _written(found[c].f1),
            }
            for c in shown
        ],
        "n_rows": len(found),
        "grouped": units.grouped,
    }


def _written(share: Share) -> tuple[str, str]:
    """Write a share and its interval."""
    return score(share.value), score_range(share.interval)


def _are_whole(collection: Collection) -> bool:
    """Tell whether no group was learnt from and scored; a published split may part them."""
    groups, parts = collection.groups, collection.parts
    if groups is None or parts is None:
        return True
    scored = parts == "test"
    return not np.isin(groups[scored], groups[~scored]).any()


def group_table(climb: Climb) -> dict[str, Any] | None:
    """Return the groups that are harder than half of them, the hardest first; None if none is."""
    scores, groups = climb.winner.group_scores, climb.scored.groups
    if scores is None or groups is None:
        return None
    units = Units.of(groups, len(groups))
    sign = METRICS[climb.protocol.metric].sign
    defined = np.flatnonzero(np.isfinite(scores))
    if not len(defined):
        return None
    values, median = np.asarray(scores, dtype=float), float(np.median(scores[defined]))
    order = defined[np.argsort(sign * values[defined], kind="stable")]
    # Where most groups are all right, the others are those that are hard.
    hard = order[sign * values[order] < sign * median]
    if not len(hard):
        return None
    return {
        "rows": [
            {
                "name": units.names[g],
                "samples": f"{units.sizes[g]:,}",
                "score": score(float(values[g])),
            }
            for g in hard[:_MOST_GROUPS].tolist()
        ],
        "n_rows": len(order),
        "n_undefined": len(scores) - len(order),
        "metric": capitalized(METRICS[climb.protocol.metric].title),
        "median": score(median),
        "whole": _are_whole(climb.collection),
    }
