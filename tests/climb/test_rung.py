from dataclasses import replace

import numpy as np
import pytest

from gradatim.climb.rung import _commonest as commonest
from gradatim.climb.rung import run_rung
from gradatim.climb.task import ClimbTask
from gradatim.collection import Collection
from gradatim.evaluation.folds import make_folds
from gradatim.models.families.base import Family, Fitted, make_model
from gradatim.models.families.networks import Deep
from gradatim.models.learners import Constant
from gradatim.models.training_set import TrainingSet
from gradatim.training.recipes import DEEP_TRIAL, NEAR_LINEAR, TRIAL


class Told(Family):
    """A family whose candidates say of each row what they were told to."""

    name, title, thorough = "told", "what was told", False

    def __init__(self, said, against):
        self.said, self.against, self.asked = said, against, []

    def candidates(self, data, input):
        return ["recipe", "line"]

    def rivals(self, data, input):
        return self.against

    def describe(self, candidate):
        return candidate

    def fit(self, data, input, fits, progress):
        self.asked += [(fit.candidate, fit.train, fit.test) for fit in fits]
        model = make_model(self, data, input, Constant(np.array([0.5])), None)
        progress(0.0, "")
        progress(1.0, "")
        return [Fitted(model, self.said[fit.candidate][fit.test][:, None]) for fit in fits]

    def seconds(self, data, input, plan):
        return 0.0


def told(against=("deep",), **right):
    """Run a rung whose candidates are right of a share of the rows; 0.5 is a coin."""
    rng = np.random.default_rng(3)
    n = 400
    y = rng.permutation(np.arange(n) % 2)
    # Shuffled shares, so that every fold has about the same.
    is_right = {name: rng.permutation(np.arange(n) < share * n) for name, share in right.items()}
    said = {name: np.where(ok == (y == 1), 0.55, 0.45) for name, ok in is_right.items()}
    ids = np.arange(n).astype(str)
    collection = Collection("told", {"x": np.zeros((n, 1))}, y, "classification", ids)
    task = ClimbTask(collection, folds=make_folds(collection, 4, 1, 0))
    family, shares = Told(said, against), []
    found = run_rung(family, task, "x", lambda share, doing: shares.append(share))
    assert shares == sorted(shares)
    return found, family, task


def test_without_rivals_the_better_candidate_is_chosen():
    assert told(None, recipe=0.4, line=0.7)[0].choices == (1, 1, 1, 1)
    assert told(None, recipe=0.7, line=0.6)[0].choices == (0, 0, 0, 0)


@pytest.mark.parametrize(("line", "chosen"), [(0.56, 0), (0.95, 1)])
def test_what_is_no_better_than_one_answer_for_all_is_not_preferred_to_the_recipe(line, chosen):
    found, _, _ = told((), recipe=0.3, line=line)
    assert set(found.choices) == {chosen}


@pytest.mark.parametrize(("deep", "chosen"), [(0.99, 0), (0.75, 1)])
def test_a_rival_that_does_better_gives_the_choice_back_to_the_recipe(deep, chosen):
    found, family, task = told(recipe=0.5, line=0.92, deep=deep)
    assert set(found.choices) == {chosen}
    # It is trained where there is a doubt, and judged as the others are: never on its outer fold.
    rivals = [fit for fit in family.asked if fit[0] == "deep"]
    assert len(rivals) == len(task.folds.pairs(thorough=False))
    for _, train, rows in rivals:
        assert not np.intersect1d(train, rows).size


def test_no_rival_is_trained_where_the_recipe_wins():
    _, family, _ = told(recipe=0.9, line=0.7, deep=0.5)
    assert "deep" not in [name for name, *_ in family.asked]


def test_the_deep_rung_holds_small_deep_networks_against_the_line():
    rng = np.random.default_rng(0)
    X, y = rng.normal(size=(60, 3)), np.arange(60) % 2
    collection = Collection("c", {"x": X}, y, "classification", np.arange(60).astype(str))
    data = TrainingSet(collection)
    assert list(Deep().rivals(data, "x")) == [DEEP_TRIAL]
    layers, networks = DEEP_TRIAL
    assert len(layers) > len(TRIAL[0])
    # What is chosen instead of the line is what stands first: the recipe.
    assert Deep().candidates(data, "x")[1] == NEAR_LINEAR["quick"]
    assert replace(networks, recipes=TRIAL[1].recipes) == TRIAL[1]


@pytest.mark.parametrize("unit", [1.0, 1e-6, 1e6])
def test_the_unit_of_a_target_has_no_part_in_what_is_preferred(unit):
    # The line knows the first number nearly and the second not at all, where a mean is better.
    rng = np.random.default_rng(5)
    n = 400
    y, noise = rng.normal(size=(2, n, 2))
    said = {
        "recipe": np.zeros((n, 2)),
        "line": np.column_stack([0.9 * y[:, 0], 0.6 * noise[:, 1]]),
    }
    scale = np.array([1.0, unit])
    collection = Collection(
        "two", {"x": np.zeros((n, 1))}, y * scale, "regression", np.arange(n).astype(str)
    )
    task = ClimbTask(collection, folds=make_folds(collection, 4, 1, 0), metric="r2")
    family = Told({name: out * scale for name, out in said.items()}, ())
    family.fit = lambda data, input, fits, progress: [
        Fitted(
            make_model(family, data, input, Constant(np.zeros(2)), None),
            family.said[fit.candidate][fit.test],
        )
        for fit in fits
    ]
    assert run_rung(family, task, "x", lambda share, doing: None).choices == (1, 1, 1, 1)


def test_of_settings_chosen_equally_often_the_simplest_is_the_rungs():
    assert commonest([2, 1, 0, 1, 2]) == 1
    assert commonest([2, 2, 1]) == 2
