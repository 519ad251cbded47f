"""What the page writes for other programs computes what the page computes, or is what they read."""

import random
from xml.etree import ElementTree as ET

import numpy as np
import pytest
from sklearn.base import is_classifier

from tests.lab.asking import ask
from tests.lab.test_modules import random_net

X = np.random.default_rng(2).normal(0, 2, (20, 2))


def written(net, sizes, names=("x1", "x2")):
    given = {"net": net, "nInputs": sizes[0]}
    text, found = ask(
        {"ask": "write", **given, "names": names[: sizes[0]]},
        {"ask": "planes", **given, "X": X[:, : sizes[0]].ravel().tolist()},
    )
    return text, np.array(found["exact"][-1]).reshape(len(X), -1)


@pytest.mark.parametrize("hidden", ["identity", "logistic", "tanh", "relu"])
@pytest.mark.parametrize(("output", "n"), [("logistic", 1), ("softmax", 3), ("identity", 1)])
@pytest.mark.parametrize("depth", [0, 2])
def test_scikit_learns_model_answers_as_the_page(hidden, output, n, depth):
    rng = random.Random(7)
    sizes = [2, *([3] * depth), n]
    net = random_net(rng, sizes, output)
    net["activations"][:-1] = [[hidden] * 3] * depth
    text, expected = written(net, sizes)
    scope: dict = {}
    exec(text["sklearn"], scope)  # what the page wrote a moment ago
    found = scope["predict"](X)
    model = scope["model"]
    assert is_classifier(model) == (output != "identity")
    if output == "logistic":
        found = found[:, 1]
        np.testing.assert_array_equal(model.predict(X), expected[:, 0] > 0.5)
    np.testing.assert_allclose(np.reshape(found, expected.shape), expected, rtol=1e-12, atol=1e-12)


@pytest.mark.parametrize(
    ("activations", "said"),
    [([["gelu"], ["logistic"]], "one function for all"), ([["tanh"], ["relu"]], "not relu")],
)
def test_what_scikit_learn_does_not_have_is_said_in_a_comment(activations, said):
    net = {"activations": activations, "parameters": [1] * 5, "edges": [1] * 5}
    text, _ = written(net, [2, 1, 1])
    assert said in text["sklearn"]
    assert all(line.startswith("#") for line in text["sklearn"].splitlines())


def test_graph_has_a_node_per_unit_and_an_edge_per_weight():
    net = {
        "activations": [["tanh", "relu"], ["logistic"]],
        "parameters": [1, -2, 0, 4, 0.5, -0.5, 1, -1, 0.25],
        "edges": [1, 1, 0, 1, 1, 1, 1, 1, 1],
    }
    text, _ = written(net, [2, 2, 1])
    svg = ET.fromstring(text["svg"])
    name = "{http://www.w3.org/2000/svg}"
    assert len(svg.findall(f"{name}circle")) == 5
    assert len(svg.findall(f"{name}line")) == 5
    assert "tanh, w₀ = 0.5" in [one.text for one in svg.iter(f"{name}text")]
    assert text["tikz"].count(r"\node[unit") == 5
    assert text["tikz"].count(r"\draw[->") == 5
    assert (
        r"(n0-1) -- node[pos=0.3, fill=white, inner sep=1pt, font=\scriptsize] {$-2$} (n1-0);"
        in (text["tikz"])
    )
