"""One rung: candidates are judged inside the training folds, the chosen one is scored.

Conventions: candidates and fits are those of `gradatim.models.families.base`. Rows that are
scored are never among those that a candidate was learnt from or chosen on; they are scored by
what the fitted model says of them in raw units. The store keeps what was said, not its scores.
"""

from __future__ import annotations

import os
import time
import warnings
from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any, overload

import numpy as np

from gradatim._progress import Progress, scaled
from gradatim.climb.result import RungResult
from gradatim.climb.stored import find_fits, find_rung, fit_keys, keep_fit, keep_rung, rung_key
from gradatim.climb.task import ClimbTask
from gradatim.evaluation.evidence import bootstrap_bounds, jackknife, score_bounds
from gradatim.evaluation.metrics import GATES, METRICS
from gradatim.evaluation.scores import Pooled, pool, resample, score
from gradatim.models.cluster_fits import fit_anywhere
from gradatim.models.families.base import Family, Fit, Fitted
from gradatim.models.learners import AveragedNetworks
from gradatim.models.model import Model
from gradatim.training.target_units import TargetUnits


def run_rung(
    family: Family,
    task: ClimbTask,
    input: str,
    progress: Progress,
    keep: Callable[[list[Model]], None] = lambda models: None,
) -> RungResult:
    """Choose inside the training folds, fit on them, and score on the held-out ones.

    `keep` hears the models of the folds, repeat by repeat, unless the rung was in the store.
    """
    stored = stored_rung(family, task, input)
    if stored is None:
        stored = _run_rung(family, task, input, progress, keep)
        if task.store is not None:
            keep_rung(task, _rung_key(family, task, input), stored)
    return replace(score_rung(task, stored), reference=family.reference)


def stored_rung(family: Family, task: ClimbTask, input: str) -> RungResult | None:
    """Return the row of the ladder if an earlier climb has left it in the store."""
    if task.store is None:
        return None
    return find_rung(task, _rung_key(family, task, input))


def _rung_key(family: Family, task: ClimbTask, input: str) -> str:
    return rung_key(task, family.name, input, family.candidates(task, input))


def fit_all(
    family: Family, task: ClimbTask, input: str, fits: Sequence[Fit], progress: Progress
) -> list[Fitted]:
    """Carry out the fits that the store does not have, and keep each as soon as it is there."""
    if task.store is None or family.trains_networks or family.reference:
        return fit_anywhere(family, task, input, fits, progress)
    keys = fit_keys(task, family.name, input, fits)
    found = find_fits(task, keys)
    missing = [i for i in range(len(fits)) if i not in found]
    if missing:
        watched = [replace(fits[i], keep=partial(keep_fit, task, keys[i])) for i in missing]
        share = len(missing) / len(fits)
        fresh = fit_anywhere(family, task, input, watched, scaled(progress, 1.0 - share, 1.0))
        found |= zip(missing, fresh, strict=True)
    return [found[i] for i in range(len(fits))]


def _run_rung(
    family: Family,
    task: ClimbTask,
    input: str,
    progress: Progress,
    keep: Callable[[list[Model]], None],
) -> RungResult:
    start = time.perf_counter()
    candidates = list(family.candidates(task, input))
    share = _choosing_share(family, task, len(candidates))
    chosen = _choose(family, task, input, candidates, scaled(progress, 0.0, share, "choosing"))
    folds = task.folds
    held_out = [folds.rows(r, k) for r, k in folds.outer]
    fits = [
        # No rows to judge on: the model itself is asked for those that are held out. Of a reference
        # there is none afterwards.
        Fit(candidates[c], folds.rows_without(r, k), rows if family.reference else rows[:0])
        for (r, k), c, rows in zip(folds.outer, chosen, held_out, strict=True)
    ]
    fitted = fit_all(family, task, input, fits, scaled(progress, share, 1.0, "training"))
    X = task.collection.X.get(input, np.zeros((task.collection.n_samples, 0)))
    models = [m.model for m in fitted]
    keep(models)
    asked = HeldOut(X, held_out)
    judged = [m.outputs for m in fitted] if family.reference else None
    if judged is None:
        # In threads, as the fits were: an average over many shifts takes seconds.
        with ThreadPoolExecutor(min(task.n_jobs, os.cpu_count() or 1)) as threads:
            judged = list(threads.map(lambda one, rows: one.outputs(X[rows]), models, held_out))
    predictions, ordered = said_of(task, models, asked, judged)
    return RungResult(
        rung=family.name,
        input=input,
        model=_describe_choice(family, candidates, chosen),
        n_parameters=max(m.model.n_parameters for m in fitted),
        fold_scores=np.empty(0),
        interval=(np.nan, np.nan),
        seconds=time.perf_counter() - start,
        predictions=predictions,
        outputs=ordered,
        probabilistic=models[0].learner.probabilistic,
        curves=tuple(m.curve for m in fitted[: folds.folds] if m.curve is not None),
        choice=_commonest(chosen),
        choices=tuple(chosen),
        margins=_margins(task, models, asked),
    )


class HeldOut(Sequence[np.ndarray]):
    """The rows of an input that each outer fold holds out, copied when they are asked for.

    Some columns may be those of other rows.
    """

    def __init__(
        self,
        X: np.ndarray,
        rows: Sequence[np.ndarray],
        columns: Sequence[int] = (),
        others: Sequence[np.ndarray] = (),
    ) -> None:
        self._X, self._rows, self._columns, self._others = X, rows, columns, others

    def shuffled(self, columns: Sequence[int], rng: np.random.Generator) -> HeldOut:
        """Shuffle columns together among the rows of each fold."""
        others = [rows[rng.permutation(len(rows))] for rows in self._rows]
        return HeldOut(self._X, self._rows, columns, others)

    def __len__(self) -> int:
        return len(self._rows)

    @overload
    def __getitem__(self, index: int) -> np.ndarray: ...
    @overload
    def __getitem__(self, index: slice) -> HeldOut: ...
    def __getitem__(self, index: int | slice) -> np.ndarray | HeldOut:
        if isinstance(index, slice):
            return HeldOut(self._X, self._rows[index], self._columns, self._others[index])
        held_out = self._X[self._rows[index]]
        if self._others:
            places = np.ix_(self._others[index], np.asarray(self._columns))
            held_out[:, self._columns] = self._X[places]
        return held_out


def said_of(
    task: ClimbTask,
    models: Sequence[Model],
    inputs: Sequence[np.ndarray],
    outputs: Sequence[np.ndarray] | None = None,
) -> tuple[np.ndarray, np.ndarray | None]:
    """Return predictions and what is kept of outputs, of the models of all outer folds.

    `inputs` are what each model is asked about: its held-out rows, (n_rows, n_features), in order;
    `outputs` what it has answered, where it has been asked already.
    """
    if outputs is None:
        outputs = [model.outputs(X) for model, X in zip(models, inputs, strict=True)]
    ordered = _outputs_to_keep(task, models, outputs, inputs)
    predictions = _gather(task, [_predicted(task, out) for out in outputs])
    return predictions, None if ordered is None else _gather(task, ordered)


def _choosing_share(family: Family, task: ClimbTask, n_candidates: int) -> float:
    """Share of the fits that serve only to choose."""
    if n_candidates == 1:
        return 0.0
    folds = task.folds
    n = len(folds.pairs(family.thorough)) * folds.repeats * n_candidates
    return n / (n + len(folds.outer))


def _choose(
    family: Family, task: ClimbTask, input: str, candidates: Sequence[Any], progress: Progress
) -> list[int]:
    """Choose a candidate for every outer fold on other folds of its repeat."""
    folds = task.folds
    if len(candidates) == 1:
        return [0] * len(folds.outer)
    rivals = family.rivals(task, input)
    pairs = [(r, *pair) for r in range(folds.repeats) for pair in folds.pairs(family.thorough)]
    part = scaled(progress, 0.0, 0.7 if rivals else 1.0)
    judged = _judged(family, task, input, candidates, pairs, part, rivals is not None)
    # argmax takes the first, simplest, of equally good candidates
    chosen = {outer: int(np.argmax(one.means)) for outer, one in judged.items()}
    if rivals is not None:
        chosen = {o: c if c and judged[o].beats_constant(c) else 0 for o, c in chosen.items()}
    doubted = {outer for outer, c in chosen.items() if c and rivals}
    if rivals and doubted:
        again = [(r, i, j) for r, i, j in pairs
                 if any((r, outer) in doubted for outer, _ in folds.judges(i, j))]  # fmt: skip
        met = _judged(family, task, input, rivals, again, scaled(progress, 0.7, 1.0), False)
        for outer in doubted:
            if met[outer].means.max() >= judged[outer].means[chosen[outer]]:
                chosen[outer] = 0
    return [chosen[outer] for outer in folds.outer]


@dataclass(frozen=True)
class _Judged:
    """How candidates did on the rows on which an outer fold chooses."""

    scores: list[np.ndarray] = field(default_factory=list)  # (n_candidates,) of each judging fold
    # (n_candidates, n_rows) each: by how much the squared error is below one answer for all
    leads: list[np.ndarray] = field(default_factory=list)

    @property
    def means(self) -> np.ndarray:
        return sum(self.scores, start=np.zeros(1)) / len(self.scores)

    def beats_constant(self, c: int) -> bool:
        """Whether a candidate is better than one answer for all, by two standard errors."""
        lead = np.concatenate(self.leads, axis=1)[c]
        return bool(lead.mean() > 2.0 * lead.std() / np.sqrt(len(lead)))


def _judged(
    family: Family,
    task: ClimbTask,
    input: str,
    candidates: Sequence[Any],
    pairs: Sequence[tuple[int, int, int]],
    progress: Progress,
    with_leads: bool,
) -> dict[tuple[int, int], _Judged]:
    """Judge candidates for every outer fold (repeat, fold) that some pairs of folds serve."""
    folds = task.folds
    learnt = [folds.rows_without(*pair) for pair in pairs]
    judging = [folds.rows(r, *(judge for _, judge in folds.judges(i, j))) for r, i, j in pairs]
    fits = [
        Fit(candidate, train, rows)
        for train, rows in zip(learnt, judging, strict=True)
        for candidate in candidates
    ]
    fitted = iter(fit_all(family, task, input, fits, progress))
    found: dict[tuple[int, int], _Judged] = defaultdict(_Judged)
    for (r, i, j), train, rows in zip(pairs, learnt, judging, strict=True):
        outputs = [next(fitted).outputs for _ in candidates]
        for outer, judge in folds.judges(i, j):
            mine = folds.fold_of[r, rows] == judge
            own, one = [out[mine] for out in outputs], found[r, outer]
            one.scores.append(np.array([task.judge(out, rows[mine]) for out in own]))
            if with_leads:
                truth, spread = task.targets.matrix[rows[mine]], _spread(task, train)
                errors = [
                    (((out - truth) / spread) ** 2).sum(axis=1) for out in [task.mean(train), *own]
                ]
                one.leads.append(errors[0] - np.stack(errors[1:]))
    return found


def _spread(task: ClimbTask, train: np.ndarray) -> np.ndarray | float:
    """Return the units in which errors of several numbers are added up."""
    if task.task != "regression":
        return 1.0
    return TargetUnits.learn(task.targets.matrix[train], task.weights(train)).spread


def _commonest(chosen: Sequence[int]) -> int:
    counts = Counter(chosen)
    return min(counts, key=lambda c: (-counts[c], c))


def _describe_choice(family: Family, candidates: Sequence[Any], chosen: Sequence[int]) -> str:
    best = _commonest(chosen)
    text = family.describe(candidates[best])
    n = sum(c == best for c in chosen)
    return text if n == len(chosen) else f"{text} ({n} of {len(chosen)} folds)"


def _predicted(task: ClimbTask, outputs: np.ndarray) -> np.ndarray:
    """Decide, in the type of the targets, as the store gives it back."""
    return task.decide(outputs).astype(task.collection.y.dtype, copy=False)


def _gather(task: ClimbTask, parts: Sequence[np.ndarray]) -> np.ndarray:
    """Put what was said of the held-out rows of each repeat into the order of those scored."""
    shape, dtype = parts[0].shape[1:], parts[0].dtype
    whole = np.empty((task.folds.repeats, len(task.folds.scored), *shape), dtype=dtype)
    for (r, k), part in zip(task.folds.outer, parts, strict=True):
        whole[r, task.folds.places(r, k)] = part
    return whole


def _outputs_to_keep(
    task: ClimbTask,
    models: Sequence[Model],
    outputs: Sequence[np.ndarray],
    inputs: Sequence[np.ndarray],
) -> list[np.ndarray] | None:
    """Return what is kept of outputs besides decisions: what scores read, and probabilities."""
    if task.keeps_outputs:
        return [_order(*one) for one in zip(models, inputs, outputs, strict=True)]
    if task.task == "regression" or not all(model.learner.probabilistic for model in models):
        return None
    return list(outputs)


def _margins(
    task: ClimbTask, models: Sequence[Model], inputs: Sequence[np.ndarray]
) -> np.ndarray | None:
    """Return how far the best class's score is above the next, where there are no probabilities."""
    if task.task != "classification" or models[0].learner.probabilistic:
        return None
    found = []
    for model, X in zip(models, inputs, strict=True):
        assert model.scaler is not None
        z = model.learner.scores(model.scaler.transform(X, np.float64))
        if z.shape[1] == 1:
            away = np.abs(z[:, 0])
        else:
            second, first = np.sort(z, axis=1)[:, -2:].T
            # A model that has met few classes is infinitely sure, which tells nothing.
            away = np.where(np.isfinite(second) & np.isfinite(first), first, np.nan) - second
        found.append(np.where(np.isfinite(away), away, np.nan))
    return _gather(task, found)


def _order(model: Model, X: np.ndarray, outputs: np.ndarray) -> np.ndarray:
    """Return what orders rows: probabilities and lines as they are, others in units of a fold."""
    if model.learner.probabilistic or isinstance(model.learner, AveragedNetworks):
        return outputs
    scores = (
        model.learner.scores(model.scaler.transform(X, np.float64)) if model.scaler else outputs
    )
    # What knows one class only scores it as infinite.
    finite = np.where(np.isfinite(scores), scores, np.nan)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)
        center, spread = np.nanmean(finite, axis=0), np.nanstd(finite, axis=0)
    spread = np.where(spread > 0, spread, 1.0)
    away = (finite - center) / spread
    return np.where(np.isnan(away), np.where(scores > 0, 1e9, -1e9), away)


def _outputs_for(metric: str, row: RungResult, order: np.ndarray | None) -> np.ndarray | None:
    """Return the outputs that a metric reads; `order` is without prevalence."""
    if METRICS[metric].reads == "probabilities":
        return row.outputs if row.probabilistic else None
    # Labels are ordered within a row, where shares in training belong to what is known.
    return row.outputs if metric == "label_ranking" else order


def pooled_score(task: ClimbTask, row: RungResult) -> Pooled:
    """Score what a rung said of all rows, and of all but each unit's."""
    out = _outputs_for(task.metric, row, _without_prevalence(task, row))
    return pool(task.metric, task.scored, row.predictions, out, task.units.codes)


def score_rung(task: ClimbTask, row: RungResult) -> RungResult:
    """Score what a rung said, fold by fold and pooled."""
    order = _without_prevalence(task, row)
    folds, scored, metric = task.folds, task.scored, METRICS[task.metric]
    out = _outputs_for(task.metric, row, order)
    by_fold = [
        score(
            task.metric,
            scored.take(rows := folds.places(r, k)),
            row.predictions[r, rows],
            None if out is None else out[r, rows],
        )
        for r, k in folds.outer
    ]
    codes = task.units.codes
    pooled = pool(task.metric, scored, row.predictions, out, codes)
    gate = GATES[task.task]
    found = (
        pooled
        if gate == task.metric
        else pool(gate, scored, row.predictions, _outputs_for(gate, row, order), codes)
    )
    n_units = len(task.units.sizes)
    if folds.fixed:
        drawn = resample(task.metric, scored, row.predictions[0], None if out is None else out[0],
                         codes)  # fmt: skip
        interval = bootstrap_bounds(pooled.value, drawn, n_units, metric.range)
    else:
        variance = float(jackknife(pooled.without[None])[0, 0])
        n_rows = float(task.units.sizes.sum())
        interval = score_bounds(pooled.value, variance, n_rows, n_units - 1.0, metric.range)
    return replace(
        row,
        fold_scores=np.array(by_fold),
        interval=interval,
        pooled=pooled,
        gate=found,
        group_scores=_group_scores(task, row, out, pooled) if task.units.grouped else None,
    )


def _group_scores(
    task: ClimbTask, row: RungResult, out: np.ndarray | None, pooled: Pooled
) -> np.ndarray:
    """Score each group by itself, (n_groups,): which of them are hard."""
    units = task.units
    if pooled.sums is not None and METRICS[task.metric].reads != "order":
        return pooled.sums / np.bincount(units.codes, task.scored.counts)
    scores = np.empty(len(units.sizes))
    ends = np.cumsum(np.bincount(units.codes))[:-1]
    by_group = np.split(np.argsort(units.codes, kind="stable"), ends)
    for group, rows in enumerate(by_group):
        part = None if out is None else out[:, rows]
        alone = np.zeros(len(rows), dtype=int)
        truth = task.scored.take(rows)
        scores[group] = pool(task.metric, truth, row.predictions[:, rows], part, alone).value
    return scores


def _without_prevalence(task: ClimbTask, row: RungResult) -> np.ndarray | None:
    """Take from outputs how often their classes were there in training, which tells the fold."""
    if not task.keeps_outputs or row.outputs is None:
        return None
    if not (row.probabilistic or row.rung == "linear"):
        return row.outputs
    order = np.array(row.outputs)
    for r, k in task.folds.outer:
        # As the majority computes it, so that its own are exactly 0 everywhere.
        order[r, task.folds.places(r, k)] -= task.mean(task.folds.rows_without(r, k))
    return order
