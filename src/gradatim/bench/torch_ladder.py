"""The climb's rungs of networks in PyTorch: the same recipe, a network at a time.

Conventions: settings are those that the climb trains (`gradatim.training.NetworkSpec`), inputs are
scaled as there; the networks are spread over joblib's worker processes.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

import numpy as np
from joblib import delayed

from gradatim.bench.peer_rung import PeerRung, count_epochs, spec_of
from gradatim.bench.peers import run_parallel
from gradatim.bench.torch_nets import TorchNet
from gradatim.climb.problem import Problem
from gradatim.climb.rungs import Family
from gradatim.climb.rungs.networks import BATCH_SIZE, MEMBERS
from gradatim.scalers import fit_scaler
from gradatim.training import NetworkSpec

__all__ = ["climb_rung_with_torch"]


def climb_rung_with_torch(problem: Problem, family: Family, input: str) -> PeerRung:
    """Choose and score one rung of networks on one input.

    Parameters
    ----------
    problem : Problem
        Rows, classes and folds.
    family : Family
        The rung, for its candidates.
    input : str
        Which input.

    Returns
    -------
    PeerRung
        Time, scores, and the work done.
    """
    start = time.perf_counter()
    folds = problem.folds
    candidates = list(family.candidates(problem, input))
    plan = [
        (r, pair, candidate)
        for r in range(folds.repeats)
        for pair in folds.pairs(family.thorough)
        for candidate in (candidates if len(candidates) > 1 else [])
    ]
    judged = [
        ([spec_of(problem, c, 0, False)], folds.rows_without(r, *pair), folds.rows(r, *pair))
        for r, pair, c in plan
    ]
    chosen = [0] * len(folds.outer)
    if plan:
        outputs = _fit_all(problem, input, judged)
        chosen = _choose(problem, plan, outputs, len(candidates))
    scored = [
        (
            [spec_of(problem, candidates[c], member, True) for member in range(MEMBERS)],
            folds.rows_without(r, k),
            folds.rows(r, k),
        )
        for (r, k), c in zip(folds.outer, chosen, strict=True)
    ]
    codes = _codes(problem)
    scores = [
        float(np.mean(out.argmax(axis=1) == codes[test]))
        for (_, _, test), out in zip(scored, _fit_all(problem, input, scored), strict=True)
    ]
    return PeerRung(
        rung=family.name,
        input=input,
        seconds=time.perf_counter() - start,
        scores=tuple(scores),
        choosing=len(plan),
        training=MEMBERS * len(scored),
        epochs=count_epochs(problem, candidates, chosen, len(plan)),
    )


def _fit_all(
    problem: Problem,
    input: str,
    fits: Sequence[tuple[Sequence[NetworkSpec], np.ndarray, np.ndarray]],
) -> list[np.ndarray]:
    X, codes = problem.collection.X[input], _codes(problem)
    return run_parallel(
        delayed(_fit)([asdict(spec) for spec in specs], X, codes, train, test)
        for specs, train, test in fits
    )


def _choose(
    problem: Problem, plan: Sequence[tuple], outputs: Sequence[np.ndarray], n_candidates: int
) -> list[int]:
    folds, codes = problem.folds, _codes(problem)
    total = np.zeros((folds.repeats, folds.folds, n_candidates))
    count = np.zeros((folds.repeats, folds.folds, n_candidates))
    for i, ((r, pair, _), out) in enumerate(zip(plan, outputs, strict=True)):
        rows = folds.rows(r, *pair)
        right = out.argmax(axis=1) == codes[rows]
        for outer, judge in (pair, pair[::-1]):
            total[r, outer, i % n_candidates] += right[folds.fold_of[r, rows] == judge].mean()
            count[r, outer, i % n_candidates] += 1
    return [int(np.argmax(total[r, k] / count[r, k])) for r, k in folds.outer]


def _codes(problem: Problem) -> np.ndarray:
    return np.unique(problem.collection.y, return_inverse=True)[1]


def _fit(
    settings: Sequence[dict[str, Any]],
    X: np.ndarray,
    codes: np.ndarray,
    train: np.ndarray,
    test: np.ndarray,
) -> np.ndarray:
    """Train members on robustly scaled rows and average their probabilities."""
    scaler = fit_scaler(X[train], "robust")
    rows, judged = scaler.transform(X[train]), scaler.transform(X[test])
    known = set(TorchNet.__dataclass_fields__) - {"module"}
    found = []
    for setting in settings:
        net = TorchNet(**{name: value for name, value in setting.items() if name in known})
        net.fit(rows, codes[train], int(codes.max()) + 1, setting["max_epochs"], BATCH_SIZE)
        found.append(net.predict_proba(judged))
    return np.mean(found, axis=0)
