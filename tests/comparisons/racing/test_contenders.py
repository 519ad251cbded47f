from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gradatim.comparisons.racing.contenders import (
    CONTENDERS,
    kernel_parameters,
    shape_for,
)
from gradatim.network.initialize import count_parameters, initialize

BY_NAME = {contender.name: contender for contender in CONTENDERS}


@given(st.sampled_from(CONTENDERS), st.integers(1, 6), st.sampled_from([1, 3]), st.integers(1, 300))
def test_no_shape_exceeds_its_budget(contender, n_inputs, n_outputs, budget):
    shape = shape_for(contender, n_inputs, n_outputs, budget)
    if contender.budgeted and shape is not None:
        assert shape.n_parameters <= budget


@pytest.mark.parametrize("name", ["shallow-relu", "deep-2", "deep-3"])
@pytest.mark.parametrize("budget", [20, 47, 100])
def test_no_other_widths_of_nearly_equal_layers_come_nearer(name, budget):
    contender = BY_NAME[name]
    shape = shape_for(contender, 2, 1, budget)
    others = product(range(1, 40), repeat=contender.n_hidden)
    counts = [count_parameters((2, *h, 1)) for h in others if max(h) - min(h) <= 1]
    assert shape.n_parameters == max(n for n in counts if n <= budget)
    assert max(shape.size) - min(shape.size) <= 1


def test_parameters_of_a_network_are_the_numbers_that_it_is_initialized_with():
    layers = initialize((3, 5, 4, 2), "glorot", 0, "relu")
    assert count_parameters((3, 5, 4, 2)) == sum(w.size + b.size for w, b in layers)


def test_a_kernel_machine_keeps_centers_weights_and_biases():
    assert kernel_parameters(2, 10, 1) == 10 * 2 + 10 + 1
    assert kernel_parameters(3, 4, 5) == 4 * 3 + 4 * 5 + 5


def test_a_polynomial_has_a_weight_a_monomial():
    # Up to degree 3 in two inputs: 1, x, y, xx, xy, yy, xxx, xxy, xyy, yyy.
    assert shape_for(BY_NAME["polynomial"], 2, 1, 10).size == (3,)
    assert shape_for(BY_NAME["polynomial"], 2, 1, 9).size == (2,)


def test_one_input_does_not_make_the_degree_endless():
    assert shape_for(BY_NAME["polynomial"], 1, 1, 500).size == (30,)


def test_who_does_not_fit_is_absent():
    assert shape_for(BY_NAME["deep-5"], 2, 1, 12) is None
    assert shape_for(BY_NAME["deep-5"], 2, 1, 13).size == (1, 1, 1, 1, 1)
    assert shape_for(BY_NAME["kernel"], 30, 1, 20) is None
