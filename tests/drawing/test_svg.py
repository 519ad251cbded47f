"""Drawings are compared as text; ``python tests/drawing/test_svg.py`` writes the texts anew."""

import xml.etree.ElementTree as ET
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from gradatim.drawing.svg import describe, draw_svg
from gradatim.network.graph import Layer, Network

GOLDEN = Path(__file__).parent / "golden"
SVG = "{http://www.w3.org/2000/svg}"


def ramp(*sizes, activation="relu", output="softmax"):
    """A dense network whose weights rise evenly from -1 to 1."""
    return Network(
        [
            Layer(
                np.linspace(-1, 1, n_in * n_out).reshape(n_out, n_in),
                np.linspace(-0.5, 0.5, n_out),
                output if i == len(sizes) - 2 else activation,
            )
            for i, (n_in, n_out) in enumerate(pairwise(sizes))
        ]
    )


# The lecture's slides L1, L4 and L12-L14, and one of each other kind.
NETWORKS = {
    "linear": Network([Layer([[0.8]], [0.4])]),
    "logistic": Network([Layer([[1.0]], [-2.5], "sigmoid")]),
    "interval": Network(
        [Layer([[-1.0], [1.0]], [50.0, -100.0], "sign"), Layer([[1.0, 1.0]], [1.0], "sign")],
        input_names=["x"],
    ),
    "missing_edges": Network(
        [Layer([[3.0, 0.0, 2.0]], [-1.0], "relu", np.array([[True, False, True]]))]
    ),
    "shallow": ramp(2, 3, 1, activation="tanh", output="logistic"),
    "elided": ramp(1, 40, 1, output="identity"),
    "deep": ramp(64, 256, 256, 12),
    "names": Network(
        [Layer([[1.0]], [0.0])],
        input_names=['<b>"bold"&\x00</b>'],
        output_names=["a name too long to be written in full"],
    ),
}
FORMS = {"elided": "units"}


def draw(name):
    return draw_svg(NETWORKS[name], form=FORMS.get(name, "auto"))


@pytest.mark.parametrize("name", NETWORKS)
def test_drawing_is_the_golden_text(name):
    assert draw(name) == (GOLDEN / f"{name}.svg").read_text(encoding="utf-8")


@pytest.mark.parametrize("name", NETWORKS)
def test_drawing_is_well_formed_and_has_a_text_alternative(name):
    root = ET.fromstring(draw(name))
    title, desc = root.find(f"{SVG}title"), root.find(f"{SVG}desc")
    assert title.text.startswith("Network ")
    assert desc.text.endswith(".")
    assert root.get("aria-labelledby") == f"{title.get('id')} {desc.get('id')}"


@pytest.mark.parametrize("name", NETWORKS)
def test_drawing_loads_nothing(name):
    text = draw(name).replace("http://www.w3.org/2000/svg", "")
    assert "http" not in text
    assert "url(" not in text


def test_only_edges_that_exist_are_drawn():
    root = ET.fromstring(draw("missing_edges"))
    assert len(root.findall(f"{SVG}line")) == 2


def test_sign_shows_without_color():
    root = ET.fromstring(draw("interval"))
    first, second = (
        line
        for line in root.findall(f"{SVG}line")
        if line.get("y1") != line.get("y2") and float(line.get("x1")) < 100
    )
    assert {first.get("stroke-dasharray"), second.get("stroke-dasharray")} == {None, "7 3"}


def test_bias_is_written_as_w0():
    assert "w₀ = \N{MINUS SIGN}2.5" in draw("logistic")


def test_a_given_title_replaces_the_headline():
    assert ">Slide 1 &lt;new&gt;</title>" in draw_svg(NETWORKS["linear"], title="Slide 1 <new>")


def test_a_small_network_is_described_by_its_equations():
    headline, details = describe(NETWORKS["interval"])
    assert headline == "Network 1-2-1 with 7 parameters"
    assert details.replace("\N{MINUS SIGN}", "-") == (
        "h1.1 = sign(-1 x + 50); h1.2 = sign(1 x - 100); y1 = sign(1 h1.1 + 1 h1.2 + 1)."
    )


def test_a_large_network_is_described_by_its_layers():
    assert describe(NETWORKS["deep"])[1] == (
        "64 inputs; 256 hidden units, relu, 16,640 parameters; "
        "256 hidden units, relu, 65,792 parameters; 12 outputs, softmax, 3,084 parameters."
    )


if __name__ == "__main__":
    GOLDEN.mkdir(exist_ok=True)
    for name in NETWORKS:
        (GOLDEN / f"{name}.svg").write_text(draw(name), encoding="utf-8")
