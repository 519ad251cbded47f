"""One contract for every format; the drawings are made by ``python tests/drawing/conftest.py``."""

import re
import shutil
import subprocess
from pathlib import Path

import numpy as np
import pytest

from gradatim.drawing.formats import FORMATS, check_format, draw
from gradatim.errors import OutputError, SpecError
from gradatim.network.graph import Layer, Network

GOLDEN = Path(__file__).parent / "golden"
NAMES = sorted({path.stem for path in GOLDEN.iterdir()})

formats = pytest.mark.parametrize("suffix", FORMATS)
named = pytest.mark.parametrize("name", NAMES)


def test_every_network_is_kept_in_every_format_of_text(networks):
    kept = {path.name for path in GOLDEN.iterdir()}
    assert kept == {
        f"{n}{s}" for n in [*networks, "sketch"] for s in (".svg", ".dot", ".mmd", ".tex")
    }


@named
@pytest.mark.parametrize("suffix", [".svg", ".dot", ".mmd", ".tex"])
def test_a_drawing_is_the_golden_text(name, suffix, draw_golden, tmp_path):
    path = draw_golden(name, tmp_path / f"drawing{suffix}")
    assert path.read_text("utf-8") == (GOLDEN / f"{name}{suffix}").read_text("utf-8")


@formats
def test_the_same_network_gives_the_same_bytes(suffix, draw_golden, tmp_path):
    first, second = (draw_golden("shallow", tmp_path / f"{k}{suffix}") for k in "ab")
    assert first.read_bytes() == second.read_bytes()


@formats
def test_the_ending_may_be_in_capitals(suffix, networks, tmp_path):
    path = tmp_path / f"drawing{suffix.upper()}"
    assert draw(networks["linear"], path) == path.resolve()
    assert path.stat().st_size > 100


@pytest.mark.parametrize("suffix", [".svg", ".dot", ".mmd", ".tex"])
@pytest.mark.parametrize("name", ["missing_edges", "shallow"])
def test_every_format_has_the_same_edges(name, suffix, networks, tmp_path):
    text = draw(networks[name], tmp_path / f"drawing{suffix}").read_text("utf-8")
    edge = {".svg": "<line ", ".dot": " -> ", ".mmd": r"^  u\S+ -[-.]-", ".tex": "opacity=.* -- "}
    counted = [line for line in text.splitlines() if re.search(edge[suffix], line)]
    assert len(counted) == {"missing_edges": 2, "shallow": 9}[name]


@formats
def test_a_title_is_kept_where_the_format_keeps_titles(suffix, networks, tmp_path):
    path = draw(networks["linear"], tmp_path / f"drawing{suffix}", title="Slide one")
    content = path.read_bytes()
    if suffix == ".pdf":
        assert b"/Title (Slide one)" in content
    else:
        assert b"Slide one" in content


@pytest.mark.parametrize("suffix", [".svg", ".dot", ".mmd", ".tex"])
def test_values_are_written_beside_the_units(suffix, draw_golden, tmp_path):
    text = draw_golden("values", tmp_path / f"drawing{suffix}").read_text("utf-8")
    assert "H(20)" in text
    assert "120" in text


@formats
def test_units_left_out_are_counted(suffix, draw_golden, tmp_path):
    path = draw_golden("elided", tmp_path / f"drawing{suffix}")
    if suffix not in (".pdf", ".png"):
        assert "40 units" in path.read_text("utf-8")


@pytest.mark.parametrize("name", ["drawing.jpg", "drawing", "svg"])
def test_other_endings_are_refused_with_the_list_of_formats(name, networks, tmp_path):
    with pytest.raises(OutputError, match=r"\.svg, \.pdf, \.png, \.dot, \.mmd, \.tex or \.tikz"):
        draw(networks["linear"], tmp_path / name)
    assert list(tmp_path.iterdir()) == []


def test_fewer_formats_may_be_allowed():
    with pytest.raises(OutputError, match=r"\.a or \.b"):
        check_format("drawing.svg", (".a", ".b"))


@formats
def test_the_second_values_of_a_wide_network_are_refused_before_a_file_exists(suffix, tmp_path):
    network = Network([Layer(np.ones((1, 3)), [0.0])])
    with pytest.raises(SpecError):
        draw(network, tmp_path / f"drawing{suffix}", at=[1.0])
    assert list(tmp_path.iterdir()) == []


def test_a_pdf_is_one_page_of_letters_without_a_date(draw_golden, tmp_path):
    content = draw_golden("values", tmp_path / "drawing.pdf").read_bytes()
    assert content.count(b"/Type /Page\n") + content.count(b"/Type /Page ") == 1
    assert b"/CreationDate" not in content
    assert b"/Subtype /Type3" not in content


def test_a_png_has_two_pixels_a_unit_of_length(draw_golden, networks, tmp_path):
    from gradatim.drawing.layout import place

    content = draw_golden("shallow", tmp_path / "drawing.png").read_bytes()
    placement = place(networks["shallow"])
    size = [int.from_bytes(content[k : k + 4], "big") for k in (16, 20)]
    assert size == pytest.approx([2 * placement.width, 2 * placement.height], abs=1)


@pytest.mark.skipif(shutil.which("pdflatex") is None, reason="there is no TeX here")
def test_tikz_compiles_to_one_page(draw_golden, tmp_path):
    for name in ("names", "values"):
        draw_golden(name, tmp_path / f"{name}.tex")
        command = ["pdflatex", "-interaction=nonstopmode", "-halt-on-error", f"{name}.tex"]
        done = subprocess.run(command, cwd=tmp_path, capture_output=True, check=False)
        assert done.returncode == 0, done.stdout.decode(errors="replace")[-2000:]
        assert b"(1 page," in done.stdout


@pytest.mark.skipif(shutil.which("dot") is None, reason="there is no Graphviz here")
@pytest.mark.parametrize("name", ["names", "values", "elided", "deep"])
def test_graphviz_reads_dot_without_a_complaint_and_keeps_every_place(name, draw_golden, tmp_path):
    path = draw_golden(name, tmp_path / "drawing.dot")
    done = subprocess.run(["dot", "-Tplain", str(path)], capture_output=True, check=True, text=True)
    assert done.stderr == ""
    nodes = [line for line in done.stdout.splitlines() if line.startswith("node ")]
    asked = [line for line in path.read_text("utf-8").splitlines() if 'pos="' in line]
    assert len(nodes) == len(asked)
