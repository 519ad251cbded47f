import xml.etree.ElementTree as ET

import matplotlib as mpl
import pytest

from gradatim.drawing.figure import figure_bytes, network_figure
from gradatim.drawing.layout import place
from gradatim.errors import SpecError
from gradatim.network.graph import Layer, Network

PLACEMENT = place(Network([Layer([[0.8], [-1.0]], [0.4, 0.0])], ["$x$"]))


def encode(suffix):
    return figure_bytes(network_figure(PLACEMENT), suffix, title="A <b>", description="B & c.")


def test_the_reader_s_settings_change_nothing_and_are_not_changed():
    plain = encode(".png")
    with mpl.rc_context({"font.size": 30, "figure.facecolor": "red", "savefig.bbox": "tight"}):
        before = dict(mpl.rcParams)
        assert encode(".png") == plain
        assert dict(mpl.rcParams) == before


def test_the_figure_is_nobody_s_current_figure():
    from matplotlib import _pylab_helpers

    network_figure(PLACEMENT)
    assert _pylab_helpers.Gcf.figs == {}


def test_dollars_in_a_name_are_dollars():
    assert b"$x$" in encode(".svg")


def test_an_svg_of_a_figure_has_a_text_alternative_and_no_date():
    content = encode(".svg")
    root = ET.fromstring(content)
    space = "{http://www.w3.org/2000/svg}"
    assert [root.find(f"{space}{tag}").text for tag in ("title", "desc")] == ["A <b>", "B & c."]
    assert root.get("role") == "img"
    assert b"date" not in content


def test_other_formats_are_refused():
    with pytest.raises(SpecError, match=r"\.jpg"):
        encode(".jpg")
