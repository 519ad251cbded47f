"""The networks that are drawn; ``python tests/drawing/conftest.py`` writes their drawings anew.

Drawings are compared as text, so that a change of a format shows line by line.
"""

from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from gradatim.drawing import draw, draw_layers
from gradatim.network.graph import Layer, Network
from gradatim.network.reading import parse

GOLDEN = Path(__file__).parent / "golden"


def ramp(*sizes, activation="relu", output="softmax"):
    """A dense network whose weights rise evenly from -1 to 1."""
    return Network(
        [
            Layer(
                np.linspace(-1, 1, n_in * n_out).reshape(n_out, n_in),
                np.linspace(-0.5, 0.5, n_out),
                output if i == len(sizes) - 2 else activation,
            )
            for i, (n_in, n_out) in enumerate(pairwise(sizes))
        ]
    )


# The lecture's slides L1, L4 and L12-L14, and one of each other kind.
NETWORKS = {
    "linear": Network([Layer([[0.8]], [0.4])]),
    "logistic": Network([Layer([[1.0]], [-2.5], "sigmoid")]),
    "open": Network([Layer([[1.0]], [-5.0], "a")]),
    "interval": Network(
        [Layer([[-1.0], [1.0]], [50.0, -100.0], "sign"), Layer([[1.0, 1.0]], [1.0], "sign")],
        input_names=["x"],
    ),
    "values": Network(
        [Layer([[-1.0], [1.0]], [50.0, -100.0], "step"), Layer([[1.0, 1.0]], [-1.0])],
        input_names=["x"],
    ),
    "missing_edges": Network(
        [Layer([[3.0, 0.0, 2.0]], [-1.0], "relu", np.array([[True, False, True]]))]
    ),
    "shallow": ramp(2, 3, 1, activation="tanh", output="logistic"),
    "elided": ramp(1, 40, 1, output="identity"),
    "deep": ramp(64, 256, 256, 12),
    "constant": Network([Layer(np.empty((1, 0)), [5.0])]),
    "named": parse("left = step(-x1 + 50); right = step(x1 - 100); sigmoid(left + right + x2)"),
    "names": Network(
        [Layer([[1.0]], [0.0])],
        input_names=['<b>"bold"&\x00\\$_%</b>'],
        output_names=["a name too long to be written in full"],
    ),
}
OPTIONS = {"elided": {"form": "units"}, "values": {"at": {"x": 120}}}


def draw_golden(name, path):
    """Draw a network as it is kept."""
    if name == "sketch":
        return draw_layers([784, 128, 64, 10], path, activations=["relu", "relu", "softmax"])
    return draw(NETWORKS[name], path, **{"form": "auto", "max_units": 12, **OPTIONS.get(name, {})})


@pytest.fixture(scope="session")
def networks():
    """Return the networks that are drawn, by name."""
    return NETWORKS


@pytest.fixture(name="draw_golden", scope="session")
def draw_golden_fixture():
    """Return what draws a network into a file as it is kept."""
    return draw_golden


if __name__ == "__main__":
    for name in [*NETWORKS, "sketch"]:
        for suffix in (".svg", ".dot", ".mmd", ".tex"):
            draw_golden(name, GOLDEN / f"{name}{suffix}")
