"""The verdict: on which rung to stop, in one of five answers, and in a sentence.

Conventions: rows come in the order of the ladder; a difference is how much better the best row is
than the other, in the metric's own unit, so it is positive for losses too. Margin and tolerance
are on the metric's scale; of errors and losses they are shares of the majority's.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import scipy.special

from gradatim._text import plural
from gradatim.climb.decision import LEVEL, Decision, Factors, Gate, decide_rows
from gradatim.climb.result import Comparison, EvaluationProtocol, RungResult, Verdict
from gradatim.climb.task import ClimbTask, Units
from gradatim.collection import Notice
from gradatim.errors import SpecError
from gradatim.evaluation.evidence import Evidence, t_quantile
from gradatim.evaluation.metrics import GATES, METRICS, Truth, show_score
from gradatim.evaluation.scores import Pooled
from gradatim.models.families.registry import get_family

#: By task: how much more the scores vary than the jackknife says.
FACTORS = {
    "classification": Factors(),
    "multilabel": Factors(2.0, 2.0),
    "regression": Factors(1.5, 2.0),
}


_FIXED = (
    " All this is of one fixed split: what other samples to learn from would change is not in it."
)


def describe(rung: str, input: str, task: str = "classification") -> str:
    """Name a row of the ladder in words."""
    name = get_family(rung).title_for(task)
    return f"{name} on {input}" if input else name


class _Scale(NamedTuple):
    """The metric's own unit, and the scale on which larger is better and 1 is a lot."""

    sign: int
    unit: float
    widest: float = math.inf  # What no difference exceeds, in the metric's own unit

    def evidence(self, pooled: Sequence[Pooled], sizes: np.ndarray) -> Evidence:
        factor = self.sign / self.unit
        values = np.array([p.value for p in pooled])
        without = np.stack([np.where(np.isfinite(p.without), p.without, p.value) for p in pooled])
        return Evidence(factor * values, factor * without, sizes)


def evidence_of(rungs: Sequence[RungResult], metric: str, sizes: np.ndarray) -> Evidence:
    """Put rows side by side, in the metric's own unit but larger where better."""
    return _Scale(METRICS[metric].sign, 1.0).evidence([_pooled(row) for row in rungs], sizes)


def decide(
    rungs: Sequence[RungResult], protocol: EvaluationProtocol, truth: Truth, units: Units
) -> Verdict:
    """Say on which rung to stop, how sure that is, and what would settle it."""
    if not rungs:
        raise SpecError("a verdict needs at least one rung")
    scored = [row for row in rungs if math.isfinite(row.mean)]
    if not any(row.rung != "majority" for row in scored):
        return _nothing_compared(rungs, protocol, truth.task)
    scale = _scale(scored, protocol.metric)
    evidence = scale.evidence([_pooled(row) for row in scored], units.sizes)
    order = list(dict.fromkeys(row.rung for row in scored))
    levels = np.array([0 if r.rung == "majority" else 1 + order.index(r.rung) for r in scored])
    gate = _gate([row for row in scored if row.rung != "majority"], truth, units)
    factors = FACTORS[truth.task]
    found = decide_rows(evidence, levels, gate, protocol.margin, protocol.tolerance, factors)
    chosen = ("majority", "") if found.row is None else _pair(scored[found.row])
    n_unscored = len(rungs) - len(scored)
    words = _VerdictWords(scored, found, scale, protocol, truth, units, gate.chance, n_unscored)
    return Verdict(
        rung=chosen[0],
        input=chosen[1],
        answer=found.answer,
        sentence=words.sentence() + (_FIXED if protocol.split == "fixed" else ""),
        comparisons=_compare(scored, evidence, scale, protocol.margin, factors),
        gap_at_most=words.gap,
        margin=protocol.margin * scale.unit,
        tolerance=protocol.tolerance * scale.unit,
        level=tuple(_pair(scored[s]) for s in found.level_rows),
        more_units=words.more,
        power=found.power,
        p_chance=found.p_found,
    )


def _pair(row: RungResult) -> tuple[str, str]:
    return row.rung, row.input


def _pooled(row: RungResult) -> Pooled:
    assert row.pooled is not None
    return row.pooled


def _scale(rungs: Sequence[RungResult], metric: str) -> _Scale:
    kind = METRICS[metric]
    widest = 1.0 if kind.range == "share" else math.inf
    if kind.higher_is_better:
        return _Scale(1, 1.0, widest)
    guess = next((row.mean for row in rungs if row.rung == "majority"), 0.0)
    return _Scale(-1, guess or 1.0, widest)


def _gate(trained: Sequence[RungResult], truth: Truth, units: Units) -> Gate:
    scores = [row.gate for row in trained if row.gate is not None]
    evidence = _Scale(1, 1.0).evidence(scores, units.sizes)
    if truth.task != "classification":
        n = len(truth.y)
        return Gate(evidence, 0.5 if truth.task == "multilabel" else 0.0, 2.0 / (n + 2.0) ** 2)
    counts = truth.indicators.sum(axis=0) * units.sizes.sum() / len(truth.y)
    # The scored part of a fixed split may lack a class, which then does not count.
    n_scored, n_classes = np.count_nonzero(counts), len(truth.classes)
    ties = float(np.sum(2.0 / (counts[counts > 0] + 2.0) ** 2) / n_scored**2)
    said = classes = None
    by_class = np.zeros((len(units.sizes), n_classes))
    np.add.at(by_class, units.codes, truth.indicators)
    if units.grouped and ((by_class > 0).sum(axis=1) == 1).all():
        said = np.stack([_said_by_unit(row, truth, units) for row in trained])
        classes = by_class.argmax(axis=1)
    return Gate(evidence, 1.0 / n_scored, ties, said, classes)


def _said_by_unit(row: RungResult, truth: Truth, units: Units) -> np.ndarray:
    """Sum what a row says of the rows of each unit, averaged over repeats, (G, C)."""
    counts = np.zeros((len(units.sizes), len(truth.classes)))
    for said in row.predictions:
        np.add.at(counts, (units.codes, np.searchsorted(truth.classes, said)), truth.counts)
    return counts / len(row.predictions)


def compare_references(
    rungs: Sequence[RungResult],
    references: Sequence[RungResult],
    verdict: Verdict,
    protocol: EvaluationProtocol,
    task: ClimbTask,
) -> tuple[Comparison, ...]:
    """Say how much better than each reference the verdict's rung is."""
    chosen = next(row for row in rungs if (row.rung, row.input) == (verdict.rung, verdict.input))
    rows = [row for row in (chosen, *references) if math.isfinite(row.mean)]
    if rows[:1] != [chosen]:
        return ()
    scale = _scale([*rungs, *references], protocol.metric)
    evidence = scale.evidence([_pooled(row) for row in rows], task.units.sizes)
    return _compare(rows, evidence, scale, protocol.margin, FACTORS[task.task], best=0)


def features_or_depth(
    rungs: Sequence[RungResult], verdict: Verdict, protocol: EvaluationProtocol, task: ClimbTask
) -> Notice | None:
    """Say whether the choice of the input moves scores more than depth does.

    A line on the best input is held against the deep network on the worst: if it is ahead by d,
    then what the deep network gains from one input to the other is d more than what it gains over
    the line on the best. The interval counts every such pair. None where no such rows are there.
    """
    scored = [row for row in rungs if math.isfinite(row.mean)]
    line = next((row.rung for row in scored if row.rung in ("linear", "logistic")), "")
    lines, deep = ([row for row in scored if row.rung == name] for name in (line, "deep"))
    if verdict.found_nothing or not lines or len(deep) < 2:
        return None
    scale, n_pairs = _scale(scored, protocol.metric), len(deep) * (len(deep) - 1)
    best = max(lines, key=lambda row: scale.sign * row.mean)
    others = [row for row in deep if row.input != best.input]
    worst = min(others, key=lambda row: scale.sign * row.mean)
    evidence = scale.evidence([_pooled(worst), _pooled(best)], task.units.sizes)
    [ahead], [error], _ = evidence.differences(0, np.array([1]), FACTORS[task.task].bound)
    width = t_quantile(1 - (1 - LEVEL) / (2 * n_pairs), evidence.df) * error
    rows, what = (best, worst), "features matter more than depth here:"
    if ahead < 0:
        rows, what = (worst, best), "depth matters more than features here:"
    if abs(ahead) <= width:
        what = "it is not shown whether features or depth matter more here:"
    ends = (max(abs(ahead) - width, -scale.widest), min(abs(ahead) + width, scale.widest))
    first, second = (
        f"{describe(row.rung, row.input, task.task)} ({show_score(row.mean)})" for row in rows
    )
    gain, low, high = (show_score(float(x) * scale.unit) for x in (abs(ahead), *ends))
    return Notice(
        "features-or-depth", f"{what} {first} is ahead of {second} by {gain} ({low} to {high})"
    )


def _compare(
    rungs: Sequence[RungResult],
    evidence: Evidence,
    scale: _Scale,
    margin: float,
    factors: Factors,
    best: int | None = None,
) -> tuple[Comparison, ...]:
    """Compare a row, the best unless told, with each other one."""
    if best is None:
        best = int(np.argmax(np.round(evidence.scores, 12)))
    others = np.array([i for i in range(len(rungs)) if i != best], dtype=int)
    lower, error, _ = evidence.differences(best, others, factors.bound)
    two_sided, one_sided = (t_quantile(p, evidence.df) for p in (0.5 + LEVEL / 2, LEVEL))
    found = []
    for i, d, e in zip(others, -lower, error, strict=True):
        found.append(
            Comparison(
                rung=rungs[i].rung,
                input=rungs[i].input,
                difference=float(d * scale.unit),
                interval=(
                    max(float((d - two_sided * e) * scale.unit), -scale.widest),
                    min(float((d + two_sided * e) * scale.unit), scale.widest),
                ),
                p_better=float(scipy.special.stdtr(evidence.df, (d - margin) / e)),
                upper=min(float((d + one_sided * e) * scale.unit), scale.widest),
            )
        )
    return tuple(found)


def _nothing_compared(
    rungs: Sequence[RungResult], protocol: EvaluationProtocol, task: str
) -> Verdict:
    row, title = rungs[0], METRICS[protocol.metric].title
    others = "no other rung was climbed"
    if len(rungs) > 1:
        others = f"no other rung that was climbed can be scored by {title}"
    said = describe(row.rung, row.input, task)
    return Verdict(
        rung=row.rung,
        input=row.input,
        answer="cannot decide",
        sentence=f"Nothing can be compared with {said} ({title} {show_score(row.mean)}): {others}.",
        gap_at_most=None,
        margin=protocol.margin,
        tolerance=protocol.tolerance,
    )


class _VerdictWords:
    """Puts a decision into a sentence."""

    def __init__(
        self,
        rungs: Sequence[RungResult],
        found: Decision,
        scale: _Scale,
        protocol: EvaluationProtocol,
        truth: Truth,
        units: Units,
        chance: float,
        n_unscored: int,
    ) -> None:
        self.n_unscored = n_unscored
        self.rungs, self.found, self.truth, self.chance = rungs, found, truth, chance
        self.metric = METRICS[protocol.metric].title
        # What is above chance is said in the gate's metric.
        self.gap = found.gap if found.row is None else min(found.gap * scale.unit, scale.widest)
        self.noun, self.n_units = units.noun, len(units.sizes)
        self.more = None if found.units is None else _about(found.units - self.n_units)

    def sentence(self) -> str:
        found, gap = self.found, show_score(self.gap)
        if found.row is None:
            return self._nothing(gap)
        row = self.rungs[found.row]
        name = f"{self._named(row)} ({self.metric} {show_score(row.mean)})"
        if found.rival is None:
            return self._climbed(name)
        rival = self._named(self.rungs[found.rival])
        if found.answer == "cannot decide":
            begun = f"{name[:1].upper()}{name[1:]}"
            return f"{begun} may be enough: what {rival} could gain is at most {gap}, {self._rest}"
        reason = {
            "best": "no rung scores better",
            "equivalent": "higher rungs are equivalent to it",
            "good enough": "it is good enough",
        }[found.answer]
        return f"Stop at {name}: {reason}; what {rival} could gain is at most {gap}."

    def _climbed(self, name: str) -> str:
        if len({row.rung for row in self.rungs if row.rung != "majority"}) == 1:
            above = "nothing above it was climbed"
            if self.n_unscored:
                above = f"no other rung that was climbed can be scored by {self.metric}"
            return f"Stop at {name}: it is better than guessing, and {above}."
        return f"Climb to {name}: every simpler rung is shown to be worse."

    def _nothing(self, gap: str) -> str:
        # The gate has the trained rows only, in their order.
        gate = METRICS[GATES[self.truth.task]].title
        if self.found.answer == "nothing learnable":
            return (
                "Nothing learnable was found: the most that any rung could gain over guessing is "
                f"{gap} ({gate})."
            )
        trained = [row for row in self.rungs if row.rung != "majority"]
        best = max(trained, key=lambda row: -math.inf if row.gate is None else row.gate.value)
        assert best.gate is not None
        return (
            f"Guessing may be enough: what a rung could gain is at most {gap} ({gate}, of which "
            f"{self._named(best)} has {show_score(best.gate.value)} and guessing "
            f"{show_score(self.chance)}{self._below_guessing}), {self._rest}"
        )

    @property
    def _below_guessing(self) -> str:
        """Say why the ladder's majority is below what guessing has."""
        guess = next((row for row in self.rungs if row.rung == "majority"), None)
        shares = (METRICS[name].title for name in ("accuracy", "balanced_accuracy"))
        if guess is None or self.metric not in shares or guess.mean > self.chance - 0.01:
            return ""
        return (
            f"; the majority's {show_score(guess.mean)} is lower, since it is learnt without the "
            f"{self.noun}s that it is scored on"
        )

    def _named(self, row: RungResult) -> str:
        return describe(row.rung, row.input, self.truth.task)

    @property
    def _rest(self) -> str:
        do = "does" if self.n_units == 1 else "do"
        said = f"and {plural(self.n_units, self.noun)} {do} not settle it"
        return (
            f"{said}."
            if self.more is None
            else f"{said}; about {self.more:,} more would in 4 of 5 cases."
        )


def _about(n: int) -> int:
    """Round a number up to two digits."""
    if n <= 0:
        return 1
    step = 10 ** max(0, math.floor(math.log10(n)) - 1)
    return math.ceil(n / step) * step
