"""What a climb is going to hold, rung by rung, against the memory that there is.

Conventions: bytes, as in `gradatim.training.memory`, which looks after the networks themselves.
Rungs run one after the other, so the dearest counts; threads of a rung run side by side. What is
scaled passes through float64.
"""

from __future__ import annotations

from collections.abc import Sequence

from gradatim.climb.problem import Problem
from gradatim.errors import NotEnoughMemoryError
from gradatim.training.memory import OVERHEAD, available_memory

__all__ = ["require_climb_memory", "rung_bytes"]

#: Bytes an entry of an input while it is scaled: float64 copies and temporaries.
_SCALING = 32

#: What scikit-learn's kernel machines may keep of a kernel, at most.
_KERNEL_CACHE = 500_000_000


def rung_bytes(problem: Problem, rung: str, input: str) -> int:
    """Estimate what a rung holds besides its networks."""
    if not input:
        return OVERHEAD
    n, d = problem.collection.X[input].shape
    folds = problem.folds
    n_train = n * (folds.folds - 1) // folds.folds
    n_splits = folds.repeats * folds.folds
    scaled = 4 * n * d
    if rung in ("linear", "perceptron"):
        axes = 8 * n_splits * d * min(n_train, d) if rung == "linear" else 0
        factorization = 24 * min(n_train, d) ** 2 if rung == "linear" else 0
        return OVERHEAD + axes + problem.n_jobs * (_SCALING * n * d + scaled + factorization)
    if rung == "kernel":
        products = 8 * n_train * n + 16 * n * d
        # The kernel, a temporary on the way to it, and what the solver caches of it.
        machine = 16 * n_train * n + min(_KERNEL_CACHE, 4 * n_train**2)
        return OVERHEAD + problem.n_jobs * (products + machine) + scaled
    # Every split is scaled by itself, and all of them are trained at once.
    return OVERHEAD + n_splits * 2 * scaled + _SCALING * n * d


def require_climb_memory(problem: Problem, plan: Sequence[tuple[str, str]]) -> None:
    """Refuse a climb whose dearest rung would not fit into memory."""
    available = available_memory()
    needs = {row: rung_bytes(problem, *row) for row in plan}
    dearest = max(needs, key=lambda row: needs[row])
    if available is None or needs[dearest] <= available:
        return
    rung, input = dearest
    fewer = "fewer --jobs" if problem.n_jobs > 1 and rung == "kernel" else "fewer rows"
    raise NotEnoughMemoryError(
        f"this needs {needs[dearest] / 1e9:.2g} GB for the {rung} rung on {input}; you have "
        f"{available / 1e9:.2g} GB: use {fewer}, or --rungs without it"
    )
