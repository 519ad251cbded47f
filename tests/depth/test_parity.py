from itertools import product

import numpy as np
import pytest

from gradatim.depth import build_parity, parity_layer, parity_tree, prove_parity, truth_table
from gradatim.depth.parity import MOST_BITS
from gradatim.errors import ShapeError, SpecError
from gradatim.network import parse
from gradatim.network.graph import Layer, Network

BUILDERS = [parity_layer, parity_tree]


@pytest.mark.parametrize("build", BUILDERS)
@pytest.mark.parametrize("n", range(2, MOST_BITS + 1))
def test_parity_is_proved_on_all_inputs(build, n):
    proof = prove_parity(build(n))
    assert proof.holds
    assert str(proof) == f"Proved in exact arithmetic: right on all {2**n:,} inputs."


@pytest.mark.parametrize("build", BUILDERS)
@pytest.mark.parametrize("n", [2, 3, 5, 8, 11])
def test_floats_agree_with_xor_of_the_bits(build, n):
    bits = np.array(list(product((0, 1), repeat=n)))
    assert build(n)(bits)[:, 0].tolist() == np.bitwise_xor.reduce(bits, axis=1).tolist()


@pytest.mark.parametrize("n", range(2, MOST_BITS + 1))
def test_a_layer_takes_n_units_and_a_tree_the_logarithm_of_n_layers(n):
    layer, tree = parity_layer(n), parity_tree(n)
    assert layer.layer_sizes == (n, n, 1)
    assert layer.n_parameters == (n + 1) ** 2
    assert tree.depth - 1 == (n - 1).bit_length()
    assert tree.n_parameters <= 9 * n


@pytest.mark.parametrize("k", [1, 2, 3, 4])
def test_a_full_tree_has_two_units_an_xor(k):
    n = 2**k
    tree = parity_tree(n)
    assert sum(tree.layer_sizes[1:-1]) == 2 * (n - 1)
    # A unit reads two bits, or two differences of two units; the output reads one difference.
    assert tree.n_parameters == 2 * 3 * n // 2 + 2 * 5 * (n // 2 - 1) + 3


@pytest.mark.parametrize("build", BUILDERS)
def test_a_network_with_one_bias_moved_is_found_out(build):
    network = build(6)
    first = network.layers[0]
    bias = first.bias.copy()
    bias[2] -= 1
    moved = Layer(first.weight, bias, first.activation, first.mask)
    proof = prove_parity(Network([moved, *network.layers[1:]]))
    assert not proof.holds
    assert str(proof).startswith(f"Wrong on {proof.n_wrong} of 64 inputs, such as ")
    for text in proof.wrong:
        bits = [[int(bit) for bit in text]]
        assert Network([moved, *network.layers[1:]])(bits).item() != text.count("1") % 2


def test_fractions_are_made_whole():
    table = truth_table(parse("step(x1/3 + x2/7 - 10/21)"))
    assert table.ravel().tolist() == [0, 0, 0, 1]
    assert truth_table(parse("step(0.1 x1 + 0.2 x2 - 0.3)")).ravel().tolist() == [0, 0, 0, 1]


def test_row_r_has_the_bits_of_r():
    assert truth_table(parse("x1, x2, x3 -> step(x1 - 1)")).ravel().tolist() == [0, 1] * 4


@pytest.mark.parametrize("n", [0, 1, 17])
@pytest.mark.parametrize("build", BUILDERS)
def test_bits_have_a_range(build, n):
    with pytest.raises(SpecError, match=f"2 to 16 bits, not {n}"):
        build(n)


@pytest.mark.parametrize(
    ("network", "words"),
    [
        (parse("relu(x1 + x2)"), "use step throughout"),
        (Network([Layer(np.ones((1, 17)), [0.0], "step")]), "17 inputs"),
        (parse("step(1e19 x1 + x2)"), "unit 1 are too large"),
        (parse("step(1e-19 x1 + x2)"), "too fine"),
    ],
)
def test_what_has_no_table_is_refused(network, words):
    with pytest.raises(SpecError, match=words):
        truth_table(network)


def test_parity_is_one_output():
    with pytest.raises(ShapeError, match="one output"):
        prove_parity(Network([Layer(np.ones((2, 2)), [0.0, 0.0], "step")]))


def test_both_parities_are_what_the_command_line_prints_as_json(printed):
    found = build_parity(2).to_dict()
    assert found.items() <= printed("depth", "--parity", "2").items()
    one = {
        "layer_sizes": [2, 2, 1],
        "hidden_layers": 1,
        "hidden_units": 2,
        "parameters": 9,
        "equation": "y = step(step(x1 + x2 - 1) - step(x1 + x2 - 2) - 1)",
        "proof": {"holds": True, "n_inputs": 4},
    }
    assert found == {"bits": 2, "built": [{"kind": "shallow", **one}, {"kind": "deep", **one}]}
