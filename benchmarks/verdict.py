"""``verdict``: the time from a table to a verdict, against the same ladder written by hand.

Conventions: the climb is `gradatim.climb_collection` with its defaults, warm in this process; cold
and cached are the whole command ``gradatim climb`` in a process of its own, with nothing compiled
and with what the run before compiled. Peers run in this process with workers that have started:
they have nothing to compile. Two of them are scikit-learn: GridSearchCV inside cross-validation, as
it is usually written, which climbs a tenth of the outer folds a round; and a ladder by hand that
makes no more fits than the climb does. Accuracies are compared over the same outer folds.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from benchmarks.fresh import fresh_environment
from benchmarks.ladder import climb_ladder, start_workers
from benchmarks.machine import n_cores
from benchmarks.nested_search import NestedLadder
from benchmarks.peer_rung import PeerRung
from benchmarks.peers import has_torch
from benchmarks.result import Options, Report, Result, Table
from benchmarks.timing import Timing, alternate, seconds_of, spread
from gradatim.climb import Climb, climb_collection
from gradatim.climb.task import ClimbTask
from gradatim.collection import Collection
from gradatim.datasets import load_dataset
from gradatim.errors import SpecError
from gradatim.evaluation.folds import make_folds
from gradatim.models.families.registry import FAMILIES
from gradatim.tables import read_table
from gradatim.training.recipes import PRESETS

__all__ = ["Ladder", "compare", "measure"]

#: Times faster that a climb is asked to be.
FLOOR = 8.0

#: The peers: the first is the one that the floor is about.
NESTED, THRIFTY, PYTORCH = "GridSearchCV", "scikit-learn, thrifty", "PyTorch"

#: Difference in accuracy that is of no practical matter, as the climb's own margin.
MARGIN = 0.01


class Ladder(NamedTuple):
    """What is climbed, and how.

    Parameters
    ----------
    collection : Collection
        What is climbed.
    command : tuple of str
        Arguments after ``gradatim climb`` that climb the same.
    folds, repeats : int
        Protocol.
    rungs : tuple of str
        Rungs.
    """

    collection: Collection
    command: tuple[str, ...]
    folds: int = 5
    repeats: int = 2
    rungs: tuple[str, ...] = tuple(family.name for family in FAMILIES.values())


def measure(options: Options, report: Report) -> Result:
    """Measure the time to a verdict on each collection.

    Parameters
    ----------
    options : Options
        How to measure, and a further table.
    report : callable
        Hears how far it is.

    Returns
    -------
    Result
        Ratios, times and accuracies side by side.

    Raises
    ------
    SpecError
        If the table's target is no class.
    """
    ladders = _ladders(options)
    found = []
    for i, ladder in enumerate(ladders):
        name = ladder.collection.name

        def part(share: float, doing: str, i: int = i, name: str = name) -> None:
            report((i + share) / len(ladders), f"{name}: {doing}")

        found.append(compare(ladder, options, part))
    return _result(found)


def compare(ladder: Ladder, options: Options, report: Report) -> dict[str, Any]:
    """Climb one collection with gradatim and with its peers, in turns.

    Parameters
    ----------
    ladder : Ladder
        What is climbed.
    options : Options
        How to measure.
    report : callable
        Hears how far it is.

    Returns
    -------
    dict
        Times, ratios and accuracies.
    """
    report(0.0, "the command in processes of its own")
    calls = _commands(ladder, options.seed)
    split = make_folds(ladder.collection, ladder.folds, ladder.repeats, options.seed)
    problem = ClimbTask(ladder.collection, options.seed, n_cores(), folds=split)
    climb = partial(
        climb_collection,
        ladder.collection,
        folds=ladder.folds,
        repeats=ladder.repeats,
        rungs=ladder.rungs,
        seed=options.seed,
    )
    nested = NestedLadder(problem, ladder.rungs)
    contestants: dict[str, Any] = {
        "gradatim": climb,
        NESTED: nested,
        THRIFTY: partial(climb_ladder, problem, ladder.rungs),
    }
    if has_torch():
        contestants[PYTORCH] = partial(climb_ladder, problem, ladder.rungs, torch=True)
    report(0.2, "the first climb of this process")
    calls["first_here"] = seconds_of(climb)[0]
    start_workers(n_cores())
    timings = alternate(contestants, options.rounds, lambda f, doing: report(0.3 + 0.7 * f, doing))
    return _compared(ladder, timings, calls, nested)


def _ladders(options: Options) -> list[Ladder]:
    found = []
    if options.table is not None:
        collection = read_table(options.table, options.target[0], drop=tuple(options.drop))
        if collection.task != "classification":
            raise SpecError(
                f"{options.target[0]} of {options.table} is no class but {collection.task}; "
                "verdict compares ladders of classifiers"
            )
        command = [str(options.table), "--target", *options.target]
        found.append(Ladder(collection, (*command, *_dropped(options.drop))))
    if options.quick:
        rungs = ("majority", "linear", "perceptron")
        small = [ladder._replace(folds=3, repeats=1, rungs=rungs) for ladder in found]
        return small or [Ladder(load_dataset("world"), ("world",), 3, 1, rungs)]
    packaged = [Ladder(load_dataset(name), (name,)) for name in ("world", "timbre")]
    return [*packaged, *found]


def _dropped(columns: Sequence[str]) -> list[str]:
    return ["--drop", *columns] if columns else []


def _commands(ladder: Ladder, seed: int) -> dict[str, float]:
    """Time the whole command, twice, with compilation caches that are empty at first."""
    command = [sys.executable, "-m", "gradatim", "climb", *ladder.command]
    protocol = ["--folds", str(ladder.folds), "--repeats", str(ladder.repeats), "--seed", str(seed)]
    command += [*protocol, "--rungs", *ladder.rungs, "--no-report", "--quiet"]
    with tempfile.TemporaryDirectory(prefix="gradatim-bench-") as cache:
        environment = fresh_environment(Path(cache))

        def run() -> None:
            subprocess.run(command, env=environment, check=True, capture_output=True)

        return {name: seconds_of(run)[0] for name in ("cold", "cached")}


def _compared(
    ladder: Ladder, timings: dict[str, Timing], calls: dict[str, float], nested: NestedLadder
) -> dict[str, Any]:
    ours, climb = timings["gradatim"], timings["gradatim"].value
    folds = {name: list(range(ladder.folds * ladder.repeats)) for name in timings}
    folds[NESTED] = [r * ladder.folds + k for r, k in nested.outer]
    peers = [
        _peer(name, timing, ours, climb, folds[name], nested.factor if name == NESTED else 1.0)
        for name, timing in timings.items()
        if name != "gradatim"
    ]
    return {
        "collection": ladder.collection.name,
        "n_samples": ladder.collection.n_samples,
        "folds": ladder.folds,
        "repeats": ladder.repeats,
        "verdict": climb.verdict.rung,
        "ours": {
            "name": "gradatim",
            "seconds": list(ours.seconds),
            "median": ours.median,
            "best_accuracy": max(rung.mean for rung in climb.rungs),
            **calls,
        },
        "peers": peers,
        "ratio": peers[0]["ratio"],
        "as_accurate": all(p["our_best_accuracy"] >= p["best_accuracy"] - MARGIN for p in peers),
        "rungs": _rungs(climb, {n: t.value for n, t in timings.items() if n != "gradatim"}),
    }


def _peer(
    name: str, timing: Timing, ours: Timing, climb: Climb, folds: Sequence[int], factor: float
) -> dict[str, Any]:
    """Compare a peer that climbed some outer folds with the climb on the same ones."""
    return {
        "name": name,
        "seconds": list(timing.seconds),
        "times": factor,
        "median": factor * timing.median,
        "outer_folds": len(set(folds)),
        "best_accuracy": max(rung.mean for rung in timing.value),
        "our_best_accuracy": max(
            float(np.mean(np.asarray(rung.fold_scores)[folds])) for rung in climb.rungs
        ),
        **spread(timing, ours, factor),
    }


def _rungs(climb: Climb, peers: dict[str, list[PeerRung]]) -> list[dict[str, Any]]:
    """Put the rungs of all sides side by side; they must be the same rungs."""
    rows = []
    for i, ours in enumerate(climb.rungs):
        sides: dict[str, Any] = {"gradatim": {"accuracy": ours.mean, "seconds": ours.seconds}}
        for name, rungs in peers.items():
            peer = rungs[i]
            if (peer.rung, peer.input) != (ours.rung, ours.input):
                raise RuntimeError(f"{name} climbed {peer.rung} where gradatim did {ours.rung}")
            sides[name] = {
                "accuracy": peer.mean,
                "seconds": peer.seconds,
                "choosing_fits": peer.choosing,
                "scored_fits": peer.training,
                "epochs": peer.epochs,
            }
        rows.append({"rung": ours.rung, "input": ours.input, **sides})
    return rows


def _result(found: Sequence[dict[str, Any]]) -> Result:
    ratios = {entry["collection"]: entry["ratio"] for entry in found}
    told = ", ".join(f"{name} {ratio:.3g}" for name, ratio in ratios.items())
    worst = min(ratios.values())
    thrifty = min(p["ratio"] for entry in found for p in entry["peers"] if p["name"] == THRIFTY)
    accurate = all(entry["as_accurate"] for entry in found)
    return Result(
        name="verdict",
        headline=f"{worst:.3g} times GridSearchCV or more ({told}); {thrifty:.3g} times or more a "
        "ladder with no more fits than the climb's",
        target=f"floor {FLOOR:g} at equal or better accuracy (within {MARGIN:g})",
        met=worst >= FLOOR and accurate,
        tables=(_times_table(found), *(_rungs_table(entry) for entry in found)),
        notes=_notes(found),
        data={"collections": list(found), "ratio": worst, "floor": FLOOR, "margin": MARGIN},
    )


def _times_table(found: Sequence[dict[str, Any]]) -> Table:
    rows = []
    for entry in found:
        ours = entry["ours"]
        name = entry["collection"]
        for peer in entry["peers"]:
            accuracies = (f"{peer['best_accuracy']:.3f}", f"{peer['our_best_accuracy']:.3f}")
            cells = (f"{peer['ratio']:.3g}", f"{peer['median']:.3g}", "", "", *accuracies)
            rows.append((f"{name}: {peer['name']}", *cells))
        cells = ("1", *(f"{ours[key]:.3g}" for key in ("median", "cached", "cold")))
        rows.append((f"{name}: gradatim", *cells, f"{ours['best_accuracy']:.3f}", ""))
    columns = ("", "ratio", "seconds", "cached", "cold", "best accuracy", "ours on these folds")
    return Table("Time to verdict: medians; cached and cold commands", columns, tuple(rows))


def _rungs_table(entry: dict[str, Any]) -> Table:
    sides = ["gradatim", *(peer["name"] for peer in entry["peers"])]
    rows = []
    for row in entry["rungs"]:
        cells = [f"{row[s]['accuracy']:.3f} ({row[s]['seconds']:.3g} s)" for s in sides]
        rows.append((" ".join(filter(None, (row["rung"], row["input"]))), *cells))
    return Table(f"{entry['collection']}: accuracy and time by rung", ("", *sides), tuple(rows))


def _notes(found: Sequence[dict[str, Any]]) -> tuple[str, ...]:
    first = found[0]
    protocol = f"{first['repeats']} x {first['folds']} folds"
    nested = next(peer for peer in first["peers"] if peer["name"] == NESTED)
    climbed = f"{nested['outer_folds']} of {first['folds'] * first['repeats']} outer folds"
    return (
        f"all sides: {protocol} and the candidates of the climb's rungs",
        f"{NESTED}: for each outer fold GridSearchCV over the other {first['folds'] - 1} folds of "
        f"its repeat, refitted and scored; {climbed} were climbed in "
        f"{len(nested['seconds'])} rounds, and the time multiplied by {nested['times']:g}; the "
        "better of the recipe's two rates is chosen, one network",
        f"{THRIFTY}: candidates are judged once by the same pairs of folds as in the climb, and "
        f"{PRESETS['quick'].n_members} networks averaged, nothing chosen",
        "both: StandardScaler pipelines, RidgeClassifier, LogisticRegression (100 iterations), "
        "averaged perceptron by SGDClassifier, SVC, and MLPClassifier (relu, Adam) with the "
        f"recipe's widths, rates, batches and epochs, on {n_cores()} processes with one BLAS "
        "thread each",
        "PyTorch, where installed: the climb's own recipe in one loop per network, on the same "
        "processes; its other rungs are scikit-learn's",
        "cold and cached are the whole command, with starting Python and reading the data",
    )
