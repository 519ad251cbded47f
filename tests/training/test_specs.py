"""Specs: what is refused, and what is made uniform."""

import math

import numpy as np
import pytest

from gradatim import NetworkSpec
from gradatim.errors import SpecError


def test_layers_become_a_tuple_of_whole_numbers_and_aliases_are_resolved():
    spec = NetworkSpec(hidden_layer_sizes=[np.int64(8), 4.0], activation="sigmoid")
    assert spec.hidden_layer_sizes == (8, 4)
    assert all(type(n) is int for n in spec.hidden_layer_sizes)
    assert spec.activation == "logistic"


@pytest.mark.parametrize("width", [8, np.int64(8)])
def test_one_number_is_one_hidden_layer(width):
    assert NetworkSpec(width) == NetworkSpec((8,))


def test_equal_specs_are_equal_and_hash_alike():
    assert len({NetworkSpec([8], "sigmoid"), NetworkSpec((8,), "logistic")}) == 1


@pytest.mark.parametrize("sizes", [(0,), (-3,), (2.5,), (True,), ("8",), (math.nan,), "8", None])
def test_layers_that_are_no_positive_whole_numbers_are_refused(sizes):
    with pytest.raises(SpecError, match="positive whole numbers"):
        NetworkSpec(sizes)


@pytest.mark.parametrize(
    ("field", "values"),
    [
        ("learning_rate", (0.0, -1.0, math.nan, math.inf)),
        ("weight_decay", (-1e-9, math.nan, math.inf)),
        ("input_scale", (-1.0, math.inf)),
        ("momentum", (-0.1, 1.0, math.nan)),
        ("beta_2", (-0.1, 1.0)),
        ("label_smoothing", (-0.1, 1.0)),
        ("dropout", (-0.1, 1.0)),
        ("max_epochs", (0, -5)),
        ("seed", (-1,)),
        ("optimizer", ("rmsprop", None)),
        ("schedule", ("linear",)),
        ("initialization", ("xavier",)),
    ],
)
def test_a_value_out_of_its_range_is_refused_by_the_name_of_its_field(field, values):
    for value in values:
        with pytest.raises(SpecError, match=field):
            NetworkSpec(**{field: value})


@pytest.mark.parametrize(
    "fields",
    [
        {"momentum": 0.0, "beta_2": 0.0, "label_smoothing": 0.0, "dropout": 0.0},
        {"momentum": 0.999, "beta_2": 0.999, "label_smoothing": 0.9, "dropout": 0.9},
        {"max_epochs": 1, "seed": 2**32 - 1, "learning_rate": 1e-12, "weight_decay": 0.0},
    ],
)
def test_values_at_the_ends_of_their_ranges_are_taken(fields):
    spec = NetworkSpec(**fields)
    assert {name: getattr(spec, name) for name in fields} == fields


def test_softmax_is_refused_in_a_hidden_layer():
    with pytest.raises(SpecError, match="softmax belongs to the output"):
        NetworkSpec((8,), "softmax")


@pytest.mark.parametrize("field", ["dropout", "input_scale"])
def test_lbfgs_refuses_what_makes_its_function_change(field):
    with pytest.raises(SpecError, match="lbfgs needs a fixed function"):
        NetworkSpec(optimizer="lbfgs", **{field: 0.5})
