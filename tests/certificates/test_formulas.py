"""Functions as text: what is read, how it is written back, and what is refused where."""

import mpmath
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gradatim.certificates import parse_formula
from gradatim.certificates.balls import BallAlgebra
from gradatim.certificates.calculus import float_values, run_values
from gradatim.errors import EquationError

# Text, and the same written for mpmath by hand.
BY_HAND = [
    ("2x^2 - 0.5 sin(pi x)", lambda x, y: 2 * x**2 - mpmath.sin(mpmath.pi * x) / 2),
    ("-x^2", lambda x, y: -(x**2)),
    ("2^3^x", lambda x, y: mpmath.mpf(2) ** (mpmath.mpf(3) ** x)),
    ("1/2x", lambda x, y: x / 2),
    ("x(x-1)y", lambda x, y: x * (x - 1) * y),
    ("exp(-(x1^2+x2^2))", lambda x, y: mpmath.exp(-(x**2 + y**2))),
    ("max(x, y, 1/2) - min(x, y)", lambda x, y: max(x, y, mpmath.mpf(1) / 2) - min(x, y)),
    ("2e^-x / 3", lambda x, y: 2 * mpmath.e ** (-x) / 3),
    ("tan(x/2)² + sqrt(abs(x - y))", lambda x, y: mpmath.tan(x / 2) ** 2 + mpmath.sqrt(abs(x - y))),
    ("ln(1 + x) ** 3 · 4", lambda x, y: mpmath.log(1 + x) ** 3 * 4),
    ("x^0.5 \N{MINUS SIGN} \N{MINUS SIGN}y", lambda x, y: mpmath.sqrt(x) + y),
    ("cos(2π x) ÷ 1e1", lambda x, y: mpmath.cos(2 * mpmath.pi * x) / 10),
    (r"\sin(2\pi x) + \frac{1}{2}y", lambda x, y: mpmath.sin(2 * mpmath.pi * x) + y / 2),
    ("2πx", lambda x, y: 2 * mpmath.pi * x),
    ("|x - y| + 2|y|", lambda x, y: abs(x - y) + 2 * y),
    ("f(x) = x^2", lambda x, y: x**2),
    ("y = x^2", lambda x, y: x**2),
    ("f(s, t) = s t^2", lambda x, y: x * y**2),
    ("x(x-1)^2", lambda x, y: x * (x - 1) ** 2),
    (r"\sin^2(x) + cos³(y)", lambda x, y: mpmath.sin(x) ** 2 + mpmath.cos(y) ** 3),
    (r"\sqrt{x} + √(y) \cdot \frac12", lambda x, y: mpmath.sqrt(x) + mpmath.sqrt(y) / 2),
    ("e^{-x^2}(y + 1)", lambda x, y: mpmath.exp(-(x**2)) * (y + 1)),
    ("tanh(3x)", lambda x, y: mpmath.tanh(3 * x)),
    (r"\sigma(4x - 2)", lambda x, y: 1 / (1 + mpmath.exp(2 - 4 * x))),
    ("ReLU(x - y)", lambda x, y: max(x - y, mpmath.mpf(0))),
    ("leaky_relu(x - y, 0.2)", lambda x, y: x - y if x > y else (x - y) / 5),
    ("LReLU(-x)", lambda x, y: -x / 100),
    ("elu(-x) + elu(y, 2)", lambda x, y: mpmath.expm1(-x) + y),
    ("softplus(3x)", lambda x, y: mpmath.log(1 + mpmath.exp(3 * x))),
    ("swish(x)", lambda x, y: x / (1 + mpmath.exp(-x))),
    ("sgn(x) + H(-x)", lambda x, y: mpmath.mpf(1)),
    (
        "floor(3x) + ceil(y) - sign(x) * step(-y)",
        lambda x, y: mpmath.floor(3 * x) + mpmath.ceil(y) - 1 * 0,
    ),
]
POINTS = [(0.1, 0.7), (0.5, 0.25), (0.9, 0.9), (0.333, 0.001)]


@pytest.mark.parametrize(("text", "by_hand"), BY_HAND, ids=[text for text, _ in BY_HAND])
def test_a_text_means_what_mpmath_computes_by_hand(text, by_hand):
    formula = parse_formula(text)
    for point in POINTS:
        found = float_values(formula, np.array([point]))[0]
        expected = by_hand(*map(mpmath.mpf, point))
        assert found == pytest.approx(float(expected), rel=1e-14, abs=1e-15)


def test_a_decimal_is_the_fraction_that_was_typed():
    assert str(parse_formula("0.1x + 2.50e-1")) == "(((1/10) * x) + (1/4))"


def test_a_part_that_is_written_twice_is_computed_once():
    assert len(parse_formula("sin(x) * sin(x)").program) == 3


@pytest.mark.parametrize(
    ("text", "column", "words"),
    [
        ("", None, "there is no function"),
        ("\\; \\,", None, "there is no function"),
        ("sin x", 1, "needs its argument in brackets"),
        ("2 + xy", 5, "products are written x*y"),
        ("sinh(x)", 1, "there is no function 'sinh'"),
        ("(x + 1", 1, "never closed"),
        ("x)", 2, "found ')'"),
        ("x + * 2", 5, "found '*'"),
        ("1/(2 - 2)", 2, "division by 0"),
        ("x^5000", 2, "beyond 1,000"),
        ("9^9^9", 2, "beyond 1,000"),
        ("sin(x, 1)", 1, "one argument"),
        ("max(x)", 1, "two arguments"),
        ("x ? 1", 3, "'?' is a character that has no place in a function"),
        ("x $ 1", 5, "write * between"),
        ("3 4", 3, "write * between"),
        ("1e999", 1, "beyond 1e300"),
        ("__import__('os')", 1, "no place"),
        ("z + 1", 1, "there is no 'z'"),
        ("f(t) = x", 8, "variables are t"),
        ("2.5.3x", 4, "write * between"),
        ("2 3x", 3, "write * between"),
        ("0,5x", 3, "a decimal is written with a point"),
        ("x; y", 2, "no place in a function"),
        ("x >= 1", 3, "no place in a function"),
        ("x AND y", 1, "belong to networks"),
        ("x = y = x", 9, "after one = at most"),
        ("2x = y", 6, "after one = at most"),
        ("f(x, y, z) = x", 1, "one or two variables"),
        ("gelu(x)", 1, "there is no function 'gelu'"),
        ("tanh x", 1, "needs its argument in brackets"),
    ],
)
def test_what_is_no_function_is_refused_at_its_column(text, column, words):
    with pytest.raises(EquationError) as caught:
        parse_formula(text)
    assert words in str(caught.value)
    if column is not None:
        assert caught.value.column == column


@pytest.mark.parametrize(
    "text", ["x" * 3_000, "(" * 100 + "x" + ")" * 100, "+".join(["x"] * 1_500), "x^" * 80 + "x"]
)
def test_what_is_too_long_or_too_deep_is_refused(text):
    with pytest.raises(EquationError):
        parse_formula(text)


leaves = st.one_of(
    st.sampled_from(["x", "y", "pi", "e"]),
    st.integers(0, 99).map(str),
    st.decimals(0, 99, places=2).map(str),
)


def _deeper(inner):
    return st.one_of(
        st.tuples(inner, st.sampled_from("+-*/"), inner).map(lambda t: f"({t[0]}{t[1]}{t[2]})"),
        st.tuples(
            st.sampled_from(["sin", "cos", "exp", "abs", "sqrt", "log", "tanh", "σ", "relu"]), inner
        ).map(lambda t: f"{t[0]}({t[1]})"),
        st.tuples(st.sampled_from(["min", "max"]), inner, inner).map(
            lambda t: f"{t[0]}({t[1]},{t[2]})"
        ),
        st.tuples(inner, st.integers(-3, 5)).map(lambda t: f"({t[0]})^{t[1]}"),
        inner.map(lambda t: f"-{t}"),
    )


texts = st.recursive(leaves, _deeper, max_leaves=12)


def _read(text):
    try:
        return parse_formula(text)
    except EquationError:
        return None


@given(texts)
@settings(max_examples=150, deadline=None)
def test_what_is_written_reads_back_as_the_same_program(text):
    formula = _read(text)
    if formula is not None:
        assert parse_formula(str(formula)).program == formula.program


@given(texts, st.floats(-3, 3), st.floats(-3, 3))
@settings(max_examples=150, deadline=None)
def test_floats_lie_close_to_balls(text, x, y):
    from flint import arb, ctx

    formula = _read(text)
    if formula is None:
        return
    with ctx.workprec(400):
        ball = run_values(formula, BallAlgebra(), [arb(x), arb(y)])[-1]
        if not ball.is_finite() or not abs(ball) < 1e6:
            return
        exact = float(ball.mid())
    found = float_values(formula, np.array([[x, y]]))[0]
    # Rounding may be magnified on the way: only gross differences are faults of the program.
    from gradatim.certificates.targets import FormulaTarget

    low, high = (bound[0] for bound in FormulaTarget(formula, 2).at(np.array([[x, y]])))
    assert low <= exact <= high
    if np.isfinite(found) and np.isfinite(high - low):
        assert low - 1e-9 * (1 + abs(low)) <= found <= high + 1e-9 * (1 + abs(high))


@given(st.text(alphabet="xy12.+-*/^() sincoexplgmaπ²,e|={}_\\;>", max_size=40))
@settings(max_examples=400, deadline=None)
def test_any_text_is_a_function_or_an_error_of_one_sentence(text):
    try:
        formula = parse_formula(text)
    except EquationError as error:
        sentence = error.sentence
    else:
        sentence = str(formula)
    assert sentence
