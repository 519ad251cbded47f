from __future__ import annotations

import dataclasses

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gradatim.errors import LabelError, SpecError
from gradatim.evaluation.folds import MANY_SAMPLES, make_folds


@settings(max_examples=25, deadline=None)
@given(
    folds=st.integers(3, 6),
    repeats=st.integers(1, 3),
    seed=st.integers(0, 1000),
    n=st.integers(12, 40),
)
def test_no_group_is_ever_split_and_every_row_is_scored_once_a_repeat(
    folds, repeats, seed, n, make_collection
):
    rng = np.random.default_rng(seed)
    groups = np.repeat(np.arange(n), 3)
    y = np.where(np.arange(3 * n) % 2 == 0, "a", "b")
    made = make_collection(rng.normal(size=(3 * n, 2)), y, groups=groups)
    split = make_folds(made, folds, repeats, seed)
    for r, k in split.outer:
        test, train = split.rows(r, k), split.rows_without(r, k)
        assert not set(groups[test]) & set(groups[train])
        assert len(test) + len(train) == 3 * n
    assert split.fold_of.shape == (repeats, 3 * n)


def test_classes_are_spread_evenly(rings):
    split = make_folds(rings, 5, 2, 0)
    for r, k in split.outer:
        assert np.sum(rings.y[split.rows(r, k)] == "in") == 20


def test_repeats_have_fresh_folds_and_a_seed_repeats_them(rings):
    first, again, other = (make_folds(rings, 5, 2, s).fold_of for s in (0, 0, 7))
    assert np.array_equal(first, again)
    assert not np.array_equal(first[0], first[1])
    assert not np.array_equal(first, other)


@pytest.mark.parametrize("folds", [3, 4, 5, 10])
@pytest.mark.parametrize("thorough", [True, False])
def test_every_fold_has_partners_to_choose_on(blobs, folds, thorough):
    pairs = make_folds(blobs, folds, 1, 0).pairs(thorough)
    counts = np.bincount(np.ravel(pairs), minlength=folds)
    assert counts.min() >= (2 if thorough else 1)
    assert all(i != j for i, j in pairs)
    assert len(set(pairs)) == len(pairs)


def test_models_that_choose_have_seen_neither_fold_of_their_pair(blobs):
    split = make_folds(blobs, 5, 1, 0)
    for i, j in split.pairs(True):
        train = set(split.rows_without(0, i, j))
        assert not train & set(split.rows(0, i))
        assert not train & set(split.rows(0, j))


def test_a_single_class_is_refused(make_collection):
    with pytest.raises(LabelError, match="one class"):
        make_folds(make_collection(np.zeros((20, 1)), ["a"] * 20), 5, 2, 0)


def test_a_class_with_fewer_samples_than_folds_is_named(make_collection):
    with pytest.raises(LabelError, match=r"rare \(3\)"):
        make_folds(make_collection(np.zeros((23, 1)), ["a"] * 20 + ["rare"] * 3), 5, 2, 0)
    with pytest.raises(LabelError, match=r"too few in: hihats \(1, like hihat\);"):
        make_folds(make_collection(np.zeros((21, 1)), ["hihat"] * 20 + ["hihats"]), 5, 2, 0)
    with pytest.raises(LabelError, match=r"too few in: -1 \(1\);"):
        make_folds(make_collection(np.zeros((21, 1)), ["1"] * 20 + ["-1"]), 5, 2, 0)


@pytest.mark.parametrize(("folds", "repeats"), [(2, 2), (5, 0), (0, 1), (50, 1)])
def test_impossible_numbers_of_folds_are_refused(rings, folds, repeats):
    small = rings.take(np.arange(60, 140))
    with pytest.raises((SpecError, LabelError)):
        make_folds(small, folds, repeats, 0)


@pytest.mark.parametrize("n_groups", [1, 2])
def test_fewer_than_three_groups_are_refused_without_advice_that_cannot_help(
    make_collection, n_groups
):
    groups = np.repeat(np.arange(n_groups), 20 // n_groups)
    made = make_collection(np.zeros((20, 1)), ["a", "b"] * 10, groups=groups)
    with pytest.raises(SpecError, match="needs at least 3") as caught:
        make_folds(made, 5, 2, 0)
    assert "folds" not in str(caught.value)
    assert "copies" not in str(caught.value)


@pytest.mark.parametrize(("n_groups", "folds"), [(3, 5), (5, 5), (5, 3), (8, 10)])
def test_of_few_groups_each_is_left_out_once(make_collection, n_groups, folds):
    groups = np.repeat(np.arange(n_groups), 10)
    made = make_collection(
        np.zeros((len(groups), 1)), ["a", "b"] * (len(groups) // 2), groups=groups
    )
    split = make_folds(made, folds, 4, 0)
    assert (split.repeats, split.folds) == (1, n_groups)
    assert np.array_equal(split.fold_of[0], groups)
    assert [n.code for n in split.notices][-1] == "leave-one-group-out"
    assert (
        f"rests on {n_groups} groups, not on {10 * n_groups} samples" in split.notices[-1].message
    )


def test_repeats_that_would_come_again_are_not_made_and_that_is_said(make_collection):
    groups = np.repeat(np.arange(6), [10, 20, 10, 10, 10, 10])
    made = make_collection(np.zeros((70, 1)), ["a", "b"] * 35, groups=groups)
    split = make_folds(made, 5, 40, 0)
    same = {tuple(np.argwhere(f[:, None] == f).ravel()) for f in split.fold_of}
    assert len(same) == split.repeats < 15
    assert split.notices[-1].code == "fewer-repeats"
    assert f"{split.repeats} of 40 repeats are made" in split.notices[-1].message
    assert "into 5 folds in 15 ways" in split.notices[-1].message


def test_many_samples_are_scored_once_unless_more_is_asked_for(make_collection):
    X, y = np.arange(MANY_SAMPLES + 2.0)[:, None], ["a", "b"] * (MANY_SAMPLES // 2 + 1)
    many, few = make_collection(X, y), make_collection(X[:-2], y[:-2])
    split = make_folds(many, 5, None, 0)
    assert (split.repeats, [notice.code for notice in split.notices]) == (1, ["one-repeat"])
    assert make_folds(few, 5, None, 0).repeats == 2
    asked = make_folds(many, 5, 2, 0)
    assert (asked.repeats, asked.notices) == (2, ())
    np.testing.assert_array_equal(asked.fold_of[0], split.fold_of[0])


def test_every_row_its_own_group_is_pointed_out(rings, make_collection):
    made = make_collection(rings.X["features"], rings.y, groups=np.arange(200))
    assert [n.code for n in make_folds(made, 5, 1, 0).notices] == ["groups-trivial"]


def test_a_class_with_few_groups_is_pointed_out(make_collection):
    y = np.repeat(["a", "b"], 20)
    groups = np.concatenate([np.repeat(np.arange(10), 2), np.repeat([10, 11], 10)])
    notices = make_folds(make_collection(np.zeros((40, 1)), y, groups=groups), 5, 1, 0).notices
    assert [n.code for n in notices] == ["few-groups"]
    assert "b (2)" in notices[0].message


def with_folds(make_collection, names, **more):
    rng = np.random.default_rng(0)
    made = make_collection(rng.normal(size=(len(names), 2)), ["a", "b"] * (len(names) // 2), **more)
    return dataclasses.replace(made, folds=np.array(names))


def test_published_folds_are_the_folds_in_the_order_of_their_numbers(make_collection):
    made = make_folds(with_folds(make_collection, ["10", "2", "1", "2", "10", "1"]), 5, 3, seed=0)
    assert made.fold_of.tolist() == [[2, 1, 0, 1, 2, 0]]
    assert [notice.code for notice in made.notices] == ["published-folds"]


def test_two_published_folds_are_too_few_and_groups_must_lie_in_one(make_collection):
    with pytest.raises(SpecError, match=r"2 published folds \(test, train\)"):
        make_folds(with_folds(make_collection, ["train", "test"] * 3), 5, 1, seed=0)
    groups = np.array(["g", "g", "h", "i", "j", "k"])
    collection = with_folds(make_collection, ["1", "2", "3", "1", "2", "3"], groups=groups)
    with pytest.raises(LabelError, match=r"group 'g' lies in the folds 1 and 2"):
        make_folds(collection, 5, 1, seed=0)


def test_copies_are_never_split(make_collection):
    rng = np.random.default_rng(0)
    made = make_collection(rng.normal(size=(60, 2)), ["a", "b"] * 30)
    hashes = np.array([str(k if k < 50 else k - 50) for k in range(60)])
    collection = dataclasses.replace(made, content_hashes=hashes)
    fold_of = make_folds(collection, 5, 3, seed=0).fold_of
    assert (fold_of[:, 50:] == fold_of[:, :10]).all()
    assert collection.groups is None


def test_groups_that_share_a_copy_stay_together(make_collection):
    groups = np.repeat([f"g{k:02d}" for k in range(20)], 3)
    hashes = np.array([str(k) for k in range(60)])
    hashes[3] = hashes[59]
    rng = np.random.default_rng(0)
    made = make_collection(rng.normal(size=(60, 2)), ["a", "b"] * 30, groups=groups)
    made = dataclasses.replace(made, content_hashes=hashes)
    fold_of = make_folds(made, 5, 2, seed=0).fold_of
    assert (fold_of[:, 3:6] == fold_of[:, 57:]).all()
    assert (fold_of.reshape(-1, 20, 3) == fold_of.reshape(-1, 20, 3)[..., :1]).all()


def test_groups_that_copies_join_to_fewer_than_three_are_said_to_be_joined(make_collection):
    groups = np.repeat(["a", "b", "c", "d"], 15)
    hashes = np.array([str(k) for k in range(60)])
    hashes[[0, 15]], hashes[[16, 30]] = "x", "y"
    rng = np.random.default_rng(0)
    made = make_collection(rng.normal(size=(60, 2)), ["a", "b"] * 30, groups=groups)
    made = dataclasses.replace(made, content_hashes=hashes)
    said = (
        r"^2 groups that share no copies, of 4, cannot .* leave copies out with --drop-duplicates"
    )
    with pytest.raises(SpecError, match=said):
        make_folds(made, 5, 2, seed=0)


def test_a_table_of_few_different_rows_is_split_by_row(make_collection):
    X = np.tile([[0, 0], [0, 1], [1, 0], [1, 1]], (25, 1))
    made = make_collection(X, np.tile(["a", "b", "b", "a"], 25))
    made = dataclasses.replace(made, content_hashes=np.tile(list("wxyz"), 25))
    folds = make_folds(made, 5, 1, seed=0)
    assert (folds.folds, folds.notices) == (5, ())


def split_of(made, n_test, **more):
    parts = np.where(np.arange(made.n_samples) < made.n_samples - n_test, "train", "test")
    return dataclasses.replace(made, parts=parts, **more)


def test_of_a_fixed_split_the_test_part_is_scored_once_and_judges_nothing(make_collection):
    rng = np.random.default_rng(0)
    y, groups = np.array(["a", "b"])[np.arange(80) % 2], np.arange(80) // 4
    made = split_of(make_collection(rng.normal(size=(80, 2)), y, groups=groups), 20)
    split = make_folds(made, 4, 3, 0)
    test = set(range(60, 80))
    assert (split.fixed, split.folds, split.repeats, split.outer) == (True, 1, 1, [(0, 0)])
    assert set(split.rows(0, 0)) == set(split.scored) == test
    assert split.places(0, 0).tolist() == list(range(20))
    judged = []
    for i, j in split.pairs(True):
        assert split.judges(i, j) == ((0, j),)
        learnt, judges = set(split.rows_without(0, i, j)), set(split.rows(0, j))
        assert not test & (learnt | judges)
        assert not set(groups[list(learnt)]) & set(groups[list(judges)])
        judged += judges
    assert sorted(judged) == list(range(60))
    assert len(split.pairs(True)) == len(split.pairs(False)) == 4
    [notice] = split.notices
    assert notice.code == "fixed-split"
    assert "learnt from 60 samples, scored once on 20 samples" in notice.message


def test_classes_that_a_part_lacks_are_named(make_collection):
    y = ["a", "b"] * 10 + ["only learnt"] * 5 + ["a", "b", "only scored"] * 2
    made = split_of(make_collection(np.arange(31.0)[:, None], y), 6)
    told = [notice.message for notice in make_folds(made, 5, 1, 0).notices[1:]]
    assert told == [
        "1 class scored but not learnt, so every answer is wrong: only scored",
        "1 class learnt but not scored: only learnt",
    ]


def test_a_training_part_that_is_too_small_is_said_to_be_one(make_collection):
    y = ["a", "b"] * 20
    made = split_of(make_collection(np.arange(40.0)[:, None], y), 34)
    with pytest.raises((LabelError, SpecError), match=r"^inside the training part, where choices"):
        make_folds(made, 5, 1, 0)


def test_classes_in_every_group_are_learnt_and_scored_though_groups_are_few(make_collection):
    groups, y = np.repeat(np.arange(3), 20), np.tile(["a", "b"], 30)
    notices = make_folds(make_collection(np.zeros((60, 1)), y, groups=groups), 5, 2, 0).notices
    assert "few-groups" not in [n.code for n in notices]
    y[groups == 2] = "a"
    notices = make_folds(make_collection(np.zeros((60, 1)), y, groups=groups), 5, 2, 0).notices
    assert "b (2)" in next(n.message for n in notices if n.code == "few-groups")
