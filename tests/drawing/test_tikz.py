import re

import pytest

from gradatim.drawing.layout import place
from gradatim.drawing.tikz import draw_tikz, escape_tex
from gradatim.network.graph import Layer, Network


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("100 %", r"100 \%"),
        ("a_b", r"a\_b"),
        (r"\input{x}", r"\textbackslash{}input\{x\}"),
        ("w₀ = \N{MINUS SIGN}2", "$w_0$ = $-$2"),
        ("Müller", "Müller"),
        ("x₁ + h₁₂", "$x_1$ + $h_{12}$"),
        ("日本", "??"),
        ("a\nb\x00", r"a?b\textbackslash{}x00"),
    ],
)
def test_a_text_means_the_same_in_tex(text, written):
    assert escape_tex(text) == written


def test_a_letter_and_a_number_are_set_as_an_index():
    text = draw_tikz(Network([Layer([[1.0, 1.0]], [0.0])], ["x1", "tempo"]))
    assert "{$x_1$};" in text
    assert "{tempo};" in text


def test_the_page_is_as_large_as_the_drawing():
    network = Network([Layer([[0.8]], [0.4])])
    size = re.search(r"paperwidth=(.*?)bp,paperheight=(.*?)bp", draw_tikz(network)).groups()
    placement = place(network)
    # A CSS pixel is three quarters of a big point.
    expected = [0.75 * placement.width, 0.75 * placement.height]
    assert [float(k) for k in size] == pytest.approx(expected, abs=0.02)


def test_the_picture_alone_is_that_of_the_document_with_its_colors():
    network = Network([Layer([[0.8, -1.0]], [0.4], "sigmoid")])
    document, picture = draw_tikz(network), draw_tikz(network, document=False)
    assert "\\documentclass" not in picture
    assert "\\begin{document}" not in picture
    lines = [line for line in picture.splitlines() if not line.startswith(("%", "\\definecolor"))]
    assert "\n".join(lines) in document
    # A color of the document around it stays as it is: ours are defined inside the picture.
    assert picture.index("\\begin{tikzpicture}") < picture.index("\\definecolor{gnink}")


def test_a_title_cannot_leave_the_comment_of_a_picture():
    text = draw_tikz(Network([Layer([[1.0]], [0.0])]), title="a\n\\input{b}", document=False)
    assert text.startswith("% a \\input{b}")
    assert not any(line.startswith("\\input") for line in text.splitlines())
