"""``gradatim lab``: a page in which a neuron and a network are touched, trained and shared.

Conventions: one file is written, and nothing is served; without ``-o`` it goes to a folder of its
own and opens in the browser. What cannot be written is refused before anything is read.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from cyclopts import Group, Parameter
from cyclopts.validators import Number

from gradatim.cli import _output_files
from gradatim.cli._reading import Reading, TableOptions
from gradatim.errors import SpecError

if TYPE_CHECKING:
    from gradatim.exercises import Exam
    from gradatim.lab import Lesson

__all__ = ["lab"]

_SHOWN = Group("What is shown", sort_key=0)
_Flag = Parameter(negative=(), show_default=False)


def lab(
    source: Annotated[
        str | None,
        Parameter(name="EQUATION|PROBLEM|TABLE|FOLDER|MODEL", allow_leading_hyphen=True),
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
    debug: Annotated[bool, _Flag] = False,
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
    debug
        Show the traceback of an error.
    """
    if source is not None and not source.strip():
        raise SpecError("there is nothing to show; give an equation, a problem or a table")
    read = _is_read(source)
    sources = Path(source) if source is not None and read else None
    _output_files.check_targets({"--output": (output, _output_files.html)}, source=sources)
    from gradatim.cli._silence import silent_libraries

    with silent_libraries(debug):
        lesson = _lesson(source, read, columns, inputs, seed, reading, table)
        exam = _exam(questions, seed)
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
) -> Lesson:
    from gradatim.lab import Lesson, lesson_from_collection

    if source is not None and read:
        from gradatim.sources.registry import read_source

        collection = read_source(source, (reading or Reading()).options(table))
        title = Path(source).name or source
        return lesson_from_collection(
            collection, title, input=inputs, columns=columns or (), seed=seed
        )
    if columns or inputs or reading is not None or table is not None:
        raise SpecError("options of reading belong to a table, a folder or a dataset; name one")
    return Lesson() if source is None else _typed(source)


def _typed(source: str) -> Lesson:
    """Return the lesson of a problem, an equation or a saved network."""
    import re

    from gradatim.cli._network import read_network
    from gradatim.lab import lesson_from_model, lesson_from_network, lesson_from_problem
    from gradatim.problems import PROBLEMS

    if source.lower().endswith(".gradatim"):
        from gradatim.models import load_model

        return lesson_from_model(load_model(source), Path(source).name)
    word = source.strip().lower()
    # No equation is one word of three letters, so it is meant as a problem.
    if word in PROBLEMS or re.fullmatch(r"[a-z]{3,}(-\d+)?", word):
        return lesson_from_problem(word)
    return lesson_from_network(read_network(source))


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


def _open(path: Path) -> None:
    import webbrowser

    if not webbrowser.open(path.as_uri()):
        raise SpecError(f"no browser was found; open {path}, or give -o FILE to choose its place")
