"""Sound numerics, of every engine: gradients, precision, scales, labels, company."""

import numpy as np
import pytest
from scipy.special import expit, log_softmax, softmax

from gradatim import NetworkSpec, fit_many
from gradatim.activations import ACTIVATIONS
from gradatim.errors import GradatimError, LabelError, ShapeError
from gradatim.network import Layer, Network, evaluate
from gradatim.network.evaluate import forward

ENGINES = ("native", "jax")
LOSSES = ("multiclass", "binary", "multilabel", "regression")
HIDDEN = [name for name, entry in ACTIVATIONS.items() if entry.elementwise]


@pytest.fixture(params=ENGINES)
def train(request):
    """Return `fit_many` of one engine."""

    def run(specs, X, y, **options):
        return fit_many(specs, X, y, engine=request.param, **options)

    return run


def parameters(network) -> np.ndarray:
    arrays = [a.ravel() for layer in network.layers for a in (layer.weight, layer.bias)]
    return np.concatenate(arrays).astype(np.float64)


def with_parameters(network, values) -> Network:
    layers, start = [], 0
    for layer in network.layers:
        weight = values[start : start + layer.weight.size].reshape(layer.weight.shape)
        start += layer.weight.size
        layers.append(Layer(weight, values[start : start + layer.n_out], layer.activation))
        start += layer.n_out
    return Network(layers)


def targets(y, task):
    """Return the matrix that a loss reads, made here and not by the package."""
    y = np.asarray(y)
    if task == "regression" or y.ndim == 2:
        return y.reshape(len(y), -1).astype(float)
    classes = np.unique(y)
    if len(classes) == 2:
        return (y == classes[1]).astype(float)[:, None]
    return (y[:, None] == classes).astype(float)


def loss(network, X, y, task, decay=0.0) -> float:
    """Compute the mean loss in float64, from its definition."""
    z = forward(network, X).pre_activations[-1]
    Y = targets(y, task)
    if task == "regression":
        each = 0.5 * ((z - Y) ** 2).sum(axis=1)
    elif Y.shape[1] > 1 and np.ndim(y) == 1:
        each = -(Y * log_softmax(z, axis=1)).sum(axis=1)
    else:
        each = (np.logaddexp(0, z) - Y * z).sum(axis=1)
    squares = sum((layer.weight.astype(float) ** 2).sum() for layer in network.layers)
    return float(each.mean() + 0.5 * decay * squares)


def task_of(kind) -> str:
    return "regression" if kind == "regression" else "classification"


def differences(network, X, y, task, decay) -> np.ndarray:
    """Return the gradient of the float64 loss by central differences."""
    at, step = parameters(network), 1e-6
    found = np.empty_like(at)
    for i in range(len(at)):
        up, down = at.copy(), at.copy()
        up[i] += step
        down[i] -= step
        rise = loss(with_parameters(network, up), X, y, task, decay)
        found[i] = (rise - loss(with_parameters(network, down), X, y, task, decay)) / (2 * step)
    return found


def initial(sizes, activation, seed=0) -> Network:
    rng = np.random.default_rng(seed)
    names = [activation] * (len(sizes) - 2) + ["identity"]
    return Network(
        [
            Layer(
                rng.normal(size=(b, a)).astype(np.float32) / np.sqrt(a),
                0.3 * rng.normal(size=b).astype(np.float32),
                name,
            )
            for a, b, name in zip(sizes[:-1], sizes[1:], names, strict=True)
        ]
    )


# -- gradients and losses -----------------------------------------------------------------------


def check_step(train, rows, activation, kind):
    """One step of gradient descent moves the parameters down the differences' gradient."""
    y, task, decay, rate = getattr(rows, kind), task_of(kind), 0.05, 0.125
    n_outputs = targets(y, task).shape[1]
    network = initial((5, 4, 3, n_outputs), activation)
    spec = NetworkSpec(
        (4, 3), activation, "sgd", learning_rate=rate, momentum=0.0, weight_decay=decay
    )
    options = {"task": task, "max_epochs": 1, "batch_size": 120, "shuffle": False}
    result = train([spec], rows.X, y, initial=[network], **options)[0]
    expected = differences(network, rows.X, y, task, decay)
    gradient = (parameters(network) - parameters(result.network)) / rate
    np.testing.assert_allclose(gradient, expected, atol=3e-5 * max(1, np.abs(expected).max()))
    assert np.abs(expected).max() > 1e-3
    exact = loss(network, rows.X, y, task, decay)
    assert result.loss_curve[0] == pytest.approx(exact, rel=1e-6)


@pytest.mark.parametrize("activation", HIDDEN)
def test_the_step_of_every_activation_is_down_the_gradient_by_differences(train, rows, activation):
    check_step(train, rows, activation, "multiclass")


@pytest.mark.parametrize("kind", LOSSES)
def test_the_step_of_every_loss_is_down_the_gradient_by_differences(train, rows, kind):
    check_step(train, rows, "tanh", kind)


@pytest.mark.parametrize("kind", LOSSES)
def test_losses_agree_with_float64_to_a_millionth(train, rows, kind):
    y, task = getattr(rows, kind), task_of(kind)
    options = {"task": task, "max_epochs": 12, "batch_size": 40}
    spec = NetworkSpec((8,), "tanh", learning_rate=0.02)
    watched = rows.held_out.astype(float)
    result = train([spec], rows.X, y, validation_weight=watched, **options)[0]
    layers = [*result.network.layers[:-1]]
    last = result.network.layers[-1]
    network = Network([*layers, Layer(last.weight, last.bias)])
    part = np.flatnonzero(rows.held_out)
    # Targets of the rows alone, but with the classes of all.
    Z, Y = forward(network, rows.X[part]).pre_activations[-1], targets(y, task)[part]
    if kind == "multiclass":
        exact = -(Y * log_softmax(Z, axis=1)).sum(axis=1).mean()
    elif kind == "regression":
        exact = 0.5 * ((Z - Y) ** 2).sum(axis=1).mean()
    else:
        exact = (np.logaddexp(0, Z) - Y * Z).sum(axis=1).mean()
    assert result.validation_curve[result.best_epoch - 1] == pytest.approx(exact, rel=1e-6)


def test_probabilities_are_those_of_the_logits_in_float64(train, rows):
    for kind, link in (("multiclass", softmax), ("multilabel", expit)):
        result = train([NetworkSpec((8,))], rows.X, getattr(rows, kind), max_epochs=3)[0]
        layers = result.network.layers
        plain = Network([*layers[:-1], Layer(layers[-1].weight, layers[-1].bias)])
        z = evaluate(plain, rows.X)
        expected = link(z, axis=1) if link is softmax else link(z)
        np.testing.assert_allclose(result.predict_proba(rows.X), expected, atol=1e-12)


# -- company ------------------------------------------------------------------------------------


def same(a, b) -> bool:
    return (
        np.array_equal(parameters(a.network), parameters(b.network))
        and np.array_equal(a.loss_curve, b.loss_curve)
        and (a.best_epoch, a.stopped_early, a.diverged)
        == (b.best_epoch, b.stopped_early, b.diverged)
    )


SPEC = {"hidden_layer_sizes": (8,), "activation": "tanh", "learning_rate": 0.02}
OPTIONS = {"max_epochs": 12, "batch_size": 40}


def test_a_spec_in_any_company_of_a_full_block_is_the_same_bit_by_bit(train, rows):
    mine = NetworkSpec(**SPEC, seed=7, weight_decay=0.01)
    others = [NetworkSpec(**SPEC | {"learning_rate": 0.001 * s}, seed=s) for s in range(1, 60)]
    first = train([mine, *others[:27]], rows.X, rows.multiclass, **OPTIONS)[0]
    companies = ([*others[27:50], mine, *others[50:]], [*others, mine], [mine, mine, *others[:26]])
    for specs in companies:
        found = train(specs, rows.X, rows.multiclass, **OPTIONS)
        assert all(same(first, r) for s, r in zip(specs, found, strict=True) if s is mine)


def test_a_spec_alone_is_the_same_as_in_company(train, rows):
    mine = NetworkSpec(**SPEC, seed=7)
    others = [NetworkSpec(**SPEC, seed=s) for s in range(40)]
    alone = train([mine], rows.X, rows.multiclass, **OPTIONS)[0]
    company = train([*others, mine], rows.X, rows.multiclass, **OPTIONS)[-1]
    np.testing.assert_allclose(
        parameters(alone.network), parameters(company.network), rtol=0, atol=1e-5
    )


@pytest.mark.parametrize("kind", ["regression", "multiclass"])
@pytest.mark.filterwarnings("ignore:the loss of .* left the finite numbers")
def test_a_net_that_diverges_is_stopped_and_marked_and_its_neighbors_feel_nothing(
    train, rows, kind
):
    def spec(seed, rate):
        return NetworkSpec((8,), "relu", "sgd", learning_rate=rate, seed=seed)

    options = {"task": task_of(kind), "max_epochs": 30, "batch_size": 40}
    y = getattr(rows, kind)
    calm = train([spec(0, 0.05), spec(1, 0.05), spec(2, 0.05)], rows.X, y, **options)
    wild = train([spec(0, 0.05), spec(1, 1e30), spec(2, 0.05)], rows.X, y, **options)
    assert [r.diverged for r in wild] == [False, True, False]
    assert same(calm[0], wild[0])
    assert same(calm[2], wild[2])
    assert np.isfinite(parameters(wild[1].network)).all()
    assert np.isfinite(wild[1].loss_curve).all()
    assert wild[1].n_epochs < 30


# -- inputs -------------------------------------------------------------------------------------


@pytest.mark.parametrize("scale", [1e30, 1e-30, 1e38])
@pytest.mark.parametrize("kind", ["binary", "regression"])
@pytest.mark.filterwarnings("ignore:the loss of .* left the finite numbers")
def test_features_of_any_scale_give_finite_networks_or_marked_ones(train, rows, scale, kind):
    X = rows.X.astype(np.float64) * scale / np.abs(rows.X).max()
    spec = NetworkSpec((8,), "relu", learning_rate=0.01)
    result = train([spec], X, getattr(rows, kind), task=task_of(kind), max_epochs=3)[0]
    assert np.isfinite(parameters(result.network)).all()
    assert np.isfinite(result.loss_curve).all()
    assert result.diverged or result.n_epochs == 3


def test_constant_columns_and_constant_inputs_are_learnt_from(train, rows):
    X = rows.X.copy()
    X[:, 1], X[:, 3] = 5.0, 0.0
    result = train([NetworkSpec((8,))], X, rows.multiclass, max_epochs=20)[0]
    assert not result.diverged
    shares = train(
        [NetworkSpec(optimizer="sgd", learning_rate=0.1, initialization="zeros")],
        np.ones((120, 2)),
        rows.binary,
        max_epochs=200,
        batch_size=120,
    )[0]
    expected = rows.binary.mean()
    assert shares.predict_proba(np.ones((1, 2)))[0, 1] == pytest.approx(expected, abs=0.02)


def test_one_sample_a_class_can_be_learnt_by_heart(train):
    X = np.eye(6)
    spec = NetworkSpec((16,), "tanh", learning_rate=0.05)
    result = train([spec], X, list("abcdef"), max_epochs=150, batch_size=2)[0]
    assert list(result.predict(X)) == list("abcdef")


@pytest.mark.parametrize("n_features", [1, 10_000])
def test_one_feature_and_ten_thousand_are_enough_and_not_too_many(train, n_features):
    rng = np.random.default_rng(0)
    y = np.arange(60) % 2
    X = rng.normal(size=(60, n_features)) + np.where(y, 2.5, -2.5)[:, None]
    spec = NetworkSpec((4,), "tanh", learning_rate=0.01)
    result = train([spec], X, y, max_epochs=30, batch_size=20)[0]
    assert (result.predict(X) == y).mean() > 0.9


def test_a_single_row_a_batch_and_a_batch_beyond_all_rows_are_fine(train, rows):
    for batch in (1, 7, 119, 120, 10**6):
        result = train([NetworkSpec((3,))], rows.X, rows.binary, max_epochs=2, batch_size=batch)[0]
        assert result.n_epochs == 2
        assert np.isfinite(result.loss_curve).all()


@pytest.mark.parametrize("weight", [np.zeros(120), None])
def test_no_row_to_watch_is_no_reason_to_stop(train, rows, weight):
    result = train(
        [NetworkSpec((3,))],
        rows.X,
        rows.binary,
        max_epochs=5,
        **({} if weight is None else {"validation_weight": weight, "early_stopping": 1}),
    )[0]
    assert (result.n_epochs, result.best_epoch, result.stopped_early) == (5, 5, False)
    assert np.isnan(result.validation_curve).all()


def test_a_missing_or_infinite_value_is_refused_in_a_sentence(train, rows):
    for value in (np.nan, np.inf, 1e300):
        X = rows.X.astype(np.float64)
        X[3, 4] = value
        with pytest.raises(ShapeError, match="row 3, column 4"):
            train([NetworkSpec()], X, rows.binary)
    with pytest.raises(LabelError, match="missing or infinite"):
        train([NetworkSpec()], rows.X, np.full(120, np.nan), task="regression")


# -- labels -------------------------------------------------------------------------------------

NUMBERS = ("int8", "int16", "int32", "int64", "uint8", "uint16", "uint32", "uint64")
LABELS = {
    **{name: np.array([3, 1, 2], dtype=name) for name in NUMBERS},
    "largest uint64": np.array([2**64 - 1, 2**64 - 2, 0], dtype=np.uint64),
    "smallest int64": np.array([-(2**63), 2**63 - 1, 0]),
    "bool": np.array([True, False, True]),
    "whole floats": np.array([1.0, 2.0, 0.0]),
    "float16": np.array([1, 2, 0], dtype=np.float16),
    "text": np.array(["flute", "", "Ünïcode"]),
    "object of text": np.array(["c", "a", "b"], dtype=object),
    "object of numbers": np.array([10, 2, 3], dtype=object),
    "bytes": np.array([b"c", b"a", b"b"]),
    "days": np.array(["2026-01-03", "2026-01-01", "2026-01-02"], dtype="datetime64[D]"),
}


@pytest.mark.parametrize("name", LABELS)
def test_labels_of_any_type_come_back_as_they_were(name):
    labels = LABELS[name]
    y = labels[np.arange(60) % 3]
    X = np.eye(3)[np.arange(60) % 3]
    result = fit_many(
        [NetworkSpec(optimizer="lbfgs", initialization="zeros")], X, y, max_epochs=50
    )[0]
    predicted = result.predict(X)
    assert predicted.dtype == y.dtype
    assert predicted.tolist() == y.tolist()


def test_categories_of_pandas_come_back():
    pandas = pytest.importorskip("pandas")
    y = pandas.Categorical(["b", "a", "c"] * 20)
    X = np.eye(3)[np.arange(60) % 3]
    result = fit_many([NetworkSpec(optimizer="lbfgs", initialization="zeros")], X, y)[0]
    assert result.predict(X).tolist() == list(y)


@pytest.mark.parametrize(
    "labels",
    [
        [1.0, np.nan, 2.0],
        ["a", None, "b"],
        ["a", 1, "b"],
        [np.datetime64("NaT", "D"), np.datetime64("2026-01-01"), np.datetime64("2026-01-02")],
        [1, 1, 1],
        [],
    ],
    ids=["nan", "none", "mixed", "no day", "one class", "no rows"],
)
def test_labels_that_cannot_be_learnt_are_refused_in_a_sentence(labels):
    y = np.array(labels, dtype=None if not any(v is None for v in labels) else object)
    if labels == ["a", 1, "b"]:
        y = np.array(labels, dtype=object)
    with pytest.raises(GradatimError):
        fit_many([NetworkSpec()], np.zeros((len(labels), 2)), y)
