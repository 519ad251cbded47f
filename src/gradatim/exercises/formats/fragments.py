r"""The pieces of a question as HTML elements, for the page and for Moodle.

Conventions: elements are built with `xml.etree.ElementTree`, which escapes every text. Formulas
are MathML, or LaTeX between ``\(`` and ``\)`` where a filter of the site sets it. MathML is cut at
its relations, so that a narrow screen can break a line there.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Literal
from xml.etree import ElementTree as ET

from gradatim.drawing import draw_svg
from gradatim.exercises.formats.words import remarks
from gradatim.exercises.model import Question, Table
from gradatim.exercises.notation import segments, to_latex, to_mathml, to_plain
from gradatim.network.graph import Network

__all__ = [
    "Mathematics",
    "add",
    "add_list",
    "add_question",
    "network_element",
    "plain_text",
    "serialize",
]

Mathematics = Literal["mathml", "latex"]

_SVG = "{http://www.w3.org/2000/svg}"
_LONGEST_NAME = 3
_CLOSING = ",.;:?)"
_RELATIONS = re.compile(r" (?=[=≈≥≤<>] )")


def add(
    parent: ET.Element, tag: str, text: str, mathematics: Mathematics, **attributes: str
) -> ET.Element:
    """Add an element with a text that may hold formulas."""
    element = ET.SubElement(parent, tag, attributes)
    for is_formula, piece in segments(text):
        if not is_formula:
            _append_text(element, piece)
        elif mathematics == "latex":
            _append(element, rf"\({to_latex(piece)}\)")
        else:
            for i, side in enumerate(_sides(piece)):
                if i:
                    _append(element, " ")
                element.append(_formula(side))
    return element


def _sides(formula: str) -> list[str]:
    """Cut a formula before its relations, but not behind the name that it defines."""
    first, *rest = _RELATIONS.split(formula)
    if rest and len(first) <= _LONGEST_NAME:
        return [f"{first} {rest[0]}", *rest[1:]]
    return [first, *rest]


def _append_text(element: ET.Element, text: str) -> None:
    """Append words; no line begins with the punctuation that follows a formula."""
    if len(element) and element[-1].tag == "math" and not element[-1].tail and text[0] in _CLOSING:
        math = element[-1]
        element.remove(math)
        tied = ET.SubElement(element, "span", {"class": "tied"})
        tied.append(math)
        math.tail, text = text[0], text[1:]
    _append(element, text)


def _formula(side: str) -> ET.Element:
    math = to_mathml(side)
    if len(math) > 1 and math[0].tag == "mo" and math[0].text in set("=≈≥≤<>"):
        # In front of its row it would be set as a sign; the space on its left is the text's.
        for name, value in (("form", "infix"), ("lspace", "0"), ("rspace", "0.278em")):
            math[0].set(name, value)
    return math


def _append(element: ET.Element, text: str) -> None:
    if len(element):
        element[-1].tail = (element[-1].tail or "") + text
    else:
        element.text = (element.text or "") + text


def add_list(
    parent: ET.Element, tag: str, items: Iterable[str], mathematics: Mathematics, **attributes: str
) -> None:
    """Add a list of texts."""
    element = ET.SubElement(parent, tag, attributes)
    for item in items:
        add(element, "li", item, mathematics)


def add_question(parent: ET.Element, question: Question, mathematics: Mathematics) -> None:
    """Add the text of a question, its table, its drawing and its conventions."""
    for paragraph in question.text:
        add(parent, "p", paragraph, mathematics)
    if question.table is not None:
        _add_table(parent, question.table, mathematics)
    if question.network is not None and question.drawn == "question":
        parent.append(network_element(question.network, question.id, mathematics == "mathml"))
    for remark in remarks(question):
        add(ET.SubElement(parent, "p", {"class": "note"}), "small", remark, mathematics)


def _add_table(parent: ET.Element, table: Table, mathematics: Mathematics) -> None:
    scroll = ET.SubElement(parent, "div", {"class": "scroll"})
    element = ET.SubElement(scroll, "table", {"border": "1", "cellpadding": "6"})
    row = ET.SubElement(ET.SubElement(element, "thead"), "tr")
    for cell in table.header:
        add(row, "th", cell, mathematics, scope="col")
    body = ET.SubElement(element, "tbody")
    for cells in table.rows:
        row = ET.SubElement(body, "tr")
        for cell in cells:
            add(row, "td", cell, mathematics)


def network_element(network: Network, name: str, follow_dark: bool) -> ET.Element:
    """Return the drawing of a network as an SVG element that HTML takes in."""
    svg = ET.fromstring(draw_svg(network))
    for element in svg.iter():
        element.tag = element.tag.removeprefix(_SVG)
    svg.set("xmlns", _SVG.strip("{}"))
    for child in list(svg):
        if child.tag in ("title", "desc"):
            child.set("id", f"{child.tag}-{name}")
        elif child.tag == "style" and not follow_dark:
            svg.remove(child)
    svg.set("aria-labelledby", f"title-{name} desc-{name}")
    figure = ET.Element("figure")
    figure.append(svg)
    return figure


def plain_text(text: str) -> str:
    """Write a text and its formulas without any markup.

    Examples
    --------
    >>> plain_text("Find $w1$.")
    'Find w₁.'
    """
    return "".join(to_plain(piece) if is_formula else piece for is_formula, piece in segments(text))


def serialize(*elements: ET.Element) -> str:
    """Write elements as HTML."""
    return "".join(ET.tostring(element, encoding="unicode", method="html") for element in elements)
