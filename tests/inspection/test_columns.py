import dataclasses

import numpy as np
import pytest

from gradatim.collection import Collection
from gradatim.inspection.columns import find_given_away

N = 60
Y = np.array(["blues", "jazz", "rock"])[np.arange(N) // 20]
RNG = np.random.default_rng(0)


def given_away(values, y=Y, task="classification", name="a", **more):
    columns = {name: values, "noise": RNG.normal(size=len(y))}
    X = {"features": np.stack(list(columns.values()), axis=1)}
    made = Collection(
        "t", X, y, task, np.arange(len(y)), feature_names={"features": tuple(columns)}, **more
    )
    return [finding.message for _, finding in find_given_away(made).get("features", [])]


def test_an_id_in_any_order_that_separates_the_classes_is_found():
    order = RNG.permutation(N)
    [message] = given_away(order.astype(float), Y[order], name="Unnamed: 0")
    assert (
        message
        == "column 'Unnamed: 0' numbers the rows, and sorted by it the targets are separated"
    )
    # Gaps, and an order that is not quite that of the classes, hide nothing.
    assert given_away(100 * order.astype(float), Y[order], name="track_id")
    # At one step each, whatever it is called: a time stamp, for instance.
    assert given_away(1.6e12 + 1000.0 * order, Y[order], name="when")
    swapped = Y.copy()
    swapped[[0, 25]] = swapped[[25, 0]]
    assert given_away(order.astype(float), swapped[order])


def test_a_quantity_that_separates_the_classes_is_no_id():
    order = RNG.permutation(N)
    assert given_away(100.0 * order + order % 7, Y[order], name="tempo") == []
    assert given_away(order + 0.5, Y[order], name="id") == []
    assert given_away(np.floor(order / 2), Y[order], name="id") == []


def test_an_id_that_says_nothing_of_the_classes_is_no_finding():
    assert given_away(RNG.permutation(N).astype(float), name="id") == []


def test_an_id_along_which_a_number_rises_is_found():
    order = RNG.permutation(N).astype(float)
    assert given_away(order, order**3, "regression", name="id")
    assert given_away(order, RNG.normal(size=N), "regression", name="id") == []


def test_a_column_that_counts_the_rows_is_found_in_any_order_of_the_classes():
    assert "only counts the rows" in given_away(np.arange(7.0, 7 + N), RNG.permutation(Y))[0]


def test_a_copy_of_the_target_under_other_names_is_found():
    codes = np.unique(Y, return_inverse=True)[1]
    [message] = given_away(np.array([7.5, -1.0, 3.0])[codes])
    assert message == "column 'a' is a copy of the target: each of its values stands for one class"
    [message] = given_away(2.0 * codes + np.arange(N) % 2)
    assert (
        message == "column 'a' gives the target away: each of its 6 values occurs in one class only"
    )


def test_one_row_of_another_class_makes_a_copy_a_feature():
    codes = np.unique(Y, return_inverse=True)[1].astype(float)
    codes[0] = codes[-1]
    assert given_away(codes) == []


def test_a_feature_that_predicts_perfectly_is_no_copy():
    codes = np.unique(Y, return_inverse=True)[1]
    assert given_away(codes + 0.1 * RNG.random(N)) == []


@pytest.mark.parametrize("flipped", [False, True])
def test_one_hot_copies_are_found_together(flipped):
    X = np.stack([(label == Y) ^ flipped for label in ("blues", "rock")], axis=1).astype(float)
    names = ("is_blues", "is_rock")
    made = Collection("t", {"f": X}, Y, "classification", np.arange(N), feature_names={"f": names})
    pairs = find_given_away(made)["f"]
    assert [name for name, _ in pairs] == list(names)
    [finding] = {finding for _, finding in pairs}
    assert finding.message == (
        "2 columns say of one class each whether a row is of it: is_blues, is_rock"
    )
    X[0] = X[-1]
    assert find_given_away(dataclasses.replace(made, X={"f": X})) == {}


def test_a_column_that_is_a_target_itself_is_found():
    y = RNG.normal(size=N)
    assert given_away(y, y, "regression") == ["column 'a' is the target itself"]
    labels = RNG.integers(2, size=(N, 2))
    [message] = given_away(labels[:, 1], labels, "multilabel", target_names=("sad", "calm"))
    assert message == "column 'a' is the target calm itself"
    assert given_away(2 * y, y, "regression") == []


def test_sounds_have_no_columns_that_were_given():
    assert given_away(np.arange(float(N)), media=[None] * N) == []
