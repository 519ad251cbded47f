import json
from itertools import product

import numpy as np
import pytest

from gradatim.comparisons.separable import fit_kernels
from gradatim.errors import LabelError, ShapeError, SpecError
from gradatim.separability import find_features

XOR = np.array(list(product([0.0, 1.0], repeat=2)))


def rings(n=30):
    rng = np.random.default_rng(0)
    angle, radius = rng.uniform(0, 2 * np.pi, 2 * n), np.repeat([1.0, 2.0], n)
    return np.column_stack([radius * np.cos(angle), radius * np.sin(angle)]), np.repeat([1, 0], n)


def test_machines_come_by_degree_and_rbf_last():
    machines = fit_kernels(XOR, [0, 1, 1, 0], degree=3)
    assert [machine.name for machine in machines] == [
        "polynomial kernel, degree 2",
        "polynomial kernel, degree 3",
        "RBF kernel",
    ]


def test_xor_has_a_machine_worked_out_by_hand():
    # On corners of -1 and 1, k(z, z') = (z.z'/2 + 1)^2 is 4, 1, 1, 0, so the multipliers are all
    # 1/2: the score is half of 4 - 1 - 1 + 0, which is 1 on each row.
    machine = fit_kernels(XOR, [0, 1, 1, 0], degree=2)[0]
    assert machine.scores(XOR) == pytest.approx([-1, 1, 1, -1], abs=1e-3)
    assert machine.n_support == 4


@pytest.mark.parametrize("n", [2, 3, 4])
@pytest.mark.parametrize("C", [1.0, 1e3, 1e6])
def test_a_polynomial_kernel_is_right_on_parity_from_its_degree_on(n, C):
    # Of too low a degree, all scores are 0 but for rounding, whose signs happen to be right for
    # n = 3 and C = 1000.
    X = np.array(list(product([0.0, 1.0], repeat=n)))
    y = X.sum(axis=1).astype(int) % 2
    for machine in fit_kernels(X, y, degree=3, C=C)[:-1]:
        possible = not find_features(X, y, degree=machine.degree).is_impossible
        assert possible or machine.errors
        assert not (possible and C > 1 and machine.errors)


def test_what_a_machine_counts_is_what_it_says():
    X, y = rings()
    for machine in fit_kernels(X, y, degree=2):
        assert machine.errors == tuple(np.flatnonzero(machine.codes(X) != y))
        assert ((machine.scores(X) > 0) == (machine.codes(X) == 1)).all()


def test_left_out_rows_are_scored_by_machines_that_never_saw_them():
    # Labels without any pattern: most rows are learnt, and those left out are guessed.
    rng = np.random.default_rng(1)
    X, y = rng.normal(size=(60, 2)), rng.integers(0, 2, 60)
    rbf = fit_kernels(X, y, degree=1, C=1e6, folds=5)[-1]
    assert len(rbf.errors) < 12
    assert rbf.accuracy < 0.7 < 1 - len(rbf.errors) / 60
    assert rbf.folds == 5
    assert fit_kernels(X, y, degree=1)[0].accuracy is None


@pytest.mark.parametrize(
    ("arguments", "options", "error", "said"),
    [
        ((XOR, [0, 1]), {}, ShapeError, "2 labels"),
        ((XOR, [0] * 4), {}, LabelError, "two different labels"),
        ((XOR, [0, 1, 1, 0]), {"degree": 0}, SpecError, "degree"),
        ((XOR, [0, 1, 1, 0]), {"C": 0.0}, SpecError, "C above 0"),
        ((XOR, [0, 1, 1, 0]), {"folds": 1}, SpecError, "folds 0 or at least 2"),
        ((XOR, [0, 1, 1, 0]), {"folds": 3}, LabelError, "fewer than 3 rows"),
    ],
)
def test_what_cannot_be_used_is_refused(arguments, options, error, said):
    with pytest.raises(error, match=said):
        fit_kernels(*arguments, **options)


def test_a_kernel_machine_is_what_json_holds():
    for machine in fit_kernels([[0], [1], [2]], [0, 1, 0], degree=2):
        found = machine.to_dict()
        assert json.loads(json.dumps(found, allow_nan=False)) == found
        assert (found["name"], found["errors"]) == (machine.name, [])
        assert (found["folds"], found["accuracy_left_out"]) == (0, None)
