import json
from dataclasses import replace
from itertools import product

import numpy as np
import pytest

from gradatim.comparisons.separable import train_hidden
from gradatim.comparisons.separable.proved import wrong_rows
from gradatim.errors import LabelError, ShapeError, SpecError
from gradatim.network import Layer, Network

XOR = np.array(list(product([0.0, 1.0], repeat=2)))


@pytest.mark.parametrize("activation", ["tanh", "relu", "sigmoid"])
def test_xor_is_solved_by_two_units_and_by_no_one(activation):
    found = train_hidden(XOR, [0, 1, 1, 0], activation=activation)
    assert found.n_units == 2
    assert found.tried[0].n_solved == 0
    assert found.verify()
    assert (found.network(XOR)[:, 0] >= 0.5).tolist() == [False, True, True, False]


def test_three_classes_are_the_greatest_of_three_outputs():
    X = [[x / 10] for x in range(-10, 11)]
    y = ["in" if abs(x) < 0.35 else "low" if x < 0 else "up" for (x,) in X]
    found = train_hidden(X, y)
    assert found.verify()
    assert [found.classes[k] for k in found.network(X).argmax(axis=1)] == y
    assert found.network.output_names == ("in", "low", "up")


def test_scales_of_the_inputs_are_in_the_weights():
    X = XOR * [1e4, 1e-4] + [5e5, 3.0]
    assert train_hidden(X, [0, 1, 1, 0]).verify()


def test_what_no_seed_solves_is_told():
    found = train_hidden([[0], [0], [1]], [0, 1, 1], max_width=2, n_seeds=3, max_epochs=20)
    assert (found.network, found.n_units, found.seed) == (None, None, None)
    assert [(one.width, one.n_seeds, one.n_solved) for one in found.tried] == [(1, 3, 0), (2, 3, 0)]
    assert all(one.fewest_errors >= 1 for one in found.tried)
    assert not found.verify()


def test_the_same_seed_gives_the_same_network():
    first, second = (train_hidden(XOR, [0, 1, 1, 0], random_state=3) for _ in range(2))
    assert first.network == second.network
    assert first.seed >= 3


def abs_network(bias):
    """|x| + bias by two ReLU units."""
    hidden = Layer([[1.0], [-1.0]], [0.0, 0.0], "relu")
    return Network([hidden, Layer([[1.0, 1.0]], [bias], "logistic")])


def test_rows_are_proved_one_by_one():
    table, codes = np.array([[0.5], [-2.0], [3.0]]), np.array([0, 1, 1])
    assert wrong_rows(abs_network(-1.0), table, codes) == []
    assert wrong_rows(abs_network(-2.5), table, codes) == [1]


def test_a_row_on_the_boundary_is_not_proved():
    # The sum is 0 exactly: no class is certain, although floats call it class 1.
    assert wrong_rows(abs_network(-2.0), np.array([[2.0], [0.0]]), np.array([1, 0])) == [0]


def test_a_network_that_is_not_right_is_not_verified():
    found = train_hidden(XOR, [0, 1, 1, 0])
    assert not replace(found, codes=1 - found.codes).verify()


@pytest.mark.parametrize(
    ("arguments", "options", "error", "said"),
    [
        ((XOR, [0, 1]), {}, ShapeError, "2 labels"),
        ((XOR, [0] * 4), {}, LabelError, "two different labels"),
        ((XOR, [0, 1, 1, 0]), {"activation": "step"}, SpecError, "tanh, relu or sigmoid"),
        ((XOR, [0, 1, 1, 0]), {"max_width": 0}, SpecError, "at least 1"),
        ((XOR, [0, 1, 1, 0]), {"random_state": -1}, SpecError, "random_state"),
    ],
)
def test_what_cannot_be_used_is_refused(arguments, options, error, said):
    with pytest.raises(error, match=said):
        train_hidden(*arguments, **options)


def test_a_trained_layer_is_what_json_holds_also_without_a_network():
    table = [[0, 0], [0, 1], [1, 0], [1, 1]]
    found = train_hidden(table, [0, 1, 1, 0], max_width=1, n_seeds=2, max_epochs=5).to_dict()
    assert json.loads(json.dumps(found, allow_nan=False)) == found
    assert (found["equation"], found["n_units"], found["seed"]) == (None, None, None)
    assert [(one["width"], one["n_seeds"], one["n_solved"]) for one in found["tried"]] == [
        (1, 2, 0)
    ]
