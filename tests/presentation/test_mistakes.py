from dataclasses import replace

import numpy as np
import pytest

from gradatim.presentation.mistakes import mistake_table


def with_winner(climb, **changes):
    winner = replace(climb.winner, **changes)
    rungs = [winner if rung is climb.winner else rung for rung in climb.rungs]
    return replace(climb, rungs=rungs)


def small(climb, y, predictions, outputs, **collection):
    rows = climb.collection.take(np.arange(len(y)))
    rows = replace(rows, y=np.array(y), media=None, **collection)
    found = with_winner(
        climb, predictions=np.array(predictions), outputs=np.array(outputs, dtype=float)
    )
    return replace(found, collection=rows)


def test_the_surest_wrong_answer_comes_first(climb):
    # Of two classes there is one output, the probability of the second.
    y = ["a", "a", "b", "b", "a"]
    said = [["a", "b", "a", "b", "b"]] * 2
    outputs = [[[0.1], [0.7], [0.2], [0.9], [0.95]], [[0.1], [0.9], [0.4], [0.9], [0.9]]]
    table = mistake_table(small(climb, y, said, outputs))
    assert [(r["row"], r["true"], r["said"], r["sure"]) for r in table["rows"]] == [
        (4, "a", "b", "0.925"),
        (1, "a", "b", "0.800"),
        (2, "b", "a", "0.700"),
    ]
    assert [row["id"] for row in table["rows"]] == list(climb.collection.ids[[4, 1, 2]])
    assert not table["playable"]


def test_an_item_is_wrong_as_most_repeats_say(climb):
    said = [["b", "b", "b"], ["a", "b", "b"], ["a", "b", "b"]]
    outputs = [[[0.9], [0.6], [0.9]], [[0.4], [0.6], [0.9]], [[0.4], [0.6], [0.9]]]
    table = mistake_table(small(climb, ["a", "a", "b"], said, outputs))
    assert [row["row"] for row in table["rows"]] == [1]


def test_what_is_nearly_certain_is_not_called_certain(climb):
    table = mistake_table(small(climb, ["a", "b"], [["b", "b"]], [[[0.99999], [0.9]]]))
    assert table["rows"][0]["sure"] == "> 0.999"


def test_nothing_is_told_of_no_errors_no_probabilities_and_the_majority(climb, probable_climb):
    assert mistake_table(small(climb, ["a", "b"], [["a", "b"]], [[[0.1], [0.9]]])) is None
    assert mistake_table(climb) is None
    lines = with_winner(probable_climb, probabilistic=False)
    assert mistake_table(lines) is None
    verdict = replace(probable_climb.verdict, rung="majority", input="")
    assert mistake_table(replace(probable_climb, verdict=verdict)) is None


def test_a_label_is_wrong_where_it_is_missing_and_where_it_is_not(multilabel_climb):
    y = multilabel_climb.collection.y.copy()
    y[:] = 0
    y[:, 0] = 1
    said = y[None].copy()
    outputs = np.where(said == 1, 0.8, 0.1)
    said[0, 3, 0], outputs[0, 3, 0] = 0, 0.05
    said[0, 5, 2], outputs[0, 5, 2] = 1, 0.75
    climb = replace(multilabel_climb, collection=replace(multilabel_climb.collection, y=y))
    rows = mistake_table(with_winner(climb, predictions=said, outputs=outputs))["rows"]
    assert [(r["row"], r["true"], r["said"], r["sure"]) for r in rows] == [
        (3, "amazed", "no amazed", "0.950"),
        (5, "no sad", "sad", "0.750"),
    ]


def test_the_largest_errors_are_in_standard_deviations_of_each_target(regression_climb):
    y = regression_climb.collection.y
    said = np.stack([y, y])
    spread = y.std(axis=0)
    said[:, 7, 0] += 3 * spread[0]
    said[:, 9, 1] -= 4 * spread[1]
    # What two repeats say is averaged.
    said[0, 11] += 100 * spread
    said[1, 11] -= 100 * spread
    rows = mistake_table(with_winner(regression_climb, predictions=said))["rows"]
    assert [row["row"] for row in rows[:2]] == [9, 7]
    assert [float(row["sure"]) for row in rows[:3]] == pytest.approx(
        [4 / np.sqrt(2), 3 / np.sqrt(2), 0], abs=5e-4
    )
    assert rows[1]["true"] == f"{y[7, 0]:.4g}, {y[7, 1]:.4g}".replace("-", "\N{MINUS SIGN}")
    below = replace(regression_climb.collection, y=-np.abs(y) - 1)
    [first, *_] = mistake_table(with_winner(replace(regression_climb, collection=below)))["rows"]
    assert first["true"].count("\N{MINUS SIGN}") == 2


def test_of_a_fixed_split_items_are_those_of_the_scored_part(climb, probable_climb):
    parts = np.where(np.arange(600) < 480, "train", "test")
    winner = probable_climb.winner
    fixed = with_winner(
        replace(climb, collection=replace(climb.collection, parts=parts, media=None)),
        predictions=winner.predictions[:1, 480:],
        outputs=winner.outputs[:1, 480:],
    )
    y, ids = climb.collection.y[480:], climb.collection.ids[480:]
    rows = mistake_table(fixed)["rows"]
    assert rows
    for row in rows:
        assert (row["id"], row["true"]) == (ids[row["row"]], y[row["row"]])
        assert winner.predictions[0, 480 + row["row"]] == row["said"] != row["true"]


def test_without_probabilities_the_largest_margin_is_the_surest(climb):
    said = np.array([["b", "b", "b", "a"], ["b", "a", "b", "a"], ["b", "b", "b", "b"]])
    margins = np.array([[0.1, 3.0, 2.0, 1.0], [0.3, 9.0, 2.0, 5.0], [0.2, 1.0, np.nan, 7.0]])
    rows = replace(climb.collection.take(np.arange(4)), y=np.array(list("aaab")), media=None)
    found = with_winner(climb, predictions=said, outputs=None, probabilistic=False, margins=margins)
    table = mistake_table(replace(found, collection=rows))
    # Of the second item the repeats that said b count; of the third one margin is unknown.
    assert [(r["row"], r["said"], r["sure"]) for r in table["rows"]] == [
        (3, "a", "3.000"),
        (1, "b", "2.000"),
        (0, "b", "0.200"),
    ]
    assert table["sure"] == "Margin"
