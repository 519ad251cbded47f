"""Networks built for functions: certified, few units, and refused where it cannot be done."""

import itertools
import math

import numpy as np
import pytest
from scipy.integrate import quad

from gradatim.approximation import approximate, approximate_with_units
from gradatim.certificates import certify
from gradatim.certificates.targets import as_box, as_target
from gradatim.errors import EquationError, GradatimError, SpecError

SMOOTH = [
    ("sin(2*pi*x)", (0, 1)), ("x^2", (0, 1)), ("exp(x)", (-1, 1)), ("x^3 - x", (-2, 2)),
    ("1/(1 + 25x^2)", (-1, 1)), ("sqrt(x)", (0, 1)), ("sin(9x) + cos(4x)", (0, 3)),
    ("exp(-x^2)", (-3, 3)), ("log(x)", (0.1, 2)), ("x sin(8x)", (0, 2)), ("tan(x)", (-1, 1)),
]  # fmt: skip


def sampled_error(found, n=20_001):
    box = as_box(found.on)
    random = np.random.default_rng(0)
    X = random.uniform(box[:, 0], box[:, 1], (n, len(box)))
    return np.max(np.abs(found(X)[:, 0] - as_target(found.function, len(box)).values(X)))


@pytest.mark.parametrize("tolerance", [0.05, 0.001])
@pytest.mark.parametrize(("text", "on"), SMOOTH)
def test_relu_units_are_no_more_than_the_lecture_promises(text, on, tolerance):
    found = approximate(text, on, tolerance)
    assert sampled_error(found) <= found.bound.upper <= tolerance
    allowed = math.ceil(1.15 * found.theoretical) + 2 * found.changes
    assert found.n_units <= max(1, allowed)


@pytest.mark.parametrize(
    ("text", "on", "bend", "changes"),
    [
        # f'' by hand, and how often its sign changes inside the interval.
        ("exp(3x)", (-1, 1), lambda x: 9 * np.exp(3 * x), 0),
        ("cos(x^2)", (0, 4), lambda x: -2 * np.sin(x**2) - 4 * x**2 * np.cos(x**2), 5),
        ("x^5 - 2x^3 + x", (-1.5, 1.5), lambda x: 20 * x**3 - 12 * x, 3),
        ("exp(-50x^2)", (-1, 1), lambda x: (1e4 * x**2 - 100) * np.exp(-50 * x**2), 2),
        ("sqrt(x^2 + 0.001)", (-1, 1), lambda x: 0.001 * (x**2 + 0.001) ** -1.5, 0),
        ("x^0.3", (0, 1), lambda x: -0.21 * x**-1.7, 0),
        ("1/(x + 0.05)", (0, 1), lambda x: 2 / (x + 0.05) ** 3, 0),
    ],
)
def test_units_are_few_by_an_integral_computed_elsewhere(text, on, bend, changes):
    # In z with x = a + (b - a) z^6, so that a root at the left end does no harm.
    length = on[1] - on[0]
    integral = quad(
        lambda z: 6 * z**5 * length * math.sqrt(abs(bend(on[0] + length * z**6))),
        0, 1, limit=400, epsrel=1e-5,
    )[0]  # fmt: skip
    size = np.max(np.abs(as_target(text, 1).values(np.linspace(*on, 501)[:, None])))
    for share in (0.02, 0.001):
        found = approximate(text, on, share * size)
        expected = 0.25 * integral / math.sqrt(share * size)
        assert found.theoretical == pytest.approx(expected, rel=0.02)
        assert found.changes == changes
        assert found.n_units <= math.ceil(1.15 * expected + 2 * changes)


def test_a_sine_wave_takes_sixteen_units_or_fewer():
    found = approximate("sin(2*pi*x)", (0, 1), 0.01)
    assert found.n_units <= 16
    # The integral of sqrt(|sin|) over a period is 4.79256.
    assert found.theoretical == pytest.approx(0.25 * 4.79256 / 0.1, rel=1e-3)
    assert found.network.depth == 2
    assert found.network.layers[1].activation == "identity"


@pytest.mark.parametrize("activation", ["relu", "step", "sigmoid", "tanh"])
@pytest.mark.parametrize(
    ("text", "on", "tolerance"),
    [
        ("sin(2*pi*x)", (0, 1), 0.05),
        ("abs(x - 0.3)", (0, 1), 0.02),
        ("sqrt(x)", (0, 1), 0.02),
        ("3", (-1, 1), 0.01),
        ("1e6 + 1e3 x", (0, 1), 10.0),
        ("1e-6 exp(x)", (0, 1), 1e-8),
        ("min(x, 2 - x)", (-3, 5), 0.1),
    ],
)
def test_every_activation_is_certified_on_a_line(text, on, tolerance, activation):
    found = approximate(text, on, tolerance, activation)
    assert sampled_error(found) <= found.bound.upper * (1 + 1e-9) <= tolerance * (1 + 1e-9)
    assert found.bound.complete
    again = certify(found.network, text, on, gap=0.05)
    assert again.upper == pytest.approx(found.bound.upper, rel=0.06, abs=1e-3 * tolerance)


def test_step_units_are_as_many_as_the_variation_asks_for():
    found = approximate("sin(2*pi*x)", (0, 1), 0.02, "step")
    assert found.theoretical == pytest.approx(4 / 0.04, rel=1e-4)
    assert found.n_units <= math.ceil(found.theoretical) + 2


@pytest.mark.parametrize(
    ("text", "activation"),
    [
        *(("x*y", name) for name in ("relu", "step", "sigmoid", "tanh")),
        *(("sin(x)*cos(y)", name) for name in ("relu", "tanh")),
        *(("exp(-(x^2+y^2))", name) for name in ("relu", "sigmoid")),
        *(("2x - y", name) for name in ("step", "sigmoid")),
    ],
)
def test_functions_of_two_variables_are_certified(text, activation):
    tolerance = 0.05 if activation != "step" else 0.1
    found = approximate(text, ((0, 1), (0, 1)), tolerance, activation)
    assert sampled_error(found) <= found.bound.upper <= tolerance
    assert found.network.depth == 2
    assert found.network.n_inputs == 2


@pytest.mark.parametrize("activation", ["relu", "step", "tanh"])
def test_a_constant_of_two_variables_is_met_exactly(activation):
    found = approximate("floor(0.5) + (x - x)", ((0, 1), (0, 1)), 0.1, activation)
    assert found.bound.upper < 1e-9


def test_a_rectangle_away_from_the_origin_is_a_square_as_well():
    found = approximate("x*y", ((10, 12), (-3, 5)), 0.2)
    assert sampled_error(found) <= found.bound.upper <= 0.2


def test_a_product_needs_two_directions():
    weight = approximate("x*y", ((-1, 1), (-1, 1)), 0.05).network.layers[0].weight
    assert {round(abs(a / b), 9) for a, b in weight} == {1.0}


def test_a_callable_over_balls_gives_the_network_of_its_text():
    text = approximate("sin(3x)", (0, 1), 0.02)
    code = approximate(lambda x: (3 * x).sin(), (0, 1), 0.02)
    assert code.n_units == text.n_units
    assert code.bound.upper == pytest.approx(text.bound.upper, rel=1e-2)


@pytest.mark.parametrize("activation", ["relu", "step", "tanh"])
def test_more_units_err_less(activation):
    found = [approximate_with_units("exp(x)", (0, 1), n, activation) for n in (1, 2, 4, 8)]
    errors = [one.bound.upper for one in found]
    assert all(one.n_units <= n for one, n in zip(found, (1, 2, 4, 8), strict=True))
    assert all(b < 1.02 * a for a, b in itertools.pairwise(errors))


def test_errors_fall_as_theory_says():
    relu = [approximate_with_units("exp(x)", (0, 1), n).bound.upper for n in (8, 32)]
    step = [approximate_with_units("exp(x)", (0, 1), n, "step").bound.upper for n in (8, 32)]
    assert relu[0] / relu[1] == pytest.approx(16, rel=0.2)
    assert step[0] / step[1] == pytest.approx(4, rel=0.2)


@pytest.mark.parametrize(
    ("arguments", "error", "words"),
    [
        (("1/x", (-1, 1)), EquationError, "denominator"),
        (("floor(x)", (0, 2)), EquationError, "half of its height"),
        (("sqrt(x)", (-1, 1)), EquationError, "no value there"),
        (("exp(x)", (0, 1000)), EquationError, "on which it is smaller"),
        (("x", (1, 0)), SpecError, "the interval from 1 to 0 is empty"),
        (("x", (0, 1), 0.0), SpecError, "tolerance"),
        (("x", (0, 1), 0.1, "gelu"), SpecError, "relu, step, sigmoid or tanh"),
        (("x", (0, 1), 1e-12), SpecError, "rounding of values near 1; give at least 1e-09"),
        (("x", (0, 1), 1e-5, "step"), SpecError, "at most 5,000"),
        (("x*y", (0, 1)), GradatimError, "interval for each"),
        (("sin(60 x*y)", ((-1, 1), (-1, 1)), 0.01), SpecError, "no network of up to 160 units"),
    ],
)
def test_what_cannot_be_built_is_refused_with_the_reason(arguments, error, words):
    with pytest.raises(error, match=words):
        approximate(*arguments)


def test_a_width_is_for_one_variable_and_at_least_one():
    with pytest.raises(SpecError, match="for two, give a tolerance alone"):
        approximate_with_units("x*y", ((0, 1), (0, 1)), 4)
    with pytest.raises(SpecError, match="0 units make no network"):
        approximate_with_units("x", (0, 1), 0)


def test_an_approximation_is_what_the_command_line_prints_as_json(printed):
    found = approximate("abs(x - 1/2)", (0, 1), 0.01).to_dict()
    assert found.items() <= printed("approximate", "abs(x - 1/2)").items()
    assert (found["units"], found["changes_of_convexity"]) == (2, 0)
    weights = found["network"]
    hidden = np.maximum(np.outer([0, 0.5, 1], weights["weight"]) + weights["bias"], 0)
    values = hidden @ weights["output_weight"] + weights["output_bias"]
    assert values == pytest.approx([0.5, 0, 0.5], abs=0.01)
