"""What a climb is going to hold, rung by rung, against the memory that there is.

Conventions: bytes, as in `gradatim.training.memory`, which looks after the networks themselves.
Rungs run one after the other, so the largest counts; threads of a rung run side by side. What
rungs leave behind (predictions, probabilities, models of folds) counts for all of them.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from gradatim.climb.task import ClimbTask
from gradatim.errors import NotEnoughMemoryError
from gradatim.models.families.base import Family
from gradatim.training.memory import OVERHEAD, available_memory

#: What models of folds, kept until the verdict is known, take at most in all.
FOLD_MODEL_BYTES = 100_000_000

# Numbers of the averaged networks of a fold, their input layers apart
_NETWORKS = 400_000


def rung_bytes(task: ClimbTask, family: Family, input: str) -> int:
    """Estimate what a rung holds besides its networks."""
    return OVERHEAD + family.bytes(task, input, task.plan(family))


def kept_bytes(task: ClimbTask, plan: Sequence[tuple[Family, str]]) -> int:
    """Estimate what all rungs leave behind until the climb ends."""
    folds, targets, y = task.folds, task.targets, np.asarray(task.collection.y)
    n_said = folds.repeats * len(folds.scored)
    each = y.itemsize * (y.size // len(y))
    if task.task != "regression" or task.keeps_outputs:
        # Probabilities, or what else orders rows, in double precision
        each += 8 * targets.n_outputs
    n_numbers = 0
    for family, input in plan:
        if family.needs_input:
            # Support vectors or weights, at most as many numbers as the input has; or networks.
            n_numbers += task.collection.X[input].size + _NETWORKS
    models = min(FOLD_MODEL_BYTES, 8 * folds.folds * n_numbers)
    return n_said * each * len(plan) + models


def require_climb_memory(task: ClimbTask, plan: Sequence[tuple[Family, str]]) -> None:
    """Refuse a climb whose largest rung would not fit into memory."""
    available = available_memory()
    kept = kept_bytes(task, plan)
    needs = [(kept + rung_bytes(task, family, input), family, input) for family, input in plan]
    need, family, input = max(needs, key=lambda needed: needed[0])
    if available is None or need <= available:
        return
    fewer = "fewer --jobs" if task.n_jobs > 1 and family.name == "kernel" else "fewer rows"
    raise NotEnoughMemoryError(
        f"this needs {need / 1e9:.2g} GB for the {family.name} rung on {input}; you have "
        f"{available / 1e9:.2g} GB: use {fewer}, or --rungs without it"
    )
