"""Networks on tables whose truth is nearly linear, beside the logistic rung that they contain.

Conventions: rows are standard normal, and a class is the loudest output of a random layer with so
much noise that logistic regression is right in .57 of 2,000 rows. *alone* is the recipe as it was,
with nothing to choose; *chosen* is what the climb does. One repeat of three folds, the same for
all. Run as ``python -m benchmarks.bench_near_linear [ROWS ...]``; seconds are the processor's.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np

from benchmarks.workloads import make_data
from gradatim import climb_collection
from gradatim.collection import Collection
from gradatim.models.families import networks
from gradatim.models.families.registry import FAMILIES

__all__ = ["compare", "main", "near_linear"]

ROWS = (2_000, 4_000, 8_000, 16_000, 32_000)
SEEDS = (0, 1)
NOISE = 0.16
NETWORKS = ("shallow", "deep")


def near_linear(n_samples: int, seed: int) -> Collection:
    """Generate a table of 60 columns and 10 classes."""
    X, y = make_data(n_samples, 60, 10, seed, NOISE)
    ids = np.arange(n_samples).astype(str)
    return Collection(f"{n_samples} rows", {"table": X}, y.astype(str), "classification", ids)


class _Alone:
    """Put before a family: its first candidate, and no other."""

    def candidates(self, data: Any, input: str) -> Sequence[Any]:
        return super().candidates(data, input)[:1]  # pyright: ignore[reportAttributeAccessIssue]


class AloneShallow(_Alone, networks.Shallow):
    """The shallow rung with nothing to choose."""


class AloneDeep(_Alone, networks.Deep):
    """The deep rung with nothing to choose."""


def compare(collection: Collection, n_jobs: int | None = None) -> dict[str, float]:
    """Return the accuracy of each rung, and the seconds of both ways."""
    protocol = {"folds": 3, "repeats": 1, "n_jobs": n_jobs}
    before = {name: FAMILIES[name] for name in NETWORKS}
    found = {}
    for way, families in (("alone", (AloneShallow(), AloneDeep())), ("chosen", before.values())):
        FAMILIES.update(zip(NETWORKS, families, strict=True))
        try:
            start = time.process_time()
            climb = climb_collection(collection, rungs=["logistic", *NETWORKS], **protocol)
            found[f"seconds {way}"] = time.process_time() - start
        finally:
            FAMILIES.update(before)
        found |= {
            row.rung if row.rung == "logistic" else f"{row.rung} {way}": row.mean
            for row in climb.rungs
        }
    return found


def lines(rows: Sequence[int], seeds: Sequence[int]) -> Iterator[str]:
    """Yield the table, and the mean difference to the logistic rung."""
    names = ["logistic", *(f"{name} {way}" for name in NETWORKS for way in ("alone", "chosen"))]
    names += ["seconds alone", "seconds chosen"]
    yield "| rows | seed | " + " | ".join(names) + " |"
    yield "|---:" * (len(names) + 2) + "|"
    found = []
    for n in rows:
        for seed in seeds:
            one = compare(near_linear(n, seed))
            found.append([one[name] for name in names])
            cells = [f"{x:.3f}" for x in found[-1][:-2]] + [f"{x:.0f}" for x in found[-1][-2:]]
            yield f"| {n:,} | {seed} | " + " | ".join(cells) + " |"
    mean = np.mean(found, axis=0)
    gaps = [f"{x - mean[0]:+.4f}" for x in mean[1:-2]]
    yield "| mean, minus logistic | | | " + " | ".join([*gaps, "", ""]) + " |"


def main() -> None:
    """Print the table line by line."""
    for line in lines([int(n) for n in sys.argv[1:]] or ROWS, SEEDS):
        print(line, flush=True)


if __name__ == "__main__":
    main()
