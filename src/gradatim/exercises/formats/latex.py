r"""An exam as a LaTeX document with TikZ pictures.

Conventions: article, geometry, amsmath, amssymb and TikZ suffice, and pdfLaTeX,
XeLaTeX and LuaLaTeX compile it. A picture that is wider than the text is made smaller.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from gradatim.drawing import draw_tikz
from gradatim.drawing.tikz import escape_tex
from gradatim.exercises.formats.words import (
    FIELDS,
    LETTERS,
    answer_line,
    heading,
    remarks,
    slip_lines,
    subtitle,
    title,
)
from gradatim.exercises.model import Exam, Part, Question, Table
from gradatim.exercises.notation import segments, to_latex
from gradatim.network.graph import Network

__all__ = ["write_latex"]

_HEAD = r"""\documentclass[11pt]{article}
\usepackage[utf8]{inputenc}
\IfFileExists{lmodern.sty}{\usepackage[T1]{fontenc}\usepackage{lmodern}}{}
\usepackage[a4paper,margin=25mm]{geometry}
\usepackage{amsmath,amssymb,tikz}
\setlength{\parindent}{0pt}
\setlength{\parskip}{0.6ex plus 0.3ex}
\newsavebox{\network}
\newcommand{\shownetwork}{\begin{center}%
  \ifdim\wd\network>\linewidth\resizebox{\linewidth}{!}{\usebox{\network}}%
  \else\usebox{\network}\fi\end{center}}
\newcommand{\blank}{\underline{\hspace{22mm}}}
"""
_FIELDS = (
    r"\par\bigskip\noindent "
    + r"\hfill ".join(
        rf"{field}: \underline{{\hspace{{{width}mm}}}}"
        for field, width in zip(FIELDS, (60, 20, 25), strict=True)
    )
    + r"\par\bigskip"
)
_COLORS = re.compile(r"^\\definecolor.*$", re.MULTILINE)
_PICTURE = re.compile(r"\\begin\{tikzpicture\}.*\\end\{tikzpicture\}", re.DOTALL)


def write_latex(exam: Exam, *, answers: bool = False) -> str:
    """Write an exam, or its worked answers, in LaTeX."""
    body = [
        line
        for number, question in enumerate(exam.questions, 1)
        for line in _question(number, question, answers)
    ]
    return "\n".join(
        [
            _HEAD + "\n".join(_colors(exam)),
            r"\begin{document}",
            rf"\section*{{{escape_tex(title(exam, answers))}}}",
            *([_FIELDS, ""] if exam.name_line and not answers else []),
            _text(subtitle(exam, answers)),
            "",
            *body,
            r"\end{document}",
            "",
        ]
    )


def _text(text: str) -> str:
    return "".join(
        f"${to_latex(piece)}$" if is_formula else escape_tex(piece)
        for is_formula, piece in segments(text)
    )


def _colors(exam: Exam) -> list[str]:
    """Return the colors that pictures use, defined once a document."""
    networks = [q.network for q in exam.questions if q.network is not None]
    return _COLORS.findall(draw_tikz(networks[0])) if networks else []


def _picture(network: Network) -> str:
    picture = _PICTURE.search(draw_tikz(network))
    assert picture is not None
    return f"\\sbox{{\\network}}{{{picture[0]}}}\\shownetwork"


def _question(number: int, question: Question, answers: bool) -> Iterator[str]:
    # In a minipage, so that no page ends within a question; its answer may go on over a page.
    yield r"\par\vspace{3ex plus 1ex}"
    yield r"\noindent\begin{minipage}{\linewidth}\setlength{\parskip}{0.6ex}"
    yield rf"\subsection*{{{number}.\quad {_text(heading(question, answers))}}}"
    for paragraph in question.text:
        yield from (_text(paragraph), "")
    if question.table is not None:
        yield _table(question.table)
    if question.network is not None and question.drawn == "question":
        yield _picture(question.network)
    for remark in remarks(question):
        yield from (rf"{{\small\itshape {_text(remark)}\par}}", "")
    for part in question.parts:
        yield from _part(part, answers)
    yield from (r"\end{minipage}\par\vspace{3ex plus 2ex}", "")
    if answers:
        yield from _answers(question)


def _table(table: Table) -> str:
    columns = "c" * len(table.header)
    rows = [" & ".join(map(_text, row)) + r" \\" for row in (table.header, *table.rows)]
    body = "\n".join([rows[0], r"\hline", *rows[1:]])
    return (
        f"\\begin{{center}}\\begin{{tabular}}{{{columns}}}\n{body}\n\\end{{tabular}}\\end{{center}}"
    )


def _part(part: Part, answers: bool) -> Iterator[str]:
    label = _text(part.label)
    if not part.choices:
        if not answers:
            yield from (rf"\smallskip {label} \blank", "")
        return
    if label:
        yield from (label, "")
    yield r"\begin{list}{}{\setlength{\itemsep}{0pt}\setlength{\topsep}{0pt}}"
    yield from (rf"\item[({LETTERS[i]})] {_text(c.text)}" for i, c in enumerate(part.choices))
    yield r"\end{list}"


def _answers(question: Question) -> Iterator[str]:
    found = "; ".join(_text(answer_line(part)) for part in question.parts)
    yield from (rf"\textbf{{Answer:}} {found}", "")
    yield r"\begin{enumerate}\setlength{\itemsep}{0pt}"
    yield from (rf"\item {_text(line)}" for line in question.solution)
    yield r"\end{enumerate}"
    if question.network is not None and question.drawn == "solution":
        yield _picture(question.network)
    slips = [rf"\item {_text(line)}" for line in slip_lines(question)]
    if slips:
        yield from (
            r"{\small Wrong answers explained:",
            r"\begin{itemize}\setlength{\itemsep}{0pt}",
        )
        yield from (*slips, r"\end{itemize}}")
