"""The certificate is never below an error, and near to the largest one."""

import itertools
import json

import mpmath
import numpy as np
import pytest
from flint import arb

from gradatim.activations import ACTIVATIONS
from gradatim.certificates import Bound, certify
from gradatim.certificates.ball_networks import BallNetwork
from gradatim.certificates.networks import FloatNetwork, kinks
from gradatim.certificates.targets import centers
from gradatim.errors import GradatimError, ShapeError, SpecError
from gradatim.network import Layer, Network, parse

KINDS = [name for name in ACTIVATIONS if name != "softmax"]
FUNCTIONS = {
    1: ["sin(3x)", "exp(-x^2)", "abs(x)", "sqrt(1 - x^2)", "x^3 - x", "max(x, 1/3)", "1/(2 + x)"],
    2: ["sin(3x)*y", "exp(-(x^2+y^2))", "abs(x - y)", "x*y", "max(x, y^2)", "log(3 + x - y)"],
}


def random_network(random, n_inputs, depth, kind, width=None):
    width = width or int(random.integers(1, 20))
    sizes = [n_inputs, *[width] * depth, 1]
    return Network(
        [
            Layer(
                2 * random.normal(size=(n_out, n_in)) / np.sqrt(n_in),
                random.normal(size=n_out),
                kind if i < depth else "identity",
            )
            for i, (n_in, n_out) in enumerate(itertools.pairwise(sizes))
        ]
    )


def mpmath_error(network, text, point):
    """Compute the error at a point with 40 digits, by code of its own."""
    from gradatim.certificates import parse_formula

    act = {
        "relu": lambda z: max(z, mpmath.mpf(0)),
        "leaky_relu": lambda z: z if z >= 0 else mpmath.mpf(0.01) * z,
        "identity": lambda z: z,
        "heaviside": lambda z: mpmath.mpf(z >= 0),
        "sign": mpmath.sign,
        "tanh": mpmath.tanh,
        "logistic": lambda z: 1 / (1 + mpmath.exp(-z)),
        "elu": lambda z: z if z >= 0 else mpmath.expm1(z),
        "silu": lambda z: z / (1 + mpmath.exp(-z)),
        "gelu": lambda z: z * mpmath.ncdf(z),
        "softplus": lambda z: mpmath.log1p(mpmath.exp(z)),
    }
    with mpmath.workdps(40):
        values = [mpmath.mpf(float(x)) for x in point]
        for layer in network.layers:
            sums = [
                mpmath.fsum(mpmath.mpf(float(w)) * a for w, a in zip(row, values, strict=True))
                + mpmath.mpf(float(b))
                for row, b in zip(layer.weight, layer.bias, strict=True)
            ]
            values = [act[name](z) for name, z in zip(layer.activations, sums, strict=True)]
        operations = {
            "number": lambda v: mpmath.mpf(v.numerator) / v.denominator,
            "variable": lambda i: mpmath.mpf(float(point[i])),
            "pi": lambda: mpmath.pi,
            "e": lambda: mpmath.e,
            "add": lambda a, b: a + b,
            "sub": lambda a, b: a - b,
            "mul": lambda a, b: a * b,
            "div": lambda a, b: a / b,
            "neg": lambda a: -a,
            "power": lambda a, n: a**n,
            "min": min,
            "max": max,
            "abs": abs,
            "sqrt": mpmath.sqrt,
            "sin": mpmath.sin,
            "exp": mpmath.exp,
            "log": mpmath.log,
        }
        results = []
        for op in parse_formula(text).program:
            arguments = [results[i] for i in op.sources]
            extra = [] if op.value is None else [op.value]
            results.append(operations[op.kind](*arguments, *extra))
        return float(abs(values[0] - results[-1]))


def check_pair(random, case, n_points):
    """Certify a random network and return whether the bound was beaten, and its gap."""
    n_inputs = 1 + case % 2
    kind = KINDS[case % len(KINDS)]
    depth = 1 + (case // 2) % 2
    network = random_network(random, n_inputs, depth, kind)
    text = FUNCTIONS[n_inputs][case % len(FUNCTIONS[n_inputs])]
    box = [(-1.0, 1.0)] * n_inputs
    bound = certify(network, text, box, gap=0.05)
    X = random.uniform(-1, 1, (n_points, n_inputs))
    from gradatim.certificates.targets import as_target

    errors = np.abs(network(X)[:, 0] - as_target(text, n_inputs).values(X))
    worst = int(np.argmax(errors))
    # Floats may round beyond a bound that is sharp; forty digits do not.
    beaten = errors[worst] > bound.upper and mpmath_error(network, text, X[worst]) > bound.upper
    return beaten, bound, mpmath_error(network, text, np.array(bound.at)), errors[worst]


@pytest.mark.parametrize("case", range(44))
def test_the_bound_is_never_below_an_error_and_near_to_the_largest(case):
    beaten, bound, at, _ = check_pair(np.random.default_rng(case), case, 20_000)
    assert not beaten
    assert bound.complete
    assert bound.lower <= at * (1 + 1e-12) <= bound.upper * (1 + 1e-12)
    assert bound.gap <= 0.05 + 1e-9


def test_the_error_of_a_relu_unit_against_a_square_is_a_quarter():
    bound = certify(parse("relu(x)"), "x^2", (0, 1), gap=1e-4)
    assert 0.25 <= bound.upper <= 0.25 * 1.0001
    assert bound.at == (0.5,)
    [(low, high)] = bound.box
    assert low <= 0.5 + 0.02
    assert high >= 0.5 - 0.02


def test_a_step_errs_by_half_on_both_sides_of_its_jump():
    bound = certify(parse("step(x - 0.5)"), "x", (0, 1))
    assert 0.5 <= bound.upper <= 0.51
    assert bound.lower >= 0.499999


def test_equal_functions_have_an_error_of_rounding_only():
    bound = certify(parse("relu(x) - relu(-x)"), "x", (-1, 1))
    assert bound.upper < 1e-10
    assert bound.lower == 0
    assert bound.complete


@pytest.mark.parametrize("kind", [name for name in KINDS if name not in ("heaviside", "sign")])
def test_both_arithmetics_give_the_same_bound(kind):
    network = random_network(np.random.default_rng(1), 1, 1, kind, width=3)
    first = certify(network, "sin(3x)", (-1, 1), gap=0.05)
    second = certify(network, "sin(3x)", (-1, 1), gap=0.05, arithmetic="arb")
    assert first.complete
    assert second.complete
    assert second.lower <= first.upper
    assert first.lower <= second.upper
    assert first.upper == pytest.approx(second.upper, rel=0.06)


@pytest.mark.parametrize("kind", KINDS)
def test_enclosures_in_floats_hold_points_and_overlap_those_in_balls(kind):
    random = np.random.default_rng(2)
    network = random_network(random, 2, 2, kind, width=4)
    low = random.uniform(-1, 0.9, (6, 2))
    high = low + 0.05
    floats, balls = (
        FloatNetwork(network).enclose(low, high),
        BallNetwork(network).enclose(low, high),
    )
    for _ in range(30):
        X = low + random.uniform(size=low.shape) * (high - low)
        y = network(X)[:, 0]
        assert np.all((floats.value.low <= y + 1e-12) & (y - 1e-12 <= floats.value.high))
        assert np.all((balls.value.low <= y + 1e-12) & (y - 1e-12 <= balls.value.high))
        away = X - centers(low, high)
        moved = np.sum(np.maximum(floats.slopes.high * away, floats.slopes.low * away), axis=1)
        assert np.all(y <= floats.center.high + moved + 1e-12)
    assert np.all(floats.slopes.low <= balls.slopes.high + 1e-12)
    assert np.all(balls.slopes.low <= floats.slopes.high + 1e-12)


def test_a_callable_over_balls_is_certified_like_its_text():
    network = random_network(np.random.default_rng(3), 1, 1, "tanh", width=4)
    text = certify(network, "sin(3x)", (0, 1))
    code = certify(network, lambda x: (3 * x).sin(), (0, 1))
    values = certify(network, lambda x: abs((3 * x).sin()), (0, 1))
    assert code.upper == pytest.approx(text.upper, rel=1e-6)
    assert values.lower <= text.upper
    assert values.complete


def test_work_has_a_limit_and_the_bound_so_far_says_so():
    network = random_network(np.random.default_rng(4), 2, 2, "tanh", width=8)
    short = certify(network, "sin(9x)*y", [(-1, 1), (-1, 1)], gap=0.001, max_boxes=300)
    long = certify(network, "sin(9x)*y", [(-1, 1), (-1, 1)], gap=0.02)
    assert not short.complete
    assert "so far" in str(short)
    assert short.upper >= long.lower
    assert long.complete


def test_kinks_of_later_layers_are_found():
    network = parse("relu(relu(x) - relu(x - 0.5) - 0.25)")
    assert kinks(network, 0.0, 1.0).tolist() == pytest.approx([0.25, 0.5])


def test_a_shift_of_the_function_shifts_the_error():
    base = certify(parse("relu(x)"), "x^2", (0, 1), gap=1e-3)
    moved = certify(parse("relu(x)"), "x^2 - 1", (0, 1), gap=1e-3)
    assert moved.upper == pytest.approx(1.25, rel=2e-3)
    assert base.upper < moved.upper


@pytest.mark.parametrize(
    ("network", "function", "box", "options"),
    [
        (parse("relu(x1 + x2)"), "x", (0, 1), {}),
        (parse("relu(x); relu(-x)"), "x", (0, 1), {}),
        (parse("softmax(x, -x)"), "x", (0, 1), {}),
        (parse("relu(x)"), "x*y", (0, 1), {}),
        (parse("relu(x)"), "x", (0, 1), {"gap": 0}),
        (parse("relu(x)"), "x", (0, 1), {"arithmetic": "double"}),
        (parse("relu(x)"), "x", (1, 0), {}),
        (Network([Layer([[np.inf]], [0.0], "relu")]), "x", (0, 1), {}),
        (parse("a(x)"), "x", (0, 1), {}),
    ],
)
def test_what_has_no_bound_is_refused(network, function, box, options):
    with pytest.raises((ShapeError, SpecError, GradatimError)):
        certify(network, function, box, **options)


def test_float32_weights_are_the_numbers_that_they_are():
    network = Network([Layer(np.array([[0.1]], np.float32), np.zeros(1, np.float32))])
    bound = certify(network, "0.1x", (0, 1), gap=1e-3)
    assert bound.upper == pytest.approx(abs(float(np.float32(0.1)) - 0.1), rel=1e-2, abs=2e-11)
    assert arb(0.1).is_exact()


def test_steps_along_the_axes_are_told_apart_in_few_parts():
    # One slope of the target is 0, so it alone never says to cut between y = 0.3 and y = 0.31.
    network = parse("x, y -> step(x - 0.5) + 5 step(y - 0.3) - 5 step(y - 0.31)")
    bound = certify(network, "x", ((0, 1), (0, 1)), gap=0.05, max_boxes=5_000)
    assert bound.complete
    assert 5.49 < bound.lower <= bound.upper <= 1.05 * 5.5


def test_a_bound_that_is_enough_ends_the_search():
    network = parse("x, y -> relu(x - y) + relu(y - x)")
    exact = certify(network, "abs(x - y)", ((-1, 1), (-1, 1)), enough=0.01)
    assert exact.complete
    assert exact.lower <= 1e-15 < exact.upper <= 0.01
    assert exact.n_boxes < 50_000


def test_an_error_above_what_is_allowed_ends_the_search():
    network, box = parse("tanh(9x1)"), (-1, 1)
    hasty = certify(network, "x", box, gap=1e-6, give_up_above=0.1)
    full = certify(network, "x", box, gap=1e-6)
    assert not hasty.complete
    assert hasty.n_boxes < full.n_boxes
    assert hasty.upper >= full.lower > 0.1


def test_progress_hears_the_parts():
    heard = []
    bound = certify(parse("tanh(3x1)"), "x", (-1, 1), progress=lambda *news: heard.append(news))
    assert {share for share, _ in heard} == {None}
    assert heard[-1][1] == f"{bound.n_boxes:,} parts"


@pytest.mark.parametrize("options", [{"enough": -1.0}, {"give_up_above": float("nan")}])
def test_bounds_below_zero_are_refused(options):
    with pytest.raises(SpecError, match="at least 0"):
        certify(parse("relu(x1)"), "x", (0, 1), **options)


def test_a_bound_is_what_json_holds_and_what_is_infinite_is_null():
    found = Bound(float("inf"), 0.5, ((0.0, 1.0),), (0.5,), False, 3).to_dict()
    assert json.loads(json.dumps(found, allow_nan=False)) == found
    assert found == {
        "upper": None,
        "lower": 0.5,
        "box": [[0.0, 1.0]],
        "at": [0.5],
        "complete": False,
        "n_boxes": 3,
    }
