"""``gradatim exercises``: an exam with pencil and paper, in the format of your choice.

Conventions: the document goes to standard output, or to ``-o FILE``, and nothing else does. The
same seed and version make the same exam, so that ``--answers`` belongs to the questions.
"""

from __future__ import annotations

import sys
from functools import partial
from pathlib import Path
from string import ascii_uppercase
from typing import Annotated, Literal

from cyclopts import Group, Parameter
from cyclopts.validators import Number

from gradatim._text import show_name
from gradatim.cli._options import OUTPUT, Output
from gradatim.cli._streams import print_document
from gradatim.errors import SpecError

__all__ = ["exercises"]

TopicName = Literal[
    "outputs",
    "prediction",
    "boundary",
    "separable",
    "transform",
    "weights",
    "parameters",
    "forward",
    "backprop",
    "all",
]
Level = Annotated[int, Parameter(validator=Number(gte=1, lte=3))]

_ASKED = Group("What is asked", sort_key=1)
_SHEET = Group("What the sheet looks like", sort_key=2)
_Several = Parameter(group=_ASKED, consume_multiple=(1, None), negative=())
_Flag = Parameter(group=OUTPUT, negative=(), show_default=False)


def exercises(
    *,
    topic: Annotated[list[TopicName] | None, _Several] = None,
    level: Annotated[list[Level] | None, _Several] = None,
    activation: Annotated[
        list[str] | None,
        Parameter(group=_ASKED, metavar="NAME", consume_multiple=(1, None), negative=()),
    ] = None,
    count: Annotated[
        int, Parameter(group=_ASKED, metavar="N", validator=Number(gte=1, lte=10_000))
    ] = 10,
    seed: Annotated[int, Parameter(group=_ASKED, metavar="N", validator=Number(gte=0))] = 0,
    title: Annotated[str, Parameter(group=_SHEET, metavar="TEXT", show_default=False)] = "",
    name_line: Annotated[bool, Parameter(group=_SHEET, negative=(), show_default=False)] = False,
    points: Annotated[
        list[str] | None,
        Parameter(group=_SHEET, metavar="N", consume_multiple=(1, None), negative=()),
    ] = None,
    versions: Annotated[
        int, Parameter(group=_SHEET, metavar="N", validator=Number(gte=1, lte=26))
    ] = 1,
    format: Annotated[
        Literal["md", "tex", "pdf", "html", "moodle", "gift", "stack", "json"] | None,
        Parameter(group=OUTPUT),
    ] = None,
    answers: Annotated[bool, _Flag] = False,
    output: Output = None,
    debug: Annotated[bool, _Flag] = False,
) -> None:
    """Make an exam of questions that can be answered with pencil and paper.

    Parameters
    ----------
    topic
        What the questions are about; may be repeated. All topics if left out.
    level
        1 (easy), 2 or 3; may be repeated. All levels if left out.
    activation
        Functions that networks may have, such as step, sign, relu, sigmoid, tanh; the identity
        may stand beside them. May be repeated. All functions if left out.
    count
        How many questions the whole exam has.
    seed
        The same seed makes the same exam.
    title
        What stands above the questions.
    name_line
        Add a line for name, class and date.
    points
        What each question is worth, or three numbers: what one of level 1, 2 and 3 is.
    versions
        How many exams of the same kind with other numbers: version A, B, ... FILE.pdf becomes
        FILE-A.pdf, FILE-B.pdf, ...
    format
        Markdown, LaTeX, PDF, a page, questions for Moodle (XML, GIFT, or for STACK), or JSON. If
        left out, the ending of FILE decides; without FILE it is Markdown.
    answers
        Write the worked answers, a document apart from the questions. What Moodle and programs
        read always holds them.
    output
        Write to this file instead of to standard output; its ending decides the format (.md,
        .tex, .pdf, .html, .xml, .gift or .json).
    debug
        Show the traceback of an error.
    """
    files = _files(output, versions)
    if files:
        from gradatim.cli._output_files import check_files
        from gradatim.exercises.formats.registry import check_exam_file

        kind = partial(check_exam_file, format=format)
        check_files(("--output", path, kind) for path in files)
    elif versions > 1:
        raise SpecError(f"{versions} versions go to as many files; add -o sheet.pdf, say")
    elif format == "pdf":
        raise SpecError("a PDF goes to a file; add -o sheet.pdf")
    from gradatim.exercises import make_exam, make_versions, render_exam, write_exam

    exam = make_exam(
        [] if topic is None or "all" in topic else list(topic),
        level or (),
        count=count,
        seed=seed,
        activations=activation or (),
        points=points or (),
        title=title,
        name_line=name_line,
    )
    if not files:
        text = render_exam(exam, format or "md", answers=answers)
        assert isinstance(text, str)
        print_document(text, format or "md")
        return
    exams = make_versions(exam, versions) if versions > 1 else [exam]
    for made, path in zip(exams, files, strict=True):
        written = write_exam(made, path, format, answers=answers)
        print(f"{made.size}: {show_name(written)}", file=sys.stderr)


def _files(output: Path | None, versions: int) -> list[Path]:
    """Return the file of each version."""
    if output is None or versions == 1:
        return [] if output is None else [output]
    letters = ascii_uppercase[:versions]
    return [output.with_name(f"{output.stem}-{letter}{output.suffix}") for letter in letters]
