"""``gradatim separate``: can a hyperplane separate the classes of a table? A proof either way.

Conventions: files are checked before the table is read, and the table before anything is computed;
what is asked for is written before anything is printed. Numbers of the table are exact: see
`gradatim.sources.points`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

from cyclopts import Group, Parameter
from cyclopts.validators import Number

from gradatim._progress import under
from gradatim._text import list_text, show_name
from gradatim.cli import _output_files
from gradatim.cli._json import header, print_json
from gradatim.cli._options import FLAG, OUTPUT, Debug, Json, Output
from gradatim.cli._reading import TextOptions, dialect_of
from gradatim.errors import SpecError
from gradatim.presentation import pictures

if TYPE_CHECKING:
    from gradatim.comparisons.separable import MethodComparison
    from gradatim.separability import PerceptronRun, Separation
    from gradatim.sources.points import Points

__all__ = ["separate"]

_INPUT = Group("What is separated", sort_key=1)
_PERCEPTRON = Group("The perceptron rule beside it", sort_key=2)
_MADE = Group("Made separable", sort_key=3)
# Ranges of axes and their differences have to be floats too.
_LARGEST_DRAWN = 1e150
_Columns = Parameter(group=_INPUT, metavar="COLUMN...", consume_multiple=(1, None), negative=())


def separate(
    table: Annotated[Path, Parameter(group=_INPUT)],
    /,
    *,
    target: Annotated[str, Parameter(group=_INPUT, metavar="COLUMN")],
    columns: Annotated[list[str] | None, _Columns] = None,
    drop: Annotated[list[str] | None, _Columns] = None,
    id: Annotated[str | None, Parameter(group=_INPUT, metavar="COLUMN")] = None,
    positive: Annotated[str | None, Parameter(group=_INPUT, metavar="LABEL")] = None,
    text: TextOptions | None = None,
    decimals: Annotated[bool, FLAG, Parameter(group=_INPUT)] = False,
    perceptron: Annotated[bool, FLAG, Parameter(group=_PERCEPTRON)] = False,
    max_mistakes: Annotated[
        int, Parameter(group=_PERCEPTRON, metavar="N", validator=Number(gte=1))
    ] = 100_000,
    film: Annotated[Path | None, Parameter(group=_PERCEPTRON, metavar="FILE")] = None,
    degree: Annotated[
        int | None, Parameter(group=_MADE, metavar="D", validator=Number(gte=1))
    ] = None,
    kernels: Annotated[bool, FLAG, Parameter(group=_MADE)] = False,
    hidden: Annotated[bool, FLAG, Parameter(group=_MADE)] = False,
    folds: Annotated[int, Parameter(group=_MADE, metavar="K", validator=Number(gte=0))] = 0,
    seeds: Annotated[int, Parameter(group=_MADE, metavar="N", validator=Number(gte=1))] = 20,
    seed: Annotated[int, Parameter(group=_MADE, metavar="N", validator=Number(gte=0))] = 0,
    graph: Annotated[Path | None, Parameter(group=_MADE, metavar="FILE")] = None,
    output: Output = None,
    network: Annotated[Path | None, Parameter(group=OUTPUT, metavar="FILE")] = None,
    json: Json = False,
    debug: Debug = False,
) -> None:
    """Decide whether a hyperplane separates the classes of a table, and prove it.

    Prints a separating hyperplane with short weights and the one of the widest margin, checked on
    every row; or a few rows that prove that there is none. All in exact arithmetic.

    Parameters
    ----------
    table
        Points and labels (csv, tsv, parquet).
    target
        Column of the labels.
    columns
        Columns of the numbers; all others if not given.
    drop
        Columns to leave out, such as other labels.
    id
        Column that names the rows; their numbers do if not given.
    positive
        Tell this class from all others together.
    decimals
        Take numbers as the decimals that are written, not as the nearest floats.
    perceptron
        Run the perceptron rule too, and count its mistakes against Novikoff's bound.
    max_mistakes
        Mistakes after which the rule is stopped.
    film
        Moving picture of the perceptron's line, two columns: .svg or .gif.
    degree
        Find the smallest set of monomials up to this degree that makes the classes separable.
    kernels
        Train polynomial and RBF kernel machines too.
    hidden
        Build and train the smallest hidden layer that is found, and prove it on every row.
    folds
        Cross-validate the kernel machines with this many parts.
    seeds
        Networks trained for each width.
    seed
        The first seed.
    graph
        Picture of the hidden layer that is built: .svg, .pdf, .png, .dot, .mmd or .tex.
    output
        Picture of one to three columns, or of all ways to separate: .svg, .pdf or .png.
    network
        The separating unit, or with --hidden the network that is built, for other verbs: .txt
        (its equation) or .safetensors.
    """
    making = degree is not None or kernels or hidden
    _output_files.check_targets(
        {
            "--output": (output, _output_files.plot),
            "--film": (film, _output_files.film),
            "--graph": (graph, _output_files.drawing),
            "--network": (network, _output_files.network),
        },
        source=table,
    )
    _check_making(kernels, hidden, folds, graph)
    from gradatim.sources.points import read_points

    if columns and drop:
        raise SpecError("--columns names what is taken and --drop what is not; give one of them")
    points = read_points(
        table, target, columns, id, drop=drop or (), decimals=decimals, dialect=dialect_of(text)
    )
    for_two = {
        "--output": None if making else output,
        "--film": film,
        "--perceptron": perceptron or None,
        "--network": None if hidden else network,
    }
    _check_points(points, positive, for_two)
    methods = None
    if making:
        methods = _make_separable(
            points,
            positive,
            degree=degree,
            kernels=kernels,
            hidden=hidden,
            folds=folds,
            n_seeds=seeds,
            random_state=seed,
        )
    found = run = None
    if len(points.classes) > 2 and positive is None:
        show = _several(points, methods, json)
    else:
        found = _decide(points, positive)
        run = _run(found, max_mistakes) if perceptron or film is not None else None
        show = partial(_show_two, points, found, run, methods, json)
    writers = _picture_writers(points, found, run, methods, output, film)
    writers += _network_writers(table, found, methods, graph, network)
    _output_files.deliver(writers, show, None if json else print)


def _check_making(kernels: bool, hidden: bool, folds: int, graph: Path | None) -> None:
    """Refuse options of methods that are not asked for."""
    if graph is not None and not hidden:
        raise SpecError("--graph draws the hidden layer; add --hidden")
    if folds and not kernels:
        raise SpecError("--folds cross-validates kernel machines; add --kernels")
    if folds == 1:
        raise SpecError("one part leaves nothing to learn from; give --folds 2 or more")


def _check_points(points: Points, positive: str | None, for_two: dict[str, object]) -> None:
    """Refuse what could only fail after the work is done."""
    from gradatim.errors import LabelError

    n_columns, classes = len(points.names), points.classes
    if len(classes) < 2:
        raise LabelError(
            f"every row of {points.source} is labeled {classes[0]}; separating takes two classes"
        )
    if positive is None and len(classes) > 2:
        for option, given in for_two.items():
            if given is not None:
                raise SpecError(
                    f"{option} is for two classes, and {points.source} has {len(classes)}; name "
                    "the one to tell from the others with --positive"
                )
    if for_two["--output"] is not None and n_columns > 3:
        raise SpecError(
            f"{n_columns} columns cannot be drawn; name one to three with --columns, or leave out "
            "--output"
        )
    drawn = next((name for name in ("--output", "--film") if for_two[name] is not None), None)
    if drawn is not None and abs(points.X).max() > _LARGEST_DRAWN:
        raise SpecError(
            f"the numbers of {points.source} are too large for a picture; divide the columns "
            f"first, or leave out {drawn}"
        )
    if for_two["--film"] is not None and n_columns != 2:
        raise SpecError(
            f"a film shows two columns, not {n_columns}; name two with --columns, or leave out "
            "--film"
        )


def _make_separable(points: Points, positive: str | None, **options: Any) -> MethodComparison:
    from gradatim.cli._progress_bar import work
    from gradatim.comparisons.separable import find_methods
    from gradatim.errors import LabelError

    labels = points.labels
    if positive is not None:
        if positive not in labels:
            known = list_text(sorted(set(labels)))
            raise LabelError(f"no row is labeled {positive}; the labels are {known}")
        labels = [label if label == positive else "others" for label in labels]
    return work(
        "making separable",
        lambda told: find_methods(
            points.X, labels, input_names=points.names, progress=told, **options
        ),
    )


def _decide(points: Points, positive: str | None) -> Separation:
    from gradatim.cli._progress_bar import work
    from gradatim.separability import separate as decide

    task = f"deciding {show_name(points.source)}"
    return work(
        task,
        lambda progress: decide(
            points.X,
            points.labels,
            positive=positive,
            input_names=points.names,
            progress=under(progress, task),
        ),
    )


def _show_two(
    points: Points,
    found: Separation,
    run: PerceptronRun | None,
    methods: MethodComparison | None,
    json: bool,
) -> None:
    if json:
        beside = {} if run is None else {"perceptron": run.to_dict()}
        _print_json(points, found.to_dict(points.ids) | beside, methods)
        return
    from gradatim.presentation.separation import separation_in_words

    words = separation_in_words(found, points.labels, points.ids, run, methods)
    print("\n".join([*words, *_counting(points, words), *points.notes]))


def _counting(points: Points, words: Sequence[str]) -> list[str]:
    """Say how rows are counted, if some are named."""
    named = any(re.search(r"\brow [0-9]", line) for line in words)
    return [points.counting] if named and points.counting else []


def _several(points: Points, methods: MethodComparison | None, json: bool) -> Callable[[], object]:
    """Decide every pair of classes; return what shows it."""
    from gradatim.cli._progress_bar import work
    from gradatim.separability import separate_classes

    task = f"deciding {show_name(points.source)}"
    found = work(
        task,
        lambda progress: separate_classes(
            points.X, points.labels, input_names=points.names, progress=under(progress, task)
        ),
    )

    def show() -> None:
        if json:
            _print_json(points, found.to_dict(points.ids), methods)
            return
        from gradatim.presentation.separation import classes_in_words

        words = classes_in_words(found, points.ids, methods)
        print("\n".join([*words, *_counting(points, words), *points.notes]))

    return show


def _run(found: Separation, max_mistakes: int) -> PerceptronRun:
    from gradatim.cli._progress_bar import work
    from gradatim.separability import run_perceptron

    return work(
        "running the perceptron rule",
        lambda progress: run_perceptron(found, max_mistakes=max_mistakes),
    )


def _print_json(points: Points, result: dict[str, Any], methods: MethodComparison | None) -> None:
    """Print a result with what it was computed from."""
    data = {
        "source": points.source,
        "sha256": points.sha256,
        "n_samples": len(points.X),
        "columns": list(points.names),
        "numbers": "decimals" if points.X.dtype == object else "binary",
        "notes": list(points.notes),
    }
    made = {} if methods is None else {"made_separable": methods.to_dict()}
    print_json({**header(), "data": data, **result, **made})


def _picture_writers(
    points: Points,
    found: Separation | None,
    run: PerceptronRun | None,
    methods: MethodComparison | None,
    output: Path | None,
    film: Path | None,
) -> list[_output_files.Writer]:
    from gradatim import drawing

    writers = []
    if methods is not None:
        from gradatim.comparisons.separable import plot_methods

        writers += _output_files.plot_writer(output, lambda: plot_methods(methods))
    elif found is not None:
        writers += _output_files.plot_writer(
            output, lambda: pictures.plot_separation(found, points.labels, points.ids)
        )
    if run is not None:
        writers += _output_files.writer(
            film, lambda file: drawing.save_film(pictures.film_run(run, points.labels), file)
        )
    return writers


def _network_writers(
    table: Path,
    found: Separation | None,
    methods: MethodComparison | None,
    graph: Path | None,
    path: Path | None,
) -> list[_output_files.Writer]:
    hidden = methods.built.network if methods is not None and methods.built is not None else None
    unit = hidden or (found and found.hyperplane)

    def refuse(path: Path) -> Path:
        what = "no hidden layer was found" if path == graph else "no hyperplane is known"
        how = (
            "" if path == graph or methods is not None else "; --hidden builds a network that does"
        )
        raise SpecError(
            f"{what} that separates the classes of {show_name(table)}, so nothing was written to "
            f"{show_name(path)}{how}"
        )

    drawn = _output_files.network_writers(hidden, graph, None) if hidden else None
    saved = _output_files.network_writers(unit, None, path) if unit else None
    return [
        *(_output_files.writer(graph, refuse) if drawn is None else drawn),
        *(_output_files.writer(path, refuse) if saved is None else saved),
    ]
