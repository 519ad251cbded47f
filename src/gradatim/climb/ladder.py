"""The climb itself: every rung on every input, then the verdict, then the winner on all rows.

Conventions: rows of the ladder are ordered by rung, then by input as the collection lists them;
rungs run one after the other, each using all threads.
"""

from __future__ import annotations

import inspect
import math
import os
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, replace
from importlib.metadata import version

import numpy as np
from threadpoolctl import threadpool_limits

from gradatim._digest import sha256
from gradatim._progress import scaled, silent
from gradatim.climb.calibration import calibration_of
from gradatim.climb.importance import FoldModels, first_repeat, importance_of
from gradatim.climb.memory import require_climb_memory
from gradatim.climb.observer import Observer
from gradatim.climb.result import Climb, EvaluationProtocol, RungResult
from gradatim.climb.rung import fit_all, run_rung
from gradatim.climb.running import plan_of, run_ladder, rung_progress
from gradatim.climb.sensitivity import TrainingSize, json_number
from gradatim.climb.short_look import look_first
from gradatim.climb.task import ClimbTask
from gradatim.climb.training_sizes import measure_sizes
from gradatim.climb.verdict import compare_references, decide, describe, features_or_depth
from gradatim.collection import Collection, Notice
from gradatim.errors import LabelError, SpecError
from gradatim.evaluation.folds import Folds, make_folds
from gradatim.evaluation.groups import without_lonely_classes
from gradatim.evaluation.metrics import METRICS, choose_metric
from gradatim.executors.cluster import Cluster
from gradatim.inspection import find_constant_targets, inspected, propose_groups
from gradatim.models.families.base import Family, Fit
from gradatim.models.families.registry import FAMILIES, REFERENCES, require_savable
from gradatim.models.model import Model
from gradatim.models.ranges import InputRanges
from gradatim.models.training_rows import keep_rows
from gradatim.training.engines import choose_engine
from gradatim.training.recipes import PRESETS
from gradatim.training.store import Store

#: Arguments of `climb_collection` that a repeated climb need not have.
_RESULT_IS_THE_SAME = ("collection", "n_jobs", "observer", "store", "max_nets", "keep", "cluster")


def climb_collection(
    collection: Collection,
    *,
    folds: int = 5,
    repeats: int | None = None,
    margin: float = 0.01,
    tolerance: float = 0.05,
    metric: str | None = None,
    seed: int = 0,
    n_jobs: int | None = None,
    rungs: Sequence[str] | None = None,
    shuffle_labels: bool = False,
    observer: Observer | None = None,
    store: Store | None = None,
    max_nets: int | None = None,
    preset: str = "quick",
    inputs: Sequence[str] | None = None,
    keep: Sequence[str] = (),
    engine: str = "auto",
    learning_curve: bool = False,
    cluster: Cluster | None = None,
    short_look: bool = True,
) -> Climb:
    """Train every rung of the ladder and say on which to stop.

    Scores come from repeated cross-validation with the same folds for every rung; groups are
    never split. A collection with `parts` is learnt from on one and scored once on the other.
    Scalers and hyperparameters are learnt inside the training folds only.

    Parameters
    ----------
    collection : Collection
        What to learn.
    folds : int, default 5
        Folds per repeat, at least 3; of a fixed split, those inside the training part.
    repeats : int, optional
        Repeats with other folds: two unless given, of more than 20,000 samples one; fewer where
        groups are so few that folds would come again, and one of a fixed split.
    margin : float, default 0.01
        Difference in the metric that is of no practical matter, >= 0; of errors and losses a share
        of the majority's.
    tolerance : float, default 0.05
        Gap up to which a rung is good enough, at least the margin; of errors and losses a share of
        the majority's.
    metric : str, optional
        What rungs are scored by: "accuracy", "balanced_accuracy", "macro_f1", "log_loss", "auc" or
        "macro_auc" for classes; "macro_auc", "macro_f1", "micro_f1", "hamming" or "label_ranking"
        for several labels; "r2", "rmse", "mae" or "km" for numbers. Unless given, accuracy
        (balanced where one class has more than .8 of the rows), macro_auc, r2, or km of targets
        named latitude and longitude.
    seed : int, default 0
        Seed of folds and networks.
    n_jobs : int, optional
        Threads; as many as cores unless given.
    rungs : sequence of str, optional
        Names of the rungs to climb; all that suit the task unless given. A name after a plus is
        added to what is climbed, such as the references ``"+forest"`` and ``"+lightgbm"``, which
        are scored on the same folds and have no part in the verdict.
    shuffle_labels : bool, default False
        Climb on shuffled labels, on which nothing should be found.
    observer : Observer, optional
        Told how it goes on.
    store : Store, optional
        Where finished work is kept and looked up: what is in it is not done again, and the
        result is the same.
    max_nets : int, optional
        Networks trained at once; the result is the same.
    preset : {"quick", "strong"}, default "quick"
        How shallow and deep networks are trained: two averaged for 70 % of the recipe's epochs, or
        eight for all of them, as ``NetworkClassifier(preset="strong")`` does.
    inputs : sequence of str, optional
        Names of the inputs to climb on; all unless given.
    keep : sequence of str, default ()
        Rungs whose models are wanted besides the winner's, as ``"linear"`` (on the input where it
        scored best) or ``"linear/wave"``.
    engine : {"auto", "native", "jax"}, default "auto"
        What trains shallow and deep networks; see `gradatim.fit_many`.
    learning_curve : bool, default False
        Train the verdict's rung on a quarter and on half of the training groups of each fold of the
        first repeat, too, to see whether more samples would help.
    cluster : Cluster, optional
        Where rungs are fitted; see `gradatim.executors.connect`. The result is that of one machine
        with as many threads as the cluster has processors.
    short_look : bool, default True
        Of more than 20,000 samples, climb about 5,000 first, in whole groups, and tell the observer
        what that shows; the verdict is that of all samples all the same.

    Returns
    -------
    Climb
        Ladder, verdict and winner.

    Raises
    ------
    SpecError
        If an option is out of its range, a rung or input is unknown, or there are too few rows or
        groups.
    LabelError
        If there is one class only, one with fewer samples than folds, or a number to predict that
        is the same in every row.
    NotEnoughMemoryError
        If a rung would not fit into memory.
    MissingExtraError
        If the engine is not installed.

    Examples
    --------
    >>> from gradatim.datasets import load_world
    >>> found = climb_collection(load_world(), rungs=["majority", "linear"], repeats=1)
    >>> found.verdict.rung
    'linear'
    """
    given = dict(locals())
    start = time.perf_counter()
    require_margins(margin, tolerance)
    if preset not in PRESETS:
        raise SpecError(f"preset must be one of {', '.join(PRESETS)}, not {preset!r}")
    collection = inspected(_with_inputs(collection, inputs))
    if collection.parts is None:
        collection = without_lonely_classes(collection)
    for finding in find_constant_targets(collection):
        raise LabelError(finding.notice.message)
    metric, told = choose_metric(collection, metric)
    read = [one.message for one in collection.notices if one.code == "target-reading"]
    lossy = not METRICS[metric].higher_is_better
    families = choose_families(rungs, collection.task, lossy, "; ".join(read))
    ladder = [family for family in families if not family.reference]
    engine = choose_engine(engine)
    wanted = [read_rung(text, ladder, collection) for text in keep]
    if shuffle_labels:
        collection = _shuffled(collection, seed)
    split = make_folds(collection, folds, repeats, seed)
    protocol = EvaluationProtocol(
        split.folds,
        split.repeats,
        collection.groups is not None,
        seed,
        metric,
        margin,
        preset,
        tolerance,
        METRICS[metric].higher_is_better,
        _hash_of(split, collection),
        "fixed" if split.fixed else "folds",
        collection.n_samples - len(split.scored) if split.fixed else None,
    )
    here = os.cpu_count() if cluster is None else cluster.n_cpus
    threads = n_jobs or here or 1
    task = ClimbTask(
        collection,
        seed,
        threads,
        store,
        max_nets,
        preset,
        engine,
        cluster,
        folds=split,
        metric=metric,
    )
    # The climb has a thread per core of its own; BLAS threads on top would only fight with them.
    with threadpool_limits(limits=1, user_api="blas"):
        fold_models = FoldModels(split.folds)
        observer = observer or Observer()
        require_climb_memory(task, plan_of(task, families))
        look = None
        if short_look:
            look, observer = look_first(task, families, protocol, observer)
        climbed = run_ladder(task, families, observer, fold_models.keep)
        rows = tuple(row for row in climbed if not row.reference)
        beside = tuple(row for row in climbed if row.reference)
        verdict = decide(rows, protocol, task.scored, task.units)
        if verdict.rung not in {row.rung for row in rows}:
            # Where nothing is found the verdict stops on the majority, which nobody asked for.
            rows = (run_rung(FAMILIES["majority"], task, "", silent), *rows)
            verdict = decide(rows, protocol, task.scored, task.units)
        matters = features_or_depth(rows, verdict, protocol, task)
        pair = (verdict.rung, verdict.input)
        importance = importance_of(task, rows, pair, fold_models)
        sizes = _sizes(task, rows, pair, observer) if learning_curve else ()
        chosen = [
            (verdict.rung, verdict.input),
            *(_best_of(rows, metric, *pair) for pair in wanted),
        ]
        models = {pair: _on_all_rows(task, rows, protocol, *pair) for pair in dict.fromkeys(chosen)}
    return Climb(
        collection=collection,
        protocol=protocol,
        rungs=rows,
        references=beside,
        reference_comparisons=compare_references(rows, beside, verdict, protocol, task),
        verdict=verdict,
        models=models,
        notices=(
            *collection.notices,
            *split.notices,
            *([told] if told else []),
            *dict.fromkeys(notice for family in families for notice in family.notices(task)),
            *_unscored(climbed, metric),
            *([look.notice] if look else []),
            *([matters] if matters else []),
        ),
        seconds=time.perf_counter() - start,
        version=version("gradatim"),
        fold_of=split.fold_of,
        command=_call(given),
        importance=importance,
        sizes=sizes,
        fold_models=tuple(fold_models.models.get(pair, ())),
        short_look=look,
    )


def _unscored(rows: Sequence[RungResult], metric: str) -> Iterator[Notice]:
    """Name the rungs without the probabilities that a metric reads."""
    if METRICS[metric].reads != "probabilities":
        return
    titles = dict.fromkeys(describe(row.rung, "") for row in rows if not row.probabilistic)
    if titles:
        verb, has = ("gives", "has") if len(titles) == 1 else ("give", "have")
        title = METRICS[metric].title
        yield Notice(
            "unscored", f"{' and '.join(titles)} {verb} no probabilities, and so {has} no {title}"
        )


def _call(given: Mapping[str, object]) -> str:
    """Write the call that repeats a climb: options that change results, where not the default."""
    defaults = inspect.signature(climb_collection).parameters
    options = [
        f"{name}={value!r}"
        for name, value in given.items()
        if name not in _RESULT_IS_THE_SAME and value != defaults[name].default
    ]
    return f"climb_collection({', '.join(['collection', *options])})"


def choose_families(
    names: Sequence[str] | None, task: str, with_majority: bool = False, reading: str = ""
) -> list[Family]:
    """Return the families of some names, or all that suit a task, in the order of the ladder.

    Where every name has a plus they are added to all of the ladder; references come last. Errors
    and losses are told in shares of the majority's, which is then among them. `reading` says how
    the targets were read, where they could be read as another task.
    """
    ladder = {name: family for name, family in FAMILIES.items() if task in family.tasks}
    if names is None:
        return list(ladder.values())
    known = ladder | {n: family for n, family in REFERENCES.items() if task in family.tasks}
    wanted = {name.removeprefix("+") for name in names}
    if unknown := sorted(wanted - set(known)):
        raise SpecError(
            f"there is no rung {unknown[0]!r} for {task}; choose among {', '.join(known)}"
            + (f"; {reading}" if reading and unknown[0] in {*FAMILIES, *REFERENCES} else "")
        )
    if not names:
        raise SpecError("choose at least one rung")
    if all(name.startswith("+") for name in names):
        wanted |= set(ladder)
    if not wanted & set(ladder):
        one = sorted(wanted)[0]
        raise SpecError(
            f"{one} is a reference, beside which there must be a rung to stop on; write +{one} to "
            "add it to all of the ladder"
        )
    if with_majority:
        wanted.add("majority")
    chosen = [family for name, family in known.items() if name in wanted]
    for family in chosen:
        family.require()
    return chosen


def read_rung(
    text: str, families: Sequence[Family], collection: Collection
) -> tuple[str, str | None]:
    """Read ``RUNG`` or ``RUNG/INPUT``; without an input it is None."""
    rung, slash, input = text.partition("/")
    require_savable(rung)
    names = [family.name for family in families]
    if rung not in names:
        raise SpecError(f"no rung {rung!r} is climbed; choose among {', '.join(names)}")
    needs_input = next(family.needs_input for family in families if family.name == rung)
    if slash and not needs_input:
        raise SpecError(f"the rung {rung} reads no input; write {rung} alone")
    if slash and input not in collection.X:
        listed = ", ".join(collection.X)
        raise SpecError(f"{collection.name} has no input {input!r}; choose among {listed}")
    return rung, input if slash else None


def _with_inputs(collection: Collection, inputs: Sequence[str] | None) -> Collection:
    if inputs is None:
        return collection
    unknown = [name for name in inputs if name not in collection.X]
    if unknown or not inputs:
        listed = ", ".join(collection.X)
        what = f"{collection.name} has no input {unknown[0]!r}; " if unknown else ""
        raise SpecError(f"{what}choose among {listed}")
    return replace(
        collection,
        X={n: X for n, X in collection.X.items() if n in inputs},
        feature_names={n: c for n, c in collection.feature_names.items() if n in inputs},
        recipes={n: recipe for n, recipe in collection.recipes.items() if n in inputs},
        cycles=[name for name in collection.cycles if name in inputs],
    )


def _hash_of(split: Folds, collection: Collection) -> str:
    """Hash which row is scored where: rows, what is right for them, their folds and weights."""
    truth = np.asarray(collection.y)
    texts = truth.astype(str) if truth.dtype.kind in "USO" else truth.astype(float)
    ids = "\x1f".join(map(str, collection.ids))
    # Of a fixed split it does not matter how the part that is learnt from is dealt.
    fold_of = np.minimum(split.fold_of, 1) if split.fixed else split.fold_of
    return sha256(
        fold_of.astype(np.int64),
        ids,
        "\x1f".join(texts.tolist()) if texts.dtype.kind == "U" else texts,
        *(() if collection.weights is None else (collection.weights,)),
    )


def _shuffled(collection: Collection, seed: int) -> Collection:
    """Shuffle the targets, whole groups of one target each where there are such groups.

    Rows of one recording keep a common target so that what they give away shows.
    """
    groups, how = collection.groups, ""
    if groups is not None:
        how = " group by group"
    elif proposals := propose_groups(collection):
        groups = proposals[0].groups
        how = f", the same for all rows that share {proposals[0].what}"
    y, rng = collection.y, np.random.default_rng([seed, 1])
    blocks = np.arange(len(y)) if groups is None else np.unique(groups, return_inverse=True)[1]
    first = np.unique(blocks, return_index=True)[1]
    if not np.array_equal(y[first][blocks], y):
        # Groups of several targets have none that could be given to another.
        blocks = first = np.arange(len(y))
        how = ""
    shuffled = y[first][rng.permutation(len(first))][blocks]
    if groups is not None and collection.groups is None and how:
        rest = "a rung above the first recognizes these rows, and would do so with true labels too"
    else:
        rest = "any rung above the first is chance"
    notice = Notice("shuffled-labels", f"labels were shuffled{how}: {rest}")
    return replace(collection, y=shuffled, notices=(*collection.notices, notice))


def _sizes(
    task: ClimbTask, rows: Sequence[RungResult], pair: tuple[str, str], observer: Observer
) -> tuple[TrainingSize, ...]:
    """Train a rung on parts of the training rows; nothing for what reads no input."""
    row = next(row for row in rows if (row.rung, row.input) == pair)
    if not FAMILIES[pair[0]].needs_input or not math.isfinite(row.mean):
        return ()
    progress = scaled(rung_progress(observer, pair, 1.0, 0.0, 1.0), 0.0, 1.0, "learning curve")
    sizes = measure_sizes(first_repeat(task), FAMILIES[pair[0]], row, progress)
    observer.finished(row, 1.0)
    return sizes


def _best_of(
    rows: Sequence[RungResult], metric: str, rung: str, input: str | None
) -> tuple[str, str]:
    """Return the row of a rung on an input, or on the input where it scored best."""
    found = [row for row in rows if row.rung == rung and input in (None, row.input)]
    best = max(found, key=lambda row: METRICS[metric].sign * row.mean)
    return best.rung, best.input


def _on_all_rows(
    task: ClimbTask, rows: Sequence[RungResult], protocol: EvaluationProtocol, rung: str, input: str
) -> Model:
    """Train a rung's most frequent setting on every row that may be learnt from."""
    family = FAMILIES[rung]
    row = next(r for r in rows if (r.rung, r.input) == (rung, input))
    candidate = family.candidates(task, input)[row.choice]
    folds = task.folds
    everything = folds.rows_without(0, *((0,) if folds.fixed else ()))
    fit = Fit(candidate, everything, everything[:0])
    [fitted] = fit_all(family, task, input, [fit], silent)
    about = {
        "gradatim": version("gradatim"),
        "seed": protocol.seed,
        "protocol": asdict(protocol),
        "collection": {
            "name": task.collection.name,
            "n_samples": task.collection.n_samples,
            "sha256": task.collection.sha256,
        },
        "score": {
            "metric": protocol.metric,
            "mean": json_number(row.mean),
            "interval": [json_number(end) for end in row.interval],
        },
    }
    model, X = fitted.model, task.collection.X
    kept = None
    if model.scaler is not None:
        kept = keep_rows(task.collection, input, everything, model.scaler, protocol.seed)
    return replace(
        model,
        setting=family.describe(candidate),
        about=about,
        calibration=calibration_of(task, row),
        ranges=InputRanges.of(X[input], everything) if input else None,
        training_rows=kept,
    )


def require_margins(margin: float, tolerance: float) -> None:
    """Raise `SpecError` unless a gap can be held against both."""
    if not (margin >= 0 and np.isfinite(margin)):
        raise SpecError(f"margin must be at least 0, not {margin}")
    if not (tolerance >= 0 and np.isfinite(tolerance)):
        raise SpecError(f"tolerance must be at least 0, not {tolerance}")
    if margin > tolerance:
        raise SpecError(
            f"a margin of {margin:g} is above the tolerance of {tolerance:g}, so a gap could be of "
            f"no practical matter and not good enough; choose a tolerance of at least {margin:g}"
        )
