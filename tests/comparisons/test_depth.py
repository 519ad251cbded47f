import json
from fractions import Fraction
from itertools import pairwise

import numpy as np
import pytest

from gradatim.comparisons import TrainedShape, compare_depth
from gradatim.comparisons.depth import _budgets, _deep
from gradatim.comparisons.sawtooth_fits import (
    _begin,
    _of_scaled,
    _on_unit_interval,
    sawtooth_rows,
)
from gradatim.comparisons.sawtooth_result import shallow_width
from gradatim.depth import deep_sawtooth, lower_bound, sawtooth, sawtooth_error
from gradatim.depth.lower_bounds import SawtoothError
from gradatim.errors import SpecError
from gradatim.network.graph import Layer, Network


@pytest.fixture(scope="module")
def small():
    return compare_depth(2, n_seeds=6, max_epochs=300, budgets=[13, 52])


def test_what_is_built_is_proved_and_needs_no_training():
    found = compare_depth(32, n_seeds=0)
    assert found.trained == ()
    assert [one.kind for one in found.built] == ["deep", "shallow", "shallow"]
    assert [one.proof is not None and one.proof.holds for one in found.built] == [True, True, False]
    assert [one.network.n_parameters for one in found.built] == [37, 193, 37]
    assert found.bound == lower_bound(32, 13)


def test_no_trained_network_exceeds_its_budget_or_beats_the_theorem(small):
    assert [(s.kind, s.budget, s.start == "near") for s in small.trained] == [
        ("shallow", 13, False),
        ("deep", 13, False),
        ("deep", 13, True),
        ("shallow", 52, False),
        ("deep", 52, False),
    ]
    for shape in small.trained:
        assert shape.n_parameters <= shape.budget
        assert len(shape.networks) == len(shape.errors) == 6
        for network, error in zip(shape.networks, shape.errors, strict=True):
            assert error == sawtooth_error(network, 2)
            assert error.mean_absolute >= shape.bound.mean_absolute
            assert error.mean_squared >= shape.bound.mean_squared


def test_wide_shallow_networks_learn_two_teeth(small):
    wide = small.at(52, "shallow")
    assert wide.n_solved == 6
    assert wide.median < 0.02


def test_training_that_begins_near_the_construction_comes_back_to_it(small):
    [near] = [shape for shape in small.trained if shape.start == "near"]
    assert near.n_solved == 6
    assert near.mean_absolute[-1] < 0.005
    assert small.at(13, "deep").start != "near"


def test_the_same_seed_gives_the_same_networks(small):
    again = compare_depth(2, n_seeds=6, max_epochs=300, budgets=[13, 52])
    assert again.trained == small.trained
    other = compare_depth(2, n_seeds=6, max_epochs=300, budgets=[13, 52], random_state=6)
    assert other.trained[0].networks != small.trained[0].networks


def test_the_json_object_says_how_it_came_about(small):
    found = json.loads(json.dumps(small.to_dict(), allow_nan=False))
    assert found["gradatim"]
    protocol = found["protocol"]
    assert (protocol["seed"], protocol["seeds"], protocol["epochs"]) == (0, 6, 300)
    assert len(protocol["sha256"]) == 64
    assert found["bound"]["n_pieces"] == 5
    first = found["trained"][0]
    assert len(first["mean_absolute"]["all"]) == 6
    assert first["mean_absolute"]["best"] == first["mean_absolute"]["all"][first_best(first)]


def first_best(shape):
    errors = shape["mean_absolute"]["all"]
    return errors.index(min(errors))


def test_progress_goes_up_to_the_end():
    told = []
    compare_depth(
        2,
        n_seeds=1,
        max_epochs=3,
        budgets=[13],
        progress=lambda share, doing: told.append(share),
    )
    assert told == sorted(told)
    assert told[-1] == pytest.approx(1.0)


def test_rows_are_values_of_the_sawtooth():
    x, y = sawtooth_rows(64)
    assert len(x) == 1024
    assert y.tolist() == [float(sawtooth(Fraction(v), 64)) for v in x]


def test_a_function_of_the_scaled_input_is_the_same_function():
    network = deep_sawtooth(4)
    scaled = _of_scaled(network)
    x = np.linspace(0, 1, 65)
    assert scaled(2 * x[:, None] - 1) == pytest.approx(network(x[:, None]), abs=1e-12)
    back = _on_unit_interval(scaled)
    assert back(x[:, None]) == pytest.approx(network(x[:, None]), abs=1e-12)


def test_a_spread_start_has_a_bend_in_every_part_of_the_interval():
    x, y = sawtooth_rows(4)
    network = _begin("spread", (10,), 0, 2 * x[:, None] - 1, y, 4)
    first = network.layers[0]
    bends = -first.bias / first.weight[:, 0]
    assert np.floor((bends + 1) * 5).tolist() == list(range(10))
    residual = network(2 * x[:, None] - 1)[:, 0] - y
    # Least squares leaves nothing that a unit could still explain.
    hidden = Network([first])(2 * x[:, None] - 1)
    assert np.abs(hidden.T @ residual).max() < 1e-6


@pytest.mark.parametrize("n", [7, 13, 43, 100, 385])
@pytest.mark.parametrize("k", [1, 3, 6])
def test_widths_are_the_largest_that_a_budget_allows(n, k):
    def parameters(widths):
        sizes = [1, *widths, 1]
        return sum((a + 1) * b for a, b in pairwise(sizes))

    assert parameters([shallow_width(n)]) <= n < parameters([shallow_width(n) + 1])
    width = _deep(n, k)
    assert parameters([width + 1] * (k + 1)) > n
    assert width == 0 or parameters([width] * (k + 1)) <= n


def test_budgets_go_from_one_construction_to_twice_the_other():
    assert _budgets(43, 385) == (43, 86, 172, 385, 770)
    assert _budgets(7, 7) == (7, 7, 14)


def fake(errors):
    network = Network([Layer([[1.0]], [0.0], "relu"), Layer([[1.0]], [0.0])])
    found = [SawtoothError(2, 1, Fraction(1), Fraction(e, 100), Fraction(0), 1) for e in errors]
    return TrainedShape(
        "shallow", 4, "drawn", 0.01, (network,) * len(found), tuple(found), lower_bound(2, 2)
    )


@pytest.mark.parametrize(("n", "rank"), [(6, 1), (9, 2), (20, 6), (50, 18)])
def test_the_interval_of_a_median_is_that_of_the_tables(n, rank):
    # Ranks of 95 % intervals for a median, as the tables of order statistics have them.
    assert fake(range(1, n + 1)).interval == (rank / 100, (n + 1 - rank) / 100)


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"teeth": 3}, "no power of two"),
        ({"n_seeds": -1}, "cannot be -1"),
        ({"max_epochs": 0}, "at least 1"),
        ({"random_state": -1}, "seed at least 0"),
        ({"budgets": [40, 3]}, "a budget of 3 has none"),
    ],
)
def test_numbers_out_of_range_are_refused(options, words):
    with pytest.raises(SpecError, match=words):
        compare_depth(**({"teeth": 2, "n_seeds": 0} | options))
