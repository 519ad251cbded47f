"""A thousand tables of every kind; each certificate is checked by code that shares nothing.

``GRADATIM_TABLES=1000 pytest tests/separability/planes/test_random_tables.py -s`` runs them all and
prints what came out.
"""

import os
from collections import Counter
from fractions import Fraction

import numpy as np
import pytest

from gradatim.separability import separate

N_TABLES = int(os.environ.get("GRADATIM_TABLES", "120"))


def accepts(X, y, found):
    """Check a certificate in plain fractions: every verdict that passes is a theorem."""
    X = [[Fraction(value) for value in row] for row in X.tolist()]
    negative, positive = found.classes
    assert (found.separable is True) == (found.witness is None)
    if found.separable:
        planes = [(found.weights, found.bias), (found.widest.weights, found.widest.bias)]
        for w, w0 in planes:
            scores = [sum(a * b for a, b in zip(w, x, strict=True)) + w0 for x in X]
            assert all(
                (s > 0) if c == positive else (s < 0) for s, c in zip(scores, y, strict=True)
            )
        return
    witness, points = found.witness, []
    for rows, weights, label in (
        (witness.negative, witness.negative_weights, negative),
        (witness.positive, witness.positive_weights, positive),
    ):
        assert all(y[i] == label for i in rows)
        assert all(w > 0 for w in weights)
        assert sum(weights) == 1
        pairs = list(zip(weights, rows, strict=True))
        points.append([sum(w * X[i][j] for w, i in pairs) for j in range(len(X[0]))])
    assert points[0] == points[1] == list(witness.point)
    assert len(witness.rows) <= len(X[0]) + 2


def integers(rng, n, d):
    return rng.integers(-4, 5, size=(n, d)).astype(float)


def floats(rng, n, d):
    return rng.normal(size=(n, d))


def scaled(rng, n, d):
    """Columns from the smallest floats to the largest."""
    return rng.normal(size=(n, d)) * 10.0 ** rng.integers(-307, 307, size=d)


def offset(rng, n, d):
    """Small differences of large numbers."""
    return 1e9 + rng.normal(size=(n, d)) * 10.0 ** rng.integers(-6, 3, size=d)


def rounded(rng, n, d):
    return np.round(rng.normal(size=(n, d)), 1)


def collinear(rng, n, d):
    return np.outer(rng.integers(-9, 10, size=n), rng.integers(-5, 6, size=d)).astype(float)


def repeated(rng, n, d):
    return rng.normal(size=(n, d))[rng.integers(0, n, size=n)]


def denormal(rng, n, d):
    return rng.integers(-6, 7, size=(n, d)) * 5e-324


def planted(rng, X):
    """Labels of a plane, so that the table is separable: the plane is along the first column."""
    values = np.unique(X[:, 0])
    return (X[:, 0] > values[len(values) // 2 - 1]).astype(int)


def slanted(rng, X):
    """Labels of some plane in floats."""
    span = np.ptp(X / 4, axis=0)
    Z = (X / 4 - X.min(axis=0) / 4) / np.where(span > 0, span, 1.0)
    scores = Z @ rng.normal(size=X.shape[1])
    return (scores > np.median(scores)).astype(int)


def flipped(rng, X):
    y = slanted(rng, X)
    y[rng.integers(len(y))] ^= 1
    return y


def random(rng, X):
    return rng.integers(0, 2, size=len(X))


def an_ulp_off(rng, X):
    """A row that lay in the hull of others is moved by one bit; it may be in or out."""
    y = np.zeros(len(X), dtype=int)
    k = min(X.shape[1] + 1, len(X) - 1)
    middle = (X[:k] / k).sum(axis=0)
    X[-1] = np.nextafter(middle, middle + rng.choice([-1.0, 1.0], size=X.shape[1]))
    X[k:-1] = X[0]
    y[-1] = 1
    return y


KINDS = [integers, floats, scaled, offset, rounded, collinear, repeated, denormal]
LABELS = [planted, slanted, flipped, random, an_ulp_off]


def table(seed):
    rng = np.random.default_rng([2026, seed])
    kind = KINDS[seed % len(KINDS)]
    labels = LABELS[seed // len(KINDS) % len(LABELS)]
    n, d = int(rng.integers(2, 50)), int(rng.integers(1, 9))
    X = kind(rng, n, d)
    y = labels(rng, X)
    if len(set(y.tolist())) < 2:
        y[0] = 1 - y[0]
        labels = random
    return X, y, labels is planted


@pytest.mark.slow
def test_every_table_gets_the_right_answer_with_a_certificate():
    counts = Counter()
    for seed in range(N_TABLES):
        X, y, is_planted = table(seed)
        found = separate(X, y)
        counts[found.separable, found.touching] += 1
        if found.separable is None:
            continue
        accepts(X, y.tolist(), found)
        assert found.verify()
        assert found.separable or not is_planted
    print(dict(counts))
    assert counts[None, None] == 0
    # The tables are of all three kinds.
    assert counts[True, None] > 0.3 * N_TABLES
    assert counts[False, False] > 0.2 * N_TABLES
    assert counts[False, True] > 0.01 * N_TABLES


def test_a_false_certificate_is_not_accepted():
    X, y = np.array([[0.0], [1.0], [2.0]]), [0, 1, 0]
    found = separate(X, y)
    accepts(X, y, found)
    with pytest.raises(AssertionError):
        accepts(X, [0, 1, 1], found)
    with pytest.raises(AssertionError):
        accepts(np.array([[0.0], [1.5], [2.0]]), y, found)
