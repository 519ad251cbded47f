import numpy as np
import pytest

from gradatim.collection import Collection
from gradatim.comparisons.racing.task import task_of_problem, task_of_table
from gradatim.errors import LabelError, SpecError
from gradatim.problems import get_problem


def table(n=60, groups=None, **changes):
    rng = np.random.default_rng(0)
    values = {
        "name": "songs.csv",
        "X": {"features": np.arange(2.0 * n).reshape(n, 2)},
        "y": np.array(["a", "b", "b"])[np.arange(n) % 3],
        "task": "classification",
        "ids": rng.permutation(n).astype(str),
        "groups": groups,
    }
    return Collection(**(values | changes))


def parts(split):
    """Return the rows learnt from, chosen on and scored on, as sets of rows."""
    rows = [split.X[: split.n_train], split.X[split.n_train :], split.X_test]
    return [set(map(tuple, part)) for part in rows]


def test_a_problem_s_seeds_share_no_point_and_no_two_parts_do():
    task = task_of_problem(get_problem("moons"), n_seeds=4, n_samples=60, noise=None, seed=0)
    sets = [one for split in task.splits for one in parts(split)]
    assert [len(one) for one in sets[:3]] == [40, 20, 2000]
    assert len(set().union(*sets)) == sum(map(len, sets))


def test_another_first_seed_has_other_points():
    one, other = (
        task_of_problem(get_problem("xor"), n_seeds=3, n_samples=30, noise=None, seed=seed)
        for seed in (0, 1)
    )
    assert not set.union(*parts(one.splits[2])) & set.union(*parts(other.splits[0]))
    assert one.sha256 != other.sha256


def test_a_table_is_split_into_fifths_without_overlap_and_with_even_classes():
    task = task_of_table(table(), n_seeds=3, seed=0)
    for split in task.splits:
        train, choose, test = parts(split)
        assert (len(train), len(choose), len(test)) == (36, 12, 12)
        assert len(train | choose | test) == 60
        assert np.bincount(split.y_test).tolist() == [4, 8]
    assert parts(task.splits[0])[2] != parts(task.splits[1])[2]
    assert task.majorities.tolist() == pytest.approx([8 / 12] * 3)
    assert task.overlap == pytest.approx(1 / 3)


def test_groups_stay_on_one_side():
    groups = np.arange(60) // 4
    task = task_of_table(table(groups=groups.astype(str)), n_seeds=5, seed=0)
    for split in task.splits:
        sides = [{int(x) // 8 for x, _ in part} for part in parts(split)]
        assert sum(map(len, sides)) == len(set.union(*sides)) == 15


def test_a_class_of_one_group_is_now_learnt_from_and_now_scored():
    groups = np.arange(60) // 6
    y = np.where(groups == 3, "rare", np.array(["a", "b"])[np.arange(60) % 2])
    task = task_of_table(table(y=y, groups=groups.astype(str)), n_seeds=20, seed=0)
    places = set()
    for split in task.splits:
        if 2 in split.y_test:
            places.add("scored")
        else:
            places.add("learnt from" if 2 in split.y[: split.n_train] else "chosen on")
    assert places == {"learnt from", "chosen on", "scored"}


def test_a_missing_value_becomes_the_median_of_the_rows_to_learn_from():
    X = np.arange(120.0).reshape(60, 2)
    X[7, 1] = np.nan
    task = task_of_table(table(X={"features": X}), n_seeds=8, seed=0)
    filled = set()
    for split in task.splits:
        train = split.X[: split.n_train]
        for name, rows in (("train", train), ("choose", split.choosing[0]), ("test", split.X_test)):
            [place] = np.flatnonzero(rows[:, 0] == 14.0) if 14.0 in rows[:, 0] else [None]
            if place is not None:
                others = train[train[:, 0] != 14.0, 1]
                assert rows[place, 1] == np.median(others)
                filled.add(name)
    assert filled >= {"train", "test"}


def test_scaling_is_learnt_from_the_rows_to_learn_from_alone():
    split = task_of_table(table(), n_seeds=2, seed=0).splits[0]
    scaled = split.scaled[: split.n_train]
    assert np.allclose(scaled.mean(axis=0), 0, atol=1e-6)
    assert np.allclose(scaled.std(axis=0), 1, atol=1e-5)


@pytest.mark.parametrize(
    ("changes", "error", "words"),
    [
        ({"task": "regression", "y": np.arange(60.0)}, LabelError, "about classes"),
        ({"y": np.array(["a"] * 60)}, LabelError, "two classes or more, but songs.csv has 1"),
        ({"y": np.array(["a"] * 57 + ["b"] * 3)}, LabelError, "class b of songs.csv has 3 rows"),
        (
            {"y": np.array(["a"] * 54 + ["b"] * 6), "groups": (np.arange(60) // 6).astype(str)},
            SpecError,
            "all rows to learn from are of one class",
        ),
        ({"groups": np.array(["p", "q"] * 30)}, SpecError, "at least 5 groups"),
        ({"X": {"a": np.ones((60, 1)), "b": np.ones((60, 1))}}, SpecError, "takes one input"),
    ],
)
def test_a_table_without_a_race_in_it_is_refused_in_words(changes, error, words):
    with pytest.raises(error, match=words):
        task_of_table(table(**changes), n_seeds=8, seed=0)
