"""``gradatim climb``: train and compare every rung, and say on which to stop.

Conventions: where results go is checked before anything is read, and input before anything is
trained, so that a mistake costs seconds and leaves nothing behind. Results are printed before
they are written, so that a full disk does not lose them.
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

from cyclopts import Group, Parameter
from cyclopts.validators import Number

from gradatim.errors import SpecError

__all__ = ["climb"]

RungName = Literal["majority", "linear", "logistic", "perceptron", "kernel", "shallow", "deep"]
TaskName = Literal["classification", "multilabel", "regression"]

_INPUT = Group("What is climbed", sort_key=1)
_PROTOCOL = Group("How it is scored", sort_key=2)
_OUTPUT = Group("What comes out", sort_key=3)

_Column = Parameter(group=_INPUT, metavar="COLUMN", negative=())
_Columns = Parameter(group=_INPUT, metavar="COLUMN...", consume_multiple=(1, None), negative=())
_Flag = Parameter(negative=(), show_default=False)

_REPORT = Path("gradatim-report.html")


def _number(**bounds: float) -> Parameter:
    return Parameter(group=_PROTOCOL, metavar="N", validator=Number(**bounds))


def climb(
    path: Annotated[str, Parameter(group=_INPUT)],
    /,
    *,
    target: Annotated[list[str] | None, _Column] = None,
    groups: Annotated[str | None, Parameter(group=_INPUT, metavar="COLUMN|FILE")] = None,
    drop: Annotated[list[str] | None, _Columns] = None,
    impute: Annotated[Literal["median"] | None, Parameter(group=_INPUT)] = None,
    task: Annotated[TaskName | None, Parameter(group=_INPUT)] = None,
    folds: Annotated[int, _number(gte=2)] = 5,
    repeats: Annotated[int, _number(gte=1)] = 2,
    margin: Annotated[float, _number(gte=0, lt=1)] = 0.01,
    seed: Annotated[int, _number(gte=0)] = 0,
    rungs: Annotated[
        list[RungName] | None,
        Parameter(group=_PROTOCOL, consume_multiple=(1, None), negative=()),
    ] = None,
    shuffle_labels: Annotated[bool, _Flag, Parameter(group=_PROTOCOL)] = False,
    jobs: Annotated[int | None, _number(gte=1)] = None,
    json: Annotated[
        str | None, Parameter(group=_OUTPUT, metavar="FILE", allow_leading_hyphen=True)
    ] = None,
    report: Annotated[Path | None, Parameter(group=_OUTPUT, metavar="FILE")] = None,
    no_report: Annotated[bool, _Flag, Parameter(group=_OUTPUT)] = False,
    quiet: Annotated[bool, _Flag, Parameter(group=_OUTPUT)] = False,
    debug: Annotated[bool, _Flag, Parameter(group=_OUTPUT)] = False,
) -> None:
    """Train and compare every rung on a dataset, a folder of audio, or a table.

    Prints the ladder, from majority vote to deep networks, with the simplest rung that is not
    shown to be worse than the best, and writes a report that any browser opens.

    Parameters
    ----------
    path
        A dataset's name, a folder with a folder of audio a class, or a table (csv, tsv, parquet).
    target
        Column of a table that is to be learnt; may be repeated.
    groups
        Who or what is never split: a column, or for a folder a CSV of path and group.
    drop
        Columns of a table to leave out.
    impute
        Fill a table's missing values with its columns' medians.
    task
        How to read the target; if left out, its values tell.
    folds
        Folds a repeat.
    repeats
        Repeats, each with fresh folds.
    margin
        Difference in score that is of no practical matter.
    seed
        Seed of the folds and of every network.
    rungs
        Only these rungs.
    shuffle_labels
        Shuffle the target first; an honest climb then finds nothing.
    jobs
        Processor cores to use; all of them if left out.
    json
        Write all results as JSON; - is standard output, and nothing else goes there.
    report
        Write the report here instead of to gradatim-report.html.
    no_report
        Write no report.
    quiet
        Print the verdict only.
    debug
        Show the warnings of libraries, and the traceback of an error.
    """
    from gradatim.cli._outputs import Outputs
    from gradatim.cli._quiet import quiet_libraries
    from gradatim.cli._source import Source

    source = Source(path, target or (), groups, drop or (), impute, task)
    if report is not None and no_report:
        raise SpecError("--report and --no-report exclude each other; give one of them")
    outputs = Outputs(json, None if no_report else report or _REPORT)
    outputs.check(source.files())
    with quiet_libraries(debug):
        from gradatim.cli._screen import Screen
        from gradatim.cli._source import read_source

        screen = Screen(to_stderr=json == "-", quiet=quiet)
        with screen.reading(path) as progress:
            collection = read_source(source, n_jobs=jobs, progress=progress)
        with screen.climbing(collection) as observer:
            # The engine takes seconds to load: what is wrong with the input is told before.
            from gradatim.climb import climb_collection

            found = climb_collection(
                collection,
                folds=folds,
                repeats=repeats,
                margin=margin,
                seed=seed,
                n_jobs=jobs,
                rungs=rungs,
                shuffle_labels=shuffle_labels,
                observer=observer,
            )
        screen.show(found)
        for label, file in outputs.write(found):
            screen.say(f"{label}: {file}")
