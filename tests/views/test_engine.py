"""The browser's engine computes what the library computes: the same random networks in both.

Outputs, sums, losses and gradients agree within 1e-12 relative to max(1, |value|), and parameters
after 100 steps within 1e-9. Set GRADATIM_ENGINE_NETWORKS=1000 for the long run. Networks are drawn
so that no unit with a kink or a jump comes nearer to it than `NEAREST`, in training neither: there,
a rounding decides the side, and equality is not promised.

The references: `forward`, `trace` and `descend` of gradatim.network, and for optimizers the
arithmetic of the native engine's updates, which is float32 there, run on float64.
"""

import math
import os
import random
from fractions import Fraction
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from gradatim.activations import ACTIVATIONS, get_activation
from gradatim.losses import LOSSES
from gradatim.network import Layer, Network
from gradatim.network.descent import descend
from gradatim.network.evaluate import forward
from gradatim.network.initialize import initialize
from gradatim.training import NetworkSpec
from gradatim.training.stepping import Stepper
from tests.views.running import NodeScript

HERE = Path(__file__).parent
#: Modules of the engine, beside each other in gradatim/views.
PARTS = ("activations", "engine", "randomnumbers", "fractions")
N_NETWORKS = int(os.environ.get("GRADATIM_ENGINE_NETWORKS", "300"))
NEAREST = 1e-7
KINKED = {"sign", "heaviside", "relu", "leaky_relu", "elu"}
ELEMENTWISE = [name for name, entry in ACTIVATIONS.items() if entry.elementwise]


ask = NodeScript(HERE / "engine_cases.mjs").ask


def layers_of(network):
    return [
        {
            "weight": layer.weight.tolist(),
            "bias": layer.bias.tolist(),
            "activation": layer.activation,
            "mask": None if layer.mask is None else layer.mask.tolist(),
        }
        for layer in network.layers
    ]


def random_layer(rng, n_in, n_out, activation):
    mask = rng.random((n_out, n_in)) < 0.8 if rng.random() < 0.3 else None
    weight = rng.normal(0, 1.5 / np.sqrt(n_in), (n_out, n_in))
    return Layer(weight, rng.normal(0, 0.7, n_out), activation, mask)


def random_network(rng, hidden, output, n_outputs):
    """Draw sizes and weights; a layer in four has another activation for each unit."""
    sizes = [*rng.integers(1, 6, size=rng.integers(1, 4)), n_outputs]
    layers = []
    for depth in range(1, len(sizes)):
        activation = hidden if depth < len(sizes) - 1 else output
        if activation in ELEMENTWISE and depth < len(sizes) - 1 and rng.random() < 0.25:
            activation = tuple(rng.choice(ELEMENTWISE, sizes[depth]).tolist())
        layers.append(random_layer(rng, sizes[depth - 1], sizes[depth], activation))
    return Network(layers)


def nearest_kink(network, pre_activations):
    """How near a unit that has a kink or a jump at 0 comes to it."""
    return min(
        (
            np.abs(z[:, i]).min()
            for layer, z in zip(network.layers, pre_activations, strict=True)
            for i, name in enumerate(layer.activations)
            if name in KINKED
        ),
        default=np.inf,
    )


def assert_close(actual, expected, within=1e-12):
    actual, expected = np.asarray(actual, dtype=float), np.asarray(expected, dtype=float)
    assert actual.shape == expected.shape
    gaps = np.abs(actual - expected) / np.maximum(1.0, np.abs(expected))
    assert gaps.max(initial=0.0) <= within


@pytest.fixture(scope="module")
def forward_cases():
    rng = np.random.default_rng(20261127)
    names, cases = list(ACTIVATIONS), []
    while len(cases) < N_NETWORKS:
        i = len(cases)
        hidden, output = names[i % len(names)], names[i // len(names) % len(names)]
        network = random_network(rng, hidden, output, int(rng.integers(1, 4)))
        X = rng.normal(0, 2, (5, network.n_inputs))
        expected = forward(network, X)
        if nearest_kink(network, expected.pre_activations) > NEAREST:
            cases.append((network, X, expected))
    return cases


def test_outputs_and_sums_are_those_of_python(forward_cases):
    answers = ask(
        [
            {"ask": "forward", "layers": layers_of(network), "X": X.ravel().tolist()}
            for network, X, _ in forward_cases
        ]
    )
    for (network, _, expected), answer in zip(forward_cases, answers, strict=True):
        for depth in range(network.depth):
            assert_close(answer["z"][depth], expected.pre_activations[depth].ravel())
            assert_close(answer["a"][depth], expected.activations[depth + 1].ravel())


@pytest.mark.parametrize("name", ELEMENTWISE)
def test_activations_from_far_left_to_far_right(name):
    z = np.concatenate([np.linspace(-40, 40, 3001), [-1000.0, -0.0, 0.0, 1e-300, 750.0]])
    network = Network([Layer([[1.0]], [0.0], name)])
    [answer] = ask([{"ask": "forward", "layers": layers_of(network), "X": z.tolist()}])
    assert_close(answer["a"][0], ACTIVATIONS[name](z))


def test_small_numbers_keep_all_digits_under_tanh():
    # Between two places of the table, at 1/16, and far from 0.
    z = np.concatenate([np.linspace(0.2, 0.3, 201), np.geomspace(1e-300, 30, 601)])
    z = np.concatenate([z, -z])
    network = Network([Layer([[1.0]], [0.0], "tanh")])
    [answer] = ask([{"ask": "forward", "layers": layers_of(network), "X": z.tolist()}])
    np.testing.assert_allclose(answer["a"][0], np.tanh(z), rtol=2e-15)


def test_softmax_of_large_numbers_stays_finite():
    network = Network([Layer([[1000.0], [999.0], [-1000.0]], [0.0] * 3, "softmax")])
    [answer] = ask([{"ask": "forward", "layers": layers_of(network), "X": [1.0]}])
    assert_close(answer["a"][0], [1 / (1 + np.exp(-1)), 1 / (1 + np.e), 0.0])


def test_a_trace_has_the_numbers_of_pythons(forward_cases):
    chosen = forward_cases[:150]
    answers = ask(
        [
            {"ask": "trace", "layers": layers_of(network), "x": X[0].tolist()}
            for network, X, _ in chosen
        ]
    )
    n_edges = 0
    for (network, X, _), layers in zip(chosen, answers, strict=True):
        expected = [unit for layer in network.trace(X[0].tolist()).layers for unit in layer]
        units = [unit for layer in layers for unit in layer]
        for unit, theirs in zip(units, expected, strict=True):
            assert (unit["layer"], unit["index"]) == (theirs.layer, theirs.index)
            assert (unit["activation"], unit["predicted"]) == (theirs.activation, theirs.predicted)
            assert [edge["source"] for edge in unit["products"]] == [
                edge.source for edge in theirs.products
            ]
            for edge, other in zip(unit["products"], theirs.products, strict=True):
                assert_close(
                    [edge["weight"], edge["value"], edge["product"]],
                    [other.weight, other.value, other.product],
                )
                n_edges += 1
            assert_close(
                [unit["bias"], unit["sum"], unit["preActivation"], unit["value"]],
                [theirs.bias, theirs.sum, theirs.pre_activation, theirs.value],
            )
    assert n_edges > 500


def test_a_sign_of_0_has_no_class_and_a_tied_softmax_takes_the_first():
    sign = [{"weight": [[1.0]], "bias": [0.0], "activation": "sign"}]
    tied = [{"weight": [[1.0], [1.0]], "bias": [0.0, 0.0], "activation": "softmax"}]
    answers = ask(
        [
            {"ask": "trace", "layers": sign, "x": [0.0]},
            {"ask": "trace", "layers": sign, "x": [2.0]},
            {"ask": "trace", "layers": tied, "x": [3.0]},
            {"ask": "trace", "layers": sign, "x": [0.0], "threshold": -1},
        ]
    )
    classes = [[unit["predicted"] for unit in layers[-1]] for layers in answers]
    assert classes == [[None], [1], [1, 0], [1]]


def test_what_is_no_network_is_refused_in_a_sentence():
    unit = {"weight": [[1.0]], "bias": [0.0], "activation": "relu"}
    tanh = unit | {"activation": "tanh"}
    softmax = unit | {"activation": "softmax"}
    answers = ask(
        [
            {"ask": "refused", "layers": [unit | {"activation": "step"}]},
            {"ask": "refused", "layers": [unit, unit | {"weight": [[1.0, 2.0]]}]},
            {"ask": "refused", "layers": [unit | {"bias": [0.0, 1.0]}]},
            {"ask": "refused", "layers": [unit | {"activation": ["relu", "tanh"]}]},
            {"ask": "refused", "layers": [tanh], "loss": "cubic", "y": [1.0]},
            {"ask": "refused", "layers": [tanh], "loss": "binary", "y": [1.0]},
            {"ask": "refused", "layers": [softmax], "loss": "squared", "y": [1.0]},
            {"ask": "refused", "layers": [softmax, unit], "loss": "squared", "y": [1.0]},
            {"ask": "refused", "layers": [tanh], "loss": "squared", "y": [1.0, 2.0]},
            {"ask": "refused", "layers": [tanh], "optimizer": "lbfgs"},
            {"ask": "refused", "layers": [tanh], "seed": -1},
            {"ask": "refused", "layers": [tanh], "seed": 0.5},
            {"ask": "refused", "layers": [tanh], "method": "ones"},
            {"ask": "refused", "layers": [tanh], "x": [1]},
            {"ask": "refused", "layers": [unit], "x": [1, 2]},
            {"ask": "refused", "layers": []},
            {"ask": "refused", "layers": [{"weight": [], "bias": [], "activation": "relu"}]},
            {"ask": "refused", "layers": [unit | {"weight": [[1.0, 2.0]]}], "X": [1.0, 2.0, 3.0]},
            {"ask": "refused", "layers": [unit], "X": []},
            {"ask": "refused", "layers": [unit]},
        ]
    )
    starts = [
        "there is no activation step; choose one of identity, sign",
        "layer 2 reads 2 values; the layer below has 1",
        "layer 1 needs weights (nOut, nIn) and nOut biases",
        "layer 1 has 2 activations for 1 units",
        "there is no loss cubic; choose one of multiclass, binary, squared",
        "the loss binary goes with logistic outputs, not tanh",
        "the loss of a softmax is multiclass",
        "no steps through a hidden softmax",
        "there are 2 targets, not 1 rows of 1",
        "there is no optimizer lbfgs; choose one of adam, adamw, sgd",
        "the seed must be a whole number from 0 to 2^53 - 1, not -1",
        "the seed must be a whole number from 0 to 2^53 - 1, not 0.5",
        "there is no initialization ones; choose one of glorot, he, variance, zeros",
        "tanh gives no fractions; identity, sign, heaviside, relu and leaky_relu do",
        "layer 1 reads 1 values, not 2",
        "a network needs at least one layer",
        "layer 1 needs at least one unit",
        "a batch is one or more rows of 2 numbers; this one has 1.5 rows",
        "a batch is one or more rows of 1 numbers; this one has 0 rows",
    ]
    assert answers[-1] is None
    for answer, start in zip(answers[:-1], starts, strict=True):
        assert answer.startswith(start)


def test_the_engine_has_every_activation_and_loss_of_the_library():
    [tables] = ask([{"ask": "tables"}])
    assert tables["ACTIVATIONS"] == list(ACTIVATIONS)
    assert tables["LOSSES"] == {name: loss.output_activation for name, loss in LOSSES.items()}
    for optimizer in tables["OPTIMIZERS"]:
        assert NetworkSpec(optimizer=optimizer).optimizer == optimizer
    assert sorted(tables["OPTIMIZERS"]) == ["adam", "adamw", "sgd"]


# Gradients


def random_targets(rng, loss, shape):
    if loss == "squared":
        return rng.normal(size=shape)
    if loss == "binary":
        return rng.integers(0, 2, shape).astype(float)
    return np.eye(shape[1])[rng.integers(0, shape[1], shape[0])]


def random_task(rng, i):
    """Draw a network, a loss that goes with it, and rows."""
    loss = list(LOSSES)[i % 3]
    output = LOSSES[loss].output_activation
    if loss == "squared":
        output = ELEMENTWISE[i // 3 % len(ELEMENTWISE)]
    n_outputs = int(rng.integers(2, 4) if loss == "multiclass" else rng.integers(1, 4))
    network = random_network(rng, ELEMENTWISE[i % len(ELEMENTWISE)], output, n_outputs)
    X = rng.normal(size=(8, network.n_inputs))
    return network, loss, X, random_targets(rng, loss, (8, n_outputs))


def gradient_by_hand(network, X, y, loss):
    """What `descend` finds, laid out as the engine's parameters are."""
    [step] = descend(network, X.tolist(), y.tolist(), loss=loss)
    parts = []
    for layer, changes in zip(network.layers, step.changes, strict=True):
        weight = np.zeros(layer.weight.shape)
        for o, change in enumerate(changes):
            for source, _, gradient, _ in change.weights:
                weight[o, source] = gradient
        parts += [weight.ravel(), [change.bias[1] for change in changes]]
    return step.loss, np.concatenate(parts)


@pytest.fixture(scope="module")
def tasks():
    rng = np.random.default_rng(7)
    found = []
    while len(found) < N_NETWORKS:
        task = random_task(rng, len(found))
        if nearest_kink(task[0], forward(task[0], task[2]).pre_activations) > NEAREST:
            found.append(task)
    return found


def test_losses_and_gradients_are_those_of_python(tasks):
    answers = ask(
        [
            {
                "ask": "backward",
                "layers": layers_of(network),
                "loss": loss,
                "X": X[:4].ravel().tolist(),
                "y": y[:4].ravel().tolist(),
            }
            for network, loss, X, y in tasks
        ]
    )
    for (network, loss, X, y), answer in zip(tasks, answers, strict=True):
        lost, gradient = gradient_by_hand(network, X[:4], y[:4], loss)
        assert_close(answer["loss"], lost)
        assert_close(answer["gradient"], gradient)


@pytest.mark.parametrize("name", ELEMENTWISE)
def test_slopes_from_far_left_to_far_right(name):
    # The bias of a unit with identity above it: with target a - 1, its gradient is the slope.
    rows = [*np.linspace(-30, 30, 241).tolist(), 300.0, -300.0]
    answers = ask(
        [
            {
                "ask": "backward",
                "layers": [
                    {"weight": [[1.0]], "bias": [0.0], "activation": name},
                    {"weight": [[1.0]], "bias": [0.0], "activation": "identity"},
                ],
                "loss": "squared",
                "X": [z],
                "y": [float(get_activation(name)(np.float64(z))) - 1.0],
            }
            for z in rows
        ]
    )
    slopes = [answer["gradient"][1] for answer in answers]
    expected = get_activation(name).derivative(np.array(rows))
    assert_close(slopes, expected)
    if name in ("logistic", "tanh"):
        # Saturated units keep all digits of their small slopes.
        np.testing.assert_allclose(slopes, expected, rtol=1e-12)


def test_losses_of_saturated_outputs_stay_finite():
    layers = [{"weight": [[800.0], [-800.0]], "bias": [0.0, 0.0], "activation": "softmax"}]
    wrong = {"ask": "backward", "layers": layers, "loss": "multiclass", "X": [1.0], "y": [0.0, 1.0]}
    logistic = [{"weight": [[800.0]], "bias": [0.0], "activation": "logistic"}]
    binary = {"ask": "backward", "layers": logistic, "loss": "binary", "X": [1.0], "y": [0.0]}
    answers = ask([wrong, binary])
    assert [answer["loss"] for answer in answers] == [1600.0, 800.0]
    assert answers[0]["gradient"] == [1.0, -1.0, 1.0, -1.0]


# Training

RECIPES = [
    {"optimizer": "sgd", "momentum": 0.0, "learningRate": 0.05},
    {"optimizer": "sgd", "momentum": 0.9, "learningRate": 0.01, "weightDecay": 0.01},
    {"optimizer": "sgd", "nesterov": True, "learningRate": 0.01},
    {"optimizer": "adam", "learningRate": 0.01, "weightDecay": 0.02},
    {"optimizer": "adamw", "learningRate": 0.01, "weightDecay": 0.1},
    {"optimizer": "adam", "learningRate": 0.02, "beta2": 0.99, "cosineSteps": 100},
    {"optimizer": "sgd", "learningRate": 0.02, "smoothing": 0.1, "cosineSteps": 80},
]
N_STEPS = 100


@pytest.fixture
def updates(monkeypatch):
    """The native engine's updates in float64."""
    pytest.importorskip("numba", reason="the reference's arithmetic is the native engine's")
    from gradatim.training.native import updates

    for name, value in (("_1", 1.0), ("_BETA_1", 0.9), ("_EPSILON", 1e-8)):
        monkeypatch.setattr(updates, name, value)
    return updates


def by_columns(layer, z, part):
    """Apply functions or derivatives of a layer's activations."""
    return np.stack(
        [getattr(get_activation(name), part)(z[:, i]) for i, name in enumerate(layer.activations)],
        axis=1,
    )


class Reference:
    """Training in NumPy; gradients are compared with those of `descend` in a test."""

    def __init__(self, network, loss, recipe, updates):
        self.layers, self.loss, self.updates = network.layers, loss, updates
        self.recipe = {"momentum": 0.9, "weightDecay": 0.0, "beta2": 0.999, **recipe}
        self.parameters = np.concatenate(
            [part.ravel() for layer in self.layers for part in (layer.weight, layer.bias)]
        )
        self.weights = np.concatenate(
            [
                part
                for layer in self.layers
                for part in (np.ones(layer.weight.size), np.zeros(layer.n_out))
            ]
        )
        # Rows of one: the updates' loops over entries then move all of them at once.
        self.first, self.second = np.zeros((2, 1, len(self.parameters)))
        self.steps, self.nearest = 0, np.inf

    def cut(self):
        start = 0
        for layer in self.layers:
            end = start + layer.weight.size
            weight = self.parameters[start:end].reshape(layer.weight.shape)
            yield layer, weight, self.parameters[end : end + layer.n_out]
            start = end + layer.n_out

    def gradient(self, X, y):
        cut, a, z = list(self.cut()), [X], []
        for layer, weight, bias in cut:
            z.append(a[-1] @ weight.T + bias)
            softmax = layer.activation == "softmax"
            a.append(
                get_activation("softmax")(z[-1])
                if softmax
                else by_columns(layer, z[-1], "function")
            )
        self.nearest = min(self.nearest, nearest_kink(Network(self.layers), z))
        share = self.recipe.get("smoothing", 0.0)
        if self.loss != "squared":
            y = y * (1 - share) + share / (y.shape[1] if self.loss == "multiclass" else 2)
        d, parts = (a[-1] - y) / len(X), []
        if self.loss == "squared":
            d = d * by_columns(cut[-1][0], z[-1], "derivative")
        for depth in range(len(cut) - 1, -1, -1):
            layer, weight, _ = cut[depth]
            slope = d.T @ a[depth]
            parts[:0] = [
                (slope if layer.mask is None else slope * layer.mask).ravel(),
                d.sum(axis=0),
            ]
            if depth:
                d = (d @ weight) * by_columns(cut[depth - 1][0], z[depth - 1], "derivative")
        return np.concatenate(parts)

    def learn(self, X, y):
        recipe, updates = self.recipe, self.updates
        gradient, parameters = self.gradient(X, y)[None], self.parameters[None]
        decay = recipe["weightDecay"] * self.weights
        if recipe["optimizer"] != "adamw":
            updates.add_penalty(parameters, gradient, 1, decay)
            decay = 0.0
        rate = recipe["learningRate"]
        if "cosineSteps" in recipe:
            rate *= updates.cosine_factor(self.steps, recipe["cosineSteps"])
        self.steps += 1
        if recipe["optimizer"] == "sgd":
            nesterov = recipe.get("nesterov", False)
            updates.sgd(parameters, gradient, self.first, 1, rate, recipe["momentum"], nesterov)
        else:
            correct = [1 / (1 - beta**self.steps) for beta in (0.9, recipe["beta2"])]
            moments = self.first, self.second
            updates.adam(parameters, gradient, *moments, 1, rate, decay, recipe["beta2"], *correct)


def batches_of(X, y):
    """Four rows and the other four, in turn."""
    return [(X[start : start + 4], y[start : start + 4]) for start in (0, 4)] * (N_STEPS // 2)


def test_the_references_gradient_is_that_of_descend(tasks, updates):
    for network, loss, X, y in tasks[:60]:
        reference = Reference(network, loss, {"optimizer": "sgd"}, updates)
        assert_close(reference.gradient(X, y), gradient_by_hand(network, X, y, loss)[1])


def test_100_steps_of_every_optimizer_end_where_pythons_end(tasks, updates):
    cases, expected = [], []
    tasks = tasks[: len(tasks) // 4]
    for i, (network, loss, X, y) in enumerate(tasks):
        recipe = RECIPES[i % len(RECIPES)]
        reference, batches = Reference(network, loss, recipe, updates), batches_of(X, y)
        for rows, targets in batches:
            reference.learn(rows, targets)
        if reference.nearest > NEAREST:
            flat = [[rows.ravel().tolist(), targets.ravel().tolist()] for rows, targets in batches]
            given = {"layers": layers_of(network), "recipe": {"loss": loss, **recipe}}
            cases.append({"ask": "train", "batches": flat, **given})
            expected.append(reference)
    # Hardly any comes too near to a kink.
    assert len(cases) > 0.9 * len(tasks)
    assert {(case["recipe"]["loss"], case["recipe"]["optimizer"]) for case in cases} == {
        (loss, optimizer) for loss in LOSSES for optimizer in ("sgd", "adam", "adamw")
    }
    for reference, answer in zip(expected, ask(cases), strict=True):
        assert_close(answer["parameters"], reference.parameters, 1e-9)
        squares = (reference.weights * reference.parameters**2).sum()
        assert_close(answer["penalty"], 0.25 * squares, 1e-9)


@pytest.mark.parametrize("recipe", RECIPES, ids=lambda recipe: recipe["optimizer"])
def test_training_is_that_of_the_native_engine_which_is_float32(recipe):
    pytest.importorskip("numba", reason="the native engine needs it")
    rng = np.random.default_rng(5)
    X = rng.normal(size=(12, 2)).astype(np.float32).astype(float)
    y = np.arange(12) % 3
    network = Network([random_layer(rng, 2, 4, "tanh"), random_layer(rng, 4, 3, "softmax")])
    network = Network(
        [
            Layer(layer.weight.astype(np.float32), layer.bias.astype(np.float32), layer.activation)
            for layer in network.layers
        ]
    )
    names = {
        "learningRate": "learning_rate",
        "weightDecay": "weight_decay",
        "beta2": "beta_2",
        "smoothing": "label_smoothing",
    }
    fields = {names.get(k, k): v for k, v in recipe.items() if k != "cosineSteps"}
    if "cosineSteps" in recipe:
        fields["schedule"] = "cosine"
    spec = NetworkSpec(hidden_layer_sizes=(4,), activation="tanh", **fields)
    stepper = Stepper(
        spec, X, y, batch_size=12, max_epochs=recipe.get("cosineSteps", 60), initial=network
    )
    stepper.run(60)
    batch = [X.ravel().tolist(), np.eye(3)[y].ravel().tolist()]
    given = {"layers": layers_of(network), "recipe": {"loss": "multiclass", **recipe}}
    [answer] = ask([{"ask": "train", "batches": [batch] * 60, **given}])
    assert_close(answer["parameters"], stepper.parameters, 2e-5)


def test_a_unit_that_hands_a_value_on_and_a_missing_edge_stay():
    layers = [
        {"weight": [[1.0], [0.5]], "bias": [0.0, 0.1], "activation": "identity"}
        | {"passes": [True, False]},
        {"weight": [[0.3, 7.0]], "bias": [0.2], "activation": "identity", "mask": [[1, 0]]},
    ]
    batch = [[1.0, 2.0], [1.0, -1.0]]
    recipe = {"loss": "squared", "optimizer": "adamw", "weightDecay": 0.5, "learningRate": 0.1}
    cases = [{"ask": "train", "layers": layers, "batches": [batch] * 3, "recipe": recipe}]
    cases.append({**cases[0], "recipe": recipe | {"optimizer": "adam"}})
    for answer in ask(cases):
        first, second, *biases = [answer["parameters"][k] for k in (0, 5, 2)]
        assert (first, second, biases) == (1.0, 0.0, [0.0])
        # Weight of 0.5: nothing reads it, so only decay moves it.
        assert 0 < answer["parameters"][1] < 0.5
        assert answer["parameters"][4] != 0.3


# Random numbers


@pytest.mark.parametrize("seed", [0, 1, 20261127, 2**32 - 1, 2**32, 2**53 - 1])
def test_random_numbers_are_those_of_pythons_random(seed):
    # More than 624 words: the state is renewed.
    [answer] = ask([{"ask": "random", "seed": seed, "n": 700}])
    numbers, order = random.Random(seed), list(range(700))
    assert answer["bits"] == [numbers.getrandbits(32) for _ in range(700)]
    assert answer["uniform"] == [numbers.random() for _ in range(700)]
    assert_close(answer["normal"], [numbers.gauss(0.0, 1.0) for _ in range(700)])
    numbers.shuffle(order)
    assert answer["order"] == order
    assert answer["last"] == numbers.randrange(10)


@pytest.mark.parametrize("method", ["glorot", "he", "variance", "zeros"])
@pytest.mark.parametrize("activation", ["silu", "logistic"])
def test_initial_weights_follow_the_librarys_rules(method, activation):
    sizes = (3, 5, 4, 2)
    layers = [
        {"weight": np.ones((n_out, n_in)).tolist(), "bias": [1.0] * n_out, "activation": "relu"}
        for n_in, n_out in pairwise(sizes)
    ]
    case = {"ask": "initialize", "layers": layers, "method": method, "seed": 4}
    [parameters] = ask([case | {"activation": activation}])
    numbers, expected = random.Random(4), []
    for depth, (n_in, n_out) in enumerate(pairwise(sizes)):
        bound = math.sqrt((2 if activation == "logistic" else 6) / (n_in + n_out))
        spread = {
            "he": math.sqrt(2 / n_in),
            "variance": (1.0, 1.68, 0.0)[depth] / math.sqrt(n_in),
            "zeros": 0.0,
        }
        if method == "glorot":
            count = (n_in + 1) * n_out
            expected += [-bound + 2 * bound * numbers.random() for _ in range(count)]
        elif method == "zeros":
            expected += [0.0] * (n_in + 1) * n_out
        else:
            expected += [numbers.gauss(0, 1) * spread[method] for _ in range(n_in * n_out)]
            expected += [0.0] * n_out
    assert_close(parameters, expected)
    # The library's own draws have the same spread; only its numbers are others.
    for (n_in, n_out), (weight, _) in zip(
        pairwise((400, 300, 200)), initialize((400, 300, 200), method, 0, activation), strict=True
    ):
        factor = 2 if activation == "logistic" else 6
        within = {
            "glorot": math.sqrt(factor / (n_in + n_out) / 3),
            "he": math.sqrt(2 / n_in),
            "variance": 1 / math.sqrt(n_in) if n_in == 400 else 0.0,
            "zeros": 0.0,
        }[method]
        assert weight.std() == pytest.approx(within, rel=0.02)


def test_initial_weights_leave_missing_edges_alone():
    layers = [
        {"weight": [[1.0, 1.0]], "bias": [0.5], "activation": "relu", "mask": [[0, 1]]},
        {"weight": [[1.0]], "bias": [0.0], "activation": "identity", "passes": [True]},
    ]
    case = {"ask": "initialize", "layers": layers, "method": "he", "seed": 4}
    [[missing, drawn, bias, *passing]] = ask([case])
    numbers = random.Random(4)
    numbers.gauss(0, 1)
    assert (missing, bias, passing) == (0.0, 0.0, [1.0, 0.0])
    assert drawn == pytest.approx(numbers.gauss(0, 1))


# Fractions

RATIONAL = ["identity", "sign", "heaviside", "relu", "leaky_relu"]


def random_fraction(rng):
    return Fraction(int(rng.integers(-9, 10)), int(rng.integers(1, 13)))


def test_exact_traces_are_those_of_python():
    rng = np.random.default_rng(3)
    cases, expected = [], []
    for i in range(N_NETWORKS // 3):
        sizes, layers, given = rng.integers(1, 5, size=rng.integers(2, 5)), [], []
        for depth, (n_in, n_out) in enumerate(pairwise(sizes)):
            exact = {(o, j): random_fraction(rng) for o in range(n_out) for j in range(-1, n_in)}
            names = rng.choice(RATIONAL, n_out).tolist()
            if depth == 0:
                names[0] = RATIONAL[i % len(RATIONAL)]
            mask = rng.random((n_out, n_in)) < 0.8
            exact = {(o, j): w for (o, j), w in exact.items() if j < 0 or mask[o, j]}
            weight = [[exact.get((o, j), Fraction(0)) for j in range(n_in)] for o in range(n_out)]
            bias = [exact[o, -1] for o in range(n_out)]
            layers.append(
                Layer(
                    np.array(weight, dtype=float), np.array(bias, dtype=float), names, mask, exact
                )
            )
            given.append(
                {
                    "weight": [[str(w) for w in row] for row in weight],
                    "bias": [str(w) for w in bias],
                    "activation": names,
                    "mask": mask.tolist(),
                }
            )
        x = [str(random_fraction(rng)) for _ in range(sizes[0])]
        threshold = str(random_fraction(rng)) if i % 2 else None
        cases.append({"ask": "exact", "layers": given, "x": x, "threshold": threshold})
        expected.append(Network(layers).trace(x, exact=True, threshold=threshold))
    for answer, trace in zip(ask(cases), expected, strict=True):
        units = [unit for layer in answer for unit in layer]
        theirs = [unit for layer in trace.layers for unit in layer]
        for unit, other in zip(units, theirs, strict=True):
            assert [unit["bias"], unit["sum"], unit["preActivation"], unit["value"]] == [
                str(value) for value in (other.bias, other.sum, other.pre_activation, other.value)
            ]
            assert unit["predicted"] == other.predicted
            assert [
                (edge["source"], edge["weight"], edge["value"], edge["product"])
                for edge in unit["products"]
            ] == [
                (edge.source, str(edge.weight), str(edge.value), str(edge.product))
                for edge in other.products
            ]


def test_an_exact_sign_of_0_has_no_class_unless_a_threshold_decides():
    sign = [{"weight": [["1/3"]], "bias": ["-1/6"], "activation": "sign"}]
    case = {"ask": "exact", "layers": sign}
    answers = ask(
        [case | {"x": ["1/2"]}, case | {"x": [1]}, case | {"x": ["1/2"], "threshold": -1}]
    )
    assert [layers[0][0]["value"] for layers in answers] == ["0", "1", "0"]
    assert [layers[0][0]["predicted"] for layers in answers] == [None, 1, 1]


def test_numbers_are_read_without_rounding():
    texts = ["2", "-4/6", "+0.250", ".5", "3.", "-1.5e-3", "1e3", 0.1, -7, 1e21, 5e-324, "0/5"]
    [answers] = ask([{"ask": "fractions", "texts": texts}])
    values = [repr(text) if isinstance(text, float) else str(text) for text in texts]
    assert answers == [str(Fraction(value)) for value in values]


def test_what_is_no_number_is_refused_at_once():
    texts = ["1/0", "", ".", "x", "1e9999", "1" * 1001, "1/2/3", "0x10", "NaN"]
    [answers] = ask([{"ask": "fractions", "texts": texts}])
    assert answers == [
        "1/0 divides by zero",
        *(f"this is no number: {text}" for text in ("", ".", "x", "1e9999")),
        "a number has at most 1,000 characters",
        *(f"this is no number: {text}" for text in ("1/2/3", "0x10", "NaN")),
    ]
