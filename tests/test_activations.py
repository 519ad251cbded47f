"""One contract for every activation, and values against independent implementations."""

import jax
import jax.numpy as jnp
import mpmath as mp
import numpy as np
import pytest
import scipy.special

from gradatim.activations import ACTIVATIONS, get_activation
from gradatim.errors import SpecError

ALL = sorted(ACTIVATIONS)
ELEMENTWISE = [name for name in ALL if ACTIVATIONS[name].elementwise]
SMOOTH = [name for name in ELEMENTWISE if name not in ("sign", "heaviside", "relu", "leaky_relu")]
MONOTONE = [name for name in ELEMENTWISE if name not in ("gelu", "silu")]

# Operators of ONNX's default domain (opset 24) that could stand for an activation.
ONNX_OPERATORS = {
    *("Celu", "Elu", "Gelu", "GreaterOrEqual", "HardSigmoid", "HardSwish", "Identity"),
    *("LeakyRelu", "LogSoftmax", "Mish", "PRelu", "Relu", "Selu", "Sigmoid", "Sign"),
    *("Softmax", "Softplus", "Softsign", "Swish", "Tanh", "ThresholdedRelu"),
}

Z = np.concatenate([np.linspace(-8.0, 8.0, 401) + 1e-3, [-40.0, 40.0]])


@pytest.mark.parametrize("name", ELEMENTWISE)
def test_derivative_agrees_with_central_differences(name):
    activation, h = ACTIVATIONS[name], 1e-6
    z = Z[np.abs(Z) > 1e-4]  # the kinks are at 0
    differences = (activation(z + h) - activation(z - h)) / (2 * h)
    np.testing.assert_allclose(activation.derivative(z), differences, atol=1e-8)


def test_derivative_of_softmax_is_the_diagonal_of_its_jacobian():
    softmax, h = ACTIVATIONS["softmax"], 1e-6
    z = np.random.default_rng(0).normal(size=(5, 4))
    for i, step in enumerate(h * np.eye(4)):
        difference = (softmax(z + step) - softmax(z - step))[:, i] / (2 * h)
        np.testing.assert_allclose(softmax.derivative(z)[:, i], difference, atol=1e-8)


@pytest.mark.parametrize(
    ("name", "left", "at_zero"),
    [("relu", 0.0, 1.0), ("leaky_relu", 0.01, 1.0), ("elu", None, 1.0)],
)
def test_derivative_at_a_kink_is_the_right_hand_one(name, left, at_zero):
    derivative = ACTIVATIONS[name].derivative(np.array([-1e-9, 0.0]))
    assert derivative[1] == at_zero
    assert left is None or derivative[0] == left


@pytest.mark.parametrize("name", ["sign", "heaviside"])
def test_derivative_of_a_jump_is_zero(name):
    assert not ACTIVATIONS[name].derivative(np.array([-1.0, 0.0, 1.0])).any()


@pytest.mark.parametrize("name", ALL)
def test_range_is_respected_and_approached(name):
    activation = ACTIVATIONS[name]
    low, high = activation.range
    z = np.concatenate([np.linspace(-20.0, 20.0, 80_001), [-1e4, 1e4, 0.0]])
    a = activation(np.random.default_rng(0).permutation(z).reshape(-1, 4))
    assert a.min() >= low
    assert a.max() <= high
    assert a.min() <= -100 if np.isinf(low) else a.min() - low < 1e-6
    assert a.max() >= 100 if np.isinf(high) else high - a.max() < 1e-6


@pytest.mark.parametrize("name", ALL)
@pytest.mark.parametrize("of", ["function", "derivative"])
def test_numpy_and_jax_agree_and_keep_float32(name, of):
    function = getattr(ACTIVATIONS[name], of)
    z = np.append(Z, 0.0).astype(np.float32).reshape(-1, 4)
    in_numpy, in_jax = function(z), jax.jit(function)(jnp.asarray(z))
    assert in_numpy.dtype == in_jax.dtype == np.float32
    assert in_numpy.shape == in_jax.shape == z.shape
    np.testing.assert_allclose(in_numpy, in_jax, rtol=1e-5, atol=2e-6)


@pytest.mark.parametrize("name", MONOTONE)
def test_monotone_activations_never_fall(name):
    assert (np.diff(ACTIVATIONS[name](np.sort(Z))) >= 0).all()
    assert (ACTIVATIONS[name].derivative(Z) >= 0).all()


@pytest.mark.parametrize("name", ["gelu", "silu"])
def test_gelu_and_silu_fall_to_one_minimum_then_rise(name):
    slopes = np.sign(np.diff(ACTIVATIONS[name](np.linspace(-6.0, 6.0, 500))))
    assert slopes[0] == -1
    assert slopes[-1] == 1
    assert np.count_nonzero(np.diff(slopes)) == 1


@pytest.mark.parametrize("name", ALL)
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_nothing_overflows_at_ten_thousand(name, dtype):
    activation = ACTIVATIONS[name]
    z = np.array([[-1e4, 0.0, 1e4], [1e4, 1e4, 1e4], [-1e4, -1e4, -1e4]], dtype=dtype)
    with np.errstate(over="raise", invalid="raise", divide="raise"):
        assert np.isfinite(activation(z)).all()
        assert np.isfinite(activation.derivative(z)).all()
    if dtype is np.float32:
        gradient = jax.jit(jax.grad(lambda z: activation(z).sum()))(jnp.asarray(z))
        assert jnp.isfinite(gradient).all()


@pytest.mark.parametrize("name", SMOOTH)
def test_derivative_agrees_with_automatic_differentiation(name):
    activation = ACTIVATIONS[name]
    z = jnp.asarray(Z, dtype=jnp.float32)
    gradient = jax.jit(jax.grad(lambda z: activation(z).sum()))(z)
    np.testing.assert_allclose(activation.derivative(z), gradient, atol=2e-6)


@pytest.mark.parametrize(
    ("name", "reference"),
    [
        ("logistic", scipy.special.expit),
        ("gelu", lambda z: z * scipy.special.ndtr(z)),
        ("silu", lambda z: z * scipy.special.expit(z)),
        ("elu", lambda z: np.where(z > 0, z, np.expm1(np.minimum(z, 0)))),
        ("softplus", lambda z: np.logaddexp(0.0, z)),
        ("tanh", np.tanh),
        ("softmax", lambda z: scipy.special.softmax(z, axis=-1)),
    ],
)
def test_values_agree_with_scipy(name, reference):
    z = np.append(Z, 0.0).reshape(-1, 4)
    np.testing.assert_allclose(ACTIVATIONS[name](z), reference(z), rtol=1e-12, atol=1e-14)


@pytest.mark.parametrize(
    ("name", "reference"),
    [
        ("gelu", lambda z: jax.nn.gelu(z, approximate=False)),
        ("silu", jax.nn.silu),
        ("elu", jax.nn.elu),
        ("softplus", jax.nn.softplus),
        ("leaky_relu", jax.nn.leaky_relu),
        ("relu", jax.nn.relu),
    ],
)
def test_values_agree_with_jax_nn(name, reference):
    z = jnp.asarray(Z, dtype=jnp.float32)
    values = jax.jit(ACTIVATIONS[name].function)(z)
    np.testing.assert_allclose(values, jax.jit(reference)(z), rtol=1e-5, atol=1e-6)


def test_jumps_take_the_values_of_numpy_at_zero():
    z = np.array([-2.0, -0.0, 0.0, 2.0])
    np.testing.assert_array_equal(get_activation("heaviside")(z), np.heaviside(z, 1.0))
    np.testing.assert_array_equal(get_activation("sign")(z), np.sign(z))


def test_softmax_sums_to_one_and_ignores_a_common_shift():
    softmax, z = ACTIVATIONS["softmax"], np.random.default_rng(1).normal(size=(6, 3)) * 30
    np.testing.assert_allclose(softmax(z).sum(axis=-1), 1.0)
    np.testing.assert_allclose(softmax(z + 1e3), softmax(z), atol=1e-12)


def test_outputs_of_the_lecture_are_those_on_its_slide():
    outputs = get_activation("sigmoid")(np.array([0.0, 1.0, 3.0, 5.0]) - 2.5)
    assert outputs.round(2).tolist() == [0.08, 0.18, 0.62, 0.92]


def test_the_table_holds_every_activation_of_the_lecture():
    lecture = "identity sign step sigmoid tanh relu leaky_relu elu gelu silu softplus softmax"
    assert [get_activation(name).name for name in lecture.split()] == list(ACTIVATIONS)


@pytest.mark.parametrize(
    ("alias", "name"),
    [
        ("linear", "identity"),
        ("sigmoid", "logistic"),
        ("step", "heaviside"),
        ("leakyrelu", "leaky_relu"),
        ("swish", "silu"),
    ],
)
def test_an_alias_is_the_same_entry(alias, name):
    assert get_activation(alias) is ACTIVATIONS[name]


@pytest.mark.parametrize("name", ALL)
def test_onnx_has_an_operator_of_that_name(name):
    assert ACTIVATIONS[name].onnx in ONNX_OPERATORS


def test_each_entry_stands_under_its_name_with_its_own_symbol_and_formula():
    assert all(key == entry.name for key, entry in ACTIVATIONS.items())
    assert len({entry.symbol for entry in ACTIVATIONS.values()}) == len(ACTIVATIONS)
    assert len({entry.formula for entry in ACTIVATIONS.values()}) == len(ACTIVATIONS)


@pytest.mark.parametrize(
    ("typed", "name"),
    [
        ("ReLU", "relu"),
        ("RELU", "relu"),
        ("σ", "logistic"),
        ("Sigmoid", "logistic"),
        ("sgn", "sign"),
        ("Heaviside", "heaviside"),
        ("H", "heaviside"),
        ("STEP", "heaviside"),
        ("Leaky ReLU", "leaky_relu"),
        ("leaky-relu", "leaky_relu"),
        ("LeakyReLU", "leaky_relu"),
        ("SoftMax", "softmax"),
    ],
)
def test_a_name_is_read_in_any_case_and_by_its_aliases(typed, name):
    assert get_activation(typed).name == name


@pytest.mark.parametrize("name", ["softmin", "", None, []])
def test_an_unknown_name_is_refused_with_the_known_ones(name):
    with pytest.raises(SpecError, match="choose one of identity, sign, heaviside"):
        get_activation(name)


def test_the_table_cannot_be_changed():
    with pytest.raises(TypeError):
        ACTIVATIONS["mine"] = ACTIVATIONS["tanh"]  # type: ignore[index]


# -- digits, against mpmath ---------------------------------------------------------------------

_EXACT = {
    "logistic": lambda z: 1 / (1 + mp.exp(-z)),
    "tanh": mp.tanh,
    "softplus": lambda z: mp.log1p(mp.exp(z)),
    "silu": lambda z: z / (1 + mp.exp(-z)),
    "gelu": lambda z: z * mp.ncdf(z),
    "elu": lambda z: z if z >= 0 else mp.expm1(z),
}
#: Of every derivative the terms that are added.
_EXACT_SLOPES = {
    "logistic": lambda z: [mp.sech(z / 2) ** 2 / 4],
    "tanh": lambda z: [mp.sech(z) ** 2],
    "softplus": lambda z: [1 / (1 + mp.exp(-z))],
    "silu": lambda z: [1 / (1 + mp.exp(-z)), z * mp.sech(z / 2) ** 2 / 4],
    "gelu": lambda z: [mp.ncdf(z), z * mp.npdf(z)],
    "elu": lambda z: [mp.mpf(1) if z >= 0 else mp.exp(z)],
}
_NORMAL = np.finfo(float).tiny


def units_off(value, terms):
    """Measure an error in units in the last place of the result or of its largest term."""
    exact = mp.fsum(terms)
    size = float(max([abs(exact), *map(abs, terms)]))
    if size < _NORMAL:
        return 0.0 if abs(value) < 2 * _NORMAL else np.inf
    return float(abs(mp.mpf(float(value)) - exact) / mp.mpf(float(np.spacing(size))))


def worst(values, terms):
    with mp.workdps(50):
        return max(units_off(v, t) for v, t in zip(values.tolist(), terms, strict=True))


def spread(n=150):
    rng = np.random.default_rng(0)
    scales = (700.0, 40.0, 2.0, 1e-3)
    edges = [-745.0, -709.0, -700.0, -38.0, -36.0, 0.0, 1e-300, -5e-324, 36.0, 38.0, 700.0, 709.0]
    return np.concatenate([*(rng.uniform(-s, s, n) for s in scales), edges])


@pytest.mark.parametrize("name", sorted(_EXACT))
def test_functions_and_derivatives_have_all_digits(name):
    z, activation = spread(), ACTIVATIONS[name]
    with mp.workdps(50):
        values = [[_EXACT[name](mp.mpf(x))] for x in z.tolist()]
        slopes = [_EXACT_SLOPES[name](mp.mpf(x)) for x in z.tolist()]
    assert worst(activation(z), values) <= 4
    assert worst(activation.derivative(z), slopes) <= 4


def test_the_sigmoid_of_minus_36_is_not_rounded_to_a_unit():
    logistic = ACTIVATIONS["logistic"]
    assert logistic(np.float64(-36.0)) == pytest.approx(2.3195228302435691e-16, rel=1e-15)
    assert logistic(np.float64(-700.0)) == pytest.approx(9.859676543759770e-305, rel=1e-15)


@pytest.mark.parametrize("scale", [700.0, 40.0, 1.0])
def test_softmax_and_its_derivative_have_all_digits(scale):
    z, softmax = np.random.default_rng(1).uniform(-scale, scale, (60, 5)), ACTIVATIONS["softmax"]
    values, slopes = softmax(z), softmax.derivative(z)
    for row, value, slope in zip(z.tolist(), values, slopes, strict=True):
        with mp.workdps(800):
            e = [mp.exp(x) for x in row]
            exact = [x / mp.fsum(e) for x in e]
            rest = [a * (mp.fsum(e) - x) / mp.fsum(e) for a, x in zip(exact, e, strict=True)]
        assert worst(value, [[a] for a in exact]) <= 4
        assert worst(slope, [[d] for d in rest]) <= 6  # A product of two that are within 4 each


def test_softmax_takes_infinite_and_huge_values():
    values = ACTIVATIONS["softmax"](np.array([[0.0, -np.inf, -1e300], [1e300, 0.0, -1e300]]))
    assert values.tolist() == [[1, 0, 0], [1, 0, 0]]
