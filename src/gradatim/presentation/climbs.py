"""What is said of a collection and a climb: what was read, rungs, verdict, protocol.

Conventions: plain text without markup, for readers who have not studied statistics; scores have
three decimals; on one page per minus sign is a true one.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from typing import Any

import numpy as np

from gradatim._text import plural, show_name, show_sentence
from gradatim.climb.result import Climb, Comparison, EvaluationProtocol, RungResult
from gradatim.climb.verdict import LEVEL, describe
from gradatim.collection import Collection, Notice
from gradatim.presentation.lines import Column, Grid, Line
from gradatim.training.store import Store

__all__ = [
    "about",
    "best_of",
    "capitalized",
    "contents",
    "dataset_grid",
    "dataset_lines",
    "explain_protocol",
    "explain_verdict",
    "heading",
    "in_sentence",
    "interrupted",
    "notes",
    "score",
    "score_range",
    "share",
    "title_of",
    "verdict_line",
]

_MINUS = "\N{MINUS SIGN}"
_NONE = "\N{EN DASH}"

_ADVICE = (
    "Either the labels cannot be heard in these inputs, or there are too few samples to show it. "
    "Try other features or more samples, and look at the labels."
)


def contents(collection: Collection) -> Iterator[str]:
    """Yield how many samples there are, and classes, labels or targets."""
    yield plural(collection.n_samples, "sample")
    if collection.task == "classification":
        yield plural(len(collection.classes), "class", "classes")
    else:
        n_targets = 1 if collection.y.ndim == 1 else collection.y.shape[1]
        yield plural(n_targets, "label" if collection.task == "multilabel" else "target")


def about(collection: Collection) -> str:
    """Say what was read, in one line."""
    parts = list(contents(collection))
    if collection.groups is not None:
        parts.append(plural(len(set(collection.groups)), "group"))
    return f"{show_name(collection.name)}: {', '.join(parts)}"


def dataset_grid(entries: list[dict[str, Any]]) -> Grid:
    """Return a row per dataset in the package; entries are what ``gradatim data --json`` prints."""
    heads = ("name", "samples", "classes", "groups", "inputs", "license")
    columns = [
        Column(head, right=head in heads[1:4], wraps=True, names=head == "name") for head in heads
    ]
    rows = []
    for entry in entries:
        inputs = ", ".join(f"{name} ({n:,})" for name, n in entry["inputs"].items())
        counts = (entry["n_samples"], entry["n_classes"], entry["n_groups"])
        numbers = ["none" if n is None else f"{n:,}" for n in counts]
        cells = [[text] for text in (*numbers, inputs, entry["license"])]
        rows.append([[(entry["name"], "bold")], *cells])
    return Grid(columns, rows)


def dataset_lines(entries: list[dict[str, Any]]) -> Iterator[Line]:
    """Yield what each dataset is, and where it comes from."""
    for entry in entries:
        yield [""]
        yield [(entry["name"], "bold"), f": {entry['summary']}"]
        yield [(entry["source"], "dim")]


def heading(climb: Climb) -> Iterator[Line]:
    """Yield what was climbed, and how."""
    protocol = climb.protocol
    grouped = ", groups kept together" if protocol.grouped else ""
    yield [(about(climb.collection), "bold")]
    how = f"{protocol.repeats} x {protocol.folds} folds{grouped}, seed {protocol.seed}"
    yield [(f"{how}, {climb.seconds:.1f} seconds; scores rounded to 3 decimals", "dim")]


def verdict_line(climb: Climb) -> Line:
    """Return the verdict's sentence."""
    return [("Verdict: ", "bold green"), show_sentence(climb.verdict.sentence)]


def notes(notices: Iterable[Notice]) -> Iterator[Line]:
    """Yield what else a person should know."""
    yield from ([("note: ", "yellow"), show_sentence(notice.message)] for notice in notices)


def interrupted(n_finished: int, n_planned: int, store: Store | None) -> str:
    """Say what of a climb is finished, and whether it is kept; `store` has been written."""
    finished = f"{n_finished} of {n_planned} rungs" if n_planned else "no rung"
    n_networks = 0 if store is None else store.count()["network"]
    if n_networks:
        finished += f" and {plural(n_networks, 'network')}"
    said = f"stopped by Ctrl-C with {finished} finished"
    if store is None:
        return f"{said} and nothing kept, since GRADATIM_CACHE turns the cache off"
    if store.failure is not None:
        return f"{said}, which could not be kept: {store.failure}"
    return f"{said} and kept" if len(store) else said


def title_of(rung: str, task: str = "classification") -> str:
    """Name a rung for people."""
    return describe(rung, "", task).removeprefix("the ").capitalize()


def in_sentence(rung: RungResult, collection: Collection) -> str:
    """Name a row of the ladder inside a sentence, with its input where there are several."""
    return describe(rung.rung, rung.input if len(collection.X) > 1 else "", collection.task)


def capitalized(text: str) -> str:
    """Begin a sentence."""
    return text[:1].upper() + text[1:]


def score(value: float) -> str:
    """Write a score, or a difference of scores."""
    return f"{value:.3f}".replace("-", _MINUS) if math.isfinite(value) else _NONE


def score_range(interval: tuple[float, float]) -> str:
    """Write an interval of scores."""
    if not all(map(math.isfinite, interval)):
        return _NONE
    return " to ".join(map(score, interval))


def share(value: float) -> str:
    """Write a share in percent."""
    return f"{100 * value:.1f} %"


def best_of(climb: Climb) -> RungResult:
    """Return the rung of highest mean, the simplest of several."""
    return max(climb.rungs, key=lambda rung: rung.mean)


def _comparison_with_winner(climb: Climb) -> Comparison | None:
    """Return the comparison of the best rung with the verdict's."""
    chosen = (climb.verdict.rung, climb.verdict.input)
    found = (c for c in climb.verdict.comparisons if (c.rung, c.input) == chosen)
    return next(found, None)


def explain_verdict(climb: Climb) -> str:
    """Say what the kind of a verdict means for the person who asked."""
    kind, margin = climb.verdict.kind, f"{climb.protocol.margin:g}"
    if kind == "nothing":
        return (
            f"{_guessing(climb.collection.task).capitalize()} may be as good as any rung. {_ADVICE}"
        )
    if kind == "equivalent":
        return (
            "Climbing further buys nothing that matters here: the simpler model is quicker to "
            f"train and easier to explain, and gives away no more than {margin}."
        )
    if kind == "best" and climb.winner is climb.rungs[0]:
        return "It is the simplest rung of all, and no other does better."
    if kind == "best":
        return "The climb to it pays: what is simpler loses more than matters on these data."
    comparison = _comparison_with_winner(climb)
    upper = (
        f": by up to {score(comparison.upper)}, as far as these scores tell" if comparison else ""
    )
    best = capitalized(in_sentence(best_of(climb), climb.collection))
    return (
        f"This is less than equivalence. {best} has the highest mean and may be better by more "
        f"than {margin}{upper}. More samples, or more repeats, would narrow the gap."
    )


def _guessing(task: str) -> str:
    return {
        "classification": "always saying the most frequent class",
        "multilabel": "always giving the most frequent labels",
        "regression": "always saying the mean",
    }[task]


def explain_protocol(climb: Climb) -> Iterator[tuple[str, str]]:
    """Say how the rungs were scored, as pairs of a term and its explanation."""
    collection, protocol = climb.collection, climb.protocol
    yield "Score", _metric_words(protocol.metric)
    yield "Folds", _fold_words(protocol, collection.task)
    yield "Groups", _group_words(protocol, collection.groups)
    yield (
        "Choices",
        "Penalties, kernels and the scaling of the inputs were chosen inside the training folds "
        "only. No model saw a row on which it was scored.",
    )
    yield "Networks", _network_words(protocol.preset)
    yield (
        "Intervals",
        "95 % intervals of the mean that allow for folds sharing most of their training rows "
        "(Nadeau and Bengio, 2003).",
    )
    yield (
        "Verdict",
        f"The simplest rung of which it is not at least {100 * LEVEL:g} % probable that the best "
        f"is better by more than the margin of {protocol.margin:g}.",
    )


def _network_words(preset: str) -> str:
    return (
        f"Shallow and deep networks follow one recipe, with nothing to choose (preset {preset}): "
        + {
            "quick": "two are averaged, trained for 70 % of the recipe's epochs.",
            "strong": "eight are averaged, trained for all of the recipe's epochs.",
        }[preset]
    )


def _metric_words(metric: str) -> str:
    known = {
        "accuracy": "Accuracy: the share of held-out predictions that are right, from 0 to 1.",
        "r2": "R²: 1 is perfect, 0 is no better than always saying the mean, less is worse.",
    }
    return known.get(metric, f"{metric}; larger is better.")


def _fold_words(protocol: EvaluationProtocol, task: str) -> str:
    stratified = ", each with about the same share of every class" if _has_classes(task) else ""
    again = f", {protocol.repeats} times with fresh folds" if protocol.repeats > 1 else ""
    scores = plural(protocol.folds * protocol.repeats, "score")
    return (
        f"The samples were dealt into {protocol.folds} folds{stratified}{again}. Each fold was "
        "held out once while the models learnt from the others, which gives "
        f"{scores} per rung. All rungs met the same folds."
    )


def _has_classes(task: str) -> bool:
    return task == "classification"


def _group_words(protocol: EvaluationProtocol, groups: np.ndarray | None) -> str:
    if protocol.grouped and groups is not None:
        n_groups = plural(len(np.unique(groups)), "group")
        return (
            f"{n_groups}, none of which was ever split between learning and scoring, so the "
            "scores are those to expect on groups that are new."
        )
    return (
        "None given, so every sample was dealt by itself. If some belong together (one recording, "
        "artist or kit), the scores are too high; give groups to find out."
    )
