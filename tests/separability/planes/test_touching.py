from fractions import Fraction
from itertools import combinations

import numpy as np
import pytest

from gradatim.separability import separate
from gradatim.separability.planes.rows import ExactRows
from gradatim.separability.planes.touching import spans_all


def weakly_separable_in_a_plane(X, y):
    """Try every line through two points: a proper weak line can be turned until it holds two."""
    points = [tuple(map(Fraction, row)) for row in X.tolist()]
    for a, b in combinations(set(points), 2):
        w = (b[1] - a[1], a[0] - b[0])
        for sign in (1, -1):
            scores = [sign * (w[0] * (p[0] - a[0]) + w[1] * (p[1] - a[1])) for p in points]
            signed = [s if label else -s for s, label in zip(scores, y, strict=True)]
            if min(signed) >= 0 and max(signed) > 0:
                return True
            # A line through one point that is turned a little beyond the two.
            on = [k for k, s in enumerate(scores) if s == 0]
            if min(signed) >= 0 and _on_a_line(points, y, on):
                return True
    return False


def _on_a_line(points, y, on):
    """Say whether rows of one line have all of one class on one side of a point."""
    ordered = sorted((points[k], y[k]) for k in on)
    values = sorted({point for point, _ in ordered})
    for cut in values:
        for left in (0, 1):
            fits = all(
                label == (left if point < cut else 1 - left)
                for point, label in ordered
                if point != cut
            )
            if fits and len(values) > 1:
                return True
    return False


@pytest.mark.parametrize("seed", range(60))
def test_verdicts_on_small_grids_are_those_of_trying_all_lines(seed):
    rng = np.random.default_rng(seed)
    n = int(rng.integers(3, 9))
    X = rng.integers(0, 4, size=(n, 2)).astype(float)
    y = rng.integers(0, 2, size=n)
    y[:2] = (0, 1)
    found = separate(X, y)
    weak = bool(found.separable) or bool(found.touching)
    if len({tuple(row) for row in X.tolist()}) > 1:
        assert weak == weakly_separable_in_a_plane(X, y.tolist())
    assert found.verify()


@pytest.mark.parametrize("d", [2, 3, 6])
def test_a_point_of_a_face_touches(d):
    """A simplex, and a second class that meets it in the middle of a facet."""
    simplex = np.vstack([np.zeros(d), np.eye(d)])
    other = np.vstack(
        [
            np.full(d, 1.0),
            np.full(d, 2.0),
            np.full(d, 1.0) / d if d in (2,) else (np.eye(d)[:2].mean(axis=0)),
        ]
    )
    found = separate(np.vstack([simplex, other]), [0] * (d + 1) + [1] * 3)
    assert found.separable is False
    assert found.touching is True
    assert found.verify()


def test_duplicates_far_from_each_other_are_all_on_the_touching_line():
    X = [[0, 0], [0, 0], [4, 2], [4, 2], [0, 5], [5, 0]]
    found = separate(X, [0, 1, 0, 1, 1, 0])
    assert found.touching is True
    assert found.touching_weights == (-1, 2)


def test_overlap_is_proved_by_few_rows_that_span_the_space():
    rng = np.random.default_rng(0)
    X = np.vstack([rng.integers(-3, 4, size=(30, 4)), np.zeros((2, 4))])
    y = [*rng.integers(0, 2, size=30).tolist(), 0, 1]
    found = separate(X, y)
    assert found.witness.n_points == 2  # the origin, twice
    assert found.touching is False
    assert 5 < found.overlap.n_points <= 2 * 5
    assert found.verify()


def test_rows_span_what_their_rank_says():
    rows = ExactRows(np.array([[0.0, 0.0], [1.0, 1.0], [2.0, 2.0], [0.0, 1.0]]))
    assert not spans_all(rows, [0, 1, 2])
    assert spans_all(rows, [0, 1, 3])


def test_a_table_that_is_too_large_leaves_touching_open(monkeypatch):
    from gradatim.separability.planes import touching

    monkeypatch.setattr(touching, "_MOST_COLUMNS", 1)
    found = separate([[0, 0], [0, 0], [1, 2]], [0, 1, 1])
    assert (found.separable, found.touching) == (False, None)
    assert "too large" in found.reason
    assert found.verify()
