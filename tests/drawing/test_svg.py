import xml.etree.ElementTree as ET
from pathlib import Path

import pytest

from gradatim.drawing.svg import draw_svg
from gradatim.drawing.words import describe
from gradatim.network import parse

GOLDEN = Path(__file__).parent / "golden"
NAMES = sorted(path.stem for path in GOLDEN.glob("*.svg"))
SVG = "{http://www.w3.org/2000/svg}"


@pytest.fixture
def drawn(draw_golden, tmp_path):
    """Return what draws a network by its name as SVG."""
    return lambda name: draw_golden(name, tmp_path / "drawing.svg").read_text("utf-8")


@pytest.mark.parametrize("name", NAMES)
def test_drawing_is_well_formed_and_has_a_text_alternative(name, drawn):
    root = ET.fromstring(drawn(name))
    title, desc = root.find(f"{SVG}title"), root.find(f"{SVG}desc")
    assert title.text.startswith("Network ")
    assert desc.text.endswith(".")
    assert root.get("aria-labelledby") == f"{title.get('id')} {desc.get('id')}"


@pytest.mark.parametrize("name", NAMES)
def test_drawing_loads_nothing(name, drawn):
    text = drawn(name).replace("http://www.w3.org/2000/svg", "")
    assert "http" not in text
    assert "url(" not in text


def test_only_edges_that_exist_are_drawn(drawn):
    root = ET.fromstring(drawn("missing_edges"))
    assert len(root.findall(f"{SVG}line")) == 2


def test_sign_shows_without_color(drawn):
    root = ET.fromstring(drawn("interval"))
    first, second = (
        line
        for line in root.findall(f"{SVG}line")
        if line.get("y1") != line.get("y2") and float(line.get("x1")) < 100
    )
    assert {first.get("stroke-dasharray"), second.get("stroke-dasharray")} == {None, "7 3"}


def test_bias_is_written_as_w0(drawn):
    assert "w₀ = \N{MINUS SIGN}2.5" in drawn("logistic")


def test_a_given_title_replaces_the_headline(networks):
    assert ">Slide 1 &lt;new&gt;</title>" in draw_svg(networks["linear"], title="Slide 1 <new>")


def test_a_small_network_is_described_by_its_equations(networks):
    headline, details = describe(networks["interval"])
    assert headline == "Network 1-2-1 with 7 parameters"
    assert details.replace("\N{MINUS SIGN}", "-") == (
        "h1 = sign(-x + 50); h2 = sign(x - 100); y1 = sign(h1 + h2 + 1)."
    )


def test_a_large_network_is_described_by_its_layers(networks):
    assert describe(networks["deep"])[1] == (
        "64 inputs; 256 hidden units, relu, 16,640 parameters; "
        "256 hidden units, relu, 65,792 parameters; 12 outputs, softmax, 3,084 parameters."
    )


def test_a_drawing_shrinks_to_the_width_that_a_page_gives_it(drawn):
    assert 'style="max-width:100%;height:auto"' in drawn("linear")


def test_a_notebook_shows_a_network_as_its_drawing(networks):
    assert networks["interval"]._repr_svg_() == draw_svg(networks["interval"])


def test_a_value_that_is_rounded_is_almost_equal():
    svg = draw_svg(parse("tanh(1234x1 - 1234.5)"), at={"x1": 1})
    assert "y₁ ≈ \N{MINUS SIGN}0.462" in svg
    assert ">1234<" in svg
    assert "y₁ = 0.5" in draw_svg(parse("x1"), at={"x1": 0.5})
