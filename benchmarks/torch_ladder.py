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

from benchmarks.peer_rung import PeerRung, count_epochs, specs_of
from benchmarks.peers import run_parallel
from benchmarks.torch_nets import TorchNet
from gradatim.climb.task import ClimbTask
from gradatim.models.families.base import Family
from gradatim.scalers import fit_scaler
from gradatim.training.recipes import choose_batch_size

__all__ = ["climb_rung_with_torch"]


def climb_rung_with_torch(problem: ClimbTask, family: Family, input: str) -> PeerRung:
    """Score one rung of networks on one input.

    Parameters
    ----------
    problem : ClimbTask
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
    members = specs_of(problem, family)
    outer = [
        (problem.folds.rows_without(*fold), problem.folds.rows(*fold))
        for fold in problem.folds.outer
    ]
    X, codes = problem.collection.X[input], _codes(problem)
    settings = [asdict(spec) for spec in members]
    batch_size = choose_batch_size(len(X))
    outputs = run_parallel(delayed(_fit)(settings, X, codes, *rows, batch_size) for rows in outer)
    scores = [
        float(np.mean(out.argmax(axis=1) == codes[test]))
        for (_, test), out in zip(outer, outputs, strict=True)
    ]
    return PeerRung(
        rung=family.name,
        input=input,
        seconds=time.perf_counter() - start,
        scores=tuple(scores),
        choosing=0,
        training=len(members) * len(outer),
        epochs=count_epochs(problem, family),
    )


def _codes(problem: ClimbTask) -> np.ndarray:
    return np.unique(problem.collection.y, return_inverse=True)[1]


def _fit(
    settings: Sequence[dict[str, Any]],
    X: np.ndarray,
    codes: np.ndarray,
    train: np.ndarray,
    test: np.ndarray,
    batch_size: int,
) -> np.ndarray:
    """Train members on robustly scaled rows and average their probabilities."""
    scaler = fit_scaler(X[train], "robust")
    rows, judged = scaler.transform(X[train]), scaler.transform(X[test])
    known = set(TorchNet.__dataclass_fields__) - {"module"}
    found = []
    for setting in settings:
        net = TorchNet(**{name: value for name, value in setting.items() if name in known})
        net.fit(rows, codes[train], int(codes.max()) + 1, setting["max_epochs"], batch_size)
        found.append(net.predict_proba(judged))
    return np.mean(found, axis=0)
