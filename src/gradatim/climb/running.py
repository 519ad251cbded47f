"""The rungs of a climb, one after the other, and how far they are.

Conventions: seconds are those that a family expects; a rung that the store has takes none.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from itertools import accumulate

from gradatim._progress import Progress, steady
from gradatim.climb.observer import Observer
from gradatim.climb.result import RungResult
from gradatim.climb.rung import run_rung, stored_rung
from gradatim.climb.task import ClimbTask
from gradatim.models.families.base import Family
from gradatim.models.model import Model
from gradatim.training.engines import prepare


def plan_of(task: ClimbTask, families: Sequence[Family]) -> list[tuple[Family, str]]:
    """Pair every rung with the inputs that it reads."""
    return [
        (family, name)
        for family in families
        for name in (task.collection.X if family.needs_input else [""])
    ]


def expected_seconds(task: ClimbTask, plan: Sequence[tuple[Family, str]]) -> list[float]:
    """Guess how long each rung is going to take."""
    return [
        0.0 if stored_rung(family, task, name) else family.seconds(task, name, task.plan(family))
        for family, name in plan
    ]


def run_ladder(
    task: ClimbTask,
    families: Sequence[Family],
    observer: Observer,
    keep: Callable[[tuple[str, str], list[Model]], None] = lambda row, models: None,
) -> tuple[RungResult, ...]:
    """Climb every rung on every input, simplest first."""
    plan = plan_of(task, families)
    observer.planned([(family.name, name) for family, name in plan])
    expected = expected_seconds(task, plan)
    if any(family.needs_engine and left for (family, _), left in zip(plan, expected, strict=True)):
        prepare(task.engine)
    # One running sum, so that a row begins exactly where the one before it ended: `sum` makes up
    # for rounding from Python 3.12 on, and sum(x[:i]) + x[i] may then exceed sum(x[:i + 1]).
    ends = list(accumulate(expected, initial=0.0))
    whole, rows = ends[-1] or 1.0, []
    for i, (family, name) in enumerate(plan):
        row = (family.name, name)
        progress = rung_progress(observer, row, ends[i], expected[i], whole)
        progress(0.0, "starting")
        kept = (lambda models: None) if family.reference else partial(keep, row)
        rows.append(run_rung(family, task, name, progress, kept))
        observer.finished(rows[-1], ends[i + 1] / whole)
    return tuple(rows)


def rung_progress(
    observer: Observer, row: tuple[str, str], before: float, expected: float, whole: float
) -> Progress:
    """Tell an observer how far a rung is, which takes `expected` seconds of `whole`."""

    def tell(share: float | None, doing: str) -> None:
        fraction = share or 0.0
        observer.progressed(*row, fraction, doing, (before + fraction * expected) / whole)

    return steady(tell)
