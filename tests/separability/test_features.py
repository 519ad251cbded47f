"""Smallest sets of monomials, each against a search of another kind or a proof by hand."""

import json
from dataclasses import replace
from fractions import Fraction
from itertools import combinations, product

import numpy as np
import pytest

from gradatim.errors import InputError, LabelError, ShapeError, SpecError
from gradatim.feature_maps import Monomial, add_monomials
from gradatim.separability import find_features, separate

LINE = [[10], [20], [30], [40], [60], [70], [80], [90], [110], [120], [140]]
LINE_LABELS = [1, 1, 1, 1, 0, 0, 0, 0, 1, 1, 1]


def corners(n):
    X = np.array(list(product([0, 1], repeat=n)), dtype=float)
    return X, (X.sum(axis=1) % 2).astype(int)


def rings(n=30, seed=0):
    rng = np.random.default_rng(seed)
    angle, radius = rng.uniform(0, 2 * np.pi, 2 * n), np.repeat([1.0, 2.0], n)
    return np.column_stack([radius * np.cos(angle), radius * np.sin(angle)]), np.repeat([1, 0], n)


def names(found):
    return [str(monomial) for monomial in found.added]


def test_the_lecture_s_line_needs_the_square():
    found = find_features(LINE, LINE_LABELS)
    assert names(found) == ["x1^2"]
    assert found.is_smallest
    assert found.verify()
    assert found.separations[0].hyperplane.input_names == ("x1", "x1^2")


def test_a_line_of_four_runs_needs_two_monomials_and_degree_3():
    X, y = [[-3], [-1], [1], [3]], [0, 1, 0, 1]
    assert find_features(X, y, degree=2).is_impossible
    found = find_features(X, y)
    # Symmetric points and odd labels: w1 x + w3 x^3 is enough.
    assert names(found) == ["x1^3"]
    assert found.verify()


def test_xor_needs_the_product():
    found = find_features(*corners(2))
    assert names(found) == ["x1 x2"]
    # The nearest points of (0,0,0), (1,1,1) and (0,1,0), (1,0,0) are 1/3 apart from the plane.
    assert found.margin == pytest.approx(np.sqrt(1 / 24), rel=1e-12)


def test_rings_need_both_squares():
    found = find_features(*rings())
    assert names(found) == ["x1^2", "x2^2"]
    assert found.is_smallest
    assert found.verify()


def test_parity_of_three_bits_needs_all_four_products():
    found = find_features(*corners(3))
    assert names(found) == ["x1 x2", "x1 x3", "x2 x3", "x1 x2 x3"]
    assert found.is_smallest
    # Of the degrees 2 and 3, powers equal what they are powers of.
    assert len(found.candidates) == 4
    assert len(found.needless) == 12
    assert found.verify()


@pytest.mark.parametrize("n", [2, 3, 4])
def test_parity_needs_its_full_degree(n):
    found = find_features(*corners(n), degree=n - 1)
    assert found.added is None
    assert found.is_impossible
    assert found.verify()


def test_separable_classes_need_nothing():
    found = find_features([[1, 5], [2, 4], [8, 1]], [0, 0, 1])
    assert found.added == ()
    assert (found.at_least, found.is_smallest, found.refuted) == (0, True, ())
    assert found.verify()


@pytest.mark.parametrize("seed", range(4))
def test_the_smallest_set_is_what_trying_all_sets_gives(seed):
    rng = np.random.default_rng(seed)
    X = rng.integers(-3, 4, size=(12, 2)).astype(float)
    X = np.unique(X, axis=0)
    y = (X[:, 0] * X[:, 1] + rng.integers(-1, 2, len(X)) * 2 > 0).astype(int)
    if len(set(y)) < 2:
        y[0] = 1 - y[0]
    found = find_features(X, y)
    assert found.verify()
    sizes = [
        size
        for size in range(len(found.candidates) + 1)
        for chosen in combinations(found.candidates, size)
        if separate(add_monomials(X, chosen), y, margin=False).separable
    ]
    if found.added is None:
        assert sizes == []
    else:
        assert len(found.added) == min(sizes)


def test_a_greedy_search_says_so_and_its_set_can_spare_nothing():
    rng = np.random.default_rng(3)
    X = rng.normal(size=(60, 4))
    y = (X[:, 0] ** 2 + X[:, 2] ** 2 > 1).astype(int)
    found = find_features(X, y, max_sets=5)
    assert found.verify()
    assert found.at_least == 2
    if len(found.added) > 2:
        assert not found.is_smallest
    for monomial in found.added:
        rest = [one for one in found.added if one != monomial]
        assert separate(add_monomials(X, rest), y, margin=False).separable is False


def test_several_classes_are_each_separable_from_the_rest():
    X = [[x] for x in range(-4, 5)]
    y = ["out" if abs(x) > 2 else "mid" if x else "zero" for (x,) in X]
    found = find_features(X, y, degree=4)
    assert found.classes == ("mid", "out", "zero")
    assert len(found.separations) == 3
    assert found.is_smallest
    assert found.verify()
    for plane, label in zip(found.separations, found.classes, strict=True):
        assert [bool(v) for v in plane.hyperplane(found.features(X))] == [k == label for k in y]


def test_exact_monomials_are_told_from_rounded_ones():
    # 0.1^2 + 2^-60 is another number than 0.1^2 only beyond the digits of a float.
    tiny = Fraction(1, 2**60)
    X = np.array(
        [
            [Fraction(0.1), Fraction(0.1) ** 2 + tiny],
            [Fraction(0.1), Fraction(0.1) ** 2],
            [Fraction(0.2), Fraction(0.2) ** 2 + tiny],
            [Fraction(0.2), Fraction(0.2) ** 2],
            [Fraction(0.4), Fraction(0.4) ** 2 + tiny],
            [Fraction(0.4), Fraction(0.4) ** 2],
        ],
        dtype=object,
    )
    found = find_features(X, [1, 0, 1, 0, 1, 0], degree=2)
    assert names(found) == ["x1^2"]
    assert found.verify()


def test_equal_rows_of_two_classes_are_the_proof_that_nothing_helps():
    found = find_features([[1, 2], [1, 2], [3, 4]], [0, 1, 0], degree=5)
    assert found.is_impossible
    assert found.refuted[-1].witness.rows == (0, 1)
    assert found.verify()


def tampered(found):
    plane = found.separations[0]
    turned = replace(plane, bias=-plane.bias, weights=tuple(-w for w in plane.weights))
    yield replace(found, separations=(turned,))
    yield replace(found, separations=())  # no plane at all
    yield replace(found, refuted=())
    yield replace(found, at_least=found.at_least + 1)
    yield replace(found, labels=(1, *found.labels[1:]))
    one = found.refuted[0]
    yield replace(found, refuted=(replace(one, added=(Monomial((1, 1)),)), *found.refuted[1:]))
    yield replace(found, needless=((Monomial((1, 2)), Monomial((1, 1))),))
    witness = replace(one.witness, positive_weights=(Fraction(-1), Fraction(2)))
    yield replace(found, refuted=(replace(one, witness=witness), *found.refuted[1:]))


@pytest.mark.parametrize("k", range(8))
def test_evidence_that_was_tampered_with_is_refused(k):
    found = find_features([[0, 0], [0, 1], [1, 0], [1, 1], [3, 5]], [0, 1, 1, 0, 0])
    assert found.verify()
    assert not list(tampered(found))[k].verify()


@pytest.mark.parametrize(
    ("arguments", "options", "error", "says"),
    [
        (([[1], [2]], [0, 0]), {}, LabelError, "all rows are labeled 0"),
        (([[1], [2]], [0]), {}, ShapeError, "1 labels for 2 rows"),
        (([1, 2], [0, 1]), {}, ShapeError, "must be a table"),
        (([[1], [np.nan]], [0, 1]), {}, InputError, "nan in row 1"),
        (([["a"], ["b"]], [0, 1]), {}, InputError, "no number"),
        (([[1], [2]], [0, 1]), {"degree": 0}, SpecError, "degree must be"),
        (([[1], [2]], [0, 1]), {"degree": 1.5}, SpecError, "degree must be"),
        (([[1], [2]], [0, 1]), {"max_sets": 0}, SpecError, "max_sets must be"),
        (([[1], [2]], [0, 1]), {"input_names": ["a", "b"]}, ShapeError, "2 names for 1 columns"),
        ((np.zeros((2, 50)), [0, 1]), {}, SpecError, "choose a lower degree or fewer columns"),
    ],
)
def test_what_cannot_be_used_is_refused(arguments, options, error, says):
    with pytest.raises(error, match=says):
        find_features(*arguments, **options)


def test_the_features_of_xor_are_what_json_holds():
    found = find_features([[0, 0], [0, 1], [1, 0], [1, 1]], [0, 1, 1, 0], degree=2)
    kept = found.to_dict(["a", "b"])
    assert json.loads(json.dumps(kept, allow_nan=False)) == kept
    assert (kept["added"], kept["at_least"], kept["is_smallest"]) == (["a b"], 1, True)
    [refuted] = kept["refuted"]
    assert (refuted["added"], refuted["rows"]) == ([], [0, 1, 2, 3])
    assert refuted["negative_weights"] == refuted["positive_weights"] == ["1/2", "1/2"]
    assert found.to_dict()["added"] == ["x1 x2"]
