"""``gradatim exercises``: an exam with pencil and paper, in the format of your choice.

Conventions: the document goes to standard output, or to ``-o FILE``, and nothing else does. The
same seed and version make the same exam, so that ``--answers`` belongs to the questions.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated, Literal

from cyclopts import Group, Parameter
from cyclopts.validators import Number

from gradatim._files import check_writable, write_atomically
from gradatim.cli._streams import print_document

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
_OUTPUT = Group("What comes out", sort_key=2)
_Several = Parameter(group=_ASKED, consume_multiple=(1, None), negative=())
_Flag = Parameter(group=_OUTPUT, negative=(), show_default=False)


def exercises(
    *,
    topic: Annotated[list[TopicName] | None, _Several] = None,
    level: Annotated[list[Level] | None, _Several] = None,
    count: Annotated[
        int, Parameter(group=_ASKED, metavar="N", validator=Number(gte=1, lte=10_000))
    ] = 10,
    seed: Annotated[int, Parameter(group=_ASKED, metavar="N", validator=Number(gte=0))] = 0,
    format: Annotated[
        Literal["md", "tex", "html", "moodle", "json"], Parameter(group=_OUTPUT)
    ] = "md",
    answers: Annotated[bool, _Flag] = False,
    output: Annotated[
        Path | None, Parameter(name=["--output", "-o"], group=_OUTPUT, metavar="FILE")
    ] = None,
    debug: Annotated[bool, _Flag] = False,
) -> None:
    """Make an exam of questions that can be answered with pencil and paper.

    Parameters
    ----------
    topic
        What the questions are about; may be repeated. All topics if left out.
    level
        1 (easy), 2 or 3; may be repeated. All levels if left out.
    count
        How many questions the whole exam has.
    seed
        The same seed makes the same exam.
    format
        Markdown, LaTeX, a page, Moodle XML, or JSON.
    answers
        Write the worked answers, a document apart from the questions. Moodle XML and JSON always
        hold them.
    output
        Write to this file instead of to standard output.
    debug
        Show the traceback of an error.
    """
    if output is not None:
        check_writable(output)
    from gradatim.exercises import make_exam, render_exam

    topics = [] if topic is None or "all" in topic else list(topic)
    exam = make_exam(topics, level or (), count=count, seed=seed)
    text = render_exam(exam, format, answers=answers)
    if output is None:
        print_document(text, format)
    else:
        print(f"{exam.size}: {write_atomically(output, text)}", file=sys.stderr)
