"""How often prediction sets hold the true class in groups that neither climb nor model has seen.

Conventions: groups are left out, a climb learns from the rest, and its model gives sets for those
left out, by the threshold that it keeps. The coverage of a group is the share of its sounds whose
set holds their class; groups weigh the same, and intervals are 95 %, Student's t over groups.
Beside it: a threshold from all held-out rows with the same weight each, and the classes whose own
probabilities add up to P. *Abstention* is what ``predict --abstain-below P`` does: the share of a
group's sounds that get an answer, and of the answers the share that is right, over the groups that
get any. Copies of sounds are left out first.

Run ``python -m benchmarks.coverage FOLDER --groups FILE``; with ``--other FOLDER GROUPS`` the climb
learns from the whole first folder and the sets are those of the second.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from gradatim import climb_collection, read_folder
from gradatim.collection import Collection
from gradatim.evaluation.evidence import score_bounds, t_quantile
from gradatim.inspection import drop_copies
from gradatim.models.model import Model

__all__ = ["Covered", "measure", "measure_other", "table"]

# By rung, coverage and way: what was covered in each group, and how large its sets are
_Held = dict[tuple[str, float, str], list[tuple[float, float]]]

WAYS = ("by group", "by row", "own probabilities")
ANSWERED = "abstains below"


@dataclass(frozen=True)
class Covered:
    """What the sets of one kind held in every group that was left out."""

    rung: str
    coverage: float  # What was asked for
    way: str
    # (n_groups,): share of a group's sounds that were covered, or of its answers that are right
    by_group: np.ndarray
    # Mean number of classes in a set, or share of sounds with an answer, averaged over groups
    size: float

    @property
    def interval(self) -> tuple[float, float]:
        """95 % interval of the mean over groups."""
        n = len(self.by_group)
        mean, spread = float(self.by_group.mean()), self.by_group.std(ddof=1)
        if spread == 0:
            # Groups that all agree do not make certain.
            return score_bounds(mean, 0.0, n, n - 1, "share")
        away = t_quantile(0.975, n - 1) * spread / np.sqrt(n)
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
    held: _Held = {}
    for part in range(dealt.max() + 1):
        out = np.isin(collection.groups, groups[dealt == part])
        _learn_and_hold(held, collection.take(~out), collection.take(out), rungs, coverages, seed)
    return [Covered(*key, *_columns(found)) for key, found in held.items()]


def measure_other(
    collection: Collection,
    other: Collection,
    rungs: Sequence[str],
    coverages: Sequence[float],
    seed: int = 0,
) -> list[Covered]:
    """Learn from one collection and measure what sets cover in the groups of another.

    Parameters
    ----------
    collection, other : Collection
        Classes with groups, and the same features.
    rungs : sequence of str
        Rungs with probabilities.
    coverages : sequence of float
        What is asked for.
    seed : int, default 0
        Seed of the climb.

    Returns
    -------
    list of Covered
        For every rung, coverage and way.
    """
    held: _Held = {}
    _learn_and_hold(held, collection, other, rungs, coverages, seed)
    return [Covered(*key, *_columns(found)) for key, found in held.items()]


def _learn_and_hold(
    held: _Held,
    learnt: Collection,
    left: Collection,
    rungs: Sequence[str],
    coverages: Sequence[float],
    seed: int,
) -> None:
    """Climb, and add what each rung's sets cover in every group that it has not seen."""
    climb = climb_collection(learnt, rungs=["majority", *rungs], keep=list(rungs), seed=seed)
    for rung in rungs:
        model = climb.find_model(rung)
        for coverage in coverages:
            for way, sets in zip(WAYS, _sets(model, left, coverage), strict=True):
                held.setdefault((rung, coverage, way), []).extend(_by_group(left, model, sets))
            held.setdefault((rung, coverage, ANSWERED), []).extend(_right(left, model, coverage))


def _columns(found: list[tuple[float, float]]) -> tuple[np.ndarray, float]:
    shares, sizes = np.array(found).T
    return shares[~np.isnan(shares)], float(sizes.mean())


def _right(left: Collection, model: Model, least: float) -> Iterator[tuple[float, float]]:
    """Yield the share of a group's answers that is right (NaN: none), and of sounds with one."""
    assert left.groups is not None
    assert model.classes is not None
    chances = model.predict_proba(left)
    answered = chances.max(axis=1) >= least
    right = model.classes[chances.argmax(axis=1)] == left.y
    for group in np.unique(left.groups):
        rows = answered & (left.groups == group)
        share = float(right[rows].mean()) if rows.any() else np.nan
        yield share, float(answered[left.groups == group].mean())


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
        One row for each set, then one for each share of answers.
    """
    sets = [one for one in found if one.way != ANSWERED]
    answers = [one for one in found if one.way == ANSWERED]
    heads = ("rung", "P", "threshold", "covered (95 % interval)", "worst group", "classes in a set")
    lines = _lines(heads, [(one.way, one, f"{one.size:.2f}") for one in sets])
    heads = ("rung", "P", "answered", "right (95 % interval)", "worst group", "groups answered")
    rows = [(f"{one.size:.3f}", one, str(len(one.by_group))) for one in answers]
    return "\n".join([*lines, "", *_lines(heads, rows)])


def _lines(heads: Sequence[str], rows: Sequence[tuple[str, Covered, str]]) -> list[str]:
    lines = ["| " + " | ".join(heads) + " |", "|---" * len(heads) + "|"]
    for third, one, last in rows:
        low, high = one.interval
        mean = f"{one.by_group.mean():.3f} ({low:.3f} to {high:.3f})"
        cells = (one.rung, f"{one.coverage:g}", third, mean, f"{one.by_group.min():.2f}", last)
        lines.append("| " + " | ".join(cells) + " |")
    return lines


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description="Coverage of sets in groups left out.")
    parser.add_argument("folder")
    parser.add_argument("--groups", required=True)
    parser.add_argument("--rungs", nargs="+", default=["logistic", "shallow"])
    parser.add_argument("--coverage", nargs="+", type=float, default=[0.8, 0.9])
    parser.add_argument("--parts", type=int, default=14)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--other", nargs=2, metavar=("FOLDER", "GROUPS"))
    given = parser.parse_args()
    collection = drop_copies(read_folder(given.folder, given.groups))
    if given.other:
        other = drop_copies(read_folder(*given.other))
        found = measure_other(collection, other, given.rungs, given.coverage, given.seed)
    else:
        other = collection
        found = measure(collection, given.rungs, given.coverage, given.parts, given.seed)
    assert other.groups is not None
    n_groups = len(np.unique(other.groups))
    print(f"{other.n_samples} sounds in {n_groups} groups\n\n{table(found)}")


if __name__ == "__main__":
    main()
