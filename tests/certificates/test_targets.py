"""Functions on boxes: slopes hold, and what jumps or is unbounded is refused with the reason."""

import numpy as np
import pytest
from flint import arb

from gradatim.certificates.continuity import require_continuous
from gradatim.certificates.targets import as_box, as_target, centers
from gradatim.errors import EquationError, ShapeError, SpecError


def _checked(function, box):
    sides = as_box(box)
    require_continuous(as_target(function, len(sides)), sides)


@pytest.mark.parametrize(
    ("text", "box", "words"),
    [
        ("1/x", (-1, 1), "the denominator is 0, or cannot be told from 0, near x = 0"),
        ("x^-2", (-1, 1), "negative power"),
        ("tan(x)", (0, 2), "the tangent has a pole near x = 1.5708"),
        ("log(x)", (0, 1), "the logarithm is taken of 0"),
        ("sqrt(x)", (-1, 1), "the root is taken of a negative number"),
        ("floor(3x)", (0, 0.9), "floor jumps near x = 0.333333"),
        ("floor(x)", (0, 1), "floor jumps near x = 1"),
        ("sign(x)", (-1, 1), "sign jumps near x = 0"),
        ("x*step(y)", ((-1, 1), (-1, 1)), "step jumps near"),
        ("1/(x - y)", ((0, 1), (0, 1)), "the denominator is 0"),
        ("exp(1000x)", (0, 1), "beyond 1e307"),
        ("(x - 1)^0.5", (0, 2), "the base of a power"),
    ],
)
def test_a_function_that_jumps_or_is_unbounded_is_refused_with_the_place(text, box, words):
    with pytest.raises(EquationError) as caught:
        _checked(text, box)
    assert words in str(caught.value)
    assert caught.value.column is not None


@pytest.mark.parametrize(
    ("text", "box"),
    [
        ("sqrt(1 - x^2)", (-1, 1)),
        ("1/x", (1e-3, 1)),
        ("floor(x)", (0.1, 0.9)),
        ("abs(x)^1.5", (-1, 1)),
        ("x^0.5", (0, 1)),
        ("tan(x)", (-1.5, 1.5)),
        ("sqrt(x*y)", ((0, 1), (0, 1))),
        ("1/(1 + 25x^2)", (-1, 1)),
    ],
)
def test_a_continuous_function_passes(text, box):
    _checked(text, box)


def test_a_callable_that_is_unbounded_is_refused():
    with pytest.raises(SpecError, match="not bounded near x = 0"):
        _checked(lambda x: 1 / x, (-1, 1))


TEXTS = [
    "sin(3x) * cos(y)", "exp(-(x^2+y^2))", "abs(x - y)", "max(x, y)^3", "x / (2 + y)",
    "sqrt(1 + x^2)", "log(2 + x*y)", "tan(x/2) - min(x, y^2)", "(2 + x)^y", "x^3 - 2x^-0",
]  # fmt: skip


@pytest.mark.parametrize("arithmetic", ["float", "arb"])
@pytest.mark.parametrize("text", TEXTS)
def test_values_and_slopes_on_boxes_hold_the_function(text, arithmetic):
    random = np.random.default_rng(0)
    target = as_target(text, 2, arithmetic=arithmetic)
    plain = as_target(text, 2)
    low = random.uniform(-1, 0.9, (12, 2))
    high = low + random.uniform(0, 0.1, (12, 2))
    found = target.enclose(low, high)
    for _ in range(20):
        X = low + random.uniform(size=low.shape) * (high - low)
        y, away = plain.values(X), X - centers(low, high)
        assert np.all((found.value.low <= y + 1e-13) & (y - 1e-13 <= found.value.high))
        moved = np.sum(np.maximum(found.slopes.high * away, found.slopes.low * away), axis=1)
        assert np.all(y <= found.center.high + moved + 1e-13)


def test_a_callable_gets_its_slopes_from_power_series():
    found = as_target(lambda x: x.sin() * x, 1).enclose(np.array([[0.5]]), np.array([[0.5]]))
    exact = np.cos(0.5) * 0.5 + np.sin(0.5)
    assert found.slopes.low[0, 0] <= exact <= found.slopes.high[0, 0]
    assert found.slopes.high[0, 0] - found.slopes.low[0, 0] < 1e-14


def test_a_callable_without_series_has_values_only():
    found = as_target(lambda x: abs(x), 1).enclose(np.array([[-1.0]]), np.array([[2.0]]))
    assert found.value.low[0] <= 0
    assert found.value.high[0] >= 2
    assert np.isinf(found.slopes.high[0, 0])


def test_what_is_no_function_or_no_box_is_refused():
    with pytest.raises(SpecError, match="no function"):
        as_target(3, 1)
    with pytest.raises(ShapeError, match="interval for each"):
        as_target("x*y", 1)
    with pytest.raises(SpecError, match=r"returned str"):
        as_target(lambda x: "a", 1).values(np.array([[0.0]]))
    for box in [(1, 0), (0, np.inf), "ab", (0, 1, 2), ((0, 1),) * 3]:
        with pytest.raises(SpecError):
            as_box(box)
    assert isinstance(as_target(lambda x: arb(2), 1).values(np.zeros((1, 1)))[0], float)
