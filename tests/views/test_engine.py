"""The browser's engine computes what the library computes: the same random networks in both.

Outputs, sums and gradients agree within 1e-12 relative to max(1, |value|). Set
GRADATIM_ENGINE_NETWORKS=1000 for the long run. Networks are drawn so that no unit with a kink or a
jump comes nearer to it than `NEAREST`: there, a rounding decides the side, and equality is not
promised.
"""

import json
import os
from pathlib import Path

import numpy as np
import pytest

from gradatim.activations import ACTIVATIONS
from gradatim.network import Layer, Network
from gradatim.network.evaluate import forward
from tests.views.running import run_node

HERE = Path(__file__).parent
N_NETWORKS = int(os.environ.get("GRADATIM_ENGINE_NETWORKS", "300"))
NEAREST = 1e-7
KINKED = {"sign", "heaviside", "relu", "leaky_relu", "elu"}
ELEMENTWISE = [name for name, entry in ACTIVATIONS.items() if entry.elementwise]


def ask(cases):
    """Let the engine answer all cases in one process."""
    result = run_node(str(HERE / "engine_cases.mjs"), input=json.dumps(cases))
    assert result.returncode == 0, result.stderr
    return json.loads(result.stdout)


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
    answers = ask(
        [
            {"ask": "refused", "layers": [unit | {"activation": "step"}]},
            {"ask": "refused", "layers": [unit, unit | {"weight": [[1.0, 2.0]]}]},
            {"ask": "refused", "layers": [unit | {"bias": [0.0, 1.0]}]},
            {"ask": "refused", "layers": [unit | {"activation": ["relu", "tanh"]}]},
            {"ask": "refused", "layers": [unit]},
        ]
    )
    starts = [
        "there is no activation step; choose one of identity, sign",
        "layer 2 reads 2 values; the layer below has 1",
        "layer 1 needs weights (nOut, nIn) and nOut biases",
        "layer 1 has 2 activations for 1 units",
    ]
    assert answers[-1] is None
    for answer, start in zip(answers, starts, strict=False):
        assert answer.startswith(start)
