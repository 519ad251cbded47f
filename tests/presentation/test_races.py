import pytest

from gradatim.comparisons import race
from gradatim.presentation.races import ending, opening, scores


@pytest.fixture(scope="module")
def found():
    names = ["perceptron", "shallow-relu", "deep-5"]
    options = {"n_seeds": 2, "n_samples": 60, "max_epochs": 5, "contenders": names}
    return race("xor", budgets=[10, 50], **options)


def test_it_begins_with_the_task_and_ends_with_how_it_was_run(found):
    title, takes, _ = opening(found)
    assert title == [(found.task.title, "bold")]
    assert takes[0].startswith("What it takes: ")
    first, *_, blank, last = ending(found)
    assert first == [(found.verdict.sentences[0], "bold")]
    assert (blank, last[0][1]) == ([""], "dim")
    assert "40 to learn from, 20 to choose on, 2000 to be scored on" in last[0][0]


def test_a_table_has_a_column_a_budget_and_who_has_none_stands_below(found):
    (solved, counts, _), (accuracy, grid, alone) = scores(found, " ")
    assert solved.endswith("of 2 seeds")
    assert accuracy == "Mean accuracy, with a 95 % interval"
    assert [column.head for column in grid.columns] == ["parameters at most", "10", "50"]
    assert len(counts.rows) == len(grid.rows) == 2
    result = found.result("shallow-relu", 50)
    low, high = result.interval
    assert 0 <= low < high <= 1
    assert grid.rows[0][2] == [f"{result.mean:.3f} {low:.3f}–{high:.3f}"]
    assert alone[0][0].startswith("perceptron, 3 parameters: ")


def test_a_budget_that_is_too_small_has_a_dash_and_parts_may_stand_below_each_other(found):
    *_, (_, grid, _) = scores(found, "\n")
    deep = grid.rows[1]
    assert deep[1] == ["–"]
    assert deep[2][0].count("\n") == 2
