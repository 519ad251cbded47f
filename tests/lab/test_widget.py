"""The lab in a notebook: its traits, and the page's state in them."""

import importlib.util

import pytest

import gradatim
from gradatim.errors import SpecError
from gradatim.lab.widget import LabFrame, lab_widget


def without_anywidget(monkeypatch):
    find = importlib.util.find_spec
    monkeypatch.setattr(
        "gradatim.lab.widget.find_spec", lambda name: None if name == "anywidget" else find(name)
    )


def test_without_anywidget_the_page_is_shown_in_a_frame(monkeypatch):
    without_anywidget(monkeypatch)
    lab = lab_widget("xor", questions=1)
    assert isinstance(lab, LabFrame)
    assert repr(lab) == "Lab: Exclusive or"
    assert lab.network is None
    text = lab._repr_html_()
    assert text.startswith("<iframe ")
    assert text.count("<") == 2
    assert "&lt;article" in text


def test_what_is_given_is_what_it_begins_with(monkeypatch):
    without_anywidget(monkeypatch)
    network = gradatim.parse("sigmoid(x1 + 1/3)")
    assert lab_widget(network).network == network
    assert lab_widget("sigmoid(x1 + 1/3)").network == network
    assert lab_widget().network is None
    assert gradatim.show(network).network == network
    assert gradatim.show(climb := object()) is climb
    assert "timbre" in repr(lab_widget(gradatim.load_timbre()))
    with pytest.raises(SpecError, match="did you mean circles"):
        lab_widget("circle")
    with pytest.raises(SpecError, match="not 3"):
        lab_widget(3)


def test_the_widget_keeps_the_contract_of_anywidget():
    pytest.importorskip("anywidget", reason="the extra notebook is not installed")
    lab = lab_widget("x1 - 2", height=500)
    assert {"page", "height", "state", "equation"} <= set(lab.keys)
    assert (lab.height, repr(lab)) == (500, "Lab: x1 - 2")
    assert "export default" in lab._esm
    shown = lab._repr_mimebundle_()
    bundle = shown[0] if isinstance(shown, tuple) else shown
    assert "application/vnd.jupyter.widget-view+json" in bundle
    seen = []
    lab.observe(lambda change: seen.append(change["new"]), "equation")
    lab.equation = "2x1 + 1"
    assert seen == ["2x1 + 1"]
    assert lab.network([[3.0]]).item() == 7
