from itertools import combinations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from gradatim.inspection.duplicates import find_duplicates

rows = st.lists(
    st.tuples(st.integers(0, 4), st.sampled_from("xy"), st.integers(0, 1)), min_size=1, max_size=12
)


@given(rows)
def test_pairs_are_those_that_a_double_loop_finds(samples):
    keys, labels, groups = zip(*samples, strict=True)
    pairs = [(i, j) for i, j in combinations(range(len(keys)), 2) if keys[i] == keys[j]]
    conflicting = [(i, j) for i, j in pairs if labels[i] != labels[j]]
    found = find_duplicates(keys, np.array(labels), np.array(groups))
    if not pairs:
        assert found is None
        return
    assert found is not None
    assert found.n_pairs == len(pairs)
    assert found.n_conflicting == len(conflicting)
    assert found.n_across_groups == sum(groups[i] != groups[j] for i, j in pairs)
    assert found.example in (conflicting or pairs)


def test_targets_of_several_columns_are_compared_as_a_whole():
    y = np.array([[1.0, 2.0], [1.0, 3.0], [1.0, 2.0]])
    found = find_duplicates("aaa", y)
    assert found is not None
    assert (found.n_pairs, found.n_conflicting) == (3, 2)
