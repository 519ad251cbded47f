r"""An exam as a PDF of A4 pages, set by Typst.

Conventions: the source is Typst [1]_, one file with its drawings inside; words stand in it as
strings, so that none of them is markup. Questions stay on one page, worked answers may break.
Fonts are Typst's own, and the same exam gives the same bytes. Typst is an extra of the package.

References
----------
.. [1] L. Maedje and M. Haug, "Typst: a markup-based typesetting system", https://typst.app/docs.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from importlib.util import find_spec
from xml.etree import ElementTree as ET

from gradatim.errors import MissingExtraError
from gradatim.exercises.formats.fragments import network_element
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
from gradatim.exercises.notation import segments, to_typst

__all__ = ["check_renderer", "write_pdf", "write_typst"]

_HEAD = """#set document(title: {title}, date: none)
#set page(
  paper: "a4",
  margin: (x: 20mm, top: 18mm, bottom: 20mm),
  footer: context align(center, text(size: 9pt, fill: luma(90), [
    #{title} #h(1em) #counter(page).display() / #counter(page).final().first()
  ])),
)
#set text(size: 10.5pt, lang: "en", font: "Libertinus Serif")
#set par(leading: 0.6em, spacing: 0.8em)
#set enum(numbering: "1.")
#set list(marker: [–])
#let blank = box(width: 26mm, baseline: 2pt, stroke: (bottom: 0.6pt), height: 0.9em)
#let field(name, width) = box(width: width, stroke: (bottom: 0.6pt), inset: (bottom: 2pt), name)
#let drawing(svg, width, height) = align(center, block(above: 0.7em, below: 0.7em, layout(size =>
  image(bytes(svg), format: "svg", width: width * calc.min(1, size.width / width,
    42mm / height)))))
#let asked(body) = block(breakable: false, above: 1.9em, below: 0.9em, body)
#let note(body) = text(size: 9pt, style: "italic", body)
"""

# CSS pixels of a drawing in points.
_POINT = 0.75


def check_renderer() -> None:
    """Refuse to begin a PDF where Typst is not installed."""
    if find_spec("typst") is None:
        raise MissingExtraError(
            "a PDF needs Typst, which is not installed; install it with: pip install "
            "'gradatim[pdf]', or write .html, which prints well, or .tex"
        )


def write_pdf(exam: Exam, *, answers: bool = False) -> bytes:
    """Write an exam, or its worked answers, as a PDF."""
    check_renderer()
    import typst

    source = write_typst(exam, answers=answers).encode()
    # Typst's fonts have the letters of our own words, but not every letter of a title.
    compiler = typst.Compiler(source, ignore_system_fonts=exam.title.isascii())
    made = compiler.compile(format="pdf")
    assert isinstance(made, bytes)
    return made


def write_typst(exam: Exam, *, answers: bool = False) -> str:
    """Write an exam, or its worked answers, as Typst's source."""
    name = _string(title(exam, answers))
    lines = [_HEAD.replace("{title}", name), f"#text(size: 17pt, weight: 700, {name})", ""]
    if exam.name_line and not answers:
        fields = zip(FIELDS, ("80mm", "35mm", "35mm"), strict=True)
        places = "#h(1fr)".join(f'#field("{name}:", {width})' for name, width in fields)
        lines += ["#v(2mm)", places, "#v(1mm)", ""]
    lines += [f"#text(fill: luma(90), {_content(subtitle(exam, answers))})", ""]
    for number, question in enumerate(exam.questions, 1):
        lines += _question(number, question, answers)
    return "\n".join(lines) + "\n"


def _string(text: str) -> str:
    """Write words as a string of Typst, in which nothing is markup."""
    return json.dumps(text, ensure_ascii=False)


def _text(text: str) -> str:
    return "".join(
        f"${to_typst(piece)}$" if is_formula else f"#{_string(piece)};"
        for is_formula, piece in segments(text)
    )


def _content(text: str) -> str:
    return f"[{_text(text)}]"


def _question(number: int, question: Question, answers: bool) -> Iterator[str]:
    yield "#asked["
    yield f"*{number}.* #h(0.4em) #text(fill: luma(90), {_content(heading(question, answers))})"
    yield ""
    for paragraph in question.text:
        yield from (_text(paragraph), "")
    if question.table is not None:
        yield _table(question.table)
    if question.drawn == "question":
        yield from _drawing(question)
    for remark in remarks(question):
        yield from (f"#note{_content(remark)}", "")
    yield from _parts(question.parts, answers)
    yield "]"
    if answers:
        yield from _answers(question)


def _table(table: Table) -> str:
    cells = [_content(cell) for row in (table.header, *table.rows) for cell in row]
    columns = len(table.header)
    return (
        f"#align(center, table(columns: {columns}, align: center, stroke: 0.4pt + luma(150), "
        f"inset: (x: 7pt, y: 4pt), {', '.join(cells)}))"
    )


def _drawing(question: Question) -> Iterator[str]:
    if question.network is not None:
        [svg] = network_element(question.network, question.id, follow_dark=False)
        width, height = (float(svg.get(name, "1")) * _POINT for name in ("width", "height"))
        drawn = _string(ET.tostring(svg, encoding="unicode"))
        yield f"#drawing({drawn}, {width:.1f}pt, {height:.1f}pt)"


def _parts(parts: Iterable[Part], answers: bool) -> Iterator[str]:
    open_parts = []
    for part in parts:
        if part.choices:
            if part.label:
                yield from (_text(part.label), "")
            items = [_content(choice.text) for choice in part.choices]
            yield f'#enum(numbering: n => "(" + "{LETTERS}".at(n - 1) + ")", {", ".join(items)})'
        elif not answers:
            open_parts.append(f"#box[{_text(part.label)} #blank]")
    yield from ("#h(2em, weak: true) ".join(open_parts), "")


def _answers(question: Question) -> Iterator[str]:
    found = "; ".join(_text(answer_line(part)) for part in question.parts)
    yield from ("#block(sticky: true)[*Answer:* " + found + "]", "")
    yield f"#enum({', '.join(map(_content, question.solution))})"
    if question.drawn == "solution":
        yield from _drawing(question)
    slips = [_content(line) for line in slip_lines(question)]
    if slips:
        yield f"#text(size: 9pt)[Wrong answers explained: #list({', '.join(slips)})]"
