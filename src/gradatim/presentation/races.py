"""What is said of a race: the task, who solved it, how accurate each was, and how it was run.

Conventions: a cell of a table has one or two parts, which stand beside or below each other; a
budget that a contender cannot meet has a dash.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from gradatim._text import is_told, show_name, show_sentence
from gradatim.comparisons import Race
from gradatim.comparisons.racing.candidate_result import CandidateResult
from gradatim.presentation.lines import Column, Grid, Line, notes
from gradatim.presentation.networks import marked
from gradatim.training.store import Store

__all__ = ["ending", "interrupted", "opening", "scores"]

Cell = Callable[[CandidateResult], str]


def opening(race: Race) -> Iterator[Line]:
    """Yield what was raced on, and what it takes."""
    task = race.task
    yield [(show_name(task.title), "bold")]
    if task.takes:
        yield [f"What it takes: {task.takes} {task.because}"]
    yield [""]


def scores(race: Race, between: str) -> Iterator[tuple[str, Grid | None, list[Line]]]:
    """Yield titles, each with a table by budget and lines on who has none; `between` parts."""
    bar = race.bar.accuracy
    if bar is not None:
        text = f"{bar:.3f}" if is_told(bar, f"{bar:.3f}") else marked(bar)
        title = f"Solved (accuracy of at least {text}), of {race.protocol.n_seeds} seeds"
        yield title, *_scores(race, lambda result: f"{result.n_solved}")
    yield (
        "Mean accuracy, with a 95 % interval",
        *_scores(race, lambda result: _accuracy(result, between)),
    )


def _accuracy(result: CandidateResult, between: str) -> str:
    low, high = result.interval
    return f"{result.mean:.3f}{between}{low:.3f}–{between.strip(' ')}{high:.3f}"


def _scores(race: Race, cell: Cell) -> tuple[Grid | None, list[Line]]:
    rows, alone = [], []
    for contender in race.contenders:
        if contender.budgeted:
            results = [race.result(contender.name, budget) for budget in race.protocol.budgets]
            cells = ["–" if result is None else cell(result) for result in results]
            rows.append([[text] for text in (contender.title, *cells)])
        elif (result := race.result(contender.name)) is not None:
            size = f"{contender.title}, {result.n_parameters:.0f} parameters"
            alone.append([f"{size}: {cell(result)}"])
    budgets = [Column(f"{budget}", right=True) for budget in race.protocol.budgets]
    return Grid([Column("parameters at most", names=True), *budgets], rows) if rows else None, alone


def ending(race: Race) -> Iterator[Line]:
    """Yield the verdict, what else a person should know, and how it was found."""
    first, *others = race.verdict.sentences
    yield [(show_sentence(first), "bold")]
    yield from ([show_sentence(sentence)] for sentence in others)
    yield from notes(race.task.notices)
    yield [""]
    yield [(_protocol(race), "dim")]


def interrupted(store: Store | None) -> str:
    """Say what of a race is finished, and whether it is kept; `store` has been written."""
    n = 0 if store is None else store.count()["network"]
    said = f"stopped by Ctrl-C with {n} networks finished"
    return f"{said} and kept" if n else said


def _protocol(race: Race) -> str:
    p = race.protocol
    rows = "fresh points" if race.task.is_problem else "a split of the rows"
    rates = ", ".join(f"{rate:g}" for rate in p.learning_rates)
    return (
        f"Every seed: {rows}, {p.n_train} to learn from, {p.n_choose} to choose on, {p.n_test} to "
        f"be scored on. Networks: learning rate (of {rates}) and epoch (of {p.max_epochs}) chosen "
        f"on the {p.n_choose}. Perceptron: Rosenblatt's rule. Kernels count centers, weights and "
        f"biases as parameters, polynomials one weight per monomial. {race.bar.words} "
        f"Accuracies are rounded to 3 decimals. {race.seconds:.0f} s."
    )
