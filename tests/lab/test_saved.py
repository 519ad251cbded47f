"""A saved model in the page answers what it answers outside."""

import numpy as np
import pytest

import gradatim
from gradatim.errors import SpecError
from gradatim.lab import lesson_from_model, render_lab
from gradatim.models.learners import AveragedNetworks, Constant
from gradatim.models.model import Model
from gradatim.models.training_rows import TrainingRows
from gradatim.scalers import Scaler
from tests.lab.asking import ask_one
from tests.lab.test_page import lesson_of

SCALED = np.array([[0.5, -1.0], [1.5, 0.25], [-2.0, 1.0]], dtype=np.float32)


def make_model(network, labels, n_inputs=2, *, task="classification", rows=3, **given):
    ones = np.ones(n_inputs)
    kept = TrainingRows(SCALED[:, :n_inputs], ("a", "b", "c"), tuple(labels), rows)
    members = network if isinstance(network, tuple) else (network,)
    classes = np.array(sorted(set(labels))) if task == "classification" else None
    fields = {
        "learner": AveragedNetworks(members, True),
        "scaler": Scaler(10 * ones, 4 * ones, 10 * ones),
        "classes": classes,
        "feature_names": ("tempo", "energy")[:n_inputs],
        "training_rows": kept,
    }
    return Model("shallow", "columns", task, **(fields | given))


def answers(lesson):
    """What the page's network says of the page's points."""
    state = ask_one(ask="initial", lesson=lesson_of(render_lab(lesson)))
    X = np.ravel(lesson.table["X"]).tolist()
    n = len(lesson.table["names"])
    exact = ask_one(ask="planes", net=state["net"], nInputs=n, X=X)["exact"][-1]
    return np.reshape(exact, (len(SCALED), -1))


def test_classes_of_a_model_are_those_of_its_rows():
    network = gradatim.parse("x1, x2 -> h1 = tanh(x1 - x2); h2 = tanh(2x2) -> sigmoid(h1 + h2)")
    model = make_model(network, ["rock", "jazz", "rock"], rows=50)
    lesson = lesson_from_model(model, "m.gradatim")
    np.testing.assert_allclose(answers(lesson), model.outputs(10 + 4 * SCALED), atol=1e-12)
    assert lesson.table["labels"] == [1, 0, 1]
    assert "x₁ stands for (tempo \N{MINUS SIGN} 10) / 4." in lesson.table["note"]
    assert "of 50" in lesson.notices[0].message
    # It has seen all of them.
    state = ask_one(ask="initial", lesson=lesson_of(render_lab(lesson)))
    assert state["data"]["held"] == 0
    assert "cannot tell how well" in lesson.table["note"]


def test_a_number_is_in_the_pages_units():
    network = gradatim.parse("x1 -> h1 = tanh(x1) -> 3h1 + 7")
    labels = ["5", "9", "4"]
    model = make_model(network, labels, 1, task="regression")
    found = answers(lesson_from_model(model, "m"))
    y = np.array([5, 9, 4.0])
    np.testing.assert_allclose(
        y.mean() + y.std() * found, model.outputs(10 + 4 * SCALED[:, :1]), atol=1e-12
    )


def test_networks_whose_mean_is_one_network_are_shown_whole_and_others_by_the_first():
    two = tuple(gradatim.parse(f"x1, x2 -> h1 = tanh({k}x1 - x2) -> sigmoid(h1)") for k in (1, 2))
    model = make_model(two, ["a", "b", "a"])
    lesson = lesson_from_model(model, "m")
    np.testing.assert_allclose(answers(lesson), model.outputs(10 + 4 * SCALED), atol=1e-12)
    soft = tuple(gradatim.parse(f"x1, x2 -> softmax({k}x1, x2, x1 - x2)") for k in (1, 2))
    lesson = lesson_from_model(make_model(soft, ["a", "b", "c"]), "m")
    assert "2 networks; the first is shown" in lesson.notices[0].message
    np.testing.assert_allclose(answers(lesson), soft[0](SCALED), atol=1e-7)


LOGISTIC = gradatim.parse("sigmoid(x1 - x2)")


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"learner": Constant(np.array([1.0]))}, "opens models that are networks"),
        ({"training_rows": None}, "keeps no rows"),
        ({"task": "multilabel", "classes": None}, "several things"),
        ({"task": "regression", "classes": None}, "a number from two columns"),
        ({"classes": np.array(list("abcdefg"))}, "tells 7 classes apart"),
        (
            {"learner": AveragedNetworks((gradatim.parse("sigmoid(x1+x2+x3)"),), True)},
            "reads 3 col",
        ),
    ],
)
def test_what_the_page_cannot_show_of_a_model_is_said(change, said):
    from dataclasses import replace

    model = replace(make_model(LOGISTIC, ["a", "b", "a"]), **change)
    with pytest.raises(SpecError, match=said):
        lesson_from_model(model, "m.gradatim")
