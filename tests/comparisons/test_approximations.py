"""Built and trained networks of equal width, both certified."""

import numpy as np
import pytest

from gradatim.comparisons.approximations import error_by_width, train_units
from gradatim.errors import SpecError


def test_a_trained_network_is_one_of_the_function_itself_and_certified():
    found = train_units("x^2", (2, 5), 8, "tanh", n_seeds=3, max_epochs=60)
    x = np.linspace(2, 5, 5_001)[:, None]
    error = np.max(np.abs(found.best(x)[:, 0] - x[:, 0] ** 2))
    best = min(found.bounds, key=lambda bound: bound.upper)
    assert error <= best.upper <= 1.1 * error
    assert all(bound.complete for bound in found.bounds)
    # Of values between 4 and 25 the network has learnt something.
    assert best.upper < 5


def test_the_same_seed_gives_the_same_networks():
    one, other = (train_units("x", (0, 1), 2, n_seeds=2, seed=7, max_epochs=5) for _ in range(2))
    assert one.bounds == other.bounds
    assert one.protocol == other.protocol
    different = train_units("x", (0, 1), 2, n_seeds=2, seed=8, max_epochs=5)
    assert different.bounds != one.bounds


def test_two_variables_are_trained_too():
    found = train_units("x*y", ((0, 1), (0, 1)), 4, n_seeds=2, max_epochs=10)
    assert found.best.n_inputs == 2
    assert found.errors.shape == (2,)


def test_built_networks_err_less_than_the_median_of_trained_ones():
    rates = error_by_width("sin(2*pi*x)", (0, 1), [8, 4], n_seeds=5, max_epochs=60)
    assert rates.widths == (4, 8)
    assert rates.order == 2
    for built, trained in zip(rates.built, rates.trained, strict=True):
        assert built.bound.upper < trained.quartiles[1]


def test_step_units_are_built_only():
    assert error_by_width("x", (0, 1), [2], "step", n_seeds=3).trained == ()
    with pytest.raises(SpecError, match="no slope"):
        train_units("x", (0, 1), 2, "step")


def test_numbers_out_of_range_are_refused():
    with pytest.raises(SpecError):
        train_units("x", (0, 1), 0)
    with pytest.raises(SpecError):
        error_by_width("x", (0, 1), [])


def test_what_was_trained_is_what_the_command_line_prints_as_json(printed):
    options = {"n_seeds": 2, "max_epochs": 5}
    asked = ("approximate", "x", "--trained", "--seeds", "2", "--epochs", "5")
    found = train_units("x", (0, 1), 1, **options).to_dict()
    assert found == printed(*asked)["trained"]
    assert (found["units"], len(found["bounds"])) == (1, 2)
    assert found["quartiles"] == sorted(found["quartiles"])
    rates = error_by_width("x", (0, 1), [1, 2], **options).to_dict()
    assert rates.items() <= printed(*asked, "--widths", "2,1").items()
    assert (rates["order"], [one["width"] for one in rates["widths"]]) == (2, [1, 2])
