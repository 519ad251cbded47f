"""Functions of x and y with kinks: straight ones exactly, curved ones certified, or refused."""

import numpy as np
import pytest

from gradatim.approximation import approximate
from gradatim.certificates import certify
from gradatim.certificates.targets import as_target
from gradatim.errors import SpecError

SQUARE = ((-1, 1), (-1, 1))
STRAIGHT = {"abs(x-y)": 2, "max(x,y)": 2, "min(x,1-y)": 2, "abs(x)+abs(y)": 3}
BENT = ["abs(abs(x)-y)", "max(x,y,0)", "abs(x*y)", "abs(sin(3*x)+y)", "sqrt(x^2+y^2)",
        "max(x^2,y)", "min(x^2+y^2,0.5)", "abs(x^2-y)"]  # fmt: skip
# A corner, a cone, a curve, and one that takes many units.
BENT_AND_SMOOTH = ["max(x,y,0)", "sqrt(x^2+y^2)", "max(x^2,y)", "abs(sin(3*x)+y)"]


def sampled(found, n=50_000):
    X = np.random.default_rng(1).uniform(-1, 1, (n, 2))
    return np.max(np.abs(found(X)[:, 0] - as_target(found.function, 2).values(X)))


@pytest.mark.parametrize(("text", "n_units"), STRAIGHT.items())
def test_kinks_along_whole_lines_are_met_exactly(text, n_units):
    found = approximate(text, SQUARE, 0.02)
    assert found.n_units == n_units
    assert sampled(found) < 1e-12
    assert found.bound.upper <= 0.02


def test_units_on_kinks_have_the_weights_that_one_would_write():
    hidden, output = approximate("max(x, y) - 3", SQUARE, 0.01).network.layers
    # max(x, y) = relu(x - y) + y, and y + 1 is never below 0 here.
    assert hidden.weight.tolist() == [[1, -1], [0, 1]]
    assert hidden.bias.tolist() == [0, 1]
    assert output.weight.tolist() == [[1, 1]]
    assert output.bias.tolist() == [-4]


@pytest.mark.parametrize(
    ("text", "activation"),
    [*((text, "relu") for text in BENT), *((text, "sigmoid") for text in BENT_AND_SMOOTH)],
)
def test_bent_kinks_are_certified_too(text, activation):
    found = approximate(text, SQUARE, 0.1, activation)
    assert sampled(found) <= found.bound.upper <= 0.1
    assert found.n_units <= 40
    assert found.network.depth == 2


@pytest.mark.parametrize("text", ["max(x,y)", "max(x,y,0)", "min(x^2+y^2,0.5)"])
@pytest.mark.parametrize("activation", ["step", "tanh"])
def test_steps_and_tangents_follow_kinks(text, activation):
    found = approximate(text, SQUARE, 0.2, activation)
    assert sampled(found) <= found.bound.upper <= 0.2


def test_a_kink_is_found_on_any_rectangle():
    found = approximate("abs(x - 2*y + 1)", ((10, 12), (3, 9)), 0.05)
    assert (found.n_units, found.bound.upper <= 0.05) == (2, True)


def test_a_callable_with_a_kink_needs_no_formula():
    found = approximate(lambda x, y: abs(x - y), SQUARE, 0.2)
    assert found.n_units <= 8
    again = certify(found.network, "abs(x - y)", SQUARE, gap=0.01, max_boxes=60_000, enough=0.2)
    assert again.upper <= 0.2


def test_what_is_refused_says_what_was_reached_and_what_would_do():
    with pytest.raises(SpecError) as caught:
        approximate("abs(sin(9*x) + sin(8*y))", SQUARE, 0.005)
    words = str(caught.value)
    assert words.startswith("no network of up to 160 units was certified within 0.005; the best of")
    reached = float(words.split("errs by ")[1].split()[0])
    assert 0.005 < reached < float(words.rsplit(" ", 1)[1]) < 1.2 * reached
