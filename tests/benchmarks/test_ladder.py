import warnings
from dataclasses import replace

import numpy as np
import pytest

from benchmarks.grid_search import _search, climb_rung
from benchmarks.ladder import climb_ladder
from gradatim.climb.rung import run_rung
from gradatim.models.families.base import Fitted, make_model
from gradatim.models.families.networks import NetworkFamily
from gradatim.models.families.registry import FAMILIES
from gradatim.models.learners import Constant
from gradatim.training.recipes import PRESETS


def fits_of_the_climb(family, problem, monkeypatch):
    """Return the fits that a rung of the climb asks for, which are not carried out."""
    asked = []

    def fit(self, problem, input, fits, report):
        asked.extend(fits)
        learner = Constant(np.zeros(problem.targets.n_outputs))
        model = make_model(self, problem, input, learner, None)
        return [Fitted(model, learner.outputs(fit.test)) for fit in fits]

    monkeypatch.setattr(type(family), "fit", fit)
    run_rung(family, problem, "features" if family.needs_input else "", lambda *_: None)
    return asked


@pytest.mark.parametrize("name", FAMILIES)
def test_the_peer_makes_as_many_fits_as_the_climb(name, problem, monkeypatch):
    # How long a network is trained does not change how many there are.
    specs = NetworkFamily.specs

    def brief(*args):
        return [replace(spec, max_epochs=2) for spec in specs(*args)]

    monkeypatch.setattr(NetworkFamily, "specs", brief)
    [peer] = climb_ladder(problem, [name])
    asked = fits_of_the_climb(FAMILIES[name], problem, monkeypatch)
    members = PRESETS["quick"].n_members if name in ("shallow", "deep") else 1
    assert peer.training == members * 6
    assert peer.choosing == len(asked) - 6
    assert len(peer.scores) == 6


@pytest.mark.parametrize("name", ["linear", "kernel"])
def test_the_peer_judges_on_the_rows_on_which_the_climb_judges(name, problem, monkeypatch):
    family = FAMILIES[name]
    candidates = list(family.candidates(problem, "features"))
    theirs = {
        (train.tobytes(), test.tobytes())
        for repeat in range(2)
        for train, test in _search(problem, family, "features", candidates, repeat).cv
    }
    asked = fits_of_the_climb(family, problem, monkeypatch)
    ours = {(fit.train.tobytes(), fit.test.tobytes()) for fit in asked[:-6]}
    assert theirs == ours


def test_least_squares_scores_the_same_on_every_fold_on_both_sides(problem):
    family = FAMILIES["linear"]
    ours = run_rung(family, problem, "features", lambda *_: None)
    np.testing.assert_allclose(climb_rung(problem, family, "features").scores, ours.fold_scores)


def test_networks_train_the_epochs_of_the_recipe(problem):
    peer = climb_rung(problem, FAMILIES["shallow"], "features")
    # Strong and gentle, 70 % of 60 and of 30, on six outer folds.
    assert peer.epochs == 6 * (42 + 21)


def test_the_ladder_leaves_no_warning(problem):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        rungs = climb_ladder(problem, ["majority", "logistic", "perceptron"])
    assert [rung.rung for rung in rungs] == ["majority", "logistic", "perceptron"]
    assert rungs[0].mean == pytest.approx(1 / 3)
    assert rungs[1].mean > 0.45
