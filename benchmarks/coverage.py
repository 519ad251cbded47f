"""How often prediction sets hold the true class in groups that neither climb nor model has seen.

Conventions: groups are left out, a climb learns from the rest, and its model gives sets for those
left out, by the threshold that it keeps. The coverage of a group is the share of its sounds whose
set holds their class; groups weigh the same, and intervals are 95 %, Student's t over groups.
Beside it: a threshold from all held-out rows with the same weight each, and the classes whose own
probabilities add up to P. Copies of sounds are left out first.

Run ``python -m benchmarks.coverage FOLDER --groups FILE``.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from gradatim import climb_collection, read_folder
from gradatim.collection import Collection
from gradatim.evaluation.evidence import t_quantile
from gradatim.inspection import drop_copies
from gradatim.models.model import Model

__all__ = ["Covered", "measure", "table"]

WAYS = ("by group", "by row", "own probabilities")


@dataclass(frozen=True)
class Covered:
    """What the sets of one kind held in every group that was left out."""

    rung: str
    coverage: float  # What was asked for
    way: str
    by_group: np.ndarray  # (n_groups,): share of a group's sounds that were covered
    size: float  # Mean number of classes in a set, averaged over groups

    @property
    def interval(self) -> tuple[float, float]:
        """95 % interval of the mean over groups."""
        n = len(self.by_group)
        away = t_quantile(0.975, n - 1) * self.by_group.std(ddof=1) / np.sqrt(n)
        mean = self.by_group.mean()
        return max(0.0, mean - away), min(1.0, mean + away)


def measure(
    collection: Collection,
    rungs: Sequence[str],
    coverages: Sequence[float],
    parts: int = 14,
    seed: int = 0,
) -> list[Covered]:
    """Leave the groups of a collection out, in some parts, and measure what sets cover.

    Parameters
    ----------
    collection : Collection
        Classes with groups.
    rungs : sequence of str
        Rungs with probabilities.
    coverages : sequence of float
        What is asked for.
    parts : int, default 14
        In how many parts groups are left out; each alone if there are no more groups.
    seed : int, default 0
        Seed of the parts and of the climbs.

    Returns
    -------
    list of Covered
        For every rung, coverage and way.
    """
    assert collection.groups is not None
    groups = np.unique(collection.groups)
    dealt = np.random.default_rng(seed).permutation(len(groups)) % min(parts, len(groups))
    held: dict[tuple[str, float, str], list[tuple[float, float]]] = {}
    for part in range(dealt.max() + 1):
        out = np.isin(collection.groups, groups[dealt == part])
        climb = climb_collection(
            collection.take(~out), rungs=["majority", *rungs], keep=list(rungs), seed=seed
        )
        left = collection.take(out)
        for rung in rungs:
            model = climb.find_model(rung)
            for coverage in coverages:
                for way, sets in zip(WAYS, _sets(model, left, coverage), strict=True):
                    held.setdefault((rung, coverage, way), []).extend(_by_group(left, model, sets))
    return [Covered(*key, *_columns(found)) for key, found in held.items()]


def _columns(found: list[tuple[float, float]]) -> tuple[np.ndarray, float]:
    shares, sizes = np.array(found).T
    return shares, float(sizes.mean())


def _sets(model: Model, left: Collection, coverage: float) -> Iterator[np.ndarray]:
    """Yield sets (n_samples, n_classes) of each way; the most probable class is in all of them."""
    chances = model.predict_proba(left)
    most = chances.argmax(axis=1)[:, None] == np.arange(chances.shape[1])
    kept = model.calibration
    assert kept is not None
    yield most | (1 - chances <= kept.thresholds(coverage))
    rank = int(np.ceil((len(kept.scores) + 1) * coverage - 1e-9))
    yield most | (1 - chances <= kept.scores[min(rank, len(kept.scores)) - 1])
    order = np.argsort(-chances, axis=1)
    before = np.cumsum(np.take_along_axis(chances, order, 1), axis=1)
    before -= np.take_along_axis(chances, order, 1)
    sets = np.zeros(chances.shape, dtype=bool)
    np.put_along_axis(sets, order, before < coverage, axis=1)
    yield sets


def _by_group(left: Collection, model: Model, sets: np.ndarray) -> Iterator[tuple[float, float]]:
    assert left.groups is not None
    assert model.classes is not None
    held = (sets & (left.y[:, None] == model.classes)).any(axis=1)
    for group in np.unique(left.groups):
        rows = left.groups == group
        yield float(held[rows].mean()), float(sets[rows].sum(axis=1).mean())


def table(found: Sequence[Covered]) -> str:
    """Write what was found as a table in Markdown.

    Parameters
    ----------
    found : sequence of Covered
        What was measured.

    Returns
    -------
    str
        One row for each.
    """
    heads = ("rung", "P", "threshold", "covered (95 % interval)", "worst group", "classes in a set")
    lines = ["| " + " | ".join(heads) + " |", "|---" * len(heads) + "|"]
    for one in found:
        low, high = one.interval
        mean = f"{one.by_group.mean():.3f} ({low:.3f} to {high:.3f})"
        cells = (one.rung, f"{one.coverage:g}", one.way, mean, f"{one.by_group.min():.2f}")
        lines.append("| " + " | ".join([*cells, f"{one.size:.2f}"]) + " |")
    return "\n".join(lines)


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description="Coverage of sets in groups left out.")
    parser.add_argument("folder")
    parser.add_argument("--groups", required=True)
    parser.add_argument("--rungs", nargs="+", default=["logistic", "shallow"])
    parser.add_argument("--coverage", nargs="+", type=float, default=[0.8, 0.9])
    parser.add_argument("--parts", type=int, default=14)
    parser.add_argument("--seed", type=int, default=0)
    given = parser.parse_args()
    collection = drop_copies(read_folder(given.folder, given.groups))
    found = measure(collection, given.rungs, given.coverage, given.parts, given.seed)
    assert collection.groups is not None
    n_groups = len(np.unique(collection.groups))
    print(f"{collection.n_samples} sounds in {n_groups} groups\n\n{table(found)}")


if __name__ == "__main__":
    main()
