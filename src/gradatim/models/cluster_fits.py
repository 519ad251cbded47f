"""Fits of a family, on a cluster if there is one: those of one split are a task.

Conventions: a task gives what the same fits give here. Networks go to the cluster on their own, as
what `gradatim.training` trains together, so that folds of one shape stay together.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from gradatim._progress import Progress, silent
from gradatim.models.families.base import Family, Fit, Fitted, by_rows
from gradatim.models.training_set import TrainingSet


def fit_anywhere(
    family: Family, data: TrainingSet, input: str, fits: Sequence[Fit], progress: Progress
) -> list[Fitted]:
    """Carry out fits, here or on the cluster of the training set."""
    if data.cluster is None or family.trains_networks or not family.needs_input:
        return family.fit(data, input, fits, progress)
    groups = by_rows(fits)
    shared = data.cluster.share(_portable(data, input))
    calls = (
        (family, shared, input, [replace(fits[i], keep=_forget) for i in group]) for group in groups
    )
    fitted: dict[int, Fitted] = {}

    def report() -> None:
        progress(len(fitted) / len(fits), "fitting")

    for number, found in data.cluster.run(_fit, calls, report):
        for i, one in zip(groups[number], found, strict=True):
            fitted[i] = one
            fits[i].keep(one)
        report()
    return [fitted[i] for i in range(len(fits))]


def _portable(data: TrainingSet, input: str) -> TrainingSet:
    """Leave out what a task does not read, or cannot have."""
    collection = replace(data.collection, X={input: data.collection.X[input]}, media=None)
    return TrainingSet(collection, data.seed, 1, None, data.max_nets, data.preset, data.engine)


def _forget(fitted: Fitted) -> None:
    """Keep nothing: that is done where the results are."""


def _fit(family: Family, data: TrainingSet, input: str, fits: Sequence[Fit]) -> list[Fitted]:
    """Carry out the fits of a split on a node."""
    from threadpoolctl import threadpool_limits

    with threadpool_limits(limits=1, user_api="blas"):
        return family.fit(data, input, fits, silent)
