"""How often a climb's verdict is wrong, and how often it says something, on simulated collections.

Conventions: what the rungs say is drawn, not learnt, so that the truth is known; scores, jackknife
and verdict are the climb's own. Rungs are right together (a row and a group are hard for all), each
has groups of its own that suit it, and each fold's training set shifts it. A *wrong climb* goes
above the simplest rung that is within the margin of all above it; a *wrong bound* is a gap said to
be smaller than it is, with an answer other than "cannot decide".

Run ``python -m benchmarks.verdict_calibration --collections 400 --climbs 40``.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import scipy.special

from gradatim.climb import climb_collection
from gradatim.climb.result import EvaluationProtocol, RungResult, Verdict
from gradatim.climb.task import Units
from gradatim.climb.verdict import decide
from gradatim.collection import Collection
from gradatim.evaluation.folds import make_folds
from gradatim.evaluation.groups import without_lonely_classes
from gradatim.evaluation.metrics import GATES, Truth
from gradatim.evaluation.scores import pool

__all__ = ["KINDS", "Kind", "Promise", "calibrate", "keep_promises", "promises_table", "table"]

RUNGS: tuple[str, ...] = ("linear", "logistic", "kernel", "shallow", "deep")

#: Standard deviations of what a rung's score owes to rows and groups that are hard for all, to
#: groups of its own, and to its training set; what is left is its own for every row.
COMMON_ROW, COMMON_GROUP, OWN_GROUP, TRAINING = 0.75, 0.35, 0.15, 0.04

_METRICS = {"classification": "accuracy", "multilabel": "macro_auc", "regression": "r2"}


@dataclass(frozen=True)
class Kind:
    """A kind of collections, with the true scores of its rungs."""

    name: str
    scores: tuple[float, ...]  # Of RUNGS; chance where nothing can be learnt
    n: int = 600
    n_groups: int = 0  # 0: rows are independent
    n_classes: int = 2
    task: str = "classification"
    by_group: bool = False  # Whether every group is of one class
    n_inputs: int = 1  # Inputs of each rung, all as good

    @property
    def null(self) -> bool:
        """Whether nothing can be learnt."""
        return max(self.scores) <= self.chance

    @property
    def chance(self) -> float:
        """Score of guessing."""
        return {"classification": 1 / self.n_classes, "multilabel": 0.5, "regression": 0.0}[
            self.task
        ]


def _same(score: float) -> tuple[float, ...]:
    return (score,) * len(RUNGS)


KINDS = (
    Kind("labels shuffled, 60 rows", _same(0.5), 60),
    Kind("labels shuffled, 600 rows, 4 classes", _same(0.25), 600, n_classes=4),
    Kind("shuffled by group: 4 classes, 12 groups", _same(0.25), 240, 12, 4, by_group=True),
    Kind("shuffled by group: 2 classes, 30 groups", _same(0.5), 600, 30, by_group=True),
    Kind("fewer groups than folds: 3 classes, 9 groups", _same(1 / 3), 180, 9, 3, by_group=True),
    Kind("fewer groups than folds: 2 classes, 6 groups", _same(0.5), 120, 6, by_group=True),
    Kind("few groups, nothing: 4 groups", _same(0.5), 200, 4),
    Kind("linear truth, 600 rows", _same(0.75), 600),
    Kind("linear truth, 5,000 rows", _same(0.75), 5000),
    Kind("linear truth, 60 groups", _same(0.75), 1200, 60),
    Kind("linear truth, 4 groups", _same(0.75), 200, 4),
    Kind("hidden layer needed (.10), 600 rows", (0.65, 0.65, 0.75, 0.75, 0.75), 600),
    Kind("hidden layer needed (.10), 20 groups", (0.65, 0.65, 0.75, 0.75, 0.75), 600, 20),
    Kind("depth needed (.10), 600 rows", (0.65, 0.65, 0.65, 0.65, 0.75), 600),
    Kind("depth needed (.05), 60 groups", (0.70, 0.70, 0.70, 0.70, 0.75), 1200, 60),
    Kind("gap equal to the margin, 2,000 rows", (0.75, 0.75, 0.75, 0.75, 0.76), 2000),
    Kind("gap above the tolerance (.06), 2,000 rows", (0.75, 0.75, 0.75, 0.75, 0.81), 2000),
    Kind("two inputs per rung, 600 rows", _same(0.75), 600, n_inputs=2),
    Kind("two inputs per rung, depth (.05), 60 groups", (0.7,) * 4 + (0.75,), 1200, 60, n_inputs=2),
    Kind("multi-label, nothing, 200 rows", _same(0.5), 200, task="multilabel"),
    Kind("multi-label, nothing, 20 groups", _same(0.5), 400, 20, task="multilabel"),
    Kind("multi-label, AUC .60, 200 rows", _same(0.6), 200, task="multilabel"),
    Kind("multi-label, gap .05, 600 rows", (0.7,) * 4 + (0.75,), 600, task="multilabel"),
    Kind("regression, nothing, 200 rows", _same(0.0), 200, task="regression"),
    Kind("regression, nothing, 12 groups", _same(0.0), 240, 12, task="regression"),
    Kind("regression, linear truth, 600 rows", _same(0.4), 600, task="regression"),
    Kind("regression, linear truth, 20 groups", _same(0.4), 600, 20, task="regression"),
    Kind("regression, gap .10, 600 rows", (0.4,) * 4 + (0.5,), 600, task="regression"),
    Kind("regression, gap .10, 20 groups", (0.4,) * 4 + (0.5,), 600, 20, task="regression"),
    Kind(
        "regression, gap equal to the margin, 600 rows",
        (0.4,) * 4 + (0.41,),
        600,
        0,
        2,
        "regression",
    ),
)


@dataclass(frozen=True)
class Rates:
    """Shares of the collections of a kind."""

    found: float  # Something was said to be found
    wrong_climb: float
    wrong_bound: float
    answers: dict[str, float]


def calibrate(kind: Kind, n_collections: int, seed: int = 0) -> Rates:
    """Simulate collections of a kind and judge each as a climb would.

    Parameters
    ----------
    kind : Kind
        What is simulated.
    n_collections : int
        How many, at least 1.
    seed : int, default 0
        Seed.

    Returns
    -------
    Rates
        Error rates and answers.
    """
    found = wrong_climb = wrong_bound = 0
    answers: dict[str, int] = {}
    true = dict(zip(RUNGS, kind.scores, strict=True))
    needed = next(r for r in RUNGS if max(_above(r, true), default=0.0) <= true[r] + 0.01 + 1e-9)
    for i in range(n_collections):
        verdict = _judge(kind, _draw(kind, np.random.default_rng([seed, i])))
        answers[verdict.answer] = answers.get(verdict.answer, 0) + 1
        is_found = verdict.rung != "majority"
        found += is_found
        if is_found:
            gap = max((s - true[verdict.rung] for s in _above(verdict.rung, true)), default=0.0)
            wrong_climb += RUNGS.index(verdict.rung) > RUNGS.index(needed)
        else:
            # What is found is judged in a metric whose chance is known; accuracy and it agree here.
            gap = max(kind.scores) - kind.chance
        assert verdict.gap_at_most is not None
        told = verdict.answer != "cannot decide"
        wrong_bound += told and verdict.gap_at_most < gap - 1e-9
    n = n_collections
    shares = {answer: count / n for answer, count in answers.items()}
    return Rates(found / n, wrong_climb / n, wrong_bound / n, shares)


def _above(rung: str, true: dict[str, float]) -> list[float]:
    return [true[other] for other in RUNGS[RUNGS.index(rung) + 1 :]]


@dataclass(frozen=True, eq=False)
class _Drawn:
    """A collection with what the rungs say of it."""

    y: np.ndarray
    codes: np.ndarray  # (n,): unit of each row
    rows: tuple[tuple[str, str, np.ndarray, np.ndarray | None], ...]  # Rung, input, what it says

    def joined(self, other: _Drawn, n_units: int) -> _Drawn:
        """Add the first units of another collection of the same kind."""
        first = other.codes < n_units
        rows = [
            (rung, input, _append(said, more[:, first]), _append(out, more_out, first))
            for (rung, input, said, out), (_, _, more, more_out) in zip(
                self.rows, other.rows, strict=True
            )
        ]
        codes = np.concatenate([self.codes, other.codes[first] + self.codes.max() + 1])
        return _Drawn(np.concatenate([self.y, other.y[first]]), codes, tuple(rows))


def _append(
    said: np.ndarray | None, more: np.ndarray | None, rows: np.ndarray | slice = slice(None)
) -> Any:
    """Join what is said of two collections, of the repeats that both have."""
    if said is None or more is None:
        return None
    n = min(len(said), len(more))
    return np.concatenate([said[:n], more[:n, rows]], axis=1)


def _judge(kind: Kind, drawn: _Drawn) -> Verdict:
    """Return the verdict of a climb whose rungs say what was drawn."""
    classes = np.unique(drawn.y) if kind.task == "classification" else np.array([])
    truth = Truth(kind.task, drawn.y, classes)
    groups = drawn.codes if kind.n_groups else None
    units = Units.of(groups, len(drawn.y))
    rows = [_row(rung, input, truth, said, out, units) for rung, input, said, out in drawn.rows]
    n_repeats, metric = len(drawn.rows[0][2]), _METRICS[kind.task]
    protocol = EvaluationProtocol(5, n_repeats, bool(kind.n_groups), 0, metric, 0.01)
    return decide(rows, protocol, truth, units)


def _draw(kind: Kind, rng: np.random.Generator) -> _Drawn:
    """Draw a collection with what its rungs say."""
    groups = None if not kind.n_groups else _deal_rows(kind, rng)
    codes = np.arange(kind.n) if groups is None else groups
    y = _targets(kind, codes, rng)
    made = Collection("simulated", {"x": np.zeros((kind.n, 1))}, y, kind.task, codes, groups)  # pyright: ignore[reportArgumentType]
    if kind.task == "classification":
        made = without_lonely_classes(made)
    kept = np.isin(y, made.classes) if kind.task == "classification" else np.full(kind.n, True)
    folds = make_folds(made, 5, 2, int(rng.integers(2**31)))
    codes, truth = codes[kept], Truth.of(made)
    hard = COMMON_ROW * _noise(rng, truth, made.n_samples)
    of_group = COMMON_GROUP * _noise(rng, truth, kind.n_groups or kind.n)[codes]
    rows = [("majority", "", *_majority(truth, folds.fold_of))]
    for rung, score in zip(RUNGS, kind.scores, strict=True):
        for k in range(kind.n_inputs):
            own = OWN_GROUP * _noise(rng, truth, kind.n_groups or kind.n)[codes]
            z = hard + of_group + own
            said, out = _say(kind, truth, score, z, codes, folds.fold_of, rng)
            rows.append((rung, f"input {k}", said, out))
    return _Drawn(truth.y, codes, tuple(rows))


def _deal_rows(kind: Kind, rng: np.random.Generator) -> np.ndarray:
    """Return groups of uneven sizes, (n,)."""
    shares = rng.dirichlet(np.full(kind.n_groups, 5.0))
    extra = rng.choice(kind.n_groups, kind.n - 2 * kind.n_groups, p=shares)
    return np.sort(np.concatenate([np.repeat(np.arange(kind.n_groups), 2), extra]))


def _targets(kind: Kind, codes: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    if kind.task == "multilabel":
        return (rng.random((kind.n, 5)) < [0.1, 0.2, 0.3, 0.4, 0.5]).astype(int)
    if kind.task == "regression":
        of_group = rng.normal(size=codes.max() + 1)[codes]
        share = 0.3 if kind.n_groups else 0.0
        return np.sqrt(1.0 - share) * rng.normal(size=kind.n) + np.sqrt(share) * of_group
    names = np.array([f"class {c}" for c in range(kind.n_classes)])
    if kind.by_group:
        return names[rng.permutation(np.arange(kind.n_groups) % kind.n_classes)[codes]]
    return names[rng.permutation(np.arange(kind.n) % kind.n_classes)]


def _noise(rng: np.random.Generator, truth: Truth, n: int) -> np.ndarray:
    return rng.normal(size=(n, 5 if truth.task == "multilabel" else 1))


def _say(
    kind: Kind,
    truth: Truth,
    score: float,
    z: np.ndarray,
    codes: np.ndarray,
    fold_of: np.ndarray,
    rng: np.random.Generator,
) -> tuple[np.ndarray, np.ndarray | None]:
    """Draw what a rung of a true score says in every repeat, with outputs for several labels."""
    n = len(z)
    left = np.sqrt(1.0 - COMMON_ROW**2 - COMMON_GROUP**2 - OWN_GROUP**2)
    # Repeats see other training sets, but mostly agree about a row.
    z = z + left * np.sqrt(0.8) * rng.normal(size=z.shape)
    said, outputs = [], []
    favourite = rng.random((kind.n_groups or n, kind.n_classes)) ** 4
    for folds in fold_of:
        shift = TRAINING * rng.normal(size=folds.max() + 1)[folds][:, None]
        now = z + left * np.sqrt(0.2) * rng.normal(size=z.shape) + shift
        if truth.task == "multilabel":
            out = np.sqrt(2.0) * scipy.special.ndtri(score) * truth.y + now
            outputs.append(out)
            said.append((out > 0).astype(int))
        elif truth.task == "regression":
            said.append(_predict(truth.y, score, now[:, 0]))
        elif kind.null:
            said.append(_guess(truth, kind, now[:, 0], codes, favourite, rng))
        else:
            right = now[:, 0] < scipy.special.ndtri(score)
            code = np.searchsorted(truth.classes, truth.y)
            wrong = (code + rng.integers(1, len(truth.classes), n)) % len(truth.classes)
            said.append(truth.classes[np.where(right, code, wrong)])
    return np.stack(said), np.stack(outputs) if outputs else None


def _predict(y: np.ndarray, score: float, noise: np.ndarray) -> np.ndarray:
    """Predict values whose R² is `score` for targets of variance 1."""
    if score <= 0:
        return 0.05 * noise
    return score * y + np.sqrt(score * (1.0 - score)) * noise


def _guess(
    truth: Truth,
    kind: Kind,
    z: np.ndarray,
    codes: np.ndarray,
    favourite: np.ndarray,
    rng: np.random.Generator,
) -> np.ndarray:
    """Name classes without knowing any; in a group mostly that group's own."""
    n_classes = len(truth.classes)
    guess = np.floor(scipy.special.ndtr(z) * n_classes).astype(int).clip(0, n_classes - 1)
    if kind.by_group:
        likes = favourite[codes][:, :n_classes].argmax(axis=1)
        guess = np.where(rng.random(len(z)) < 0.8, likes, guess)
    return truth.classes[guess]


def _majority(truth: Truth, fold_of: np.ndarray) -> tuple[np.ndarray, np.ndarray | None]:
    said = []
    for folds in fold_of:
        one = np.empty(truth.y.shape, dtype=truth.y.dtype)
        for k in range(folds.max() + 1):
            learnt = truth.y[folds != k]
            if truth.task == "classification":
                names, counts = np.unique(learnt, return_counts=True)
                one[folds == k] = names[counts.argmax()]
            else:
                one[folds == k] = learnt.mean(axis=0)
        said.append(one)
    out = np.zeros((len(fold_of), len(truth.y), 5)) if truth.task == "multilabel" else None
    return np.stack(said), out


def _row(
    rung: str, input: str, truth: Truth, said: np.ndarray, out: np.ndarray | None, units: Units
) -> RungResult:
    metric = _METRICS[truth.task]
    pooled = pool(metric, truth, said, out, units.codes)
    gate = GATES[truth.task]
    of_gate = pooled if gate == metric else pool(gate, truth, said, out, units.codes)
    scores = np.array([pooled.value])
    ends = (pooled.value, pooled.value)
    return RungResult(rung, input, "", 1, scores, ends, 0.0, said, pooled=pooled, gate=of_gate)


@dataclass(frozen=True)
class Promise:
    """How often as much more data as a verdict asks for is enough."""

    n: int  # Collections that could not be decided, and said how much would
    settled: float  # Share that is decided with that many more units
    more: float  # Units asked for, in the median
    too_many: int  # Collections of which the units were too many to draw


def keep_promises(kind: Kind, n_collections: int, seed: int = 0, at_most: int = 5000) -> Promise:
    """Add to collections as many units as their verdicts ask for, and judge them again.

    What was to be settled is whether guessing is enough, where the verdict said so, and
    otherwise the answer.

    Parameters
    ----------
    kind : Kind
        What is simulated.
    n_collections : int
        How many.
    seed : int, default 0
        Seed.
    at_most : int, default 5000
        Units above which none are drawn.

    Returns
    -------
    Promise
        How often it was settled.
    """
    settled, asked, too_many = 0, [], 0
    for i in range(n_collections):
        rng = np.random.default_rng([seed, i])
        drawn = _draw(kind, rng)
        verdict = _judge(kind, drawn)
        if verdict.answer != "cannot decide" or verdict.more_units is None:
            continue
        asked.append(verdict.more_units)
        if verdict.more_units > at_most:
            too_many += 1
            continue
        again = _judge(kind, drawn.joined(_draw_more(kind, verdict.more_units, rng), asked[-1]))
        settled += again.answer != "cannot decide" or (
            verdict.found_nothing and not again.found_nothing
        )
    n = len(asked)
    share = settled / (n - too_many) if n > too_many else np.nan
    return Promise(n, share, float(np.median(asked)) if asked else np.nan, too_many)


def _draw_more(kind: Kind, n_units: int, rng: np.random.Generator) -> _Drawn:
    """Draw a collection of at least `n_units` units, as large as those of the kind."""
    n_units = max(n_units, 20)
    if not kind.n_groups:
        return _draw(replace(kind, n=n_units), rng)
    n_rows = round(n_units * kind.n / kind.n_groups)
    return _draw(replace(kind, n=n_rows, n_groups=n_units), rng)


def promises_table(promises: Sequence[tuple[str, Promise]]) -> str:
    """Write how often what would settle it did, as a table in Markdown.

    Parameters
    ----------
    promises : sequence of (str, Promise)
        Names of kinds, and what was found.

    Returns
    -------
    str
        One row per kind of which some collections could not be decided.
    """
    lines = ["| collections | not decided | asked for, median | settled |", "|---|---|---|---|"]
    for name, one in promises:
        if one.n > one.too_many:
            cells = (name, one.n, f"{one.more:,.0f}", f"{one.settled:.3f}")
            lines.append("| " + " | ".join(map(str, cells)) + " |")
    return "\n".join(lines)


def climb_noise(n_climbs: int, seed: int = 0) -> Rates:
    """Climb real collections of noise, half of them in 12 groups: nothing should be found.

    Parameters
    ----------
    n_climbs : int
        How many.
    seed : int, default 0
        Seed.

    Returns
    -------
    Rates
        What was found.
    """
    found, answers = 0, {}
    for i in range(n_climbs):
        rng = np.random.default_rng([seed, 1, i])
        groups = np.arange(120) % 12 if i % 2 else None
        y = np.array(["a", "b"])[(groups if groups is not None else np.arange(120)) % 2]
        X = rng.normal(size=(120, 6))
        X = X if groups is None else X + 2.0 * rng.normal(size=(12, 6))[groups]
        made = Collection("noise", {"x": X}, y, "classification", np.arange(120), groups)
        rungs = ("majority", "linear", "logistic", "perceptron", "kernel")
        verdict = climb_collection(made, rungs=rungs, seed=i).verdict
        found += verdict.rung != "majority"
        answers[verdict.answer] = answers.get(verdict.answer, 0) + 1 / n_climbs
    return Rates(found / n_climbs, 0.0, 0.0, answers)


_ANSWERS = ("best", "equivalent", "good enough", "cannot decide", "nothing learnable")


def table(rates: Sequence[tuple[str, Rates]]) -> str:
    """Write rates as a table in Markdown.

    Parameters
    ----------
    rates : sequence of (str, Rates)
        Names of kinds, and their rates.

    Returns
    -------
    str
        One row per kind.
    """
    heads = ("collections", "found", "wrong climb", "wrong bound", *_ANSWERS)
    lines = ["| " + " | ".join(heads) + " |", "|---" * len(heads) + "|"]
    for name, rate in rates:
        shares = [rate.found, rate.wrong_climb, rate.wrong_bound]
        shares += [rate.answers.get(answer, 0.0) for answer in _ANSWERS]
        lines.append(f"| {name} | " + " | ".join(f"{share:.3f}" for share in shares) + " |")
    return "\n".join(lines)


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description="Error rates and power of the verdict.")
    parser.add_argument("--collections", type=int, default=400)
    parser.add_argument("--climbs", type=int, default=40)
    parser.add_argument("--promises", type=int, default=100)
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    rates = [(kind.name, calibrate(kind, options.collections, options.seed)) for kind in KINDS]
    if options.climbs:
        rates.append(("real climbs on noise, 120 rows", climb_noise(options.climbs, options.seed)))
    print(table(rates))
    kept = [(kind.name, keep_promises(kind, options.promises, options.seed)) for kind in KINDS]
    print("\n" + promises_table(kept))


if __name__ == "__main__":
    main()
