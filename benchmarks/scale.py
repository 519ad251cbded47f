"""``ten-thousand``: ten thousand networks with five folds as row weights, and what they cost.

Conventions: network i has a shape and rate of ``w1``, and weight 0 on the rows of fold i mod 5; the
weights are one float32 array of shape (n_networks, n_samples). Memory is the largest resident size
of a process that trains nothing else, measured at a quarter, a half and all of the networks. The
time left is told from the share that ``fit_many`` reports: elapsed x (1 - share) / share.
"""

from __future__ import annotations

import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.fresh import Fresh, call_fresh
from benchmarks.machine import peak_memory
from benchmarks.result import Options, Report, Result, Table
from benchmarks.timing import Timing, alternate
from benchmarks.workloads import WORKLOADS, Workload, make_data

__all__ = ["Trace", "errors_of_time_left", "fold_weights", "measure", "train", "train_alone"]

N_NETWORKS = 10_000
FOLDS = 5
EPOCHS = 20

#: Shares of the work at which the time left is compared with what really remained.
SHARES = (0.1, 0.25, 0.5)

#: Largest relative error of the time left, and of memory against a straight line.
TOLERANCE = 0.2

#: (seconds since the call began, finished share), as they were told.
Trace = list[tuple[float, float]]


def measure(options: Options, report: Report) -> Result:
    """Measure time, memory, and the error of the time left.

    Parameters
    ----------
    options : Options
        How to measure.
    report : callable
        Hears how far it is.

    Returns
    -------
    Result
        Networks per second, bytes per network, and errors.
    """
    n, quick = (24, True) if options.quick else (N_NETWORKS, False)
    counts = (n // 4, n // 2, n)
    memory = _memory(counts, quick, options.seed, lambda f, doing: report(0.4 * f, doing))
    report(0.4, "compiling")
    train(n, quick, options.seed, epochs=1)
    runs: list[dict[str, Any]] = []
    timing = alternate(
        {"gradatim": lambda: runs.append(train(n, quick, options.seed))},
        options.rounds,
        lambda f, doing: report(0.5 + 0.5 * f, doing),
    )["gradatim"]
    return _result(counts, _workload(quick), memory, timing, runs)


def fold_weights(n_networks: int, n_samples: int, seed: int) -> np.ndarray:
    """Return row weights that leave fold i mod 5 out of network i.

    Parameters
    ----------
    n_networks, n_samples : int
        Size.
    seed : int
        Seed of the folds.

    Returns
    -------
    array of shape (n_networks, n_samples)
        float32, 0 where a row is held out and 1 elsewhere.

    Examples
    --------
    >>> fold_weights(5, 10, seed=0).sum(axis=0)
    array([4., 4., 4., 4., 4., 4., 4., 4., 4., 4.], dtype=float32)
    """
    fold = np.random.default_rng(seed).permutation(np.arange(n_samples) % FOLDS)
    mine = np.arange(n_networks) % FOLDS
    return (fold[None, :] != mine[:, None]).astype(np.float32)


def train(n_networks: int, quick: bool, seed: int, epochs: int = EPOCHS) -> dict[str, Any]:
    """Train the first networks of the bench.

    Parameters
    ----------
    n_networks : int
        How many.
    quick : bool
        Whether to train the small form.
    seed : int
        Seed of data and folds.
    epochs : int, default 20
        Length of the training.

    Returns
    -------
    dict
        ``epochs`` that every network was trained, ``seconds``, and ``trace``: the pairs of
        seconds and share that the callback heard.
    """
    from gradatim.training import NetworkSpec, fit_many

    work = _workload(quick)
    X, y = make_data(work.n_samples, work.n_features, work.n_classes, seed)
    specs = []
    for i in range(n_networks):
        setting = i // FOLDS  # five networks in a row are the folds of one setting
        shape = work.shapes[setting % len(work.shapes)]
        copy = setting // len(work.shapes)
        rate = work.rates[copy % len(work.rates)]
        specs.append(NetworkSpec(shape, work.activation, learning_rate=rate, seed=copy))
    weight = fold_weights(n_networks, work.n_samples, seed)
    trace: Trace = []
    start = time.perf_counter()
    results = fit_many(
        specs,
        X,
        y,
        max_epochs=epochs,
        batch_size=work.batch_size,
        sample_weight=weight,
        progress=lambda share, _doing: trace.append((time.perf_counter() - start, share)),
    )
    seconds = time.perf_counter() - start
    return {"epochs": [r.n_epochs for r in results], "seconds": seconds, "trace": trace}


def train_alone(n_networks: int, quick: bool, seed: int) -> dict[str, Any]:
    """Train in a process of its own; also tell its size before any network was there.

    Parameters
    ----------
    n_networks : int
        How many.
    quick : bool
        Whether to train the small form.
    seed : int
        Seed of data and folds.

    Returns
    -------
    dict
        ``seconds``, and ``before_bytes``, the peak before: the engine loaded and compiled.
    """
    work = _workload(quick)
    train(len(work.shapes) * FOLDS, quick, seed, epochs=1)
    before = peak_memory()
    return {"seconds": train(n_networks, quick, seed)["seconds"], "before_bytes": before}


def errors_of_time_left(trace: Sequence[tuple[float, float]], seconds: float) -> dict[str, float]:
    """Compare the time left, as told on the way, with what really remained.

    Parameters
    ----------
    trace : sequence of (float, float)
        Seconds since the start, and the finished share.
    seconds : float
        When it was over.

    Returns
    -------
    dict of str to float
        At each of `SHARES` that was reported before the end, the relative error; 0.1 is
        10 % too much.

    Examples
    --------
    After 2 s a half was said to be done, so 2 s were left to go; it took 4 s more:

    >>> errors_of_time_left([(2.0, 0.5), (6.0, 1.0)], 6.0)
    {'0.5': -0.5}
    """
    found = {}
    for wanted in SHARES:
        heard = [(at, share) for at, share in trace if share >= wanted]
        if not heard or heard[0][1] >= wanted + 0.1 or heard[0][0] >= seconds:
            continue
        at, share = heard[0]
        found[f"{wanted:g}"] = at * (1 - share) / share / (seconds - at) - 1
    return found


def _workload(quick: bool) -> Workload:
    return WORKLOADS["w1"].small() if quick else WORKLOADS["w1"]


def _memory(counts: Sequence[int], quick: bool, seed: int, report: Report) -> list[dict]:
    found = []
    with tempfile.TemporaryDirectory(prefix="gradatim-bench-") as cache:
        for i, n in enumerate(counts):
            report(i / len(counts), f"memory of {n:,} networks, in a process of its own")
            arguments = {"n_networks": n, "quick": quick, "seed": seed}
            run = call_fresh("benchmarks.scale:train_alone", arguments, Path(cache))
            found.append(_size(n, run))
    return found


def _size(n_networks: int, run: Fresh) -> dict[str, Any]:
    before, peak = run.value["before_bytes"], run.peak_bytes
    return {
        "networks": n_networks,
        "peak_bytes": peak,
        "grown_bytes": None if before is None or peak is None else peak - before,
        "seconds": run.value["seconds"],
    }


def _straight_line(memory: Sequence[dict]) -> dict[str, float] | None:
    """Fit what the networks take by a line; tell the slope and the largest residual.

    Without what each process took before: only the first one had to compile.
    """
    if any(entry["grown_bytes"] is None for entry in memory):
        return None
    n = np.array([entry["networks"] for entry in memory], dtype=float)
    grown = np.array([entry["grown_bytes"] for entry in memory], dtype=float)
    slope, base = np.polyfit(n, grown, 1)
    residual = np.abs(base + slope * n - grown).max() / np.ptp(grown) if np.ptp(grown) else 0.0
    return {"bytes_a_network": slope, "base_bytes": base, "residual": float(residual)}


def _state_bytes(work: Workload) -> float:
    """Bytes of parameters and Adam's two moments in float32, a network in the mean."""
    return 3 * 4 * float(np.mean([work.n_parameters(shape) for shape in work.shapes]))


def _worst_errors(runs: Sequence[dict[str, Any]]) -> dict[str, float]:
    """Take the worst error of the time left over the rounds, at each share of the work."""
    found: dict[str, float] = {}
    for run in runs:
        for share, error in errors_of_time_left(run["trace"], run["seconds"]).items():
            found[share] = max(found.get(share, 0.0), error, key=abs)
    return found


def _result(
    counts: Sequence[int],
    work: Workload,
    memory: list[dict],
    timing: Timing,
    runs: Sequence[dict[str, Any]],
) -> Result:
    epochs = {n for run in runs for n in run["epochs"]}
    if epochs != {EPOCHS}:
        raise RuntimeError(f"networks trained {sorted(epochs)} epochs, not {EPOCHS}")
    n, line = counts[-1], _straight_line(memory)
    errors = _worst_errors(runs)
    worst = max((abs(e) for e in errors.values()), default=None)
    linear = line is None or line["residual"] <= TOLERANCE
    input_bytes = 4 * work.n_samples
    return Result(
        name="ten-thousand",
        headline=f"{n:,} networks in {timing.median:.3g} s ({n / timing.median:,.0f} a second), "
        f"{_kib(line['bytes_a_network'] if line else None)} a network",
        target="memory linear in networks, time left within 20 %",
        met=linear and worst is not None and worst <= TOLERANCE,
        tables=(_memory_table(memory), _error_table(errors)),
        notes=(
            f"{n:,} networks of w1's {len(work.shapes)} shapes and {len(work.rates)} rates, "
            f"{FOLDS} folds as row weights, {work.n_samples:,} rows, {EPOCHS} epochs; median of "
            f"{len(timing.seconds)} rounds after one that compiled",
            f"a network's parameters and Adam's moments are {_state_bytes(work):,.0f} bytes in the "
            f"mean, its row weights {input_bytes:,} bytes more, which the caller brings; the "
            "rest of the slope is results and copies",
        ),
        data={
            "networks": n,
            "folds": FOLDS,
            "epochs": EPOCHS,
            "ours": {
                "name": "gradatim",
                "seconds": list(timing.seconds),
                "median": timing.median,
                "networks_a_second": n / timing.median,
            },
            "memory": memory,
            "memory_line": line,
            "state_bytes_a_network": _state_bytes(work),
            "input_bytes_a_network": input_bytes,
            "time_left_errors": errors,
        },
    )


def _kib(n_bytes: float | None) -> str:
    return "unknown memory" if n_bytes is None else f"{n_bytes / 1024:.1f} KiB"


def _memory_table(memory: Sequence[dict]) -> Table:
    def mib(value: int | None) -> str:
        return "unknown" if value is None else f"{value / 2**20:,.0f}"

    rows = tuple(
        (f"{m['networks']:,}", mib(m["peak_bytes"]), mib(m["grown_bytes"]), f"{m['seconds']:.3g}")
        for m in memory
    )
    columns = ("networks", "peak memory (MiB)", "of it for the networks (MiB)", "seconds")
    return Table("Memory, each in a process of its own", columns, rows)


def _error_table(errors: dict[str, float]) -> Table:
    rows = tuple((f"{float(share):.0%}", f"{error:+.1%}") for share, error in errors.items())
    return Table("Time left, as told on the way", ("work done", "worst error"), rows)
