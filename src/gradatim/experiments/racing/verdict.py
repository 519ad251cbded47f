"""The verdict of a race: what a line does, what is cheapest, and whether depth was any use.

Conventions: depth is compared at equal budgets with one hidden layer of the same activation, on the
same rows seed by seed, with intervals that hold for all comparisons of the race at once. "No
difference" is said only where the whole interval lies within the margin.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from gradatim.experiments.racing.course import Course
from gradatim.experiments.racing.result import Difference, Entry, Protocol, Verdict
from gradatim.experiments.racing.statistics import mean_interval

__all__ = ["judge"]

#: Share of the seeds from which a contender is said to solve it.
RELIABLE = 0.9

_KINDS = {
    "better": "better",
    "worse": "worse",
    "no difference": "no different",
    "unclear": "not shown to differ",
}


def judge(entries: Sequence[Entry], course: Course, protocol: Protocol) -> Verdict:
    """Put in words what a race shows.

    Parameters
    ----------
    entries : sequence of Entry
        All contenders with their scores.
    course : Course
        What was raced on.
    protocol : Protocol
        How.

    Returns
    -------
    Verdict
        The findings.
    """
    differences = tuple(_differences(entries, protocol, course.overlap))
    sentences = [
        _on_depth(entries, protocol),
        _on_the_line(entries, course),
        _on_the_cheapest(entries),
        *_on_differences(differences),
    ]
    return Verdict(tuple(filter(None, sentences)), differences)


def _differences(
    entries: Sequence[Entry], protocol: Protocol, overlap: float
) -> Iterator[Difference]:
    shallow = {e.budget: e for e in entries if e.contender.name == "shallow-relu"}
    deep = [e for e in entries if e.contender.is_deep and e.budget in shallow]
    level = 1 - 0.05 / max(1, len(deep))
    for entry in deep:
        assert entry.budget is not None
        gaps = entry.accuracies - shallow[entry.budget].accuracies
        low, high = mean_interval(gaps, overlap, level)
        yield Difference(
            entry.contender.name,
            entry.budget,
            float(gaps.mean()),
            (low, high),
            _kind(low, high, protocol.margin),
        )


def _kind(low: float, high: float, margin: float) -> str:
    if -margin <= low and high <= margin:
        return "no difference"
    if low > 0:
        return "better"
    return "worse" if high < 0 else "unclear"


def _on_depth(entries: Sequence[Entry], protocol: Protocol) -> str:
    """Say whether depth was needed to solve it."""
    shallow = [e for e in entries if e.contender.n_hidden == 1]
    deep = [e for e in entries if e.contender.is_deep]
    if not shallow or not deep:
        return ""
    single = _cheapest([e for e in entries if e.contender.name == "perceptron"])
    if single is not None:
        return f"A line is enough: {_named(single)} solves it in {_seeds(single)}."
    best = _cheapest(shallow)
    rival = _cheapest(deep)
    if best is not None:
        said = f"{_named(best)} solves it in {_seeds(best)}"
        if rival is None:
            return f"Depth is not needed: {said}, and no deep network did so in nine of ten."
        saves = rival.n_parameters < best.n_parameters
        claim = "Depth is not needed, but saves parameters" if saves else "Depth is not needed"
        return f"{claim}: {said}; the smallest deep network that does so is {_named(rival)}."
    if rival is not None:
        return (
            f"Depth paid here: {_named(rival)} solves it in {_seeds(rival)}, and no network with "
            f"one hidden layer of at most {max(protocol.budgets)} parameters did so in nine of ten."
        )
    top = max([*shallow, *deep], key=lambda entry: (entry.solved, entry.mean))
    return (
        f"No network solved it in nine of ten seeds; {_named(top)} came nearest, in {_seeds(top)} "
        f"and with accuracy {top.mean:.3f}."
    )


def _on_the_line(entries: Sequence[Entry], course: Course) -> str:
    line = next((e for e in entries if e.contender.name == "perceptron"), None)
    if line is None:
        return ""
    low, high = line.interval
    return (
        f"A perceptron reaches {line.mean:.3f} ({low:.3f} to {high:.3f}) and solves it in "
        f"{_seeds(line)}; always naming the more frequent class reaches {course.majority:.3f}."
    )


def _on_the_cheapest(entries: Sequence[Entry]) -> str:
    best = _cheapest(entries)
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


def _cheapest(entries: Sequence[Entry]) -> Entry | None:
    reliable = [entry for entry in entries if entry.solved >= RELIABLE]
    return min(reliable, key=lambda entry: (entry.n_parameters, -entry.mean), default=None)


def _named(entry: Entry) -> str:
    return f"{entry.contender.title} with {entry.n_parameters:.0f} parameters"


def _seeds(entry: Entry) -> str:
    return f"{entry.n_solved} of {len(entry.runs)} seeds"


def _list(words: Sequence[str]) -> str:
    *most, last = words
    return f"{', '.join(most)} and {last}" if most else last
