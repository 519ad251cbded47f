from fractions import Fraction

import numpy as np
import pytest
from flint import fmpz_mat

from gradatim.separability import separate
from gradatim.separability.planes import alternative as alternatives
from gradatim.separability.planes import gordan
from gradatim.separability.planes.gordan import affine_minimum, combination, decide, independent
from gradatim.separability.planes.initial_guess import Guess
from gradatim.separability.planes.rows import ExactRows


def problem(seed, n=40, d=5):
    rng = np.random.default_rng(seed)
    X = rng.normal(size=(n, d))
    signs = np.where(X[:, 0] > 0, 1, -1).astype(np.int8)
    if seed % 2:
        signs[0] = -signs[0]
    return ExactRows(X), signs


def holds(rows, signs, found):
    if found.plane is not None:
        return (rows.signs(found.plane) == signs).all()
    vectors = rows.normalized(found.support).tolist()
    held = list(zip(found.weights, found.support, vectors, strict=True))
    sums = [sum(w * int(signs[i]) * int(v[k]) for w, i, v in held) for k in range(rows.size)]
    return not any(sums) and sum(found.weights) == 1 and min(found.weights) > 0


@pytest.mark.parametrize("seed", range(12))
def test_the_exact_search_decides_from_any_two_rows(seed):
    rows, signs = problem(seed)
    found = decide(rows, signs, [int(signs.argmax()), int(signs.argmin())])
    assert holds(rows, signs, found)
    # Nothing but the start differs from the way through the linear program.
    assert (found.plane is None) == (alternatives.alternative(rows, signs).plane is None)
    assert len(found.support) <= rows.size + 1


def test_a_guess_that_is_wrong_is_corrected(monkeypatch):
    """Whatever the linear program says, the verdict is proved."""
    rng = np.random.default_rng(0)
    for _ in range(20):
        rows, signs = problem(int(rng.integers(100)), n=25, d=3)
        truth = alternatives.alternative(rows, signs).plane is None
        support = rng.choice(25, size=4, replace=False)
        lies = [
            Guess(rng.normal(size=4), support, rng.random(4)),
            Guess(None, support, rng.random(4)),
            Guess(None, np.empty(0, dtype=int), np.empty(0)),
        ]
        for lie in lies:
            monkeypatch.setattr(alternatives, "guess", lambda about, signs, lie=lie: lie)
            found = alternatives.alternative(rows, signs)
            assert holds(rows, signs, found)
            assert (found.plane is None) == truth
        monkeypatch.undo()


def test_without_work_allowed_nothing_is_claimed(monkeypatch):
    monkeypatch.setattr(gordan, "_MOST_WORK", 0)
    rng = np.random.default_rng(1)
    lie = Guess(None, np.array([0, 1]), np.ones(2))
    monkeypatch.setattr(alternatives, "guess", lambda about, signs: lie)
    found = separate(rng.normal(size=(20, 3)), rng.integers(0, 2, size=20))
    assert found.separable is None
    assert found.witness is found.hyperplane is None
    assert "given up" in found.reason
    assert not found.verify()


def test_a_combination_needs_positive_weights_and_a_unique_solution():
    rows = ExactRows(np.array([[0.0], [1.0], [2.0], [3.0]]))
    signs = np.array([1, -1, 1, -1], dtype=np.int8)
    assert combination(rows, signs, [0, 1, 2]).weights == [
        Fraction(1, 4), Fraction(1, 2), Fraction(1, 4),
    ]  # fmt: skip
    assert combination(rows, signs, [0, 1]) is None  # independent
    assert combination(rows, signs, [0, 1, 2, 3]) is None  # two ways
    assert combination(rows, np.array([1, -1, -1, 1], dtype=np.int8), [0, 1, 2]) is None


def test_the_shortest_vector_of_a_line_is_the_foot_of_the_perpendicular():
    assert affine_minimum(fmpz_mat([[0, 2], [4, 2]])) == [1, 0]
    assert affine_minimum(fmpz_mat([[1, 0], [0, 3]])) == [Fraction(9, 10), Fraction(1, 10)]
    assert affine_minimum(fmpz_mat([[1, 1], [1, 1]])) is None


def test_independent_columns_are_as_many_as_the_rank():
    matrix = fmpz_mat([[1, 2, 3, 0], [2, 4, 6, 1]])
    assert independent(matrix) == [0, 3]


def test_rows_that_agree_only_modulo_the_prime_of_the_search_forbid_no_plane():
    prime = 2**61 - 1
    rows = ExactRows(np.array([[Fraction(0)], [Fraction(prime)], [Fraction(1)]], dtype=object))
    first, second, _ = rows.normalized([0, 1, 2]).tolist()
    assert [int(value) % prime for value in first] == [int(value) % prime for value in second]
    assert combination(rows, np.array([1, -1, 1], dtype=np.int8), [0, 1]) is None
