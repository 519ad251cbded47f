r"""An exam in Markdown, formulas in LaTeX between dollar signs, networks in Mermaid.

Conventions: CommonMark with tables, formulas and ``mermaid`` blocks, as GitHub, GitLab, Jupyter
and Pandoc read it. Characters that Markdown would interpret are escaped.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from gradatim.drawing import draw_mermaid
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

__all__ = ["write_markdown"]

_SPECIAL = re.compile(r"([\\`*_{}\[\]<>#|~$])")
_BLANK = r"\_\_\_\_\_\_"


def write_markdown(exam: Exam, *, answers: bool = False) -> str:
    """Write an exam, or its worked answers, in Markdown."""
    blocks = [f"# {_words(title(exam, answers))}"]
    if exam.name_line and not answers:
        blocks.append(" ".join(f"{field}: {3 * _BLANK}" for field in FIELDS))
    blocks.append(_text(subtitle(exam, answers)))
    for number, question in enumerate(exam.questions, 1):
        blocks += [
            f"## {number}. {_text(heading(question, answers))}",
            *_question(question, answers),
        ]
    return "\n\n".join(blocks) + "\n"


def _words(text: str) -> str:
    return _SPECIAL.sub(r"\\\1", text)


def _text(text: str) -> str:
    return "".join(
        f"${to_latex(piece)}$" if is_formula else _words(piece)
        for is_formula, piece in segments(text)
    )


def _question(question: Question, answers: bool) -> Iterator[str]:
    yield from map(_text, question.text)
    if question.table is not None:
        yield _table(question.table)
    if question.network is not None and question.drawn == "question":
        yield f"```mermaid\n{draw_mermaid(question.network)}```"
    for remark in remarks(question):
        yield f"*{_text(remark)}*"
    for part in question.parts:
        yield _part(part, answers)
    if answers:
        yield from _answers(question)


def _table(table: Table) -> str:
    rows = [table.header, ["---"] * len(table.header), *table.rows]
    cells = [[cell if cell == "---" else _text(cell) for cell in row] for row in rows]
    return "\n".join(f"| {' | '.join(row)} |" for row in cells)


def _part(part: Part, answers: bool) -> str:
    label = _text(part.label)
    if part.choices:
        lines = [f"- ({LETTERS[i]}) {_text(c.text)}" for i, c in enumerate(part.choices)]
        return "\n".join([*([f"{label}\n"] if label else []), *lines])
    return f"- {label}" if answers else f"- {label} {_BLANK}"


def _answers(question: Question) -> Iterator[str]:
    yield "**Answer:** " + "; ".join(_text(answer_line(part)) for part in question.parts)
    yield "\n".join(f"{i}. {_text(line)}" for i, line in enumerate(question.solution, 1))
    if question.network is not None and question.drawn == "solution":
        yield f"```mermaid\n{draw_mermaid(question.network)}```"
    slips = [f"- {_text(line)}" for line in slip_lines(question)]
    if slips:
        yield "\n".join(["Wrong answers explained:\n", *slips])
