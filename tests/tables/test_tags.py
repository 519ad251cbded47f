import numpy as np
import pyarrow as pa
import pytest

from gradatim.errors import LabelError, TableError
from gradatim.tables.columns import read_columns
from gradatim.tables.targets import read_targets


def read(cells, task=None, **options):
    return read_targets(read_columns(pa.table({"tags": cells})), ["tags"], task, **options)


@pytest.mark.parametrize(
    "cells",
    [
        ["rock|pop", "pop", "jazz"],
        [" rock | pop|", "pop", "jazz"],
        ["['rock', 'pop']", "['pop']", "['jazz']"],
        ['["rock","pop","rock"]', '["pop"]', '["jazz"]'],
        ["[rock, pop]", "[pop]", "[jazz]"],
        [["rock", "pop"], ["pop"], ["jazz"]],
    ],
)
def test_lists_of_tags_are_one_column_a_tag(cells):
    found = read(cells)
    assert (found.task, found.names) == ("multilabel", ("jazz", "pop", "rock"))
    np.testing.assert_array_equal(found.y, [[0, 1, 1], [0, 1, 0], [1, 0, 0]])
    [notice] = found.notices
    assert notice.code == "target-reading"
    assert "3 tags (jazz, pop, rock); --task classification" in notice.message


def test_a_row_may_have_no_tag():
    assert read(["[]", "['a']", "['b', 'a']"]).y.tolist() == [[0, 0], [1, 0], [1, 1]]


@pytest.mark.parametrize(
    "cells", [["a|b", "c|d", "e"], ["rock;pop", "pop", "jazz"], ["x", "y", "z"]]
)
def test_texts_that_share_no_part_are_classes(cells):
    assert read(cells).task == "classification"


def test_who_asks_for_tags_may_use_other_separators():
    assert read(["rock;pop", "pop"], "multilabel").names == ("pop", "rock")
    assert read(["rock, pop", "pop"], "multilabel").names == ("pop", "rock")


def test_who_asks_for_classes_has_each_text_as_one():
    assert read(["rock|pop", "pop"], "classification").y.tolist() == ["rock|pop", "pop"]
    with pytest.raises(TableError, match=r"lists, which are no classes.*--task multilabel"):
        read([["rock"], ["pop"]], "classification")


def test_rare_tags_are_left_out_and_counted():
    found = read(["a|b|d", "a", "a|c|d"], min_rows=2)
    assert (found.names, found.y.tolist()) == (("a", "d"), [[1, 1], [1, 0], [1, 1]])
    assert [notice.message for notice in found.notices[1:]] == [
        "2 tags of fewer than 2 rows are left out",
        "1 label the same in all rows, which every rung gets right: a",
    ]
    with pytest.raises(TableError, match="no tag that is often enough"):
        read(["a|b", "a"], min_rows=3)


def test_labels_that_are_all_the_same_are_refused():
    with pytest.raises(LabelError, match=r"every label of the data frame \(a, b\) is the same"):
        read(["a|b", "b|a"], "multilabel")
