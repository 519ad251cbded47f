"""A result shows itself: one line in a console, a picture or a table in a notebook."""

import xml.etree.ElementTree as ET
from functools import cache

import numpy as np
import pytest

import gradatim
from gradatim import approximate, parse, separate, transform
from gradatim.climb import compare_climbs
from gradatim.separability import separate_classes
from gradatim.tagging import ModelScore, Predictions

SQUARE = [[0, 0], [0, 1], [1, 0], [1, 1]]


def values():
    return {
        "network": parse("step(step(-x + 50) + step(x - 100) - 1)"),
        "trace": parse("tanh(x1 - 2x2)").trace([1, 2]),
        "separable": separate(SQUARE, [0, 0, 0, 1]),
        "not separable": separate(SQUARE, [0, 1, 1, 0]),
        "transformation": transform([0, 1, "5/3"], "aba"),
        "approximation": approximate("x^2", tolerance=0.1),
    }


LINES = {
    "network": "Network: step(step(-x + 50) + step(x - 100) - 1)",
    "trace": "Trace: tanh(x1 - 2x2) at x1 = 1, x2 = 2: y1 ≈ -0.995055",
    "separable": "Separation: 0 and 1 are separated by y = step(x1 + x2 - 1.5), widest margin "
    "≈0.353553",
    "not separable": "Separation: 0 and 1 are not separable, as 4 of 4 rows prove",
    "transformation": "Transformation: y = step(step(x - 0.5) + step(-x + 4/3) - 2), 3 points cut "
    "at 0.5, 4/3",
    "approximation": "Approximation: x^2 within 0.0997969 by 1.44675 relu(x - 0.381695) + "
    "0.0997968",
}


@pytest.mark.parametrize("kind", LINES)
def test_a_value_is_one_line_that_a_person_reads(kind):
    assert repr(values()[kind]) == LINES[kind]


@pytest.mark.parametrize("kind", LINES)
def test_a_notebook_gets_a_picture_or_a_table_that_is_well_formed(kind):
    html = values()[kind]._repr_html_()
    assert "<svg" in html or "<table" in html
    ET.fromstring(f"<div>{html}</div>")


def test_points_that_cannot_be_drawn_are_told_in_words_with_their_names_escaped():
    found = separate(np.eye(4), ["<b>", "a", "a", "a"])
    html = found._repr_html_()
    assert "<svg" not in html
    assert "&lt;b&gt;" in html
    assert "<b>" not in html


def test_a_network_too_long_to_read_is_told_by_its_sizes():
    layer = gradatim.Layer(np.ones((30, 784)), np.zeros(30), "relu")
    network = gradatim.Network([layer, gradatim.Layer(np.ones((10, 30)), np.zeros(10), "softmax")])
    assert repr(network) == "Network: 784-30-10 with 23,860 parameters (relu, softmax)"
    long = gradatim.Network([gradatim.Layer(np.full((1, 3), 1 / 3), [2 / 3])])
    assert repr(long) == "Network: 0.333333x1 + 0.333333x2 + 0.333333x3 + 0.666667"


def test_dir_shows_the_public_names_only():
    _ = gradatim.parse
    assert dir(gradatim) == sorted(gradatim.__all__)


@cache
def results():
    """Return results of the larger verbs, each of which a notebook shows."""
    rng = np.random.default_rng(0)
    X, y = rng.normal(size=(60, 2)), np.repeat(["<a>", "b"], 30)
    X[30:] += 4
    collection = gradatim.Collection(
        "two <i>", {"x": X}, y, "classification", np.arange(60).astype(str), np.arange(60) // 3
    )
    climb = gradatim.climb_collection(collection, rungs=["majority", "linear"], folds=3, repeats=1)
    return {
        "Collection": collection,
        "Climb": climb,
        "ClimbComparison": compare_climbs(climb.to_dict(), climb.to_dict()),
        "Predictions": Predictions(
            "songs <i>", "classification", ("<a>", "b"), [f"{i}" for i in range(30)],
            np.repeat("<a>", 30), np.full((30, 2), 0.5),
        ),
        "ModelScore": ModelScore("songs <i>", ("<a>", "b"), (2, 3), (1, 3), (0.3, 0.9)),
        "Explanation": gradatim.explain(climb.model, X[:1]),
        "Race": gradatim.race("xor", budgets=(20,), n_seeds=2),
        "MethodComparison": gradatim.find_methods(SQUARE, ["<i>", "b", "b", "<i>"], kernels=False),
        "ClassSeparations": separate_classes([[1], [2], [3]], ["<i>", "b", "c"]),
        "Exam": gradatim.make_exam(count=2, seed=1),
        "RungResult": climb.rungs[1],
        "Layer": parse("relu(x1) + relu(x2)").layers[0],
        "FitResult": gradatim.fit_many([gradatim.NetworkSpec((4,))], X, y)[0],
        "AddedFeatures": gradatim.find_features(SQUARE, [0, 1, 1, 0]),
        "HiddenLayer": gradatim.build_hidden(SQUARE, [0, 1, 1, 0]),
    }  # fmt: skip


def test_every_result_is_one_line_in_a_console_and_readable_in_a_notebook():
    for kind, value in results().items():
        line = repr(value)
        assert line.startswith(f"{kind}: ")
        assert len(line) < 200
        assert "\n" not in line
        if hasattr(value, "_repr_html_"):
            html = value._repr_html_()
            assert "<i>" not in html
            assert "<a>" not in html
            ET.fromstring(f"<div>{html}</div>")


def test_a_notebook_shows_the_ladder_with_its_verdict():
    climb = results()["Climb"]
    html = climb._repr_html_()
    assert "linear" in html
    assert "95 % interval" in html
    assert climb.verdict.sentence[:40] in html.replace("&#x27;", "'")


def test_a_notebook_shows_the_first_of_many_predictions():
    html = results()["Predictions"]._repr_html_()
    assert html.count("<tr>") == 21
    assert "and 10 rows more" in html
