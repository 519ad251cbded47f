"""``gradatim lab``: a page in which a neuron and a network are touched, trained and shared.

Conventions: one file is written; without ``-o`` it goes to a folder of its own and opens in the
browser. Only ``--serve`` starts a server, until Ctrl-C. What cannot be written is refused before
anything is read.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from cyclopts import Group, Parameter
from cyclopts.validators import Number

from gradatim.cli import _output_files
from gradatim.cli._options import FLAG
from gradatim.cli._reading import Reading, TableOptions
from gradatim.errors import SpecError

if TYPE_CHECKING:
    from gradatim.collection import Collection
    from gradatim.exercises import Exam
    from gradatim.lab import Lesson
    from gradatim.sources.registry import Options

__all__ = ["lab"]

_SHOWN = Group("What is shown", sort_key=0)
_SERVED = Group("Served, with what a page alone cannot do", sort_key=2)
_ServedFlag = Parameter(group=_SERVED, negative=(), show_default=False)


def lab(
    source: Annotated[
        str | None, Parameter(name="EQUATION|PROBLEM|TABLE|FOLDER|MODEL", allow_leading_hyphen=True)
    ] = None,
    /,
    *,
    columns: Annotated[
        list[str] | None,
        Parameter(group=_SHOWN, metavar="COLUMN...", consume_multiple=(1, None), negative=()),
    ] = None,
    inputs: Annotated[str | None, Parameter(group=_SHOWN, metavar="NAME")] = None,
    questions: Annotated[
        int, Parameter(group=_SHOWN, metavar="N", validator=Number(gte=0, lte=100))
    ] = 10,
    seed: Annotated[int, Parameter(group=_SHOWN, metavar="N", validator=Number(gte=0))] = 0,
    reading: Reading | None = None,
    table: TableOptions | None = None,
    output: Annotated[Path | None, Parameter(name=("--output", "-o"), metavar="FILE")] = None,
    serve: Annotated[bool, _ServedFlag] = False,
    port: Annotated[
        int | None, Parameter(group=_SERVED, metavar="N", validator=Number(gte=0, lte=65535))
    ] = None,
    host: Annotated[str | None, Parameter(group=_SERVED, metavar="ADDRESS")] = None,
    no_browser: Annotated[bool, _ServedFlag] = False,
    debug: Annotated[bool, FLAG] = False,
) -> None:
    """Write a page to play with: one neuron, a network that learns, exercises.

    The page is one file that opens by double click, without a network; what is changed in it
    travels in a link. Without -o it opens in the browser.

    Parameters
    ----------
    source
        An equation, a problem (xor, moons), a saved network (.safetensors) or model (.gradatim) of
        one or two columns, a table, a folder of sounds or a dataset; the usual neuron if left out.
    columns
        One or two columns of a table as coordinates; if left out, all are projected onto two axes.
    inputs
        Which input of a folder or dataset is shown; the one with the fewest features if left out.
    questions
        How many questions the page asks; 0 for none.
    seed
        Seed of the questions, and of the rows that are shown where there are too many.
    output
        The page: .html.
    serve
        Serve the page instead, until Ctrl-C: all rows of a collection, files of your own, kernel
        machines, climbs and proofs beyond the plane. Needs the extra lab.
    port
        Port to listen at (8765 if left out); 0 for a free one.
    host
        Address to listen at, if not this machine alone; others then need the token that is printed.
    no_browser
        Print the address only.
    debug
        Show the traceback of an error.
    """
    if source is not None and not source.strip():
        raise SpecError("there is nothing to show; give an equation, a problem or a table")
    read = _is_read(source)
    sources = Path(source) if source is not None and read else None
    _output_files.check_targets({"--output": (output, _output_files.html)}, source=sources)
    _check_served(
        serve, output, {"--port": port, "--host": host, "--no-browser": no_browser or None}
    )
    from gradatim.cli._silence import silent_libraries

    with silent_libraries(debug):
        lesson, collection = _lesson(source, read, columns, inputs, seed, reading, table)
        exam = _exam(questions, seed)
        if serve:
            _serve(lesson, exam, collection, host, port, no_browser)
            return
        path = _written(lesson, exam, output)
    _tell(lesson, path)
    if output is None:
        _open(path)


def _is_read(source: str | None) -> bool:
    """Tell whether a text names a table, a folder or a dataset."""
    from gradatim.problems import PROBLEMS
    from gradatim.sources.registry import find_kind, is_table_name

    if source is None or source in PROBLEMS:
        return False
    return is_table_name(source) or find_kind(source) is not None


def _lesson(
    source: str | None,
    read: bool,
    columns: list[str] | None,
    inputs: str | None,
    seed: int,
    reading: Reading | None,
    table: TableOptions | None,
) -> tuple[Lesson, Collection | None]:
    from gradatim.lab import Lesson, lesson_from_collection

    if source is not None and read:
        from gradatim.sources.registry import read_source

        options = (reading or Reading()).options(table)
        if columns:
            options = _without_texts(source, options)
        collection = read_source(source, options)
        title = Path(source).name or source
        lesson = lesson_from_collection(
            collection, title, input=inputs, columns=columns or (), seed=seed
        )
        return lesson, collection
    if columns or inputs or reading is not None or table is not None:
        raise SpecError("options of reading belong to a table, a folder or a dataset; name one")
    return (Lesson() if source is None else _typed(source)), None


def _without_texts(source: str, options: Options) -> Options:
    """Leave out a table's columns of text: whoever names the columns need not drop the others."""
    from dataclasses import replace

    from gradatim.sources.registry import find_kind
    from gradatim.tables.columns import Dialect, read_columns
    from gradatim.tables.features import unusable_columns

    kind = find_kind(source)
    if kind is None or "drop" not in kind.takes:
        return options
    dialect = Dialect(options.decimal, options.delimiter, options.header, options.encoding)
    table = read_columns(Path(source).expanduser(), dialect)
    groups = options.groups or ""
    roles = {groups, groups.removeprefix("stem:"), options.id, options.weights}
    roles |= {options.fold_column, options.split_column, *table.select(options.target, "target")}
    texts = [name for name in unusable_columns(table) if name not in roles]
    return replace(options, drop=(*options.drop, *texts))


def _typed(source: str) -> Lesson:
    """Return the lesson of a problem, an equation or a saved network."""
    from gradatim.cli._network import read_network

    if source.lower().endswith(".gradatim"):
        from gradatim.lab import lesson_from_model
        from gradatim.models import load_model

        return lesson_from_model(load_model(source), Path(source).name)
    from gradatim.lab.lesson import lesson_of, names_problem

    return lesson_of(source if names_problem(source) else read_network(source))


def _check_served(serve: bool, output: Path | None, of_server: dict[str, object]) -> None:
    """Refuse options that do not go together, and a server whose libraries are missing."""
    if not serve:
        given = [name for name, value in of_server.items() if value is not None]
        if given:
            raise SpecError(f"only a server has {', '.join(given)}; add --serve, or leave it out")
        return
    if output is not None:
        raise SpecError("--serve writes no file; leave out -o, or leave out --serve")
    from importlib.util import find_spec

    missing = [name for name in ("starlette", "uvicorn", "msgspec") if find_spec(name) is None]
    if missing:
        from gradatim.errors import MissingExtraError

        raise MissingExtraError(
            f"the server needs the extra lab ({', '.join(missing)} missing); install it with: pip "
            "install 'gradatim[lab]', or leave out --serve for a page that needs no server"
        )


def _serve(
    lesson: Lesson,
    exam: Exam | None,
    collection: Collection | None,
    host: str | None,
    port: int | None,
    no_browser: bool,
) -> None:
    import sys
    from dataclasses import replace

    from gradatim.lab import lesson_from_collection
    from gradatim.lab.server.serve import PORT, serve_lab

    title = lesson.title
    if collection is None:
        from gradatim.datasets import load_timbre

        # The server's part of the page always has rows to work on.
        collection, title = load_timbre(), "timbre"
        start = {"problem": "circles", **lesson.start}
        rows = lesson_from_collection(collection, title)
        lesson = replace(lesson, start=start, table=rows.table)

    def ready(address: str) -> None:
        print(address, flush=True)
        print("Ctrl-C ends it.", file=sys.stderr)
        if not no_browser and not _opened(address):
            print("no browser was found; open the address above", file=sys.stderr)

    for notice in lesson.notices:
        print(notice.message, file=sys.stderr)
    where = {} if host is None else {"host": host}
    serve_lab(
        lesson, exam, collection, title, port=PORT if port is None else port, ready=ready, **where
    )


def _exam(questions: int, seed: int) -> Exam | None:
    if not questions:
        return None
    from gradatim.exercises import make_exam

    return make_exam(count=questions, seed=seed)


def _written(lesson: Lesson, exam: Exam | None, output: Path | None) -> Path:
    import tempfile

    from gradatim.lab import write_lab

    # A folder that stays: the browser reads the page after this process has ended.
    path = output or Path(tempfile.mkdtemp(prefix="gradatim-lab-")) / "lab.html"
    return write_lab(lesson, path, exam)


def _tell(lesson: Lesson, path: Path) -> None:
    from gradatim.cli._print import SafeConsole

    for notice in lesson.notices:
        SafeConsole(stderr=True).print(notice.message, style="yellow")
    print(path)


def _opened(address: str) -> bool:
    import webbrowser

    return webbrowser.open(address)


def _open(path: Path) -> None:
    if not _opened(path.as_uri()):
        raise SpecError(f"no browser was found; open {path}, or give -o FILE to choose its place")
