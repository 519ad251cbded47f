"""The gradient written out for a shape has the engine's bits, for every function and loss."""

import itertools
import json
from pathlib import Path

import numpy as np
import pytest

from gradatim.activations import ACTIVATIONS
from tests.views.running import run_node

HERE = Path(__file__).parent
ELEMENTWISE = [name for name, entry in ACTIVATIONS.items() if entry.elementwise]
LOSSES = {"binary": "logistic", "multiclass": "softmax"}


def random_case(rng, k):
    loss = ("binary", "multiclass", "squared")[k % 3]
    n_out = int(rng.integers(2, 5)) if loss == "multiclass" else int(rng.integers(1, 3))
    sizes = [*rng.integers(1, 6, size=rng.integers(1, 4)).tolist(), n_out]
    layers = []
    for depth in range(1, len(sizes)):
        n_in, n = sizes[depth - 1], sizes[depth]
        name = ELEMENTWISE[(k + depth) % len(ELEMENTWISE)]
        activation = rng.choice(ELEMENTWISE, n).tolist() if rng.random() < 0.3 else name
        if depth == len(sizes) - 1 and loss in LOSSES:
            activation = LOSSES[loss]
        mask = rng.random((n, n_in)) < 0.8 if rng.random() < 0.3 else None
        layers.append(
            {
                "weight": rng.normal(0, 1, (n, n_in)).tolist(),
                "bias": rng.normal(0, 1, n).tolist(),
                "activation": activation,
                "mask": None if mask is None else mask.tolist(),
            }
        )
    rows = 13
    y = rng.random((rows, n_out)).round()
    if loss == "multiclass":
        y = np.eye(n_out)[rng.integers(0, n_out, rows)]
    optimizer = ("sgd", "adam", "adamw")[k // 3 % 3]
    return {
        "layers": layers,
        "X": rng.normal(0, 2, (rows, sizes[0])).ravel().tolist(),
        "y": y.ravel().tolist(),
        "recipe": {"optimizer": optimizer, "learningRate": 0.05, "weightDecay": 0.01},
        "loss": loss,
        "batch": 5,
        "steps": 60,
    }


def answers(cases):
    result = run_node(str(HERE / "kernel_cases.mjs"), input=json.dumps(cases))
    assert result.returncode == 0, result.stderr
    return json.loads(result.stdout)


def test_sixty_steps_of_two_hundred_networks_are_the_same_bit_by_bit():
    rng = np.random.default_rng(12)
    cases = [random_case(rng, k) for k in range(200)]
    for case, found in zip(cases, answers(cases), strict=True):
        assert found["isWritten"]
        assert found["written"] == found["plain"], case["layers"]
        start = [w for layer in case["layers"] for row in layer["weight"] for w in row]
        assert found["written"][: len(start)] != start


def layer(rng, n_out, n_in, activation="tanh"):
    weight = rng.normal(0, 0.1, (n_out, n_in)).tolist()
    return {"weight": weight, "bias": [0.0] * n_out, "activation": activation, "mask": None}


@pytest.mark.parametrize(("hidden", "is_written"), [((8, 8), True), ((8, 8, 8), False)])
def test_what_browsers_do_not_translate_is_left_to_the_engine(hidden, is_written):
    # Chromium gives up above about 140 parameters; these have 105 and 177.
    rng = np.random.default_rng(13)
    case = random_case(rng, 0) | {"X": rng.normal(0, 1, 26).tolist()}
    sizes = [2, *hidden]
    case["layers"] = [layer(rng, n, m) for m, n in itertools.pairwise(sizes)]
    case["layers"].append(layer(rng, 1, sizes[-1], "logistic"))
    case["y"] = case["y"][:13]
    [found] = answers([case])
    assert found["isWritten"] is is_written
    assert found["written"] == found["plain"]
