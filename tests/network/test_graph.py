"""Networks as values: immutable, with missing edges, refused when parts do not fit."""

import copy
import dataclasses
import pickle
from fractions import Fraction

import numpy as np
import pytest

from gradatim.errors import ShapeError, SpecError
from gradatim.network import Layer, Network, Unit


def _deep() -> Network:
    rng = np.random.default_rng(0)
    mask = [[True, False, True], [False, False, True]]
    return Network(
        [
            Layer(rng.normal(size=(2, 3)), rng.normal(size=2), ["tanh", "relu"], mask),
            Layer(rng.normal(size=(4, 2)), rng.normal(size=4), "sigmoid"),
            Layer(rng.normal(size=(1, 4)), rng.normal(size=1)),
        ]
    )


def test_sizes_and_depth_are_those_of_the_layers():
    network = _deep()
    assert network.layer_sizes == (3, 2, 4, 1)
    assert (network.depth, network.n_inputs, network.n_outputs) == (3, 3, 1)
    assert [layer.activation for layer in network.layers] == [
        ("tanh", "relu"),
        "logistic",
        "identity",
    ]


def test_fields_and_arrays_cannot_be_changed():
    network = _deep()
    layer = network.layers[0]
    with pytest.raises(dataclasses.FrozenInstanceError):
        network.layers = ()  # type: ignore[misc]
    with pytest.raises(dataclasses.FrozenInstanceError):
        layer.bias = np.zeros(2)  # type: ignore[misc]
    for array in (layer.weight, layer.bias, layer.mask):
        with pytest.raises(ValueError, match="read-only"):
            array[0] = 0


def test_changing_what_a_layer_was_made_of_does_not_change_the_layer():
    weight, bias, mask = np.ones((1, 2)), np.ones(1), np.array([[True, False]])
    layer = Layer(weight, bias, "identity", mask)
    weight[:], bias[:], mask[:] = 7.0, 7.0, True
    assert layer == Layer([[1.0, 0.0]], [1.0], "identity", [[True, False]])
    assert weight.flags.writeable


def test_a_missing_edge_has_no_weight_no_parameter_and_no_entry_in_its_unit():
    layer = Layer([[2.0, 5.0], [3.0, 4.0]], [0.5, -1.0], "tanh", [[True, False], [True, True]])
    assert layer.weight.tolist() == [[2.0, 0.0], [3.0, 4.0]]
    assert layer.n_parameters == 5
    assert layer.units == (
        Unit({0: 2.0}, 0.5, "tanh"),
        Unit({0: 3.0, 1: 4.0}, -1.0, "tanh"),
    )


def test_an_edge_of_weight_zero_is_an_edge():
    layer = Layer([[0.0, 1.0]], [0.0])
    assert layer.n_parameters == 3
    assert layer.units[0].weights == {0: 0.0, 1: 1.0}
    assert layer != Layer([[0.0, 1.0]], [0.0], "identity", [[False, True]])


def test_a_mask_that_leaves_nothing_out_is_no_mask():
    assert Layer([[1.0, 2.0]], [0.0], "relu", [[1, 1]]).mask is None


def test_parameters_of_a_network_are_those_of_its_layers():
    network = _deep()
    assert [layer.n_parameters for layer in network.layers] == [3 + 2, 8 + 4, 4 + 1]
    assert network.n_parameters == 22


def test_one_activation_for_all_units_is_written_once():
    assert Layer(np.ones((2, 1)), np.ones(2), ["sigmoid", "logistic"]).activation == "logistic"
    assert Layer(np.ones((2, 1)), np.ones(2), "step").activations == ("heaviside", "heaviside")


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_float_precision_is_kept_and_anything_else_becomes_float64(dtype):
    assert Layer(np.ones((1, 1), dtype), np.ones(1, dtype), mask=[[False]]).weight.dtype == dtype
    assert Layer([[1]], [2]).weight.dtype == np.float64


def test_equality_sees_every_field():
    base = {"weight": [[1.0, 2.0]], "bias": [0.0], "activation": "tanh", "mask": None}
    changes = [
        {"weight": [[1.0, 3.0]]},
        {"bias": [1.0]},
        {"activation": "relu"},
        {"mask": [[False, True]]},
    ]
    assert Layer(**base) == Layer(**base)
    assert all(Layer(**base) != Layer(**{**base, **change}) for change in changes)
    assert _deep() == _deep()
    assert _deep() != Network(_deep().layers, output_names=["z"])
    assert _deep() != Network(_deep().layers, input_names=["a", "b", "c"])
    assert _deep() != Network(_deep().layers[:2])
    assert _deep() != "network"
    assert Layer(**base) != "layer"


def test_inputs_and_outputs_are_numbered_from_one_unless_named():
    network = _deep()
    assert network.input_names == ("x1", "x2", "x3")
    assert network.output_names == ("y1",)
    named = Network(network.layers, ["mfcc", "flux", "rms"], ["snare"])
    assert (named.input_names, named.output_names) == (("mfcc", "flux", "rms"), ("snare",))


@pytest.mark.parametrize(
    ("weight", "bias"),
    [([1.0, 2.0], [0.0]), ([[1.0, 2.0]], [0.0, 0.0]), ([[1.0]], 0.0), ([[[1.0]]], [[0.0]])],
)
def test_weights_and_biases_that_do_not_fit_are_refused(weight, bias):
    with pytest.raises(ShapeError, match=r"\(n_out, n_in\)"):
        Layer(weight, bias)


def test_a_mask_of_another_shape_is_refused():
    with pytest.raises(ShapeError, match="does not fit weights"):
        Layer([[1.0, 2.0]], [0.0], "tanh", [[True]])


def test_activations_that_are_not_one_a_unit_are_refused():
    with pytest.raises(ShapeError, match="2 activations for 1 units"):
        Layer([[1.0]], [0.0], ["tanh", "relu"])
    with pytest.raises(SpecError, match="no activation 'tan'"):
        Layer([[1.0]], [0.0], "tan")
    with pytest.raises(SpecError, match="softmax acts on a whole layer"):
        Layer(np.ones((2, 1)), np.ones(2), ["softmax", "tanh"])


def test_layers_that_do_not_fit_each_other_are_refused():
    with pytest.raises(ShapeError, match="layer 1 has 2 units, but layer 2 reads 3"):
        Network([Layer(np.ones((2, 1)), np.ones(2)), Layer(np.ones((1, 3)), np.ones(1))])
    with pytest.raises(ShapeError, match="at least one layer"):
        Network([])


def test_names_that_are_not_one_an_input_or_output_are_refused():
    for names in ({"input_names": ["a", "b"]}, {"output_names": ["a", "b"]}):
        with pytest.raises(ShapeError, match="names for a network of 1 inputs and 1 outputs"):
            Network([Layer([[1.0]], [0.0])], **names)


def test_networks_layers_and_units_are_values_that_hash_alike_if_they_are_equal():
    assert hash(_deep()) == hash(_deep())
    assert len({_deep(), _deep(), Network(_deep().layers, output_names=["z"])}) == 2
    assert {_deep().layers[0].units[0]: 1}[_deep().layers[0].units[0]] == 1
    single = Layer(np.float32([[0.5, -0.0]]), np.float32([0.0]))
    double = Layer([[0.5, 0.0]], [-0.0])
    assert single == double
    assert hash(single) == hash(double)


def test_weights_of_a_unit_cannot_be_changed():
    unit = Unit({0: 2.0}, 0.5, "tanh")
    with pytest.raises(TypeError):
        unit.weights[0] = 3.0  # type: ignore[index]
    assert unit.weights == {0: 2.0}
    assert repr(unit.weights) == "{0: 2.0}"


def test_networks_can_be_copied_and_sent_to_other_processes():
    network = _deep()
    assert network.layers[0].units
    assert copy.deepcopy(network) == network == pickle.loads(pickle.dumps(network))


def test_a_layer_without_units_is_refused():
    with pytest.raises(ShapeError, match="at least one unit"):
        Layer(np.ones((0, 2)), np.ones(0))


def test_exact_numbers_are_those_of_the_arrays():
    layer = Layer([[1 / 3, 0.1]], [0.5], exact={(0, 0): Fraction(1, 3)})
    assert layer.exact_units[0].weights == {0: Fraction(1, 3), 1: Fraction(1, 10)}
    assert layer.exact_units[0].bias == Fraction(1, 2)
    assert layer == Layer([[1 / 3, 0.1]], [0.5])
    with pytest.raises(SpecError, match="exact number 1/3"):
        Layer([[0.5]], [0.0], exact={(0, 0): Fraction(1, 3)})


def test_names_become_plain_text():
    network = Network([Layer([[1.0]], [0.0])], np.array(["tempo"]), np.array(["rock"]))
    assert [type(name) for name in (*network.input_names, *network.output_names)] == [str, str]
