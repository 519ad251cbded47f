"""What every format of an exam must do, and what HTML, LaTeX and Markdown must do besides."""

import html.parser
import io
import re
import shutil
import subprocess
from dataclasses import replace
from fractions import Fraction
from xml.etree import ElementTree as ET

import numpy as np
import pytest
import typst
from PIL import Image

from gradatim.errors import MissingExtraError, OutputError, SpecError
from gradatim.exercises import render_exam, write_exam
from gradatim.exercises.formats.fragments import plain_text
from gradatim.exercises.formats.registry import FORMATS, check_exam_file
from gradatim.exercises.formats.typeset import write_typst
from gradatim.exercises.model import Choice, Part, Table
from gradatim.exercises.notation import to_latex, to_typst

DOCUMENTS = ("md", "tex", "html")


@pytest.fixture(scope="module", params=FORMATS)
def rendered(request, exam):
    return request.param, render_exam(exam, request.param, answers=True)


def test_every_question_has_its_place_in_every_format(rendered, exam):
    name, text = rendered
    if name == "pdf":
        text = write_typst(exam, answers=True)
    positions = []
    for question in exam.questions:
        mark = question.id if name not in ("md", "tex", "pdf") else f"level {question.level}"
        positions.append(text.index(mark, positions[-1] + 1 if positions else 0))
    assert positions == sorted(positions)


def test_the_same_exam_is_written_the_same_way_again(rendered, exam):
    name, text = rendered
    assert render_exam(exam, name, answers=True) == text


@pytest.mark.parametrize("name", DOCUMENTS)
def test_questions_do_not_give_their_answers_away(name, exam):
    questions = render_exam(exam, name)
    for word in ("Answer", "Wrong answers", 'class="answer"', "level", "seed", "Seed"):
        assert word not in questions
    for question in exam.questions:
        if question.drawn == "solution" and question.network is not None:
            assert f"desc-{question.id}" not in questions


@pytest.mark.parametrize("name", ["moodle", "gift", "stack", "json"])
def test_what_is_read_by_a_program_always_holds_the_answers(name, exam):
    assert render_exam(exam, name) == render_exam(exam, name, answers=True)


def test_an_unknown_format_is_refused(exam):
    with pytest.raises(SpecError, match="no format 'docx'; choose from md, tex, pdf, html"):
        render_exam(exam, "docx")


HOSTILE = "</p>\\input{x} & <b>100 %</b> _a_ {} ~ # $x1 < 2$"


@pytest.fixture(scope="module")
def hostile(exam):
    """Return an exam whose words are full of characters that mean something to some format."""
    part = Part(HOSTILE, {}, choices=[Choice(HOSTILE, 1, None), Choice("b", 2, "arithmetic")])
    number = replace(exam.questions[0].parts[0], label=HOSTILE)
    base = replace(exam.questions[0], text=[HOSTILE], notes=[HOSTILE], solution=[HOSTILE])
    table = Table([HOSTILE, "b"], [["c", HOSTILE]])
    questions = [replace(base, parts=p, table=table) for p in ([part], [number], [part, number])]
    return replace(exam, questions=questions)


def test_html_escapes_every_text(hostile):
    page = render_exam(hostile, "html", answers=True)
    assert "<b>" not in page
    assert page.count("&lt;b&gt;100 %") == page.count("input{x}") > 10


def test_markdown_escapes_every_text(hostile):
    text = re.sub(r"```mermaid.*?```", "", render_exam(hostile, "md", answers=True), flags=re.S)
    assert "<b>" not in text
    assert r"\_a\_" in text


# HTML


class Outline(html.parser.HTMLParser):
    """Checks that elements are closed in order, and collects ids and what is loaded."""

    VOID = ("meta", "br", "input")

    def __init__(self):
        super().__init__()
        self.open, self.ids, self.loaded = [], [], []

    def handle_starttag(self, tag, attrs):
        attributes = dict(attrs)
        self.ids += [attributes["id"]] if "id" in attributes else []
        self.loaded += [v for k, v in attrs if k in ("src", "href")] + [tag] * (tag == "script")
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag


@pytest.fixture(scope="module")
def page(exam):
    outline = Outline()
    text = render_exam(exam, "html", answers=True)
    outline.feed(text)
    outline.close()
    return text, outline


def test_the_page_is_well_formed_and_loads_nothing(page):
    text, outline = page
    assert outline.open == []
    assert outline.loaded == []
    assert "url(" not in text
    assert "@import" not in text


def test_no_id_of_the_page_is_used_twice(page):
    _, outline = page
    assert len(set(outline.ids)) == len(outline.ids)


def test_each_drawing_has_a_text_alternative(page, exam):
    text, outline = page
    named = re.findall(r'aria-labelledby="([^"]+)"', text)
    assert len(named) == sum(question.network is not None for question in exam.questions)
    assert {name for names in named for name in names.split()} <= set(outline.ids)


def test_answers_are_folded_on_the_screen_and_open_on_paper(page, exam):
    # Browsers keep <details> shut in print; a box that is ticked folds for the screen only.
    text, _ = page
    assert text.count('<div class="answer">') == len(exam.questions)
    assert "<details" not in text
    hiding = re.findall(r"(?<![^{}])[^{}]+{[^{}]*display:none[^{}]*}", text)
    assert hiding == [
        ".fold:not(:checked)~.answer{display:none}",
        "\n.fold{display:none}",
    ]
    assert "@media screen{.fold:not(:checked)" in text
    assert text.index("@media print{") < text.index("\n.fold{display:none}")
    for question in exam.questions:
        assert f'id="fold-{question.id}"' in text
        assert f'for="fold-{question.id}"' in text


def test_no_line_begins_with_the_punctuation_that_follows_a_formula(page):
    assert not re.search(r"</math>[,.;:?)]", re.sub(r'<span class="tied">.*?</span>', "", page[0]))


def test_a_long_formula_can_break_at_its_relations(page):
    assert re.search(r'</math> <math><mo form="infix" lspace="0" rspace="0.278em">=</mo>', page[0])


# Markdown


def test_formulas_of_markdown_are_latex_and_its_networks_mermaid(exam):
    text = render_exam(exam, "md")
    drawn = [q for q in exam.questions if q.network is not None and q.drawn == "question"]
    assert text.count("```mermaid\nflowchart") == len(drawn)
    assert f"${to_latex('step(z) = 1')}$" in text
    assert "▢" not in text


def test_tables_of_markdown_have_as_many_cells_in_every_row(exam):
    text = render_exam(exam, "md")
    for table in re.findall(r"(?:^\|.*\|\n)+", text, re.M):
        assert len({row.count(" | ") for row in table.strip().split("\n")}) == 1


# LaTeX


def test_latex_leaves_room_above_every_question_also_below_an_answer_list(exam):
    # A heading inside a minipage has no space above it.
    for answers in (False, True):
        before = render_exam(exam, "tex", answers=answers).split(r"\noindent\begin{minipage}")[:-1]
        assert len(before) == len(exam.questions)
        assert all(text.rstrip().endswith(r"\par\vspace{3ex plus 1ex}") for text in before)


def test_latex_braces_and_environments_are_balanced(exam):
    text = render_exam(exam, "tex", answers=True)
    bare = re.sub(r"\\[{}\\]", "", text)
    assert bare.count("{") == bare.count("}")
    begun, ended = (re.findall(rf"\\{word}\{{(\w+)\}}", text) for word in ("begin", "end"))
    assert sorted(begun) == sorted(ended)


@pytest.mark.skipif(shutil.which("pdflatex") is None, reason="needs TeX")
@pytest.mark.parametrize("which", ["exam", "answers", "hostile"])
def test_latex_compiles_without_a_word_too_wide(which, exam, hostile, tmp_path):
    document = render_exam(hostile if which == "hostile" else exam, "tex", answers=which != "exam")
    (tmp_path / "exam.tex").write_text(document, encoding="utf-8")
    command = ["pdflatex", "-interaction=nonstopmode", "-halt-on-error", "-no-shell-escape"]
    done = subprocess.run(
        [*command, "exam.tex"], cwd=tmp_path, capture_output=True, check=False, timeout=600
    )
    log = done.stdout.decode("latin-1")
    assert done.returncode == 0, log[-1500:]
    if which != "hostile":
        assert "Overfull" not in log


def test_plain_text_has_no_markup_left(exam):
    for question in exam.questions:
        for text in (*question.text, *question.solution):
            assert not re.search(r"[$\\_^]", plain_text(text))


def test_an_svg_of_the_page_is_xml_on_its_own(page):
    drawings = re.findall(r"<svg.*?</svg>", page[0], re.S)
    assert drawings
    for drawing in drawings:
        ET.fromstring(drawing)


# What stands on a sheet


@pytest.fixture(scope="module")
def sheet(exam):
    points = [replace(question, points=Fraction(3, 2)) for question in exam.questions]
    return replace(exam, questions=points, title="Test $1 & {2} #3", name_line=True, variant="B")


@pytest.mark.parametrize(
    ("name", "title"),
    [
        ("md", r"Test \$1 & \{2\} \#3, version B"),
        ("tex", r"Test \$1 \& \{2\} \#3, version B"),
        ("html", "Test $1 &amp; {2} #3, version B"),
        ("typst", '"Test $1 & {2} #3, version B'),
    ],
)
def test_a_sheet_has_its_title_a_line_for_the_name_and_points(name, title, sheet):
    for answers in (False, True):
        text = (
            write_typst(sheet, answers=answers)
            if name == "typst"
            else render_exam(sheet, name, answers=answers)
        )
        assert title in text
        assert (f"{title}: worked answers" in text) == answers
        assert ("Name:" in text) == ("Date:" in text) == (not answers)
        assert "27 questions, 40.5 points." in text or answers
        assert len(re.findall(r"\b1\.5 points", text)) == 27


# Files


@pytest.mark.parametrize(
    ("file", "format", "found"),
    [
        ("a.md", None, "md"), ("a.markdown", None, "md"), ("a.tex", None, "tex"),
        ("a.PDF", None, "pdf"), ("a.html", None, "html"), ("a.htm", "html", "html"),
        ("a.xml", None, "moodle"), ("a.xml", "stack", "stack"), ("a.gift", None, "gift"),
        ("a.txt", None, "gift"), ("a.txt", "md", "md"), ("b.a/c.json", None, "json"),
    ],
)  # fmt: skip
def test_the_ending_decides(file, format, found):
    assert check_exam_file(file, format) == found


@pytest.mark.parametrize(
    ("file", "format", "message"),
    [
        ("a.docx", None, r"a.docx ends in .docx, .* end it in .md, .tex, .pdf, .html, .xml"),
        ("a", None, "a has no ending, which names no format"),
        ("a.docx", "tex", "end it in .tex$"),
        ("a.html", "tex", "a.html ends in .html, but the format is to be tex; end it in .tex, or"),
        ("a.pdf", "md", "end it in .md, or leave --format out"),
        ("a.xml", "gift", "end it in .gift, or"),
    ],
)
def test_an_ending_that_says_nothing_or_something_else_is_refused(file, format, message):
    with pytest.raises(OutputError, match=message):
        check_exam_file(file, format)


def test_a_file_is_what_its_ending_says(exam, tmp_path):
    starts = {"md": b"# Ex", "tex": b"\\doc", "pdf": b"%PDF-", "html": b"<!doctype html>"}
    for ending, start in starts.items():
        path = write_exam(exam, tmp_path / f"sheet.{ending}")
        assert path.read_bytes().startswith(start)


def test_without_typst_a_pdf_is_one_sentence(exam, monkeypatch, tmp_path):
    monkeypatch.setattr("gradatim.exercises.formats.typeset.find_spec", lambda name: None)
    with pytest.raises(MissingExtraError, match=r"pip install 'gradatim\[pdf\]'"):
        write_exam(exam, tmp_path / "sheet.pdf")
    assert not list(tmp_path.iterdir())


# PDF


def pages(exam, answers):
    """Return where the ink of each page ends, from 0 (top) to 1; the foot does not count."""
    source = write_typst(exam, answers=answers).encode()
    made = typst.Compiler(source, ignore_system_fonts=True).compile(format="png", ppi=30)
    for page in made if isinstance(made, list) else [made]:
        gray = np.asarray(Image.open(io.BytesIO(page)).convert("L"))
        body = gray[: int(0.94 * len(gray))]
        yield np.flatnonzero((body < 200).any(axis=1)).max() / len(gray)


@pytest.mark.parametrize("answers", [False, True])
def test_no_page_but_the_last_is_half_empty(exam, answers):
    *full, _ = pages(exam, answers)
    assert len(full) > 4
    assert min(full) > 0.6


def test_words_of_a_pdf_are_no_markup(hostile):
    hostile = replace(hostile, title='"#panic() $ *a* \\')
    text = write_typst(hostile, answers=True)
    assert '#text(size: 17pt, weight: 700, "\\"#panic()' in text
    assert render_exam(hostile, "pdf", answers=True).startswith(b"%PDF-")


def test_a_new_weight_of_a_pdf_has_its_prime_before_its_index():
    assert (
        to_typst("w1' = w12 - ∂L/∂w1 / 2") == "w'_1 = w_(12) - frac(partial L, partial w_1) \\/ 2"
    )
