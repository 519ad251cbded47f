"""Elementary functions lie within their bounds, judged by balls of hundreds of bits."""

import numpy as np
import pytest
from flint import arb, ctx

from gradatim.certificates import elementary

RANDOM = np.random.default_rng(0)
POINTS = np.concatenate(
    [
        3 * RANDOM.normal(size=400),
        RANDOM.uniform(-600, 600, 200),
        1e-6 * RANDOM.normal(size=100),
        np.arange(-40, 41) * (np.pi / 2),
        [0.0, 1.0, -1.0, 8.99, -8.99, 12.0],
    ]
)

FUNCTIONS = {
    "exp": lambda x: x.exp(),
    "sin": lambda x: x.sin(),
    "cos": lambda x: x.cos(),
    "tanh": lambda x: x.tanh(),
    "logistic": lambda x: 1 / (1 + (-x).exp()),
    "softplus": lambda x: (1 + x.exp()).log(),
    "log": lambda x: x.log(),
}


@pytest.mark.parametrize("name", FUNCTIONS)
def test_bounds_hold_the_exact_value_and_are_narrow(name):
    points = np.abs(POINTS[POINTS != 0]) if name == "log" else POINTS
    low, high = getattr(elementary, f"{name}_bounds")(points)
    with ctx.workprec(2_000):
        for x, below, above in zip(points, low, high, strict=True):
            exact = FUNCTIONS[name](arb(float(x)))
            assert arb(float(below)) <= exact <= arb(float(above))
    assert np.all(high - low <= 2**-43 * np.maximum(1, np.abs(high)))


def test_the_normal_distribution_and_its_density_are_enclosed():
    points = POINTS[np.abs(POINTS) < 40]
    (low, high), (below, above) = elementary.normal_bounds(points)
    with ctx.workprec(3_000):
        for i, x in enumerate(arb(float(p)) for p in points):
            cdf = (-x / arb(2).sqrt()).erfc() / 2
            density = (-x * x / 2).exp() / (2 * arb.pi()).sqrt()
            assert arb(float(low[i])) <= cdf <= arb(float(high[i]))
            assert arb(float(below[i])) <= density <= arb(float(above[i]))
    assert np.max(high - low) < 2**-43


def test_sine_of_zero_is_zero_and_huge_angles_are_not_guessed():
    low, high = elementary.sin_bounds(np.array([0.0, 1e9]))
    assert (low.tolist(), high.tolist()) == ([0.0, -1.0], [0.0, 1.0])
