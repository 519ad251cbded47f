"""Names that an author gave to hidden units."""

import pytest

from gradatim.errors import ShapeError
from gradatim.network import Layer, Network, parse
from gradatim.network.writing import unit_names, value_names
from gradatim.persistence import load_network, save_network


def test_names_of_statements_and_of_layers_are_kept():
    free = parse("left = step(-x + 50); right = step(x - 100); y = step(left + right - 1)")
    assert free.hidden_names == (("left", "right"),)
    layers = parse("x -> left = step(-x + 50); step(x - 100) -> step(left + h2 - 1)")
    assert layers.hidden_names == (("left", ""),)
    assert unit_names(layers)[1] == ("left", "h2")


def test_a_network_without_names_has_none():
    assert parse("tanh(x1) + 1").hidden_names == ()


def test_a_name_given_to_one_unit_is_not_that_of_another():
    network = parse("h2 = tanh(x1); h2 + relu(x1)")
    assert unit_names(network)[1] == ("h2", "h2\N{PRIME}")


def test_what_is_passed_on_has_a_name_where_it_is_computed():
    network = parse("left = step(x1); deep = tanh(left); relu(deep + left)")
    assert network.hidden_names[0] == ("left",)
    assert sorted(network.hidden_names[1]) == ["", "deep"]
    assert sorted(value_names(network)[2]) == ["deep", "left"]


def test_names_change_neither_equality_nor_text():
    named = parse("left = step(x1); relu(left - 2)")
    plain = parse("relu(step(x1) - 2)")
    assert named == plain
    assert hash(named) == hash(plain)
    assert str(named) == str(plain)


def test_a_trace_shows_the_names():
    trace = parse("left = step(-x + 50); y = step(left - 1)").trace({"x": 3})
    assert [unit.name for unit in trace.layers[0]] == ["left"]


def test_a_file_keeps_the_names(tmp_path):
    network = parse("left = step(-x + 50); y = step(left - 1)")
    assert load_network(save_network(network, tmp_path / "a.safetensors")).hidden_names == (
        ("left",),
    )


def test_names_must_fit_the_layers():
    layers = [Layer([[1.0]], [0.0]), Layer([[1.0]], [0.0])]
    with pytest.raises(ShapeError, match="hidden_names"):
        Network(layers, hidden_names=[["a", "b"]])
