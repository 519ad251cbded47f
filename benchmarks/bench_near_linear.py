"""Networks on tables whose truth is nearly linear, beside the logistic rung that they contain.

Conventions: rows are standard normal, and a class is the loudest output of a random layer with so
much noise that logistic regression is right in .57 of 2,000 rows. *alone* is the recipe as it was,
with nothing to choose; *chosen* is what the climb does. One repeat of three folds, the same for
all. Run as ``python -m benchmarks.bench_near_linear [ROWS ...]``, or with ``depth`` in place of
rows for tables where only depth learns; ``--way chosen`` and ``--seed N`` measure less. Seconds are
the processor's; intervals are 95 %, Student's t over tables.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import numpy as np

from benchmarks.workloads import make_data
from gradatim import climb_collection
from gradatim.collection import Collection
from gradatim.evaluation.evidence import t_quantile
from gradatim.models.families import networks
from gradatim.models.families.registry import FAMILIES

__all__ = ["DEPTH", "compare", "main", "mean_gap", "near_linear", "only_depth"]

ROWS = (2_000, 4_000, 8_000, 16_000, 32_000)
SEEDS = (0, 1)
NOISE = 0.16
NETWORKS = ("shallow", "deep")
WAYS = ("alone", "chosen")

#: Tables where only depth learns, or most of all: kind, number of signs or of columns, rows.
DEPTH = (
    ("parity", 3, 1_000),
    ("parity", 4, 1_000),
    ("parity", 4, 4_000),
    ("parity", 5, 4_000),
    ("spirals", 2, 1_000),
    ("spirals", 4, 1_000),
    ("rings", 22, 1_000),
    ("rings", 22, 4_000),
    ("line and parity", 3, 1_000),
)


def near_linear(n_samples: int, seed: int) -> Collection:
    """Generate a table of 60 columns and 10 classes."""
    X, y = make_data(n_samples, 60, 10, seed, NOISE)
    ids = np.arange(n_samples).astype(str)
    return Collection(f"{n_samples} rows", {"table": X}, y.astype(str), "classification", ids)


def only_depth(kind: str, number: int, n_samples: int, seed: int) -> Collection:
    """Generate a table of two classes that no line tells apart, or not all that can be told.

    *parity*: whether an even number of the first `number` of ten columns is positive; *spirals*:
    two, of one and a half turns; *rings*: four nested ones that take turns; *line and parity*: the
    sum of two columns and a parity. What is left of `number` or ten columns is noise.
    """
    rng = np.random.default_rng([seed, n_samples])
    X = rng.standard_normal((n_samples, number if kind in ("spirals", "rings") else 10))
    if kind == "spirals":
        y = rng.integers(0, 2, n_samples)
        radius = np.sqrt(rng.uniform(0.05, 1.0, n_samples))
        angle = 3.0 * np.pi * radius + np.pi * y
        arms = radius * np.stack([np.cos(angle), np.sin(angle)])
        X[:, :2] = 2.0 * arms.T + 0.05 * X[:, :2]
    elif kind == "rings":
        radius = np.hypot(X[:, 0], X[:, 1])
        y = np.searchsorted(np.quantile(radius, [0.25, 0.5, 0.75]), radius) % 2
    else:
        y = (X[:, :number] > 0).sum(axis=1) % 2
        if kind == "line and parity":
            noise = 0.3 * rng.standard_normal(n_samples)
            y = (X[:, number : number + 2].sum(axis=1) + 1.0 - 2.0 * y + noise > 0).astype(int)
    ids = np.arange(n_samples).astype(str)
    name = f"{kind}, {number} {'columns' if kind in ('spirals', 'rings') else 'signs'}"
    return Collection(name, {"table": X}, y.astype(str), "classification", ids)


class _Alone:
    """Put before a family: its first candidate, and no other."""

    def candidates(self, data: Any, input: str) -> Sequence[Any]:
        return super().candidates(data, input)[:1]  # pyright: ignore[reportAttributeAccessIssue]


class AloneShallow(_Alone, networks.Shallow):
    """The shallow rung with nothing to choose."""


class AloneDeep(_Alone, networks.Deep):
    """The deep rung with nothing to choose."""


def compare(
    collection: Collection, ways: Sequence[str] = WAYS, n_jobs: int | None = None
) -> dict[str, float]:
    """Return the accuracy of each rung, and the seconds of each way."""
    protocol = {"folds": 3, "repeats": 1, "n_jobs": n_jobs}
    before = {name: FAMILIES[name] for name in NETWORKS}
    found = {}
    families = {"alone": (AloneShallow(), AloneDeep()), "chosen": before.values()}
    for way in ways:
        FAMILIES.update(zip(NETWORKS, families[way], strict=True))
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


def lines(
    tables: Iterable[tuple[str, int, Collection]], ways: Sequence[str] = WAYS
) -> Iterator[str]:
    """Yield the table, and the mean differences; tables are what they are called, seed and data."""
    names = ["logistic", *(f"{name} {way}" for name in NETWORKS for way in ways)]
    seconds = [f"seconds {way}" for way in ways]
    yield "| table | rows | seed | " + " | ".join([*names, *seconds]) + " |"
    yield "|---|" + "---:|" * (len(names) + len(seconds) + 2)
    found = []
    for name, seed, collection in tables:
        one = compare(collection, ways)
        found.append([one[key] for key in names])
        cells = [f"{x:.3f}" for x in found[-1]] + [f"{one[key]:.0f}" for key in seconds]
        yield f"| {name} | {collection.n_samples:,} | {seed} | " + " | ".join(cells) + " |"
    scores = np.array(found)
    gaps = [mean_gap(column - scores[:, 0]) for column in scores.T[1:]]
    yield "| mean, minus logistic | | | | " + " | ".join([*gaps, *("" for _ in seconds)]) + " |"


def mean_gap(gaps: np.ndarray) -> str:
    """Write the mean over tables, with its interval where there are several."""
    if len(gaps) < 2:
        return f"{gaps.mean():+.4f}"
    half = t_quantile(0.975, len(gaps) - 1) * gaps.std(ddof=1) / np.sqrt(len(gaps))
    return f"{gaps.mean():+.4f} ({gaps.mean() - half:+.4f} to {gaps.mean() + half:+.4f})"


def _tables(chosen: Sequence[str], seeds: Sequence[int]) -> Iterator[tuple[str, int, Collection]]:
    if chosen == ["depth"]:
        for kind, number, n_samples in DEPTH:
            collection = only_depth(kind, number, n_samples, 0)
            yield collection.name, 0, collection
        return
    for n_samples in [int(n) for n in chosen] or ROWS:
        for seed in seeds:
            yield "nearly linear", seed, near_linear(n_samples, seed)


def main() -> None:
    """Print the table line by line."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.bench_near_linear")
    parser.add_argument("rows", nargs="*", help="numbers of rows, or depth")
    parser.add_argument("--seed", type=int, action="append", help="may be repeated")
    parser.add_argument("--way", choices=WAYS, action="append", help="may be repeated")
    given = parser.parse_args()
    for line in lines(_tables(given.rows, given.seed or SEEDS), given.way or WAYS):
        print(line, flush=True)


if __name__ == "__main__":
    main()
