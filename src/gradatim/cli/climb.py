"""``gradatim climb``: train and compare every rung, and say on which to stop.

Conventions: where results go is checked before anything is read, and input before anything is
trained, so that a mistake costs seconds and leaves nothing behind. Results are written before
they are printed, and printed even where a file could not be written.
"""

from __future__ import annotations

import contextlib
import importlib
import sys
import threading
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

from cyclopts import Group, Parameter
from cyclopts.validators import Number

from gradatim.cli._checkpoint import checkpoint, until_interrupted
from gradatim.cli._cluster import RUN, ClusterOption, connected
from gradatim.cli._command import repeating_command
from gradatim.cli._interrupt import Interrupted, interruptible
from gradatim.cli._numbers import to_float
from gradatim.cli._options import FLAG, OUTPUT, DebugLibraries, JsonFile
from gradatim.cli._output_files import deliver
from gradatim.cli._reading import READING, Reading, TableOptions
from gradatim.errors import SpecError
from gradatim.models.families.registry import FAMILIES, REFERENCES, get_family, require_savable

if TYPE_CHECKING:
    from gradatim.cli._screen import Screen
    from gradatim.climb.result import Climb
    from gradatim.collection import Collection
    from gradatim.training.store import Store

__all__ = ["climb"]

MetricName = Literal[
    "accuracy",
    "balanced_accuracy",
    "macro_f1",
    "log_loss",
    "auc",
    "macro_auc",
    "micro_f1",
    "hamming",
    "label_ranking",
    "r2",
    "rmse",
    "mae",
    "km",
]

_PROTOCOL = Group("How it is scored", sort_key=2)


_READING = Reading()
_REPORT = Path("gradatim-report.html")
_MODEL = "gradatim-model.gradatim"
_WHAT_CLIMBS = ("gradatim.climb.ladder", "sklearn.svm")
_WHAT_TRAINS = "gradatim.training.native.workers"


def _number(group: Group = _PROTOCOL, **bounds: float) -> Parameter:
    return Parameter(group=group, metavar="N", validator=Number(**bounds))


def _real(**bounds: float) -> Parameter:
    return Parameter(group=_PROTOCOL, metavar="N", validator=Number(**bounds), converter=to_float)


def climb(
    path: Annotated[str | None, Parameter(group=READING)] = None,
    /,
    *,
    split: Annotated[
        tuple[str, str] | None,
        Parameter(group=READING, metavar="TRAINFOLDER TESTFOLDER", negative=()),
    ] = None,
    reading: Reading = _READING,
    table: TableOptions | None = None,
    drop_duplicates: Annotated[bool, FLAG, Parameter(group=READING)] = False,
    folds: Annotated[int, _number(gte=3)] = 5,
    repeats: Annotated[int | None, _number(gte=1)] = None,
    metric: Annotated[MetricName | None, Parameter(group=_PROTOCOL)] = None,
    margin: Annotated[float, _real(gte=0, lt=1)] = 0.01,
    tolerance: Annotated[float, _real(gte=0, lt=1)] = 0.05,
    seed: Annotated[int, _number(gte=0)] = 0,
    rungs: Annotated[
        list[str] | None,
        Parameter(
            group=_PROTOCOL,
            metavar="RUNG...",
            consume_multiple=(1, None),
            negative=(),
            help=f"Only these rungs, of {', '.join(FAMILIES)}; +NAME adds to all of them, as "
            f"references that the verdict does not look at: {', '.join(REFERENCES)}.",
        ),
    ] = None,
    inputs: Annotated[
        list[str] | None,
        Parameter(group=_PROTOCOL, metavar="NAME...", consume_multiple=(1, None), negative=()),
    ] = None,
    preset: Annotated[Literal["quick", "strong"], Parameter(group=_PROTOCOL)] = "quick",
    shuffle_labels: Annotated[bool, FLAG, Parameter(group=_PROTOCOL)] = False,
    learning_curve: Annotated[bool, FLAG, Parameter(group=_PROTOCOL)] = False,
    no_short_look: Annotated[bool, FLAG, Parameter(group=RUN)] = False,
    jobs: Annotated[int | None, _number(RUN, gte=1)] = None,
    max_nets: Annotated[int | None, _number(RUN, gte=1)] = None,
    engine: Annotated[Literal["native", "jax"] | None, Parameter(group=RUN)] = None,
    cluster: ClusterOption = None,
    resume: Annotated[bool, FLAG, Parameter(group=RUN)] = False,
    json: JsonFile = None,
    report: Annotated[
        Path | None, Parameter(name=("--report", "-o"), group=OUTPUT, metavar="FILE")
    ] = None,
    no_report: Annotated[bool, FLAG, Parameter(group=OUTPUT)] = False,
    predictions: Annotated[Path | None, Parameter(group=OUTPUT, metavar="FILE")] = None,
    figures: Annotated[Path | None, Parameter(group=OUTPUT, metavar="DIR")] = None,
    save: Annotated[Path | None, Parameter(group=OUTPUT, metavar="FILE")] = None,
    no_save: Annotated[bool, FLAG, Parameter(group=OUTPUT)] = False,
    save_rung: Annotated[
        list[tuple[str, Path]] | None,
        Parameter(group=OUTPUT, metavar=r"RUNG\[/INPUT] FILE", negative=()),
    ] = None,
    quiet: Annotated[bool, FLAG, Parameter(group=OUTPUT)] = False,
    debug: DebugLibraries = False,
) -> None:
    """Train and compare every rung on a dataset, a folder of audio or scores, or a table.

    Prints the ladder, from majority vote to deep networks, with the simplest rung that may
    be as good as the best, and writes a report that any browser opens.

    Parameters
    ----------
    path
        A dataset's name, a folder of audio or scores with a folder per class, a book of tunes
        (abc), or a table (csv, csv.gz, tsv, parquet, arrow, arff).
    split
        Instead of PATH, two folders or tables: rungs learn from the first and are scored once, on
        the second.
    drop_duplicates
        Keep one of the copies of a sound or row, and none where their labels differ.
    folds
        Folds per repeat; with --split-column, those inside the training part.
    repeats
        Repeats, each with other folds: 2, and 1 beyond 20,000 samples; a fixed split has one.
    metric
        What is scored; if left out, accuracy, balanced accuracy, macro-AUC or R², as fits the data.
    margin
        Difference in score that is of no practical matter; of errors a share of the majority's.
    tolerance
        Difference up to which a simpler rung is good enough.
    seed
        Seed of the folds and of every network.
    inputs
        Only these inputs of the collection.
    preset
        How hard networks are trained: quick, or eight times as long and a little better.
    shuffle_labels
        Shuffle the target first, whole groups where there are some; an honest climb then finds
        nothing.
    learning_curve
        Train the verdict's rung on a quarter and half of the training groups, too, to see whether
        more samples would help.
    no_short_look
        Of more than 20,000 samples, do not climb some 5,000 first to say what those show.
    jobs
        Processor cores to use; all of them if left out.
    max_nets
        Networks to train at once, to save memory; the results are the same.
    engine
        What trains networks: native code if left out; jax, an extra, uses accelerators.
    resume
        Go on from what an interrupted climb of the same data and protocol has finished.
    json
        Write all results as JSON; - is standard output, and nothing else goes there.
    report
        Write the report here instead of to gradatim-report.html.
    no_report
        Write no report.
    predictions
        Write what the verdict's rung said of each held-out item, once per repeat (.csv).
    figures
        Write every figure of the report into this folder as SVG, and figures.md, which shows them.
    save
        Save the model of the verdict's rung, trained on all rows (of a fixed split, on those to
        learn from), to this file (.gradatim) instead of to gradatim-model.gradatim beside the
        report.
    no_save
        Save no model, unless --save-rung names one.
    save_rung
        Save the model of another rung too, on the input where it scored best or on the one named.
    quiet
        Print the verdict only.
    """
    from gradatim.cli._outputs import Outputs
    from gradatim.cli._silence import silent_libraries
    from gradatim.sources.registry import files_of

    for rung in rungs or ():
        get_family(rung).require()
    for text, _ in save_rung or ():
        require_savable(text.partition("/")[0])
    if margin > tolerance:
        from gradatim.climb.ladder import require_margins

        # Before anything is read, which may take long.
        require_margins(margin, tolerance)
    places = _places(path, split)
    how = reading.options(table, jobs)
    if report is not None and no_report:
        raise SpecError("--report and --no-report exclude each other; give one of them")
    if save is not None and no_save:
        raise SpecError("--save and --no-save exclude each other; give one of them")
    page = None if no_report else report or _REPORT
    if save is None and page is not None and not (no_save or shuffle_labels):
        # What was learnt of shuffled labels is of no use.
        save = page.parent / _MODEL
    models = [*([("", save)] if save else []), *(save_rung or ())]
    outputs = Outputs(json, page, predictions, models, figures)
    outputs.check([file for place in places for file in files_of(place, how)])
    options = {"folds": folds, "repeats": repeats, "seed": seed, "preset": preset}
    options["shuffle_labels"] = shuffle_labels
    with silent_libraries(debug), connected(cluster) as nodes:
        from gradatim.cli._screen import Screen
        from gradatim.sources.registry import read_source, read_split

        screen = Screen(to_stderr=json == "-", quiet=quiet)
        _tell_of_accelerator(engine, quiet)
        # Only what lies in files takes long to read; of a wrong path nothing is loaded.
        if all(Path(place).exists() for place in places):
            _load(_what_climbs(rungs, engine))
        with screen.reading(" and ".join(places)) as progress:
            told = replace(how, progress=progress, cluster=nodes)

            def read() -> Collection:
                return read_split(*split, told) if split else read_source(places[0], told)

            collection = interruptible(read)
        if drop_duplicates:
            from gradatim.inspection import drop_copies

            collection = drop_copies(collection)
        with checkpoint(lambda: _folder(collection, options), resume) as store:
            if resume and not store:
                screen.say("nothing of this climb is kept, so it begins anew")
            more = {"margin": margin, "n_jobs": jobs, "rungs": rungs, "max_nets": max_nets}
            more |= {
                "tolerance": tolerance,
                "metric": metric,
                "engine": engine or "auto",
                "cluster": nodes,
                "inputs": inputs,
                "keep": [rung for rung, _ in save_rung or ()],
                "learning_curve": learning_curve,
                "short_look": not no_short_look,
            }
            found = _climb(screen, collection, store, options | more)
            found = replace(found, command=repeating_command() or found.command)
            try:

                def show() -> None:
                    outputs.show_json(found)
                    screen.show(found)

                deliver(outputs.writers(found), show, screen.say)
            except KeyboardInterrupt:
                said = "stopped by Ctrl-C with every rung finished"
                raise Interrupted(f"{said} and kept" if store else said, bool(store)) from None


def _places(path: str | None, split: tuple[str, str] | None) -> tuple[str, ...]:
    """Return what is read: one place, or two of one split."""
    if (path is None) == (split is None):
        either = "a folder or table, or --split TRAINFOLDER TESTFOLDER"
        raise SpecError(
            f"climb PATH requires an argument: {either}; see gradatim climb --help"
            if path is None
            else f"give PATH, {either}, not both"
        )
    return split or (path or "",)


def _what_climbs(rungs: Sequence[str] | None, engine: str | None) -> list[str]:
    """Return the modules that these rungs need; what trains takes as long as all others."""
    trains = any(
        rung.startswith("+") or get_family(rung).needs_engine for rung in rungs or FAMILIES
    )
    return [*_WHAT_CLIMBS, *([_WHAT_TRAINS] if trains and engine != "jax" else [])]


def _load(modules: Sequence[str]) -> None:
    """Import modules in a thread: meanwhile worker processes start and read."""

    def load() -> None:
        for module in modules:
            # Whoever needs it meets its error again.
            with contextlib.suppress(Exception):
                importlib.import_module(module)

    threading.Thread(target=load, name="gradatim-loads", daemon=True).start()


def _tell_of_accelerator(engine: str | None, quiet: bool) -> None:
    """Say how a graphics processor would be used; never use it unasked."""
    from gradatim.training.engines import choose_engine, has_accelerator

    if choose_engine(engine or "auto") == "native" and has_accelerator() and not quiet:
        print(
            "note: networks are trained on the processor; --engine jax uses the accelerator that "
            "is there (pip install 'gradatim[jax]')",
            file=sys.stderr,
        )


def _folder(collection: Collection, options: dict[str, Any]) -> Path | None:
    from gradatim.climb.checkpoint import climb_folder

    return climb_folder(collection, **options)


def _climb(
    screen: Screen, collection: Collection, store: Store | None, options: dict[str, Any]
) -> Climb:
    """Climb in another thread; on Ctrl-C keep what is finished and say so."""
    from gradatim.climb import climb_collection

    with screen.climbing(collection, options["metric"]) as ladder:
        return until_interrupted(
            lambda: climb_collection(collection, observer=ladder, store=store, **options),
            ladder,
            store,
            lambda: ladder.sentence(store),
        )
