import re

import numpy as np
import pytest

from gradatim.errors import LabelError, SpecError, TableError
from gradatim.tables.columns import read_columns
from gradatim.tables.targets import MAX_INTEGER_CLASSES, read_targets


@pytest.fixture
def read(tmp_path):
    """Read targets from columns given as lists of cells."""

    def read(columns, task=None):
        # A feature beside them keeps a row with an empty cell from being a blank line.
        cells = zip(*columns.values(), strict=True)
        rows = [",".join([*columns, "x"]), *(",".join([*row, "0"]) for row in cells)]
        (tmp_path / "t.csv").write_text("\n".join(rows))
        return read_targets(read_columns(tmp_path / "t.csv"), list(columns), task)[:2]

    return read


def test_two_columns_of_any_name_are_a_place_if_asked_for(read):
    columns = {"north": ["10", "-33.5"], "east": ["350", "-70"]}
    y, task = read(columns, "geo")
    assert task == "regression"
    assert y.tolist() == [[10.0, 350.0], [-33.5, -70.0]]


@pytest.mark.parametrize(
    ("columns", "says"),
    [
        ({"east": ["150", "7"], "north": ["1", "2"]}, "is 150 in line 2 of the file, row 1, which "
         "is no latitude in degrees; name latitude first"),
        ({"north": ["1", "2"]}, "a place is two targets"),
        ({"north": ["1", "x"], "east": ["1", "2"]}, "holds text"),
    ],
)  # fmt: skip
def test_what_is_no_place_is_refused(read, columns, says):
    with pytest.raises(TableError, match=says):
        read(columns, "geo")


def numbers(n):
    return [str(k) for k in range(n)]


@pytest.mark.parametrize(
    ("cells", "task"),
    [
        (["rock", "jazz"], "classification"),
        (["true", "false"], "classification"),
        (["1", "x"], "classification"),
        (["0", "1"], "classification"),
        (["1.0", "2.0"], "classification"),
        (numbers(MAX_INTEGER_CLASSES), "classification"),
        (numbers(MAX_INTEGER_CLASSES + 1), "regression"),
        (["0.5", "1"], "regression"),
    ],
)
def test_the_task_of_one_target_follows_from_its_values(read, cells, task):
    assert read({"a": cells})[1] == task


@pytest.mark.parametrize(
    ("columns", "task"),
    [
        ({"a": ["0", "1"], "b": ["1", "1"]}, "multilabel"),
        ({"a": ["true", "false"], "b": ["0", "1"]}, "multilabel"),
        ({"a": ["0", "1"], "b": ["2", "1"]}, "regression"),
        ({"a": ["0.5", "1"], "b": ["0", "1"]}, "regression"),
    ],
)
def test_the_task_of_several_targets_follows_from_their_values(read, columns, task):
    y, found = read(columns)
    assert found == task
    assert y.shape == (2, 2)


def test_classes_are_texts_and_one_point_zero_is_one(read):
    assert read({"a": ["1", "1.0", "2"]})[0].tolist() == ["1", "1", "2"]
    assert read({"a": ["true", "false"]})[0].tolist() == ["true", "false"]


def test_a_regression_with_one_target_is_one_dimensional(read):
    y, _ = read({"a": ["0.5", "-3e2"]})
    assert y.tolist() == [0.5, -300.0]


def test_label_indicators_are_zero_and_one(read):
    y, _ = read({"a": ["0", "1"], "b": ["true", "false"]})
    np.testing.assert_array_equal(y, [[0, 1], [1, 0]])


@pytest.mark.parametrize(
    ("cells", "task", "kind"),
    [
        (numbers(50), "classification", "U"),
        (["0", "1", "0"], "regression", "f"),
        (["0", "1", "0"], "multilabel", "i"),
    ],
)
def test_the_task_can_be_forced(read, cells, task, kind):
    y, found = read({"a": cells}, task)
    assert found == task
    assert y.dtype.kind == kind


@pytest.mark.parametrize(
    ("columns", "task", "message"),
    [
        (
            {"a": ["x", "1"]},
            "regression",
            r"holds text \('x'\) in line 2 of the file, row 1; regression needs numbers",
        ),
        (
            {"a": ["1", "x"], "b": ["1", "2"]},
            None,
            r"\('x'\) in line 3 of the file, row 2; name one target",
        ),
        ({"a": ["0.5", ""]}, None, "has no value in line 3 of the file, row 2"),
        ({"a": ["x", ""]}, None, "has no value in line 3 of the file, row 2"),
        ({"a": ["0", "inf"]}, None, "has an infinite value in line 3 of the file, row 2"),
        ({"a": ["0.5", "-1e90"]}, None, "is -1e\\+90 in line 3 of the file, row 2, beyond 3.4e38"),
        (
            {"a": ["0", "2"]},
            "multilabel",
            "is 2 in line 3 of the file, row 2; multilabel needs 0 or 1",
        ),
        ({"a": ["0", "1"], "b": ["1", "0"]}, "classification", "classes come from one column"),
    ],
)
def test_targets_that_do_not_suit_the_task_are_an_error(read, columns, task, message):
    with pytest.raises(TableError, match=message):
        read(columns, task)


def test_a_single_class_is_an_error(read):
    with pytest.raises(LabelError, match="single class 'x'"):
        read({"a": ["x", "x"]})


def test_an_unknown_task_is_an_error(read):
    with pytest.raises(SpecError, match="no task 'ranking'"):
        read({"a": ["x", "y"]}, "ranking")


@pytest.mark.parametrize(
    ("n_values", "n_rows", "said"),
    [
        (24, 240, "24 different whole numbers, .* as quantities; --task classification .* classes"),
        (12, 36, "12 different whole numbers, .* as classes; --task regression .* quantities"),
        (24, 60, None),
        (2, 60, None),
    ],
)
def test_what_whole_numbers_were_read_as_is_said_and_the_other_offered(
    tmp_path, n_values, n_rows, said
):
    path = tmp_path / "t.csv"
    path.write_text("key\n" + "".join(f"{i % n_values}\n" for i in range(n_rows)))
    notices = read_targets(read_columns(path), ["key"]).notices
    assert bool(notices) == bool(said)
    if said:
        assert re.search(said, notices[0].message)
    assert read_targets(read_columns(path), ["key"], "regression").notices == ()


@pytest.mark.parametrize(
    ("cells", "names"),
    [
        (["-0.0", "0.0", "1"], ["0", "0", "1"]),
        (["1.0000000000000001", "1", "2e0"], ["1", "1", "2e0"]),
        (["01", "1", "2"], ["1", "1", "2"]),
        # Codes keep their zeros where no other cell is the same number.
        (["007", "008", "007"], ["007", "008", "007"]),
        # As float64 these are one number, as classes they are two.
        (["9007199254740993", "9007199254740992", "1"],) * 2,
    ],
)
def test_cells_that_are_one_number_are_one_class(tmp_path, cells, names):
    (tmp_path / "t.csv").write_text("a,y\n" + "".join(f"{k},{c}\n" for k, c in enumerate(cells)))
    columns = read_columns(tmp_path / "t.csv")
    assert read_targets(columns, ["y"], "classification").y.tolist() == names
