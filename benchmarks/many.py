"""``w1``, ``w2``, ``w3``: many networks at once against a network at a time on every core.

Conventions: both sides train the same shapes, rates, rows, epochs and minibatch sizes, with Adam
and without early stopping, and are checked to have done so. A peer may train a share of the
networks, the same of each shape; its time is then multiplied. scikit-learn is given float64 and
float32 inputs; the quicker one is the peer.
"""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.fresh import call_fresh
from benchmarks.machine import n_cores
from benchmarks.peers import Fit, Trained, fit_scikit_learn, fit_torch, has_torch, train_all
from benchmarks.result import Options, Report, Result, Table
from benchmarks.timing import Timing, alternate, seconds_of, spread
from benchmarks.workloads import WORKLOADS, Net, Workload, make_data

__all__ = ["first_calls", "measure", "train_ours"]

#: Share of the rounds' time in the bench: before them come calls in fresh processes.
_BEFORE = 0.3


def measure(name: str, options: Options, report: Report) -> Result:
    """Measure one workload.

    Parameters
    ----------
    name : str
        ``w1``, ``w2`` or ``w3``.
    options : Options
        How to measure.
    report : callable
        Hears how far it is.

    Returns
    -------
    Result
        Ratio, times of each side, and first calls.
    """
    work = _workload(name, options.quick)
    report(0.0, "first calls in fresh processes")
    calls = _fresh_calls(name, options)
    report(_BEFORE / 2, "compiling and starting worker processes")
    X, y = make_data(work.n_samples, work.n_features, work.n_classes, options.seed)
    contestants, shares = _contestants(work, X, y)
    _warm_up(work, X, y, list(shares))
    timings = alternate(
        contestants,
        options.rounds,
        lambda share, doing: report(_BEFORE + (1 - _BEFORE) * share, doing),
    )
    for timing in timings.values():
        _check_work(timing.value, work)
    return _result(work, timings, shares, calls)


def train_ours(work: Workload, X: np.ndarray, y: np.ndarray) -> list[Trained]:
    """Train all networks of a workload with `gradatim.fit_many`.

    Parameters
    ----------
    work : Workload
        Networks.
    X : array of shape (n_samples, n_features)
        Inputs.
    y : array of shape (n_samples,)
        Classes.

    Returns
    -------
    list of Trained
        One a network.
    """
    from gradatim.training import NetworkSpec, fit_many

    specs = [NetworkSpec(*net[:2], learning_rate=net[2], seed=net[3]) for net in work.networks()]
    results = fit_many(specs, X, y, max_epochs=work.epochs, batch_size=work.batch_size)
    return [Trained(r.n_epochs, float(r.loss_curve[-1]), r.network.n_parameters) for r in results]


def first_calls(name: str, quick: bool, seed: int) -> list[float]:
    """Time the first and the second call of this process.

    Parameters
    ----------
    name : str
        Workload.
    quick : bool
        Whether to take its small form.
    seed : int
        Seed of the data.

    Returns
    -------
    list of float
        Seconds of the first call, which may compile, and of the second.
    """
    work = _workload(name, quick)
    X, y = make_data(work.n_samples, work.n_features, work.n_classes, seed)
    return [seconds_of(lambda: train_ours(work, X, y))[0] for _ in range(2)]


def _workload(name: str, quick: bool) -> Workload:
    return WORKLOADS[name].small() if quick else WORKLOADS[name]


def _fresh_calls(name: str, options: Options) -> dict[str, float]:
    arguments = {"name": name, "quick": options.quick, "seed": options.seed}
    with tempfile.TemporaryDirectory(prefix="gradatim-bench-") as cache:
        runs = [
            call_fresh("benchmarks.many:first_calls", arguments, Path(cache)).value
            for _ in range(2)
        ]
    return {"cold": runs[0][0], "cached": runs[1][0], "warm": runs[1][1]}


def _contestants(work: Workload, X: np.ndarray, y: np.ndarray) -> tuple[dict[str, Any], dict]:
    """Return what is timed by name, and the share of the networks that each peer trains."""
    share, one_each = work.networks(work.every), work.networks(work.copies)
    peers: dict[str, tuple[Fit, np.ndarray, list[Net]]] = {
        "scikit-learn, float64": (fit_scikit_learn, X, share),
        "scikit-learn, float32": (fit_scikit_learn, X.astype(np.float32), share),
    }
    if has_torch():
        # A loop in PyTorch takes long enough to be timed on one network of each shape.
        peers["PyTorch, float32"] = (fit_torch, X.astype(np.float32), one_each)
    calls: dict[str, Any] = {"gradatim": partial(train_ours, work, X, y)}
    for name, (fit, inputs, nets) in peers.items():
        calls[name] = partial(
            train_all, fit, inputs, y, nets, work.epochs, work.batch_size, n_cores()
        )
    return calls, dict(peers)


def _warm_up(work: Workload, X: np.ndarray, y: np.ndarray, peers: Sequence[str]) -> None:
    """Compile ours, and let the workers of the peers start and import."""
    train_ours(work, X, y)
    few = work.networks(work.copies)[: 2 * n_cores()]
    for name in peers:
        fit = fit_torch if name.startswith("PyTorch") else fit_scikit_learn
        train_all(fit, X, y, few, 1, work.batch_size, n_cores())


def _check_work(trained: Sequence[Trained], work: Workload) -> None:
    """Refuse to compare what was not the same work."""
    expected = {work.n_parameters(shape) for shape in work.shapes}
    epochs, sizes = {t.n_epochs for t in trained}, {t.n_parameters for t in trained}
    if epochs != {work.epochs} or sizes != expected:
        raise RuntimeError(
            f"{work.name} was to train {work.epochs} epochs of networks with {sorted(expected)} "
            f"parameters, but one side trained {sorted(epochs)} epochs of {sorted(sizes)}"
        )


def _result(
    work: Workload, timings: dict[str, Timing], shares: dict, calls: dict[str, float]
) -> Result:
    ours = timings["gradatim"]
    peers = [
        _peer(name, timings[name], ours, work.n_networks, len(shares[name][2])) for name in shares
    ]
    best = min(
        (p for p in peers if p["name"].startswith("scikit-learn")), key=lambda p: p["median"]
    )
    rounds = best["ratio_rounds"]
    return Result(
        name=work.name,
        headline=f"{best['ratio']:.3g} times {best['name']} ({min(rounds):.3g} to "
        f"{max(rounds):.3g} over the rounds)",
        target=f"floor {work.floor:g}, a kernel by hand {work.limit:g}",
        met=best["ratio"] >= work.floor,
        tables=(_times_table(work, ours, peers), _calls_table(calls)),
        notes=_notes(work, peers),
        data={
            "work": _facts(work),
            "ours": _ours(ours, work),
            "peers": peers,
            "peer": best["name"],
            "ratio": best["ratio"],
            "ratio_rounds": rounds,
            "floor": work.floor,
            "limit": work.limit,
            "first_call": calls,
        },
    )


def _facts(work: Workload) -> dict[str, Any]:
    return {
        "networks": work.n_networks,
        "shapes": [list(shape) for shape in work.shapes],
        "parameters": work.copies * sum(work.n_parameters(shape) for shape in work.shapes),
        "n_samples": work.n_samples,
        "n_features": work.n_features,
        "n_classes": work.n_classes,
        "activation": work.activation,
        "epochs": work.epochs,
        "batch_size": work.batch_size,
        "cores": n_cores(),
    }


def _ours(timing: Timing, work: Workload) -> dict[str, Any]:
    return {
        "name": "gradatim",
        "networks": work.n_networks,
        "epochs": timing.value[0].n_epochs,
        "seconds": list(timing.seconds),
        "median": timing.median,
        "loss": _median_loss(timing),
    }


def _peer(name: str, timing: Timing, ours: Timing, n_all: int, n_trained: int) -> dict[str, Any]:
    factor = n_all / n_trained
    return {
        "name": name,
        "networks": n_trained,
        "epochs": timing.value[0].n_epochs,
        "multiplied_by": factor,
        "measured_seconds": list(timing.seconds),
        "seconds": [factor * s for s in timing.seconds],
        "median": factor * timing.median,
        "loss": _median_loss(timing),
        **spread(timing, ours, factor),
    }


def _median_loss(timing: Timing) -> float:
    return float(np.median([trained.loss for trained in timing.value]))


def _times_table(work: Workload, ours: Timing, peers: Sequence[dict[str, Any]]) -> Table:
    rows = [
        (
            peer["name"],
            f"{peer['ratio']:.3g}",
            f"{peer['median']:.3g}",
            f"{peer['networks']:,}",
            f"{peer['multiplied_by']:.3g}",
            f"{peer['loss']:.3f}",
        )
        for peer in peers
    ]
    count = f"{work.n_networks:,}"
    rows.append(("gradatim", "1", f"{ours.median:.3g}", count, "1", f"{_median_loss(ours):.3f}"))
    title = f"{count} networks, {work.n_samples:,} rows, {work.epochs} epochs; medians"
    columns = ("", "ratio", "seconds", "trained", "multiplied by", "loss")
    return Table(title, columns, tuple(rows))


def _calls_table(calls: dict[str, float]) -> Table:
    rows = (
        ("first call ever: nothing compiled", f"{calls['cold']:.3g}"),
        ("first call of a process: compiled before", f"{calls['cached']:.3g}"),
        ("later calls", f"{calls['warm']:.3g}"),
    )
    return Table("gradatim with its compiling", ("", "seconds"), rows)


def _notes(work: Workload, peers: Sequence[dict[str, Any]]) -> tuple[str, ...]:
    shapes = f"{len(work.shapes)} shapes x {work.copies}"
    cores = n_cores()
    notes = [
        f"{shapes}, {work.n_features} features, {work.n_classes} classes, {work.activation}, "
        f"minibatches of {work.batch_size}, Adam, no penalty, no early stopping",
        f"gradatim: one call of fit_many, {cores} threads, float32",
        f"scikit-learn: MLPClassifier under joblib, {cores} processes that had started, one BLAS "
        "thread each, the costliest networks first",
    ]
    shares = [p for p in peers if p["networks"] < work.n_networks]
    if shares:
        told = "; ".join(f"{p['name']} {p['networks']} of {work.n_networks:,}" for p in shares)
        notes.append(f"a share of the networks, the same of each shape, was trained: {told}")
    if any(p["name"].startswith("PyTorch") for p in peers):
        notes.append("PyTorch: a loop over epochs and minibatches, processes as scikit-learn")
    return tuple(notes)
