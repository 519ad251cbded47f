"""What is said of a collection and a climb: what was read, rungs, verdict, protocol.

Conventions: plain text without markup, for readers who have not studied statistics; scores have
three decimals; on one page per minus sign is a true one.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

import numpy as np

from gradatim._text import plural, show_name, show_sentence
from gradatim.climb.compare import ClimbComparison
from gradatim.climb.result import Climb, EvaluationProtocol, RungResult, ShortLook
from gradatim.climb.verdict import LEVEL, describe
from gradatim.collection import Collection
from gradatim.evaluation.metrics import GATES, METRICS, show_score
from gradatim.models.families.registry import get_family
from gradatim.presentation.lines import Column, Grid, Line
from gradatim.training.store import Store

_NONE = "\N{EN DASH}"

_ADVICE = (
    "Either the labels cannot be heard in these inputs, or there are too few samples to show it. "
    "Try other features or more samples, and look at the labels."
)


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
    yield [(climb.collection.in_words, "bold")]
    how = f"{split_words(climb)}, seed {protocol.seed}"
    yield [(f"{how}, {climb.seconds:.1f} seconds; scores rounded to 3 decimals", "dim")]


def split_words(climb: Climb, times: str = "x") -> str:
    """Say in a few words which samples were scored how often."""
    protocol = climb.protocol
    if protocol.split == "fixed":
        n_test = climb.collection.n_samples - (protocol.n_train or 0)
        return f"one fixed split, {protocol.n_train:,} learnt from and {n_test:,} scored once"
    grouped = ", groups kept together" if protocol.grouped else ""
    return f"{protocol.repeats} {times} {plural(protocol.folds, 'fold')}{grouped}"


def verdict_line(climb: Climb) -> Line:
    """Return the verdict's sentence."""
    return [("Verdict: ", "bold green"), show_sentence(climb.verdict.sentence)]


def reference_lines(climb: Climb) -> Iterator[str]:
    """Yield what each reference beside the ladder reached, against the verdict's rung."""
    winner = in_sentence(climb.winner, climb.collection)
    compared = {(one.rung, one.input): one for one in climb.reference_comparisons}
    for row in climb.references:
        name = in_sentence(row, climb.collection)
        size = row.n_parameters * get_family(row.rung).bytes_per_parameter / 1e6
        cost = f"{row.seconds:,.1f} seconds, one fit about {max(size, 0.1):,.1f} MB"
        one = compared.get((row.rung, row.input))
        if one is None:
            yield f"For reference: {name} has no such score ({cost})."
            continue
        low, high = one.interval
        ends, how = ((low, high), "worse") if one.difference >= 0 else ((-high, -low), "better")
        than = f"{how} than {winner} by"
        if low <= 0 <= high:
            than = f"not shown to be better or worse than {winner}, from which it differs by"
        yield (
            f"For reference: {name} has {score(row.mean)}, {than} {score(abs(one.difference))} "
            f"({score_range(ends)}); {cost}. It has no part in the verdict."
        )


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
    return capitalized(describe(rung, "", task).removeprefix("the "))


def in_sentence(rung: RungResult, collection: Collection) -> str:
    """Name a row of the ladder inside a sentence, with its input where there are several."""
    return describe(rung.rung, rung.input if len(collection.X) > 1 else "", collection.task)


def capitalized(text: str) -> str:
    """Begin a sentence."""
    return text[:1].upper() + text[1:]


def score(value: float) -> str:
    """Write a score, or a difference of scores."""
    return show_score(value)


def score_range(interval: tuple[float, float]) -> str:
    """Write an interval of scores."""
    if not all(map(math.isfinite, interval)):
        return _NONE
    return " to ".join(map(score, interval))


def share(value: float) -> str:
    """Write a share in percent."""
    return f"{100 * value:.1f} %" if math.isfinite(value) else _NONE


def comparison_grid(found: ClimbComparison) -> Grid:
    """Return both ladders side by side, with what the second gains on each row of both."""
    title = METRICS[found.metric].title
    heads = ("rung", "input", f"first {title}", "second", "gain", "95 % interval")
    columns = [Column(head, right=i in (2, 3, 4), names=i < 2) for i, head in enumerate(heads)]
    rows = []
    for one in found.rungs:
        first, second, gain = (
            score(math.nan if value is None else value) for value in (*one.means, one.difference)
        )
        ends = score_range(one.interval or (math.nan, math.nan))
        cells = (one.first[0], show_name(one.first[1]), first, second, gain, ends)
        rows.append([[cell] for cell in cells])
    return Grid(columns, rows)


def best_of(climb: Climb) -> RungResult:
    """Return the rung of the best score, the simplest of several."""
    sign = 1 if climb.protocol.higher_is_better else -1
    there = [rung for rung in climb.rungs if math.isfinite(rung.mean)]
    return max(there or climb.rungs, key=lambda rung: sign * rung.mean)


def short_look_lines(look: ShortLook) -> Iterator[Line]:
    """Yield what a short look showed, and what follows it."""
    scores = ", ".join(
        f"{row.rung}{f' on {show_name(row.input)}' if row.input else ''} {score(row.mean)}"
        for row in look.rungs
    )
    groups = "" if look.n_groups is None else f" ({plural(look.n_groups, 'group')})"
    yield [
        ("short look ", "bold"),
        f"at {look.n_samples:,} of {plural(look.n_all, 'sample')}{groups}: {scores}",
    ]
    yield [f"{look.verdict.sentence} Now all samples are climbed on; the verdict is theirs."]


def headline(climb: Climb) -> str:
    """Say the verdict in few words: where to stop, what more could gain, and how sure that is."""
    verdict = climb.verdict
    if verdict.gap_at_most is None:
        return verdict.sentence
    gap, name = score(verdict.gap_at_most), in_sentence(climb.winner, climb.collection)
    if verdict.found_nothing:
        # What is above guessing is told in a metric of which chance is known.
        gate = GATES[climb.collection.task]
        of = "" if gate == climb.protocol.metric else f" in {METRICS[gate].title}"
        if verdict.answer == "nothing learnable":
            return f"Nothing learnable was found: at most {gap} over guessing{of} {_SURE}."
        return f"Undecided: a rung could gain up to {gap} over guessing{of}, or nothing {_SURE}."
    if verdict.answer == "cannot decide":
        return f"Undecided: {name} may be enough, or up to {gap} may be missing {_SURE}."
    # A rung without probabilities has no log-loss, and nothing is known of what it could gain.
    scored = [row.rung for row in climb.rungs if math.isfinite(row.mean)]
    if climb.winner.rung != scored[-1]:
        return f"Stop at {name}: a higher rung could gain at most {gap} {_SURE}."
    if len(set(scored) - {"majority"}) == 1:
        return f"Stop at {name}: it is better than guessing {_SURE}."
    return f"Climb to {name}: every simpler rung is worse {_SURE}."


_SURE = f"({100 * LEVEL:g} % sure)"


def explain_verdict(climb: Climb) -> str:
    """Say what an answer means for the person who asked."""
    verdict = climb.verdict
    if verdict.found_nothing:
        return (
            f"{_guessing(climb.collection.task).capitalize()} may be as good as any rung. {_ADVICE}"
        )
    if verdict.answer == "best" and climb.winner is climb.rungs[0]:
        return "It is the simplest rung of all, and no other does better."
    if verdict.answer == "best":
        return "The climb to it pays: what is simpler loses more than matters on these data."
    if verdict.answer == "equivalent":
        return (
            "Climbing further buys nothing that matters here: the simpler model is quicker to "
            f"train and easier to explain, and gives away no more than {score(verdict.margin)}."
        )
    if verdict.answer == "good enough":
        return (
            f"A higher rung may be better, but by no more than the tolerance of "
            f"{score(verdict.tolerance)}. {_power(climb)}"
        )
    return f"{_level(climb)} {_power(climb)}"


def _level(climb: Climb) -> str:
    """Say which rungs are level with the one of the verdict."""
    level = [r for r in climb.rungs if (r.rung, r.input) in set(climb.verdict.level)]
    if not level:
        return "No higher rung is shown to be better by more than the margin."
    named = [in_sentence(rung, climb.collection) for rung in level]
    listed = ", ".join(named[:-1]) + " and " + named[-1] if len(named) > 1 else named[0]
    verb, none = ("is", "neither") if len(named) == 1 else ("are", "none")
    return f"{capitalized(listed)} {verb} level with it: {none} is shown to be the better one."


def _power(climb: Climb) -> str:
    """Say how often such a climb would tell that there is no difference."""
    power = climb.verdict.power
    if power is None:
        return ""
    return (
        "Were all of them equally good, such a climb would have shown it in "
        f"{_percent(power)} of all cases."
    )


def _percent(value: float) -> str:
    return f"{min(max(round(100 * value), 1), 99)} %"


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
    fixed = protocol.split == "fixed"
    if fixed:
        yield "Split", f"{capitalized(split_words(climb))}, as published. {_NO_REPEAT}"
    else:
        yield "Folds", _fold_words(protocol, collection.task)
        yield "Groups", _group_words(protocol, collection.groups)
    inside = "part" if fixed else "folds"
    yield (
        "Choices",
        "Penalties, kernels and the scaling of the inputs were chosen inside the training "
        f"{inside} only. No model saw a row on which it was scored.",
    )
    yield "Networks", _network_words(protocol.preset)
    unit = "groups" if protocol.grouped else "samples"
    how = f"by leaving out {unit} one at a time (jackknife), inside the range of the score"
    if fixed:
        how = (
            f"of a score by drawing the {unit} of the scored part anew (bootstrap), and of a "
            "difference by leaving them out one at a time (jackknife)"
        )
    yield "Intervals", f"95 % intervals {how}. What counts as evidence is the number of {unit}."
    kind = "" if protocol.higher_is_better else " of the majority's score"
    yield (
        "Verdict",
        f"From the simplest rung up, the first above which none is shown, at {100 * LEVEL:g} %, to "
        f"be better by more than the margin of {protocol.margin:g}{kind}. The gap is what a higher "
        f"rung could gain at most, at {100 * LEVEL:g} %; up to {protocol.tolerance:g}{kind} is "
        "good enough.",
    )


_NO_REPEAT = (
    "All rungs met the same samples. Scores are of models that learnt from this one part; how much "
    "they would change with another is not known."
)


def _network_words(preset: str) -> str:
    return (
        f"Shallow and deep networks follow one recipe (preset {preset}): "
        + {
            "quick": "two are averaged, trained for 70 % of the recipe's epochs",
            "strong": "eight are averaged, trained for all of the recipe's epochs",
        }[preset]
        + ". Where a line did better than a small network inside the training folds, gentle "
        "networks are averaged with lines instead."
    )


def _metric_words(metric: str) -> str:
    kind = METRICS[metric]
    return f"{capitalized(kind.title)} of held-out predictions: {kind.says}."


def _fold_words(protocol: EvaluationProtocol, task: str) -> str:
    stratified = ", each with about the same share of every class" if _has_classes(task) else ""
    again = f", {protocol.repeats} times with other folds" if protocol.repeats > 1 else ""
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
