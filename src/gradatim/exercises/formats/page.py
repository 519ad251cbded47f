"""An exam as one HTML page that needs nothing but a browser.

Conventions: formulas are MathML, drawings inline SVG, the style sheet is inside; the page follows
the reader's preference for light or dark and fits a narrow screen. There is no script.
"""

from __future__ import annotations

from xml.etree import ElementTree as ET

from gradatim.exercises.formats.fragments import (
    add,
    add_list,
    add_question,
    network_element,
    serialize,
)
from gradatim.exercises.formats.words import (
    FIELDS,
    answer_line,
    heading,
    slip_lines,
    subtitle,
    title,
)
from gradatim.exercises.model import Exam, Part, Question

__all__ = ["write_html"]

_STYLE = r"""
:root{color-scheme:light dark;--ink:#1f1e1b;--muted:#6a665e;--paper:#fff;--line:#d8d4cb;
--soft:#f6f4ef;--accent:#2166ac}
@media (prefers-color-scheme:dark){:root{--ink:#e9e6df;--muted:#a09b90;--paper:#16171b;
--line:#3a3c42;--soft:#1e2025;--accent:#74aee8}}
*{box-sizing:border-box}
body{margin:0 auto;max-width:46rem;padding:1.5rem 1.1rem 4rem;background:var(--paper);
color:var(--ink);
font:1rem/1.55 system-ui,-apple-system,"Segoe UI",Roboto,Helvetica,Arial,sans-serif}
h1{margin:0;font-size:1.7rem}
.subtitle,.note,h2 small{color:var(--muted)}
section{padding:1rem 0 .5rem;border-top:1px solid var(--line)}
h2{margin:0 0 .3rem;font-size:1.1rem}
h2 small{margin-left:.6rem;font-weight:400}
p{margin:.5rem 0}
math{font-size:1.05em}
.tied{white-space:nowrap}
.note{margin:.3rem 0}
figure{margin:.8rem 0}
svg{display:block;max-width:100%;height:auto;margin:0 auto}
.scroll{overflow-x:auto;margin:.7rem 0}
table{border-collapse:collapse;margin:0 auto}
th,td{padding:.25rem .75rem;border:1px solid var(--line);text-align:center}
th{background:var(--soft)}
.blank{display:inline-block;width:7rem;border-bottom:1.5px solid var(--ink)}
ol.choices{list-style:none;padding-left:.4rem;counter-reset:choice}
ol.choices li{counter-increment:choice;margin:.25rem 0;padding-left:2rem;text-indent:-2rem}
ol.choices li::before{content:"(" counter(choice,lower-alpha) ")";display:inline-block;width:2rem;
text-indent:0;color:var(--muted)}
.fields{display:flex;flex-wrap:wrap;gap:1.4rem;margin:1.2rem 0}
.fields span{flex:1;min-width:9rem;border-bottom:1.5px solid var(--ink)}
.fields .name{flex:2}
.fold{position:absolute;opacity:0}
label{display:inline-block;padding:.3rem .9rem;border-radius:.4rem;background:var(--soft);
cursor:pointer;color:var(--accent);font-weight:600}
label::before{content:"\25b8\a0"}
.fold:checked+label::before{content:"\25be\a0"}
.fold:focus-visible+label{outline:2px solid var(--accent)}
.answer{margin:.4rem 0 .7rem;padding:.1rem .9rem;background:var(--soft);border-radius:.4rem}
.answer li{margin:.2rem 0}
@media screen{.fold:not(:checked)~.answer{display:none}}
@media print{:root{color-scheme:light;--ink:#000;--muted:#444;--paper:#fff;--line:#bbb;--soft:#fff}
@page{size:A4;margin:16mm 18mm}
body{max-width:none;padding:0;font-size:9.5pt;line-height:1.35}section{padding:.6rem 0 .2rem}
.fold{display:none}label{padding:0;background:none;color:inherit}label::before{content:none}
.answer{margin:.1rem 0 .4rem;padding:0 0 0 .8rem;border-left:2px solid var(--line);border-radius:0}
.ask,figure,tr,li{break-inside:avoid}h2,p{break-after:auto}h2{break-after:avoid}
.answer>p:first-child{break-after:avoid}svg{max-height:45mm;width:auto}}
"""


def write_html(exam: Exam, *, answers: bool = False) -> str:
    """Write an exam, or its worked answers folded below each question, as HTML.

    What is folded on the screen is open on paper, without a script.
    """
    root = ET.Element("html", {"lang": "en"})
    head = ET.SubElement(root, "head")
    ET.SubElement(head, "meta", {"charset": "utf-8"})
    ET.SubElement(
        head, "meta", {"name": "viewport", "content": "width=device-width, initial-scale=1"}
    )
    ET.SubElement(head, "title").text = title(exam, answers)
    ET.SubElement(head, "style").text = _STYLE
    main = ET.SubElement(ET.SubElement(root, "body"), "main")
    ET.SubElement(main, "h1").text = title(exam, answers)
    if exam.name_line and not answers:
        _add_fields(main)
    add(main, "p", subtitle(exam, answers), "mathml", **{"class": "subtitle"})
    for number, question in enumerate(exam.questions, 1):
        _add_section(main, number, question, answers)
    return f"<!doctype html>\n{serialize(root)}\n"


def _add_section(main: ET.Element, number: int, question: Question, answers: bool) -> None:
    section = ET.SubElement(main, "section", {"id": question.id})
    ask = ET.SubElement(section, "div", {"class": "ask"})
    headline = add(ask, "h2", f"{number}.", "mathml")
    add(headline, "small", heading(question, answers), "mathml")
    add_question(ask, question, "mathml")
    for part in question.parts:
        _add_part(ask, part)
    if answers:
        _add_answers(section, question)


def _add_fields(main: ET.Element) -> None:
    line = ET.SubElement(main, "p", {"class": "fields"})
    for field in FIELDS:
        ET.SubElement(line, "span", {"class": field.lower()}).text = f"{field}:"


def _add_part(section: ET.Element, part: Part) -> None:
    if part.choices:
        if part.label:
            add(section, "p", part.label, "mathml")
        texts = [choice.text for choice in part.choices]
        add_list(section, "ol", texts, "mathml", **{"class": "choices"})
    else:
        line = add(section, "p", f"{part.label} ", "mathml")
        ET.SubElement(line, "span", {"class": "blank"}).text = "\N{NO-BREAK SPACE}"


def _add_answers(section: ET.Element, question: Question) -> None:
    fold = f"fold-{question.id}"
    ET.SubElement(section, "input", {"type": "checkbox", "class": "fold", "id": fold})
    ET.SubElement(section, "label", {"for": fold}).text = "Answer"
    details = ET.SubElement(section, "div", {"class": "answer"})
    found = "; ".join(map(answer_line, question.parts))
    add(details, "p", found, "mathml", **{"class": "found"})
    add_list(details, "ol", question.solution, "mathml")
    if question.network is not None and question.drawn == "solution":
        details.append(network_element(question.network, question.id, follow_dark=True))
    slips = list(slip_lines(question))
    if slips:
        add(details, "p", "Wrong answers explained:", "mathml")
        add_list(details, "ul", slips, "mathml")
