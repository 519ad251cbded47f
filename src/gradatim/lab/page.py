"""The page of the lab: one HTML file that opens from disk and loads nothing.

Conventions: the modules are joined into one script by taking their imports and exports away, each
after those that it imports; the content security policy names script and style by their hashes and
allows no network. What a person gave reaches the page as JSON or as escaped text only.
"""

from __future__ import annotations

import base64
import json
import os
import re
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import jinja2
from markupsafe import Markup

from gradatim import views
from gradatim._digest import sha256
from gradatim._files import write_atomically
from gradatim.exercises.formats import fragments
from gradatim.exercises.formats.words import LETTERS, answer_line, heading
from gradatim.exercises.model import Exam, Part, Question
from gradatim.exercises.slips import SLIPS
from gradatim.lab.lesson import PROBLEM_NAMES, Lesson
from gradatim.lab.minify import minify
from gradatim.problems import get_problem

__all__ = ["policy_of", "render_lab", "script", "write_lab"]

_IMPORT = re.compile(r'^import \{[^}]*\} from "(\.\.?/[\w/]+\.js)";\n', re.MULTILINE)
_EXPORT = re.compile(r"^export (?=function|const|class|async)", re.MULTILINE)
# What a page may be asked for from outside keeps its name.
_NAMED = {"startLab", "engine", "encodeState", "decodeState", "kernelText", "computePlanes"}
_START = '\nafterPaint(() => startLab(document.getElementById("lab"), [%s]));\n'


def write_lab(lesson: Lesson, path: str | os.PathLike[str], exam: Exam | None = None) -> Path:
    """Write a page of the lab, with the questions of an exam to practice, as one HTML file."""
    return write_atomically(path, render_lab(lesson, exam).encode("utf-8", errors="replace"))


def render_lab(
    lesson: Lesson, exam: Exam | None = None, *, served: Mapping[str, Any] | None = None
) -> str:
    """Return a page of the lab as HTML; `served` is what it needs to know of its server."""
    environment = jinja2.Environment(
        autoescape=True, undefined=jinja2.StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    code, style = script(served is not None), f"{views.stylesheet()}{_read('lab.css')}"
    if served is not None:
        style += _read("served.css")
    questions = () if exam is None else exam.questions
    content = {
        "title": lesson.title,
        "policy": _policy(code, style, served is not None),
        "css": Markup(style),
        "script": Markup(code),
        "lesson": _json({**_model(lesson, exam), "served": served}),
        "questions": [Markup(_question(i, one)) for i, one in enumerate(questions, 1)],
    }
    return environment.from_string(_read("lab.html.jinja")).render(content)


@cache
def script(served: bool = False) -> str:
    """Return all modules of a page as one script; those that ask a server if it is served."""
    written: set[str] = set()

    def joined(name: str) -> str:
        if name in written:
            return ""
        written.add(name)
        folder = "../views/" if name.startswith("../views/") else "./"
        text = _EXPORT.sub("", _read(name))
        return _IMPORT.sub(lambda found: joined(_beside(folder, found[1])), text)

    names = ["./lab.js", "./served.js"] if served else ["./lab.js"]
    code = "".join(map(joined, names))
    start = _START % ("makeServerView" if served else "")
    return minify(f'"use strict";\n{code}{start}', _NAMED)


def _beside(folder: str, name: str) -> str:
    """Return the name of a module as the lab's modules write it."""
    return f"{folder}{name[2:]}" if name.startswith("./") else name


def policy_of(page: str) -> str:
    """Return the policy that a page states."""
    found = re.search(r'Content-Security-Policy" content="([^"]*)"', page)
    assert found is not None
    return found[1].replace("&#39;", "'")


def _policy(code: str, style: str, served: bool) -> str:
    """Return a policy under which only this script and this style apply, and nothing is loaded.

    A served page may ask its own server, and nobody else.
    """
    script_hash, style_hash = (
        base64.b64encode(bytes.fromhex(sha256(f"\n{text}\n"))).decode() for text in (code, style)
    )
    asking = "; connect-src 'self'" if served else ""
    return (
        f"default-src 'none'; script-src 'sha256-{script_hash}'; "
        f"style-src 'sha256-{style_hash}'; img-src data: blob:; media-src data: blob:; "
        f"worker-src blob:; base-uri 'none'; form-action 'none'{asking}"
    )


def _model(lesson: Lesson, exam: Exam | None) -> dict[str, Any]:
    problems = {name: get_problem(name) for name in PROBLEM_NAMES}
    return {
        "title": lesson.title,
        "start": dict(lesson.start),
        "table": None if lesson.table is None else dict(lesson.table),
        "problems": {
            name: {"title": one.title, "takes": one.takes} for name, one in problems.items()
        },
        "practice": [] if exam is None else [_parts(one) for one in exam.questions],
    }


def _parts(question: Question) -> list[dict[str, Any]]:
    """Return what the page needs to check an answer, numbers as exact text."""
    return [
        {
            "answer": None if part.answer is None else str(part.answer),
            "tolerance": str(part.tolerance),
            "slips": [{"value": str(slip.value), "says": _slip(slip.name)} for slip in part.slips],
            "choices": [
                {"right": choice.slip is None, "says": _slip(choice.slip)}
                for choice in part.choices
            ],
        }
        for part in question.parts
    ]


def _slip(name: str | None) -> str:
    return "" if name is None else fragments.plain_text(SLIPS[name])


def _question(number: int, question: Question) -> str:
    """Write a question as an article: what is asked, its parts, and the way to the answer."""
    article = ET.Element("article", {"hidden": "hidden", "class": "question"})
    headline = fragments.add(article, "h2", f"{number}. ", "mathml", tabindex="-1")
    fragments.add(headline, "small", heading(question, answers=True), "mathml")
    fragments.add_question(article, question, "mathml")
    for part_number, part in enumerate(question.parts):
        _add_part(article, part, f"q{number}-{part_number}")
    solution = ET.SubElement(article, "div", {"class": "solution", "hidden": "hidden"})
    fragments.add(solution, "p", "; ".join(map(answer_line, question.parts)), "mathml")
    fragments.add_list(solution, "ol", question.solution, "mathml")
    if question.network is not None and question.drawn == "solution":
        solution.append(fragments.network_element(question.network, question.id, True))
    for header in article.iter("th"):
        # Not every reader takes a formula for text.
        spoken = "".join(header.itertext())
        for math in header.iter("math"):
            math.set("aria-hidden", "true")
        ET.SubElement(header, "span", {"class": "sr"}).text = spoken
    for parent in article.iter():
        parent.attrib.pop("style", None)
        for child in [one for one in parent if one.tag == "style"]:
            # The policy forbids it; the page's own style sheet says the same.
            parent.remove(child)
    return fragments.serialize(article)


def _add_part(article: ET.Element, part: Part, name: str) -> None:
    if not part.choices:
        fragments.add(article, "span", part.label or " ", "mathml", **{"class": "part"})
        return
    group = ET.SubElement(article, "fieldset", {"class": "part"})
    fragments.add(group, "legend", part.label or "Choose one", "mathml")
    for letter, choice in zip(LETTERS, part.choices, strict=False):
        label = ET.SubElement(group, "label")
        ET.SubElement(label, "input", {"type": "radio", "name": name})
        fragments.add(label, "span", f"({letter}) {choice.text}", "mathml")


def _json(model: Mapping[str, Any]) -> Markup:
    """Write JSON that cannot end the script element around it."""
    text = json.dumps(model, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    return Markup(text.replace("<", "\\u003c"))


def _read(name: str) -> str:
    part, module = ("views", name[9:]) if name.startswith("../views/") else ("lab", name)
    text = files(f"gradatim.{part}").joinpath(module.removeprefix("./"))
    return text.read_text(encoding="utf-8")
