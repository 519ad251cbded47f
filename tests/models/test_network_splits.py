"""Networks of the splits of a rung: trained together or a few at a time, they are the same."""

from dataclasses import replace

import numpy as np
import pytest

from gradatim._progress import silent
from gradatim.models.families import networks
from gradatim.models.families.base import Fit
from gradatim.models.families.networks import Logistic, Shallow
from gradatim.models.training_set import TrainingSet
from gradatim.training import recipes


@pytest.mark.parametrize("family", [Logistic(), Shallow()])
def test_splits_that_do_not_fit_at_once_are_trained_in_turn_with_the_same_result(
    family, make_collection, monkeypatch
):
    rng = np.random.default_rng(0)
    y = np.repeat(["a", "b"], 30)
    made = make_collection(rng.normal(size=(60, 3)) + (y == "a")[:, None], y)
    data = TrainingSet(made, n_jobs=1)
    monkeypatch.setitem(recipes.PRESETS, "quick", recipes.Ensemble(2, length=0.05))
    [candidate, *_] = family.candidates(data, "features")
    rows = np.arange(60)
    fits = [Fit(candidate, rows[rows % 3 != k], rows[rows % 3 == k]) for k in range(3)]
    together = family.fit(data, "features", fits, silent)
    monkeypatch.setattr(networks, "MOST_BYTES", 1)
    shares = []
    alone = family.fit(replace(data), "features", fits, lambda share, doing: shares.append(share))
    for one, other in zip(together, alone, strict=True):
        np.testing.assert_array_equal(one.outputs, other.outputs)
    assert shares == sorted(shares)
    assert shares[-1] == pytest.approx(1.0)


def test_beyond_some_rows_networks_take_no_more_steps(make_collection, monkeypatch):
    made = make_collection(np.zeros((80, 2)), np.repeat(["a", "b"], 40))
    data = TrainingSet(made)
    assert Shallow().notices(data) == ()
    monkeypatch.setattr(recipes, "MOST_STEPS_ROWS", 40)
    usual, near_linear = Shallow().candidates(data, "features")
    assert {spec.max_epochs for spec in Shallow().specs(data, usual, 64)} == {21, 10}
    # What is solved to the end is solved to the end of many rows too.
    solved = [s for s in Shallow().specs(data, near_linear, 64) if s.optimizer == "lbfgs"]
    assert {spec.max_epochs for spec in solved} == {70}
    [notice] = Shallow().notices(data)
    assert "80 samples are more: 35 % of the recipe's epochs instead of 70 %" in notice.message
    assert Logistic().notices(data) == ()
