"""The verdict of a race: what a line does, what is cheapest, and whether depth was any use.

Conventions: depth is compared at equal budgets with one hidden layer of the same activation, on the
same rows seed by seed, with intervals that hold for all comparisons of the race at once. "No
difference" is said only where the whole interval lies within the margin. That one reaches the bar
in nine of ten seeds and another in fewer is no proof that they differ, so depth is said to pay, or
to save parameters, only where that interval shows it to be better.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from gradatim.comparisons.racing.bar import Bar, Reference
from gradatim.comparisons.racing.candidate_result import CandidateResult
from gradatim.comparisons.racing.contenders import CONTENDERS, least_parameters
from gradatim.comparisons.racing.result import Difference, RaceProtocol, RaceVerdict
from gradatim.comparisons.racing.task import RaceTask
from gradatim.evaluation.statistics import posterior

#: Share of the seeds from which a contender is said to solve it.
RELIABLE = 0.9

_KINDS = {
    "better": "better",
    "worse": "worse",
    "no difference": "no different",
    "unclear": "not shown to differ",
}


def judge(
    results: Sequence[CandidateResult],
    task: RaceTask,
    protocol: RaceProtocol,
    bar: Bar,
    absent: Sequence[tuple[str, int]] = (),
) -> RaceVerdict:
    """Put in words what a race shows."""
    differences = tuple(_differences(results, protocol, task.overlap))
    sentences = [
        *_on_the_majority(bar.reference, task),
        "" if bar.accuracy is None else _on_depth(results, task, protocol, differences),
        _on_the_lines(results, task, bar),
        _on_the_cheapest(results),
        *_on_differences(differences),
        _on_the_absent(absent, task, protocol),
    ]
    return RaceVerdict(tuple(filter(None, sentences)), differences)


def _differences(
    results: Sequence[CandidateResult], protocol: RaceProtocol, overlap: float
) -> Iterator[Difference]:
    shallow = {e.budget: e for e in results if e.contender.name == "shallow-relu"}
    deep = [e for e in results if e.contender.is_deep and e.budget in shallow]
    level = 1 - 0.05 / max(1, len(deep))
    for result in deep:
        assert result.budget is not None
        gaps = result.accuracies - shallow[result.budget].accuracies
        belief = posterior(gaps, overlap)
        kind = _kind(*belief.interval(level), protocol.margin)
        yield Difference(
            result.contender.name, result.budget, belief.mean, belief.interval(level), kind
        )


def _kind(low: float, high: float, margin: float) -> str:
    if -margin <= low and high <= margin:
        return "no difference"
    if low > 0:
        return "better"
    return "worse" if high < 0 else "unclear"


def _on_the_majority(reference: Reference | None, task: RaceTask) -> Iterator[str]:
    """Say it where even the best is not shown to have learnt anything."""
    if reference is None or reference.is_better:
        return
    yield "Nothing is shown to be better than always naming the most frequent class."
    low, high = reference.gain_interval
    difference = f"{reference.gain:.3f} ({low:.3f} to {high:.3f})".replace("-", "\N{MINUS SIGN}")
    yield (
        f"The best on the rows to choose on, {reference.title} with {reference.n_parameters:.0f} "
        f"parameters, reaches {reference.mean:.3f} on the scored rows, the most frequent class "
        f"{task.majority:.3f}: a difference of {difference}."
    )


def _on_depth(
    results: Sequence[CandidateResult],
    task: RaceTask,
    protocol: RaceProtocol,
    differences: Sequence[Difference],
) -> str:
    """Say whether depth was needed to solve it."""
    shallow = [e for e in results if e.contender.n_hidden == 1]
    deep = [e for e in results if e.contender.is_deep]
    single = _cheapest([e for e in results if e.contender.is_line])
    if single is not None:
        plane = task.n_features == 2 and len(task.classes) == 2
        who = "A line" if plane else "One layer"
        return f"{who} is enough: {_named(single)} solves it in {_seeds(single)}."
    if not shallow or not deep:
        return ""
    best = _cheapest(shallow)
    rival = _cheapest(deep)
    kind = "" if rival is None else _kind_at(rival, differences)
    if best is not None:
        said = f"{_named(best)} solves it in {_seeds(best)}"
        if rival is None:
            return f"Depth is not needed: {said}, and no deep network did so in nine of ten."
        saves = kind == "better" and rival.n_parameters < best.n_parameters
        claim = "Depth is not needed, but saves parameters" if saves else "Depth is not needed"
        return f"{claim}: {said}; the smallest deep network that does so is {_named(rival)}."
    if rival is not None:
        claim = "Depth paid here" if kind == "better" else "Depth is not shown to pay"
        said = (
            f"{claim}: {_named(rival)} solves it in {_seeds(rival)}, and no network with one "
            f"hidden layer of at most {max(protocol.budgets)} parameters did so in nine of ten"
        )
        if kind in ("better", ""):
            return f"{said}."
        return f"{said}, but it is {_KINDS[kind]} from one hidden layer of ReLU of that budget."
    top = max([*shallow, *deep], key=lambda result: (result.solved, result.mean))
    return (
        f"No network solved it in nine of ten seeds; {_named(top)} came nearest, in {_seeds(top)} "
        f"and with accuracy {top.mean:.3f}."
    )


def _kind_at(result: CandidateResult, differences: Sequence[Difference]) -> str:
    """Return how a deep result differs from one hidden layer; nothing if that did not start."""
    at = (result.contender.name, result.budget)
    return next((one.kind for one in differences if (one.contender, one.budget) == at), "")


def _on_the_lines(results: Sequence[CandidateResult], task: RaceTask, bar: Bar) -> str:
    said = []
    for result in results:
        if result.contender.is_line:
            low, high = result.interval
            solves = "" if bar.accuracy is None else f" and solves it in {_seeds(result)}"
            reaches = f"reaches {result.mean:.3f} ({low:.3f} to {high:.3f})"
            who = "a perceptron" if result.contender.kind == "rule" else result.contender.title
            said.append(f"{who} {reaches}{solves}")
    if not said:
        return ""
    majority = f"always naming the most frequent class reaches {task.majority:.3f}"
    first, *more = [*said, majority]
    return f"{'; '.join([first[0].upper() + first[1:], *more])}."


def _on_the_cheapest(results: Sequence[CandidateResult]) -> str:
    best = _cheapest(results)
    if best is None:
        return ""
    return f"The fewest parameters that solve it in nine of ten seeds: {_named(best)}."


def _on_differences(differences: Sequence[Difference]) -> Iterator[str]:
    for name in dict.fromkeys(one.contender for one in differences):
        mine = [one for one in differences if one.contender == name]
        said = []
        for kind, words in _KINDS.items():
            budgets = [f"{one.budget}" for one in mine if one.kind == kind]
            if budgets:
                said.append(f"{words} at {_list(budgets)}")
        layers = name.partition("-")[2]
        yield f"{layers} hidden layers against one, both ReLU, at equal budgets: {'; '.join(said)}."


def _on_the_absent(
    absent: Sequence[tuple[str, int]], task: RaceTask, protocol: RaceProtocol
) -> str:
    """Say who did not start at all, and what it would take."""
    needs = {}
    for contender in CONTENDERS:
        if all((contender.name, budget) in absent for budget in protocol.budgets):
            least = least_parameters(contender, task.n_features, task.n_outputs)
            needs.setdefault(least, []).append(contender.title)
    if not needs:
        return ""
    said = [f"{_list(titles)} ({least})" for least, titles in sorted(needs.items())]
    return (
        f"With {task.n_features} inputs and {len(task.classes)} classes these need more "
        f"parameters than any budget, so they did not start: {'; '.join(said)}."
    )


def _cheapest(results: Sequence[CandidateResult]) -> CandidateResult | None:
    reliable = [result for result in results if result.solved >= RELIABLE]
    return min(reliable, key=lambda result: (result.n_parameters, -result.mean), default=None)


def _named(result: CandidateResult) -> str:
    return f"{result.contender.title} with {result.n_parameters:.0f} parameters"


def _seeds(result: CandidateResult) -> str:
    return f"{result.n_solved} of {len(result.runs)} seeds"


def _list(words: Sequence[str]) -> str:
    *most, last = words
    return f"{', '.join(most)} and {last}" if most else last
