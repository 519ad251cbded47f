"""``gradatim race``: models of equal size on one problem, over many seeds, with a verdict.

Conventions: where results go is checked before anything is drawn or read; files are written before
anything is printed. On Ctrl-C the networks that are finished are kept, and ``--resume`` goes on
from them.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

from cyclopts import Group, Parameter
from cyclopts.validators import Number

from gradatim.cli import _output_files
from gradatim.cli._checkpoint import checkpoint, until_interrupted
from gradatim.cli._numbers import to_float
from gradatim.cli._options import FLAG, OUTPUT, DebugLibraries, Json, Output
from gradatim.cli._reading import TableOptions, expand_names
from gradatim.cli._task import check_film, find_task, list_problems
from gradatim.errors import SpecError

if TYPE_CHECKING:
    from gradatim.collection import Collection
    from gradatim.comparisons import Race
    from gradatim.training.store import Store

_INPUT = Group("What is raced on", sort_key=1)
_PROTOCOL = Group("How it is scored", sort_key=2)
_RUN = Group("How it is run", sort_key=3)

_Column = Parameter(group=_INPUT, metavar="COLUMN")
_Columns = Parameter(group=_INPUT, metavar="COLUMN...", consume_multiple=(1, None), negative=())
_File = Parameter(group=OUTPUT, metavar="FILE")

ContenderName = Literal[
    "perceptron",
    "logistic",
    "shallow-relu",
    "shallow-tanh",
    "deep-2",
    "deep-3",
    "deep-5",
    "polynomial",
    "kernel",
    "kernel-all",
]

_PAGES = (".html",)


def _number(group: Group = _PROTOCOL, **bounds: float) -> Parameter:
    return Parameter(group=group, metavar="N", validator=Number(**bounds))


def _real(group: Group = _PROTOCOL, **bounds: float) -> Parameter:
    return Parameter(group=group, metavar="N", validator=Number(**bounds), converter=to_float)


def race(
    text: Annotated[str | None, Parameter(name="PROBLEM|TABLE", group=_INPUT)] = None,
    /,
    *,
    target: Annotated[str | None, _Column] = None,
    groups: Annotated[str | None, _Column] = None,
    drop: Annotated[list[str] | None, _Columns] = None,
    impute: Annotated[Literal["median"] | None, Parameter(group=_INPUT)] = None,
    table: TableOptions | None = None,
    noise: Annotated[float | None, _real(_INPUT, gte=0)] = None,
    samples: Annotated[int, _number(_INPUT, gte=30)] = 600,
    budgets: Annotated[str, Parameter(group=_PROTOCOL, metavar="N,...")] = "20,50,100,200,500",
    seeds: Annotated[int, _number(gte=2)] = 50,
    contenders: Annotated[
        list[ContenderName] | None,
        Parameter(group=_PROTOCOL, consume_multiple=(1, None), negative=()),
    ] = None,
    bar: Annotated[float | None, _real(gt=0, lte=1)] = None,
    seed: Annotated[int, _number(gte=0)] = 0,
    jobs: Annotated[int | None, _number(_RUN, gte=1)] = None,
    resume: Annotated[bool, FLAG, Parameter(group=_RUN)] = False,
    output: Output = None,
    film: Annotated[Path | None, _File] = None,
    json: Json = False,
    debug: DebugLibraries = False,
) -> None:
    """Race perceptron, shallow, deep, polynomial and kernel models of equal size.

    Every contender gets as many parameters as a budget allows. Prints how often each solves the
    problem, its accuracy with intervals, and whether depth was needed. Without PROBLEM, lists the
    problems and what each takes.

    Parameters
    ----------
    text
        A problem (xor, moons, parity-6), a table (csv, tsv, parquet), or a dataset (world).
    target
        Column of a table that is to be learnt.
    groups
        Column of a table that says which rows are never split.
    drop
        Columns of a table to leave out.
    impute
        Fill a table's missing values with medians of the rows that a seed learns from.
    noise
        Standard deviation of a problem's noise; its own if left out.
    samples
        Points of a problem that a seed learns from and chooses on; 2,000 more are scored.
    budgets
        Parameters at most.
    seeds
        Seeds, each with points (or a split of the table) and initial weights of its own.
    contenders
        Only these.
    bar
        Accuracy from which a seed has solved it; if left out, the data tell.
    seed
        First seed.
    jobs
        Processor cores to use; all of them if left out.
    resume
        Go on from what an interrupted race of the same data and seed has finished.
    output
        A page (.html), or the picture (.svg, .pdf, .png).
    film
        Perceptron, logistic regression, shallow and deep network learning: .svg or .gif.
    """
    if text is None:
        list_problems(target, json)
        return
    widths = _budgets(budgets)
    _output_files.check_targets(
        {"--output": (output, _output_files.page), "--film": (film, _output_files.film)},
        source=Path(text),
    )
    from gradatim.cli._silence import silent_libraries

    with silent_libraries(debug):
        from gradatim.cli._json import print_json
        from gradatim.cli._race import show_race
        from gradatim.sources.registry import Options

        reading = Options(
            [target] if target else (),
            groups,
            expand_names(drop),
            impute,
            "classification",
            n_jobs=1,
            **({} if table is None else table.given()),
        )
        task = find_task(text, reading, noise)
        check_film(task, film)
        with checkpoint(lambda: _folder(text, reading, noise, samples, seed), resume) as store:
            found = _race(
                task,
                store,
                json,
                budgets=widths,
                n_seeds=seeds,
                contenders=contenders,
                n_samples=samples,
                noise=noise,
                bar=bar,
                seed=seed,
                n_jobs=jobs,
            )

        def show() -> None:
            if json:
                print_json(found.to_dict())
            else:
                show_race(found)

        _output_files.deliver(_writers(found, output, film), show, None if json else print)


def _budgets(text: str) -> list[int]:
    try:
        return [int(number) for number in text.split(",")]
    except ValueError:
        raise SpecError(
            f"--budgets {text!r} is no list of whole numbers; write 20,50,100"
        ) from None


def _folder(*about: object) -> Path | None:
    from gradatim.climb.checkpoint import work_folder

    return work_folder("races", about)


def _race(task: str | Collection, store: Store | None, hidden: bool, **options: Any) -> Race:
    """Race in another thread; on Ctrl-C keep what is finished and say so."""
    from gradatim.cli._race import racing_bar
    from gradatim.comparisons import race as run
    from gradatim.presentation.races import interrupted

    with racing_bar(hidden) as bar:
        return until_interrupted(
            lambda: run(task, store=store, progress=bar.tell, **options),
            bar,
            store,
            lambda: interrupted(store),
        )


def _writers(found: Race, output: Path | None, film: Path | None) -> list[_output_files.Writer]:
    from gradatim.cli._interrupt import interruptible
    from gradatim.comparisons import film_race, plot_race
    from gradatim.drawing import save_film

    if output is not None and output.suffix.lower() in _PAGES:
        from gradatim.reports import write_race

        first = _output_files.writer(output, lambda path: write_race(found, path))
    else:
        first = _output_files.plot_writer(output, lambda: plot_race(found))
    # The film trains its networks anew.
    second = _output_files.writer(
        film, lambda path: save_film(interruptible(lambda: film_race(found)), path)
    )
    return [*first, *second]
