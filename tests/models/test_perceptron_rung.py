"""The perceptron rung goes less often through many rows."""

import numpy as np
import pytest

from gradatim.models.families import perceptron


@pytest.mark.parametrize(("n_rows", "passes"), [(100, 10), (10_000, 10), (25_600, 4), (10**6, 2)])
def test_many_rows_are_passed_over_less_often(n_rows, passes, monkeypatch):
    seen = []

    def learn_rule(rows, targets, weight, **options):
        seen.append(options["max_iter"])
        raise ZeroDivisionError

    monkeypatch.setattr(perceptron, "learn_rule", learn_rule)
    codes = np.arange(n_rows) % 2

    class Data:
        seed = 0

    with pytest.raises(ZeroDivisionError):
        perceptron.Perceptron()._unit(Data, np.zeros((n_rows, 1)), codes, np.ones(n_rows))
    assert seen == [passes]
