import xml.etree.ElementTree as ET

import pytest

from benchmarks import curves
from benchmarks.document import write_document
from benchmarks.result import Options
from gradatim.errors import MissingExtraError

POINTS = [{"work": 10.0**k, "median": 1e-9 * 10.0**k, "ns_a_visit": 1.0} for k in range(6, 9)]
DATA = {"curves": {"nets": {"slope": 1.0, "points": POINTS, "straight": [1, 3]}}}


def test_a_curve_is_drawn_the_same_each_time():
    pytest.importorskip("matplotlib")
    drawn = curves.draw_curves(DATA, "svg")
    assert drawn == curves.draw_curves(DATA, "svg")
    assert "nets (slope 1.00)" in "".join(ET.fromstring(drawn).itertext())


def test_a_drawing_waits_for_cost_and_is_a_picture(tmp_path, make_result):
    pytest.importorskip("matplotlib")
    file = tmp_path / "cost.png"
    assert write_document(file, [make_result("w1")], Options()) is None
    write_document(file, [make_result("w1"), make_result("cost", data=DATA)], Options())
    assert file.read_bytes().startswith(b"\x89PNG")


def test_without_matplotlib_it_is_said_how_to_get_it(monkeypatch):
    monkeypatch.setattr(curves, "find_spec", lambda name: None)
    with pytest.raises(MissingExtraError, match="pip install matplotlib"):
        curves.draw_curves(DATA, "svg")
