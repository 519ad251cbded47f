"""The formats of an exam by name.

Conventions: ``json`` and ``moodle`` always hold the answers, because whoever reads them checks;
``md``, ``tex`` and ``html`` hold the questions, or the worked answers when asked.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from types import MappingProxyType

from gradatim.errors import SpecError
from gradatim.exercises.formats.latex import write_latex
from gradatim.exercises.formats.markdown import write_markdown
from gradatim.exercises.formats.moodle import write_moodle
from gradatim.exercises.formats.page import write_html
from gradatim.exercises.model import Exam

__all__ = ["FORMATS", "render_exam", "write_json"]


def write_json(exam: Exam, *, answers: bool = False) -> str:
    """Write an exam as JSON, with all that a program needs to check it.

    Examples
    --------
    >>> from gradatim.exercises import make_exam
    >>> json.loads(write_json(make_exam(["outputs"], [1], count=1)))["schema"]
    1
    """
    return json.dumps(exam.to_dict(), indent=2, ensure_ascii=False) + "\n"


#: Every format's writer by its name.
FORMATS: MappingProxyType[str, Callable[..., str]] = MappingProxyType(
    {
        "md": write_markdown,
        "tex": write_latex,
        "html": write_html,
        "moodle": write_moodle,
        "json": write_json,
    }
)


def render_exam(exam: Exam, format: str = "md", *, answers: bool = False) -> str:
    r"""Write an exam in one of its formats.

    Parameters
    ----------
    exam : Exam
        What to write.
    format : {"md", "tex", "html", "moodle", "json"}, default "md"
        Markdown, LaTeX, a page, Moodle XML, or JSON.
    answers : bool, default False
        Whether to write the worked answers apart from the questions; Moodle XML and JSON always
        hold the answers.

    Returns
    -------
    str
        The document.

    Raises
    ------
    SpecError
        If there is no such format.

    Examples
    --------
    >>> from gradatim.exercises import make_exam
    >>> render_exam(make_exam(["weights"], [1], count=1), "tex").startswith(r"\documentclass")
    True
    """
    if format not in FORMATS:
        raise SpecError(f"there is no format {format!r}; choose from {', '.join(FORMATS)}")
    return FORMATS[format](exam, answers=answers)
