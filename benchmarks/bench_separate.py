"""Time what ``gradatim.separate`` takes as rows and features grow, with its certificates.

    python benchmarks/bench_separate.py [--all]

Four kinds of normal points: *wide*, labeled by a plane with a gap of a fiftieth of the spread on
either side; *narrow*, by a plane without a gap; *one flipped*, narrow with one label changed, which
may or may not be separable; *random* labels.
Seconds of processor time on one thread: to decide and collect the evidence, and to verify it.
"""

import argparse
import time

import numpy as np
from threadpoolctl import threadpool_limits

from gradatim.separability import separate

SIZES = [(1_000, 2), (1_000, 10), (10_000, 10), (10_000, 50), (100_000, 50), (2_000, 200)]
LARGE = [(3_000, 500), (100_000, 200), (3_000, 1_000), (100_000, 1_000)]


def table(kind, n_rows, n_columns, seed=0):
    rng = np.random.default_rng(seed)
    X, w = rng.normal(size=(n_rows, n_columns)), rng.normal(size=n_columns)
    scores = X @ (w / np.linalg.norm(w))
    if kind == "wide":
        X += np.outer(np.sign(scores) * 0.02, w / np.linalg.norm(w))
    y = (scores > 0).astype(int)
    if kind == "random":
        y = rng.integers(0, 2, size=n_rows)
    if kind == "one flipped":
        y[rng.integers(n_rows)] ^= 1
    return X, y


def seconds(function):
    start = time.process_time()
    result = function()
    return result, time.process_time() - start


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--all", action="store_true", help="the largest sizes too (minutes)")
    sizes = SIZES + (LARGE if parser.parse_args().all else [])
    separate(*table("wide", 10, 2))  # imports are not timed
    print("| rows | columns | kind | decide (s) | verify (s) | evidence |")
    print("|-----:|--------:|------|-----------:|-----------:|----------|")
    with threadpool_limits(1):
        for n_rows, n_columns in sizes:
            for kind in ("wide", "narrow", "one flipped", "random"):
                X, y = table(kind, n_rows, n_columns)
                found, deciding = seconds(lambda X=X, y=y: separate(X, y))
                proved, verifying = seconds(found.verify)
                print(
                    f"| {n_rows:,} | {n_columns} | {kind} | {deciding:.2f} | {verifying:.2f} | "
                    f"{evidence(found)}{'' if proved else ', NOT PROVED'} |",
                    flush=True,
                )


def evidence(found):
    if found.separable is None:
        return "undecided"
    if not found.separable:
        return f"{found.witness.n_points} points"
    low, high = found.widest.bounds
    gap = "exact" if found.widest.is_exact else f"within {(high - low) / high:.1g}"
    return f"margin {found.margin:.3g}, {gap}"


if __name__ == "__main__":
    main()
