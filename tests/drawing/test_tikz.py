import re

import pytest

from gradatim.drawing.layout import place
from gradatim.drawing.svg import draw_svg
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
        ("x₁² x₁₂¹⁰", "$x_1^2$ $x_{12}^{10}$"),
        ("max₁ of m²", "max$_1$ of $m^2$"),
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


@pytest.mark.parametrize(
    "name", ["x1", "x12", "x1^2 x3", "x1²", "tempo2", "m2 a", "max₁", "x1 x2 x3"]
)
def test_an_index_is_one_in_svg_where_it_is_one_in_tikz(name):
    network = Network([Layer([[1.0]], [0.0])], [name])
    [svg] = re.findall(r'text-anchor="end"[^>]*>([^<]*)<', draw_svg(network))
    [tikz] = re.findall(r"anchor=base east.* at \([^)]*\) \{(.*)\};", draw_tikz(network))
    low, high = (
        dict(zip("0123456789", digits, strict=True)) for digits in ("₀₁₂₃₄₅₆₇₈₉", "⁰¹²³⁴⁵⁶⁷⁸⁹")
    )
    read = tikz.replace("$", "")
    for mark, digits in (("_", low), ("^", high)):
        read = re.sub(
            rf"\{mark}(?:(\d)|\{{(\d+)\}})",
            lambda m, digits=digits: "".join(digits[k] for k in m[1] or m[2]),
            read,
        )
    assert read == svg


def test_the_information_of_a_document_keeps_indices():
    text = draw_tikz(Network([Layer([[1.0]], [0.0])]), title="x₁ and y₂")
    assert "pdftitle={x1 and y2}" in text


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
