from __future__ import annotations

from dataclasses import replace
from itertools import combinations, product

import numpy as np
import pytest
from sklearn.metrics import adjusted_rand_score
from sklearn.model_selection import StratifiedGroupKFold

from gradatim._digest import row_hashes
from gradatim.errors import LabelError
from gradatim.evaluation.folds import make_folds
from gradatim.evaluation.groups import (
    adjusted_rand_indices,
    class_counts,
    count_partitions,
    deal_groups,
    independent_groups,
    without_lonely_classes,
)


@pytest.fixture
def uneven(make_collection):
    """Return 14 groups of 5 to 70 rows, each with a mixture of three classes of its own."""
    rng = np.random.default_rng(3)
    groups = np.repeat(np.arange(14), rng.permutation(np.linspace(5, 70, 14).astype(int)))
    shares = rng.dirichlet([1, 1, 1], 14)
    y = np.array([rng.choice(list("abc"), p=shares[g]) for g in groups])
    return make_collection(np.zeros((len(y), 1)), y, groups=groups)


def imbalance(fold_of, y, folds):
    each = [np.bincount(fold_of[y == c], minlength=folds) / np.sum(y == c) for c in np.unique(y)]
    return np.mean([np.abs(share - 1 / folds).sum() / 2 for share in each])


@pytest.mark.parametrize("n_groups", range(1, 7))
def test_partitions_are_counted_as_by_listing_them(n_groups):
    for folds in range(1, n_groups + 1):
        dealt = product(range(folds), repeat=n_groups)
        listed = {
            frozenset(frozenset(np.flatnonzero(np.array(d) == k)) for k in range(folds))
            for d in dealt
            if len(set(d)) == folds
        }
        assert count_partitions(n_groups, folds) == len(listed)


def test_partitions_are_as_like_as_scikit_learn_finds_their_rows():
    rng = np.random.default_rng(0)
    one, other, sizes = rng.integers(0, 4, (5, 9)), rng.integers(0, 4, (3, 9)), np.arange(1, 10)
    # The same with other numbers, and one fold for all.
    one[0], other[1] = 3 - other[0], 2
    expected = [
        [adjusted_rand_score(np.repeat(a, sizes), np.repeat(b, sizes)) for b in other] for a in one
    ]
    found = adjusted_rand_indices(one, other, sizes.astype(float), 4)
    assert found == pytest.approx(np.array(expected), abs=1e-9)
    assert found[0, 0] == 1


def test_repeats_differ_more_than_scikit_learns_and_are_as_even(uneven):
    y, groups = uneven.y, uneven.groups
    ours = deal_groups(class_counts(uneven), groups, 5, 10, 0)
    theirs = []
    for seed in range(10):
        fold_of = np.empty(len(y), dtype=int)
        splits = StratifiedGroupKFold(5, shuffle=True, random_state=seed).split(y, y, groups)
        for k, (_, rows) in enumerate(splits):
            fold_of[rows] = k
        theirs.append(fold_of)
    assert len(ours) == 10

    def alike(all_of_them):
        return np.mean([adjusted_rand_score(a, b) for a, b in combinations(all_of_them, 2)])

    assert alike(ours) < 0.7 < 0.8 < alike(theirs)
    even = np.mean([imbalance(f, y, 5) for f in ours])
    assert even < np.mean([imbalance(f, y, 5) for f in theirs]) + 0.05


def test_partitions_keep_groups_whole_are_distinct_and_repeat_with_their_seed(uneven):
    dealt, again, other = (
        deal_groups(class_counts(uneven), uneven.groups, 5, 6, seed) for seed in (1, 1, 2)
    )
    assert np.array_equal(dealt, again)
    assert not np.array_equal(dealt, other)
    for a, b in combinations(dealt, 2):
        assert adjusted_rand_score(a, b) < 1
    for fold_of in dealt:
        assert set(fold_of) == set(range(5))
        for group in range(14):
            assert len(set(fold_of[uneven.groups == group])) == 1


def test_a_class_of_two_groups_is_never_confined_to_one_fold(make_collection):
    y = np.repeat(["a", "b"], [60, 6])
    groups = np.concatenate([np.repeat(np.arange(20), 3), np.repeat([20, 21], 3)])
    made = make_collection(np.zeros((66, 1)), y, groups=groups)
    for fold_of in deal_groups(class_counts(made), groups, 5, 10, 0):
        assert len(set(fold_of[y == "b"])) == 2


def test_labels_that_nobody_has_do_not_stand_in_the_way(make_collection):
    y = np.zeros((24, 3), dtype=int)
    y[::2, 0] = y[::3, 1] = 1
    made = make_collection(np.zeros((24, 1)), y, "multilabel", groups=np.repeat(np.arange(8), 3))
    assert class_counts(made).shape == (24, 2)
    sizes = np.bincount(deal_groups(class_counts(made), made.groups, 4, 1, 0)[0])
    assert sizes.tolist() == [6, 6, 6, 6]


def test_a_class_of_one_group_is_left_out_with_a_warning(make_collection):
    y = np.repeat(["a", "b", "rare"], [20, 20, 4])
    groups = np.concatenate([np.repeat(np.arange(10), 4), np.full(4, 99)])
    kept = without_lonely_classes(make_collection(np.zeros((44, 1)), y, groups=groups))
    assert kept.classes.tolist() == ["a", "b"]
    assert kept.n_samples == 40
    assert [n.code for n in kept.notices] == ["lonely-class"]
    assert "left out: rare (4 samples)" in kept.notices[0].message
    written = np.where(y == "rare", "B.", y)
    kept = without_lonely_classes(make_collection(np.zeros((44, 1)), written, groups=groups))
    assert "left out: B., like b (4 samples)" in kept.notices[0].message


def test_where_fewer_than_two_classes_would_remain_it_is_an_error(make_collection):
    groups = np.repeat([0, 1, 2], [10, 10, 20])
    made = make_collection(np.zeros((40, 1)), np.repeat(["a", "b"], 20), groups=groups)
    with pytest.raises(
        LabelError, match="needs at least 2; of 2 classes in made these have one: b"
    ):
        without_lonely_classes(made)


def test_without_groups_nothing_is_left_out(blobs, rings):
    assert without_lonely_classes(rings) is rings
    assert without_lonely_classes(blobs) is blobs


def test_near_copies_of_rows_are_one_group_as_exact_ones_are(make_collection):
    X = np.random.default_rng(0).normal(size=(60, 12))
    X[[50, 51]] = X[[3, 4]] * (1 + 1e-6)
    made = make_collection(X, np.repeat(["a", "b"], 30))
    made = replace(made, content_hashes=np.arange(60).astype(str))
    groups = independent_groups(made)
    assert len(np.unique(groups)) == 58
    assert groups[50] == groups[3] != groups[51] == groups[4]
    fold_of = make_folds(made, 5, 2, 0).fold_of
    assert (fold_of[:, [50, 51]] == fold_of[:, [3, 4]]).all()


def test_a_class_of_one_sample_is_left_out_where_copies_are_groups(make_collection):
    X = np.random.default_rng(0).normal(size=(41, 12))
    X[1] = X[0]
    y = np.repeat(["a", "b", "rare"], [20, 20, 1])
    made = replace(make_collection(X, y), content_hashes=row_hashes(X))
    assert without_lonely_classes(made).classes.tolist() == ["a", "b"]
