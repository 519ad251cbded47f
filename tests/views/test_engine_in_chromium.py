"""Chromium's engine computes what Node's does, which is what Python does: the same cases in both.

Numbers agree within 1e-12 relative to max(1, |value|), after 100 steps of training within 1e-9.
"""

import json
import re
from pathlib import Path

import numpy as np
import pytest

from gradatim import views
from tests.views import test_engine
from tests.views.running import running_chromium
from tests.views.test_engine import RECIPES, ask, batches_of, layers_of

pytestmark = pytest.mark.slow

HERE = Path(__file__).parent
# The same networks and tasks as in Node's suite.
forward_cases, tasks = test_engine.forward_cases, test_engine.tasks


@pytest.fixture(scope="module")
def ask_chromium():
    parts = [Path(views.__file__).with_name(f"{name}.js") for name in test_engine.PARTS]
    texts = [path.read_text("utf-8") for path in (*parts, HERE / "engine_answers.mjs")]
    with running_chromium() as browser:
        page = browser.new_page()
        page.add_script_tag(content=re.sub(r"^export ", "", "\n".join(texts), flags=re.M))
        lib = "engine(activationFunctions(), randomNumbers(), fractions())"
        yield lambda cases: json.loads(page.evaluate(f"cases => answersOf({lib})(cases)", cases))


def numbers(value):
    """Return all numbers of an answer, in order, and its shape in words."""
    if isinstance(value, dict):
        value = list(value.items())
    if isinstance(value, list | tuple):
        pairs = [numbers(one) for one in value]
        return [n for found, _ in pairs for n in found], [shape for _, shape in pairs]
    is_number = isinstance(value, float | int) and not isinstance(value, bool)
    return ([value], "number") if is_number else ([], value)


def assert_same(cases, ask_chromium, tolerance):
    for case, expected, found in zip(cases, ask(cases), ask_chromium(cases), strict=True):
        (e, e_shape), (f, f_shape) = numbers(expected), numbers(found)
        assert f_shape == e_shape, case
        np.testing.assert_allclose(f, e, rtol=tolerance, atol=tolerance)


def flat(array):
    return array.ravel().tolist()


def test_outputs_losses_and_gradients_are_the_same(forward_cases, tasks, ask_chromium):
    cases = [
        {"ask": "forward", "layers": layers_of(network), "X": flat(X)}
        for network, X, _ in forward_cases
    ]
    cases += [
        {"ask": "backward", "layers": layers_of(n), "loss": loss, "X": flat(X), "y": flat(y)}
        for n, loss, X, y in tasks
    ]
    assert_same(cases, ask_chromium, 1e-12)


def test_100_steps_of_every_optimizer_are_the_same(tasks, ask_chromium):
    cases = []
    for i, (network, loss, X, y) in enumerate(tasks[:40]):
        batches = [[flat(rows), flat(targets)] for rows, targets in batches_of(X, y)]
        recipe = {"loss": loss, **RECIPES[i % len(RECIPES)]}
        case = {"ask": "train", "batches": batches, "layers": layers_of(network), "recipe": recipe}
        cases.append(case)
    assert_same(cases, ask_chromium, 1e-9)


def test_random_numbers_fractions_and_exact_traces_are_the_same(ask_chromium):
    layers = [{"weight": [["1/3", "0.1"]], "bias": ["-1/7"], "activation": "sign"}]
    start = [{"weight": [[1, 1]] * 3, "bias": [1] * 3, "activation": "relu"}]
    methods = ("glorot", "he", "variance", "zeros")
    cases = [
        *({"ask": "random", "seed": seed, "n": 700} for seed in (0, 2**32, 2**53 - 1)),
        *({"ask": "initialize", "layers": start, "method": m, "seed": 4} for m in methods),
        {"ask": "exact", "layers": layers, "x": ["3/7", 0]},
        {"ask": "fractions", "texts": ["1e-3", "-0.25", "2/6", "x", "1/0"]},
        {"ask": "tables"},
    ]
    assert_same(cases, ask_chromium, 1e-12)
