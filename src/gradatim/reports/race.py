"""The page of a race: one HTML file that opens offline and shows what each contender did.

Conventions: see `gradatim.reports.page`. Small pictures and films show the median seed, so nobody
sees a lucky one.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from gradatim._files import write_atomically
from gradatim._text import plural
from gradatim.comparisons import Race
from gradatim.comparisons.racing.candidate_result import CandidateResult
from gradatim.comparisons.racing.contenders import CONTENDERS
from gradatim.comparisons.racing.picture import has_boundaries
from gradatim.comparisons.racing.regions import Frame, frame_of
from gradatim.comparisons.racing.rule import N_PASSES
from gradatim.comparisons.racing.training_frames import TrainingFrames, training_frames_of_race
from gradatim.presentation import climbs as words
from gradatim.reports import page

__all__ = ["render_race", "write_race"]

_PARAMETERS = (
    "Numbers that must be kept to predict. Networks: weights and biases. Polynomials: a weight a "
    "monomial and a bias; the highest degree that fits. Kernel SVM with limited centers: "
    "coordinates and weight of each center and a bias, the centers found by k-means among the "
    "rows to learn from. Without a limit: the same of every support vector."
)

_PERCEPTRON = (
    "Rosenblatt's rule on standardized rows, from weights of zero: after a mistake the row is "
    "added to the weights of its class and taken from those of the strongest other (two classes "
    f"share one unit). It ends with a pass without a mistake, or after {N_PASSES}; the pass counts "
    "whose weights get most of the rows to learn from right."
)

_REFERENCE = (
    "A table has no rule that is known to be best. The contender, with its size, that gets most of "
    "the rows to choose on right is what others are measured by: the bar is its mean accuracy on "
    "the scored rows, on which it was not chosen, less the noise of one seed's score (Wilson's "
    "one-sided 95 %, or 1.645 standard deviations of its seeds where that is more), and at least a "
    "row above always naming the most frequent class."
)

_SETTINGS = (
    "Penalty of the logistic regression on polynomials, width and cost of the kernels: the one "
    "that gets most of the rows to choose on right. Nothing is chosen on scored rows."
)


def write_race(race: Race, path: str | os.PathLike[str]) -> Path:
    """Write the page of a race as one HTML file."""
    return write_atomically(path, render_race(race).encode("utf-8", errors="replace"))


def render_race(race: Race) -> str:
    """Return the page of a race as HTML."""
    models = _models(race)
    headline, *findings = [*race.verdict.sentences, race.bar.words]
    content = {
        "course": race.task,
        "headline": headline,
        "findings": findings,
        "facts": list(_facts(race)),
        "tables": list(_tables(race)),
        **page.notices(race.task.notices),
        "differences": list(_differences(race)),
        "protocol": list(_protocol(race)),
        "counted": models.get("film", {}).get("films", []),
        "n_seeds": race.protocol.n_seeds,
        "versions": page.versions(race.version),
        "seed": race.protocol.seed,
        "sha256": race.task.sha256,
    }
    return page.render("race.html.jinja", models, content)


def _models(race: Race) -> dict[str, Any]:
    models: dict[str, Any] = {"race": _race_model(race)}
    if has_boundaries(race):
        frame = frame_of(race.task)
        shared = _points(race, frame)
        models["boundaries"] = shared | _boundaries_model(race, frame)
        filmed = training_frames_of_race(race, frame)
        if filmed:
            models["film"] = shared | {"films": [_frames_model(frames) for frames in filmed]}
    return models


def _race_model(race: Race) -> dict[str, Any]:
    return {
        "budgets": list(race.protocol.budgets),
        "bar": race.bar.accuracy,
        "n_seeds": race.protocol.n_seeds,
        "contenders": [
            {
                "name": contender.name,
                "title": contender.title,
                "place": CONTENDERS.index(contender),
                "entries": [
                    _result_model(result)
                    for result in race.results
                    if result.contender is contender
                ],
            }
            for contender in race.contenders
        ],
    }


def _result_model(result: CandidateResult) -> dict[str, Any]:
    return {
        "n": round(result.n_parameters, 1),
        "shape": result.shape,
        "accuracy": _short(result.mean),
        "accuracy_interval": [_short(end) for end in result.interval],
        "solved": _short(result.solved),
        "solved_interval": [_short(end) for end in result.solved_interval],
        "n_solved": None if result.bar is None else result.n_solved,
    }


def _short(value: float) -> float:
    return round(value, 4)


def _points(race: Race, frame: Frame) -> dict[str, Any]:
    places, labels = frame.points(race.task)
    rows = zip(places.round(1).tolist(), labels.tolist(), strict=True)
    return {
        "height": frame.height,
        "classes": list(race.task.classes),
        "points": [[x, y, label] for (x, y), label in rows],
    }


def _boundaries_model(race: Race, frame: Frame) -> dict[str, Any]:
    def cell(result: CandidateResult | None) -> dict[str, Any] | None:
        if result is None:
            return None
        run = result.median_run
        return {
            "regions": frame.regions(run.decision),
            "accuracy": _short(run.accuracy),
            "says": f"{result.shape}, {run.n_parameters} parameters",
        }

    rows, alone = [], []
    for contender in race.contenders:
        if contender.budgeted:
            results = [race.result(contender.name, budget) for budget in race.protocol.budgets]
            rows.append({"title": contender.title, "cells": [cell(result) for result in results]})
        else:
            result = race.result(contender.name)
            size = "" if result is None else f"{result.n_parameters:.0f} parameters"
            alone.append({"title": contender.title, "size": size, "cell": cell(result)})
    return {"budgets": list(race.protocol.budgets), "rows": rows, "alone": alone}


def _frames_model(frames: TrainingFrames) -> dict[str, Any]:
    return {
        "title": frames.title,
        "caption": frames.caption,
        "unit": frames.unit,
        "counted": frames.counted,
        "stills": [
            {
                "epoch": still.epoch,
                "loss": None if still.loss is None else _short(still.loss),
                "accuracy": _short(still.accuracy),
                "regions": list(still.regions),
            }
            for still in frames.stills
        ],
    }


def _facts(race: Race) -> Iterator[str]:
    yield plural(race.protocol.n_seeds, "seed")
    yield plural(race.task.n_features, "input")
    yield plural(len(race.task.classes), "class", "classes")
    if race.task.noise:
        yield f"noise {race.task.noise:g}"
    n_networks = sum(result.contender.kind == "network" for result in race.results)
    yield (
        plural(n_networks * race.protocol.n_seeds * len(race.protocol.learning_rates), "network")
        + " trained"
    )
    if race.seconds >= 1:
        yield plural(round(race.seconds), "second")


def _tables(race: Race) -> Iterator[dict[str, Any]]:
    """Yield the results by budget, then those of contenders without a choice of size."""
    for budgeted, name in ((True, "By budget"), (False, "No choice of size")):
        results = [result for result in race.results if result.contender.budgeted is budgeted]
        if results:
            rows = [_row(result, results[max(0, i - 1)]) for i, result in enumerate(results)]
            yield {"name": name, "budgeted": budgeted, "rows": rows}


def _row(result: CandidateResult, before: CandidateResult) -> dict[str, Any]:
    nobody = result.bar is None
    return {
        "title": result.contender.title,
        "budget": f"{result.budget}",
        "shape": result.shape,
        "n_parameters": f"{result.n_parameters:.0f}",
        "mean": words.score(result.mean),
        "interval": words.score_range(result.interval),
        "solved": "–" if nobody else f"{result.n_solved}",
        "solved_interval": "–" if nobody else words.score_range(result.solved_interval),
        "is_first": result is before or result.contender is not before.contender,
    }


def _differences(race: Race) -> Iterator[dict[str, Any]]:
    titles = {contender.name: contender.title for contender in race.contenders}
    for one in race.verdict.differences:
        yield {
            "title": titles[one.contender],
            "budget": f"{one.budget}",
            "mean": words.score(one.mean),
            "interval": words.score_range(one.interval),
            "kind": {"unclear": "not shown to differ"}.get(one.kind, one.kind),
        }


def _protocol(race: Race) -> Iterator[tuple[str, str]]:
    protocol = race.protocol
    yield "Seeds", _on_seeds(race)
    rates = ", ".join(f"{rate:g}" for rate in protocol.learning_rates)
    networks = (
        f"Adam with a cosine over {protocol.max_epochs} epochs, minibatches of 50, at each of the "
        f"learning rates {rates}; the rate, and the epoch whose weights count, are those with the "
        "lowest log loss on the rows to choose on. Layers are as wide as the budget allows and "
        "differ by at most one unit. Logistic regression is the network without a hidden layer."
    )
    yield "Networks", networks
    yield "Perceptron", _PERCEPTRON
    yield "Parameters", _PARAMETERS
    yield "Settings", _SETTINGS
    if race.bar.reference is not None and race.bar.kind != "given":
        yield "Solved", _REFERENCE
    intervals = (
        "95 %: Student's of a mean over seeds, Wilson's of a share. Depth is compared on the same "
        "rows seed by seed, with intervals that hold for all comparisons at once (Bonferroni); "
        f"differences of at most {protocol.margin:g} are of no practical matter."
    )
    yield "Intervals", intervals


def _on_seeds(race: Race) -> str:
    protocol = race.protocol
    if race.task.is_problem:
        return (
            f"Each of the {protocol.n_seeds} seeds draws points of its own: {protocol.n_train} to "
            f"learn from, {protocol.n_choose} to choose on, {protocol.n_test:,} to be scored on."
        )
    groups = ", groups never split" if protocol.grouped else ""
    return (
        f"Each of the {protocol.n_seeds} seeds splits the rows anew{groups}: about "
        f"{protocol.n_train} to learn from, {protocol.n_choose} to choose on, {protocol.n_test} to "
        "be scored on. Seeds share rows, and the intervals know it (Nadeau and Bengio 2003)."
    )
