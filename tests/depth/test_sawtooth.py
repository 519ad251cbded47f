from fractions import Fraction

import numpy as np
import pytest

from gradatim.depth import count_pieces, deep_sawtooth, prove_sawtooth, sawtooth, shallow_sawtooth
from gradatim.depth.teeth import MOST_TEETH
from gradatim.errors import ShapeError, SpecError
from gradatim.network import parse
from gradatim.network.graph import Layer, Network


def mirror(x):
    return 2 * x if 2 * x <= 1 else 2 - 2 * x


@pytest.mark.parametrize("teeth", [1, 2, 4, 8, 64])
def test_a_sawtooth_is_the_mirror_map_composed_with_itself(teeth):
    for i in range(97):
        y = x = Fraction(i, 96)
        for _ in range(teeth.bit_length()):
            y = mirror(y)
        assert sawtooth(x, teeth) == y


@pytest.mark.parametrize("teeth", [2**k for k in range(11)])
def test_deep_and_shallow_are_proved_right_everywhere(teeth):
    for network in (deep_sawtooth(teeth), shallow_sawtooth(teeth)):
        proof = prove_sawtooth(network, teeth)
        assert proof.holds
        assert (proof.n_points, proof.n_gaps) == (2 * teeth + 1, 2 * teeth)


@pytest.mark.parametrize("k", [0, 3, 6, 10])
def test_deep_takes_units_in_the_exponent_and_shallow_in_the_number_of_teeth(k):
    deep, shallow = deep_sawtooth(2**k), shallow_sawtooth(2**k)
    assert sum(deep.layer_sizes[1:-1]) == 2 * (k + 1)
    assert deep.n_parameters == 6 * k + 7
    assert shallow.layer_sizes == (1, 2 * 2**k, 1)
    assert shallow.n_parameters == 6 * 2**k + 1


@pytest.mark.parametrize("k", [1, 4, 7])
def test_as_many_units_in_one_layer_are_as_many_parameters(k):
    deep = deep_sawtooth(2**k)
    shallow = shallow_sawtooth(2**k, n_units=sum(deep.layer_sizes[1:-1]))
    assert shallow.n_parameters == deep.n_parameters


@pytest.mark.parametrize("n_units", range(2, 9))
def test_each_unit_of_a_shallow_one_is_a_piece(n_units):
    network = shallow_sawtooth(4, n_units)
    assert count_pieces(network, on=(0, 1)) == n_units
    x = np.linspace(0, 1, 301)
    s = np.array([float(sawtooth(v, 4)) for v in x])
    until = 1 if n_units == 8 else (2 * n_units - 3) / 16
    expected = np.where(x <= until, s, 0.5)
    assert network(x[:, None])[:, 0] == pytest.approx(expected, abs=1e-12)


def test_one_weight_changed_by_the_least_bit_is_found_out():
    network = shallow_sawtooth(8)
    weight = network.layers[1].weight.copy()
    weight[0, 5] = np.nextafter(weight[0, 5], 100)
    wrong = Network([network.layers[0], Layer(weight, [0.0])])
    assert not prove_sawtooth(wrong, 8).holds


def test_a_wrong_network_is_told_where():
    said = str(prove_sawtooth(parse("relu(x) - 2 relu(x - 1/2)"), 1))
    assert said == "Wrong: from 0 to 0.5 it is 1 x, not 2 x."
    assert "it has 1 linear pieces, not 2" in str(prove_sawtooth(parse("relu(2 - 2x)"), 1))


def test_right_in_fractions_but_not_in_floats_is_wrong():
    # 2 x + 2^60 - 2^60: exact in fractions, zero or more in float64.
    big = 2.0**60
    hidden = Layer([[1.0], [1.0], [0.0]], [0.0, -0.5, big], "relu")
    same = Network([hidden, Layer([[2.0, -4.0, 1.0]], [-big])])
    assert "float64 gives" in str(prove_sawtooth(same, 1))


@pytest.mark.parametrize("teeth", [0, -2, 3, 6, 100])
def test_teeth_are_a_power_of_two(teeth):
    with pytest.raises(SpecError, match=f"{teeth} is no power of two"):
        deep_sawtooth(teeth)


def test_too_many_teeth_are_refused():
    with pytest.raises(SpecError, match="too many to be proved"):
        shallow_sawtooth(2 * MOST_TEETH)


@pytest.mark.parametrize("n_units", [0, 1, 17])
def test_shallow_units_have_a_range(n_units):
    with pytest.raises(SpecError, match="from 2 to 16 units"):
        shallow_sawtooth(8, n_units)


def test_a_sawtooth_is_one_output_and_one_input_from_zero_to_one():
    with pytest.raises(ShapeError, match="one output"):
        prove_sawtooth(Network([Layer([[1.0], [1.0]], [0.0, 0.0])]), 1)
    with pytest.raises(SpecError, match="from 0 to 1"):
        sawtooth("3/2", 1)
