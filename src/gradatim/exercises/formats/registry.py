"""The formats of an exam by name, and by the ending of a file.

Conventions: ``json``, ``moodle``, ``gift`` and ``stack`` always hold the answers, because whoever
reads them checks; ``md``, ``tex``, ``pdf`` and ``html`` hold the questions, or the worked answers
when asked. A file's ending decides; where several formats share it, the first of them.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path
from types import MappingProxyType

from gradatim._files import write_atomically
from gradatim._text import show_name
from gradatim.errors import OutputError, SpecError
from gradatim.exercises.formats.gift import write_gift
from gradatim.exercises.formats.latex import write_latex
from gradatim.exercises.formats.markdown import write_markdown
from gradatim.exercises.formats.moodle import write_moodle
from gradatim.exercises.formats.page import write_html
from gradatim.exercises.formats.stack import write_stack
from gradatim.exercises.formats.typeset import check_renderer, write_pdf
from gradatim.exercises.model import Exam

__all__ = ["FORMATS", "check_exam_file", "render_exam", "write_exam", "write_json"]


def write_json(exam: Exam, *, answers: bool = False) -> str:
    """Write an exam as JSON, with all that a program needs to check it."""
    return json.dumps(exam.to_dict(), indent=2, ensure_ascii=False) + "\n"


#: Every format's writer by its name.
FORMATS: MappingProxyType[str, Callable[..., str | bytes]] = MappingProxyType(
    {
        "md": write_markdown,
        "tex": write_latex,
        "pdf": write_pdf,
        "html": write_html,
        "moodle": write_moodle,
        "gift": write_gift,
        "stack": write_stack,
        "json": write_json,
    }
)

# The formats that a file of an ending may hold, the usual one first.
_ENDINGS = {
    ".md": ["md"],
    ".markdown": ["md"],
    ".tex": ["tex"],
    ".pdf": ["pdf"],
    ".html": ["html"],
    ".htm": ["html"],
    ".xml": ["moodle", "stack"],
    ".gift": ["gift"],
    ".txt": ["gift", "md"],
    ".json": ["json"],
}


def check_exam_file(path: str | os.PathLike[str], format: str | None = None) -> str:
    """Return the format that a file is to have, by its ending and what is asked for.

    Examples
    --------
    >>> check_exam_file("sheet.PDF"), check_exam_file("quiz.xml", "stack")
    ('pdf', 'stack')
    """
    name, ending = show_name(Path(path).name), Path(path).suffix.lower()
    if format is not None:
        _check_format(format)
    if ending not in _ENDINGS and Path(path).is_dir():
        raise OutputError(f"{show_name(path)} is a folder; give the name of a file in it")
    if ending not in _ENDINGS:
        *most, last = (e for e in _ENDINGS if e not in (".markdown", ".htm", ".txt"))
        usual = next(e for e, formats in _ENDINGS.items() if format in (None, *formats))
        ends = f"ends in {show_name(ending)}" if ending else "has no ending"
        hint = f"{', '.join(most)} or {last}" if format is None else usual
        raise OutputError(f"{name} {ends}, which names no format of an exam; end it in {hint}")
    known = _ENDINGS[ending]
    if format is not None and format not in known:
        right = next(e for e, formats in _ENDINGS.items() if format in formats)
        raise OutputError(
            f"{name} ends in {ending}, but the format is to be {format}; end it in {right}, or "
            "leave --format out"
        )
    return _ready(format or known[0])


def _check_format(format: str) -> None:
    if format not in FORMATS:
        raise SpecError(f"there is no format {format!r}; choose from {', '.join(FORMATS)}")


def _ready(format: str) -> str:
    if format == "pdf":
        check_renderer()
    return format


def write_exam(
    exam: Exam, path: str | os.PathLike[str], format: str | None = None, *, answers: bool = False
) -> Path:
    """Write an exam into a file, in the format that its ending names.

    Parameters
    ----------
    exam : Exam
        What to write.
    path : path-like
        The file: ``.md``, ``.tex``, ``.pdf``, ``.html``, ``.xml`` (Moodle), ``.gift`` or ``.json``.
    format : str, optional
        A format of `render_exam`; needed only where an ending has several, such as ``"stack"``
        for ``.xml``.
    answers : bool, default False
        Whether to write the worked answers apart from the questions.

    Returns
    -------
    pathlib.Path
        The absolute path of the written file.

    Raises
    ------
    OutputError
        If the ending names no format or another one than `format`, or the file cannot be written.
    SpecError
        If there is no such format.
    MissingExtraError
        If a PDF is asked for and Typst is not installed.

    See Also
    --------
    render_exam : The document as a value.

    Examples
    --------
    >>> import tempfile
    >>> from gradatim.exercises import make_exam
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     write_exam(make_exam(["weights"], [1], count=1), f"{folder}/sheet.tex").name
    'sheet.tex'
    """
    format = check_exam_file(path, format)
    return write_atomically(path, render_exam(exam, format, answers=answers))


def render_exam(exam: Exam, format: str = "md", *, answers: bool = False) -> str | bytes:
    r"""Write an exam in one of its formats.

    Parameters
    ----------
    exam : Exam
        What to write.
    format : {"md", "tex", "pdf", "html", "moodle", "gift", "stack", "json"}, default "md"
        Markdown, LaTeX, PDF, a page, questions for Moodle as XML, as GIFT or for its STACK
        plugin, or JSON.
    answers : bool, default False
        Whether to write the worked answers apart from the questions; what a program reads always
        holds the answers.

    Returns
    -------
    str or bytes
        The document; bytes for a PDF.

    Raises
    ------
    SpecError
        If there is no such format.
    MissingExtraError
        If a PDF is asked for and Typst is not installed.

    See Also
    --------
    write_exam : The document as a file.

    Examples
    --------
    >>> from gradatim.exercises import make_exam
    >>> render_exam(make_exam(["weights"], [1], count=1), "tex").startswith(r"\documentclass")
    True
    """
    _check_format(format)
    return FORMATS[format](exam, answers=answers)
