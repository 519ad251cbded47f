import numpy as np
import pytest

from gradatim.errors import NotSeparableError, SpecError
from gradatim.estimators import PerceptronClassifier
from gradatim.separability import mistake_bound, run_perceptron, separate


def plainly(X, y, most):
    """The rule as a textbook has it."""
    vectors = [np.append(x, 1.0) * (1 if label else -1) for x, label in zip(X, y, strict=True)]
    w, mistakes = np.zeros(len(vectors[0])), []
    while True:
        before = len(mistakes)
        for i, vector in enumerate(vectors):
            if vector @ w <= 0:
                w = w + vector
                mistakes.append(i)
                if len(mistakes) == most:
                    return w, mistakes
        if len(mistakes) == before:
            return w, mistakes


def planted(seed):
    rng = np.random.default_rng(seed)
    X = rng.integers(-5, 6, size=(int(rng.integers(5, 120)), int(rng.integers(1, 5))))
    w = rng.normal(size=X.shape[1])
    y = (X @ w > 0.5).astype(int)
    y[0], X[0] = 1, 9 * np.sign(w)
    y[1], X[1] = 0, -9 * np.sign(w)
    return X.astype(float), y


@pytest.mark.parametrize("seed", range(25))
def test_mistakes_are_those_of_the_plain_rule_and_within_the_bound(seed):
    X, y = planted(seed)
    found = separate(X, y)
    run = run_perceptron(found)
    w, mistakes = plainly(X, y, 10**6)
    assert run.mistakes.tolist() == mistakes
    assert run.weights(run.n_mistakes).tolist() == w.tolist()
    assert run.converged
    assert run.n_mistakes <= run.bound
    # No margin bounds the mistakes tighter than the widest one through the origin.
    ones = np.column_stack([X, np.ones(len(X))])
    plane = np.append([float(v) for v in found.widest.weights], float(found.widest.bias))
    assert run.bound <= mistake_bound(ones, np.where(y > 0, 1, -1), plane) * (1 + 1e-9)
    assert run.network()(X).ravel().tolist() == y.tolist()


def test_the_estimator_makes_the_same_mistakes():
    X, y = planted(3)
    run = run_perceptron(separate(X, y))
    estimator = PerceptronClassifier(shuffle=False, max_iter=10_000).fit(X, y)
    assert (run.n_mistakes, run.n_passes) == (estimator.n_mistakes_, estimator.n_iter_)


def test_the_bound_of_two_points_by_hand():
    # Of (2, 1) and (0, -1), a quarter and three quarters make (1, -1) / 2, the shortest.
    run = run_perceptron(separate([[2.0], [0.0]], [1, 0]))
    assert run.bound == 10
    assert run.n_mistakes <= 10


def test_what_is_not_separable_has_no_bound_and_is_stopped():
    run = run_perceptron(separate([[0.0], [1.0], [2.0]], [0, 1, 0]), max_mistakes=50)
    assert run.n_mistakes == 50
    assert not run.converged
    assert run.bound is None


def test_weights_before_the_first_mistake_are_zero():
    run = run_perceptron(separate([[1.0, 2.0], [0.0, 0.0]], [1, 0]))
    assert run.weights(0).tolist() == [0, 0, 0]


def test_numbers_that_would_overflow_are_refused():
    found = separate([[1e200], [2e200]], [0, 1])
    with pytest.raises(NotSeparableError, match="too large for a perceptron"):
        run_perceptron(found)


def test_fewer_than_one_mistake_is_refused():
    with pytest.raises(SpecError, match="at least 1"):
        run_perceptron(separate([[1.0], [2.0]], [0, 1]), max_mistakes=0)


def test_a_run_is_what_the_command_line_prints_as_json(tmp_path, printed):
    path = tmp_path / "line.csv"
    path.write_text("x,y\n-1,a\n1,b\n")
    found = run_perceptron(separate([[-1], [1]], ["a", "b"])).to_dict()
    shown = printed("separate", path, "--target", "y", "--perceptron")["perceptron"]
    # The first row is a mistake at zero weights, the second then has the score 0.
    assert (
        found
        == shown
        == {
            "mistakes": 2,
            "passes": 2,
            "converged": True,
            "bound": 2,
            "weights": [2.0, 0.0],
        }
    )
