"""Inside a block: gradients against differences, layout of parameters, schedule, dropout."""

from dataclasses import dataclass
from itertools import pairwise

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from gradatim.activations import ACTIVATIONS
from gradatim.losses import LOSSES
from gradatim.network import Layer, Network, evaluate
from gradatim.training.jax import blocks, layout
from gradatim.training.jax.blocks import mean_loss, model_logits, weight_penalty
from gradatim.training.jax.layout import pack, unpack
from gradatim.training.layout import Program

HIDDEN = [name for name in ACTIVATIONS if ACTIVATIONS[name].elementwise]
# Equal widths: operations are compiled once a shape.
SIZES, N_ROWS, DECAY, SMOOTHING = (4, 4, 4, 2), 11, 0.3, 0.1


def _program(**changes) -> Program:
    fields = {
        "sizes": SIZES,
        "activation": "tanh",
        "loss": "multiclass",
        "optimizer": "adam",
        "momentum": 0.0,
        "nesterov": False,
        "beta_2": 0.999,
        "dropout": False,
        "input_scale": False,
        "validate": False,
    }
    return Program(**{**fields, **changes})


@dataclass
class _Case:
    program: Program
    arrays: list[np.ndarray]
    X: np.ndarray
    y: np.ndarray
    weight: np.ndarray


def _case(activation: str, loss: str) -> _Case:
    rng = np.random.default_rng(3)
    program = _program(activation=activation, loss=loss, input_scale=True)
    shapes = [s for n, m in pairwise(SIZES) for s in ((m, n), (m,))]
    arrays = [
        rng.normal(scale=0.5, size=shape).astype(np.float32) for shape in [*shapes, (SIZES[0],)]
    ]
    y = {
        "multiclass": np.eye(2)[rng.integers(0, 2, N_ROWS)],
        "binary": rng.integers(0, 2, (N_ROWS, 2)).astype(float),
        "squared": rng.normal(size=(N_ROWS, 2)),
    }[loss]
    weight = rng.integers(0, 3, N_ROWS).astype(float)
    X = rng.normal(size=(N_ROWS, SIZES[0])).astype(np.float32)
    return _Case(program, arrays, X, y.astype(np.float32), weight.astype(np.float32))


def _engine_objective(case: _Case):
    """Return the loss that a step lowers, of parameters in rows."""
    weight, smoothing = jnp.asarray(case.weight[None]), jnp.asarray([SMOOTHING])

    def objective(params):
        logits = model_logits(case.program, params, jnp.asarray(case.X[None]))
        loss = mean_loss(case.program, jnp.asarray(case.y[None]), logits, weight, smoothing)
        return (loss + weight_penalty(case.program, params, jnp.asarray([DECAY])))[0]

    return objective


def _plain_objective(case: _Case, arrays: list[np.ndarray]) -> float:
    """Compute the same loss in float64 from the outputs of a `Network`."""
    weights, biases, scale = arrays[0:-1:2], arrays[1:-1:2], arrays[-1]
    output = LOSSES[case.program.loss].output_activation
    names = [case.program.activation] * (len(weights) - 1) + [output]
    layers = [
        Layer(w * scale if i == 0 else w, b, name)
        for i, (w, b, name) in enumerate(zip(weights, biases, names, strict=True))
    ]
    p = evaluate(Network(layers), case.X)
    y = case.y.astype(float)
    if case.program.loss == "squared":
        losses = 0.5 * ((p - y) ** 2).sum(axis=1)
    else:
        y = y * (1 - SMOOTHING) + SMOOTHING / 2
        entropy = -y * np.log(p)
        if case.program.loss == "binary":
            entropy -= (1 - y) * np.log(1 - p)
        losses = entropy.sum(axis=1)
    penalty = 0.5 * DECAY * sum((w**2).sum() for w in weights)
    return case.weight @ losses / (case.weight > 0).sum() + penalty


# JAX compiles every pair anew: each activation with one loss, and one with every loss.
PAIRS = {*((name, sorted(LOSSES)[i % len(LOSSES)]) for i, name in enumerate(HIDDEN))}
PAIRS |= {(HIDDEN[0], loss) for loss in LOSSES}


@pytest.mark.parametrize(("activation", "loss"), sorted(PAIRS))
def test_gradient_agrees_with_differences_of_the_loss_of_a_network(activation, loss):
    case, h = _case(activation, loss), 1e-5
    rows = tuple(jnp.asarray(row[None]) for row in pack(case.program, case.arrays))
    value, gradient = jax.value_and_grad(_engine_objective(case))(rows)
    layers, scale = unpack(case.program, gradient)
    gradients = [np.asarray(array[0]) for layer in layers for array in layer]
    gradients.append(np.asarray(scale[0]))
    arrays = [array.astype(np.float64) for array in case.arrays]
    np.testing.assert_allclose(value, _plain_objective(case, arrays), rtol=2e-6)
    for array, found in zip(arrays, gradients, strict=True):
        for place in np.ndindex(array.shape):
            kept = array[place]
            array[place] = kept + h
            above = _plain_objective(case, arrays)
            array[place] = kept - h
            below = _plain_objective(case, arrays)
            array[place] = kept
            assert found[place] == pytest.approx((above - below) / (2 * h), rel=2e-4, abs=2e-5)


@pytest.mark.parametrize("input_scale", [False, True])
@pytest.mark.parametrize("sizes", [(2, 1), (3, 4, 2), (80, 60, 70, 2), (70, 70, 70, 70)])
def test_what_was_packed_is_unpacked_large_matrices_apart(sizes, input_scale):
    program = _program(sizes=sizes, input_scale=input_scale)
    rng = np.random.default_rng(0)
    arrays = [
        rng.normal(size=shape).astype(np.float32)
        for n, m in pairwise(sizes)
        for shape in ((m, n), (m,))
    ]
    if input_scale:
        arrays.append(rng.normal(size=sizes[0]).astype(np.float32))
    rows = pack(program, arrays)
    large = sum(array.ndim == 2 and array.size > layout.LARGE for array in arrays)
    assert len(rows) == 1 + large
    assert sum(row.size for row in rows) == program.n_parameters
    layers, scale = unpack(program, tuple(row[None] for row in rows))
    found = [array[0] for layer in layers for array in layer]
    found += [scale[0]] if input_scale else []
    assert (scale is None) != input_scale
    for array, back in zip(arrays, found, strict=True):
        np.testing.assert_array_equal(back, array)


def test_models_of_a_group_read_its_rows_and_no_others():
    program, rng = _program(), np.random.default_rng(1)
    shapes = [s for n, m in pairwise(SIZES) for s in ((m, n), (m,))]
    models = [[rng.normal(size=s).astype(np.float32) for s in shapes] for _ in range(4)]
    params = tuple(np.stack(rows) for rows in zip(*[pack(program, m) for m in models], strict=True))
    X = rng.normal(size=(2, 5, 4)).astype(np.float32)  # models 0, 1 read the first group
    logits = model_logits(program, params, jnp.asarray(X))
    for m, arrays in enumerate(models):
        names = ["tanh", "tanh", "identity"]
        layers = [Layer(arrays[2 * i], arrays[2 * i + 1], name) for i, name in enumerate(names)]
        np.testing.assert_allclose(logits[m], evaluate(Network(layers), X[m // 2]), atol=1e-5)


@pytest.mark.parametrize(
    ("kind", "n_outputs", "entropy"),
    [
        ("multiclass", 4, -(0.925 * np.log(0.925) + 3 * 0.025 * np.log(0.025))),
        ("binary", 4, -4 * (0.95 * np.log(0.95) + 0.05 * np.log(0.05))),
    ],
)
def test_a_smoothed_loss_is_at_least_the_entropy_of_its_targets(kind, n_outputs, entropy):
    program = _program(loss=kind)
    y = jnp.asarray(np.eye(n_outputs, dtype=np.float32)[None, [0, 1]])
    best = np.where(y > 0, np.log(0.925), np.log(0.025))
    if kind == "binary":
        best = np.where(y > 0, np.log(0.95 / 0.05), np.log(0.05 / 0.95))

    def loss(logits):
        return mean_loss(program, y, jnp.asarray(logits), jnp.ones((1, 2)), jnp.asarray([0.1]))[0]

    assert loss(best) == pytest.approx(entropy, rel=1e-5)
    for step in np.random.default_rng(0).normal(size=(20, *best.shape)):
        assert loss(best + step) > entropy


def test_rows_without_weight_do_not_count_even_when_their_loss_overflows():
    program = _program(sizes=(1, 1), loss="squared")
    params = tuple(jnp.asarray(r[None]) for r in pack(program, [np.ones((1, 1)), np.zeros(1)]))
    X, y = jnp.asarray([[[1.0], [1e30]]]), jnp.zeros((1, 2, 1))

    def objective(params):
        logits = model_logits(program, params, X)
        return mean_loss(program, y, logits, jnp.asarray([[1.0, 0.0]]), jnp.zeros(1))[0]

    loss, (gradient,) = jax.jit(jax.value_and_grad(objective))(params)
    assert loss == 0.5
    np.testing.assert_array_equal(gradient, [[1.0, 1.0]])


def _rates(n_steps: int, cosine: bool) -> np.ndarray:
    hyper = blocks.Hyper(*[jnp.zeros(1)] * len(blocks.Hyper._fields))._replace(
        learning_rate=jnp.asarray([0.5]),
        cosine=jnp.asarray([cosine]),
        n_steps=jnp.asarray([n_steps]),
    )
    steps = jnp.arange(201)[:, None]
    return np.asarray(blocks._rate(hyper, steps))[: n_steps + 1, 0]


@pytest.mark.parametrize("n_steps", [2, 3, 40, 200])
def test_cosine_warms_up_over_a_twentieth_of_the_steps_and_ends_at_zero(n_steps):
    rates, warm_up = _rates(n_steps, cosine=True), max(n_steps // 20, 1)
    np.testing.assert_allclose(rates[:warm_up], 0.5 * (np.arange(warm_up) + 1) / warm_up, rtol=1e-6)
    assert (np.diff(rates[warm_up:]) < 0).all()
    assert rates[n_steps] == pytest.approx(0.0, abs=1e-7)
    if n_steps > 3:
        middle = (n_steps + warm_up) // 2
        assert rates[middle] == pytest.approx(0.25, rel=0.1)


def test_a_constant_rate_is_constant():
    assert (_rates(40, cosine=False) == 0.5).all()


@pytest.mark.parametrize("rate", [0.0, 0.1, 0.5, 0.9])
def test_dropout_drops_its_share_and_keeps_the_mean(rate):
    ones = jnp.ones((3, 400, 50))
    seeds = jnp.arange(3, dtype=jnp.uint32)
    kept = np.asarray(blocks._drop(ones, jnp.full(3, rate), seeds, jnp.full(3, 17), 0))
    spread = np.sqrt(rate * (1 - rate) / 20_000)
    assert np.abs((kept == 0).mean(axis=(1, 2)) - rate).max() <= 4 * spread
    np.testing.assert_allclose(kept[kept > 0], 1 / (1 - rate), rtol=1e-6)


def test_dropout_differs_by_seed_step_layer_row_and_unit():
    shape, half = (1, 300, 64), jnp.full(1, 0.5)

    def kept(seed, step, layer):
        seeds = jnp.full(1, seed, dtype=jnp.uint32)
        return np.asarray(blocks._drop(jnp.ones(shape), half, seeds, jnp.full(1, step), layer)) > 0

    base = kept(5, 9, 0)
    np.testing.assert_array_equal(base, kept(5, 9, 0))
    # Independent halves agree on half of the places.
    for other in (kept(6, 9, 0), kept(5, 10, 0), kept(5, 9, 1), kept(5 + 2**31, 9, 0)):
        assert (base == other).mean() == pytest.approx(0.5, abs=0.02)
    assert (base[:, 1:] == base[:, :-1]).mean() == pytest.approx(0.5, abs=0.02)
    assert (base[..., 1:] == base[..., :-1]).mean() == pytest.approx(0.5, abs=0.02)
