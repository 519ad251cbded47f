from dataclasses import replace

import numpy as np
import pytest
from sklearn.metrics import precision_score, recall_score

from gradatim.presentation import breakdowns


def test_labels_agree_with_scikit_learn(multilabel_climb):
    said = multilabel_climb.winner.predictions
    y = np.tile(multilabel_climb.collection.y, (len(said), 1))
    flat = said.reshape(-1, y.shape[1])
    rows = breakdowns.class_table(multilabel_climb)["rows"]
    expected = recall_score(y, flat, average=None), precision_score(y, flat, average=None)
    assert [float(row["recall"][0]) for row in rows] == pytest.approx(expected[0], abs=5e-4)
    assert [float(row["precision"][0]) for row in rows] == pytest.approx(expected[1], abs=5e-4)
    assert [row["name"] for row in rows] == ["amazed", "calm", "sad"]


def test_groups_are_counted_where_there_are_some(climb, multilabel_climb):
    rows = breakdowns.class_table(climb)["rows"]
    assert [row["name"] for row in rows] == list(climb.collection.classes)
    assert {row["samples"] for row in rows} == {"50"}
    # A group is the samples of one class among 96 neighbors, of which there are 600.
    assert {row["groups"] for row in rows} == {"7"}
    assert {row["groups"] for row in breakdowns.class_table(multilabel_climb)["rows"]} == {""}


def test_of_many_classes_the_hardest_stay_in_their_order(climb, monkeypatch):
    monkeypatch.setattr(breakdowns, "_MOST_CLASSES", 3)
    table = breakdowns.class_table(climb)
    assert (len(table["rows"]), table["n_rows"]) == (3, 12)
    names = [row["name"] for row in table["rows"]]
    assert names == sorted(names)
    monkeypatch.undo()
    whole = sorted(breakdowns.class_table(climb)["rows"], key=lambda row: row["f1"][0])
    assert set(names) == {row["name"] for row in whole[:3]}


def test_a_small_loss_is_no_hard_group(climb):
    scores = np.linspace(0, 1, 84)
    winner = replace(climb.winner, group_scores=scores)
    rungs = [winner if rung is climb.winner else rung for rung in climb.rungs]
    table = breakdowns.group_table(replace(climb, rungs=rungs))
    assert table["rows"][0]["score"] == "0.000"
    losses = replace(climb, rungs=rungs, protocol=replace(climb.protocol, metric="log_loss"))
    assert breakdowns.group_table(losses)["rows"][0]["score"] == "1.000"


def test_only_groups_harder_than_half_are_told(climb):
    scores = np.ones(84)
    scores[[7, 40]] = 0.5, 0.25
    winner = replace(climb.winner, group_scores=scores)
    rungs = [winner if rung is climb.winner else rung for rung in climb.rungs]
    table = breakdowns.group_table(replace(climb, rungs=rungs))
    names = np.unique(climb.collection.groups)
    assert [row["name"] for row in table["rows"]] == [names[40], names[7]]
    assert (table["n_rows"], table["median"]) == (84, "1.000")
    equal = [replace(rung, group_scores=np.ones(84)) for rung in climb.rungs]
    assert breakdowns.group_table(replace(climb, rungs=equal)) is None


def test_without_classes_or_groups_there_is_no_table(regression_climb):
    assert breakdowns.class_table(regression_climb) is None
    assert breakdowns.group_table(regression_climb) is None


def test_of_a_fixed_split_the_scored_part_is_told(climb):
    parts = np.where(np.arange(600) < 480, "train", "test")
    winner = replace(
        climb.winner,
        predictions=climb.winner.predictions[:1, 480:],
        group_scores=np.linspace(0, 1, len(np.unique(climb.collection.groups[480:]))),
    )
    rungs = [winner if rung is climb.winner else rung for rung in climb.rungs]
    fixed = replace(climb, collection=replace(climb.collection, parts=parts), rungs=rungs)
    assert {row["samples"] for row in breakdowns.class_table(fixed)["rows"]} == {"10"}
    table = breakdowns.group_table(fixed)
    assert (table["n_rows"], table["whole"]) == (24, True)
    groups = climb.collection.groups.copy()
    groups[0] = groups[-1]
    parted = replace(fixed, collection=replace(fixed.collection, groups=groups))
    assert not breakdowns.group_table(parted)["whole"]
